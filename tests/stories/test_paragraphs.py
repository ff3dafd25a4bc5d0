"""Three paragraphs of the proposal are written about from its own page: by keyboard alone, and without JavaScript."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution
from participation.contributions.publish import publish_contributions
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.jobs.owing import owe_periodic
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Round
from participation.rules.policy import Actor
from tests.browser.keys import Keys
from tests.persons import NOW

PLAN = """## § 1 Stien

§ 1.1 Der bygges cykelsti langs Tranbyvej i planens femte år.

§ 1.2 På stierne slukkes hver anden lampe om natten.

## § 2 Skolen

§ 2.1 Krydset ved kirken får lys med trykknap.

§ 2.2 Busstoppet flyttes 60 meter mod øst.
"""


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def test_three_paragraphs_are_written_about_by_keyboard_and_without_javascript(
    window: Callable[..., Page], time: time_machine.Traveller, hearing: Round, planner: Actor
) -> None:
    """RP-05 RP-42 WCAG 2.1.1: chosen where they stand, seen in the form, on the receipt and counted on the page."""
    project = hearing.project
    page_of = f"/projekter/{project.slug}"
    with settling():
        piece = attach_material(planner, project, Piece("Planen", words=PLAN), now=NOW).id
    owe_periodic(NOW)
    jobs.run_all(None, NOW)
    db.session.rollback()
    material = f"{page_of}/materiale/{piece}"

    citizen = Keys(window(width=320))
    citizen.page.goto(material)
    for name in ("§ 1.1", "§ 2.1", "§ 2.2"):
        citizen.to(name)
        citizen.page.keyboard.press("Space")
    citizen.press("Skriv om de valgte afsnit")
    chosen = citizen.page.get_by_role("checkbox", name="Planen")
    expect(chosen).to_have_count(3)
    citizen.to("§ 2.2 i Planen")
    citizen.page.keyboard.press("Space")
    citizen.write("Dit høringssvar", "Stien og krydset hører sammen.")
    time.shift(timedelta(seconds=40))
    citizen.press("Send")
    expect(citizen.page.get_by_role("heading", level=1)).to_contain_text("Tak")
    expect(citizen.page.locator("main")).to_contain_text("§ 2.1 Krydset ved kirken får lys")
    expect(citizen.page.locator("main")).not_to_contain_text("Busstoppet")

    plain = window(js=False)
    plain.goto(material)
    for name in ("§ 1.1", "§ 1.2", "§ 2.1"):
        plain.get_by_role("checkbox", name=name).check()
    plain.get_by_role("button", name="Skriv om de valgte afsnit").click()
    plain.get_by_role("button", name="Send", exact=True).click()  # nothing is written yet
    expect(plain.locator(".to-mend")).to_be_visible()
    expect(plain.get_by_role("checkbox", name="Planen", checked=True)).to_have_count(3)
    plain.locator("[name=words]").fill("Lad lamperne lyse.")
    time.shift(timedelta(seconds=40))
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Tak")

    with settling():
        for one in db.session.query(Contribution).order_by(Contribution.id):
            one.read_at, one.suspicious = NOW, False
    with settling():
        assert publish_contributions(planner, db.session.merge(project), now=NOW) == 2
    plain.goto(material)
    for number, written in ((1, "2 har skrevet om det"), (2, "1 har skrevet om det"), (3, "2 har skrevet om det")):
        expect(plain.locator(f"#afsnit-{number}")).to_contain_text(written)
    expect(plain.locator("#afsnit-4")).not_to_contain_text("har skrevet om det")
    plain.locator("#afsnit-4").get_by_role("link", name="Skriv om dette afsnit").click()
    expect(plain.get_by_role("checkbox", name="§ 2.2 i Planen")).to_be_checked()
