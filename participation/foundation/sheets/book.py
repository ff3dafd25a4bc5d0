"""Read a sheet of contributions (CSV or XLSX) row by row, as staff export them from other places (RP-06).

Nothing is held in memory but the row at hand. A row that cannot be used says why, in Danish; the others go on.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from flask_babel import gettext as _

from participation.foundation.documents import Unreadable

from .columns import guess_mapping

#: A sheet of more rows is refused where the next row begins.
MOST_ROWS = 200_000
_MOST_COLUMNS = 200
#: Bytes that a workbook may unpack to: in all, and of the parts that are held in memory (not the rows).
_LARGEST_UNPACKED, _LARGEST_HELD = 1_500_000_000, 150_000_000
_SAMPLE = 200_000
_DELIMITERS = ";,\t|"

Cell = str | date | datetime | time | None
Rows = Iterator[tuple[int, tuple[Cell, ...]]]

csv.field_size_limit(1_000_000)  # a quote that never ends is one bad row, not a full memory


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose heading has been read.

    Attributes:
        columns: the heading, one name for each column; an unnamed one is "Kolonne 3".
        rows: ``(number, cells)`` with the number a person sees beside the row; blank rows are left out. Read once.
            Raises ``Unreadable`` where the sheet turns out to be broken or to have more than 200,000 rows.
        encoding: of a CSV; None for XLSX.
        delimiter: of a CSV; None for XLSX.
    """

    columns: tuple[str, ...]
    rows: Rows
    encoding: str | None = None
    delimiter: str | None = None


def read_sheet(name: str, source: bytes | Path) -> Sheet:
    """Open a CSV or XLSX sheet; what the file is weighs more than its name.

    Raises:
        Unreadable: it is empty, damaged, locked, too large or something else.
    """
    file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    start = file.read(8)
    file.seek(0)
    if not start:
        raise Unreadable(_("Filen er tom, så gem den igen, og prøv en gang til."), "empty")
    if start.startswith(b"PK"):
        return _headed(_xlsx_rows(file))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("Filen er låst eller fra en gammel Excel, så gem den som .xlsx uden kode, og prøv igen."), "old"
        )
    if start.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")) or name.lower().endswith((".xlsx", ".xlsm")):
        raise Unreadable(_("Filen er ikke et regneark, så gem den som .xlsx eller .csv, og prøv igen."), "unknown")
    encoding = _encoding(file)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    delimiter = _delimiter(text.read(_SAMPLE))
    text.seek(0)
    return _headed(_csv_rows(text, delimiter), encoding, delimiter)


def _headed(
    rows: Iterator[tuple[int, tuple[Cell, ...]]], encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """Find the heading: the first row with a column for the words, or else the first row at all.

    Exports often begin with a title and a date, so the first ten rows are looked at.
    """
    first = list(islice(rows, 10))
    if not first:
        raise Unreadable(_("Der er ingen rækker i filen, så se efter, om det er den rigtige fil."), "empty")
    at = next((i for i, (_number, cells) in enumerate(first) if "text" in guess_mapping(_names(cells))), 0)
    columns = _names(first[at][1])
    return Sheet(columns, _limited(chain(first[at + 1 :], rows)), encoding, delimiter)


def _limited(rows: Iterable[tuple[int, tuple[Cell, ...]]]) -> Rows:
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Unreadable(_("Der er over 200.000 rækker i filen, så del den i flere filer."), "too_heavy")
        yield row


def _names(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Column names, each once."""
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(str(cell).split()) if cell not in (None, "") else _("Kolonne %(number)s", number=number)
        name = name[:200]
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)


# CSV


def _encoding(file: BinaryIO) -> str:
    """UTF-8 if every byte of the file is; UTF-16 by its mark or its zeros; else Windows-1252."""
    start = file.read(4096)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    even = start[: len(start) // 2 * 2]
    for wide, zeros in (("utf-16-le", even[1::2]), ("utf-16-be", even[0::2])):
        if len(zeros) > 4 and zeros.count(0) > len(zeros) * 0.7:
            return wide
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(1_000_000):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8"


def _delimiter(sample: str) -> str:
    """The sign that gives the most rows the same number of columns as the heading."""
    if found := re.match(r"\ufeff?sep=(.)\r?\n", sample, re.I):
        return found[1]

    def score(sign: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row][:200]
        except csv.Error:
            return 0, 0
        width = len(rows[0]) if rows else 0
        if width < 2:
            return 0, 0
        if len(rows) > 2 and len(sample) >= _SAMPLE:
            rows.pop()
        return sum(len(row) == width for row in rows) / len(rows), width

    best = max(_DELIMITERS, key=score)
    return best if score(best) > (0, 0) else ";"


def _csv_rows(text: io.TextIOWrapper, delimiter: str) -> Rows:
    number = 0
    with text:
        try:
            for number, cells in enumerate(csv.reader(text, delimiter=delimiter), 1):
                if number == 1 and cells and re.fullmatch(r"\ufeff?sep=", cells[0], re.I):
                    continue
                if any(cell.strip() for cell in cells):
                    yield number, tuple(cells[:_MOST_COLUMNS])
        except csv.Error as broken:
            words = _("Række %(number)s er for lang, så se efter, om der mangler et anførselstegn.", number=number + 1)
            raise Unreadable(words) from broken


# XLSX


def _xlsx_rows(file: BinaryIO) -> Rows:
    try:
        _check_archive(file)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception as broken:  # openpyxl falls in many ways over a damaged file
        raise _damaged() from broken
    try:
        for tab in book.worksheets:
            tab.reset_dimensions()  # the declared size of a sheet may lie
            empty = True
            for number, cells in enumerate(tab.iter_rows(max_col=_MOST_COLUMNS, values_only=True), 1):
                row = tuple(_cell(value) for value in cells)
                while row and row[-1] is None:
                    row = row[:-1]
                if any(not isinstance(cell, str) or cell.strip() for cell in row if cell is not None):
                    empty = False
                    yield number, row
            if not empty:
                return
    except Exception as broken:  # the parts of a workbook are read on the way
        raise _damaged() from broken
    finally:
        book.close()


def _damaged() -> Unreadable:
    return Unreadable(_("Regnearket er gået i stykker, så åbn det i Excel, gem det igen, og prøv en gang til."))


def _check_archive(file: BinaryIO) -> None:
    """Refuse what is no workbook, and what would unpack to more than we hold."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable(_("Filen er låst med en kode, så fjern koden, og læg filen ind igen."), "locked")
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable(_("Filen er ikke et regneark, så gem den som .xlsx eller .csv, og prøv igen."), "unknown")
        held = sum(part.file_size for part in parts if not part.filename.startswith(("xl/worksheets/", "xl/media/")))
        total = sum(part.file_size for part in parts)
        if len(parts) > 5_000 or total > _LARGEST_UNPACKED or held > _LARGEST_HELD:
            raise Unreadable(_("Filen er for tung at læse, så del den i mindre filer."), "too_heavy")
        for part in parts:
            if part.filename.endswith(".xml") and b"<!DOCTYPE" in archive.open(part).read(100_000):
                raise _damaged()
    file.seek(0)


def _cell(value: Any) -> Cell:
    """A cell as a person sees it: whole numbers without ".0", dates as dates, the rest as text."""
    if value is None or isinstance(value, (str, date, time)):
        return value or None if isinstance(value, str) else value
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def text_of(cell: Cell) -> str:
    """What a cell says, for a preview; dates as ``2026-12-03``."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return cell or ""


def named(columns: tuple[str, ...], cells: tuple[Cell, ...]) -> Mapping[str, Cell]:
    """The cells of a row by the names of their columns."""
    return dict(zip(columns, cells, strict=False))
