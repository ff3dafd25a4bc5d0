"""A promise that is late is explained in public with a new day; the promise itself stands as it was made (RL-30)."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from participation.contributions.model import Contribution, Promise
from participation.contributions.tell import tell_sender
from participation.foundation import clock, jobs, letters, log, permission
from participation.foundation.db import begin_write, db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import BINDING, PromiseKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotLate(Wrong):
    """What is not late needs no explanation."""

    def __init__(self) -> None:
        super().__init__(mark("Der er ikke noget, der er forsinket."))


class NotAWorkingDay(Wrong):
    """A promised day is a working day, and it lies ahead."""

    def __init__(self) -> None:
        super().__init__(mark("Vælg en arbejdsdag, som ikke er gået."))


@dataclass(frozen=True)
class Late:
    """Promises of one kind in one case that are late now.

    Attributes:
        due_on: the earliest day that was promised.
        new_on: the day that was given instead; nothing while nobody has explained it.
        reason: why, as citizens read it.
    """

    kind: PromiseKind
    number: int
    due_on: date
    new_on: date | None
    reason: str


def late_in(project_id: int, today: date) -> list[Late]:
    """What binds us in a case and is late, by kind."""
    rows = db.session.execute(
        sa.select(
            Promise.kind,
            sa.func.count(),
            sa.func.min(Promise.due_on),
            sa.func.max(Promise.moved_to),
            sa.func.max(Promise.moved_reason),
        )
        .join(Contribution, Contribution.id == Promise.contribution_id)
        .where(Promise.project_id == project_id, Contribution.handling != Handling.WITHDRAWN, *_open(today))
        .group_by(Promise.kind)
        .order_by(Promise.kind)
    )
    return [Late(kind, number, due_on, new_on, reason) for kind, number, due_on, new_on, reason in rows if due_on]


def _open(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    return (Promise.kind.in_(BINDING), Promise.kept_at.is_(None), Promise.due_on < today)


def _late(project_id: int, today: date) -> sa.Select[int]:
    return (
        sa.select(Promise.contribution_id)
        .join(Contribution, Contribution.id == Promise.contribution_id)
        .where(Promise.project_id == project_id, Contribution.handling != Handling.WITHDRAWN, *_open(today))
    )


def explain_delay(
    actor: Actor, project: Project, kind: PromiseKind, new_on: date, reason: str, *, now: datetime
) -> int:
    """Say why promises of a kind are late, and give a new day; each sender is owed an apology with it.

    The day that was promised is never changed: the promise stays late in every figure.

    Args:
        new_on: a working day that has not passed.

    Returns:
        How many promises are explained.

    Raises:
        NotAllowed: the actor may not work in this case.
        NotLate, NotAWorkingDay: see there.
    """
    permission.require(actor, Act.EXPLAIN_DELAY, project, now)
    today = dates.local_day(now)
    if new_on < today or not dates.is_working_day(new_on, clock.closed):
        raise NotAWorkingDay
    late = db.session.scalars(_late(project.id, today).where(Promise.kind == kind)).all()
    if not late:
        raise NotLate

    db.session.execute(
        sa.update(Promise)
        .where(Promise.project_id == project.id, Promise.kind == kind, *_open(today))
        .values(moved_to=new_on, moved_reason=reason)
    )
    log.record(
        Act.EXPLAIN_DELAY, actor, project, at=now, project_id=project.id, kind=kind, became=new_on, number=len(late)
    )
    jobs.owe("tell_delay", {"project": project.id, "kind": kind.value, "at": now.isoformat()}, at=now)
    return len(late)


@jobs.job("tell_delay")
def tell_delay(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe each whose promise is late an apology with the new day; a second run owes nothing twice."""
    begin_write()
    at = datetime.fromisoformat(arguments["at"])
    kind = PromiseKind(arguments["kind"])
    waiting = db.session.execute(
        sa.select(Contribution, Promise.id)
        .join(Promise, Promise.contribution_id == Contribution.id)
        .where(
            Promise.project_id == arguments["project"],
            Promise.kind == kind,
            Promise.moved_to.is_not(None),
            *_open(dates.local_day(at)),
            Contribution.handling != Handling.WITHDRAWN,
        )
        .options(joinedload(Contribution.contact))
        .order_by(Contribution.id)
    ).all()
    for contribution, promise in waiting:
        dedupe = f"promise_moved:{promise}:{arguments['at']}"
        tell_sender("promise_moved", contribution, at=now, dedupe=dedupe, promise=promise)


@letters.provider("promise")
def about_promise(promise_id: int) -> dict[str, str]:
    """What was promised, and the day that is given instead."""
    promise = db.session.get_one(Promise, promise_id)
    return {
        "promised": clock.day(promise.due_on),
        "instead": clock.day(promise.moved_to),
        "why": promise.moved_reason,
    }
