"""A co-creation in real browsers: proposals, comments, support, and a joint text in four versions (RL-09)."""

import os
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution
from participation.drafting.joint_queries import versions_shown
from participation.drafting.model import JointText
from participation.drafting.open_joint import open_joint_text
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.kinds import PublicationRule
from participation.rules.policy import Actor
from tests.persons import NOW

HOME = "/projekter/en-park-til-alle-aldre"
START = "Parken er for alle.\r\n\r\nDer er en bænk ved søen, hvor man kan sidde i læ."


@pytest.fixture(autouse=True)
def time(cocreation: Round, planner: Actor) -> Iterator[time_machine.Traveller]:
    """The round is open, what comes in is shown at once, and a joint text has begun."""
    with time_machine.travel(NOW, tick=True) as traveller:
        with settling():
            db.session.merge(cocreation.project).publication = PublicationRule.IMMEDIATELY
        with settling():
            open_joint_text(planner, cocreation, "Hvad er en god park?", START, now=NOW)
        yield traveller


def pressed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_proposals_comments_support_and_a_joint_text_in_four_versions(
    window: Callable[..., Page], time: time_machine.Traveller
) -> None:
    ida, bo, eva = window(width=320), window(js=False), window()

    ida.goto(f"{HOME}/svar")
    ida.get_by_label("Dit forslag").fill("En legeplads ved åen.")
    time.shift(10)
    pressed(ida, "Send")
    expect(ida.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit forslag.")
    bo.goto(f"{HOME}/hoeringssvar/1")
    pressed(bo, "Støt forslaget")
    expect(bo.get_by_text("1 støtter forslaget")).to_be_visible()
    bo.get_by_role("link", name="Skriv en kommentar").click()
    bo.get_by_label("Din kommentar").fill("Med skygge.")
    time.shift(10)
    pressed(bo, "Send")
    expect(bo.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget din kommentar.")
    eva.goto(f"{HOME}/hoeringssvar/1")
    expect(eva.get_by_text("Med skygge.")).to_be_visible()

    def propose(page: Page, old: str, new: str, why: str) -> None:
        field = page.get_by_label("Teksten, som du vil have den")
        field.fill(field.input_value().replace(old, new))
        page.get_by_label("Hvorfor foreslår du det?").fill(why)
        time.shift(10)
        pressed(page, "Send")

    def open_form(page: Page) -> None:
        page.goto(HOME)
        page.get_by_role("link", name="Hvad er en god park?").click()
        page.get_by_role("link", name="Foreslå en ændring").click()

    for page in (ida, bo, eva):
        open_form(page)
    look(ida, "joint-form")
    ida.get_by_role("textbox", name="Navn").fill("Ida Holm")
    ida.get_by_label("Vis mit navn på siden").check()
    propose(ida, "en bænk", "to bænke", "Der er tit fyldt.")
    expect(ida.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit ændringsforslag.")
    propose(bo, "for alle", "for både børn og gamle", "Så er det tydeligt.")
    expect(bo.get_by_role("heading", name="Ida Holm har foreslået version 2, mens du skrev")).to_be_visible()
    expect(bo.get_by_label("Hvorfor foreslår du det?")).to_have_value("Så er det tydeligt.")
    look(bo, "joint-overtaken")
    propose(bo, "en bænk", "to bænke", "Så er det tydeligt.")
    expect(bo.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit ændringsforslag.")
    open_form(eva)
    propose(eva, "i læ", "i læ og i sol", "Om foråret er solen god.")

    eva.goto(HOME)
    eva.get_by_role("link", name="Hvad er en god park?").click()
    expect(eva.get_by_text("Der er to bænke ved søen, hvor man kan sidde i læ og i sol.")).to_be_visible()
    look(eva, "joint")
    eva.get_by_role("link", name="Se, hvad version 4 ændrer").click()
    eva.get_by_label("Sammenlign med").select_option("1")
    pressed(eva, "Vis forskellen")
    expect(eva.locator("del").first).to_contain_text("alle")
    expect(eva.locator("ins").first).to_contain_text("både børn og gamle")
    look(eva, "joint-version")
    ida.goto(eva.url)
    look(ida, "joint-version-320")

    db.session.rollback()
    joint = db.session.scalars(sa.select(JointText)).one()
    assert [(one.number, one.based_on) for one in versions_shown(joint)] == [(1, None), (2, 1), (3, 2), (4, 3)]
    kinds = db.session.scalars(sa.select(Contribution.kind).order_by(Contribution.number)).all()
    assert kinds == ["proposal", "comment", "revision", "revision", "revision"]
