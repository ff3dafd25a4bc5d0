"""Where a project has no map of its own, citizens show a place on the municipality's outline (RL-51, RP-33)."""

import io
import json

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.model import Contribution
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.people.municipality import municipality
from participation.projects.draw_map import draw_map, draw_town_map, erase_town_map
from participation.projects.model import ProjectMap, Round, TownMap
from participation.rules.policy import Actor, NotAllowed
from tests.contributions.sending import csrf, form_key, send
from tests.persons import NOW, sign_in
from tests.queries import counted

HOME = "/projekter/ny-skolevej-ved-engparken"
SETUP = "/arbejde/opsaetning/kort"


def shape(name: str, kind: str, coordinates: object) -> dict[str, object]:
    return {"name": name, "geometry": {"type": kind, "coordinates": coordinates}}


OUTLINE = [
    shape("Engelund Kommune", "Polygon", [[[11.0, 56.3], [11.5, 56.3], [11.5, 56.6], [11.0, 56.3]]]),
    shape("Tranby", "Point", [11.2, 56.4]),
]
FILE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"navn": one["name"]}, "geometry": one["geometry"]} for one in OUTLINE
        ],
    }
).encode()


@pytest.fixture
def outline(administrator: Actor) -> None:
    with settling():
        draw_town_map(administrator, OUTLINE, now=NOW)


def test_the_administrator_lays_it_in_once_and_takes_it_away(client: FlaskClient, administrator_person: Person) -> None:
    sign_in(client, administrator_person)
    assert SETUP in client.get("/arbejde/opsaetning").text
    data = {"csrf_token": csrf(client, SETUP), "file": (io.BytesIO(FILE), "kommune.geojson")}
    assert client.post(SETUP, data=data).status_code == 303
    assert "/kommunekort.svg" in client.get(SETUP).text
    picture = client.get("/kommunekort.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert "Tranby" in picture.text
    assert client.post(f"{SETUP}/fjern", data={"csrf_token": csrf(client, SETUP)}).status_code == 303
    assert client.get("/kommunekort.svg").status_code == 404
    db.session.rollback()
    what = [one.facts["what"] for one in db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id))]
    assert what == ["map", "map_gone"]


def test_a_file_that_is_no_map_says_so_and_keeps_the_map_there_is(
    client: FlaskClient, administrator_person: Person, outline: None
) -> None:
    sign_in(client, administrator_person)
    data = {"csrf_token": csrf(client, SETUP), "file": (io.BytesIO(b"{}"), "kommune.geojson")}
    page = client.post(SETUP, data=data)
    assert page.status_code == 422
    assert "GeoJSON" in page.text
    assert client.get("/kommunekort.svg").status_code == 200


@pytest.mark.parametrize("who", ["visitor", "planner", "leader", "clerk", "councillor"])
def test_nobody_else_does(request: pytest.FixtureRequest, outline: None, who: str) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), settling():
        draw_town_map(actor, OUTLINE[:1], now=NOW)
    with pytest.raises(NotAllowed), settling():
        erase_town_map(actor, now=NOW)
    assert db.session.get_one(TownMap, 1).names == ["Engelund Kommune", "Tranby"]


@pytest.mark.usefixtures("hearing")
def test_a_place_is_chosen_on_the_outline_and_shown_on_the_receipt(client: FlaskClient, outline: None) -> None:
    page = client.get(f"{HOME}/svar").text
    assert "/kommunekort.svg" in page
    assert '<option value="Tranby">' in page
    assert send(client, f"{HOME}/svar", area="Tranby").status_code == 303
    db.session.rollback()
    one = db.session.scalars(sa.select(Contribution)).one()
    assert (one.place, one.latitude, one.longitude) == ("Tranby", 56.4, 11.2)
    for seen in ("/kvittering", "/mit-svar/hvor"):
        page = client.get(seen).text
        assert "/kommunekort.svg" in page
        assert "Tranby" in page


def test_a_projects_own_map_goes_before_it(client: FlaskClient, planner: Actor, hearing: Round, outline: None) -> None:
    with settling():
        draw_map(planner, hearing.project, [*OUTLINE[1:], shape("Kirken", "Point", [11.21, 56.41])], now=NOW)
    page = client.get(f"{HOME}/svar").text
    assert f"{HOME}/kort.svg" in page
    assert "/kommunekort.svg" not in page
    assert db.session.scalars(sa.select(ProjectMap)).one().names == ["Kirken", "Tranby"]


@pytest.mark.usefixtures("hearing")
def test_an_address_or_words_alone_are_enough_and_stand_where_the_rest_stands(client: FlaskClient) -> None:
    """Neither dragging nor reading a map is asked of anybody."""
    assert "Skriv en adresse eller beskriv stedet" in client.get(f"{HOME}/svar").text
    assert send(client, f"{HOME}/svar", place="Møllevej ved nr. 12").status_code == 303
    for seen in ("/kvittering", "/mit-svar/hvor"):
        assert "Møllevej ved nr. 12" in client.get(seen).text
    previewed = send(client, f"{HOME}/svar", place="Møllevej ved nr. 12", preview="1").text
    assert "Sted: Møllevej ved nr. 12" in previewed


@pytest.mark.usefixtures("hearing")
def test_without_an_outline_nobody_asks_for_one(client: FlaskClient) -> None:
    with counted() as asked:
        assert client.get(f"{HOME}/svar").status_code == 200
    assert not any("town_map" in one for one in asked)
    key = form_key(client, f"{HOME}/svar")
    with counted() as asked:
        assert send(client, f"{HOME}/svar", key=key, place="Ved kirken").status_code == 303
    assert len(asked) <= 13, "\n".join(asked)


def test_the_municipalitys_other_settings_keep_the_outline(
    client: FlaskClient, administrator_person: Person, outline: None
) -> None:
    sign_in(client, administrator_person)
    data = {
        "csrf_token": csrf(client, "/arbejde/opsaetning"),
        "name": "Engelund",
        "body": "byrådet",
        "phone": "70 00 00 01",
    }
    client.post("/arbejde/opsaetning", data={**data, "email": "svar@engelund.example"})
    db.session.rollback()
    assert municipality().map_drawn


@pytest.mark.usefixtures("hearing")
def test_land_lies_under_a_map_only_where_a_service_is_set_up(
    app: SettledFlask, client: FlaskClient, outline: None
) -> None:
    assert "<image" not in client.get(f"{HOME}/svar").text
    assert "<image" not in client.get(f"{HOME}/kort").text
    app.config["TILES"] = "https://tiles.example.dk/{z}/{x}/{y}.png"
    for path in (f"{HOME}/svar", f"{HOME}/kort"):
        assert '<image href="https://tiles.example.dk/' in client.get(path).text
