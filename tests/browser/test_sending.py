"""Sending from a real browser: a CPR number is told first, and a broken line loses nothing and counts nothing twice."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, Route, expect

from participation.contributions.model import Contribution
from participation.foundation.db import db
from participation.projects.model import Round
from tests.browser.keys import Keys
from tests.persons import NOW

PATH = "/projekter/ny-skolevej-ved-engparken/svar"
WORDS = "Overgangen skal ligge ved kirken. 😀\nOg der mangler lys."
NUMBER = "Mit nummer er 010180-0008."
THANKS = "Tak. Vi har modtaget dit høringssvar."


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def kept() -> list[str]:
    """The words that have come in."""
    db.session.rollback()
    return [one.words for one in db.session.scalars(sa.select(Contribution).order_by(Contribution.number))]


def written(page: Page, words: str = WORDS) -> Page:
    """The form with words in it."""
    page.goto(PATH)
    page.get_by_label("Dit høringssvar").fill(words)
    return page


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def came(words: str) -> str:
    """A text as a browser sends it, with CR LF at the end of each line."""
    return words.replace("\n", "\r\n")


def test_without_a_mouse_a_cpr_number_is_told_mended_and_sent(window: Callable[..., Page]) -> None:
    """RE-26; the focus stands on what is told, and its link leads to the words."""
    citizen = Keys(window(width=320))
    citizen.page.goto(PATH)
    citizen.write("Dit høringssvar", NUMBER)
    citizen.press("Send")
    expect(citizen.page.get_by_role("alert")).to_be_focused()
    expect(citizen.page.get_by_role("alert")).to_contain_text("Det er ikke sendt endnu")
    assert kept() == []
    citizen.to("Der står noget, der ligner et CPR-nummer i linje 1.")
    citizen.page.keyboard.press("Enter")
    expect(citizen.page.get_by_label("Dit høringssvar")).to_be_focused()
    citizen.page.keyboard.press("Control+A")
    citizen.page.keyboard.type("Tak for oplægget.")
    citizen.press("Send")
    expect(citizen.page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert kept() == ["Tak for oplægget."]


@pytest.mark.parametrize("mended", ["Mit nummer får I ikke.", NUMBER])
def test_without_javascript_a_cpr_number_is_told_and_sent_mended_or_not(
    window: Callable[..., Page], mended: str
) -> None:
    page = written(window(js=False, width=320), NUMBER)
    send(page)
    expect(page.get_by_role("heading", name="Det er ikke sendt endnu")).to_be_visible()
    expect(page.get_by_label("Dit høringssvar")).to_have_value(NUMBER)
    page.get_by_role("link", name="Der står noget, der ligner et CPR-nummer i linje 1.").click()
    page.get_by_label("Dit høringssvar").fill(mended)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert kept() == [mended]


def test_without_javascript_the_preview_is_what_the_page_shows_first(window: Callable[..., Page]) -> None:
    page = written(window(js=False, width=320))
    page.get_by_role("button", name="Vis, hvad der bliver offentligt").click()
    expect(page.get_by_role("heading", name="Det bliver offentligt")).to_be_in_viewport()
    assert kept() == []


def test_offline_the_page_says_so_keeps_the_words_and_sends_them_once_afterwards(window: Callable[..., Page]) -> None:
    """RP-12: the line is gone before anything is sent."""
    page = written(window(width=320))
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Tryk igen, når du er på nettet.")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Dit høringssvar")).to_have_value(WORDS)
    assert kept() == []
    page.context.set_offline(False)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert kept() == [came(WORDS)]


@pytest.mark.parametrize("arrives", [False, True], ids=["on its way in", "on its way back"])
def test_when_the_line_breaks_the_words_are_in_the_browser_and_count_once(
    window: Callable[..., Page], arrives: bool
) -> None:
    """RP-12: nobody can know whether it came through, so it is sent again with the same key."""
    page = written(window())

    def broken(route: Route) -> None:
        if route.request.method == "POST" and arrives:
            route.fetch(max_redirects=0)
        route.abort("connectionreset") if route.request.method == "POST" else route.fallback()

    page.route(f"**{PATH}", broken)
    with page.expect_event("requestfailed"):
        send(page)
    page.unroute(f"**{PATH}")
    assert kept() == ([came(WORDS)] if arrives else [])
    page.goto(PATH)
    expect(page.get_by_label("Dit høringssvar")).to_have_value(WORDS)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert kept() == [came(WORDS)]


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_whoever_goes_back_from_what_was_too_much_finds_the_words(window: Callable[..., Page], js: bool) -> None:
    """RP-12: the page says that they stand there, for it could not read them itself."""
    page = written(window(js=js))
    form = page.get_by_label("Dit høringssvar").locator("xpath=ancestor::form")
    form.evaluate("form => form.insertAdjacentHTML('beforeend', '<input type=hidden name=x value=1>'.repeat(500))")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Det fylder for meget")
    expect(page.get_by_text("Gå tilbage i din browser. Der står dine ord endnu.")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Dit høringssvar")).to_have_value(WORDS)


def test_what_was_typed_since_the_draft_was_kept_wins_over_it(window: Callable[..., Page]) -> None:
    """RP-13: the draft on the server and the one on the device are two; the newer one stands in the form."""
    page = written(window())
    page.get_by_role("button", name="Gem og fortsæt senere").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Din kladde er gemt")
    page.goto(PATH)
    words = page.get_by_label("Dit høringssvar")
    expect(words).to_have_value(WORDS)
    words.fill("Nyere ord.")
    expect(page.get_by_text("Gemt på denne enhed")).to_be_visible()
    page.reload()
    expect(words).to_have_value("Nyere ord.")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    assert kept() == ["Nyere ord."]
    page.goto(PATH)
    expect(words).to_have_value("")


def test_after_the_receipt_no_draft_is_left_behind(window: Callable[..., Page]) -> None:
    page = written(window())
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(THANKS)
    page.goto(PATH)
    expect(page.get_by_label("Dit høringssvar")).to_have_value("")
