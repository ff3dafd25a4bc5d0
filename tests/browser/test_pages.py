"""Every page of the practice municipality: valid HTML, open to everybody, whole on a phone and without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from participation.foundation.db import db
from tests.browser import axe, guarded, nu
from tests.browser.chromium import DESK, PHONE, TABLET, serving, windows
from tests.browser.moments import Moment, moments
from tests.browser.pages import all_pages, enter
from tests.browser.weight import weigh
from tests.practised import practising_again
from tests.walk import Stop

Opened = Iterator[tuple[Stop, Page]]


@dataclass(frozen=True)
class Sight:
    """What was seen of one page in one visit.

    Args:
        barriers: what axe found, by the width in px or ``forced colours``.
        overflow: how many px the page is wider than a phone of 320 px.
        first: where the first press of the tabulator key leads; empty when it leads nowhere that can be seen.
    """

    stop: Stop
    barriers: dict[str, list[str]]
    overflow: int
    first: str


@pytest.fixture(scope="module")
def stops(practised) -> list[Stop]:
    return list(all_pages(practised))


@pytest.fixture(scope="module")
def passing(practice_folder, tmp_path_factory) -> list[Moment]:
    """Pages reached by a form, a code or a letter; lived through in a copy of the practice municipality."""
    folder = tmp_path_factory.mktemp("moments")
    with practising_again(practice_folder, folder, TESTING=True) as app, app.app_context():
        found = moments(app) + moments(app, guarded.STORIES)
        db.session.remove()
    return found


@pytest.fixture(scope="module")
def origin(practised) -> Iterator[str]:
    with serving(practised) as origin:
        yield origin


@contextmanager
def visited(browser: Browser, origin: str, practised, stops: list[Stop], **window) -> Iterator[Opened]:
    """Every page, opened by the one who may see it, in a window of the given kind; roles keep their window."""
    with windows(browser, origin) as open_window:
        pages: dict[str, Page] = {}

        def opened() -> Opened:
            for stop in stops:
                if stop.role not in pages:
                    pages[stop.role] = open_window(**window)
                    enter(pages[stop.role], practised, stop.role)
                stop.show(pages[stop.role]) if isinstance(stop, Moment) else pages[stop.role].goto(stop.path)
                yield stop, pages[stop.role]

        yield opened()


def look(stop: Stop, page: Page) -> Sight:
    """Look at an open page at every width and in forced colours."""
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    reached = (first.get_attribute("href") or "") if first.count() and first.is_visible() else ""
    barriers, overflow = {}, 0
    for width in (DESK, TABLET, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        barriers[str(width)] = axe.violations(page)
        overflow = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    page.emulate_media(forced_colors="active")
    barriers["forced colours"] = axe.violations(page)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": DESK, "height": 900})
    return Sight(stop, barriers, overflow, reached)


@pytest.fixture(scope="module")
def looked(browser, origin, practised, stops, passing) -> tuple[list[Sight], str]:
    """All pages as they were seen, and what the watch over the window had to say."""
    sights: list[Sight] = []
    try:
        with visited(browser, origin, practised, [*stops, *passing]) as opened:
            sights += [look(stop, page) for stop, page in opened]
    except pytest.fail.Exception as fault:
        return sights, str(fault)
    return sights, ""


@pytest.mark.usefixtures("browser")
def test_every_page_is_valid_html(stops, passing):
    assert nu.faults({str(stop): stop.html for stop in [*stops, *passing]}) == []


@pytest.mark.usefixtures("browser")
def test_every_page_has_one_heading_of_the_first_rank_and_a_title(stops, passing):
    pages = {str(stop): stop.html for stop in [*stops, *passing]}
    headings = {name: len(re.findall(r"<h1[\s>]", html)) for name, html in pages.items()}
    titles = {name: re.search(r"<title>\s*([^<]*\S)\s*</title>", html) for name, html in pages.items()}
    assert {name: count for name, count in headings.items() if count != 1} == {}
    assert [name for name, title in titles.items() if not title] == []


def test_nothing_goes_wrong_behind_a_page(looked):
    sights, faults = looked
    assert sights
    assert faults == ""


@pytest.mark.parametrize("kind", [str(PHONE), str(TABLET), str(DESK), "forced colours"])
def test_no_page_has_a_barrier_that_a_machine_can_see(looked, kind):
    assert [f"{sight.stop}: {line}" for sight in looked[0] for line in sight.barriers[kind]] == []


def test_no_page_is_wider_than_a_small_phone(looked):
    assert {str(sight.stop): sight.overflow for sight in looked[0] if sight.overflow > 0} == {}


def test_the_first_press_of_the_tabulator_key_leads_past_the_menu_or_to_what_must_be_mended(looked):
    mended = {
        str(sight.stop): re.search(r'role="alert".*?<a href="(#[^"]+)', sight.stop.html, re.S) for sight in looked[0]
    }
    due = {name: found[1] if found else "#indhold" for name, found in mended.items()}
    #: Opened to write down what is said now: the cursor stands in the words already, past all menus.
    due |= {str(sight.stop): "" for sight in looked[0] if sight.stop.name == "contributions.intake.write_down"}
    assert {str(sight.stop): sight.first for sight in looked[0] if sight.first != due[str(sight.stop)]} == {}


def test_every_page_shows_its_heading_without_javascript(browser, origin, practised, stops):
    with visited(browser, origin, practised, stops, js=False, width=PHONE) as opened:
        hidden = [str(stop) for stop, page in opened if not page.locator("h1").first.is_visible()]
    assert hidden == []


def test_a_first_visit_to_a_project_is_light(browser, origin, stops):
    """At most 60 kB as it crosses the line, in at most 6 requests, whatever phase the project is in."""
    projects = [stop for stop in stops if stop.name.split("-")[0] in ("portal.project", "portal.front")]
    assert projects
    with windows(browser, origin) as open_window:
        weights = {stop.path: weigh(open_window(width=PHONE), stop.path) for stop in projects}
    assert {path: weight for path, weight in weights.items() if weight.bytes > 60_000 or weight.requests > 6} == {}
