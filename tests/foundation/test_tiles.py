"""Land under the maps only where whoever installs has chosen a service; the pages' policy names its host alone (S6)."""

from itertools import pairwise

import pytest

from participation.app import CSP, create_app
from participation.config import BadSetting, read
from participation.foundation.maps import WIDE, Frame
from participation.foundation.tiles import ACROSS, tiles

SERVICE = "https://tiles.example.dk/{z}/{x}/{y}.png"
FRAMES = [
    Frame(11.19, 56.39, 11.23, 56.42),
    Frame(11.0, 56.3, 11.5, 56.6),
    Frame(8.0, 54.5, 15.3, 57.9),
    Frame(11.2, 56.4, 11.2001, 56.4001),
]


@pytest.mark.parametrize("frame", FRAMES)
def test_the_tiles_cover_the_sheet_without_gaps_and_are_few(frame: Frame) -> None:
    found = tiles(frame, SERVICE)
    assert 0 < len(found) <= ACROSS * (ACROSS + 3)
    assert min(one.x for one in found) <= 0
    assert min(one.y for one in found) <= 0
    assert max(one.x + one.wide for one in found) >= WIDE - 0.2
    assert max(one.y + one.high for one in found) >= frame.high - 0.2
    rows = sorted({one.y for one in found})
    heights = {one.y: one.high for one in found}
    assert all(abs(top + heights[top] - below) < 0.3 for top, below in pairwise(rows))
    assert len({one.src for one in found}) == len(found)


@pytest.mark.parametrize("frame", FRAMES)
def test_they_are_numbered_as_everybody_numbers_them(frame: Frame) -> None:
    """Denmark lies in the north-eastern quarter of the world, and there in the quarter from 0 to 90 E, 0 to 66.5 N."""
    for one in tiles(frame, SERVICE):
        zoom, column, row = (int(part) for part in one.src.removesuffix(".png").split("/")[3:])
        assert (column >> (zoom - 1), row >> (zoom - 1)) == (1, 0)
        assert (column >> (zoom - 2), row >> (zoom - 2)) == (2, 1)


def test_without_a_service_nothing_is_fetched_from_anywhere(client) -> None:
    assert tiles(FRAMES[0], "") == []
    assert client.get("/").headers["Content-Security-Policy"] == CSP
    assert "https:" not in CSP


def test_the_policy_names_the_host_of_the_service_and_nothing_more(tmp_path) -> None:
    app = create_app({"INSTANCE": str(tmp_path), "TILES": SERVICE, "TILES_CREDIT": "© Kommunen"})
    told = app.test_client().get("/was-findes-ikke").headers["Content-Security-Policy"]
    assert told == CSP.replace("img-src 'self'", "img-src 'self' https://tiles.example.dk")


@pytest.mark.parametrize(
    ("address", "credit"),
    [
        ("http://tiles.example.dk/{z}/{x}/{y}.png", "©"),
        ("https://tiles.example.dk/{z}/{x}.png", "©"),
        ("https://a b/{z}/{x}/{y}", "©"),
        ("https://tiles.example.dk; script-src */{z}/{x}/{y}", "©"),
        ("https://*/{z}/{x}/{y}", "©"),
        (SERVICE, " "),
    ],
)
def test_an_address_that_is_none_or_a_service_without_credit_is_refused(tmp_path, address: str, credit: str) -> None:
    with pytest.raises(BadSetting, match="MEDSPIL_TILES"):
        read({"MEDSPIL_INSTANCE": str(tmp_path), "MEDSPIL_TILES": address, "MEDSPIL_TILES_CREDIT": credit})
