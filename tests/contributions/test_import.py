"""A sheet is brought in: staged, then all at once; the same file twice adds nothing (RP-06)."""

import csv
import io

import openpyxl
import pytest
import sqlalchemy as sa

from participation.contributions import import_, queries
from participation.contributions.import_ import CannotImport, begin_import, carry_on, import_contributions, keep_sheet
from participation.contributions.model import Contribution, ImportBatch, ImportRow, Point, Promise
from participation.foundation import codes, jobs
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.rules.handling import Handling
from participation.rules.kinds import Capacity, Channel, Kind, PublicationRule
from participation.rules.phases import Arrival
from participation.rules.policy import WORKER, NotAllowed
from tests.contributions.sending import csrf, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.shared import shared

SHEET = "id;navn;e-mail;afsendertype;modtaget;høringssvar\n" + "".join(
    f"A{n};Person {n};p{n}@borger.example;borger;2026-11-{n + 1:02};Jeg mener nummer {n}.\n" for n in range(1, 8)
)


def brought(tmp_path, round_, text=SHEET, name="svar.csv", actor=WORKER, encoding="utf-8", **facts):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return import_contributions(actor, round_, path, now=NOW, **facts)


def all_of(model):
    db.session.expire_all()
    return db.session.scalars(sa.select(model).order_by(model.id)).all()


def test_each_row_becomes_a_contribution_as_if_it_was_sent(tmp_path, hearing):
    came = brought(tmp_path, hearing)
    assert (came.added, came.rejected, came.known) == (7, 0, 0)
    first = all_of(Contribution)[0]
    assert (first.number, first.words, first.external_id) == (1, "Jeg mener nummer 1.", "A1")
    assert (first.contact.name, first.contact.email) == ("Person 1", "p1@borger.example")
    assert (first.kind, first.capacity, first.arrival) == (Kind.RESPONSE, Capacity.CITIZEN, Arrival.IN_TIME)
    assert [point.words for point in first.points] == ["Jeg mener nummer 1."]
    assert len(all_of(Promise)) == 21


def test_its_code_and_link_find_it(tmp_path, hearing):
    brought(tmp_path, hearing)
    last = all_of(Contribution)[-1]
    assert queries.by_code(codes.tracking_code(last.id, last.code_version)).id == last.id
    assert queries.by_token(codes.link_token(last.id, last.code_version)).id == last.id


def test_numbers_go_on_without_gaps(tmp_path, hearing):
    submitted(hearing)
    brought(tmp_path, hearing)
    assert submitted(hearing, "Sidst.").number == 9
    assert [one.number for one in all_of(Contribution)] == list(range(1, 10))


def test_no_receipt_is_sent_unless_asked(tmp_path, hearing):
    brought(tmp_path, hearing)
    assert all_of(Letter) == []


def test_when_asked_each_gets_a_receipt(tmp_path, hearing):
    brought(tmp_path, hearing, send_receipts=True)
    assert [letter.recipient for letter in all_of(Letter)] == [f"p{n}@borger.example" for n in range(1, 8)]


def test_the_same_file_twice_adds_nothing(tmp_path, hearing):
    brought(tmp_path, hearing)
    again = brought(tmp_path, hearing)
    assert (again.added, again.known) == (0, 7)
    assert len(all_of(Contribution)) == 7


def test_the_same_rows_in_a_sheet_that_was_saved_anew_add_nothing(tmp_path, hearing):
    brought(tmp_path, hearing)
    again = brought(tmp_path, hearing, SHEET + "A8;Ny;ny@borger.example;borger;2026-11-12;Jeg er ny.\n")
    assert (again.added, again.known) == (1, 7)


def test_equal_letters_from_several_people_all_count(tmp_path, hearing):
    came = brought(tmp_path, hearing, "tekst\nNej til bom.\nNej til bom.\n")
    assert came.added == 2


def test_windows_1252_is_read_to_the_letter(tmp_path, hearing):
    brought(tmp_path, hearing, "høringssvar;navn\nÅben sø ved Ærø – nej;Søren Ærø\n", encoding="cp1252")
    one = all_of(Contribution)[0]
    assert (one.words, one.contact.name) == ("Åben sø ved Ærø – nej", "Søren Ærø")


def test_broken_rows_of_a_workbook_are_rejected_with_reasons_and_the_others_go_through(tmp_path, hearing):
    book = openpyxl.Workbook()
    for row in (
        ["høringssvar", "modtaget", "afsendertype"],
        ["God idé.", "03-11-2026", "forening"],
        ["", "03-11-2026", "borger"],
        ["Nej.", "den 45. maj", "borger"],
        ["Ja.", "04-11-2026", "konge"],
        ["x" * 20_001, None, None],
        ["Til sidst.", None, None],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    came = brought(tmp_path, hearing, out.getvalue(), "svar.xlsx")
    assert (came.added, came.rejected) == (2, 4)
    rejected = db.session.scalars(sa.select(ImportRow).where(ImportRow.problem != "").order_by(ImportRow.row)).all()
    assert [row.row for row in rejected] == [3, 4, 5, 6]
    assert all(row.problem.endswith(".") for row in rejected)
    assert [one.words for one in all_of(Contribution)] == ["God idé.", "Til sidst."]


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "tom.csv"), (b"PK\x03\x04 i stykker", "svar.xlsx"), (b"%PDF-1.4", "svar.csv"), (b"abc", "svar.xlsx")],
)
def test_what_is_no_sheet_says_so_and_changes_nothing(tmp_path, hearing, data, name):
    with pytest.raises(CannotImport) as no:
        brought(tmp_path, hearing, data, name)
    assert no.value.words.endswith(".")
    assert all_of(ImportBatch) == all_of(Contribution) == []


def test_without_a_column_for_the_words_nothing_is_brought_in(tmp_path, hearing):
    with pytest.raises(CannotImport):
        brought(tmp_path, hearing, "farve;antal\nrød;3\n")
    assert all_of(Contribution) == []


def test_a_column_can_be_named_by_hand(tmp_path, hearing):
    brought(tmp_path, hearing, "farve;antal\nrød er godt;3\n", mapping={"text": "farve"})
    assert all_of(Contribution)[0].words == "rød er godt"


def test_a_column_that_is_not_there_is_named(tmp_path, hearing):
    with pytest.raises(CannotImport, match="lilla"):
        brought(tmp_path, hearing, mapping={"text": "lilla"})


def test_a_late_row_is_late_and_a_row_from_the_future_came_now(tmp_path, hearing):
    with settling():
        hearing.closes_at = NOW
    brought(tmp_path, hearing, "tekst;modtaget\nI tide.;2026-11-01\nFra fremtiden.;2030-01-01\n")
    assert [(one.arrival, one.received_at <= NOW) for one in all_of(Contribution)] == [
        (Arrival.IN_TIME, True),
        (Arrival.LATE, True),
    ]


def test_the_rule_at_once_shows_them_but_not_what_looks_private(tmp_path, roads):
    project = make_project(roads, publication=PublicationRule.IMMEDIATELY)
    brought(tmp_path, project.rounds[0], "tekst\nVis mig.\nMit nummer er 010101-1234.\n")
    assert [one.handling for one in all_of(Contribution)] == [Handling.PUBLISHED, Handling.RECEIVED]
    assert project.published_count == 1


def test_in_an_orientation_the_rows_are_questions(tmp_path, orientation):
    brought(tmp_path, orientation, "tekst\nHvornår?\n")
    assert [one.kind for one in all_of(Contribution)] == [Kind.QUESTION]
    assert (orientation.project.question_count, len(all_of(Promise))) == (1, 1)


def test_nobody_sees_a_row_before_the_flip_and_a_killed_worker_goes_on(tmp_path, planner, hearing, monkeypatch):
    monkeypatch.setattr(import_, "CHUNK", 3)
    with settling():
        batch = begin_import(planner, hearing, keep_sheet(SHEET.encode(), "svar.csv"), {"text": "høringssvar"}, now=NOW)
        import_.start_import(planner, batch, {"text": "høringssvar", "external_id": "id"}, send_receipts=False, now=NOW)

    def die(share, words):
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_on(batch.id, progress=die, now=NOW)
    db.session.rollback()
    assert (len(all_of(ImportRow)), all_of(Contribution)) == (6, [])
    assert hearing.project.last_number == 0
    assert carry_on(batch.id, now=NOW).added == 7
    assert len(all_of(ImportRow)) == len(all_of(Contribution)) == 7
    assert carry_on(batch.id, now=NOW).added == 7
    assert len(all_of(Contribution)) == len(all_of(Point)) == 7


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_brings_in(request, tmp_path, hearing, who):
    with pytest.raises(NotAllowed):
        brought(tmp_path, hearing, actor=request.getfixturevalue(who))


@pytest.mark.shared
def test_two_thousand_real_proposals_come_in(tmp_path, cocreation):
    """The 2,314 proposals of a German city's cycling dialogue (issue 2, stage 3)."""
    path = shared("data", "de_rad_bonn.csv")
    came = import_contributions(WORKER, cocreation, path, now=NOW)
    assert (came.added, came.rejected) == (2314, 0)
    assert cocreation.project.last_number == 2314


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, hearing, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}/indbakke/regneark"


def uploaded(client, page, data=None, name="svar.csv"):
    values = {"csrf_token": csrf(client, page), "sheet": (io.BytesIO(SHEET.encode() if data is None else data), name)}
    return client.post(page, data=values, content_type="multipart/form-data")


def test_upload_columns_start_progress_and_done(client, page):
    where = uploaded(client, page).headers["Location"]
    columns = client.get(where).text
    assert "Jeg mener nummer 5." in columns
    assert "Jeg mener nummer 6." not in columns
    assert '<option value="høringssvar" selected>' in columns
    fields = {"field-text": "høringssvar", "field-name": "navn", "field-email": "e-mail", "field-external_id": "id"}
    assert client.post(where, data={"csrf_token": csrf(client, where), **fields}).status_code == 303
    assert "data-poll" in client.get(where).text
    assert "data-poll" in client.get(f"{where}/fremdrift").text
    jobs.run_all(None, NOW)
    assert "7 høringssvar er hentet ind" in client.get(where).text
    assert "data-poll" not in client.get(f"{where}/fremdrift").text
    assert [one.channel for one in all_of(Contribution)] == [Channel.WEB] * 7


def test_the_text_column_must_be_chosen(client, page):
    where = uploaded(client, page).headers["Location"]
    answer = client.post(where, data={"csrf_token": csrf(client, where), "field-text": "", "field-name": "navn"})
    assert answer.status_code == 422
    assert "Vælg den kolonne" in answer.text
    assert '<option value="navn" selected>' in answer.text


def test_a_started_import_is_not_started_again(client, page):
    where = uploaded(client, page).headers["Location"]
    fields = {"csrf_token": csrf(client, where), "field-text": "høringssvar"}
    assert [client.post(where, data=fields).status_code for _ in range(2)] == [303, 409]


def test_rejected_rows_are_listed_and_handed_out(client, page):
    where = uploaded(client, page, "tekst;modtaget\nGod.;\nSkidt.;i går\n".encode()).headers["Location"]
    client.post(where, data={"csrf_token": csrf(client, where), "field-text": "tekst", "field-received_at": "modtaget"})
    jobs.run_all(None, NOW)
    assert "1 række blev afvist" in client.get(where).text
    answer = client.get(f"{where}/afvist.csv")
    assert answer.mimetype == "text/csv"
    assert "i går" in answer.get_data(as_text=True)


def test_the_report_of_rejected_rows_shows_their_cells_and_none_is_a_formula(client, page):
    """RP-12: what a planner mends is what stood there; a cell that a spreadsheet would run gets an apostrophe."""
    sheet = 'tekst;modtaget;farve\nGod.;;grøn\n"=HYPERLINK(""x"")";i går;@rød\n'
    where = uploaded(client, page, sheet.encode()).headers["Location"]
    client.post(where, data={"csrf_token": csrf(client, where), "field-text": "tekst", "field-received_at": "modtaget"})
    jobs.run_all(None, NOW)
    report = client.get(f"{where}/afvist.csv").get_data().decode("utf-8-sig")
    heading, row = csv.reader(io.StringIO(report, newline=""), delimiter=";")
    assert heading == ["Række", "Hvorfor", "tekst", "modtaget", "farve"]
    assert (row[0], *row[2:]) == ("3", '\'=HYPERLINK("x")', "i går", "'@rød")


@pytest.mark.parametrize(("data", "name"), [(b"", "tom.csv"), (b"PK\x03\x04", "svar.xlsx"), (b"%PDF-1.4", "brev.pdf")])
def test_a_file_that_is_no_sheet_is_a_422(client, page, data, name):
    answer = uploaded(client, page, data, name)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert all_of(ImportBatch) == []


def test_no_file_is_a_422(client, page):
    assert client.post(page, data={"csrf_token": csrf(client, page)}).status_code == 422


def test_an_import_of_another_case_is_not_there(client, page, planner, roads):
    other = make_project(roads, slug="en-anden-sag").rounds[0]
    with settling():
        batch = begin_import(planner, other, keep_sheet(SHEET.encode(), "svar.csv"), {}, now=NOW)
    assert client.get(f"{page}/{batch.id}").status_code == 404
