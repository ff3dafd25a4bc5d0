"""Submit, answer and publish by the keyboard alone: what has the focus is seen, comes in order, and lets go again."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from participation.foundation.db import SettledFlask, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import ApprovalRule, Role
from tests.browser.keys import Keys
from tests.browser.pages import enter
from tests.persons import NOW

PAGE = "/projekter/ny-skolevej-ved-engparken"


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    """The hearing is open; its deadline passes when the story says so."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def test_a_hearing_is_answered_weighed_and_published_without_a_mouse(
    app: SettledFlask,
    window: Callable[..., Page],
    time: time_machine.Traveller,
    hearing: Round,
    planner_person: Person,
    councillor_person: Person,
) -> None:
    """WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7; RL-04: the council reads it on a tablet, too."""
    closes = hearing.closes_at
    assert closes is not None
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    citizen = Keys(window(width=320))
    citizen.page.goto(PAGE)
    citizen.press("Skriv dit høringssvar")
    citizen.write("Dit høringssvar", "Overgangen skal ligge ved kirken.")
    time.shift(timedelta(seconds=40))
    citizen.press("Send")
    expect(citizen.page.get_by_role("heading", level=1)).to_contain_text("Tak")

    time.move_to(closes + timedelta(days=1))
    planner = Keys(window())
    enter(planner.page, app, Role.PLANNER)
    planner.page.goto("/arbejde")
    planner.press("Ny skolevej ved Engparken")
    planner.press("Svar")
    planner.write("Forvaltningens bemærkninger", "Tak. Vi flytter den.")
    planner.choose("Indstilling", "accommodated")
    planner.press("Gem alle svar")
    expect(planner.page.get_by_text("Gemt.")).to_be_visible()
    planner.press("Rapport")
    planner.press("Offentliggør hvidbogen")
    expect(planner.page.get_by_role("heading", name="Versioner")).to_be_visible()

    member = Keys(window(width=820))
    enter(member.page, app, Role.COUNCILLOR)
    member.page.goto("/arbejde/raad")
    member.press("Ny skolevej ved Engparken")
    member.to("Høringssvar nr. 1")
    member.page.keyboard.press("Enter")
    expect(member.page.locator("#nr-1 blockquote")).to_have_text("Overgangen skal ligge ved kirken.")
    expect(member.page.locator("#nr-1 blockquote")).to_be_visible()
