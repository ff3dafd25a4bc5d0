"""Read each row of a sheet as a contribution, or say in Danish why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from .book import Cell, Sheet, named
from .columns import CAPACITIES, CHANNELS, LANGUAGES, STANCES, meaning

#: The longest text of a row, in code points, and the longest of every other field.
LONGEST, LONGEST_FIELD = 20_000, 300
_HERE = ZoneInfo("Europe/Copenhagen")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januar january", "feb februar february", "mar marts march märz", "apr april", "maj may mai",
         "jun juni june", "jul juli july", "aug august", "sep sept september", "okt oktober october oct",
         "nov november", "dec december dez dezember"), 1
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = r"(?:[ T,]+(?:kl\.? ?|den )?(\d{1,2})[.:](\d{2})(?:[.:](\d{2})(?:[.,]\d+)?)?)?"
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})" + _CLOCK + r"\s*(Z|[+-]\d{2}:?\d{2})?")
_NUMBERS = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})" + _CLOCK)
_NAMED = re.compile(r"(?:[a-zæøåäöü]+ ?(?:d\.|den|,)? )?(\d{1,2})\.? ([a-zæøåä]+)\.?,? (\d{4})" + _CLOCK)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: either values or a problem.

    Attributes:
        number: as a person sees it beside the row.
        values: field → value: ``text``, ``name``, ``email``, ``organisation``, ``external_id``, ``place`` and
            ``label`` as text; ``language`` as a code; ``capacity``, ``channel`` and ``stance`` as their kinds;
            ``received_at`` aware, UTC. Empty cells are left out.
        problem: why the row is rejected, in Danish, or None.
    """

    number: int
    values: Mapping[str, Any]
    problem: str | None = None


class _Bad(Exception):
    """A cell that cannot be used; the message is for a person."""


def read_rows(sheet: Sheet, mapping: Mapping[str, str]) -> Iterator[Row]:
    """Read every row by a mapping of field → column; a bad row gives its reason and the next is read.

    Raises:
        Unreadable: the sheet itself turns out to be broken.
    """
    for number, cells in sheet.rows:
        row = named(sheet.columns, cells)
        values: dict[str, Any] = {}
        try:
            for field, read in _READERS.items():
                column = mapping.get(field)
                cell = row.get(column) if column else None
                if (value := read(cell)) is not None:
                    values[field] = value
        except _Bad as bad:
            yield Row(number, {}, str(bad))
        else:
            yield Row(number, values)


def danish_moment(written: str) -> datetime:
    """A moment as people write it: "3. december 2026 kl. 14.33", "03-12-2026", "2026-12-03T14:33+01:00".

    A day without a clock is its first minute in Denmark, so that the last day of a hearing is in time.

    Returns:
        aware, UTC.

    Raises:
        ValueError: it is no date.
    """
    said = " ".join(written.split()).lower()
    if found := _ISO.fullmatch(said.upper()):
        year, month, day, hour, minute, second, zone = found.groups()
        if zone:
            offset = "+00:00" if zone == "Z" else zone
            stamp = f"{year}-{month}-{day}T{int(hour or 0):02}:{minute or '00'}:{second or '00'}{offset}"
            return datetime.fromisoformat(stamp).astimezone(UTC)
    elif found := _NUMBERS.fullmatch(said):
        day, month, year, hour, minute, second = found.groups()
    elif (found := _NAMED.fullmatch(said)) and found[2] in _MONTHS:
        day, name, year, hour, minute, second = found.groups()
        month = str(_MONTHS[name])
    else:
        raise ValueError(written)
    local = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=_HERE)
    return local.astimezone(UTC)


def _text(cell: Cell) -> str:
    text = _plain(cell)
    if not text:
        raise _Bad(_("Teksten er tom."))
    if len(text) > LONGEST:
        raise _Bad(
            _("Teksten er på %(length)s tegn. Den må højst være på 20.000.", length=f"{len(text):,}".replace(",", "."))
        )
    return text


def _field(name: Callable[[], str]) -> Callable[[Cell], str | None]:
    def read(cell: Cell) -> str | None:
        text = " ".join(_plain(cell).split())
        if len(text) > LONGEST_FIELD:
            raise _Bad(_("Feltet %(name)s er på over 300 tegn.", name=name()))
        return text or None

    return read


def _email(cell: Cell) -> str | None:
    text = _plain(cell)
    if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise _Bad(_("“%(word)s” er ikke en e-mailadresse.", word=text[:60]))
    return text[:LONGEST_FIELD] or None


def _received(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=_HERE)).astimezone(UTC)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), _HERE).astimezone(UTC)
    text = _plain(cell)
    if not text:
        return None
    try:
        return danish_moment(text)
    except (ValueError, OverflowError) as bad:
        words = _("“%(word)s” er ikke en dato. Skriv den som 3. december 2026 eller 03-12-2026.", word=text[:60])
        raise _Bad(words) from bad


def _one_of(table: dict[Any, tuple[str, ...]], complaint: Callable[[str], str]) -> Callable[[Cell], Any]:
    def read(cell: Cell) -> Any:
        text = _plain(cell)
        if not text:
            return None
        found = meaning(text, table)
        if found is None:
            raise _Bad(complaint(text[:60]))
        return found

    return read


def _language(cell: Cell) -> str | None:
    text = _plain(cell)
    if not text:
        return None
    code = text.lower().replace("_", "-").split("-")[0]
    found = meaning(text, LANGUAGES) or meaning(code, LANGUAGES)
    if found is None and not re.fullmatch(r"[a-z]{2}", code):
        raise _Bad(_("Vi kender ikke sproget “%(word)s”.", word=text[:60]))
    return found or code


def _plain(cell: Cell) -> str:
    """What a cell says, without blanks at the ends.

    Raises:
        _Bad: it holds a NUL or half a character, which no text may.
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell.isoformat()
    if "\0" in cell:
        raise _Bad(_("Der er et tegn i rækken, som ikke kan gemmes (et NUL-tegn)."))
    if "\ufffd" in cell or any("\ud800" <= sign <= "\udfff" for sign in cell):
        raise _Bad(_("Der er bogstaver i rækken, som er gået i stykker, så gem filen igen som UTF-8."))
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


_READERS: dict[str, Callable[[Cell], Any]] = {
    "text": _text,
    "name": _field(lambda: _("navn")),
    "email": _email,
    "organisation": _field(lambda: _("organisation")),
    "capacity": _one_of(
        CAPACITIES,
        lambda word: _("Vi kender ikke afsendertypen “%(word)s”. Skriv for eksempel borger eller forening.", word=word),
    ),
    "received_at": _received,
    "channel": _one_of(
        CHANNELS, lambda word: _("Vi kender ikke kanalen “%(word)s”. Skriv for eksempel mail eller brev.", word=word)
    ),
    "external_id": _field(lambda: _("nummer")),
    "language": _language,
    "place": _field(lambda: _("sted")),
    "stance": _one_of(
        STANCES, lambda word: _("Vi kender ikke holdningen “%(word)s”. Skriv for, imod eller blandet.", word=word)
    ),
    "label": _field(lambda: _("emne")),
}
