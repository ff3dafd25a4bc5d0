"""Which points somebody wants to see: what a filter of the queue asks, in an address and in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from participation.answers.model import Answer, stands
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db
from participation.foundation.forms import number_in
from participation.queue.model import Assignment
from participation.queue.search import points_with
from participation.queue.stems import asked
from participation.rules.kinds import Capacity, Channel
from participation.rules.phases import Arrival
from participation.themes.counts import NOWHERE, SAID
from participation.themes.model import Placement, Theme


class State(StrEnum):
    """How far a point is, by its word in the address."""

    UNREAD = "ulaest"
    OPEN = "mangler"
    ANSWERED = "svar"
    OVERDUE = "forsinket"
    LATE = "sent"


@dataclass(frozen=True)
class Wanted:
    """A filter; what is empty asks nothing. The names are those of the address.

    Attributes:
        q: words that stand in the point.
        emne: the id of a hovedemne or emne, or 0 for the points that have none.
        hos: the id of the person it lies with, or 0 for nobody.
    """

    q: str = ""
    tilstand: State | None = None
    emne: int | None = None
    rolle: Capacity | None = None
    kanal: Channel | None = None
    hos: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Self:
        """The filter of an address; what it does not know is left out."""
        return cls(
            q=args.get("q", "")[:200].strip(),
            tilstand=_member(State, args.get("tilstand")),
            emne=number_in(args.get("emne")),
            rolle=_member(Capacity, args.get("rolle")),
            kanal=_member(Channel, args.get("kanal")),
            hos=number_in(args.get("hos")),
        )

    @property
    def args(self) -> dict[str, Any]:
        """The same for an address or a row: text by name, and only what asks something."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: str(value) for name, value in values if value not in (None, "")}

    def conditions(self, project_id: int, today: date) -> list[sa.ColumnElement[bool]]:
        """What a query over points with their contributions asks; always that they are owed an answer."""
        own = [Point.project_id == project_id, SAID]
        if self.q:
            own.append(Point.id.in_(points_with(project_id, self.q)) if asked(self.q) else sa.false())
        if self.tilstand is not None:
            own += _STATES[self.tilstand](today)
        if self.emne is not None:
            own.append(NOWHERE if self.emne == 0 else Point.id.in_(_in_theme(self.emne)))
        if self.rolle is not None:
            own.append(Contribution.capacity == self.rolle)
        if self.kanal is not None:
            own.append(Contribution.channel == self.kanal)
        if self.hos is not None:
            own.append(_held(_Held.person_id == self.hos) if self.hos else ~_held())
        return own

    def points(self, project_id: int, today: date) -> sa.Select[int]:
        """The ids of the points that it lets through."""
        query = sa.select(Point.id).join(Contribution, Contribution.id == Point.contribution_id)
        return query.where(*self.conditions(project_id, today))


def answered() -> sa.ColumnElement[bool]:
    """Whether a point has its answer: its own before its contribution's, that before its emne's and hovedemne's.

    The same order as `answers.queries.Answers.of_point`, one point at a time, for lists that show a page of them.
    """
    complete = sa.case((sa.and_(sa.func.trim(Answer.words) != "", Answer.recommendation.is_not(None)), 1), else_=0)

    def of(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(complete).where(*where, stands()).correlate(Point).scalar_subquery()

    home = sa.select(Placement.theme_id).where(Placement.point_id == Point.id).correlate(Point).scalar_subquery()
    above = (
        sa.select(Theme.parent_id)
        .join(Placement, Placement.theme_id == Theme.id)
        .where(Placement.point_id == Point.id)
        .correlate(Point)
        .scalar_subquery()
    )
    whole = (
        of(Answer.point_id == Point.id),
        of(Answer.contribution_id == Point.contribution_id),
        of(Answer.theme_id == home),
        of(Answer.theme_id == above),
    )
    return sa.func.coalesce(*whole, 0) == 1


# Rows by names of their own, since the queries around them show where a point is at home and with whom it lies.
_Held, _Home, _Topic = aliased(Assignment), aliased(Placement), aliased(Theme)


def _in_theme(key: int) -> sa.Select[int]:
    topics = sa.select(_Topic.id).where(_Topic.parent_id == key, _Topic.retired_at.is_(None))
    return sa.select(_Home.point_id).where(sa.or_(_Home.theme_id == key, _Home.theme_id.in_(topics)))


def _held(*how: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(_Held.point_id == Point.id, *how)


def _overdue(today: date) -> list[sa.ColumnElement[bool]]:
    return [_held(_Held.due_on < today), ~answered()]


_STATES: dict[State, Any] = {
    State.UNREAD: lambda today: [Contribution.read_at.is_(None)],
    State.OPEN: lambda today: [~answered()],
    State.ANSWERED: lambda today: [answered()],
    State.OVERDUE: _overdue,
    State.LATE: lambda today: [Contribution.arrival != Arrival.IN_TIME],
}


def _member(kind: Any, word: str | None) -> Any:
    return next((one for one in kind if one.value == word), None)


def count_of(query: sa.Select[int]) -> int:
    """How many a query finds."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
