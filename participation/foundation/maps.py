"""Maps without a tile service: GeoJSON is read, checked and drawn flat, with lines on a sheet that the server makes.

Coordinates are degrees, longitude first (WGS84; GeoJSON, RFC 7946). A sheet is `WIDE` units wide.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

from participation.foundation.forms import Wrong
from participation.rules.plain import mark

#: Denmark with its seas: west, south, east and north, in degrees.
WEST, SOUTH, EAST, NORTH = 7.9, 54.4, 15.3, 57.9
#: What a map may weigh, in bytes, features and corners; and the corners of a place that a citizen draws.
MOST_BYTES, MOST_FEATURES, MOST_CORNERS, MOST_OF_A_PLACE = 2_000_000, 300, 5000, 200
#: A sheet's width, its height against it at most and least, and the margin round what lies on it, as parts.
WIDE, TALLEST, LOWEST, MARGIN = 360, 1.1, 0.55, 0.06
#: Metres to a degree of latitude; a sheet shows no less than so many metres.
DEGREE, LEAST = 111_320, 200
#: Characters of a name that are kept, and further spots that are tried for it on the sheet.
NAME, TRIES = 80, 8
#: How deep the coordinates of a kind of geometry lie.
DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
#: Corners in a form: longitude and latitude, with six decimals at most.
_CORNERS = re.compile(r"(?a:\d{1,3}(?:\.\d{1,6})?,\d{1,3}(?:\.\d{1,6})?(?: |$)){1,1000}")
_NAMES = ("name", "navn", "title", "titel")

Geometry = dict[str, Any]
Spot = tuple[float, float]

NOT_JSON = mark("Filen er ikke JSON. Gem kortet som GeoJSON, og prøv igen.")
NOT_GEOJSON = mark("Filen er JSON, men ikke GeoJSON. Den skal være en FeatureCollection.")
NOTHING = mark("Der er intet at tegne i filen. Den skal have mindst en flade, en linje eller et punkt.")
IN_METRES = mark("Kortet er målt i meter. Gem det i grader (WGS84, EPSG:4326), og prøv igen.")
OUTSIDE = mark("Kortet ligger uden for Danmark. Længdegraden skal stå før breddegraden.")
TOO_BIG = mark("Filen er for stor. Den må højst fylde 2 MB.")
TOO_FINE = mark("Kortet er for fint tegnet. Det må højst have 5.000 knæk og 300 dele.")
NO_PLACE = mark("Vi kan ikke læse stedet på kortet. Sæt det igen, eller skriv det med ord.")
PLACE_OUTSIDE = mark("Stedet ligger uden for Danmark. Sæt det igen, eller skriv det med ord.")
PLACE_TOO_FINE = mark("Stedet har for mange knæk. Tegn det med højst 200.")


class Unreadable(Wrong):
    """What came in is no map, or no place on one; the sentence says why."""


@dataclass(frozen=True)
class Frame:
    """The piece of the world on a sheet: its edges in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, corners: Sequence[Spot]) -> "Frame":
        """The frame round some corners, with a margin, neither a slit nor a tower."""
        wests, souths = [one[0] for one in corners], [one[1] for one in corners]
        x, y = (min(wests) + max(wests)) / 2, (min(souths) + max(souths)) / 2
        narrow = math.cos(math.radians(y))
        width, height = (max(wests) - min(wests)) * narrow, max(souths) - min(souths)
        width = max(width * (1 + 2 * MARGIN), LEAST / DEGREE, height * (1 + 2 * MARGIN) / TALLEST)
        height = max(height * (1 + 2 * MARGIN), width * LOWEST)
        return cls(x - width / narrow / 2, y - height / 2, x + width / narrow / 2, y + height / 2)

    @cached_property
    def high(self) -> int:
        """The height of the sheet, in its units."""
        narrow = math.cos(math.radians((self.south + self.north) / 2))
        return round(WIDE * (self.north - self.south) / ((self.east - self.west) * narrow))

    def on_sheet(self, spot: Sequence[float]) -> Spot:
        """Where a spot lies on the sheet, from its top left corner."""
        x = (spot[0] - self.west) / (self.east - self.west) * WIDE
        y = (self.north - spot[1]) / (self.north - self.south) * self.high
        return round(x, 1), round(y, 1)

    def at(self, right: float, down: float) -> Spot:
        """The spot at parts of the sheet, from its top left corner; 0 to 1."""
        right, down = (min(1.0, max(0.0, one)) for one in (right, down))
        x = self.west + right * (self.east - self.west)
        return round(x, 6), round(self.north - down * (self.north - self.south), 6)

    def holds(self, spot: Sequence[float]) -> bool:
        """Whether a spot lies on the sheet."""
        return self.west <= spot[0] <= self.east and self.south <= spot[1] <= self.north

    @property
    def edges(self) -> list[float]:
        """West, south, east and north, as they are kept."""
        return [round(one, 7) for one in (self.west, self.south, self.east, self.north)]

    @property
    def ruler(self) -> tuple[int, float]:
        """A round number of metres that fits into a third of the sheet, and how long it is there."""
        unit = (self.north - self.south) * DEGREE / self.high
        most = unit * WIDE / 3
        tens = 10 ** math.floor(math.log10(most))
        metres = max(tens * step for step in (1, 2, 5) if tens * step <= most)
        return metres, round(metres / unit, 1)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_map(raw: bytes) -> list[dict[str, Any]]:
    """The features of a map as they are kept: a name, possibly empty, and a geometry.

    Raises:
        Unreadable: it is no GeoJSON in degrees, lies elsewhere, has nothing to draw or too much.
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable(TOO_BIG)
    found = _json(raw, NOT_JSON)
    if not isinstance(found, dict):
        raise Unreadable(NOT_GEOJSON)
    if found.get("type") == "Feature":
        found = {"type": "FeatureCollection", "features": [found]}
    features = found.get("features")
    if found.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise Unreadable(NOT_GEOJSON)
    read: list[dict[str, Any]] = [{"name": _name(one), "geometry": shape} for one in features for shape in _shapes(one)]
    if not read:
        raise Unreadable(NOTHING)
    every = [corner for one in read for corner in corners(one["geometry"])]
    if len(every) > MOST_CORNERS or len(read) > MOST_FEATURES:
        raise Unreadable(TOO_FINE)
    if any(abs(x) > 180 or abs(y) > 90 for x, y in every):
        raise Unreadable(IN_METRES)
    if not all(map(_in_denmark, every)):
        raise Unreadable(OUTSIDE)
    return read


def read_corners(text: str) -> list[Spot]:
    """The corners that somebody has set, as a form keeps them: ``"10.31,55.9 10.32,55.91"``.

    Raises:
        Unreadable: they are no numbers, lie elsewhere or are too many.
    """
    if not _CORNERS.fullmatch(text):
        raise Unreadable(NO_PLACE)
    found = [(float(x), float(y)) for x, y in (corner.split(",") for corner in text.split())]
    if not all(map(_in_denmark, found)):
        raise Unreadable(PLACE_OUTSIDE)
    if len(found) > MOST_OF_A_PLACE:
        raise Unreadable(PLACE_TOO_FINE)
    return found


def written(corners_: Sequence[Spot]) -> str:
    """Corners as a form keeps them."""
    return " ".join(f"{x:.6f},{y:.6f}" for x, y in corners_)


def place(kind: str, corners_: Sequence[Spot]) -> Geometry:
    """A point, a line or an area of corners; two of them are a line, and one is a point, whatever was to be drawn."""
    spots = [[round(one, 6) for one in spot] for spot in corners_]
    if kind == "Polygon" and len(spots) > 2:
        return {"type": kind, "coordinates": [[*spots, spots[0]]]}
    if kind != "Point" and len(spots) > 1:
        return {"type": "LineString", "coordinates": spots}
    return {"type": "Point", "coordinates": spots[-1]}


def thinned(shape: Geometry) -> Geometry:
    """A geometry with no more corners than a citizen could draw: every so many of each line, and its ends."""
    many = sum(1 for _corner in corners(shape))
    if many <= MOST_OF_A_PLACE:
        return shape
    step = -(-many // (MOST_OF_A_PLACE // 2))

    def fewer(found: Any, depth: int) -> Any:
        if depth > 1:
            return [fewer(one, depth - 1) for one in found]
        kept = [*found[:-1:step], found[-1]]
        return kept if len(kept) > 3 else found

    return {"type": shape["type"], "coordinates": fewer(shape["coordinates"], DEPTHS[shape["type"]])}


def _json(raw: bytes, wrong: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as no:
        raise Unreadable(wrong) from no


def _name(feature: dict[str, Any]) -> str:
    told = feature.get("properties")
    known = {key.lower(): value for key, value in told.items()} if isinstance(told, dict) else {}
    names = (known.get(key) for key in _NAMES)
    words = " ".join(next((name for name in names if isinstance(name, str) and name.strip()), "").split())
    return "".join(letter for letter in words if letter.isprintable())[:NAME]


def _shapes(feature: Any) -> Iterator[Geometry]:
    """The geometries of a feature; a collection has several, and a feature without a place has none."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Unreadable(NOT_GEOJSON)
    shape = feature.get("geometry")
    if shape is None:
        return
    if not isinstance(shape, dict):
        raise Unreadable(NOT_GEOJSON)
    pieces = shape.get("geometries") if shape.get("type") == "GeometryCollection" else [shape]
    if not isinstance(pieces, list):
        raise Unreadable(NOT_GEOJSON)
    for piece in pieces:
        if not isinstance(piece, dict) or piece.get("coordinates") != []:  # an empty one draws nothing
            yield _shape(piece, NOT_GEOJSON)


def _shape(found: Any, wrong: str) -> Geometry:
    """A geometry with nothing but what is drawn, rounded to a decimetre."""
    kind = found.get("type") if isinstance(found, dict) else None
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise Unreadable(wrong)
    shape = {"type": kind, "coordinates": _numbers(found.get("coordinates"), DEPTHS[kind], wrong)}
    for line in _lines(shape):
        if kind.endswith("LineString") and len(line) < 2:
            raise Unreadable(wrong)
        if kind.endswith("Polygon"):
            if line[0] != line[-1]:
                line.append(line[0])
            if len(line) < 4:
                raise Unreadable(wrong)
    return shape


def _numbers(found: Any, depth: int, wrong: str) -> list[Any]:
    if not isinstance(found, list) or not found:
        raise Unreadable(wrong)
    if depth:
        return [_numbers(one, depth - 1, wrong) for one in found]
    spot = found[:2]
    if len(spot) < 2 or not all(type(one) in (int, float) and abs(one) < 1e9 for one in spot):
        raise Unreadable(wrong)
    return [round(float(one), 6) for one in spot]


def _in_denmark(spot: Spot) -> bool:
    return WEST <= spot[0] <= EAST and SOUTH <= spot[1] <= NORTH


# -- what lies on a map -----------------------------------------------------------------------------------------------


def _lines(shape: Geometry) -> list[list[list[float]]]:
    """The lines of a geometry: a point is a line of one."""
    lines: list[Any] = [shape["coordinates"]]
    for _level in range(DEPTHS[shape["type"]] - 1):
        lines = [line for many in lines for line in many]
    return [[one] for one in lines] if shape["type"] == "Point" else lines


def corners(shape: Geometry) -> Iterator[Spot]:
    """Every corner of a geometry."""
    for line in _lines(shape):
        for spot in line:
            yield spot[0], spot[1]


def middle(shape: Geometry) -> Spot:
    """About where a geometry lies: a line half-way along its corners, an area between its edges."""
    first = _lines(shape)[0]
    if shape["type"].endswith("LineString"):
        first = [first[len(first) // 2]] if len(first) > 2 else first
    xs, ys = [one[0] for one in first], [one[1] for one in first]
    return round((min(xs) + max(xs)) / 2, 6), round((min(ys) + max(ys)) / 2, 6)


def path(shape: Geometry, frame: Frame) -> str:
    """A geometry as the path of an SVG, on the sheet of a frame; of points nothing."""
    if shape["type"].endswith("Point"):
        return ""
    end = "z" if shape["type"].endswith("Polygon") else ""
    drawn = ([frame.on_sheet(spot) for spot in line] for line in _lines(shape))
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in line) + end for line in drawn)


def holds(shape: Geometry, spot: Sequence[float]) -> bool:
    """Whether an area holds a spot (even-odd rule); lines and points hold none."""
    if not shape["type"].endswith("Polygon"):
        return False
    x, y, inside = spot[0], spot[1], False
    for line in _lines(shape):
        for (left, low), (right, high) in pairwise(line):
            if (low > y) != (high > y) and x < (right - left) * (y - low) / (high - low) + left:
                inside = not inside
    return inside


@dataclass(frozen=True)
class Shape:
    """Something on a sheet: a path with its name, or a spot.

    Attributes:
        kind: as GeoJSON calls it. x, y: of a spot. label_x, label_y: where its name stands, in the middle.
    """

    name: str
    kind: str
    path: str
    x: float
    y: float
    label_x: float
    label_y: float

    @classmethod
    def of(cls, name: str, shape: Geometry, frame: Frame) -> "Shape":
        """A geometry on the sheet of a frame; a name never leaves the sheet."""
        x, y = frame.on_sheet(middle(shape))
        half = 3.2 * len(name) + 4
        label_x = min(max(x, half), max(WIDE - half, half))
        label_y = min(max(y + (4 if not shape["type"].endswith("Point") else -7), 12), frame.high - 20)
        return cls(name, shape["type"], path(shape, frame), x, y, round(label_x, 1), round(label_y, 1))

    @property
    def is_area(self) -> bool:
        """Whether it is filled."""
        return self.kind.endswith("Polygon")

    @property
    def is_line(self) -> bool:
        """Whether it is a way."""
        return self.kind.endswith("LineString")

    @property
    def is_spot(self) -> bool:
        """Whether it is a dot."""
        return self.kind.endswith("Point")

    @property
    def dots(self) -> list[Spot]:
        """Where the dots of an overlay stand: every spot, and none of a line or an area."""
        return [(self.x, self.y)] if self.is_spot else []


def away(shape: Geometry, spot: Spot) -> float:
    """Metres from a spot to the nearest of a geometry; 0 within an area."""
    if holds(shape, spot):
        return 0.0
    narrow = math.cos(math.radians(spot[1]))

    def flat(one: Sequence[float]) -> Spot:
        return (one[0] - spot[0]) * narrow * DEGREE, (one[1] - spot[1]) * DEGREE

    return min(_from_origin(flat(a), flat(b)) for line in _lines(shape) for a, b in pairwise([line[0], *line]))


def _from_origin(a: Spot, b: Spot) -> float:
    """How far the stretch between two points is from where the axes meet."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    part = min(1.0, max(0.0, -(a[0] * dx + a[1] * dy) / square)) if square else 0.0
    return math.hypot(a[0] + part * dx, a[1] + part * dy)


def drawn(features: Sequence[tuple[str, Geometry]], frame: Frame) -> list[Shape]:
    """Shapes on a sheet, with each name where it covers none of the names before it, as far as there is room."""
    taken: list[tuple[float, float, float]] = []
    shapes = []
    for name, geometry in features:
        one = Shape.of(name, geometry, frame)
        if name:
            half = 3.4 * len(name)
            tries = [(one.label_x, one.label_y), *islice(_other_spots(one, geometry, frame, half), TRIES)]
            free = (spot for spot in tries if not any(_meet(spot, half, other) for other in taken))
            x, y = next(free, tries[0])
            taken.append((x, y, half))
            one = replace(one, label_x=x, label_y=y)
        shapes.append(one)
    return shapes


def _other_spots(one: Shape, geometry: Geometry, frame: Frame, half: float) -> Iterator[Spot]:
    """Further spots for a name: along its line, then above and beneath it."""
    spots = [frame.on_sheet(spot) for line in _lines(geometry) for spot in line] if one.is_line else []
    between = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 4) for a, b in islice(pairwise(spots), TRIES // 2)]
    beside = [(one.label_x, one.label_y + down) for down in (-13, 16, -26, 30)]
    for x, y in [*between, *beside]:
        yield round(min(max(x, half), max(WIDE - half, half)), 1), round(min(max(y, 12), frame.high - 20), 1)


def _meet(spot: Spot, half: float, other: tuple[float, float, float]) -> bool:
    return abs(spot[1] - other[1]) < 13 and abs(spot[0] - other[0]) < half + other[2]
