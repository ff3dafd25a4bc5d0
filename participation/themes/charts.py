"""What the board draws when there is enough to draw: the themes by size and stance, and where the senders point.

Both are sums of the whole case, kept with the state that they were made in; each stands in a table beside its drawing.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from participation.contributions.model import Contribution, Mask, Point
from participation.foundation.db import db
from participation.foundation.maps import Frame
from participation.foundation.sums import summed
from participation.projects.model import Project
from participation.rules.handling import OWED, MaskField
from participation.rules.kinds import Kind, Stance
from participation.rules.phases import Arrival
from participation.themes.counts import SAID
from participation.themes.model import Placement, Theme

#: Points that say for or against, and contributions with a place, from which on there is something to draw.
FEW_STANCES, FEW_PLACES = 10, 5
#: The drawing of places: how wide it is, its margin, and how far apart circles are.
WIDE, EDGE, APART = 360, 26, 28
#: Names and numbers of contributions that are shown of a place.
NAMES, NAMED = 3, 8
#: Metres to a degree of latitude; rulers in metres.
DEGREE, RULERS = 111_320, (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)


@dataclass(frozen=True)
class Spot:
    """Contributions from about the same place.

    Attributes:
        names: what the senders call it. numbers: of the first contributions.
        x, y, radius: of its circle, in the drawing.
    """

    names: Sequence[str]
    total: int
    numbers: Sequence[int]
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Places:
    """Where the senders point: the spots with most first.

    Attributes:
        high: how high the drawing is; it is `WIDE` wide.
        metres: the ruler. long: how long it is in the drawing.
    """

    spots: Sequence[Spot]
    total: int
    high: float
    metres: int
    long: float


@dataclass(frozen=True)
class Charts:
    """What can be drawn; an empty map and None where there is too little.

    Attributes:
        stances: points by head and stance; head 0 holds those that are nowhere yet.
    """

    stances: Mapping[int, Mapping[Stance, int]]
    places: Places | None


def charts(project: Project) -> Charts:
    """The drawings of a case, in two queries, or in one where they are kept."""
    kept = summed(project.id, "charts", project.last_number, lambda: _summed_up(project))
    stances = {
        int(head): {Stance(word): number for word, number in found.items()} for head, found in kept["stances"].items()
    }
    said = sum(number for found in stances.values() for word, number in found.items() if word is not Stance.NONE)
    places = None
    if kept["places"] is not None:
        places = Places(**kept["places"] | {"spots": [Spot(**spot) for spot in kept["places"]["spots"]]})
    return Charts(stances if said >= FEW_STANCES else {}, places)


def drawn(places: Sequence[Sequence[Any]], frame: Frame | None = None) -> Places:
    """The drawing of places: those that would lie on top of each other share a circle.

    Args:
        places: number, name, latitude and longitude of each contribution; degrees.
        frame: of the project's map, when that lies beneath; else the drawing is as large as what is on it.
    """
    if frame is not None:
        dots = [_Dot(number, name, *frame.on_sheet((east, north))) for number, name, north, east in places]
        return Places(_spots(dots), len(places), frame.high, *frame.ruler)
    souths, wests = [-one[2] for one in places], [one[3] for one in places]
    top, left = min(souths), min(wests)
    narrow = math.cos(math.radians(sum(souths) / len(souths)))
    width, height = (max(wests) - left) * narrow, max(souths) - top
    scale = (WIDE - 2 * EDGE) / max(width, height, 10 / DEGREE)
    inset = EDGE + (WIDE - 2 * EDGE - width * scale) / 2
    dots = [
        _Dot(number, name, inset + (longitude - left) * narrow * scale, EDGE + (-latitude - top) * scale)
        for number, name, latitude, longitude in places
    ]
    metres = max(one for one in RULERS if one * scale / DEGREE <= WIDE / 3 or one == RULERS[0])
    high, long = round(2 * EDGE + height * scale + 24, 1), round(metres * scale / DEGREE, 1)
    return Places(_spots(dots), len(places), high, metres, long)


def _spots(dots: Sequence["_Dot"]) -> list[Spot]:
    """Those with most first."""
    heaps: list[list[_Dot]] = []
    for dot in dots:
        near = min(heaps, key=lambda heap: math.dist(heap[0][2:], dot[2:]), default=None)
        if near is not None and math.dist(near[0][2:], dot[2:]) < APART:
            near.append(dot)
        else:
            heaps.append([dot])
    most = max(map(len, heaps))
    return sorted((_spot(heap, most) for heap in heaps), key=lambda spot: (-spot.total, spot.numbers))


class _Dot(NamedTuple):
    number: int
    name: str
    x: float
    y: float


def _spot(heap: Sequence[_Dot], most: int) -> Spot:
    """A circle at the first of them, so that two circles are never too near each other."""
    names = list(dict.fromkeys(dot.name for dot in heap if dot.name))[: NAMES + 1]
    radius = 9 + 7 * math.sqrt(len(heap) / most)
    numbers = [dot.number for dot in heap][:NAMED]
    return Spot(names, len(heap), numbers, round(heap[0].x, 1), round(heap[0].y, 1), round(radius, 1))


def _summed_up(project: Project) -> dict[str, Any]:
    places = _places(project.id)
    frame = project.map.frame if project.map is not None else None
    shown = asdict(drawn(places, frame)) if len(places) >= FEW_PLACES else None
    return {"stances": _stances(project.id), "places": shown}


def _stances(project_id: int) -> dict[str, dict[str, int]]:
    head = sa.func.coalesce(Theme.parent_id, Theme.id, 0)
    rows = db.session.execute(
        sa.select(head, Contribution.stance, sa.func.count())
        .select_from(Point)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .outerjoin(Placement, Placement.point_id == Point.id)
        .outerjoin(Theme, sa.and_(Theme.id == Placement.theme_id, Theme.retired_at.is_(None)))
        .where(Point.project_id == project_id, SAID)
        .group_by(head, Contribution.stance)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for theme, stance, number in rows:
        found[str(theme)][stance.value] = number
    return dict(found)


def _places(project_id: int) -> list[list[Any]]:
    """Number, name, latitude and longitude of the contributions that point somewhere; a covered place is none."""
    covered = sa.exists().where(
        Mask.contribution_id == Contribution.id, Mask.field == MaskField.PLACE, Mask.lifted_at.is_(None)
    )
    rows = db.session.execute(
        sa.select(Contribution.number, Contribution.place, Contribution.latitude, Contribution.longitude)
        .where(
            Contribution.project_id == project_id,
            Contribution.latitude.is_not(None),
            Contribution.longitude.is_not(None),
            Contribution.handling.in_(OWED),
            Contribution.kind != Kind.QUESTION,
            Contribution.duplicate_of_id.is_(None),
            Contribution.arrival != Arrival.AFTER_DECISION,
            ~covered,
        )
        .order_by(Contribution.number)
    )
    return [list(row) for row in rows]
