"""Reads what is written about the practice municipality, and puts its days into the calendar of the day of loading."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from participation.foundation import clock
from participation.rules import dates

_FOLDER = Path(__file__).parent
Told = dict[str, Any]


def municipality() -> Told:
    """The municipality, its departments, people and the bodies that are heard."""
    return _read(_FOLDER / "municipality.toml")


def projects() -> list[Told]:
    """The projects, in the order of their numbers."""
    return [_read(path) for path in sorted((_FOLDER / "projects").glob("*.toml"))]


def contributions(slug: str) -> list[Told]:
    """What was sent to a project; the place in this list, counted from 1, is how the other files refer to it."""
    folder = _FOLDER / "contributions"
    paths = [folder / f"{slug}.toml", *sorted(folder.glob(f"{slug}-[0-9].toml"))]
    return [one for path in paths if path.exists() for one in _read(path)["contribution"]]


def answers(slug: str) -> Told:
    """What was answered, changed and decided otherwise in a project; empty where nothing is."""
    path = _FOLDER / "answers" / f"{slug}.toml"
    return _read(path) if path.exists() else {}


def map_of(slug: str) -> bytes | None:
    """The map of a project as GeoJSON; few have one. The places are made up and lie in the sea."""
    path = _FOLDER / "maps" / f"{slug}.geojson"
    return path.read_bytes() if path.exists() else None


def _read(path: Path) -> Told:
    return tomllib.loads(path.read_text("utf-8"))


@dataclass(frozen=True)
class Calendar:
    """The days of the texts, counted from the day of loading.

    Attributes:
        now: the moment of loading, aware UTC.
    """

    now: datetime

    @property
    def latest(self) -> datetime:
        """The last moment of the past that is told; what is left until now is the planner's own work."""
        return self.now - timedelta(minutes=10)

    def on(self, day: int) -> date:
        """The Danish calendar day that is so many days from today."""
        return dates.local_day(self.now) + timedelta(days=day)

    def meets_on(self, day: int) -> date:
        """The working day on which a body meets: that day or the next one, for what is past never today."""
        found = dates.next_working_day(self.on(day), clock.closed)
        while day < 0 and (found >= self.on(0) or not dates.is_working_day(found, clock.closed)):
            found -= dates.DAY
        return found

    def at(self, day: int, hour: str) -> datetime:
        """That day at ``"HH:MM"`` on a Danish wall clock; an hour that the clock leaps over is the next one."""
        return _moment(self.on(day), time.fromisoformat(hour))

    def worked(self, moment: datetime, hour: str) -> datetime:
        """The first time after a moment that the clock shows this hour on a working day."""
        day = dates.next_working_day(dates.local_day(moment), clock.closed)
        while (found := dates.local_moment(day, time.fromisoformat(hour))) <= moment:
            day = dates.next_working_day(day + dates.DAY, clock.closed)
        return found


def _moment(day: date, at: time) -> datetime:
    try:
        return dates.local_moment(day, at)
    except dates.NoSuchTime:
        return dates.local_moment(day, at.replace(hour=at.hour + 1))
