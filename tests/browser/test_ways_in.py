"""A time for a talk and a citizen's own page in a real browser: on a phone, without JavaScript, and for everybody."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.dispute import confirm_email
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.model import Round, TalkBooking
from participation.projects.talk import offer_talks
from participation.rules.kinds import TalkWay
from participation.rules.policy import Actor
from tests.browser.axe import violations
from tests.contributions.sending import holder_of, submitted
from tests.persons import NOW

PROJECT = "/projekter/ny-skolevej-ved-engparken"


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_a_time_is_taken_from_the_projects_page_and_given_back(
    window: Callable[..., Page], planner: Actor, hearing: Round, js: bool
) -> None:
    """RP-15."""
    at = NOW.replace(day=25, hour=9, minute=0, second=0)
    with settling():
        offer_talks(planner, hearing.project, [(at, at + timedelta(minutes=20))], TalkWay.PLACE, "Rådhuset", now=NOW)
    page = window(width=320, js=js)
    page.goto(PROJECT)
    page.get_by_role("link", name="Bestil en tid til en snak").click()
    page.get_by_label("25. november 2026 kl. 10.00–10.20").check()
    page.get_by_label("Navn", exact=True).fill("Ida Holm")
    page.get_by_label("Telefon").fill("70 00 00 08")
    assert not js or (violations(page) == [] and fits(page))
    page.get_by_role("button", name="Tag tiden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tak. Tiden er din")
    expect(page.get_by_text("Sted: Rådhuset")).to_be_visible()
    assert not js or (violations(page) == [] and fits(page))
    page.get_by_role("button", name="Meld afbud").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har ikke længere en tid")
    db.session.rollback()
    assert db.session.scalars(sa.select(TalkBooking.name)).all() == [""]


def test_ones_own_page_is_opened_by_the_letter_and_is_for_everybody(
    window: Callable[..., Page], app: SettledFlask, hearing: Round
) -> None:
    one = submitted(hearing, "Lys på stien, tak.", email="ida@borger.example")
    with settling():
        confirm_email(holder_of(one), one, now=NOW)
    page = window(width=320)
    page.goto("/min-side")
    assert violations(page) == []
    page.get_by_label("Din e-mail").fill("ida@borger.example")
    page.get_by_role("button", name="Send mig et link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Se i din indbakke")
    jobs.run_all(app, NOW + timedelta(minutes=1))
    db.session.rollback()
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "account_link")).one()
    link = re.search(r"/min-side/ind/\S+", letters.read_in_full(letter).words)
    assert link is not None
    page.goto(link[0])
    page.get_by_role("button", name="Åbn Min side").click()
    expect(page.get_by_text("Lys på stien, tak.")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Se, hvor nr. 1 er").click()
    expect(page.get_by_text("Lys på stien, tak.").first).to_be_visible()
