"""S2, looked at by the program that a planner opens sheets with: LibreOffice finds no formula in what we write (T5)."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path

import pytest

from participation.foundation.exports import Tab, csv_rows, xlsx_file
from tests.law.conftest import Figure
from tests.office import opened
from tests.shared import corpus

pytestmark = [pytest.mark.browser, pytest.mark.shared]

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
#: Semicolons, double quotes, UTF-8, from line 1, all columns as they come, and every formula worked out.
AS_A_PLANNER_OPENS_IT = "CSV:59,34,76,1,,0,false,true,false,false,false,0,true"


def sheets(folder: Path, *files: Path, options: Iterable[str] = ()) -> list[ElementTree.Element]:
    """The cells of each file as LibreOffice reads them."""
    return [ElementTree.parse(path).getroot() for path in opened(folder, "fods", *files, options=options)]


def formulas(sheet: ElementTree.Element) -> list[str]:
    found = (cell.get(f"{TABLE}formula") for cell in sheet.iter(f"{TABLE}table-cell"))
    return [formula for formula in found if formula is not None]


def rows(sheet: ElementTree.Element) -> int:
    return sum(
        int(row.get(f"{TABLE}number-rows-repeated", "1"))
        for row in sheet.iter(f"{TABLE}table-row")
        if any("".join(cell.itertext()).strip() for cell in row)
    )


def test_libreoffice_finds_no_formula(figure: Figure, tmp_path: Path) -> None:
    texts = [row["payload"] for name in ("formula.jsonl", "naughty.jsonl") for row in corpus(name)]
    body = [(place, text) for place, text in enumerate(texts)]
    comma, control, excel = tmp_path / "ours.csv", tmp_path / "control.csv", tmp_path / "book.xlsx"
    comma.write_text("".join(csv_rows(("nr", "x"), body)), encoding="utf-8", newline="")
    control.write_text('nr;x\r\n1;"=1+1"\r\n2;"=SUM(2;3)"\r\n', encoding="utf-8-sig", newline="")
    with xlsx_file([Tab("Svar", ("nr", "x"), body)]) as file:
        excel.write_bytes(file.read())

    ours, planted = sheets(tmp_path, comma, control, options=[f"--infilter={AS_A_PLANNER_OPENS_IT}"])
    (book,) = sheets(tmp_path, excel)

    assert len(formulas(planted)) == 2, "LibreOffice reads formulas where there are some"
    assert rows(ours) >= len(texts)
    assert rows(book) >= len(texts)
    wrong = [f"CSV: {formula}" for formula in formulas(ours)] + [f"XLSX: {formula}" for formula in formulas(book)]
    assert figure("S2 CSV and XLSX opened in LibreOffice", wrong, 2 * len(texts)) == []
