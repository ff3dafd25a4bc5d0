"""S2: no hostile text acts as a formula when a sheet is opened again, and JSON keeps every one as it was (T5)."""

import csv
import io
import json
import unicodedata

import openpyxl
import pytest

from participation.foundation.exports import Tab, csv_rows, json_rows, xlsx_file
from tests.law.conftest import Figure
from tests.shared import corpus

pytestmark = pytest.mark.shared


def test_no_cell_is_a_formula_when_it_is_read_back(figure: Figure) -> None:
    texts = [row["payload"] for name in ("formula.jsonl", "naughty.jsonl") for row in corpus(name)]
    body = [(text,) for text in texts]
    with xlsx_file([Tab("Svar", ("x",), body)]) as file:
        cells = [row[0] for row in list(openpyxl.load_workbook(file).worksheets[0].iter_rows())[1:]]
    sheet = [row[0] for row in csv.reader(io.StringIO("".join(csv_rows(("x",), body))[1:], newline=""), delimiter=";")][
        1:
    ]
    objects = [row["x"] for row in json.loads("".join(json_rows(("x",), body)))]
    wrong = [text for text, cell in zip(texts, cells, strict=True) if cell.data_type == "f"]
    wrong += [out for out in sheet if unicodedata.normalize("NFKC", out).lstrip()[:1] in ("=", "+", "-", "@")]
    wrong += [text for text, out in zip(texts, objects, strict=True) if out != text]
    assert not figure("S2 CSV, XLSX, JSON", wrong, 3 * len(texts))
