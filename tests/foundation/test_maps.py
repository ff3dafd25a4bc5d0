"""A map is read from GeoJSON, laid flat and drawn; what is no map is told in one line."""

import json
import math

import pytest

from participation.foundation import maps
from participation.foundation.maps import Frame, Unreadable, read_map

SQUARE = [[10.0, 56.0], [10.01, 56.0], [10.01, 56.01], [10.0, 56.01], [10.0, 56.0]]


def feature(kind: str = "Polygon", coordinates: object = (SQUARE,), **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_map_keeps_names_and_geometries_and_nothing_else():
    raw = collection(feature(navn="  Eng \n parken", ejer="Hr. Lykke"), feature("Point", [10.0, 56.0, 12.5]))
    assert read_map(raw) == [
        {"name": "Eng parken", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
        {"name": "", "geometry": {"type": "Point", "coordinates": [10.0, 56.0]}},
    ]


def test_a_file_from_windows_one_feature_and_a_collection_of_geometries_are_maps_too():
    pieces = [feature()["geometry"], feature("Point", [10, 56])["geometry"]]
    inner = {"type": "GeometryCollection", "geometries": pieces}
    raw = json.dumps({"type": "Feature", "properties": None, "geometry": inner}).encode("utf-8-sig")
    assert [one["geometry"]["type"] for one in read_map(raw)] == ["Polygon", "Point"]


def test_a_name_keeps_only_letters_that_can_be_shown():
    raw = collection(feature("Point", [10, 56], name="A\0b \ud800c"))
    assert read_map(raw)[0]["name"] == "Ab c"


def test_an_area_that_was_left_open_is_closed():
    assert read_map(collection(feature("Polygon", [SQUARE[:-1]])))[0]["geometry"]["coordinates"] == [SQUARE]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", maps.NOT_JSON),
        (b"\x89PNG", maps.NOT_JSON),
        (b"[" * 100_000, maps.NOT_JSON),
        (b"[1]", maps.NOT_GEOJSON),
        (b'{"type": "FeatureCollection", "features": 3}', maps.NOT_GEOJSON),
        (collection({"type": "Feature", "geometry": {"type": "Circle", "coordinates": [10, 56]}}), maps.NOT_GEOJSON),
        (collection("x"), maps.NOT_GEOJSON),
        (collection(feature("Point", [10])), maps.NOT_GEOJSON),
        (collection(feature("Point", [True, 56])), maps.NOT_GEOJSON),
        (collection(feature("Point", [10**400, 56])), maps.NOT_GEOJSON),
        (collection(feature("Point", ["10", "56"])), maps.NOT_GEOJSON),
        (collection(feature("LineString", [[10, 56]])), maps.NOT_GEOJSON),
        (collection(feature("Polygon", [SQUARE[:2]])), maps.NOT_GEOJSON),
        (collection(feature("Polygon", SQUARE)), maps.NOT_GEOJSON),
        (collection(feature("Point", [10, math.inf])), maps.NOT_GEOJSON),
        (collection(), maps.NOTHING),
        (collection({"type": "Feature", "geometry": None}, feature("MultiPolygon", [])), maps.NOTHING),
        (collection(feature("Point", [574_000, 6_200_000])), maps.IN_METRES),
        (collection(feature("Point", [56.0, 10.0])), maps.OUTSIDE),
        (collection(feature("Point", [7.8, 56.0])), maps.OUTSIDE),
        (b" " * 2_000_001, maps.TOO_BIG),
        (collection(feature("LineString", [[10.0, 56.0]] * 5001)), maps.TOO_FINE),
        (collection(*[feature("Point", [10.0, 56.0])] * 301), maps.TOO_FINE),
    ],
)
def test_what_is_no_map_is_told_in_one_line(raw, words):
    with pytest.raises(Unreadable) as no:
        read_map(raw)
    assert no.value.words == words
    assert "\n" not in words


def test_corners_are_written_as_a_form_keeps_them_and_read_again():
    told = maps.written([(10.0, 56.0), (10.123456, 55.9)])
    assert told == "10.000000,56.000000 10.123456,55.900000"
    assert maps.read_corners(told) == [(10.0, 56.0), (10.123456, 55.9)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("", maps.NO_PLACE),
        ("null", maps.NO_PLACE),
        ("10,56,3", maps.NO_PLACE),
        ("10.0,nan", maps.NO_PLACE),
        ("-10.0,56.0", maps.NO_PLACE),
        ("1e1,56.0", maps.NO_PLACE),
        ("१०.0,56.0", maps.NO_PLACE),
        ("1.0,2.0", maps.PLACE_OUTSIDE),
        ("10.0,56.0 " * 200 + "10.0,56.0", maps.PLACE_TOO_FINE),
    ],
)
def test_what_are_no_corners_is_told(told, words):
    with pytest.raises(Unreadable) as no:
        maps.read_corners(told)
    assert no.value.words == words


@pytest.mark.parametrize(
    ("kind", "number", "drawn"),
    [
        ("Point", 3, ("Point", [10.01, 56.01])),
        ("LineString", 1, ("Point", [10.0, 56.0])),
        ("LineString", 3, ("LineString", SQUARE[:3])),
        ("Polygon", 1, ("Point", [10.0, 56.0])),
        ("Polygon", 2, ("LineString", SQUARE[:2])),
        ("Polygon", 4, ("Polygon", [SQUARE])),
        ("Circle", 2, ("LineString", SQUARE[:2])),
    ],
)
def test_corners_are_what_was_to_be_drawn_as_far_as_they_go(kind, number, drawn):
    shape = maps.place(kind, [tuple(one) for one in SQUARE[:number]])
    assert (shape["type"], shape["coordinates"]) == drawn


def test_a_fine_outline_is_thinned_and_still_closed():
    ring = [[10 + 0.01 * math.cos(turn / 500), 56 + 0.01 * math.sin(turn / 500)] for turn in range(3000)]
    shape = maps.thinned({"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]], [[*ring, ring[0]]]]})
    lines = [polygon[0] for polygon in shape["coordinates"]]
    assert sum(map(len, lines)) <= maps.MOST_OF_A_PLACE
    assert all(line[0] == line[-1] for line in lines)
    small = {"type": "LineString", "coordinates": SQUARE}
    assert maps.thinned(small) is small


def test_how_far_away_a_place_is_in_metres():
    square = {"type": "Polygon", "coordinates": [SQUARE]}
    assert maps.away(square, (10.005, 56.005)) == 0
    assert maps.away(square, (10.005, 56.011)) == pytest.approx(111.3, abs=0.1)
    assert maps.away({"type": "Point", "coordinates": [10.0, 56.0]}, (10.0, 56.01)) == pytest.approx(1113.2, abs=0.1)


def test_names_do_not_cover_each_other():
    frame = Frame(10.0, 56.0, 10.01, 56.01)
    spots = [(f"Sted {number}", {"type": "Point", "coordinates": [10.005, 56.005]}) for number in range(4)]
    found = maps.drawn(spots, frame)
    assert len({one.label_y for one in found}) == 4
    assert {one.name for one in found} == {f"Sted {number}" for number in range(4)}


def test_a_sheet_keeps_the_shape_of_the_land_and_leads_back():
    """A degree of longitude is a bit more than half a degree of latitude here."""
    frame = Frame.around([(10.0, 56.0), (10.02, 56.01)])
    assert frame.high / maps.WIDE == pytest.approx(0.01 / (0.02 * math.cos(math.radians(56.005))), abs=0.01)
    x, y = frame.on_sheet((10.005, 56.004))
    assert frame.at(x / maps.WIDE, y / frame.high) == (pytest.approx(10.005, abs=1e-5), pytest.approx(56.004, abs=1e-5))
    assert frame.at(-1, 2) == (pytest.approx(frame.west, abs=1e-6), pytest.approx(frame.south, abs=1e-6))


@pytest.mark.parametrize("corners", [[(10.0, 56.0)], [(9.0, 56.0), (10.0, 56.0)], [(10.0, 55.0), (10.0, 56.0)]])
def test_a_sheet_is_neither_a_slit_nor_a_tower(corners):
    frame = Frame.around(corners)
    assert maps.LOWEST - 0.01 <= frame.high / maps.WIDE <= maps.TALLEST + 0.01
    assert all(map(frame.holds, corners))


def test_the_ruler_is_a_round_number_of_metres():
    metres, long = Frame.around([(10.0, 56.0), (10.02, 56.01)]).ruler
    assert metres == 200
    assert long == pytest.approx(200 / 1247 * maps.WIDE / 1.12, abs=2)


def test_a_path_goes_along_every_line_and_closes_an_area():
    frame = Frame(10.0, 56.0, 10.01, 56.01)
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    assert maps.path(shape, frame) == f"M0 {frame.high}L360 {frame.high}L360 0L0 0L0 {frame.high}z"
    assert maps.path({"type": "Point", "coordinates": [10.0, 56.0]}, frame) == ""


def test_the_middle_of_a_place_lies_on_it():
    assert maps.middle({"type": "Point", "coordinates": [10.0, 56.0]}) == (10.0, 56.0)
    assert maps.middle({"type": "LineString", "coordinates": SQUARE[:3]}) == (10.01, 56.0)
    assert maps.middle({"type": "Polygon", "coordinates": [SQUARE]}) == (10.005, 56.005)


def test_an_area_holds_what_lies_within_it_and_not_in_its_hole():
    hole = [[10.004, 56.004], [10.006, 56.004], [10.006, 56.006], [10.004, 56.006], [10.004, 56.004]]
    shape = {"type": "Polygon", "coordinates": [SQUARE, hole]}
    assert maps.holds(shape, (10.002, 56.002))
    assert not maps.holds(shape, (10.005, 56.005))
    assert not maps.holds(shape, (10.02, 56.002))
    assert not maps.holds({"type": "LineString", "coordinates": SQUARE}, (10.002, 56.002))
