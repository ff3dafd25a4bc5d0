"""Pictures of land under the maps, from a tile service that whoever installs has chosen; else nothing is fetched.

The service hears from each reader's browser which piece of land it shows, and nothing else: no words, no address of a
page. A tile is placed by its corners, so the maps keep their own sheet.
"""

import math
import re
from typing import NamedTuple

from participation.foundation.maps import Frame

#: Tiles beside each other on a sheet at most, and the largest scale.
ACROSS, NEAREST = 5, 19
_ADDRESS = re.compile(r"(?a:(https://[a-z0-9.-]+(?::\d{1,5})?)/[\w./{}?=&%~-]*)")


class Tile(NamedTuple):
    """A picture and where it lies on a sheet, from the top left corner."""

    src: str
    x: float
    y: float
    wide: float
    high: float


def flaw(address: str, credit: str) -> str:
    """What is wrong with the setting, to follow its name; empty where nothing is."""
    if not address:
        return ""
    if not _ADDRESS.fullmatch(address) or any(address.count(part) != 1 for part in ("{z}", "{x}", "{y}")):
        return "must look like https://tiles.example.dk/{z}/{x}/{y}.png"
    return "" if credit.strip() else "needs MEDSPIL_TILES_CREDIT: whose pictures they are"


def host(address: str) -> str:
    """Scheme and host, for the policy of the pages; empty where there is no service."""
    found = _ADDRESS.fullmatch(address)
    return found[1] if found else ""


def tiles(frame: Frame, address: str) -> list[Tile]:
    """The tiles that cover a sheet, row by row, at the largest scale at which few are enough."""
    if not address:
        return []
    zooms = range(NEAREST, 0, -1)
    zoom = next((zoom for zoom in zooms if _last(frame, zoom) - _first(frame, zoom) < ACROSS), 0)
    top, bottom = int(_row(frame.north, zoom)), int(_row(frame.south, zoom))
    return [
        _tile(frame, address, zoom, column, row)
        for row in range(top, bottom + 1)
        for column in range(_first(frame, zoom), _last(frame, zoom) + 1)
    ]


def _tile(frame: Frame, address: str, zoom: int, column: int, row: int) -> Tile:
    left, top = frame.on_sheet((_longitude(column, zoom), _latitude(row, zoom)))
    right, bottom = frame.on_sheet((_longitude(column + 1, zoom), _latitude(row + 1, zoom)))
    src = address.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
    return Tile(src, left, top, round(right - left, 1), round(bottom - top, 1))


def _first(frame: Frame, zoom: int) -> int:
    return int((frame.west + 180) / 360 * 2**zoom)


def _last(frame: Frame, zoom: int) -> int:
    return int((frame.east + 180) / 360 * 2**zoom)


def _row(latitude: float, zoom: int) -> float:
    """Rows from the north, in Web Mercator."""
    return (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**zoom


def _longitude(column: int, zoom: int) -> float:
    return column / 2**zoom * 360 - 180


def _latitude(row: int, zoom: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**zoom))))
