"""A councillor asks the administration before the meeting, in front of all members."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.decisions.model import CouncilQuestion
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def ask_administration(actor: Actor, project: Project, words: str, *, now: datetime) -> CouncilQuestion:
    """Put a question that every member can read, with the name of who asked; it cannot be edited afterwards.

    Raises:
        NotAllowed: the actor is no councillor, stands aside in the case, or the matter is decided.
    """
    permission.require(actor, Act.ASK_ADMINISTRATION, project, now)

    question = CouncilQuestion(project_id=project.id, asked_by_id=actor.person_id, words=words, asked_at=now)
    db.session.add(question)
    db.session.flush()

    log.record(
        Act.ASK_ADMINISTRATION,
        actor,
        question,
        at=now,
        project_id=project.id,
        digest=log.digest(f"council_question:{question.id}", words),
        question=question.id,
    )
    return question


@log.witness(Act.ASK_ADMINISTRATION)
def questions_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The questions behind the digests of the log."""
    of = {entry.id: entry.facts["question"] for entry in entries}
    rows = db.session.execute(
        sa.select(CouncilQuestion.id, CouncilQuestion.words).where(CouncilQuestion.id.in_(of.values()))
    )
    words = {row.id: row.words for row in rows}
    return {entry: (f"council_question:{key}", words[key]) if key in words else None for entry, key in of.items()}
