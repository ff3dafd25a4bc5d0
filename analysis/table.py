"""Read the answers of a sheet, CSV or XLSX, without a database: one text a row, every code point as it was written."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

LARGEST_CELL = 2**31 - 1
"""Characters of one cell; a letter of several million is read like any other."""
_DELIMITERS = ",;\t|"
_HEADING_AMONG = 10
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")


class Unfit(ValueError):
    """What was given cannot be analysed; the message is one line that says why, and what would do."""


@dataclass(frozen=True)
class Answers:
    """The texts of a sheet or a folder with a name for each: the id column, the file, or the number of the row."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]


def read_table(path: Path, column: str | None, id_column: str | None = None, *, encoding: str | None = None) -> Answers:
    """Read one column of words from a sheet whose heading stands in one of its first ten rows.

    CSV: UTF-8, UTF-16 by its mark, else Windows-1252; the delimiter is the one that makes the heading hold the
    column. A row without words is an answer too: it is counted as saying too little.

    Args:
        column: the heading over the words; may be left out where the sheet has one column.
        id_column: the heading over what the rows are called; their numbers, from 1, if not given.
        encoding: the name of a text encoding, where the guess is wrong.

    Raises:
        Unfit: no such file or column, nothing to read, letters that do not fit the encoding, or two rows with one id.
    """
    try:
        start = path.open("rb").read(8)
    except OSError as error:
        raise Unfit(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    if not start:
        raise Unfit(f"{path} is empty")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unfit(f"{path} is locked or from an old Excel; save it as .xlsx or .csv")
    if start.startswith(b"%PDF"):
        raise Unfit(f"{path} is a letter, not a sheet; name the folder it lies in")
    wanted = [name for name in (column, id_column) if name is not None]
    rows = _xlsx(path) if start.startswith(b"PK") else _csv(_decoded(path, encoding), wanted, path)
    return _answers(rows, column, id_column, path)


def _answers(rows: Iterator[Sequence[str]], column: str | None, id_column: str | None, path: Path) -> Answers:
    first = list(islice(rows, _HEADING_AMONG))
    if not first:
        raise Unfit(f"{path} is empty")
    headings = [[cell.strip().removeprefix("\ufeff") for cell in row] for row in first]
    at = next((i for i, row in enumerate(headings) if column is None or column.strip() in row), 0)
    heading = headings[at]
    words = _place(heading, column, path, "--text")
    name = None if id_column is None else _place(heading, id_column, path, "--id")
    ids: list[str] = []
    texts: list[str] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(chain(first[at + 1 :], rows), 1):
        mine = row[name].strip() if name is not None and name < len(row) else str(number)
        if not mine:
            raise Unfit(f"{path}: row {number} has nothing in the column {id_column!r}; every answer needs an id")
        if mine in seen:
            raise Unfit(f"{path}: rows {seen[mine]} and {number} have the same id {mine!r} in {id_column!r}")
        seen[mine] = number
        ids.append(mine)
        texts.append(row[words] if words < len(row) else "")
    if not texts:
        raise Unfit(f"{path} has a heading but no rows under it")
    return Answers(tuple(ids), tuple(texts))


def _place(heading: Sequence[str], column: str | None, path: Path, option: str) -> int:
    there = ", ".join(cell for cell in heading if cell) or "none"
    if column is None:
        if len(heading) == 1:
            return 0
        raise Unfit(f"say by {option} which column of {path} holds the words; the columns are: {there}"[:2000])
    if (column := column.strip()) in heading:
        return heading.index(column)
    alike = [i for i, cell in enumerate(heading) if cell.casefold() == column.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise Unfit(f"{path} has no column {column!r}; the columns are: {there}"[:2000])


def _decoded(path: Path, encoding: str | None) -> str:
    held = path.read_bytes()
    if encoding is None:
        encoding = "utf-16" if held.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = held.decode(encoding)
    except LookupError as error:
        raise Unfit(f"there is no encoding called {encoding!r}; try utf-8, cp1252 or utf-16") from error
    except UnicodeError as error:
        if encoding != "utf-8-sig":
            raise Unfit(f"{path} is not {encoding}; name the right one by --encoding") from error
        text = _western(held, path, error)
    if (broken := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, broken.start()) + 1
        raise Unfit(f"{path} is no text in an encoding we know (line {line}); save it as CSV in UTF-8")
    return text


def _western(held: bytes, path: Path, error: UnicodeError) -> str:
    """The same as Windows-1252, unless it is UTF-8 with a broken place in it."""
    at = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = held.count(b"\n", 0, at) + 1
    whole = len(re.findall(rb"[\xc3][\x80-\xbf]|[\xe2][\x80-\xbf]{2}", held))
    broken = len(re.findall(rb"[\x80-\xff]", re.sub(rb"[\xc2-\xf4][\x80-\xbf]{1,3}", b"", held)))
    if whole > broken:
        raise Unfit(f"{path} is UTF-8 with broken letters (the first in line {line}); save it anew as UTF-8") from error
    try:
        return held.decode("cp1252")
    except UnicodeDecodeError as other:
        raise Unfit(
            f"{path} is neither UTF-8 nor Windows-1252 (line {line}); save it as UTF-8 or name --encoding"
        ) from other


def _csv(text: str, wanted: Sequence[str], path: Path) -> Iterator[Sequence[str]]:
    if not text.strip():
        raise Unfit(f"{path} is empty")
    told = re.match(r"sep=(.)\r?\n", text, re.I)
    delimiter = told[1] if told else _delimiter(text, wanted)
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        file = io.StringIO(text[told.end() :] if told else text, newline="")
        rows = [row for row in csv.reader(file, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Unfit(f"{path} cannot be read as CSV: {error}") from error
    finally:
        csv.field_size_limit(before)
    return iter(rows)


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The sign that puts the wanted columns into the heading; where several or none do, the one that cuts most."""
    lines = text[:100_000].splitlines()[:_HEADING_AMONG]

    def score(sign: str) -> tuple[int, int]:
        rows = [[cell.strip().casefold() for cell in row] for row in csv.reader(lines, delimiter=sign)]
        best = max((sum(name.strip().casefold() in row for name in wanted) for row in rows), default=0)
        return best, max((len(row) for row in rows[:1]), default=0)

    try:
        return max(_DELIMITERS, key=score)
    except csv.Error:
        return ","


def _xlsx(path: Path) -> Iterator[Sequence[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        for tab in book.worksheets:
            tab.reset_dimensions()
            rows = [tuple(map(_cell, row)) for row in tab.iter_rows(values_only=True)]
            if filled := [row for row in rows if any(cell.strip() for cell in row)]:
                return iter(filled)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError) as error:
        raise Unfit(f"{path} is no sheet that can be read; save it as .xlsx or .csv") from error
    return iter(())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
