"""What is handed out can be opened without harm, and no word is lost on the way (RP-12)."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import tracemalloc
import unicodedata
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.foundation.exports import Tab, csv_rows, defused, json_rows, xlsx_file
from tests.shared import corpus


def payloads(name: str) -> list[str]:
    return [row["payload"] for row in corpus(name)]


def read_xlsx(file) -> list:
    return list(openpyxl.load_workbook(file).worksheets[0].iter_rows())


@pytest.fixture(params=["formula.jsonl", "naughty.jsonl"])
def hostile(request) -> list[str]:
    return payloads(request.param)


@pytest.mark.shared
def test_no_hostile_text_is_a_formula_in_a_workbook_and_none_is_changed(hostile):
    with xlsx_file([Tab("Svar", hostile[:1] or ["x"], [(text, 1) for text in hostile])]) as file:
        heading, *rows = read_xlsx(file)
        file.seek(0)
        parts = {name: zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()}
    assert len(rows) == len(hostile)
    assert {cell.data_type for row in (heading, *rows) for cell in row} <= {"s", "n", "inlineStr"}
    assert all(row[0].data_type != "n" or row[0].value is None for row in rows)
    assert b"<f>" not in parts["xl/worksheets/sheet1.xml"]
    assert not any(b"hyperlink" in content for name, content in parts.items() if name.startswith("xl/worksheets/"))
    assert not any(cell.hyperlink for row in rows for cell in row)
    kept = [(row[0].value or "") for row in rows]
    possible = [
        text for text in hostile if not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff]", text)
    ]  # what XML can hold
    assert len(possible) > len(hostile) * 0.95
    assert [text for text in possible if text not in kept] == []


@pytest.mark.shared
def test_json_keeps_every_hostile_text_as_it_was(hostile):
    written = "".join(json_rows(("nr", "tekst"), enumerate(hostile)))
    assert [row["tekst"] for row in json.loads(written)] == hostile


@pytest.mark.shared
def test_no_hostile_text_begins_as_a_formula_in_a_csv_and_all_come_back(hostile):
    written = "".join(csv_rows(("tekst",), [(text,) for text in hostile]))
    assert written.startswith("\ufeff")
    back = [row[0] for row in csv.reader(io.StringIO(written[1:], newline=""), delimiter=";")][1:]
    assert len(back) == len(hostile)
    assert all(text in (was, "'" + was) for text, was in zip(back, hostile, strict=True))
    for text in back:
        seen = unicodedata.normalize("NFKC", text).lstrip()
        assert not seen.startswith(("=", "+", "-", "@")), text
        assert not text.startswith(("\t", "\r", "\n")), text


HIDDEN = ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", '"', "'", "“", "\x01", '\u2060 "', "\u00ad"]


@pytest.mark.parametrize("before", HIDDEN)
@pytest.mark.parametrize("sign", list("=+-@＝＋－＠﹢﹣﹫⁺₌−"))
def test_a_formula_is_defused_however_it_is_hidden(before, sign):
    assert defused(f"{before}{sign}SUM(1)").startswith("'")


@pytest.mark.parametrize("text", ["", "hej", "5 = 5", "æøå", "1+1", "(=x)", "Møllevej 12", "a@example.org", "👍"])
def test_plain_words_are_left_alone(text):
    assert defused(text) == text


@given(st.text(max_size=40))
def test_a_defused_text_is_the_text_or_the_text_after_an_apostrophe(text):
    assert defused(text) in (text, "'" + text)


def test_numbers_dates_and_moments_are_written_as_what_they_are():
    row = (-5, 2.5, date(2026, 12, 3), datetime(2026, 12, 3, 13, 33, 7, tzinfo=UTC), True, None)
    line = list(csv_rows("abcdef", [row]))[2]
    assert line == '"-5";"2,5";"2026-12-03";"2026-12-03 14:33:07";"ja";""\r\n'
    with xlsx_file([Tab("Svar", "abcdef", [row])]) as file:
        cells = read_xlsx(file)[1]
    assert [cell.value for cell in cells] == [
        -5,
        2.5,
        datetime(2026, 12, 3),
        datetime(2026, 12, 3, 14, 33, 7),
        "ja",
        None,
    ]
    (back,) = json.loads("".join(json_rows("abcdef", [row])))
    assert back["d"] == "2026-12-03T13:33:07+00:00"


def test_the_heading_is_frozen_and_bold_and_text_is_wrapped():
    with xlsx_file([Tab("Svar", ("Nr.", "Tekst"), [(1, "Kære\nbyråd")], widths=(6, 60))], title="Hvidbog") as file:
        book = openpyxl.load_workbook(file)
    tab = book["Svar"]
    assert tab.freeze_panes == "A2"
    assert tab["A1"].font.bold
    assert tab["B2"].alignment.wrap_text
    assert tab["B2"].value == "Kære\nbyråd"
    assert round(tab.column_dimensions["B"].width) in (60, 61)
    assert book.properties.title == "Hvidbog"


def test_a_row_is_as_high_as_its_longest_cell_needs():
    """LibreOffice lays the lines of a low row over the next one."""
    rows = [(1, "ord " * 75), (2, "kort"), (3, "en\nto\ntre")]
    with xlsx_file([Tab("Svar", ("Nr.", "Tekst"), rows, widths=(6, 60))]) as file:
        heights = openpyxl.load_workbook(file)["Svar"].row_dimensions
    assert [heights[row].height for row in (2, 3, 4)] == [75, None, 45]


def test_tabs_get_names_that_excel_allows():
    names = ["Emne: trafik/skole?", "a" * 40, "A" * 40, "", "History", "'x'"]
    with xlsx_file([Tab(name, ["x"], []) for name in names]) as file:
        found = openpyxl.load_workbook(file).sheetnames
    assert len({name.lower() for name in found}) == len(names)
    assert found[0] == "Emne  trafik skole"
    assert max(map(len, found)) <= 31


def test_a_text_too_long_for_a_cell_is_cut_and_says_where_the_rest_is():
    with xlsx_file([Tab("Svar", ["x"], [("æ👍" * 20_000,)])]) as file:
        text = read_xlsx(file)[1][0].value
    assert text.startswith("æ👍æ👍")
    assert text.endswith("JSON-filen.)")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_equal_rows_give_equal_bytes():
    def made() -> bytes:
        with xlsx_file([Tab("Svar", ["x"], [("æøå",)])]) as file:
            return file.read()

    assert made() == made()


def test_rows_are_written_as_they_come_and_memory_stays_small():
    rows = ((n, "Vi ønsker ro og grønne træer på vores vej, " * 4) for n in itertools.count())
    lines = csv_rows(("nr", "tekst"), rows)
    assert sum(len(line) for line in itertools.islice(lines, 1_000)) > 100_000
    tracemalloc.start()
    with xlsx_file([Tab("Svar", ("nr", "tekst"), itertools.islice(rows, 4_000))]) as file:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert file.seek(0, 2) > 20_000
    assert peak < 1_500_000
