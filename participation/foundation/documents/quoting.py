"""Where a mail stops being the citizen's own words and starts quoting an earlier mail."""

from __future__ import annotations

import re

from .model import Note

_DIVIDER = re.compile(
    r"^>?\s*[-_*]{2,}\s*(oprindelig|original|ursprüngliche|videresendt|forwarded|weitergeleitete)\w*\s+"
    r"(meddelelse|besked|mail|message|nachricht)\s*[-_*]*\s*$",
    re.I,
)
_APPLE = re.compile(
    r"^(start på videresendt besked|begin forwarded message|anfang der weitergeleiteten nachricht)\s*:", re.I
)
_FROM = re.compile(r"^[>*\s]*(fra|from|von)\s*:[*\s]*\S", re.I)
_SENT = re.compile(r"^[>*\s]*(sendt|sent|gesendet|dato|date|datum)\s*:", re.I)
_WROTE = re.compile(r"^>?\s*(den|on|am)\b(?=.*\d).{5,250}\b(skrev|wrote|schrieb)\b.{0,160}:\s*$", re.I)
_THEY_WROTE = re.compile(r"^.{2,160}\b(skrev|wrote|schrieb)\b(?=.*(@|\d{1,2}[.:]\d{2})).{0,160}:\s*$", re.I)


def find_quoted(words: str) -> tuple[int | None, tuple[tuple[Note, str], ...]]:
    """Code point where quoted history begins, or None where there is none or it cannot be cut off cleanly.

    A mail whose own words stand *between* quoted lines, or that only passes another on, is left whole with a note.
    """
    lines = words.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    index = next((i for i in range(len(lines)) if _begins_history(lines, i)), None)
    if index is None:
        index = _trailing_quote(lines)
    if index is None:
        return None, ()
    if not any(line.strip(" _-*") for line in lines[:index]):
        return None, ((Note.FORWARDED, ""),)
    if _answered_inside(lines[index + 1 :]):
        return None, ((Note.MIXED, ""),)
    while index and not lines[index - 1].strip(" _-"):
        index -= 1
    return starts[index], ()


def _begins_history(lines: list[str], i: int) -> bool:
    line = lines[i]
    if _DIVIDER.match(line) or _APPLE.match(line):
        return True
    if _FROM.match(line):
        return any(_SENT.match(later) for later in lines[i + 1 : i + 5])
    if len(line) > 300 or not line.strip():
        return False
    for wide in (1, 2, 3):  # mail programs wrap the line "Den … skrev …:"
        wrapped = " ".join(part.strip() for part in lines[i : i + wide])
        if _WROTE.match(wrapped[:500]) or (wide == 1 and _THEY_WROTE.match(wrapped[:500])):
            return True
        if wrapped.rstrip().endswith((":", ".", "!", "?")) and wide == 1 and not wrapped.rstrip().endswith("kl."):
            return False
    return False


def _trailing_quote(lines: list[str]) -> int | None:
    first = next((i for i, line in enumerate(lines) if line.startswith(">")), None)
    return first


def _answered_inside(rest: list[str]) -> bool:
    """Whether new words stand below quoted lines (``>``), apart from a signature."""
    seen = False
    for line in rest:
        if line.startswith(">"):
            seen = True
        elif seen and line.strip() == "--":
            return False
        elif seen and line.strip():
            return True
    return False
