"""A citizen asks a question, and is promised an answer by a working day."""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.contributions.receive import Sent
from participation.contributions.submit import receive_once
from participation.foundation import permission
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.policy import Actor


def ask_question(actor: Actor, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Receive a question; the receipt says when it is answered (RP-21, SK-27).

    Raises:
        NotAllowed: the round has not opened, or the project is cancelled.
        OtherWords: the key was used before with other words.
    """
    permission.require(actor, Act.ASK_QUESTION, round_, now)
    return receive_once(actor, Act.ASK_QUESTION, round_, sent, now=now)
