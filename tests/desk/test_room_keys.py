"""The reading room by keys in a real browser: from point to point, a note in two strokes, a colleague who is seen."""

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution, Note
from participation.contributions.split import split_contribution
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from participation.rules.policy import Actor
from tests.browser import axe
from tests.browser.pages import enter
from tests.contributed import receive
from tests.persons import NOW


@pytest.fixture
def letter(planner: Actor, hearing: Round) -> Contribution:
    """A letter of two points, before another one."""
    one, _last = receive(hearing, "Mere lys på stien. Flyt skolen.", "Farvel.")
    text = one.texts[0].id
    with settling():
        split_contribution(planner, one, [[(text, 0, 18)], [(text, 19, 31)]], now=NOW)
    db.session.rollback()
    return db.session.get_one(Contribution, one.id)


@pytest.fixture
def room(app: SettledFlask, window: Callable[..., Page], planner_person: Person, letter: Contribution) -> Page:
    """The first point of the letter, open in the planner's browser while the hearing is."""
    page = window()
    enter(page, app, Role.PLANNER)
    page.goto(f"/arbejde/projekter/{letter.project.slug}/punkter/{letter.points[0].id}/svar")
    return page


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def heading(page: Page):
    return page.get_by_role("heading", name=re.compile(r"^Punkt \d+ af"))


def test_keys_lead_on_and_back_and_can_be_switched_off(room: Page) -> None:
    room.keyboard.press("j")
    expect(heading(room)).to_have_text("Punkt 2 af 2")
    room.keyboard.press("k")
    expect(heading(room)).to_have_text("Punkt 1 af 2")
    room.get_by_text("Taster på siden").click()
    room.get_by_label("Brug tasterne i denne browser").uncheck()
    room.keyboard.press("Escape")
    room.keyboard.press("j")
    expect(heading(room)).to_have_text("Punkt 1 af 2")


def test_a_note_is_written_in_two_strokes(room: Page) -> None:
    """RE-36: one key to begin, one to keep it."""
    room.keyboard.press("t")
    room.keyboard.type("Ringede til afsenderen.")
    room.keyboard.press("Control+Enter")
    expect(room.get_by_text("Notatet er gemt i sagen.")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(sa.select(Note.words)).all() == ["Ringede til afsenderen."]


def test_a_letter_is_typed_where_one_writes_and_is_no_key_there(room: Page) -> None:
    room.keyboard.press("b")
    room.keyboard.type("Ja, det gør vi.")
    expect(room.get_by_label("Forvaltningens bemærkninger")).to_have_value("Ja, det gør vi.")
    room.keyboard.press("Escape")
    room.keyboard.press("j")
    expect(heading(room)).to_have_text("Punkt 2 af 2")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_room_is_open_to_everybody_and_whole_on_a_phone(room: Page, width: int) -> None:
    room.set_viewport_size({"width": width, "height": 900})
    assert axe.violations(room) == []
    assert room.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_a_colleague_on_the_same_letter_is_named(
    app: SettledFlask, window: Callable[..., Page], leader_person: Person, room: Page
) -> None:
    other = window()
    enter(other, app, Role.LEADER)
    other.goto(room.url)
    expect(other.get_by_text("Pia Planlægger læser det også lige nu")).to_be_visible()
