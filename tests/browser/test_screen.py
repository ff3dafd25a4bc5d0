"""A shared screen in a real browser: no draft, nothing behind Back, cleared when everybody has left (SK-12)."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from participation.projects.model import Round
from tests.browser.test_sending import PATH, WORDS, send, written
from tests.persons import NOW


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def share(page: Page) -> Page:
    page.goto("/faelles-skaerm")
    page.get_by_role("button", name="Gør denne skærm fælles").click()
    expect(page.get_by_text("Denne skærm er fælles.")).to_be_visible()
    return page


@pytest.mark.parametrize("js", [True, False])
def test_the_next_person_finds_neither_words_nor_receipt(window: Callable[..., Page], js: bool) -> None:
    page = share(window(width=320, js=js))
    written(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit høringssvar.")
    page.get_by_role("button", name="Jeg er færdig. Ryd skærmen").click()
    expect(page.get_by_text("Skærmen er ryddet.")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Tak. Vi har modtaget dit høringssvar.")).to_have_count(0)
    page.goto(PATH)
    assert page.get_by_label("Dit høringssvar").input_value() == ""


def test_no_draft_is_kept_and_one_from_before_is_gone(window: Callable[..., Page]) -> None:
    page = written(window())
    expect(page.get_by_text("Gemt på denne enhed")).to_be_visible()
    share(page)
    written(page, "Noget andet.")
    page.wait_for_timeout(700)  # longer than it takes to keep a draft
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('medspil:draft:'))") == []


def test_when_everybody_has_left_it_asks_and_then_clears(window: Callable[..., Page]) -> None:
    page = share(window())
    page.clock.install()
    written(page)
    page.clock.fast_forward(121_000)
    expect(page.get_by_text("Er du her stadig?")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.get_by_text("Er du her stadig?")).to_have_count(0)
    assert page.get_by_label("Dit høringssvar").input_value() == WORDS
    page.clock.fast_forward(121_000)
    page.clock.fast_forward(31_000)
    expect(page.get_by_text("Skærmen er ryddet.")).to_be_visible()
    page.goto(PATH)
    assert page.get_by_label("Dit høringssvar").input_value() == ""
