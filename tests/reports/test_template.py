"""The municipality's own Word template: checked when it comes, and then every document wears it."""

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn

from participation.foundation import docx_template
from participation.foundation.db import db, settling
from participation.foundation.settings import settings
from participation.reports import queries
from participation.reports.agenda import agenda_text
from participation.reports.compile import compile_paper
from participation.reports.publish import publish_paper
from participation.reports.render_docx import render_docx
from participation.reports.template import FIELDS, SETTING, Unfit, drop_template, keep_template, starter
from participation.rules.kinds import Rendition
from participation.rules.policy import NotAllowed
from tests.house.tree import ROOT
from tests.office import opened
from tests.persons import sign_in
from tests.reports.rich import rich_case
from tests.reports.test_publish import content

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
HOME = "/arbejde/opsaetning/skabelon"
NEEDED = ("Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet")


def own(*, lacks: tuple[str, ...] = (), after: str = "Med venlig hilsen\nEngelund Kommune", extra: str = "") -> bytes:
    """A template as Danish Word saves it: other ids, a field torn over runs, head and foot, words behind the text."""
    document = docx.Document(io.BytesIO(starter()))
    for name, key in (("Heading 1", "Overskrift1"), ("Heading 2", "Overskrift2"), ("List Bullet", "Opstilling")):
        document.styles[name].element.set(qn("w:styleId"), key)
    for name in (*lacks, "Attribution", "Table Text", "Table Head"):
        element = document.styles[name].element
        element.getparent().remove(element)
    document.sections[0].header.paragraphs[0].text = "{{kommune}} · sag {{sagsnummer}}"
    torn = document.paragraphs[0]
    torn.runs[0].text = "{{ti"
    torn.add_run("tel").bold = True
    torn.add_run("}} – hvad I sagde")
    for words in (after, extra):
        if words:
            document.add_paragraph(words)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def changed(template: bytes, name: str, put: bytes) -> bytes:
    """The same archive with one more part, or another one of this name."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, put)
    return made.getvalue()


@pytest.fixture
def paper(planner, hearing, without_approval, later):
    """A rich paper, as it would be printed for the council."""
    rich_case(planner, hearing)
    return compile_paper(hearing.project, Rendition.CASE, now=later)


@pytest.fixture
def worn(administrator, later):
    """Their template is in use."""
    with settling():
        keep_template(administrator, own(), "Engelund.docx", now=later)


def headings(document: docx.document.Document) -> list[str]:
    return [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]


# -- what it gives ----------------------------------------------------------------------------------------------------


def test_the_paper_wears_the_template_and_says_the_same(paper, administrator, later) -> None:
    """RP-27."""
    plain = docx.Document(io.BytesIO(render_docx(paper)))
    with settling():
        keep_template(administrator, own(), "Engelund.docx", now=later)
    dressed = docx.Document(io.BytesIO(render_docx(paper)))
    assert headings(dressed) == headings(plain)
    assert [[cell.text for row in one.rows for cell in row.cells] for one in dressed.tables] == [
        [cell.text for row in one.rows for cell in row.cells] for one in plain.tables
    ]
    assert dressed.paragraphs[0].text == "Hvidbog: Ny skolevej ved Engparken – hvad I sagde"
    assert [one.text for one in dressed.paragraphs if one.style.name == "Title"] == [dressed.paragraphs[0].text]
    assert dressed.paragraphs[-1].text == "Med venlig hilsen\nEngelund Kommune"
    assert "{{" not in "".join(one.text for one in dressed.paragraphs)


def test_the_head_of_every_page_has_the_fields_filled(paper, worn) -> None:
    dressed = docx.Document(io.BytesIO(render_docx(paper)))
    assert (
        dressed.sections[0].header.paragraphs[0].text == f"{paper.facts.municipality} · sag {paper.facts.register_id}"
    )
    assert len(dressed.sections) > 1
    assert all(section.header.is_linked_to_previous for section in list(dressed.sections)[1:])


def test_the_agenda_text_wears_it_too(planner, hearing, rich, worn) -> None:
    dressed = docx.Document(io.BytesIO(agenda_text(queries.read_paper(rich, Rendition.PUBLIC))))
    assert dressed.paragraphs[0].text == "Ny skolevej ved Engparken – hvad I sagde"
    assert headings(dressed)[:2] == ["Sagsfremstilling", "Ændringer efter høringen"]
    assert dressed.paragraphs[-1].text.startswith("Med venlig hilsen")


def test_what_was_frozen_stays_and_the_next_version_wears_it(planner, hearing, rich, administrator, later) -> None:
    before = content(rich, Rendition.PUBLIC, "docx")
    with settling():
        keep_template(administrator, own(), "Engelund.docx", now=later)
        second = publish_paper(planner, hearing.project, now=later)
    assert content(queries.version(hearing.project_id, 1), Rendition.PUBLIC, "docx") == before
    assert b"hvad I sagde" in zipfile.ZipFile(io.BytesIO(content(second, Rendition.PUBLIC, "docx"))).read(
        "word/document.xml"
    )


def test_equal_papers_give_equal_bytes_in_a_template(paper, worn) -> None:
    assert render_docx(paper) == render_docx(paper)


def test_every_style_of_every_paragraph_is_there(paper, worn) -> None:
    dressed = docx.Document(io.BytesIO(render_docx(paper)))
    there = {style.get(qn("w:styleId")) for style in dressed.styles.element.iter(qn("w:style"))}
    used = {one.get(qn("w:val")) for name in ("w:pStyle", "w:tblStyle") for one in dressed.element.iter(qn(name))}
    assert used - there == set()
    parents = {one.get(qn("w:val")) for one in dressed.styles.element.iter(qn("w:basedOn"))}
    assert parents - there == set()


def test_the_contents_tell_every_heading_before_word_has_counted_pages(paper, worn) -> None:
    dressed = docx.Document(io.BytesIO(render_docx(paper)))
    marks = {one.get(qn("w:name")): one.getparent() for one in dressed.element.iter(qn("w:bookmarkStart"))}
    lines = [(one, marks[one.get(qn("w:anchor"))]) for one in dressed.element.iter(qn("w:hyperlink"))]
    text = ["".join(part.text for part in one.iter(qn("w:t"))) for one, _target in lines]
    target = ["".join(part.text for part in one.iter(qn("w:t"))) for _line, one in lines]
    wanted = [one.text for one in dressed.paragraphs if one.style.name in ("Heading 1", "Heading 2")]
    assert text == target == wanted


@pytest.mark.browser
@pytest.mark.parametrize("template", [True, False])
def test_headings_contents_and_tables_are_whole_in_libreoffice(paper, administrator, later, tmp_path, template) -> None:
    """RP-27: what a planner finishes in another program than Word is still the same document."""
    if template:
        with settling():
            keep_template(administrator, own(), "Engelund.docx", now=later)
    made = render_docx(paper)
    wanted = docx.Document(io.BytesIO(made))
    file = tmp_path / "hvidbog.docx"
    file.write_bytes(made)
    (odt,) = opened(tmp_path, "odt", file)
    (pdf,) = opened(tmp_path, "pdf", file)

    body = ElementTree.fromstring(zipfile.ZipFile(odt).read("content.xml"))
    outline = [" ".join("".join(one.itertext()).split()) for one in body.iter(f"{TEXT}h")]
    assert [one for one in outline if one] == [" ".join(one.split()) for one in headings(wanted)]
    (index,) = body.iter(f"{TEXT}table-of-content")
    told = " ".join("".join(index.itertext()).split())
    assert "Kort fortalt" in told
    assert "Trafik og mobilitet" in told
    tables = list(body.iter("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table"))
    assert len(tables) == len(wanted.tables)
    pages = pypdfium2.PdfDocument(pdf)
    assert len(pages) > 3
    assert {round(page.get_width()) > round(page.get_height()) for page in pages} == {True, False}


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", NEEDED)
def test_a_needed_style_that_is_missing_is_named_in_danish(style: str, app) -> None:
    (flaw,) = docx_template.flaws(own(lacks=(style,)), FIELDS)
    assert f"»{docx_template.NEEDED[style]}« mangler" in flaw


def test_a_strange_field_and_a_text_twice_are_named(app) -> None:
    flaws = docx_template.flaws(own(extra="{{borgmester}} {{tekst}}"), FIELDS)
    assert len(flaws) == 2
    assert "{{borgmester}}" in flaws[0]
    assert "alene på sin egen linje" in flaws[1]


OUTSIDE = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
Target="http://192.0.2.1/spor.dotx" TargetMode="External"/></Relationships>"""


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (b"%PDF-1.7 slet ikke", "kan ikke læses"),
        (b"PK\x03\x04 i stykker", "kan ikke læses"),
        (b"x" * 5_000_001, "5 MB"),
        ("macro", "program"),
        ("outside", "henter noget udefra"),
        ("bomb", "pakker for meget ud"),
    ],
)
def test_what_is_no_template_or_a_danger_is_refused(template: bytes | str, words: str, app) -> None:
    """T6, T18."""
    given = {
        "macro": lambda: changed(own(), "word/vbaProject.bin", b"x"),
        "outside": lambda: changed(own(), "word/_rels/settings.xml.rels", OUTSIDE),
        "bomb": lambda: changed(own(), "word/media/stor.bin", b"\0" * 61_000_000),
    }
    (flaw,) = docx_template.flaws(given[template]() if isinstance(template, str) else template, FIELDS)
    assert words in flaw


def test_an_unfit_one_leaves_the_one_that_was_there(administrator, worn, later) -> None:
    with pytest.raises(Unfit), settling():
        keep_template(administrator, own(lacks=("Title",)), "Ny.docx", now=later)
    db.session.rollback()
    assert settings()[SETTING]["name"] == "Engelund.docx"


def test_only_an_administrator_may(planner, leader, worn, later) -> None:
    for nobody in (planner, leader):
        for act in (
            lambda who: keep_template(who, own(), "x.docx", now=later),
            lambda who: drop_template(who, now=later),
        ):
            with pytest.raises(NotAllowed):
                act(nobody)
            db.session.rollback()


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, app, administrator_person):
    """The administrator's browser."""
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, administrator_person)
    return client


def test_the_page_takes_a_template_says_what_is_borrowed_and_gives_it_back(desk) -> None:
    sent = desk.post(HOME, data={"file": (io.BytesIO(own()), "Engelund skabelon.docx")})
    assert sent.status_code == 303
    page = desk.get(HOME).text
    assert "Engelund skabelon.docx" in page
    assert "Attribution" in page
    assert desk.post(f"{HOME}/fjern").status_code == 303
    assert "Engelund skabelon.docx" not in desk.get(HOME).text


def test_the_page_names_each_flaw_and_nothing_chosen_is_said(desk) -> None:
    answer = desk.post(HOME, data={"file": (io.BytesIO(own(lacks=("Title", "Heading 3"))), "x.docx")})
    assert answer.status_code == 422
    assert "»Titel« mangler" in answer.text
    assert "»Overskrift 3« mangler" in answer.text
    assert "Vælg en fil." in desk.post(HOME, data={}).text


def test_the_template_to_begin_with_is_good_itself_and_has_every_field(desk) -> None:
    begun = desk.get(f"{HOME}/begynd.docx").data
    assert docx_template.flaws(begun, FIELDS) == []
    assert docx_template.fields_in(begun) == {*FIELDS, docx_template.TEXT}
    assert docx_template.borrowed(begun) == []


@pytest.mark.parametrize("who", ["planner_person", "councillor_person"])
def test_others_than_an_administrator_reach_no_door(request, client, app, who) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, request.getfixturevalue(who))
    assert client.get(HOME).status_code == 403
    assert client.get(f"{HOME}/begynd.docx").status_code == 403
    assert client.post(HOME, data={"file": (io.BytesIO(own()), "x.docx")}).status_code == 403
    assert client.post(f"{HOME}/fjern").status_code == 403


def test_the_documentation_names_every_style_and_field() -> None:
    text = (ROOT / "docs" / "word-template.md").read_text(encoding="utf-8")
    styles = dict(re.findall(r"(?m)^\| `([\w ]+)` \| ([^|]+) \|", text))
    assert styles == {**docx_template.NEEDED, **docx_template.BORROWED}
    assert set(re.findall(r"(?m)^\| `\{\{(\w+)\}\}`", text)) == {*FIELDS, docx_template.TEXT}
