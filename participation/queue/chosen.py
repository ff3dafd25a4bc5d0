"""Which points an act on many is about: those that were ticked, or all that a filter lets through."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from participation.contributions.model import Point
from participation.projects.model import Project
from participation.queue.model import Batch
from participation.queue.wanted import Wanted
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

NOTHING = mark("Der er ikke noget at gøre. Vælg andre punkter, eller ret filteret.")


@dataclass(frozen=True)
class Chosen:
    """The points of one act: those that were ticked, else all that a filter lets through.

    Attributes:
        up_to: the last point there was when the effect was shown; what came in since is not meant.
    """

    wanted: Wanted = field(default_factory=Wanted)
    ticked: Collection[int] = ()
    up_to: int | None = None

    def points(self, project_id: int, today: date) -> sa.Select[int]:
        """Their ids; ticked ones, too, are only those of the case that are owed an answer."""
        query = (Wanted() if self.ticked else self.wanted).points(project_id, today)
        if self.ticked:
            query = query.where(Point.id.in_(self.ticked))
        return query.where(Point.id <= self.up_to) if self.up_to is not None else query

    def batch(self, project: Project, act: Act, actor: Actor, now: datetime) -> Batch:
        """The row of an act on them, still without points."""
        wanted = {} if self.ticked else self.wanted.args
        return Batch(project=project, act=act.value, wanted=wanted, total=0, at=now, by_id=actor.person_id)
