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
from participation.projects.model import Material, Passage, Round
from participation.queue.ask import Expert, ask_expert, token_of
from participation.queue.assign import Chosen, assign_points
from participation.queue.index import index_changes
from participation.rules import dates
from participation.rules.kinds import Kind, MaterialKind, Role
from participation.rules.policy import Actor
from participation.themes.edit import new_theme
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
        assert page.locator("html").evaluate("html => html.scrollWidth") <= width, path


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


def test_many_are_answered_by_keyboard_alone(app: SettledFlask, window: Callable[..., Page], pages: list[str]) -> None:
    """RE-08, FU-08: what would happen, what is missing, and what was done have no barrier either."""
    page = window(width=PHONE)
    enter(page, app, Role.PLANNER)
    page.goto(pages[0])
    for choice in ("Alle, som filteret viser", "Giv dem det samme svar"):
        page.get_by_label(choice).focus()
        page.keyboard.press("Space")
    for button, heading in (("Se, hvad der sker", "Samme svar"), ("Giv dem svaret", "Samme svar")):
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert axe.violations(page) == [], button
    page.locator("[name=words]").focus()
    page.keyboard.type("Tak. Det er med.")
    page.locator("[name=recommendation]").select_option("accommodated")
    page.get_by_role("button", name="Giv dem svaret").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("60 punkter har fået svar.")).to_be_visible()
    assert axe.violations(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE


def test_a_topic_is_dragged_to_another_head_or_moved_there_by_keyboard(
    app: SettledFlask, window: Callable[..., Page], planner: Actor, hearing: Round, pages: list[str]
) -> None:
    """K9: the drag only fills in the form that is there without it."""
    with settling():
        one, other = (new_theme(planner, hearing.project, title, now=NOW) for title in ("Trafik", "Park"))
        topic = new_theme(planner, hearing.project, "Overgang", one, now=NOW)
    page = window()
    enter(page, app, Role.PLANNER)
    page.goto(f"{pages[0].removesuffix('/koe')}/emner")
    page.locator(f"#emne-{topic.id}").drag_to(page.locator(f"#h-{other.id}"))
    expect(page.get_by_text("Emnet er flyttet.")).to_be_visible()
    expect(page.locator("section", has=page.locator(f"#h-{other.id}")).locator(f"#emne-{topic.id}")).to_be_visible()
    for field, key in (("theme", "End"), ("parent", "ArrowDown")):  # the topic, and the first head
        page.locator(f"[name='flyt-{field}']").focus()
        page.keyboard.press(key)
    page.get_by_role("button", name="Flyt emnet").focus()
    page.keyboard.press("Enter")
    expect(page.locator("section", has=page.locator(f"#h-{one.id}")).locator(f"#emne-{topic.id}")).to_be_visible()
    assert axe.violations(page) == []


def test_a_paragraph_of_the_material_is_edited_without_a_barrier(
    app: SettledFlask, window: Callable[..., Page], hearing: Round, pages: list[str]
) -> None:
    """RL-35: the paragraph, the change with what was taken out and put in, and the table of all."""
    with settling():
        plan = Material(project_id=hearing.project_id, kind=MaterialKind.TEXT, title="Planen", added_at=NOW)
        db.session.add(plan)
        db.session.flush()
        db.session.add(Passage(material_id=plan.id, position=1, heading="§ 5.2", words="Stien er 2 m bred."))
    page, changes = window(width=PHONE), f"{pages[0].removesuffix('/koe')}/aendringer"
    enter(page, app, Role.PLANNER)
    page.goto(f"{changes}/afsnit")
    assert axe.violations(page) == []
    page.get_by_role("link", name="Ret afsnittet").press("Enter")
    assert axe.violations(page) == []
    page.get_by_role("button", name="Gem ændringen").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe.violations(page) == []
    page.locator("[name=after]").fill("Stien er 3 m bred.")
    page.get_by_role("button", name="Gem ændringen").press("Enter")
    expect(page.locator("del").first).to_be_visible()
    for path in (changes, f"{changes}/tabel"):
        page.goto(path)
        assert axe.violations(page) == [], path
        assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE, path
