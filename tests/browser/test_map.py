"""A place on the map, from a real browser: by the keys alone, with a mouse, and without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution
from participation.contributions.publish import publish_contributions
from participation.foundation.db import db, settling
from participation.foundation.maps import middle, read_map
from participation.practice import texts
from participation.projects.draw_map import draw_map
from participation.projects.model import ProjectMap, Round
from participation.rules.policy import Actor
from tests.browser.axe import violations
from tests.browser.keys import Keys
from tests.contributions.sending import submitted
from tests.persons import NOW

PATH = "/projekter/ny-skolevej-ved-engparken/svar"
WORDS = "Her mangler der lys."
MORE = "Tilføj mere"


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def drawn(planner: Actor, hearing: Round, time: time_machine.Traveller) -> ProjectMap:
    """The hearing has a map."""
    with settling():
        return draw_map(planner, hearing.project, read_map(texts.map_of(hearing.project.slug) or b""), now=NOW)


def only() -> Contribution:
    db.session.rollback()
    return db.session.scalars(sa.select(Contribution)).one()


def thanks(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit høringssvar.")


def told(page: Page):
    return page.locator("[data-map-told]")


def test_by_the_keys_alone_a_point_is_set_seen_and_sent(window: Callable[..., Page], drawn: ProjectMap) -> None:
    """RP-13; WCAG 2.1.1, 2.5.7: nothing is dragged, and no coordinate is written."""
    citizen = Keys(window(width=320))
    page = citizen.page
    page.goto(PATH)
    citizen.write("Dit høringssvar", WORDS)
    citizen.to(MORE)
    page.keyboard.press("Enter")
    citizen.to("Kort. Flyt krydset")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(told(page)).to_contain_text("Krydset er ved")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Sat på kortet. Det er ved")
    assert violations(page) == []
    citizen.press("Send")
    thanks(page)
    expect(page.get_by_text("Et punkt på kortet. Det er ved")).to_be_visible()
    assert violations(page) == []
    frame = drawn.frame
    assert (only().longitude, only().latitude) == pytest.approx(
        frame.at(192 / 360, (frame.high / 2 + 24) / frame.high), abs=1e-5
    )


def test_by_the_keys_alone_an_area_is_drawn_and_a_corner_taken_back(
    window: Callable[..., Page], drawn: ProjectMap
) -> None:
    citizen = Keys(window())
    page = citizen.page
    page.goto(PATH)
    citizen.write("Dit høringssvar", WORDS)
    citizen.to(MORE)
    page.keyboard.press("Enter")
    citizen.to("Et punkt")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    citizen.to("Kort. Flyt krydset")
    for key in ("Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(told(page)).to_contain_text("Antal punkter: 4.")
    page.keyboard.press("Backspace")
    expect(told(page)).to_contain_text("Antal punkter: 3.")
    citizen.press("Send")
    thanks(page)
    assert only().geometry["type"] == "Polygon"
    assert len(only().geometry["coordinates"][0]) == 4


def test_with_a_mouse_a_point_is_set_at_once_moved_and_taken_off(
    window: Callable[..., Page], drawn: ProjectMap
) -> None:
    page = window()
    page.goto(PATH)
    page.get_by_label("Dit høringssvar").fill(WORDS)
    page.locator("summary", has_text=MORE).click()
    map_ = page.locator(".map-large")
    for x in (60, 240):
        map_.click(position={"x": x, "y": 90})
    expect(told(page)).to_contain_text("Sat på kortet.")
    page.get_by_role("button", name="Fjern fra kortet").click()
    expect(told(page)).to_have_text("Intet er sat på kortet.")
    map_.click(position={"x": 240, "y": 90})
    assert page.url.endswith(PATH)
    page.get_by_role("button", name="Send", exact=True).click()
    thanks(page)
    assert (only().longitude, only().latitude) == pytest.approx(
        drawn.frame.at(0.5, 90 / round(480 * drawn.frame.high / 360)), abs=2e-5
    )


@pytest.mark.parametrize(("width", "shown", "wide"), [(320, "small", 240), (1280, "large", 480)])
def test_without_javascript_the_map_is_pressed_and_no_word_is_lost(
    window: Callable[..., Page], drawn: ProjectMap, width: int, shown: str, wide: int
) -> None:
    page = window(js=False, width=width)
    page.goto(PATH)
    page.get_by_label("Dit høringssvar").fill(WORDS)
    page.locator("summary", has_text=MORE).click()
    page.get_by_label("Navn", exact=False).first.fill("Ida Lund")
    page.locator(f".map-{shown}").click(position={"x": wide / 4, "y": 30})
    expect(page.get_by_text("Et punkt på kortet. Det er ved")).to_be_visible()
    expect(page.get_by_label("Dit høringssvar")).to_have_value(WORDS)
    expect(page.get_by_label("Navn", exact=False).first).to_have_value("Ida Lund")
    page.wait_for_timeout(2100)  # nobody writes faster
    page.get_by_role("button", name="Send", exact=True).click()
    thanks(page)
    assert only().geometry["type"] == "Point"
    assert only().longitude == pytest.approx(drawn.frame.at(0.25, 0)[0], abs=5e-5)


def test_without_javascript_and_without_a_mouse_the_list_is_there(
    window: Callable[..., Page], drawn: ProjectMap
) -> None:
    citizen = Keys(window(js=False, width=320))
    citizen.page.goto(PATH)
    citizen.write("Dit høringssvar", WORDS)
    citizen.to(MORE)
    citizen.page.keyboard.press("Enter")
    citizen.choose("Eller vælg et sted på listen", "Kirken")
    citizen.page.wait_for_timeout(2100)
    citizen.press("Send")
    thanks(citizen.page)
    assert only().place == "Kirken"
    assert only().geometry == drawn.named["Kirken"]


def test_enter_in_a_field_still_sends_and_does_not_press_the_map(
    window: Callable[..., Page], drawn: ProjectMap
) -> None:
    page = window(js=False)
    page.goto(PATH)
    page.get_by_label("Dit høringssvar").fill(WORDS)
    page.wait_for_timeout(2100)
    page.locator("[name=email]").press("Enter")
    thanks(page)
    assert only().geometry is None


@pytest.mark.parametrize("width", [320, 1280])
def test_all_places_stand_on_one_page_that_anybody_can_read(
    window: Callable[..., Page], planner: Actor, hearing: Round, drawn: ProjectMap, width: int
) -> None:
    for name in ("Kirken", "Tanken", "Kirkestien"):
        place = drawn.named[name]
        longitude, latitude = middle(place)
        submitted(hearing, f"{name}: mere lys.", geometry=place, longitude=longitude, latitude=latitude)
    with settling():
        ones = db.session.scalars(sa.select(Contribution)).all()
        publish_contributions(planner, hearing.project, [one.id for one in ones], now=NOW)
    page = window(width=width)
    page.goto(PATH.removesuffix("/svar"))
    page.get_by_role("link", name="Se dem på kortet").click()
    expect(page.get_by_role("table")).to_contain_text("ved Kirken")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="nr. 1", exact=True).click()
    expect(page.get_by_text("Et område på kortet. Det er ved Kirken.")).to_be_visible()
    assert violations(page) == []
