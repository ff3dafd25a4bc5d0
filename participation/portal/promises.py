"""Holder vi, hvad vi lover? Read live from the promises and their dates; nobody can edit it (RL-29, RL-30)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.contributions.model import Contribution, Promise
from participation.foundation import clock
from participation.foundation.db import db
from participation.people.model import Department, Membership, Person
from participation.projects.model import Project
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.kinds import BINDING, PromiseKind

#: Below this many cases a share of a hundred says nothing.
FEW = 10
#: The median is taken over the latest this many answered questions.
LATEST = 200
#: Figures of fewer employees than this would single somebody out.
FEWEST_STAFF = 3
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Kept:
    """How one kind of promise was held in the last twelve months.

    Attributes:
        due: promises whose day has come, or that were kept already.
        in_time: those kept by their day.
        late_now: those whose day has passed and that are not kept.
    """

    kind: PromiseKind
    due: int
    in_time: int
    late_now: int

    @property
    def words(self) -> str:
        """The figure: ``312 af 339``, with per cent only from ten cases on."""
        if not self.due:
            return _("Ingen endnu")
        if self.due < FEW:
            return _("%(kept)s af %(due)s", kept=self.in_time, due=self.due)
        share = 100 * self.in_time // self.due
        return _("%(kept)s af %(due)s (%(share)s %%)", kept=self.in_time, due=self.due, share=share)


@dataclass(frozen=True)
class Delayed:
    """What is late in one case, why, and the new day; nothing there while nobody has explained it (RL-30)."""

    title: str
    slug: str
    kind: PromiseKind
    number: int
    due_on: date
    new_on: date | None
    reason: str


@dataclass(frozen=True)
class Within:
    """Whose promises are counted: the whole municipality's, a department's or a project's."""

    department_id: int | None = None
    project_id: int | None = None

    @property
    def conditions(self) -> tuple[sa.ColumnElement[bool], ...]:
        """What a promise must meet."""
        if self.project_id is not None:
            return (Promise.project_id == self.project_id,)
        if self.department_id is not None:
            own = sa.select(Project.id).where(Project.department_id == self.department_id)
            return (Promise.project_id.in_(own),)
        return ()


EVERYWHERE = Within()


@dataclass(frozen=True)
class Figures:
    """Everything on the page."""

    kinds: tuple[Kept, ...]
    moved: int
    answer_days: float | None
    answered: int
    late: tuple[Delayed, ...] = ()

    @property
    def late_now(self) -> int:
        """How many promises are late at this moment."""
        return sum(kept.late_now for kept in self.kinds)


def figures(now: datetime, within: Within = EVERYWHERE) -> Figures:
    """The figures of the last twelve months, in a fixed number of queries."""
    today = dates.local_day(now)
    days = _by_day(today, within)
    kinds = []
    for kind in PromiseKind:
        if kind in BINDING:
            own = [row for row in days if row.kind is kind]
            kinds.append(
                Kept(
                    kind=kind,
                    due=sum(row.kept + (row.open if row.due_on < today else 0) for row in own),
                    in_time=sum(row.kept_in_time for row in own),
                    late_now=sum(row.open for row in own if row.due_on < today),
                )
            )
    answered = _answer_days(today, within)
    return Figures(
        kinds=tuple(kinds),
        moved=_moved(today, within),
        answer_days=median(answered) if answered else None,
        answered=len(answered),
        late=tuple(_late(today, within)),
    )


@dataclass
class _Day:
    kind: PromiseKind
    due_on: date
    kept: int
    open: int
    kept_in_time: int


def _counting(asked: Any, today: date, within: Within) -> Any:
    return (
        asked.join(Contribution, Promise.contribution_id == Contribution.id)
        .where(Promise.kind.in_(BINDING), Promise.due_on.between(today - _YEAR, today + _YEAR))
        .where(sa.or_(Promise.kept_at.is_not(None), Contribution.handling != Handling.WITHDRAWN), *within.conditions)
    )


def _by_day(today: date, within: Within) -> list[_Day]:
    """Promises by kind and day. Only days on which some were kept in time and some late are asked about again."""
    grouped = _counting(
        sa.select(
            Promise.kind,
            Promise.due_on,
            sa.func.count(Promise.kept_at),
            sa.func.count() - sa.func.count(Promise.kept_at),
            sa.func.min(Promise.kept_at),
            sa.func.max(Promise.kept_at),
        ),
        today,
        within,
    ).group_by(Promise.kind, Promise.due_on)
    days, mixed = {}, []
    for kind, due_on, kept, still, first, last in db.session.execute(grouped):
        end = dates.local_day_end(due_on)
        day = _Day(kind, due_on, kept, still, kept if kept and last < end else 0)
        days[kind, due_on] = day
        if kept and first < end <= last:
            mixed.append(sa.and_(Promise.kind == kind, Promise.due_on == due_on, Promise.kept_at < end))
    if mixed:
        again = _counting(sa.select(Promise.kind, Promise.due_on, sa.func.count()), today, within)
        again = again.where(sa.or_(*mixed))
        for kind, due_on, count in db.session.execute(again.group_by(Promise.kind, Promise.due_on)):
            days[kind, due_on].kept_in_time = count
    return list(days.values())


def _moved(today: date, within: Within) -> int:
    """Expected dates that politics has moved, counted apart from what we promised ourselves."""
    since = dates.opens_at(today - _YEAR)
    moved = sa.select(sa.func.count(sa.distinct(Promise.project_id))).where(
        Promise.kind.not_in(BINDING), Promise.moved_to.is_not(None), Promise.made_at >= since, *within.conditions
    )
    return db.session.scalar(moved) or 0


def _answer_days(today: date, within: Within) -> list[int]:
    """Working days from each of the latest questions to its answer."""
    rows: Any = db.session.execute(
        sa.select(Promise.made_at, Promise.kept_at)
        .where(
            Promise.kind == PromiseKind.QUESTION_ANSWER,
            Promise.kept_at.is_not(None),
            Promise.due_on >= today - _YEAR,
            *within.conditions,
        )
        .order_by(Promise.kept_at.desc())
        .limit(LATEST)
    )
    return [
        dates.working_days_between(dates.local_day(asked), dates.local_day(kept), clock.closed) for asked, kept in rows
    ]


def _late(today: date, within: Within, most: int = 50) -> list[Delayed]:
    """What is late now, case by case, the longest first."""
    rows = db.session.execute(
        _counting(
            sa.select(
                Project.title,
                Project.slug,
                Promise.kind,
                sa.func.count(),
                sa.func.min(Promise.due_on),
                sa.func.max(Promise.moved_to),
                sa.func.max(Promise.moved_reason),
            ).join(Project, Project.id == Promise.project_id),
            today,
            within,
        )
        .where(Promise.kept_at.is_(None), Promise.due_on < today)
        .group_by(Project.id, Project.title, Project.slug, Promise.kind)
        .order_by(sa.func.min(Promise.due_on), Project.id)
        .limit(most)
    )
    return [Delayed(*row) for row in rows]


def may_be_told(department_id: int) -> bool:
    """Whether a department has so many employees that its figures single nobody out (RL-30)."""
    staff = sa.select(sa.func.count(sa.distinct(Membership.person_id))).join(Person, Person.id == Membership.person_id)
    found = db.session.scalar(staff.where(Membership.department_id == department_id, Person.active))
    return (found or 0) >= FEWEST_STAFF


def departments_told() -> list[Department]:
    """The departments that are large enough for figures of their own, by name."""
    enough = (
        sa.select(Membership.department_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.department_id.is_not(None), Person.active)
        .group_by(Membership.department_id)
        .having(sa.func.count(sa.distinct(Membership.person_id)) >= FEWEST_STAFF)
    )
    return list(db.session.scalars(sa.select(Department).where(Department.id.in_(enough)).order_by(Department.name)))
