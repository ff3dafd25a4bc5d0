"""Hand figures and words out as CSV, XLSX and JSON, row by row, so that no cell can act as a formula (RP-12).

A citizen's "=HYPERLINK(…)" must stay words when a planner opens the file. In XLSX every text is written as text. CSV
has no types, so a text that a spreadsheet could take for a formula gets an apostrophe in front. JSON keeps every
word as it was.

A CPR number leaves the house in none of them (`personal.struck`), unless the caller has a right to the originals.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from flask_babel import gettext as _

from participation.foundation.personal import struck

__all__ = ["Tab", "csv_rows", "defused", "for_xml", "geojson", "json_rows", "xlsx_file"]

_HERE = ZoneInfo("Europe/Copenhagen")
_LONGEST_CELL = 32_767
#: Height of a line, and the highest row that a spreadsheet knows, in points.
_LINE, _HIGHEST_ROW = 15, 409
_TRIGGERS = frozenset("=+-@")
_QUOTES = frozenset("\"'`´‘’‚‛“”„‟«»‹›＂＇")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of a workbook.

    Attributes:
        rows: text, numbers, dates, moments (aware) or None; read once, as they are written.
        widths: of the columns, in characters; then each row is as high as its longest cell needs, and its height is
            remembered until the end (some 100 bytes a row). Without it 12 for every column.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A CSV as Danish Excel opens it: UTF-8 with its mark, semicolons, every cell in quotes. One piece for each row."""
    yield "\ufeff"
    for row in _with_first(header, rows):
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(_csv_cell, row))
        yield line.getvalue()


def xlsx_file(tabs: Iterable[Tab], *, title: str = "", created: datetime = _CREATED) -> BinaryIO:
    """A workbook with a frozen bold heading, wrapped text and no formulas, in a nameless file on disk.

    Memory stays at one row. The caller closes the file. ``created`` is fixed, so equal rows give equal bytes.
    """
    file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": for_xml(title), "created": created.replace(tzinfo=None)})
    shapes = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "inert": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "number": book.add_format({"valign": "top", "align": "right", "indent": 1}),
        "day": book.add_format({"valign": "top", "num_format": "dd-mm-yyyy", "align": "left"}),
        "moment": book.add_format({"valign": "top", "num_format": "dd-mm-yyyy hh:mm:ss", "align": "left"}),
    }
    taken: set[str] = set()
    for tab in tabs:
        sheet = book.add_worksheet(_tab_name(tab.name, taken))
        for column in range(len(tab.header)):
            sheet.set_column(column, column, tab.widths[column] if column < len(tab.widths) else 12)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for column, name in enumerate(tab.header):
            sheet.write_string(0, column, _fitted(name), shapes["head"])
        for number, row in enumerate(tab.rows, 1):
            if tab.widths and (lines := _lines(row, tab.widths)) > 1:
                sheet.set_row(number, min(lines * _LINE, _HIGHEST_ROW))
            for column, value in enumerate(row):
                _write(sheet, number, column, value, shapes)
    book.close()
    file.seek(0)
    return file


def json_rows(header: Sequence[str], rows: Iterable[Sequence[Any]], *, net: bool = True) -> Iterator[str]:
    """A JSON list with one object for each row, every text as it was written; moments in ISO 8601, UTC.

    Args:
        net: False for those who may read the originals: then CPR numbers stand there, too.
    """
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(
            dict(zip(header, map(_netted, row) if net else row, strict=True)), ensure_ascii=False, default=_json
        )
    yield "\n]\n"


def geojson(features: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A FeatureCollection (RFC 7946), one piece for each feature; no property holds a CPR number."""
    yield '{"type": "FeatureCollection", "features": ['
    for number, feature in enumerate(features):
        told = {name: _netted(value) for name, value in feature["properties"].items()}
        line = json.dumps(feature | {"properties": told}, ensure_ascii=False, default=_json)
        yield (",\n" if number else "\n") + line
    yield "\n]}\n"


def defused(text: str) -> str:
    """The same text, with an apostrophe in front if a spreadsheet could take it for a formula.

    Blanks, control and zero-width characters and quotes before the sign do not hide it, nor does its full-width form.
    """
    if text[:1] in ("\t", "\r", "\n"):
        return "'" + text
    for sign in text:
        if sign.isspace() or sign in _QUOTES or unicodedata.category(sign) in ("Cc", "Cf", "Mn", "Zs", "Cn", "Co"):
            continue
        return "'" + text if unicodedata.normalize("NFKC", sign)[:1] in _TRIGGERS or sign == "−" else text
    return text


def _with_first(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield header
    yield from rows


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    if isinstance(value, datetime):
        return _local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return defused(struck(_SURROGATES.sub("\ufffd", str(value)).replace("\0", "\ufffd")))


def _write(sheet: Any, row: int, column: int, value: Any, shapes: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, _("ja") if value else _("nej"), shapes["text"])
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, shapes["number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, _local(value).replace(tzinfo=None), shapes["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), shapes["day"])
    else:
        text = _fitted(struck(str(value)))
        sheet.write_string(row, column, text, shapes["inert" if defused(text) != text else "text"])


def _lines(row: Sequence[Any], widths: Sequence[int]) -> int:
    """How many lines the row's longest cell takes: not every program reckons it out when it opens the file."""
    told = ((value, widths[place] if place < len(widths) else 12) for place, value in enumerate(row))
    return max((_folded(value, width) for value, width in told if isinstance(value, str)), default=1)


def _folded(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def _fitted(text: str) -> str:
    """What a cell can hold; a longer text is cut and says so (a cell holds 32,767 UTF-16 units)."""
    text = for_xml(text)
    if len(text.encode("utf-16-le")) // 2 <= _LONGEST_CELL:
        return text
    end = _(" … (Teksten er for lang til et regneark. Du finder hele teksten i JSON-filen.)")
    room = (_LONGEST_CELL - len(end)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + end


def for_xml(text: str) -> str:
    """Without what no XML can hold: control characters, half characters and non-characters become U+FFFD."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def _tab_name(name: str, taken: set[str]) -> str:
    """A tab's name as Excel allows it: at most 31 characters, none of []:*?/\\, no quote at an end, each once."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:31] or "Ark"
    unique, number = plain, 1
    while unique.lower() in taken or unique.lower() == "history":
        number += 1
        unique = f"{plain[: 30 - len(str(number))]} {number}"
    taken.add(unique.lower())
    return unique


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_HERE) if moment.tzinfo else moment


def _netted(value: Any) -> Any:
    return struck(value) if isinstance(value, str) else value


def _json(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
