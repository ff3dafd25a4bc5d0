"""What can go wrong on an ordinary day: a clear Danish sentence, every typed word kept, and nothing else changed."""

import io
from collections.abc import Iterator
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine

from participation.contributions.model import Contribution, DroppedFile
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db
from participation.people.model import Person
from participation.projects.model import Round
from tests.contributions.mails import mail
from tests.persons import NOW
from tests.stories.visit import Visit

SLUG = "ny-skolevej-ved-engparken"
INBOX = f"/arbejde/projekter/{SLUG}/indbakke"

#: What counts attempts and says that somebody looked; it may grow, and nothing that anybody wrote is in it.
ASIDE = {"budget"}
#: What a file leaves behind when it was taken in and could not be read: the file, the row that names it, and the log.
FILE_KEPT = {"file", "dropped_file", "log", "unsealed"}
#: What an import leaves behind that brought nothing in.
IMPORT_KEPT = {"file", "import_batch", "import_row", "log", "unsealed", "seal", "job"}


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def planner(app: SettledFlask, planner_person: Person, hearing: Round) -> Visit:
    """The planner of an open hearing."""
    return Visit(app, planner_person)


def rows() -> dict[str, int]:
    """How many rows stand in each table."""
    db.session.rollback()
    counted = {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in db.metadata.tables.items()
        if name not in ASIDE
    }
    assert len(counted) > 20
    return counted


def grown(before: dict[str, int]) -> set[str]:
    """The tables that have other rows now."""
    return {name for name, count in rows().items() if count != before[name]}


def writing(app: SettledFlask, time: time_machine.Traveller) -> Visit:
    """A citizen at the form, a while after it was opened."""
    citizen = Visit(app).open(f"/projekter/{SLUG}/svar")
    time.shift(timedelta(minutes=3))
    return citizen


def sheet(*lines: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(planner: Visit, data: bytes, name: str, status: int = 200) -> Visit:
    return planner.open(f"{INBOX}/regneark").press("Fortsæt", {"sheet": (io.BytesIO(data), name)}, status=status)


def test_an_empty_text_is_asked_for_and_the_rest_of_the_form_stands(
    app: SettledFlask, hearing: Round, time: time_machine.Traveller
) -> None:
    citizen, before = writing(app, time), rows()
    citizen.press("Send", {"words": " \n ", "email": "mia@borger.example", "place": "ved kirken"}, status=422)
    citizen.says("Skriv, hvad du mener, før du sender.")
    assert citizen.value("email") == "mia@borger.example"
    assert citizen.value("place") == "ved kirken"
    assert grown(before) == set()
    citizen.press("Send", {"words": "Nu er der ord."}).says("Tak")


def test_two_hundred_thousand_characters_are_too_many_and_every_one_of_them_stands_in_the_field(
    app: SettledFlask, hearing: Round, time: time_machine.Traveller
) -> None:
    citizen, before = writing(app, time), rows()
    words = "Æblerød grød på øen. " * 9_524
    long = words[:200_000]
    citizen.press("Send", {"words": long}, status=422).says("200.000 tegn")
    assert citizen.value("words") == long
    assert grown(before) == set()
    citizen.press("Send", {"words": long[:20_000]}).says("Tak")


def test_a_wrong_code_is_answered_with_where_to_look_and_stands_to_be_mended(app: SettledFlask, hearing: Round) -> None:
    visitor, before = Visit(app).open("/mit-svar"), rows()
    visitor.press("Vis mit svar", {"code": "K7QF-2M9X-4TRA-8HWD"}, status=422)
    visitor.says("Vi kender ikke den kode. Se efter på din kvittering.")
    assert visitor.value("code") == "K7QF-2M9X-4TRA-8HWD"
    assert grown(before) == set()


def test_whoever_was_writing_when_the_project_was_cancelled_gets_the_words_back(
    app: SettledFlask, planner: Visit, time: time_machine.Traveller
) -> None:
    """RELIABILITY: the form was open when the project was cancelled; the words are never lost on the way."""
    citizen = writing(app, time)
    planner.open(f"/arbejde/projekter/{SLUG}/aflys")
    planner.press("Aflys projektet", {"reason": "Der er ikke penge til vejen i år."})
    before = rows()
    citizen.press("Send", {"words": "Overgangen skal ligge ved kirken."}, status=409)
    citizen.says("aflyst", "Overgangen skal ligge ved kirken.")
    assert "Ring på eller" not in citizen.words, "no telephone number is set up"
    assert grown(before) == set()
    Visit(app).open(f"/projekter/{SLUG}").says("Der er ikke penge til vejen i år.")
    planner.open(INBOX).says("Her er ikke noget endnu")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tom.eml", b""),
        ("mail.eml", b"\x00\x01\x02\xff\xfe" * 40),
        ("brev.docx", b"PK\x03\x04 i stykker"),
        ("brev.pdf", b"%PDF-1.7\nafbrudt"),
        ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 200),
    ],
)
def test_a_damaged_mail_is_kept_as_it_came_and_becomes_nobodys_words(planner: Visit, name: str, data: bytes) -> None:
    """RP-06: dropped beside a whole one; the whole one comes in, the damaged one waits to be written in by hand."""
    planner.open(INBOX)
    before = rows()
    planner.press("Læg ind", {"files": [(io.BytesIO(data), name)]})
    planner.says(name, "Ikke læst ind")
    assert grown(before) <= FILE_KEPT
    dropped = db.session.scalars(sa.select(DroppedFile)).one()
    assert dropped.contribution_id is None
    assert [problem for problem in dropped.problems if problem.endswith(".")]
    planner.open(INBOX).press("Læg ind", {"files": [(io.BytesIO(mail()), "hel.eml")]}).says(
        "1 høringssvar er lagt ind."
    )


def test_a_workbook_with_broken_rows_brings_the_others_in_and_names_each_broken_one(
    app: SettledFlask, planner: Visit
) -> None:
    data = sheet(
        ["høringssvar", "modtaget", "afsendertype"],
        ["God idé.", "03-11-2026", "forening"],
        ["", "03-11-2026", "borger"],
        ["Nej.", "den 45. maj", "borger"],
        ["Ja.", "04-11-2026", "konge"],
        ["Til sidst.", "", ""],
    )
    upload(planner, data, "svar.xlsx").press("Hent dem ind")
    page = planner.path
    jobs.run_all(app, NOW + timedelta(minutes=1))
    planner.open(page).says("2 høringssvar er hentet ind", "3 rækker blev afvist", "Teksten er tom.", "den 45. maj")
    assert list(db.session.scalars(sa.select(Contribution.number).order_by(Contribution.number))) == [1, 2]


def test_a_workbook_with_nothing_but_broken_rows_brings_nothing_in(app: SettledFlask, planner: Visit) -> None:
    before = rows()
    upload(planner, sheet(["høringssvar", "navn"], ["", "Mia"], ["x" * 20_001, "Bo"]), "svar.xlsx").press(
        "Hent dem ind"
    )
    page = planner.path
    jobs.run_all(app, NOW + timedelta(minutes=1))
    planner.open(page).says("2 rækker blev afvist")
    assert grown(before) <= IMPORT_KEPT


@pytest.mark.parametrize(
    ("data", "name"), [(b"PK\x03\x04 i stykker", "svar.xlsx"), (b"", "tom.csv"), (b"%PDF-1.4", "svar.csv")]
)
def test_what_is_no_sheet_is_refused_in_one_sentence(planner: Visit, data: bytes, name: str) -> None:
    before = rows()
    upload(planner, data, name, status=422)
    assert planner.tree.find_class("to-mend")
    assert grown(before) == set()


def test_a_sheet_in_windows_1252_is_read_to_the_letter(app: SettledFlask, planner: Visit) -> None:
    text = "høringssvar;navn\nÅben sø ved Ærø – nej tak til »mere« støj;Søren Ærø\n"
    upload(planner, text.encode("cp1252"), "svar.csv").says("Åben sø ved Ærø – nej tak til »mere« støj")
    planner.press("Hent dem ind")
    jobs.run_all(app, NOW + timedelta(minutes=1))
    planner.open(INBOX).says("Åben sø ved Ærø – nej tak til »mere« støj", "Søren Ærø")
    kept = db.session.scalars(sa.select(Contribution)).one()
    assert kept.words == "Åben sø ved Ærø – nej tak til »mere« støj"
