"""The words of a text as the search compares them: each by its Danish stem, the same on both databases.

Snowball's Danish stemmer runs here and not in the database: SQLite has none, and PostgreSQL's drops small words that
planners look for ("ikke"). So both find the same. A word is found by its beginning, too: who looks for "cykel" finds
"cykelstien"; æ, ø and å stay what they are, since they tell words apart.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]+")
#: Letters of a stem that are kept; nobody types more, and PostgreSQL keeps no more than 2 kB.
_LONGEST = 60
#: Words of a search that are looked for; the rest of a pasted paragraph tells nothing more.
_MOST = 12
_STEMMER = snowballstemmer.stemmer("danish")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Danish stem of one word, whatever its case."""
    return str(_STEMMER.stemWord(unicodedata.normalize("NFC", word).lower()[:_LONGEST]))


def stems(*texts: str) -> str:
    """The stems of some texts, each once, with a blank between them."""
    return " ".join(sorted({stem(word) for text in texts for word in _WORD.findall(text)} - {""}))


def asked(typed: str) -> list[str]:
    """The stems that somebody looks for, in the order they were typed."""
    return list(dict.fromkeys(filter(None, map(stem, _WORD.findall(typed)))))[:_MOST]


def hits(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words that are looked for stand: code points ``[start, end)``."""
    begins = tuple(wanted)
    return [word.span() for word in _WORD.finditer(text) if begins and stem(word.group()).startswith(begins)]
