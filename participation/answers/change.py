"""A change in the material: a place, before and after, what caused it, and the answers that did."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.answers.model import Answer, Change
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import ChangeCause
from participation.rules.plain import mark
from participation.rules.policy import Actor


def draft_change(
    actor: Actor,
    project: Project,
    change: Change | None,
    *,
    place: str,
    before: str,
    after: str,
    cause: ChangeCause,
    answer_ids: Sequence[int] = (),
    now: datetime,
) -> Change:
    """Write a change, or a new wording of one. Either side may be empty: "§ 5.2, side 14" is enough with one of them.

    Raises:
        NotAllowed: the actor may not answer in this case.
        Wrong: neither before nor after says anything.
    """
    permission.require(actor, Act.DRAFT_CHANGE, project, now)
    if not (before.strip() or after.strip()):
        raise Wrong(mark("Skriv, hvad der stod før, eller hvad der skal stå."))
    if change is None:
        last = db.session.scalar(sa.select(sa.func.max(Change.position)).where(Change.project_id == project.id))
        change = Change(project_id=project.id, position=(last or 0) + 1)
        db.session.add(change)
    change.place, change.before, change.after, change.cause = place.strip(), before, after, cause
    change.written_by_id, change.written_at = actor.person_id, now
    change.answers = list(
        db.session.scalars(sa.select(Answer).where(Answer.id.in_(answer_ids), Answer.project_id == project.id))
    )
    db.session.flush()
    log.record(Act.DRAFT_CHANGE, actor, change, at=now, project_id=project.id, cause=cause, answers=sorted(answer_ids))
    return change


def retire_change(actor: Actor, change: Change, *, now: datetime) -> None:
    """Take a change out of the proposal; it stays in the case.

    Raises:
        NotAllowed: the actor may not answer in this case.
    """
    permission.require(actor, Act.DRAFT_CHANGE, change, now)
    change.retired_at = now
    db.session.flush()
    log.record(Act.DRAFT_CHANGE, actor, change, at=now, project_id=change.project_id, retired=True)
