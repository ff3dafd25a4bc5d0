"""What was decided stands in the white paper: result, grounds, votes and what the minority said (RP-26)."""

import io
import json
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from docx import Document as open_docx

from participation.decisions.attach import attach_report
from participation.decisions.record import record_result
from participation.foundation.db import settling
from participation.reports import queries, wording
from participation.reports.compile import compile_paper
from participation.reports.kept import digest, thaw
from participation.reports.model import WhitePaper
from participation.reports.publish import publish_paper
from participation.rules.kinds import Rendition
from tests.decided import ADOPTED, AFTER, REPORTED
from tests.portal.pages import words_of
from tests.reports.test_publish import content, pdf_text

PUBLIC = Rendition.PUBLIC
TOLD = {
    "Resultat": "Vedtaget",
    "Begrundelse": ADOPTED.grounds,
    "Lovgrundlag": "vejloven § 8",
    "Stemmer": "17 for, 8 imod",
    "Mindretallet": "Vi ville vente på trafiktællingen.\n\nDen kommer til foråret.",
}


def record(clerk, paper: WhitePaper) -> None:
    project = paper.project
    with settling():
        attach_report(clerk, paper, project.steps, now=REPORTED)
    result = replace(ADOPTED, votes=TOLD["Stemmer"], dissent=TOLD["Mindretallet"])
    with settling():
        record_result(clerk, project.steps[-1], result, now=AFTER)


@pytest.fixture
def decided(planner, clerk, rich) -> WhitePaper:
    """The version that is published after the council has decided."""
    record(clerk, rich)
    with settling():
        return publish_paper(planner, rich.project, now=AFTER)


def lacking(text: str) -> list[str]:
    """Which of the words are not there, however the lines are broken."""
    plain = " ".join(text.split())
    return [words for words in TOLD.values() for part in words.split("\n\n") if part not in plain]


def test_the_paper_tells_what_was_decided_on_every_page_and_in_every_file(client, decided) -> None:
    assert lacking(words_of(client, f"/projekter/{decided.project.slug}/hvidbog/{decided.version}")) == []
    for rendition in Rendition:
        assert lacking(pdf_text(content(decided, rendition, "pdf"))) == []
        document = open_docx(io.BytesIO(content(decided, rendition, "docx")))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert lacking(" ".join([*(one.text for one in document.paragraphs), *cells])) == []


def test_the_sheet_of_the_decision_has_a_line_for_each_body(decided) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content(decided, PUBLIC, "xlsx")))
    head, line = book["Beslutning"].iter_rows(values_only=True)
    told: dict[str, Any] = dict(zip(head, line, strict=True))
    assert told["Hvem"] == "Byrådet"
    assert {name: told[name] for name in TOLD} == TOLD


def test_open_data_tell_the_result_and_no_words(client, decided) -> None:
    path = f"/projekter/{decided.project.slug}/hvidbog/{decided.version}/aabne-data.json"
    found = json.loads(client.get(path).data)
    assert found["decision"] == [{"kind": "council", "met_on": "2027-02-24", "result": "adopted"}]


def test_a_later_version_says_that_the_case_has_moved_and_the_first_is_what_it_was(decided) -> None:
    first = queries.version(decided.project_id, 1)
    assert ("facts", []) in [(what, list(numbers)) for what, numbers in decided.since]
    assert wording.decided(queries.read_paper(first, PUBLIC).facts) == []


def test_what_a_body_says_takes_no_approval_back(planner, clerk, rich) -> None:
    """An approval holds for what was read; the meeting comes after it."""
    before = digest(compile_paper(rich.project, Rendition.CASE, now=REPORTED))
    record(clerk, rich)
    assert digest(compile_paper(rich.project, Rendition.CASE, now=REPORTED)) == before


def test_a_paper_that_was_frozen_before_grounds_were_kept_is_still_read(rich) -> None:
    kept = json.loads(content(rich, PUBLIC, "json"))
    for step in kept["facts"]["steps"]:
        for name in ("grounds", "legal_ground", "votes", "dissent"):
            del step[name]
    assert thaw(json.dumps(kept).encode()).facts.steps[0].grounds == ""


def test_the_public_page_of_the_decision_tells_the_same(client, decided) -> None:
    """RP-27."""
    assert lacking(words_of(client, f"/projekter/{decided.project.slug}/beslutning")) == []
