"""Every channel in one queue, from entry to receipt to points: a call, a letter, an e-mail and a sheet (RP-06)."""

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
import typst
from click.testing import CliRunner
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from participation import cli
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db
from participation.foundation.model import Letter
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from tests.browser.axe import violations
from tests.browser.chromium import DESK, PHONE
from tests.browser.pages import enter
from tests.contributions.mails import mail
from tests.persons import NOW

CASE = "/arbejde/projekter/ny-skolevej-ved-engparken"
EITHER = pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def desk(app: SettledFlask, window: Callable[..., Page], planner_person: Person) -> Callable[..., Page]:
    """Opens the planner's window: ``desk(js=False)``."""

    def open_desk(*, js: bool = True, width: int = DESK) -> Page:
        page = window(js=js, width=width)
        enter(page, app, Role.PLANNER)
        return page

    return open_desk


def look(page: Page, name: str) -> None:
    """A picture for whoever asks for one: LOOK names the folder."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def worked(app: SettledFlask) -> dict[str, str]:
    """The worker does what is owed; the letters by mail since the beginning, by recipient."""
    jobs.run_all(app, NOW + timedelta(hours=1))
    db.session.rollback()
    got: dict[str, str] = {}
    for row in db.session.scalars(sa.select(Letter).where(Letter.channel == "email").order_by(Letter.id)):
        got[row.recipient or ""] = got.get(row.recipient or "", "") + letters.read_in_full(row).words
    return got


def receipt_of(code: str, citizen: Page) -> None:
    """Somebody who was told a code opens the receipt's page with it."""
    citizen.goto("/mit-svar")
    citizen.get_by_label("Kode").fill(code)
    citizen.get_by_role("button", name="Vis mit svar").click()


def code_in(words: str) -> str:
    found = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", words)
    assert found is not None, words
    return found[0]


@dataclass
class Typist:
    """Hands on a keyboard, counted as one counts them: every key, and a thought before every field.

    The keystroke-level model (Card, Moran and Newell 1980): an average typist of 40 words a minute needs 0.28 s a key
    (about 210 a minute), and 1.35 s to think of what comes next.
    """

    page: Page
    keys: int = 0
    thoughts: int = 0

    #: Seconds a key, and seconds a thought.
    KEY = 0.28
    THOUGHT = 1.35

    @property
    def seconds(self) -> float:
        return self.keys * self.KEY + self.thoughts * self.THOUGHT

    def to(self, label: str) -> None:
        """Press the tabulator key until the field is reached."""
        self.thoughts += 1
        field = self.page.get_by_label(label, exact=False).first
        for _ in range(60):
            if field.evaluate("it => it === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"»{label}« is not reached")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += len(words)


def test_a_call_is_written_down_in_less_than_a_minute_and_answered_at_once(
    app: SettledFlask, desk: Callable[..., Page], window: Callable[..., Page]
) -> None:
    """RP-06, RP-16. The minute is counted in keys, so that no slow machine can spoil it."""
    page = desk()
    page.goto(f"{CASE}/indbakke")
    hands = Typist(page)
    page.get_by_role("link", name="Skriv et opkald, brev eller møde ind").click()
    hands.thoughts += 1
    hands.keys += 4  # to the mouse, to the link, and back
    expect(page.get_by_label("Det, der blev sagt eller skrevet")).to_be_focused()
    hands.write("Hvornår er overgangen ved skolen færdig?")
    hands.to("Det er")
    hands.write("S")  # spørgsmål
    hands.to("Besvaret straks")
    hands.write("I uge 34. Datoen står på sagens side.")
    hands.to("Navn")
    hands.write("Karen Holm")
    hands.to("E-mail")
    hands.write("karen@borger.example")
    look(page, "call-filled")
    hands.press("Enter")
    expect(page.get_by_text("Skrevet ind som nr. 1.")).to_be_visible()
    look(page, "call-done")
    print(f"a call: {hands.keys} keys, {hands.thoughts} thoughts, {hands.seconds:.0f} s")
    assert hands.seconds < 60

    code = code_in(page.get_by_text("Skrevet ind som nr. 1.").inner_text())
    got = worked(app)["karen@borger.example"]
    assert code in got
    assert "Vi har svaret på dit spørgsmål nr. 1" in got
    citizen = window(width=PHONE)
    receipt_of(code, citizen)
    expect(citizen.get_by_text("I uge 34. Datoen står på sagens side.").first).to_be_visible()
    page.goto(f"{CASE}/svar/1/del")
    expect(page.get_by_role("cell", name="Hvornår er overgangen ved skolen færdig?")).to_be_visible()


def scan(words: str = "") -> bytes:
    """A letter from a scanner: a picture of a page; with ``words`` the scanner has read the page beneath it."""
    picture = Image.new("L", (600, 800), 255)
    ImageDraw.Draw(picture).text((60, 60), "Kære kommune", fill=0)
    out = io.BytesIO()
    if not words:
        picture.save(out, "PDF")
        return out.getvalue()
    return typst.compile(words.encode())


@EITHER
def test_a_scanned_letter_with_its_text_is_points_from_the_file_with_their_pages(
    app: SettledFlask, desk: Callable[..., Page], window: Callable[..., Page], tmp_path: Path, js: bool
) -> None:
    """RP-06, RP-14, RP-23."""
    letter = tmp_path / "brev fra Inger.pdf"
    letter.write_bytes(scan("Overgangen skal ligge ved kirken.\n#pagebreak()\nStien mangler lys. Og en bænk."))
    page = desk(js=js, width=PHONE)
    page.goto(f"{CASE}/indbakke/skriv-ind")
    page.get_by_label("Kom som").select_option("letter")
    page.get_by_label("Navn", exact=False).first.fill("Inger Holm")
    page.get_by_label("E-mail", exact=False).first.fill("inger@borger.example")
    page.locator("summary", has_text="Tilføj mere").click()
    page.locator("input[name=files]").set_input_files(letter)
    page.get_by_role("button", name="Skriv ind", exact=True).click()
    expect(page.get_by_text("Skrevet ind som nr. 1.")).to_be_visible()
    code = code_in(page.get_by_text("Skrevet ind som nr. 1.").inner_text())
    assert code in worked(app)["inger@borger.example"]
    citizen = window(js=js, width=PHONE)
    receipt_of(code, citizen)
    expect(citizen.get_by_text("Du sendte 1 fil med.")).to_be_visible()

    page.goto(f"{CASE}/svar/1")
    expect(page.get_by_text("Fra filen brev fra Inger.pdf, side 1–2")).to_be_visible()
    look(page, f"letter-case-{js}")
    page.get_by_role("link", name="Del op").click()
    page.get_by_label("Hvad vil du dele op?").select_option("brev fra Inger.pdf, side 2")
    page.get_by_role("button", name="Vis", exact=True).click()
    page.get_by_label("Punkt for sætning 1").select_option("Punkt 2")
    page.get_by_label("Punkt for sætning 2").select_option("Baggrund")
    look(page, f"letter-divide-{js}")
    assert not js or (violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= PHONE)
    page.get_by_role("button", name="Gem punkterne").click()
    expect(page.get_by_text("Det er nu 2 punkter.")).to_be_visible()
    page.goto(f"{CASE}/svar/1")
    expect(page.get_by_text("Fra filen brev fra Inger.pdf, side 2", exact=True)).to_be_visible()
    expect(page.get_by_text("Fra filen brev fra Inger.pdf, side 1", exact=True)).to_be_visible()
    page.get_by_role("link", name="Læs punkt for punkt").click()
    expect(page.get_by_role("figure").get_by_text("Overgangen skal ligge ved kirken.")).to_be_visible()
    expect(page.get_by_text("Fra filen brev fra Inger.pdf, side 1", exact=True)).to_be_visible()
    look(page, f"letter-point-{js}")
    assert not js or violations(page) == []


def test_a_scan_without_text_is_typed_in_beside_its_file(
    app: SettledFlask, desk: Callable[..., Page], tmp_path: Path
) -> None:
    """RP-06: a picture of a letter has no words; the officer writes them off, and the file lies beside them."""
    letter = tmp_path / "scan.pdf"
    letter.write_bytes(scan())
    page = desk()
    page.goto(f"{CASE}/indbakke/skriv-ind")
    page.get_by_label("Kom som").select_option("letter")
    page.get_by_label("Det, der blev sagt eller skrevet").fill("Kære kommune. Vi vil have lys på stien.")
    page.locator("summary", has_text="Tilføj mere").click()
    page.get_by_label("Vil have svar med posten").check()
    page.get_by_label("Adresse", exact=False).first.fill("Møllevej 3, 9999 Engelund")
    page.locator("input[name=files]").set_input_files(letter)
    page.get_by_role("button", name="Skriv ind", exact=True).click()
    expect(page.get_by_text("Skrevet ind som nr. 1.")).to_be_visible()
    worked(app)
    post = db.session.scalars(sa.select(Letter).where(Letter.channel == "print")).one()
    assert code_in(letters.read_in_full(post).words)
    page.goto(f"{CASE}/svar/1/del?forslag=1")
    expect(page.get_by_role("cell", name="Vi vil have lys på stien.")).to_be_visible()
    expect(page.get_by_label("Hvad vil du dele op?")).to_have_count(0)


def test_an_e_mail_comes_in_by_itself_and_is_in_the_queue_with_a_receipt(
    app: SettledFlask, desk: Callable[..., Page], window: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """RP-06: the mail server's pipe runs the command."""
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)
    words = "Lys på stien, tak. Og overgangen skal ligge ved kirken."
    with time_machine.travel(NOW, tick=True):
        done = CliRunner().invoke(
            cli.main, ["mail-in"], input=mail(words, to="hoering+ny-skolevej-ved-engparken@engelund.example")
        )
    assert (done.exit_code, done.output) == (0, "number 1\n")
    code = code_in(worked(app)["karen@borger.example"])
    citizen = window(width=PHONE)
    receipt_of(code, citizen)
    expect(citizen.get_by_text(words).first).to_be_visible()
    page = desk()
    page.goto(f"{CASE}/indbakke")
    expect(page.get_by_text("Nr. 1 · Karen Holm")).to_be_visible()
    page.goto(f"{CASE}/koe")
    expect(page.get_by_text("Lys på stien, tak.").first).to_be_visible()
    page.goto(f"{CASE}/svar/1/del?forslag=1")
    expect(page.get_by_role("cell", name="Lys på stien, tak.")).to_be_visible()
    page.get_by_role("button", name="Gem punkterne").click()
    expect(page.get_by_text(re.compile("Det er nu . punkt"))).to_be_visible()


SHEET = """navn;e-mail;kom som;høringssvar
Karen Holm;karen@borger.example;møde;Overgangen skal ligge ved kirken.
Bo Friis;;møde;Stien mangler lys. Og sæt farten ned på Møllevej.
;;møde;
"""


@EITHER
def test_a_meetings_sheet_is_seen_beforehand_and_comes_in_with_receipts(
    app: SettledFlask, desk: Callable[..., Page], window: Callable[..., Page], tmp_path: Path, js: bool
) -> None:
    """RP-06."""
    sheet = tmp_path / "borgermøde.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    page = desk(js=js)
    page.goto(f"{CASE}/indbakke")
    page.get_by_role("link", name="Hent mange ind fra et regneark").click()
    page.locator("input[name=sheet]").set_input_files(sheet)
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.get_by_label("Teksten")).to_have_value("høringssvar")
    expect(page.get_by_role("cell", name="Overgangen skal ligge ved kirken.")).to_be_visible()
    page.get_by_label("Send kvittering", exact=False).check()
    look(page, f"sheet-{js}")
    page.get_by_role("button", name="Hent dem ind").click()
    expect(page.get_by_text("Vi er i gang.")).to_be_visible()
    got = worked(app)
    assert list(got) == ["karen@borger.example"]
    if not js:
        page.reload()
    expect(page.get_by_role("heading", name="1 række blev afvist")).to_be_visible()
    look(page, f"sheet-done-{js}")
    citizen = window(js=js, width=PHONE)
    receipt_of(code_in(got["karen@borger.example"]), citizen)
    expect(citizen.get_by_text("Overgangen skal ligge ved kirken.").first).to_be_visible()
    page.goto(f"{CASE}/svar/2/del?forslag=1")
    page.get_by_role("button", name="Gem punkterne").click()
    expect(page.get_by_text("Det er nu 2 punkter.")).to_be_visible()


@EITHER
def test_a_project_chooses_that_a_meetings_notes_are_an_annex(
    desk: Callable[..., Page], window: Callable[..., Page], tmp_path: Path, js: bool
) -> None:
    """RP-06: chosen once, then written down or brought in as a sheet; everybody reads it, and nothing is counted."""
    page = desk(js=js, width=PHONE if js else DESK)
    page.goto(CASE)
    page.get_by_role("link", name="Svar og mødenoter").click()
    page.get_by_label("Et bilag til sagen").check()
    look(page, f"annex-choice-{js}")
    assert not js or (violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= PHONE)
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_text("Valget er gemt.")).to_be_visible()

    page.goto(f"{CASE}/indbakke/skriv-ind")
    page.get_by_label("Kom som").select_option("meeting")
    page.get_by_label("Det, der blev sagt eller skrevet").fill("Mange spurgte til farten.\nRing 70 00 00 08.")
    page.get_by_role("button", name="Skriv ind", exact=True).click()
    expect(page.get_by_text("Der står noget privat i linje 2").first).to_be_visible()
    look(page, f"annex-private-{js}")
    page.get_by_label("Det, der blev sagt eller skrevet").fill("Mange spurgte til farten.")
    page.get_by_role("button", name="Skriv ind", exact=True).click()
    expect(page.get_by_text("Noterne ligger nu under mødet »Møde«, hvor alle kan læse dem.")).to_be_visible()
    look(page, f"annex-meetings-{js}")

    sheet = tmp_path / "borgermøde.csv"
    sheet.write_text("navn;høringssvar\nKaren Holm;Stien mangler lys.\n", encoding="utf-8")
    page.goto(f"{CASE}/indbakke/regneark")
    page.locator("input[name=sheet]").set_input_files(sheet)
    page.get_by_role("button", name="Fortsæt").click()
    expect(page.get_by_label("Rækkerne er noter fra et møde.", exact=False)).to_be_checked()
    look(page, f"annex-sheet-{js}")
    assert not js or (violations(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= PHONE)
    page.get_by_role("button", name="Hent dem ind").click()
    expect(page.get_by_text("Noterne ligger nu under mødet »Møde«, hvor alle kan læse dem.")).to_be_visible()
    citizen = window(js=js, width=PHONE)
    citizen.goto("/projekter/ny-skolevej-ved-engparken")
    citizen.locator("summary", has_text="Referat").click()
    expect(citizen.get_by_text("Mange spurgte til farten.")).to_be_visible()
    expect(citizen.get_by_text("Stien mangler lys.")).to_be_visible()
    expect(citizen.get_by_text("Karen Holm")).to_have_count(0)
    look(citizen, f"annex-public-{js}")
    page.goto(f"{CASE}/indbakke")
    expect(page.get_by_text("Her er ikke noget endnu")).to_be_visible()
