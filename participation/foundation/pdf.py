"""Typeset a report as a PDF that a screen reader can read and an archive can keep (PDF/UA-1 and PDF/A-2a).

The data go in as a JSON file beside the template, never as markup, so a citizen's ``#`` or ``$`` is only a sign.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst
from flask_babel import gettext as _

__all__ = ["printable", "typeset"]

_STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]
_REGIONS = {"da": "dk", "en": "gb", "de": "de"}
_MAIN = '#import "house.typ": paper\n#show: paper\n#include "document.typ"\n'
_HEAD = '#import "house.typ": *\n#let data = json("data.json")\n'
_TRIES = 60
#: East Asian writing and emoji: asked for one by one they would cost seconds.
_NO_FONT = ((0x2E80, 0xA4CF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1F000, 0x1FAFF), (0x20000, 0xE007F))


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    lang: str = "da",
    created: date,
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """A report as PDF; the same template, data and date give the same bytes.

    Args:
        template: typst source of ours, constant; ``house.typ`` is imported and ``data`` is at hand.
        data: what JSON can hold. Signs that no font of ours can print are replaced by a word in brackets.
        title: shown on the cover and in the window's title.
        lang: da, en or de: hyphenation and the voice of the screen reader.
        created: the report's own date.
        files: pictures that the template names, by file name.

    Raises:
        typst.TypstError: the template is wrong, or breaks a standard (a figure without ``alt``).
    """
    meta = {
        "title": title,
        "lang": lang,
        "region": _REGIONS.get(lang),
        "created": [created.year, created.month, created.day],
        "words": {"contents": _("Indhold"), "page": _("side"), "of": _("af")},
    }
    with tempfile.TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        for file, content in (files or {}).items():
            (folder / Path(file).name).write_bytes(content)
        (folder / "house.typ").write_text(_house().read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "document.typ").write_text(_HEAD + template, encoding="utf-8")
        (folder / "main.typ").write_text(_MAIN, encoding="utf-8")
        return _compiled(folder, {"meta.json": meta, "data.json": data}, created)


def printable(text: str) -> str:
    """The text with every sign that no font of ours can print replaced by a word in brackets ("[smiley]")."""
    text = _whole(text)
    strange = frozenset(sign for sign in text if not _common(sign))
    return _replaced(text, _unprintable(strange)) if strange else text


def _compiled(folder: Path, told: Mapping[str, Any], created: date) -> bytes:
    """Compile; a sign that turns out to be unprintable only where it stands is replaced, and we try again."""
    strange = frozenset(sign for text in _strings(told) for sign in _whole(text) if not _common(sign))
    bad, bare = set(_unprintable(strange)), set[str]()
    moment = datetime(created.year, created.month, created.day, tzinfo=UTC)
    for _try in range(_TRIES):
        for name, content in told.items():
            (folder / name).write_text(json.dumps(_walked(content, bad, bare), ensure_ascii=True), encoding="ascii")
        try:
            return _typst(folder / "main.typ", moment)
        except typst.TypstError as refused:
            named = _named_in(str(refused))
            if not named - bad - bare:
                raise
            bad |= {sign for sign in named if not _common(sign) and sign in bare}
            bare |= named
    raise ValueError("too many unprintable signs")


def _typst(main: Path, moment: datetime) -> bytes:
    made = typst.compile(
        str(main),
        root=str(main.parent),
        format="pdf",
        pdf_standards=[*_STANDARDS],
        ignore_system_fonts=True,
        timestamp=int(moment.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _house() -> Path:
    """The house style: beside the package in a clone, inside it in a wheel."""
    here = Path(__file__).resolve()
    places = (here.parents[2] / "templates/typst/house.typ", here.parents[1] / "templates/typst/house.typ")
    return next(place for place in places if place.is_file())


# Signs that can be printed


def _common(sign: str) -> bool:
    """Whether the built-in serif is known to have the sign: Latin, Greek, Cyrillic, common punctuation."""
    code = ord(sign)
    return 0x20 <= code < 0x7F or 0xA0 <= code < 0x180 or sign in "\n\t–—‘’“”„•…€"


@lru_cache(maxsize=4096)
def _unprintable(signs: frozenset[str]) -> frozenset[str]:
    """Those of the signs that typst refuses to print, found by halving."""
    if never := frozenset(sign for sign in signs if not _may_print(sign)):
        return never | _unprintable(signs - never)
    if not signs or _prints(signs):
        return frozenset()
    if len(signs) == 1:
        return signs
    row = sorted(signs)
    half = len(row) // 2
    return _unprintable(frozenset(row[:half])) | _unprintable(frozenset(row[half:]))


def _may_print(sign: str) -> bool:
    """Controls, half characters, non-characters and private signs never print; for CJK and emoji we have no font."""
    code = ord(sign)
    if any(first <= code <= last for first, last in _NO_FONT) or code & 0xFFFE == 0xFFFE:
        return False
    return unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn")


def _prints(signs: Iterable[str]) -> bool:
    with tempfile.TemporaryDirectory(prefix="signs-") as name:
        folder = Path(name)
        (folder / "signs.json").write_text(json.dumps(sorted(signs)), encoding="ascii")
        probe = (
            '#set document(title: "x")\n#set text(font: "Libertinus Serif")\n'
            '#for sign in json("signs.json") [#(sign + " ") #strong(sign)]\n'
        )
        (folder / "main.typ").write_text(probe, encoding="utf-8")
        try:
            _typst(folder / "main.typ", datetime(2000, 1, 1, tzinfo=UTC))
        except typst.TypstError:
            return False
    return True


def _named_in(refusal: str) -> set[str]:
    """The signs that a refusal names: the text `"😀"` could not be displayed, the codepoint `"\\u{e000}"`."""
    found = set()
    for quoted in re.findall(r'`"((?:[^"\\]|\\.)*)"`', refusal):
        plain = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda code: chr(int(code[1], 16)), quoted)
        found |= set(plain)
    return found


def _whole(text: str) -> str:
    """Letters composed, line ends as ``\\n``, and no variation selectors, which only ask for another look."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub("[\ufe00-\ufe0f\u20e3\U000e0100-\U000e01ef]", "", text)


def _bared(text: str, bare: set[str]) -> str:
    """Without the marks piled on signs that cannot be printed under them."""
    if not any(sign in text for sign in bare):
        return text
    out: list[str] = []
    dropping = False
    for sign in text:
        mark = unicodedata.category(sign)[0] == "M" or sign == "\u200d"
        if not (dropping and mark):
            out.append(sign)
        dropping = sign in bare or (dropping and mark)
    return "".join(out)


def _replaced(text: str, bad: Iterable[str]) -> str:
    holes = "".join(map(re.escape, sorted(bad)))
    return re.sub(f"[{holes}\u200d]*[{holes}][{holes}\u200d]*", _said, text) if holes else text


def _said(run: re.Match[str]) -> str:
    """One word in brackets for a run of signs."""
    signs = [sign for sign in run[0] if unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn")]
    if not signs:
        return ""
    if any(0x1F600 <= ord(sign) <= 0x1F64F for sign in signs):
        return _("[smiley]")
    if all(unicodedata.category(sign)[0] in "SM" or sign in "\u200d" for sign in signs):
        return _("[symbol]")
    return _("[tegn, som ikke kan trykkes her]")


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _walked(value: Any, bad: set[str], bare: set[str]) -> Any:
    if isinstance(value, str):
        return _bared(_replaced(_whole(value), bad), bare)
    if isinstance(value, Mapping):
        return {key: _walked(inner, bad, bare) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walked(inner, bad, bare) for inner in value]
    return value
