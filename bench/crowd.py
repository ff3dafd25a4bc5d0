"""Danish-like texts in any number, for measuring how cost grows: parts of real sentences put together anew.

Each text keeps to one matter (one practice hearing, or one label of the shared Danish sets), as citizens do, with a
stretch of another now and then. Words are swapped for neighbours of the same matter, and some become compounds that
nobody has written before, since real Danish has a long tail of words that stand once.
"""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DANISH = ("da_agenda_a", "da_xsid")
_STRETCH = re.compile(r"[^,.;:!?\n]+")
_WORD = re.compile(r"[^\W\d_]+")


def matters(shared: Path) -> list[list[list[str]]]:
    """For each matter its stretches, each a list of words."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "participation" / "practice" / "contributions").glob("*.toml")):
        for one in tomllib.loads(path.read_text("utf-8"))["contribution"]:
            found[path.stem.rstrip("-0123456789")].append(one["text"])
    for name in DANISH:
        with (shared / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[f"{name} {row['label']}"].append(row["text"])
    cut = [
        [words for text in texts for s in _STRETCH.findall(text) if len(words := s.split()) > 1]
        for texts in found.values()
    ]
    return [stretches for stretches in cut if len(stretches) >= 20]


def crowd(n: int, shared: Path, seed: int = 7) -> Iterator[str]:
    """`n` texts of 22 words in the mean, none with a line break; the first of them do not depend on `n`."""
    chance = random.Random(seed)
    stretches = matters(shared)
    sizes = [len(s) ** 0.5 for s in stretches]
    words = [[w for stretch in s for w in stretch] for s in stretches]
    parts = sorted({w.lower() for ws in words for w in ws if 4 <= len(w) <= 9 and _WORD.fullmatch(w)})
    chance.shuffle(parts)
    heads = [part + link for part in parts for link in ("", "s")]
    for start in range(0, n, 10_000):
        for at in chance.choices(range(len(stretches)), sizes, k=min(10_000, n - start)):
            yield _text(stretches, words, at, heads, parts, chance)


def _skewed(items: list[str], chance: random.Random) -> str:
    return items[int(len(items) * chance.random() ** 4)]


def _text(stretches: list, words: list, at: int, heads: list[str], parts: list[str], chance: random.Random) -> str:
    wanted = min(120, int(chance.lognormvariate(2.75, 0.75)) + 2)
    said: list[str] = []
    while len(said) < wanted:
        matter = at if chance.random() < 0.85 else chance.randrange(len(stretches))
        stretch = chance.choice(stretches[matter])
        length = chance.randint(2, 6)
        start = chance.randrange(max(1, len(stretch) - length + 1))
        piece = stretch[start : start + length]
        if chance.random() < 0.3:
            piece[chance.randrange(len(piece))] = chance.choice(words[matter])
        if chance.random() < 0.1:
            piece.append(_skewed(heads, chance) + _skewed(parts, chance))
        said += piece
        if chance.random() < 0.3:
            said[-1] = said[-1].rstrip(".") + "."
    said[0] = said[0].capitalize()
    return " ".join(said)
