"""A hearing is announced, answered on a phone in four acts, and the receipt comes by mail."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, Request, expect

from participation.contributions.model import Contribution
from participation.foundation import codes, jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.people import passwords
from participation.people.model import Person
from tests.mailbox import MailServer, receiving

PASSWORD = "hest batteri cykelsti tagsten"
START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
WORDS = "Overgangen skal ligge ved kirken, ikke ved tanken."
PAGE = "/projekter/ny-skolevej-ved-engparken"


@pytest.fixture
def mail_server(app: SettledFlask) -> Iterator[MailServer]:
    """A mail server that the app is set to."""
    with receiving(app) as server:
        yield server


class Citizen:
    """A citizen on a phone; counts the acts: a page that was opened, a field that was filled, a button pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts: list[str] = []

    def open(self, path: str) -> None:
        self.acts.append("open")
        self.page.goto(path)

    def press(self, name: str) -> None:
        self.acts.append("press")
        self.page.locator("a, button").filter(has_text=name).first.click()

    def fill(self, label: str, words: str) -> None:
        self.acts.append("fill")
        self.page.get_by_label(label).fill(words)

    def fits(self) -> None:
        """Nothing sticks out of the screen."""
        assert self.page.locator("html").evaluate("html => html.scrollWidth") <= 320


def announce(page: Page, planner: Person) -> int:
    """The planner announces from the sign-in; gives the number of acts (a POST is one)."""
    acts: list[str] = []

    def count(request: Request) -> None:
        acts.extend([request.url] * (request.method == "POST"))

    page.on("request", count)
    page.goto("/log-ind")
    page.get_by_label("E-mail").fill(planner.email)
    page.get_by_label("Kodeord").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/arbejde/projekter/nyt")
    page.locator("#niveau-hearing").check()
    page.locator("[name=sagstype]").select_option("trafik")
    page.get_by_role("button", name="Fortsæt").click()
    page.locator("[name=title]").fill("Ny skolevej ved Engparken")
    page.locator("[name=summary]").fill("Børn skal krydse Møllevej et nyt sted. Vi vil høre, hvad du mener.")
    page.locator("[name=meaning]").fill("Dit barn får en kortere vej til skole.")
    page.get_by_role("button", name="Gem kladden").click()
    page.get_by_role("button", name="Offentliggør").click()
    expect(page.get_by_text("Projektet er offentliggjort.")).to_be_visible()
    return len(acts)


@pytest.mark.parametrize("js", [True, False], ids=["script", "no script"])
def test_a_citizen_answers_on_a_phone_in_four_acts_and_the_receipt_comes_by_mail(
    app: SettledFlask,
    window: Callable[..., Page],
    planner_person: Person,
    mail_server: MailServer,
    tmp_path: Path,
    js: bool,
) -> None:
    """Issue 2, stage 1: announce, answer in at most 4 acts at 320 px, and a receipt by a real mail server."""
    with settling():
        planner_person.password_hash = passwords.hash_password(PASSWORD)
    with time_machine.travel(START, tick=True) as clock:
        by_planner = announce(window(js=False), planner_person)

        clock.move_to(START + timedelta(days=3))
        citizen = Citizen(window(width=320, js=js))
        citizen.open(PAGE)
        citizen.fits()
        citizen.press("Skriv dit høringssvar")
        citizen.fits()
        citizen.fill("Dit høringssvar", WORDS)
        citizen.page.screenshot(path=tmp_path / "form.png", full_page=True)
        citizen.press("Send")
        expect(citizen.page.get_by_role("heading", level=1)).to_contain_text("Tak")
        citizen.fits()
        citizen.page.screenshot(path=tmp_path / "receipt.png", full_page=True)
        assert len(citizen.acts) <= 4
        print(f"\n{by_planner} staff acts to announce (the sign-in is one), {len(citizen.acts)} acts to answer")
        assert by_planner <= 5

        other = Citizen(window(width=320, js=js))
        other.open(f"{PAGE}/svar")
        other.fill("Dit høringssvar", "Der mangler lys på stien.")
        other.fill("E-mail (valgfrit)", "mia@borger.example")
        other.press("Send")
        expect(other.page.get_by_role("heading", level=1)).to_contain_text("Tak")
        assert len(other.acts) == 4

        db.session.rollback()
        jobs.run_all(app, datetime.now(UTC))
        jobs.run_all(app, datetime.now(UTC))
        db.session.rollback()
        kept = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).all()
        assert [one.words for one in kept] == [WORDS, "Der mangler lys på stien."]
        receipts = [mail for to, mail in mail_server.got if to == ["mia@borger.example"]]
        assert len(receipts) == 1, [to for to, _mail in mail_server.got]
        body = receipts[0].get_body(("plain",))
        assert body is not None
        code = codes.show_code(codes.tracking_code(kept[1].id, kept[1].code_version))
        for word in (code, "Nummeret er 2.", "4. september 2026 kl. 09.00"):
            assert word in body.get_content(), body.get_content()
