"""A place on a page of a file is covered with the mouse, by the keyboard, and without JavaScript (RE-26)."""

import io
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image
from playwright.sync_api import Page, expect

from participation.contributions.model import Mask
from participation.foundation import files
from participation.foundation.db import SettledFlask, db
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from tests.browser.pages import enter
from tests.contributions.sending import submitted
from tests.persons import NOW


@pytest.fixture
def path(hearing: Round, planner_person: Person) -> Iterator[str]:
    """The page of a drawing that somebody sent."""
    drawing = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(drawing, "PNG")
    with time_machine.travel(NOW, tick=True):
        one = submitted(hearing, "Se min skitse.", files=(files.store(drawing.getvalue(), "skitse.png"),))
        yield f"/arbejde/projekter/{hearing.project.slug}/indbakke/{one.number}/privat/fil/{one.attachments[0].id}/1"


def edges() -> list[tuple[float | None, ...]]:
    """Left, right, top and bottom of what is covered, as parts of the page."""
    db.session.rollback()
    return [(one.left, one.right, one.top, one.bottom) for one in db.session.scalars(sa.select(Mask))]


def test_a_box_is_drawn_with_the_mouse(app: SettledFlask, window: Callable[..., Page], path: str) -> None:
    page = window()
    enter(page, app, Role.PLANNER)
    page.goto(path)
    sheet = page.locator("[data-area]")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    corners = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in ((0.6, 0.3), (0.2, 0.1))]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1])
    page.mouse.up()
    page.get_by_role("button", name="Dæk det").click()
    expect(page.get_by_text("Det er dækket i den kopi, der kan vises.")).to_be_visible()
    assert edges() == [pytest.approx((0.2, 0.6, 0.1, 0.3), abs=0.011)]


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_its_edges_can_be_written_instead(app: SettledFlask, window: Callable[..., Page], path: str, js: bool) -> None:
    page = window(js=js, width=320)
    enter(page, app, Role.PLANNER)
    page.goto(path)
    for label, percent in (
        ("Venstre kant", "20"),
        ("Højre kant", "60"),
        ("Øverste kant", "10"),
        ("Nederste kant", "30"),
    ):
        page.get_by_label(label).fill(percent)
    expect(page.get_by_text("Træk en firkant")).to_be_visible(visible=js)
    page.get_by_role("button", name="Dæk det").click()
    expect(page.get_by_text("Det er dækket i den kopi, der kan vises.")).to_be_visible()
    assert edges() == [pytest.approx((0.2, 0.6, 0.1, 0.3))]
