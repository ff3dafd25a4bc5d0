"""På kortet: what is published and not covered, in rings with a table beside them, and as GeoJSON without a name."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.mask import mask_contribution
from participation.contributions.model import Contribution
from participation.contributions.publish import publish_contributions
from participation.foundation.db import db, settling
from participation.foundation.maps import Geometry, middle, read_map
from participation.people.model import Person
from participation.practice import texts
from participation.projects.draw_map import draw_map
from participation.projects.model import Project, ProjectMap, Round
from participation.rules.handling import MaskField, MaskReason
from participation.rules.kinds import Kind
from participation.rules.policy import Actor
from tests.contributions.sending import submitted
from tests.persons import NOW, sign_in
from tests.queries import counted

HOME = "/projekter/ny-skolevej-ved-engparken"
STAFF = "/arbejde/projekter/ny-skolevej-ved-engparken/indbakke"


@pytest.fixture
def drawn(planner: Actor, hearing: Round) -> ProjectMap:
    """The hearing has a map."""
    with settling():
        return draw_map(planner, hearing.project, read_map(texts.map_of(hearing.project.slug) or b""), now=NOW)


def pointed(round_: Round, shape: Geometry, words: str, **facts: Any) -> Contribution:
    longitude, latitude = middle(shape)
    return submitted(round_, words, geometry=shape, longitude=longitude, latitude=latitude, key=words, **facts)


def published(planner: Actor, *ones: Contribution) -> None:
    with settling():
        publish_contributions(planner, ones[0].project, [one.id for one in ones], now=NOW)


def spot(drawn: ProjectMap, right: float, down: float) -> Geometry:
    return {"type": "Point", "coordinates": list(drawn.frame.at(right, down))}


def test_a_place_is_shown_once_it_is_published(
    client: FlaskClient, planner: Actor, hearing: Round, drawn: ProjectMap
) -> None:
    one = pointed(hearing, drawn.named["Kirken"], "Lys, tak.")
    assert "Der er ikke vist et sted" in client.get(f"{HOME}/kort").text
    published(planner, one)
    page = client.get(f"{HOME}/kort").text
    assert "1 viser et sted" in page
    assert "ved Kirken" in page
    assert f'href="{HOME}/hoeringssvar/1"' in page
    assert f'href="{HOME}/kort"' in client.get(HOME).text
    assert f'href="{HOME}/kort"' in client.get(f"{HOME}/hoeringssvar").text


def test_near_ones_share_a_ring_and_far_ones_are_told(
    client: FlaskClient, planner: Actor, hearing: Round, drawn: ProjectMap
) -> None:
    places = [spot(drawn, 0.52, 0.52), spot(drawn, 0.53, 0.53), spot(drawn, 0.9, 0.1)]
    places.append({"type": "Point", "coordinates": [10.0, 56.0]})
    published(planner, *[pointed(hearing, place, f"Lys {at}.") for at, place in enumerate(places)])
    page = client.get(f"{HOME}/kort").text
    assert page.count('<circle class="ring"') == 2
    assert "4 viser et sted" in page
    assert "1 sted ligger uden for kortet." in page


def test_a_covered_place_is_on_no_map(
    client: FlaskClient, planner: Actor, planner_person: Person, hearing: Round, drawn: ProjectMap
) -> None:
    one = pointed(hearing, drawn.named["Kirken"], "Lys, tak.", place="Hos Oda Lund")
    published(planner, one)
    with settling():
        mask_contribution(planner, one, [MaskField.PLACE], MaskReason.OTHER_PERSON, "Privat.", now=NOW)
    sign_in(client, planner_person)
    for page in (f"{HOME}/kort", f"{HOME}/kort.geojson", f"{STAFF}/alle.geojson"):
        told = client.get(page, buffered=True)
        assert told.status_code == 200
        assert "hoeringssvar/1" not in told.text
        assert "Oda" not in told.text


def test_the_public_geojson_holds_what_is_published_and_nobodys_name(
    client: FlaskClient, planner: Actor, hearing: Round, drawn: ProjectMap
) -> None:
    """RP-11, RP-12: open, and nobody is told of."""
    named = pointed(
        hearing, drawn.named["Kirken"], "Lys, tak.", place="ved kirken", name="Ida Lund", email="ida@a.example"
    )
    pointed(hearing, drawn.named["Tanken"], "Mere lys.")
    published(planner, named)
    answer = client.get(f"{HOME}/kort.geojson", buffered=True)
    assert answer.mimetype == "application/geo+json"
    (feature,) = json.loads(answer.text)["features"]
    assert feature["geometry"] == drawn.named["Kirken"]
    assert set(feature["properties"]) == {"number", "kind", "place", "url"}
    assert feature["properties"]["url"].endswith(f"{HOME}/hoeringssvar/1")
    assert not [secret for secret in ("Ida", "ida@") if secret in answer.text]
    assert read_map(answer.data)


def test_staff_take_every_place_out_and_others_do_not(
    client: FlaskClient, planner_person: Person, hearing: Round, drawn: ProjectMap
) -> None:
    pointed(hearing, drawn.named["Kirken"], "Lys, tak.")
    pointed(hearing, drawn.named["Tanken"], "Mere lys.", kind=Kind.QUESTION)
    submitted(hearing, "Uden sted.")
    assert client.get(f"{STAFF}/alle.geojson").status_code in (302, 401, 403)
    sign_in(client, planner_person)
    answer = client.get(f"{STAFF}/alle.geojson", buffered=True)
    assert [one["properties"]["number"] for one in json.loads(answer.text)["features"]] == [1]
    assert "alle.geojson" in client.get(STAFF).text


def test_staff_see_the_place_where_they_read_until_it_is_covered(
    client: FlaskClient, planner: Actor, planner_person: Person, hearing: Round, drawn: ProjectMap
) -> None:
    one = pointed(hearing, drawn.named["Kirken"], "Lys, tak.")
    home, point = STAFF.removesuffix("/indbakke"), one.points[0].id
    pages = [f"{STAFF}/1", f"{home}/svar/1", f"{home}/punkter/{point}/svar"]
    sign_in(client, planner_person)
    words = "Et område på kortet. Det er ved Kirken."
    assert [words in client.get(page).text for page in pages] == [True] * 3
    with settling():
        mask_contribution(planner, one, [MaskField.PLACE], MaskReason.OTHER_PERSON, "Privat.", now=NOW)
    assert [words in client.get(page).text for page in pages] == [False] * 3


def test_without_a_map_there_is_no_such_page(client: FlaskClient, hearing: Round) -> None:
    assert client.get(f"{HOME}/kort").status_code == 404
    assert client.get(f"{HOME}/kort.svg").status_code == 404
    assert client.get(f"{HOME}/kort.geojson", buffered=True).get_json()["features"] == []
    assert f"{HOME}/kort" not in client.get(HOME).text


def test_a_draft_has_no_public_map(client: FlaskClient, hearing: Round, drawn: ProjectMap) -> None:
    with settling():
        db.session.execute(sa.update(Project).values(announced_at=None))
        db.session.execute(sa.update(Round).values(announced_at=None))
    for page in ("kort", "kort.svg", "kort.geojson"):
        assert client.get(f"{HOME}/{page}").status_code == 404


def test_the_page_asks_no_more_and_draws_no_more_with_many(
    client: FlaskClient, planner: Actor, hearing: Round, drawn: ProjectMap
) -> None:
    published(planner, pointed(hearing, spot(drawn, 0.5, 0.5), "Lys, tak."))
    with counted() as one:
        client.get(f"{HOME}/kort")
    with settling():
        many = [Incoming(f"Linje {at}.", Kind.RESPONSE, NOW) for at in range(700)]
        bring_in(hearing, many, batch_id=None, registered_by=None, now=NOW)
        for at, row in enumerate(db.session.query(Contribution).order_by(Contribution.number).offset(1)):
            row.longitude, row.latitude = drawn.frame.at(at % 26 / 26, at // 26 / 27)
            row.handling, row.published_at = "published", NOW
    client.get(f"{HOME}/kort")  # sums it up
    with counted() as asked:
        page = client.get(f"{HOME}/kort").text
    assert len(asked) <= len(one)
    assert page.count('<circle class="ring"') <= 80
    assert "701 viser et sted" in page
    assert len(page) < 60_000
