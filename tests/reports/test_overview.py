"""The overview as a workbook: the nine columns that committees know, recommendation and change, and who was heard."""

import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from participation.foundation.db import settling
from participation.reports import queries
from participation.reports.model import WhitePaper
from participation.reports.publish import publish_paper
from participation.rules.kinds import Rendition
from tests.contributed import receive
from tests.office import opened
from tests.reports.cases import answer, publish, read
from tests.reports.test_publish import content

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
NINE = ("Modtaget", "Høring", "Nr.", "Emne", "Afsender", "Taler som", "Organisation", "Resumé eller svar",
        "Forvaltningens bemærkninger")  # fmt: skip
FORMULAS = ('=HYPERLINK("http://127.0.0.1/";"Klik")', "+4512345678 er mit nummer", "@SUM(A1:A9)", "-2+3", "\t=1+1")


def tabs(paper: WhitePaper, rendition: Rendition = Rendition.CASE) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content(paper, rendition, "xlsx")))
    return {tab.title: list(tab.iter_rows(values_only=True)) for tab in book}


def test_the_overview_has_the_nine_columns_and_recommendation_and_change(rich) -> None:
    """RP-27, RP-42."""
    head, *rows = tabs(rich)["Høringssvar"]
    assert head == (*NINE, "Indstilling", "Ændring")
    first = dict(zip(head, next(row for row in rows if row[2] == 1), strict=True))
    assert first["Høring"] == rich.project.slug
    assert first["Emne"] == "Placering af overgangen"
    assert first["Forvaltningens bemærkninger"].startswith("Vi flytter overgangen hen til kirken")
    assert first["Indstilling"] == "Imødekommes"
    assert first["Ændring"] == "1. § 4.1 og kortbilag 2: Overgangen ligger ud for kirken."


def test_every_contribution_stands_in_the_overview(rich) -> None:
    """L6."""
    _head, *rows = tabs(rich)["Høringssvar"]
    whole = queries.read_whole(rich, Rendition.CASE)
    assert {row[2] for row in rows} == {entry.number for entry in whole.entries}


def test_a_sheet_tells_who_was_asked_and_who_has_answered(rich) -> None:
    """RL-61."""
    head, *rows = tabs(rich, Rendition.PUBLIC)["Høringsparter"]
    assert head == ("Part", "Taler som", "Spurgt", "Mindet om det", "Aftalt frist", "Har svaret")
    heard = {row[0]: row for row in rows}
    assert heard["Ældrerådet"][5] is not None
    assert heard["Menighedsrådet"][5] == "har ikke svaret"
    assert heard["Menighedsrådet"][3] is not None


def test_everybody_is_told_the_day_alone_and_the_case_the_moment(rich) -> None:
    """T17: the second of arrival is not for everybody; the frozen words that the page reads have the day alone, too."""
    public, case = (tabs(rich, one)["Høringssvar"][1][0] for one in (Rendition.PUBLIC, Rendition.CASE))
    assert (public.hour, public.minute, public.second) == (0, 0, 0)
    assert case.date() == public.date()
    assert case != public
    whole = queries.read_whole(rich, Rendition.PUBLIC)
    assert {entry.received_at.second + entry.received_at.minute for entry in whole.entries} == {0}


@pytest.mark.browser
def test_libreoffice_reads_eleven_columns_and_no_formula(planner, hearing, without_approval, later, tmp_path) -> None:
    """T5: what citizens write stays words in the program that a planner opens the overview with."""
    written = receive(hearing, *FORMULAS)
    publish(*written)
    answer(planner, *written, words="=1+1", reason="+2")
    read(*written)
    with settling():
        paper = publish_paper(planner, hearing.project, now=later)
    file = tmp_path / "hvidbog.xlsx"
    file.write_bytes(content(paper, Rendition.CASE, "xlsx"))

    (sheet,) = opened(tmp_path, "fods", file)
    rows = _rows(sheet)
    assert rows[0][: len(NINE)] == [*NINE]
    assert len(rows[0]) == len(NINE) + 2
    assert {row[7] for row in rows[1:]} == {" ".join(words.split()) for words in FORMULAS}
    assert f"{TABLE}formula" not in {key for cell in ElementTree.parse(sheet).iter() for key in cell.attrib}


def _rows(sheet: Path) -> list[list[str]]:
    """The words of every filled row of the first tab, as LibreOffice shows them."""
    first = next(ElementTree.parse(sheet).iter(f"{TABLE}table"))
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row.iter(f"{TABLE}table-cell")]
        for row in first.iter(f"{TABLE}table-row")
    ]
    return [[*row[: max(place for place, words in enumerate(row) if words) + 1]] for row in rows if any(row)]
