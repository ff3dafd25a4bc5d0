"""Somebody said "that was no answer": it is taken up again and answered (FU-22)."""

from datetime import datetime

from participation.contributions.tell import tell_sender
from participation.feedback.model import Verdict
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NothingMissing(Wrong):
    """They said that they had their answer."""

    def __init__(self) -> None:
        super().__init__(mark("De har sagt, at de fik svar. Der er ikke noget at svare på."))


class EmptyReply(Wrong):
    """A reply says something."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv et svar, før du sender det."))


def reopen_answer(actor: Actor, verdict: Verdict, words: str, *, now: datetime) -> None:
    """Answer what was missing; the contributor is told. A later wording replaces an earlier one and is sent again.

    Raises:
        NotAllowed: the actor may not work in this case.
        NothingMissing, EmptyReply: see there.
    """
    permission.require(actor, Act.REOPEN_ANSWER, verdict, now)
    if verdict.answered:
        raise NothingMissing
    if not words.strip():
        raise EmptyReply
    first = verdict.replied_at is None
    verdict.reply, verdict.replied_at = words.strip(), now
    db.session.flush()

    entry = log.record(
        Act.REOPEN_ANSWER, actor, verdict.contribution, at=now, project_id=verdict.project_id, first=first
    )
    tell_sender(
        "reopened",
        verdict.contribution,
        at=now,
        dedupe=f"reopened:{verdict.contribution_id}:{entry.id}",
        verdict=verdict.contribution_id,
    )
