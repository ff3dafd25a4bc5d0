"""The places that published contributions point at, on the project's map: near ones share a ring and a row.

What lies on the sheet is bounded by the sheet, not by how many wrote: one ring to a square of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import sqlalchemy as sa

from participation.contributions.export import pointing
from participation.contributions.model import Contribution
from participation.foundation.db import db
from participation.foundation.sums import summed
from participation.projects.model import Project, Sheet

#: The side of a square, in units of the sheet; rings do not meet.
SQUARE = 45
#: Number, longitude and latitude of a contribution.
Dot = tuple[int, float, float]
#: Numbers of contributions that are shown of a place.
NAMED = 8


@dataclass(frozen=True)
class Ring:
    """Contributions that point at about the same place.

    Attributes:
        near: the name on the map that it lies at; empty where none has a name.
        x, y: of the ring, on the sheet. numbers: of the first contributions.
    """

    near: str
    total: int
    numbers: Sequence[int]
    x: float
    y: float


@dataclass(frozen=True)
class Places:
    """The rings, with most first; how many point at a place, and how many of them outside the map."""

    rings: Sequence[Ring]
    total: int
    outside: int


def published_places(project: Project, drawn: Sheet) -> Places:
    """Where the published contributions point; what is covered is nowhere. One query, or one where it is kept."""
    kept = summed(project.id, "places", project.last_number, lambda: asdict(_places(project.id, drawn)))
    return Places(**kept | {"rings": [Ring(**ring) for ring in kept["rings"]]})


def _places(project_id: int, drawn: Sheet) -> Places:
    rows = db.session.execute(
        sa.select(Contribution.number, Contribution.longitude, Contribution.latitude)
        .where(Contribution.project_id == project_id, pointing(published=True))
        .order_by(Contribution.number)
    )
    frame, outside = drawn.frame, 0
    squares: dict[tuple[int, int], list[Dot]] = defaultdict(list)
    for row in rows:
        number, longitude, latitude = cast(Dot, tuple(row))
        if not frame.holds((longitude, latitude)):
            outside += 1
            continue
        x, y = frame.on_sheet((longitude, latitude))
        squares[int(x // SQUARE), int(y // SQUARE)].append((number, longitude, latitude))
    rings = sorted((_ring(dots, drawn) for dots in squares.values()), key=lambda ring: (-ring.total, ring.numbers))
    return Places(rings, sum(ring.total for ring in rings) + outside, outside)


def _ring(dots: Sequence[Dot], drawn: Sheet) -> Ring:
    """A ring in the middle of them."""
    numbers = [number for number, *_spot in dots]
    spot = [sum(dot[axis] for dot in dots) / len(dots) for axis in (1, 2)]
    place: dict[str, Any] = {"type": "Point", "coordinates": spot}
    x, y = drawn.frame.on_sheet(spot)
    return Ring(drawn.near(place), len(dots), numbers[:NAMED], x, y)
