"""Reads the letters that were divided by hand, and compares a machine's division with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis import Piece
from participation.practice.texts import contributions

HALVES = ("improved_on", "held_out")
SAID, BACKGROUND = "|", "~"
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Letter:
    """A letter with its division: where each stretch starts, in code points, and whether it says something."""

    name: str
    text: str
    starts: tuple[tuple[int, str], ...]
    marked: str

    @property
    def said(self) -> tuple[str, ...]:
        """The words of its points."""
        return _said(self.text, self.starts)


@dataclass(frozen=True)
class Figures:
    """Over all boundaries of all letters, the start of the letter left out: precision, recall and F1, 0 to 1.

    unchanged: share of letters all of whose points are found word for word.
    """

    precision: float
    recall: float
    f1: float
    unchanged: float


def read(half: str) -> list[Letter]:
    """The letters of one of `HALVES`, in order of the file."""
    letters = []
    for part in (_FOLDER / f"{half}.txt").read_text("utf-8").split("\n= "):
        name, _, marks = part.removeprefix("= ").partition("\n")
        marks = marks.strip()
        text, starts = "", []
        for sign in marks:
            if sign in (SAID, BACKGROUND):
                starts.append((len(text), sign))
            else:
                text += sign
        letters.append(Letter(name, text, tuple(starts), marks))
    return letters


def on_one_matter() -> list[str]:
    """Letters of the practice municipality that say one thing each, by hand."""
    found = []
    for line in (_FOLDER / "one_matter.txt").read_text("utf-8").splitlines():
        slug, _, places = line.partition(": ")
        sent = contributions(slug)
        found += [sent[int(place) - 1]["text"] for place in places.split()]
    return found


def marked(text: str, pieces: Sequence[Piece]) -> str:
    """A machine's division, written as the letters here are."""
    out, at = "", 0
    for start, sign in _starts(pieces):
        out += text[at:start] + sign
        at = start
    return out + text[at:]


def figures(letters: Sequence[Letter], split: Callable[[str], Sequence[Piece]]) -> Figures:
    """How well a split agrees with the division by hand."""
    both = found = wanted = unchanged = 0
    for letter in letters:
        starts = _starts(split(letter.text))
        hand, machine = ({at for at, _ in some if at} for some in (letter.starts, starts))
        both, found, wanted = both + len(hand & machine), found + len(machine), wanted + len(hand)
        unchanged += _said(letter.text, starts) == letter.said
    precision, recall = both / max(1, found), both / max(1, wanted)
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return Figures(precision, recall, f1, unchanged / max(1, len(letters)))


def _starts(pieces: Sequence[Piece]) -> tuple[tuple[int, str], ...]:
    """Where each stretch of a division starts; stretches of background that follow one another are one."""
    found: list[tuple[int, str]] = []
    for piece in pieces:
        sign = SAID if piece.kind == "said" else BACKGROUND
        if not (found and sign == found[-1][1] == BACKGROUND):
            found.append((piece.spans[0].start, sign))
    return tuple(found)


def _said(text: str, starts: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    ends = [*(at for at, _ in starts[1:]), len(text)]
    return tuple(text[at:end].strip() for (at, sign), end in zip(starts, ends, strict=True) if sign == SAID)
