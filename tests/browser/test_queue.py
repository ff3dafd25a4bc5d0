"""The pages of a large case in a browser: no barrier that axe sees, whole on a phone, and worked by keyboard (K8)."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.model import Point
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.queue.ask import Expert, ask_expert, token_of
from participation.queue.assign import Chosen, assign_points
from participation.queue.index import index_changes
from participation.rules import dates
from participation.rules.kinds import Kind, Role
from participation.rules.policy import Actor
from tests.browser import axe
from tests.browser.chromium import DESK, PHONE
from tests.browser.pages import enter
from tests.persons import NOW


@pytest.fixture
def pages(planner: Actor, planner_person: Person, hearing: Round) -> Iterator[list[str]]:
    """The addresses of all pages of a case with sixty received, one act on many and one assessment asked for."""
    with time_machine.travel(NOW, tick=True):
        today = dates.local_day(NOW)
        with settling():
            many = [Incoming(f"Flyt overgang nr. {number}.", Kind.RESPONSE, NOW) for number in range(60)]
            bring_in(hearing, many, batch_id=None, registered_by=None, now=NOW)
        while index_changes():
            pass
        with settling():
            batch = assign_points(planner, hearing.project, Chosen(), planner_person, today, now=NOW)
        points = db.session.scalars(sa.select(Point.id).limit(3)).all()
        expert = Expert("Birk Biolog", "Natur", "birk@natur.example")
        with settling():
            asked = ask_expert(planner, hearing.project, points, expert, "Er der padder?", today, now=NOW)
        base = f"/arbejde/projekter/{hearing.project.slug}"
        yield [
            f"{base}/koe",
            f"{base}/koe?tilstand=mangler&hos={planner_person.id}",
            f"{base}/koe/samlet/{batch.id}",
            f"{base}/soeg?q=overgang",
            f"{base}/vurderinger",
            "/arbejde/mine",
            f"/vurdering/{token_of(asked.id, asked.code_version)}",
        ]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_of_the_queue_has_a_barrier(
    app: SettledFlask, window: Callable[..., Page], pages: list[str], width: int
) -> None:
    page = window(width=width)
    enter(page, app, Role.PLANNER)
    for path in pages:
        page.goto(path)
        assert axe.violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_many_are_handed_out_by_keyboard_alone(
    app: SettledFlask, window: Callable[..., Page], pages: list[str]
) -> None:
    page = window()
    enter(page, app, Role.PLANNER)
    page.goto(pages[0])
    page.get_by_label("Alle, som filteret viser").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Se, hvad der sker").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Det sker der")
    assert axe.violations(page) == []
    page.get_by_role("button", name="Gør det").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gjort med 60 punkter.")).to_be_visible()
