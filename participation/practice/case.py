"""What the acts of one practice project share while it is lived through: its texts, its rows, and who acts in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import NamedTuple

from participation.contributions.model import Contribution
from participation.drafting.model import JointText
from participation.people.model import Department
from participation.practice.texts import Calendar, Told
from participation.projects.model import Project, Round
from participation.rules import dates
from participation.rules.kinds import Role
from participation.rules.policy import Actor


class Event(NamedTuple):
    """Something that happened at a moment; ``act`` gets that moment and calls the verb."""

    at: datetime
    act: Callable[[datetime], object]


@dataclass(frozen=True)
class Staff:
    """The people of the town hall by the keys of the texts, and the departments that they work in."""

    actors: Mapping[str, Actor]
    departments: Mapping[str, Department]

    def one(self, role: Role, department: Department | None = None) -> Actor:
        """The first who holds a role, in a department where one is given."""
        wanted = department.id if department is not None else None
        for actor in self.actors.values():
            if any(held is role and wanted in (None, at) for held, at in actor.roles):
                return actor
        raise LookupError(f"nobody is {role} there")


@dataclass
class Case:
    """One project on its way through time.

    Attributes:
        told: its file.
        arrived: contributions by their place in the texts, once they have come in.
        joint: the text that is developed together, once it is begun.
    """

    told: Told
    municipality: Told
    calendar: Calendar
    staff: Staff
    project: Project | None = None
    arrived: dict[int, Contribution] = field(default_factory=dict)
    joint: JointText | None = None

    @property
    def slug(self) -> str:
        """The name that the texts know it by."""
        return str(self.told["slug"])

    @property
    def here(self) -> Project:
        """The project, once it is declared."""
        if self.project is None:
            raise LookupError(f"{self.slug} is not declared yet")
        return self.project

    @property
    def round(self) -> Round:
        """The one round that it has."""
        return self.here.rounds[0]

    @property
    def department(self) -> Department:
        """The department that runs it."""
        return self.staff.departments[self.told["department"]]

    @property
    def planner(self) -> Actor:
        """The planner who runs it."""
        return self.staff.actors[self.told["planner"]]

    @property
    def leader(self) -> Actor:
        """The leader of the department."""
        return self.staff.one(Role.LEADER, self.department)

    @property
    def clerk(self) -> Actor:
        """The clerk who keeps the agendas."""
        return self.staff.one(Role.CLERK)

    def at(self, day: int, hour: str) -> datetime:
        """A moment of the texts, at the latest a little while ago."""
        return min(self.calendar.at(day, hour), self.calendar.latest)

    def meets_at(self, step: Told) -> datetime:
        """When the body of a step meets."""
        return dates.local_moment(self.calendar.meets_on(step["day"]), time.fromisoformat(step["time"]))

    def office(self, moment: datetime, hour: str = "09:15") -> datetime:
        """When somebody at the town hall gets to what happened at a moment: the next working day at the latest."""
        return min(self.calendar.worked(moment, hour), self.calendar.latest)
