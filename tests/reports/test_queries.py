"""How many questions the files of a white paper ask the database: hardly more for 1,050 contributions than for 50."""

import json
from collections.abc import Callable

import pytest

from bench.paper import NOW, grown, made
from participation.contributions.export import contribution_rows
from participation.foundation.db import db
from participation.projects.model import Project
from participation.reports.compile import compile_paper
from participation.reports.kept import freeze
from participation.reports.render_xlsx import render_xlsx
from participation.rules.kinds import PaperForm, Rendition
from tests.queries import counted

FEW, MANY = 50, 1050


def printed(project: Project) -> int:
    """The overview in XLSX and the words in JSON, as a version is frozen."""
    paper = compile_paper(project, Rendition.CASE, PaperForm.BY_TOPIC, now=NOW)
    frozen = freeze(paper)
    assert render_xlsx(paper).startswith(b"PK")
    assert json.loads(frozen.paper)
    return frozen.entries.count(b"\n")


def everything(project: Project) -> int:
    return sum(1 for _row in contribution_rows(project.id, covered=True))


def asked(export: Callable[[Project], int], key: int, rows: int) -> int:
    """How many questions an export asks, which tells of all rows."""
    project = db.session.get_one(Project, key)
    with counted() as questions:
        assert export(project) == rows
    return len(questions)


@pytest.mark.usefixtures("app")
def test_a_sheet_and_the_open_words_ask_at_most_one_question_more_for_every_500_rows() -> None:
    """RP-27: the white paper as XLSX, its words as JSON, and all that came in, row by row."""
    key = made(FEW)[0].id
    few = [asked(export, key, FEW) for export in (printed, everything)]
    grown(db.session.get_one(Project, key), MANY)
    many = [asked(export, key, MANY) for export in (printed, everything)]
    print(f"\nquestions with {FEW} and with {MANY}: {few} and {many}")
    assert [more - less for less, more in zip(few, many, strict=True) if more - less > (MANY - FEW) // 500] == []
