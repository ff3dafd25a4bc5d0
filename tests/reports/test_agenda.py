"""The text for the agenda item: four headings, nothing covered, and a file that LibreOffice opens."""

import io
from pathlib import Path

import pypdfium2
import pytest
from docx import Document as open_docx

from participation.answers.change import draft_change
from participation.foundation.db import settling
from participation.reports import queries
from participation.reports.agenda import agenda_text
from participation.reports.publish import publish_paper
from participation.reports.withdraw import withdraw_paper
from participation.rules.kinds import ChangeCause, Rendition
from tests.office import opened
from tests.persons import NOW, sign_in
from tests.reports.rich import rich_case

HEADINGS = ["Sagsfremstilling", "Høring", "Retsgrundlag", "Indstilling"]


def text_of(paper) -> bytes:
    return agenda_text(queries.read_paper(paper, Rendition.PUBLIC))


def lines(docx: bytes) -> list[str]:
    document = open_docx(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [one.text for one in document.paragraphs] + cells


def headings(docx: bytes) -> list[str]:
    return [one.text for one in open_docx(io.BytesIO(docx)).paragraphs if one.style.name == "Heading 1"]


def test_the_agenda_has_its_four_headings_in_order(rich) -> None:
    """RP-32, RE-37: what the council is told stands in the agenda item itself."""
    assert headings(text_of(rich)) == HEADINGS


def test_every_topic_stands_with_who_wrote_and_what_is_recommended(rich) -> None:
    """RP-35."""
    paper, said = queries.read_paper(rich, Rendition.PUBLIC), lines(text_of(rich))
    assert paper.headings
    assert all(one.title in said for one in paper.headings)


def test_a_partial_no_under_a_heading_is_not_told_as_a_yes(rich) -> None:
    """RP-35: a point with an answer of its own counts in the row of its heading."""
    (table,) = open_docx(io.BytesIO(text_of(rich))).tables
    told = {row.cells[0].text: row.cells[2].text for row in table.rows}
    assert told["Trafik og mobilitet"] == "Imødekommes, imødekommes delvist"


def test_what_was_taken_out_is_told_and_every_change_leads_to_its_voices(planner, hearing, without_approval, later):
    """RP-36."""
    rich_case(planner, hearing)
    with settling():
        draft_change(planner, hearing.project, None, place="§ 7", before="Hækken skal være to meter høj.", after="",
                     cause=ChangeCause.OWN_CORRECTION, answer_ids=[], now=NOW)  # fmt: skip
        paper = publish_paper(planner, hearing.project, now=later)
    said = lines(text_of(paper))
    assert "§ 7: er taget ud" in said
    assert any("Overgangen ligger ud for kirken. (nr. " in line for line in said)


def test_what_is_not_public_stands_nowhere_in_it(rich) -> None:
    """P3: the white paper's case rendition tells of this one's words."""
    said = " ".join(lines(text_of(rich)))
    assert "drikker" not in said


def test_the_same_version_gives_the_same_bytes(rich) -> None:
    assert text_of(rich) == text_of(rich)


def test_without_answers_it_says_so_and_leaves_the_rest_to_be_written(planner, hearing, later) -> None:
    with settling():
        paper = publish_paper(planner, hearing.project, now=later)
    said = lines(text_of(paper))
    assert "Der kom ingen høringssvar." in said
    assert "[Skriv forvaltningens samlede indstilling.]" in said


def test_the_clerk_gets_it_as_a_word_file(client, clerk_person, rich) -> None:
    sign_in(client, clerk_person)
    answered = client.get("/arbejde/hvidbog/ny-skolevej-ved-engparken/1/dagsorden.docx")
    assert answered.status_code == 200
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert headings(answered.data) == HEADINGS


def test_a_visitor_does_not_get_it(client, rich) -> None:
    assert client.get("/arbejde/hvidbog/ny-skolevej-ved-engparken/1/dagsorden.docx").status_code in (302, 303, 401, 403)


def test_a_version_that_was_taken_back_gives_no_agenda(client, planner, clerk_person, rich, later) -> None:
    with settling():
        withdraw_paper(planner, rich, "Der stod et navn, som ikke må vises.", now=later)
    sign_in(client, clerk_person)
    assert client.get("/arbejde/hvidbog/ny-skolevej-ved-engparken/1/dagsorden.docx").status_code == 404


@pytest.mark.browser
def test_libreoffice_opens_it_with_its_headings_and_its_table(rich, tmp_path: Path) -> None:
    file = tmp_path / "dagsorden.docx"
    file.write_bytes(text_of(rich))
    (printed,) = opened(tmp_path, "pdf", file)
    pages = pypdfium2.PdfDocument(printed)
    read = "".join(page.get_textpage().get_text_range() for page in pages)
    places = [read.find(heading) for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)
    assert queries.read_paper(rich, Rendition.PUBLIC).headings[0].title in read
