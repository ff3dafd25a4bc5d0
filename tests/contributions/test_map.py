"""Where on the map: without JavaScript each press shows the form again with the mark and every word."""

import html
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.map_forms import WIDTHS
from participation.contributions.mask import mask_contribution
from participation.contributions.model import Contribution
from participation.contributions.publish import publish_contributions
from participation.foundation.db import db, settling
from participation.foundation.maps import read_map
from participation.practice import texts
from participation.projects.draw_map import draw_map, erase_map
from participation.projects.model import ProjectMap, Round
from participation.rules.handling import MaskField, MaskReason
from participation.rules.policy import Actor
from tests.contributions.sending import WORDS, form_key, send
from tests.persons import NOW

PATH = "/projekter/ny-skolevej-ved-engparken/svar"


@pytest.fixture
def drawn(planner: Actor, hearing: Round) -> ProjectMap:
    """The hearing has a map."""
    with settling():
        return draw_map(planner, hearing.project, read_map(texts.map_of(hearing.project.slug) or b""), now=NOW)


def only() -> Contribution:
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def received() -> int:
    db.session.expire_all()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) or 0


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


class Citizen:
    """A citizen without JavaScript: what stands in the form is sent with every press."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.page, self.key = client, "", form_key(client, PATH)
        self.fields = {"words": WORDS, "name": "Ida", "corners": "", "area": "", "shape": "Point"}

    def press(self, **buttons: str):
        answer = send(
            self.client, PATH, key=self.key, **self.fields | {k.replace("_", "."): v for k, v in buttons.items()}
        )
        self.page = answer.text
        if answer.status_code != 303:
            self.fields["corners"] = value(self.page, "corners")
        return answer


def test_without_a_map_the_form_asks_for_words_alone(client: FlaskClient, hearing: Round) -> None:
    page = client.get(PATH).text
    assert "data-map" not in page
    assert "map.js" not in page
    assert 'name="place"' in page


def test_a_pressed_map_gives_the_form_back_with_the_mark_and_every_word(client: FlaskClient, drawn: ProjectMap) -> None:
    citizen = Citizen(client)
    wide, high = WIDTHS["small"], round(WIDTHS["small"] * drawn.frame.high / 360)
    answer = citizen.press(small_x=str(wide // 2), small_y=str(high // 2))
    assert answer.status_code == 200
    assert received() == 0
    assert WORDS in citizen.page
    assert 'value="Ida"' in citizen.page
    assert re.search(r'<circle r="7" cx="180', citizen.page)
    assert "Et punkt på kortet. Det er ved" in citizen.page
    assert citizen.press().status_code == 303
    assert only().geometry == {"type": "Point", "coordinates": [only().longitude, only().latitude]}
    assert (only().longitude, only().latitude) == pytest.approx(drawn.frame.at(0.5, 0.5), abs=0.0001)
    assert only().place == ""


@pytest.mark.parametrize(("shape", "number"), [("LineString", 3), ("Polygon", 3)])
def test_a_line_and_an_area_are_pressed_corner_by_corner_and_one_is_taken_back(
    client: FlaskClient, drawn: ProjectMap, shape: str, number: int
) -> None:
    citizen = Citizen(client)
    citizen.fields["shape"] = shape
    for x, y in ((20, 20), (200, 20), (100, 90), (5, 5)):
        citizen.press(large_x=str(x), large_y=str(y))
    citizen.press(undo="1")
    citizen.press()
    assert only().geometry["type"] == shape
    line = only().geometry["coordinates"]
    assert len(line[0][:-1] if shape == "Polygon" else line) == number


def test_a_point_that_is_set_again_moves_and_can_be_taken_off(client: FlaskClient, drawn: ProjectMap) -> None:
    citizen = Citizen(client)
    citizen.press(large_x="20", large_y="20")
    citizen.press(large_x="40", large_y="40")
    assert " " not in citizen.fields["corners"]
    citizen.press(clear="1")
    assert citizen.fields["corners"] == ""
    citizen.press()
    assert only().geometry is None


def test_a_map_pressed_with_a_key_leads_to_the_list(client: FlaskClient, drawn: ProjectMap) -> None:
    """A browser sends the top left corner; that is no place."""
    citizen = Citizen(client)
    assert citizen.press(small_x="0", small_y="0").status_code == 200
    assert "Vælg et sted på listen" in citizen.page
    assert citizen.fields["corners"] == ""
    assert received() == 0


def test_a_place_from_the_list_is_kept_with_its_outline_and_name(client: FlaskClient, drawn: ProjectMap) -> None:
    citizen = Citizen(client)
    citizen.fields["area"] = "Tanken"
    assert citizen.press().status_code == 303
    assert only().geometry == drawn.named["Tanken"]
    assert only().place == "Tanken"


def test_own_words_for_the_place_stay_beside_the_list(client: FlaskClient, drawn: ProjectMap) -> None:
    citizen = Citizen(client)
    citizen.fields |= {"area": "Tanken", "place": "ved vaskehallen"}
    citizen.press()
    assert only().place == "ved vaskehallen"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"corners": "x"}, "Vi kan ikke læse stedet"),
        ({"corners": "1.0,2.0"}, "uden for Danmark"),
        ({"area": "Månen"}, "står ikke på listen mere"),
    ],
)
def test_what_is_no_place_is_told_and_every_word_stays(
    client: FlaskClient, drawn: ProjectMap, fields: dict[str, str], words: str
) -> None:
    citizen = Citizen(client)
    citizen.fields |= fields
    assert citizen.press().status_code == 422
    assert words in citizen.page
    assert WORDS in citizen.page
    assert received() == 0


@pytest.mark.parametrize(
    "pressed", [{"small.x": "1" * 400, "small.y": "1"}, {"small.x": "-5", "small.y": "x"}, {"large.x": "7"}]
)
def test_a_press_that_no_browser_sends_is_no_fault(client: FlaskClient, drawn: ProjectMap, pressed) -> None:
    assert send(client, PATH, **pressed).status_code == 200
    assert received() == 0


def test_the_preview_the_receipt_and_ones_own_page_show_the_place(client: FlaskClient, drawn: ProjectMap) -> None:
    """RP-42: the sender sees what we have, also of the place."""
    citizen = Citizen(client)
    citizen.fields["area"] = "Kirken"
    assert citizen.press(preview="1").text.count("Et område på kortet. Det er ved Kirken.") == 2
    citizen.press()
    for page in ("/kvittering", "/mit-svar/hvor"):
        assert "Et område på kortet. Det er ved Kirken." in client.get(page).text


def test_everybody_sees_the_place_of_what_is_published_until_it_is_covered(
    client: FlaskClient, planner: Actor, drawn: ProjectMap
) -> None:
    citizen = Citizen(client)
    citizen.fields["area"] = "Kirken"
    citizen.press()
    with settling():
        publish_contributions(planner, only().project, [only().id], now=NOW)
    page = f"{PATH.removesuffix('/svar')}/hoeringssvar/{only().number}"
    assert "Et område på kortet. Det er ved Kirken." in client.get(page).text
    with settling():
        mask_contribution(planner, only(), [MaskField.PLACE], MaskReason.OTHER_PERSON, "Privat.", now=NOW)
    covered = client.get(page).text
    assert "Kirken" not in covered
    assert '<svg class="map-over"' not in covered


def test_a_place_outlives_its_map(client: FlaskClient, planner: Actor, drawn: ProjectMap) -> None:
    citizen = Citizen(client)
    citizen.fields["area"] = "Kirken"
    citizen.press()
    with settling():
        erase_map(planner, only().project, now=NOW)
    assert only().geometry is not None
    assert client.get("/kvittering").status_code == 200
    assert client.get(PATH).status_code == 200


def test_a_kept_draft_brings_the_place_back(client: FlaskClient, drawn: ProjectMap) -> None:
    """RP-13: what was begun is whole when it is gone on with."""
    citizen = Citizen(client)
    citizen.fields["shape"] = "LineString"
    for x, y in ((20, 20), (200, 20)):
        citizen.press(large_x=str(x), large_y=str(y))
    before = citizen.fields["corners"]
    assert citizen.press(gem="1").status_code == 303
    page = client.get(PATH).text
    assert value(page, "corners") == before
    assert "En linje på kortet." in page
    assert re.search(r'<input checked id="shape-1"', page)
