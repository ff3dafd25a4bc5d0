"""A citizen sends in what they think, and is owed a receipt."""

from datetime import datetime

from participation.contributions import queries
from participation.contributions.model import Contribution
from participation.contributions.receive import Sent, one_at_a_time, receive, words_hash
from participation.contributions.tell import tell_sender
from participation.foundation import permission
from participation.foundation.forms import Wrong
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class OtherWords(Wrong):
    """The same form was sent twice with different words; the first sending is kept and nothing is dropped silently."""

    def __init__(self) -> None:
        super().__init__(
            mark(
                "Vi har allerede modtaget et svar fra denne side, og det her er anderledes. Det første er gemt."
                " Åbn formularen igen, hvis du vil sende et nyt."
            )
        )


def submit_contribution(actor: Actor, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Receive a citizen's words and owe them a receipt (kvittering) (RP-21).

    Args:
        sent: the words as written and the form's idempotency key; the same key and words give the same contribution.
        now: time of arrival, aware UTC.

    Raises:
        NotAllowed: the level takes no contributions, or the round has not opened or is cancelled.
        OtherWords: the key was used before with other words.
    """
    permission.require(actor, Act.SUBMIT_CONTRIBUTION, round_, now)
    return receive_once(actor, Act.SUBMIT_CONTRIBUTION, round_, sent, now=now)


def receive_once(actor: Actor, act: Act, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Keep the words once per key, and owe the receipt."""
    if sent.key is not None:
        one_at_a_time(sent.key)
        if (earlier := queries.by_key(round_, sent.key)) is not None:
            if earlier.words_hash != words_hash(sent.words):
                raise OtherWords
            return earlier
    contribution = receive(actor, act, round_, sent, now=now)
    owe_receipt(contribution, at=now)
    return contribution


def owe_receipt(contribution: Contribution, *, at: datetime) -> None:
    """Owe the sender a receipt: by e-mail where there is an address, on paper where post was asked for."""
    tell_sender("receipt", contribution, at=at, dedupe=f"receipt:{contribution.id}")
