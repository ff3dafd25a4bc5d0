"""What staff may read of the work of many: a page of the points of a case, and what lies with me in all cases.

Each page begins where the last one ended, and asks a fixed number of queries, however many points there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Contribution, Point
from participation.contributions.shown import Masks, masks_of
from participation.foundation.db import db
from participation.people.model import Membership, Person, ProjectRole, Recusal
from participation.projects.model import Project
from participation.queue.model import Assignment, Batch, BatchPoint, SavedFilter
from participation.queue.wanted import Wanted, answered
from participation.rules.kinds import Role
from participation.rules.policy import Actor
from participation.themes.counts import SAID
from participation.themes.model import Placement, Theme

PAGE = 50
#: How much of a point stands in the list, in characters.
GLIMPSE = 300
#: From so many received the queue is shown; up to it the table svar for svar shows them all.
MANY = 25
_OFFICERS = (Role.PLANNER, Role.LEADER)
#: Without a date of its own a task lies behind those that have one.
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Task:
    """A point in the queue: what it says, where it belongs, with whom it lies, and whether it has its answer."""

    point: Point
    words: str
    theme: str
    is_answered: bool
    holder: str
    due_on: date | None

    @property
    def contribution(self) -> Contribution:
        """Whose point it is."""
        return self.point.contribution


@dataclass(frozen=True)
class Page:
    """A page of the queue; ``after`` and ``before`` say where the next and the previous one begin, None at the ends."""

    rows: Sequence[Task]
    after: str | None
    before: str | None


def case_of(slug: str) -> Project:
    """The project of a page of the queue.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug))
    if found is None:
        raise NotFound
    return found


def queue(
    project: Project, wanted: Wanted, today: date, *, after: int | None = None, before: int | None = None
) -> Page:
    """A page of the points that a filter lets through, in the order they came in."""
    query = _tasks().where(*wanted.conditions(project.id, today)).limit(PAGE + 1)
    if before is not None:
        query = query.where(Point.id < before).order_by(Point.id.desc())
    else:
        query = query.order_by(Point.id)
        query = query.where(Point.id > after) if after is not None else query
    found = db.session.execute(query).unique().all()
    more, found = len(found) > PAGE, found[:PAGE]
    if before is not None:
        found = found[::-1]
    rows = _read(found)
    is_more = before is not None or more
    is_less = more if before is not None else after is not None
    return Page(
        rows, str(rows[-1].point.id) if rows and is_more else None, str(rows[0].point.id) if rows and is_less else None
    )


def mine(actor: Actor, today: date, *, late: bool = False, after: tuple[date, int] | None = None) -> Page:
    """What lies with me and has no answer yet, over all cases, the first due first.

    Args:
        late: only what is past its day.
        after: day and point that the last page ended with.
    """
    due = sa.func.coalesce(Assignment.due_on, _NEVER)
    query = _tasks().where(
        Assignment.person_id == actor.person_id, Project.closed_at.is_(None), Project.id.not_in(actor.conflicts), SAID
    )
    query = query.join(Project, Project.id == Point.project_id).where(~answered())
    if late:
        query = query.where(Assignment.due_on < today)
    if after is not None:
        query = query.where(sa.tuple_(due, Point.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    found = db.session.execute(query.order_by(due, Point.id).limit(PAGE + 1)).unique().all()
    rows = _read(found[:PAGE])
    last = rows[-1] if len(found) > PAGE else None
    return Page(rows, f"{last.due_on or _NEVER}.{last.point.id}" if last else None, None)


def has_tasks(actor: Actor) -> bool:
    """Whether anything was ever handed to me."""
    own = sa.select(Assignment.point_id).where(Assignment.person_id == actor.person_id).limit(1)
    return db.session.scalar(own) is not None


def _tasks() -> Any:
    return (
        sa.select(Point, Theme.title, answered(), Person.name, Assignment.due_on)
        .join(Point.contribution)
        .outerjoin(Placement, Placement.point_id == Point.id)
        .outerjoin(Theme, sa.and_(Theme.id == Placement.theme_id, Theme.retired_at.is_(None)))
        .outerjoin(Assignment, Assignment.point_id == Point.id)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .options(
            contains_eager(Point.contribution).options(
                joinedload(Contribution.contact),
                joinedload(Contribution.project).options(lazyload(Project.rounds), lazyload(Project.department)),
                lazyload(Contribution.round),
            ),
            selectinload(Point.spans),
        )
    )


def _read(found: Sequence[Any]) -> list[Task]:
    masks = masks_of({row[0].contribution_id for row in found if row[0].contribution.is_masked})
    return [Task(row[0], _glimpse(row[0], masks), row[1] or "", bool(row[2]), row[3] or "", row[4]) for row in found]


def _glimpse(point: Point, masks: Masks) -> str:
    """The beginning of a point, as staff may read it in a list."""
    reason = point.contribution.cleared_reason
    words = (masks.of(span.text_id, span.text.words, reason).cut(span.start, span.end) for span in point.spans)
    whole = " ".join(words)
    return whole if len(whole) <= GLIMPSE else f"{whole[:GLIMPSE]} …"


# -- what the pages offer ----------------------------------------------------------------------------------------------


def who_may_hold(project: Project) -> list[Person]:
    """Who can be handed something in a case: those who may work in it and do not stand aside, by name."""
    aside = sa.select(Recusal.person_id).where(Recusal.project_id == project.id, Recusal.lifted_at.is_(None))
    own = sa.select(Membership.person_id).where(
        Membership.role.in_(_OFFICERS), Membership.department_id == project.department_id
    )
    asked = sa.select(ProjectRole.person_id).where(
        ProjectRole.role.in_(_OFFICERS), ProjectRole.project_id == project.id
    )
    return list(
        db.session.scalars(
            sa.select(Person)
            .where(Person.active, sa.or_(Person.id.in_(own), Person.id.in_(asked)), Person.id.not_in(aside))
            .order_by(Person.name, Person.id)
        )
    )


def saved_filters(actor: Actor, project: Project) -> list[SavedFilter]:
    """The filters that somebody has kept for a case, by name; at most twenty."""
    query = sa.select(SavedFilter).where(SavedFilter.person_id == actor.person_id, SavedFilter.project_id == project.id)
    return list(db.session.scalars(query.order_by(SavedFilter.name).limit(20)))


def saved_filter(actor: Actor, project: Project, key: int) -> SavedFilter:
    """One of my own filters.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = db.session.get(SavedFilter, key)
    if found is None or found.person_id != actor.person_id or found.project_id != project.id:
        raise NotFound
    return found


def batch(project: Project, key: int) -> Batch:
    """One act on many of a case.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Batch, key)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def left_by(batch: Batch) -> list[tuple[int, int]]:
    """The first points whose answer undoing left, as point and number of the contribution; at most two hundred."""
    rows = db.session.execute(
        sa.select(Point.id, Contribution.number)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .join(BatchPoint, BatchPoint.point_id == Point.id)
        .where(BatchPoint.batch_id == batch.id, BatchPoint.stays.is_(True))
        .order_by(Contribution.number, Point.id)
        .limit(200)
    )
    return [(key, number) for key, number in rows]


def batches(project: Project) -> list[Batch]:
    """The latest acts on many of a case, the newest first."""
    query = sa.select(Batch).where(Batch.project_id == project.id).options(lazyload(Batch.project))
    return list(db.session.scalars(query.options(joinedload(Batch.person)).order_by(Batch.id.desc()).limit(10)))
