"""With JavaScript switched off every main action of the public pages and of the planner's pages still works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from participation.foundation.db import SettledFlask
from participation.rules.kinds import Role
from tests.browser.chromium import OpenWindow, serving, windows
from tests.browser.pages import enter

SCHOOL, PARK, PLAN = "/projekter/ny-skolevej-ved-engparken", "/projekter/en-park-til-alle-aldre", "trafikplan-nord"
DESK = f"/arbejde/projekter/{PLAN}"


@pytest.fixture
def window(practice: SettledFlask, browser: Browser) -> Iterator[OpenWindow]:
    """The practice municipality, seen by browsers without JavaScript."""
    with serving(practice) as origin, windows(browser, origin) as opener:
        yield opener


def press(page: Page, button: str) -> None:
    page.locator("main").get_by_role("button", name=button).first.click()


def test_a_citizen_does_everything_without_javascript(practice: SettledFlask, window: OpenWindow) -> None:
    page = window(js=False, width=320)
    page.goto("/")
    page.locator("main input[type=search]").first.fill("Trafikplan")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Trafikplan Nord").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trafikplan Nord")
    page.goto(SCHOOL)
    page.locator("#foelg [name=email], [name=email]").first.fill("mia@borger.example")
    press(page, "Følg sagen")
    assert page.url.endswith("/foelg")
    for door, words in (("svar", "Mere lys ved kirken."), ("spoerg", "Hvornår begynder I?")):
        page.goto(f"{SCHOOL}/{door}")
        page.wait_for_timeout(2100)  # nobody writes faster
        page.locator("[name=words]").fill(words)
        page.locator("main form button", has_text="Send").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tak")
    page.goto(f"{SCHOOL}/svar")
    page.wait_for_timeout(2100)
    page.locator("[name=words]").fill("Sæt farten ned.")
    press(page, "Vis, hvad der bliver offentligt")
    expect(page.locator("main")).to_contain_text("Sæt farten ned.")
    press(page, "Send")
    page.goto("/mit-svar/ret")
    page.locator("[name=words]").fill("Sæt farten ned til 30.")
    press(page, "Gem rettelsen")
    expect(page.locator("main")).to_contain_text("Sæt farten ned til 30.")
    page.locator("summary", has_text="Træk det tilbage").click()
    press(page, "Træk det tilbage")
    expect(page.locator("main")).to_contain_text("Du har trukket det tilbage")


def test_neighbours_support_each_other_without_javascript(practice: SettledFlask, window: OpenWindow) -> None:
    page = window(js=False, width=320)
    page.goto(f"{PARK}/hoeringssvar")
    page.locator("main a[href*='/hoeringssvar/']").first.click()
    press(page, "Støt")
    expect(page.get_by_text("Tak. Du støtter nu forslaget.")).to_be_visible()
    page.locator("main a[href$='/kommentar']").first.click()
    page.wait_for_timeout(2100)
    page.locator("[name=words]").fill("God idé.")
    page.locator("main form button", has_text="Send").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tak")


def test_a_planner_reads_orders_and_answers_without_javascript(practice: SettledFlask, window: OpenWindow) -> None:
    page = window(js=False)
    enter(page, practice, Role.PLANNER)
    page.goto(f"{DESK}/emner")
    panel = page.locator("section[aria-labelledby=sammen]")
    panel.locator("[name$=theme]").select_option(index=2)
    panel.locator("[name$=into]").select_option(index=1)
    panel.get_by_role("button", name="Læg sammen").click()
    page.goto(f"{DESK}/emner")
    press(page, "Fortryd: lagt sammen")
    page.goto(f"{DESK}/emner")
    page.locator("main .board h2 a").first.click()
    page.get_by_role("link", name="Skriv kommunens svar").click()
    page.locator("[name=words]").fill("Tak. Det tager vi med.")
    page.locator("[name=recommendation]").select_option("accommodated")
    press(page, "Gem svaret")
    expect(page.get_by_text("Gemt. Svaret gælder")).to_be_visible()
    asker = window(js=False, width=320)
    asker.goto(f"{SCHOOL}/spoerg")
    asker.wait_for_timeout(2100)
    asker.locator("[name=words]").fill("Hvornår kommer lyset?")
    asker.locator("main form button", has_text="Send").first.click()
    page.goto(f"/arbejde{SCHOOL}/spoergsmaal")
    row = page.locator("main form:has(textarea[name$=words])").first
    row.locator("textarea[name$=words]").fill("Tak, fordi du spørger. Det sker i maj.")
    row.get_by_role("button", name="Send svaret").click()
    expect(page.get_by_text("Svaret er sendt.")).to_be_visible()
