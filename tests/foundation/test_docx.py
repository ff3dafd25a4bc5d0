"""A report in Word can be edited on, read aloud, and holds every word as it was written."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import docx
import pytest
import time_machine
from docx.oxml.ns import qn

from participation.foundation.documents import parse
from participation.foundation.docx import add_contents, add_listing, add_quote, add_words, new_document, saved
from tests.shared import corpus

TITLE = "Hvidbog om Åvej"


def report() -> docx.document.Document:
    document = new_document(TITLE, created=date(2026, 12, 3), author="Ærø Kommune")
    add_contents(document)
    document.add_heading("Kort fortalt", 1)
    add_words(document, "Kære byråd\nVi siger nej.\n\nHilsen Åse")
    add_quote(document, "Mere lys på stien.", by="Høringssvar nr. 49")
    document.add_heading("Svarene", 2)
    add_listing(document, ("Nr.", "Resumé"), [(1, "Lys"), (2, None)], widths=(1.5, 14), caption="Alle svar")
    return document


def part(name: str, data: bytes | None = None) -> str:
    with zipfile.ZipFile(io.BytesIO(data or saved(report()))) as archive:
        return archive.read(name).decode()


@pytest.fixture
def opened() -> docx.document.Document:
    return docx.Document(io.BytesIO(saved(report())))


def test_what_is_written_is_read_back_in_order():
    words = parse("a.docx", saved(report())).words
    assert words.startswith(f"{TITLE}\n")
    assert "Kort fortalt\n\nKære byråd\nVi siger nej.\nHilsen Åse\nMere lys på stien.\n– Høringssvar nr. 49" in words
    assert words.endswith("Alle svar\nNr. | Resumé\n1 | Lys\n2 |")


def test_title_and_headings_have_their_styles(opened):
    styles = {paragraph.text: paragraph.style.name for paragraph in opened.paragraphs if paragraph.text}
    assert styles[TITLE] == "Title"
    assert (styles["Kort fortalt"], styles["Svarene"]) == ("Heading 1", "Heading 2")
    assert (styles["Mere lys på stien."], styles["– Høringssvar nr. 49"]) == ("Quote", "Attribution")


@pytest.mark.parametrize(("lang", "tag"), [("da", "da-DK"), ("en", "en-GB"), ("de", "de-DE")])
def test_the_document_speaks_one_language_throughout(lang, tag):
    document = docx.Document(io.BytesIO(saved(new_document("x", lang))))
    spoken = {element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))}
    assert spoken == {tag}
    assert document.core_properties.language == tag


def test_the_contents_are_a_field_that_word_fills_in_on_opening(opened):
    codes = [element.text.strip() for element in opened.element.body.iter(qn("w:instrText"))]
    assert codes == ['TOC \\o "1-2" \\h \\z \\u']
    assert 'w:updateFields w:val="true"' in part("word/settings.xml")


def test_the_heading_of_a_table_is_repeated_and_rows_are_not_torn(opened):
    (table,) = opened.tables
    marks = [{child.tag for child in row._tr.trPr} for row in table.rows]
    assert [qn("w:tblHeader") in mark for mark in marks] == [True, False, False]
    assert all(qn("w:cantSplit") in mark for mark in marks)
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Alle svar"
    assert table.rows[0].cells[0].paragraphs[0].style.name == "Table Head"


def test_the_columns_of_a_table_are_as_wide_as_they_were_asked_to_be(opened):
    """LibreOffice reads the grid of the table and not its cells."""
    grid = [int(column.get(qn("w:w"))) for column in opened.tables[0]._tbl.tblGrid]
    assert [round(twips / 567, 1) for twips in grid] == [1.5, 14]


def test_a_quote_stands_on_the_page_of_its_number(opened):
    quote = next(one for one in opened.paragraphs if one.text == "Mere lys på stien.")
    assert quote.paragraph_format.keep_with_next


def test_a_page_begins_with_its_heading_and_no_page_is_empty():
    """A break before a heading that opens a section anyway would leave a page with nothing on it."""
    document = report()
    document.add_section()
    document.add_page_break()
    add_words(document, "Bilag", "Heading 1")
    heads = [one for one in docx.Document(io.BytesIO(saved(document))).paragraphs if one.text]
    begins = [one.text for one in heads if one.paragraph_format.page_break_before]
    assert begins == ["Kort fortalt", "Bilag"]
    assert 'w:type="page"' not in part("word/document.xml", saved(document))


def test_every_page_is_a4_and_numbered(opened):
    section = opened.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    foot = section.footer._element
    assert [element.text.strip() for element in foot.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert section.footer.paragraphs[0].text == "side 1 af 1"


def test_the_properties_are_the_reports_own(opened):
    about = opened.core_properties
    assert (about.title, about.author, about.created.date()) == (TITLE, "Ærø Kommune", date(2026, 12, 3))
    assert about.modified.replace(tzinfo=None) == datetime(2026, 12, 3)
    assert "python-docx" not in part("docProps/core.xml")


def test_two_runs_give_equal_bytes():
    first = saved(report())
    with time_machine.travel(datetime(2031, 5, 6, 7, 8)):
        assert saved(report()) == first


@pytest.mark.shared
def test_every_hostile_text_can_be_written_and_stays_as_it_was():
    texts = [row["payload"] for row in corpus("naughty.jsonl")]
    document = new_document("x")
    add_listing(document, ["Tekst"], [(text,) for text in texts])
    back = docx.Document(io.BytesIO(saved(document))).tables[0]
    kept = [row.cells[0].text for row in back.rows[1:]]
    possible = [(was, now) for was, now in zip(texts, kept, strict=True) if "\ufffd" not in now]
    assert len(possible) > len(texts) * 0.97
    assert [was for was, now in possible if was != now] == []
