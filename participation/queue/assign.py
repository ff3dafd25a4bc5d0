"""Many points in one act: handed to a person until a day, marked as read, or put into a theme; undone as one.

Each act is a few statements, however many points it is about, so that it is done before the page comes back.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation import log, permission
from participation.foundation.db import UtcDateTime, db
from participation.foundation.forms import Wrong
from participation.people.model import Person
from participation.projects.model import Project
from participation.queue.answer import take_back_answers
from participation.queue.chosen import NOTHING, Chosen
from participation.queue.model import Assignment, Batch, BatchPoint
from participation.queue.queries import who_may_hold
from participation.queue.wanted import count_of
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.model import Placement, Theme
from participation.themes.move import move_points


@dataclass(frozen=True)
class Effect:
    """What an act would do, before it is done.

    Attributes:
        total: how many points it is about.
        from_others: with whom or in which theme else they lie now, by name, and how many.
        same: how many would stay as they are.
        last: the last point it is about.
    """

    total: int
    same: int
    from_others: list[tuple[str, int]]
    last: int


def effect_of(project: Project, chosen: Chosen, person: Person | None, today: date) -> Effect:
    """What handing points to a person would do, or marking them as read where there is no person."""
    meant = chosen.points(project.id, today).subquery()
    total, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(meant.c.id))).one()
    if person is None:
        return Effect(total, total - count_of(_unread(project, chosen, today)), [], last or 0)
    rows = db.session.execute(
        sa.select(Person.id, Person.name, sa.func.count())
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.point_id.in_(sa.select(meant.c.id)))
        .group_by(Person.id, Person.name)
        .order_by(Person.name)
    ).all()
    others = [(name, many) for key, name, many in rows if key != person.id]
    return Effect(total, sum(many for key, _name, many in rows if key == person.id), others, last or 0)


def effect_in(project: Project, chosen: Chosen, theme: Theme, today: date) -> Effect:
    """What putting points into a theme would do: where they are now."""
    meant = chosen.points(project.id, today).subquery()
    total, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(meant.c.id))).one()
    rows = db.session.execute(
        sa.select(Theme.id, Theme.title, sa.func.count())
        .join(Placement, Placement.theme_id == Theme.id)
        .where(Placement.point_id.in_(sa.select(meant.c.id)), Theme.retired_at.is_(None))
        .group_by(Theme.id, Theme.title)
        .order_by(Theme.title)
    ).all()
    others = [(title, many) for key, title, many in rows if key != theme.id]
    return Effect(total, sum(many for key, _title, many in rows if key == theme.id), others, last or 0)


def place_points(actor: Actor, project: Project, chosen: Chosen, theme: Theme, *, now: datetime) -> int:
    """Put points into a theme as one act on the themes, which is undone there like any other; give back how many.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there is nothing to put there, or the theme is gone.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    points = db.session.scalars(chosen.points(project.id, dates.local_day(now))).all()
    if not points:
        raise Wrong(NOTHING)
    move_points(actor, project, points, theme, now=now)
    return len(points)


def assign_points(
    actor: Actor, project: Project, chosen: Chosen, person: Person, due_on: date | None, *, now: datetime
) -> Batch:
    """Hand points to a person, until a day; one who had them before has them no longer (FU-15).

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there is nothing to hand out, the person cannot work in the case, or the day is over.
    """
    permission.require(actor, Act.ASSIGN_POINTS, project, now)
    today = dates.local_day(now)
    if person.id not in {one.id for one in who_may_hold(project)}:
        raise Wrong(mark("Den person kan ikke arbejde i sagen. Vælg en anden."))
    if due_on is not None and due_on < today:
        raise Wrong(mark("Dagen er gået. Vælg en dag, der kommer."))

    batch = _begin(actor, project, Act.ASSIGN_POINTS, chosen, now, person=person, due_on=due_on)
    before = (Assignment.person_id, Assignment.due_on, Assignment.batch_id)
    _keep(batch, chosen.points(project.id, today).outerjoin(Assignment, Assignment.point_id == Point.id), *before)
    db.session.execute(sa.delete(Assignment).where(Assignment.point_id.in_(_points_of(batch))))
    given = sa.select(BatchPoint.point_id, *map(sa.literal, (project.id, person.id)))
    given = given.add_columns(sa.literal(due_on, sa.Date()), sa.literal(batch.id))
    names = ["point_id", "project_id", "person_id", "due_on", "batch_id"]
    db.session.execute(sa.insert(Assignment).from_select(names, given.where(BatchPoint.batch_id == batch.id)))

    log.record(
        Act.ASSIGN_POINTS, actor, project, at=now, batch=batch.id, person=person.id, due_on=due_on, count=batch.total
    )
    return batch


def read_points(actor: Actor, project: Project, chosen: Chosen, *, now: datetime) -> Batch:
    """Mark the contributions of points as read; those that are read already stay as they are (RE-29).

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: all of it is read.
    """
    permission.require(actor, Act.READ_CONTRIBUTION, project, now)
    today = dates.local_day(now)
    batch = _begin(actor, project, Act.READ_CONTRIBUTION, chosen, now)
    _keep(batch, _unread(project, chosen, today))
    ids = _contributions_of(batch)
    numbers = list(db.session.scalars(sa.select(Contribution.number).where(Contribution.id.in_(ids))))
    values = {"read_at": sa.literal(now, UtcDateTime()), "read_by_id": actor.person_id}
    _update(sa.update(Contribution).where(Contribution.id.in_(ids)).values(values))

    log.record(Act.READ_CONTRIBUTION, actor, project, at=now, batch=batch.id, numbers=sorted(numbers))
    return batch


def undo_batch(actor: Actor, batch: Batch, *, now: datetime) -> None:
    """Undo all of it by an act of its own. What somebody has changed since stays as they left it.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is undone.
    """
    permission.require(actor, Act(batch.act), batch, now)
    if batch.undone_at is not None:
        raise Wrong(mark("Det er allerede gjort om."))
    batch.undone_at, batch.undone_by_id = now, actor.person_id
    facts: dict[str, Any] = {}
    if batch.act == Act.ASSIGN_POINTS.value:
        _take_back(batch)
    elif batch.gives_answers:
        take_back_answers(actor, batch, now)
        return
    else:
        facts["numbers"] = _unread_again(batch)
    db.session.flush()

    log.record(Act(batch.act), actor, batch.project, at=now, batch=batch.id, count=batch.total, undone=True, **facts)


def _begin(
    actor: Actor,
    project: Project,
    act: Act,
    chosen: Chosen,
    now: datetime,
    *,
    person: Person | None = None,
    due_on: date | None = None,
) -> Batch:
    batch = chosen.batch(project, act, actor, now)
    batch.person_id, batch.due_on = person.id if person is not None else None, due_on
    db.session.add(batch)
    db.session.flush()
    return batch


def _keep(batch: Batch, points: sa.Select[int], *before: Any) -> None:
    """Write down which points the act is about, and with whom they lay."""
    held = before or (sa.null(), sa.null(), sa.null())
    rows = points.with_only_columns(sa.literal(batch.id), Point.id, *held, maintain_column_froms=True)
    names = ["batch_id", "point_id", "before_person_id", "before_due_on", "before_batch_id"]
    db.session.execute(sa.insert(BatchPoint).from_select(names, rows))
    batch.total = count_of(_points_of(batch))
    if not batch.total:
        raise Wrong(NOTHING)
    db.session.flush()


def _take_back(batch: Batch) -> None:
    names = ["point_id", "project_id", "person_id", "due_on", "batch_id"]
    still = sa.select(Assignment.point_id).where(Assignment.batch_id == batch.id)
    back = list(
        db.session.execute(
            sa.select(
                BatchPoint.point_id, sa.literal(batch.project_id), BatchPoint.before_person_id,
                BatchPoint.before_due_on, BatchPoint.before_batch_id,
            ).where(
                BatchPoint.batch_id == batch.id,
                BatchPoint.before_person_id.is_not(None),
                BatchPoint.point_id.in_(still),
            )
        )
    )  # fmt: skip
    db.session.execute(sa.delete(Assignment).where(Assignment.batch_id == batch.id))
    if back:
        db.session.execute(sa.insert(Assignment), [dict(zip(names, row, strict=True)) for row in back])


def _unread_again(batch: Batch) -> list[int]:
    """Nobody has read what the act alone marked as read; the numbers, for the log."""
    mine = (
        Contribution.id.in_(_contributions_of(batch)),
        Contribution.read_at == batch.at,
        Contribution.read_by_id == batch.by_id,
    )
    numbers = sorted(db.session.scalars(sa.select(Contribution.number).where(*mine)))
    _update(sa.update(Contribution).where(*mine).values(read_at=None, read_by_id=None))
    return numbers


def _unread(project: Project, chosen: Chosen, today: date) -> sa.Select[int]:
    return chosen.points(project.id, today).where(Contribution.read_at.is_(None))


def _points_of(batch: Batch) -> sa.Select[int]:
    return sa.select(BatchPoint.point_id).where(BatchPoint.batch_id == batch.id)


def _contributions_of(batch: Batch) -> sa.Select[int]:
    return sa.select(Point.contribution_id).where(Point.id.in_(_points_of(batch)))


def _update(update: sa.Update) -> None:
    db.session.execute(update.execution_options(synchronize_session=False))
    db.session.expire_all()
