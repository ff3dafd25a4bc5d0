"""A proxy writes for her mother, with a companion: from the form to the receipt, the letters and the points."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db
from participation.foundation.model import Letter
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from tests.browser.pages import enter
from tests.persons import NOW

PATH = "/projekter/ny-skolevej-ved-engparken"
WORDS = "Min mor kan ikke gå så langt. Overgangen skal ligge ved kirken."


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def delivered() -> dict[str, str]:
    """What each has got, codes and links and all."""
    jobs.run_all(None, NOW + timedelta(hours=1))
    db.session.rollback()
    rows = db.session.scalars(sa.select(Letter).where(Letter.channel == "email").order_by(Letter.id))
    return {row.recipient or "": letters.read_in_full(row).words for row in rows}


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_a_proxy_with_a_companion_from_entry_to_points(
    app: SettledFlask, window: Callable[..., Page], planner_person: Person, tmp_path: Path, js: bool
) -> None:
    """RE-44, RE-45."""
    authority = tmp_path / "fuldmagt.txt"
    authority.write_text("Jeg giver Ida Holm fuldmagt. Inger Holm", encoding="utf-8")
    page = window(js=js, width=320)
    page.goto(f"{PATH}/svar")
    page.get_by_label("Dit høringssvar").fill(WORDS)
    page.get_by_label("E-mail", exact=False).first.fill("ida@borger.example")
    page.locator("summary", has_text="Tilføj mere").click()
    page.get_by_label("Navn", exact=False).first.fill("Ida Holm")
    page.locator("summary", has_text="På vegne af en anden").click()
    page.get_by_label(re.compile("^På vegne af")).fill("Inger Holm")
    page.get_by_label(re.compile("^E-mail til den, der skrives for")).fill("inger@borger.example")
    page.get_by_label(re.compile("^Fuldmagt som fil")).set_input_files(authority)
    page.get_by_label(re.compile("^Bisidder")).fill("Bo Friis")
    page.get_by_label(re.compile("^E-mail til bisidderen")).fill("bo@borger.example")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit høringssvar.")
    expect(page.get_by_text("Du skriver på vegne af Inger Holm.")).to_be_visible()
    expect(page.get_by_text("Din bisidder er Bo Friis.")).to_be_visible()

    got = delivered()
    assert sorted(got) == ["bo@borger.example", "ida@borger.example", "inger@borger.example"]
    other = window(js=js, width=320)
    stop = re.search(r"/kopi/\S+", got["bo@borger.example"])
    assert stop is not None
    other.goto(stop[0])
    other.get_by_role("button", name="Nej tak, send ikke flere kopier").click()
    expect(other.get_by_text("Du får ikke flere kopier")).to_be_visible()
    other.goto("/mit-svar/hvor")
    expect(other.get_by_text(WORDS)).to_have_count(0)

    desk = window(js=js)
    enter(desk, app, Role.PLANNER)
    desk.goto(f"/arbejde{PATH}/svar/1")
    expect(desk.get_by_text("Inger Holm (får kopi af brevene på inger@borger.example)")).to_be_visible()
    expect(desk.get_by_text("Bo Friis (har sagt nej tak til kopier af breve)")).to_be_visible()
    with desk.expect_download() as coming:
        desk.get_by_role("link", name="Åbn fuldmagten").click()
    assert "Ida Holm fuldmagt" in coming.value.path().read_text(encoding="utf-8")
    desk.get_by_role("link", name="Læs punkt for punkt").click()
    expect(desk.get_by_text(WORDS).first).to_be_visible()
