"""Meetings and their agendas: what each body meets about, and how long before its agendas are public (RP-32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median_low

import sqlalchemy as sa

from participation.decisions.queries import Coming
from participation.foundation.db import db
from participation.projects.model import Project, Step
from participation.rules.backwards import AGENDA_DAYS
from participation.rules.kinds import StepKind

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Meeting:
    """One body on one day, with the matters on its agenda.

    Attributes:
        on: nothing while the day is not planned.
    """

    body: str
    on: date | None
    items: tuple[Coming, ...]

    @property
    def step(self) -> Step:
        """One of its matters, by which the meeting is found."""
        return self.items[0].step

    @property
    def late(self) -> bool:
        """Whether a matter came too late on the agenda."""
        return any(item.late_agenda for item in self.items)

    @property
    def published_on(self) -> date | None:
        """The last day on which a matter was put on the public agenda; nothing while one is missing."""
        days = [item.step.agenda_published_on for item in self.items]
        return max((day for day in days if day is not None), default=None) if None not in days else None

    @property
    def agenda_url(self) -> str:
        """Where the agenda can be read."""
        return next((item.step.agenda_url for item in self.items if item.step.agenda_url), "")


def meetings_of(steps: Sequence[Coming]) -> list[Meeting]:
    """The meetings that matters are put before, in the order in which their days come; bodies of one day by name."""
    places = {day: place for place, day in reversed(list(enumerate(_day(one) for one in steps)))}
    kept = sorted(steps, key=lambda one: (places[_day(one)], one.step.body))
    found = groupby(kept, key=lambda one: (_day(one), one.step.body))
    return [Meeting(body, on, tuple(items)) for (on, body), items in found]


def _day(one: Coming) -> date | None:
    return one.step.met_on or one.step.planned_on


@dataclass(frozen=True)
class Agendas:
    """How long before its meetings a body's agendas were public, in the last twelve months (RP-32).

    Attributes:
        matters: those that were treated.
        in_time: those whose agenda was public at least a week before.
        unknown: those of which nobody wrote down when it was public; nothing is said of how early they were.
        days: in the middle of the row, among those that are known.
    """

    body: str
    matters: int
    in_time: int
    unknown: int
    days: int | None

    @property
    def known(self) -> int:
        """The matters of which the day is written down: only they can be in time or late."""
        return self.matters - self.unknown


def agendas_by_body(today: date) -> list[Agendas]:
    """The public figure, a line for each body that met, in one query."""
    rows = db.session.execute(
        sa.select(Step.body, Step.met_on, Step.agenda_published_on, sa.func.count())
        .join(Project, Project.id == Step.project_id)
        .where(
            Step.result.is_not(None),
            Step.kind.not_in((StepKind.HEARING, StepKind.DELEGATED)),
            Step.met_on.between(today - _YEAR, today),
            Project.announced_at.is_not(None),
        )
        .group_by(Step.body, Step.met_on, Step.agenda_published_on)
        .order_by(Step.body)
    )
    found = []
    for body, lines in groupby(rows, key=lambda row: row[0]):
        matters = unknown = in_time = 0
        days: list[int] = []
        for _body, met_on, published_on, count in lines:
            matters += count
            if published_on is None:
                unknown += count
                continue
            before = (met_on - published_on).days if met_on is not None else 0
            in_time += count if before >= AGENDA_DAYS else 0
            days += [before] * count
        found.append(Agendas(body, matters, in_time, unknown, median_low(days) if days else None))
    return found
