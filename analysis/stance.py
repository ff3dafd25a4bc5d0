"""What attitude a text shows by its own cue words: a wish, a concern, support or opposition, or none that can be told.

Nothing is guessed: the cue stands in the text at the place that is given, a cue that is denied ("ikke enig") shows
nothing, and a text whose cues point several ways shows none. What a sender has declared always goes before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .lexicon import ATTITUDE, NOT

STANCES = ("wish", "concern", "support", "opposition")
"""The four attitudes, in the order of `lexicon.ATTITUDE`."""
DENIES = 2
"""How many words before a cue may deny it."""

_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*){2,}")
"""A word, also where its accents are signs of their own, since the offsets are those of the text as it was written."""
_CUES = {
    code: {word: place for place, cues in enumerate(kinds.values()) for word in cues}
    for code, kinds in ATTITUDE.items()
}


@dataclass(frozen=True)
class Cue:
    """The first word that shows a text's one attitude: `text[start:end]`, offsets in code points."""

    stance: str
    start: int
    end: int


def stance(text: str, code: str) -> Cue | None:
    """The one attitude that a text shows, with the word that shows it; None where there is none or several.

    Args:
        code: the language of the text; there are cue words for da, en and de.
    """
    found = list(_WORD.finditer(text))
    shown = cue([unicodedata.normalize("NFC", at.group()).lower() for at in found], code)
    return shown and Cue(STANCES[shown[0]], found[shown[1]].start(), found[shown[1]].end())


def cue(said: Sequence[str], code: str) -> tuple[int, int] | None:
    """The attitude that words in lower case agree on, as its place in `STANCES`, and the place of its first cue."""
    cues = _CUES.get(code)
    if not cues:
        return None
    shown: dict[int, int] = {}
    for place, word in enumerate(said):
        kind = cues.get(word)
        if kind is not None and NOT[code].isdisjoint(said[max(0, place - DENIES) : place]):
            shown.setdefault(kind, place)
    return next(iter(shown.items())) if len(shown) == 1 else None
