"""An officer registers what came in by phone, letter, at the counter or at a meeting (RP-06, SK-01).

It gets the same number, receipt and answer as what citizens send themselves.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from participation.contributions.model import Attachment, Contribution, DroppedFile
from participation.contributions.receive import Sent, receive
from participation.contributions.submit import owe_receipt, sent_before
from participation.foundation import permission
from participation.foundation.db import db
from participation.foundation.files import Stored
from participation.projects.call_back import settle_call_back
from participation.projects.model import CallBack, Round, TalkBooking
from participation.projects.talk import settle_talk
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.levels import Level
from participation.rules.policy import Actor

#: Answers a question: who, which, with what words, when.
Answering = Callable[[Actor, Contribution, str, datetime], object]
_answering: list[Answering] = []

#: A line of dashes between two voices in the notes from a meeting.
_BETWEEN = re.compile(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)


def register_contribution(
    actor: Actor,
    round_: Round,
    sent: Sent,
    files: Sequence[Stored] = (),
    *,
    dropped: DroppedFile | None = None,
    call_back: CallBack | None = None,
    talk: TalkBooking | None = None,
    answered: str = "",
    now: datetime,
) -> Contribution:
    """Register one contribution for somebody, and owe them a receipt.

    Args:
        sent: the words with sender, channel and the moment it came in, as the officer says; ``retold`` where the
            officer wrote down what was said. Where it has a key, the same key and content, in whichever round of the
            project, give the same contribution.
        files: scans and letters, in the file store already.
        dropped: the dropped file that could not be read and is typed in here.
        call_back: the call that was asked for and is written down here; it is settled with it (SK-22).
        talk: the booked talk that is written down here; it is settled with it (RP-15).
        answered: what a question was answered with at once, such as on the telephone (RP-16).

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
        OtherWords: the key was used before with other words or another sender.
    """
    sent.look()
    permission.require(actor, Act.REGISTER_CONTRIBUTION, round_, now)
    if sent.key is not None:
        for one in round_.project.rounds:
            if (earlier := sent_before(one, sent.key, sent)) is not None:
                return earlier
    contribution = receive(actor, Act.REGISTER_CONTRIBUTION, round_, replace(sent, files=tuple(files)), now=now)
    if dropped is not None:
        dropped.contribution_id, dropped.settled_at = contribution.id, now
        if dropped.file_id is not None:
            db.session.add(Attachment(contribution_id=contribution.id, file_id=dropped.file_id, is_original=True))
        db.session.flush()
    if call_back is not None:
        settle_call_back(actor, call_back, reached=True, now=now)
    if talk is not None:
        settle_talk(actor, talk, held=True, now=now)
    owe_receipt(contribution, at=now)
    if answered.strip() and contribution.kind is Kind.QUESTION:
        for answer in _answering:
            answer(actor, contribution, answered, now)
    return contribution


def answers_at_once(answer: Answering) -> Answering:
    """Register how a question is answered at once: the room of answers does it, which stands above this one."""
    _answering.append(answer)
    return answer


def register_meeting(
    actor: Actor, round_: Round, voices: Sequence[str], sent: Sent, *, now: datetime
) -> list[Contribution]:
    """Register each voice of a meeting as a contribution of its own, in one act.

    Args:
        voices: what each said, as the officer wrote it down.
        sent: all that the voices share: when, where, in which channel.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
    """
    permission.require(actor, Act.REGISTER_CONTRIBUTION, round_, now)
    return [
        receive(actor, Act.REGISTER_CONTRIBUTION, round_, replace(sent, words=words, key=None), now=now)
        for words in voices
    ]


def voices_of(notes: str) -> list[str]:
    """The voices in the notes from a meeting: a line of three dashes or more stands between two of them."""
    return [voice for part in _BETWEEN.split(notes.replace("\r\n", "\n")) if (voice := part.strip())]


def kind_of(round_: Round) -> Kind:
    """What words are called in a round when nothing else is said."""
    return {Level.ORIENTATION: Kind.QUESTION, Level.COCREATION: Kind.PROPOSAL}.get(round_.level, Kind.RESPONSE)
