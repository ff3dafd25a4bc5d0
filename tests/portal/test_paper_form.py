"""Whoever does not write on a screen gets the form on paper: one sheet, whose code leads back to the page (RP-14)."""

from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import segno
from flask.testing import FlaskClient
from PIL import Image

from participation.foundation.db import settling
from participation.people.model import Department, Person
from participation.people.municipality import Municipality, keep
from participation.projects.model import FrameLine, Round
from participation.rules import dates
from participation.rules.kinds import Frame
from participation.rules.levels import Level
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of

HOME = "/projekter/ny-skolevej-ved-engparken"
SHEET = f"{HOME}/papirskema.pdf"


def _sides(client: FlaskClient, path: str = SHEET) -> list[str]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return [
        " ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(BytesIO(answer.data))
    ]


def _told(**facts: str) -> None:
    with settling():
        keep(Municipality(name="Engelund Kommune", home_address="Rådhuspladsen 1, 9999 Engelund", **facts), now=NOW)


def test_one_sheet_says_what_can_be_changed_by_when_and_where_it_is_handed_in(
    client: FlaskClient, hearing: Round
) -> None:
    """RP-14."""
    _told()
    first, second = _sides(client)
    for words in (
        "Ny skolevej ved Engparken",
        "Hvor overgangen ligger",
        "At der kommer en skolevej (Byrådet, 12. maj)",
    ):
        assert words in first
    assert "Vi skal have skemaet senest mandag 14. december 2026." in first
    assert "Hvad mener du?" in first
    for words in ("Navn", "Adresse", "E-mail", "Hvem ser hvad?", "Rådhuspladsen 1, 9999 Engelund", "70 00 00 01"):
        assert words in second


def test_the_code_leads_to_the_form(client: FlaskClient, hearing: Round) -> None:
    """RP-14: the code of the sheet is the code of the form's address, and a link beside it says the same."""
    address = f"http://localhost{HOME}/svar"
    with pikepdf.open(BytesIO(client.get(SHEET).data)) as opened:
        links = {str(one.A.URI) for page in opened.pages for one in page.get("/Annots", [])}
    assert address in links
    code = segno.make(address, error="m", micro=False)
    rows = ["".join(".#"[dot] for dot in row) for row in code.matrix]
    side = pypdfium2.PdfDocument(BytesIO(client.get(SHEET).data))[1].render(scale=6).to_pil().convert("1")
    assert any(_dots(side, top, len(rows)) == rows for top in range(side.height // 2, side.height - 30 * MM)), address


#: A millimetre in dots, where a point is six.
MM = 17


def _dots(side: Image.Image, top: int, size: int) -> list[str]:
    """What is printed, dark or not, in a square of 30 mm at the right margin."""
    left, step = side.width - 52 * 6 * 72 / 25.4, 30 * 6 * 72 / 25.4 / size

    def row(at: int) -> str:
        y = int(top + (at + 0.5) * step)
        return "".join(".#"[not side.getpixel((int(left + (column + 0.5) * step), y))] for column in range(size))

    return [row(at) for at in range(size)] if row(0).startswith("#######.") else []


@pytest.mark.parametrize(
    ("language", "said"),
    [("da", "Dit høringssvar"), ("en", "Your response"), ("de", "Ihre Stellungnahme")],
)
def test_it_is_printed_in_the_language_of_the_page(client: FlaskClient, hearing: Round, language, said) -> None:
    sides = _sides(client, f"{SHEET}?sprog={language}")
    assert len(sides) == 2
    assert said in sides[0]


def test_the_longest_project_still_fits_on_one_sheet(client: FlaskClient, roads: Department) -> None:
    frame = [
        FrameLine(kind=kind, words="Hvor vejen skal gå " * 20, source="Byrådet", position=n)
        for n in range(9)
        for kind in Frame
    ]
    make_project(
        roads,
        title=("Den lange vej om ad skoven " * 6)[:160],
        frame=frame,
        summary="En lang sætning om vejen " * 300,
        contact_hours="hverdage " * 12,
    )
    _told(phone="70 00 00 00")
    sides = _sides(client)
    assert len(sides) == 2
    assert "Mere står på sagens side." in sides[0]


def test_an_orientation_asks_for_a_question(client: FlaskClient, orientation: Round) -> None:
    assert "Hvad vil du vide?" in _sides(client, "/projekter/nye-affaldsspande/papirskema.pdf")[0]


def test_a_late_sheet_says_that_the_deadline_has_passed(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.closes_at = dates.local_day_end(date(2026, 11, 1))
    assert "Fristen var søndag 1. november 2026. Du kan stadig sende." in _sides(client)[0]


def test_nothing_is_printed_for_what_takes_nothing_in(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.project.cancelled_at = NOW
    assert client.get(SHEET).status_code == 409


def test_before_it_is_public_only_staff_may_print_it(
    client: FlaskClient, hearing: Round, planner_person: Person
) -> None:
    with settling():
        hearing.announced_at = hearing.project.announced_at = None
        hearing.opens_at = NOW + timedelta(days=3)
    assert client.get(SHEET).status_code == 404
    sign_in(client, planner_person)
    assert "Åbner onsdag 25. november 2026. Vi skal have skemaet senest" in _sides(client)[0]


def test_the_page_and_the_officers_lead_to_it(client: FlaskClient, hearing: Round, planner_person: Person) -> None:
    assert "Hellere på papir?" in words_of(client, HOME)
    sign_in(client, planner_person)
    for page in ("indbakke", "indbakke/skriv-ind"):
        assert SHEET in client.get(f"/arbejde{HOME}/{page}").text


def test_need_wish_and_alternative_have_lines_of_their_own_and_a_question_has_none(
    client: FlaskClient, hearing: Round, roads: Department
) -> None:
    """RP-33, FU-06: two sides still, also where the house says much."""
    _told()
    sides = _sides(client)
    assert len(sides) == 2
    assert "Hvad har du brug for?" in sides[1]
    assert "Et alternativ" in sides[1]
    asks = make_project(roads, Level.ORIENTATION).rounds[0]
    assert "Hvad har du brug for?" not in " ".join(_sides(client, f"/projekter/{asks.project.slug}/papirskema.pdf"))
