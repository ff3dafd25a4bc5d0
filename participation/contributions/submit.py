"""A citizen sends in what they think, and is owed a receipt."""

from datetime import datetime

from participation.contributions import queries
from participation.contributions.model import Contribution
from participation.contributions.receive import Sent, one_at_a_time, receive
from participation.contributions.tell import tell_sender
from participation.foundation import permission
from participation.foundation.forms import Wrong
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.levels import Level
from participation.rules.plain import mark
from participation.rules.policy import Actor


class OtherWords(Wrong):
    """The same form was sent twice with different content; the first sending is kept, the second stands on the page."""

    may_send_anew = True

    def __init__(self) -> None:
        super().__init__(
            mark(
                "Vi har allerede modtaget et svar fra denne side, og det her er anderledes. Det første er gemt."
                " Det andet står her. Du kan sende det som et nyt svar."
            )
        )


def kind_sent_in(round_: Round) -> Kind:
    """What is sent in a round: a proposal where it is developed together, else a response."""
    return Kind.PROPOSAL if round_.level is Level.COCREATION else Kind.RESPONSE


def submit_contribution(actor: Actor, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Receive a citizen's words and owe them a receipt (kvittering) (RP-21).

    Args:
        sent: the words as written and the form's idempotency key; the same key and content give the same contribution.
        now: time of arrival, aware UTC.

    Raises:
        NotAllowed: the level takes no contributions, or the round has not opened or is cancelled.
        OtherWords: the key was used before with other words, files or sender.
    """
    sent.look()
    permission.require(actor, Act.SUBMIT_CONTRIBUTION, round_, now)
    return receive_once(actor, Act.SUBMIT_CONTRIBUTION, round_, sent, now=now)


def receive_once(actor: Actor, act: Act, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Keep the words once per key, and owe the receipt."""
    if sent.key is not None and (earlier := sent_before(round_, sent.key, sent)) is not None:
        return earlier
    contribution = receive(actor, act, round_, sent, now=now)
    owe_receipt(contribution, at=now)
    return contribution


def sent_before(round_: Round, key: str, sent: Sent) -> Contribution | None:
    """What was sent with this key already, if anything; whoever sends at the same moment waits.

    Raises:
        OtherWords: it was something else.
    """
    one_at_a_time(key)
    earlier = queries.by_key(round_, key)
    return _same_or_refuse(earlier, sent) if earlier is not None else None


def _same_or_refuse(earlier: Contribution, sent: Sent) -> Contribution:
    """The contribution that the form became, when the second sending brings nothing that is not kept already.

    A file that is missing the second time is no other content: a browser forgets files when the page is shown again.

    Raises:
        OtherWords: other words or paragraphs, a file that did not come the first time, or another way to reach the
            sender.
    """
    contact, sender = earlier.contact, sent.sender
    known_files = {row.file.sha256 for row in earlier.attachments}
    other_sender = contact is not None and (contact.email, contact.name) != (sender.email, sender.name)
    other_files = any(file.sha256 not in known_files for file in sent.files)
    known_places = {(one.material_id, one.number) for one in earlier.about}
    other_places = {(one.material_id, one.number) for one in sent.about} != known_places
    if earlier.words_hash != sent.words_hash or other_files or other_sender or other_places:
        raise OtherWords
    return earlier


def owe_receipt(contribution: Contribution, *, at: datetime) -> None:
    """Owe the sender a receipt: by e-mail where there is an address, on paper where post was asked for."""
    tell_sender("receipt", contribution, at=at, dedupe=f"receipt:{contribution.id}")
