"""The administration answers a councillor's question, and every member reads the same answer."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.decisions.model import CouncilQuestion
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class AnsweredAlready(Wrong):
    """Members may have read the answer that stands; another is not put in its place."""

    def __init__(self) -> None:
        super().__init__(mark("En kollega har svaret. Svaret står, som det er, for medlemmerne kan have læst det."))


def reply_to_council(actor: Actor, question: CouncilQuestion, words: str, *, now: datetime) -> None:
    """Answer a question once; of two who answer at the same time, the first one's answer stands.

    Raises:
        NotAllowed: the actor may not work in this case.
        AnsweredAlready: see there.
    """
    permission.require(actor, Act.REPLY_TO_COUNCIL, question, now)

    written = db.session.execute(
        sa.update(CouncilQuestion)
        .where(CouncilQuestion.id == question.id, CouncilQuestion.replied_at.is_(None))
        .values(reply=words, replied_at=now, replied_by_id=actor.person_id)
    )
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise AnsweredAlready

    log.record(
        Act.REPLY_TO_COUNCIL,
        actor,
        question,
        at=now,
        project_id=question.project_id,
        digest=log.digest(f"council_reply:{question.id}", words),
        question=question.id,
    )


@log.witness(Act.REPLY_TO_COUNCIL)
def replies_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The answers behind the digests of the log."""
    of = {entry.id: entry.facts["question"] for entry in entries}
    rows = db.session.execute(
        sa.select(CouncilQuestion.id, CouncilQuestion.reply).where(CouncilQuestion.id.in_(of.values()))
    )
    words = {row.id: row.reply for row in rows}
    return {entry: (f"council_reply:{key}", words[key]) if key in words else None for entry, key in of.items()}
