"""Make words countable: find the language, the words, the parts of compounds, and what each weighs.

In Danish and German the unit of meaning is the part of a compound: *cykelsti* and *cykelparkering* share nothing
as words. Everything that depends on the language is done once per word type and reaches the texts by a sparse product.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from math import log

import numpy as np
import snowballstemmer
from scipy import sparse
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from .lexicon import FUNCTION, HEARING, LANGUAGES, LETTERS, STOP, TELLTALE

WORD = re.compile(r"[^\W\d_]{2,}")
"""A word: two letters or more. Numbers, house numbers and single letters name no theme."""

_STEMMER = {"da": "danish", "en": "english", "de": "german"}
_LINKS = {"da": ("", "s", "e", "es"), "de": ("", "s", "es", "n", "en", "er"), "en": ("",)}
GRAMS = (4, 5)
K1, B = 1.2, 0.75
RARITY = 0.7
"""The power of a feature's rarity. Two texts that are compared both bring it, so that 0.5 would count it once, as BM25
does between a question and a text; between that and 1, what we measured changes little."""
CHARACTER_WEIGHT = 0.7
MARGIN = 2.5
"""How far another language must lead before one text of a hearing is taken out of the majority's, where both are as
common; `leads` asks for more where it is rare."""
MOST_FEATURES = 30_000


def normal(text: str) -> str:
    """A text as it is compared: NFC and lower case; æ, ø, å and ü stay what they are, since they tell words apart."""
    return unicodedata.normalize("NFC", text).lower()


def words(text: str) -> list[str]:
    """The words of a text in order, lower case."""
    return WORD.findall(normal(text))


def stable_hash(text: str) -> int:
    """64 bits of BLAKE2: the same in every process, unlike Python's own hash."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


# --- language ---------------------------------------------------------------------------------------------------


@cache
def _profile() -> Mapping[str, Mapping[str, float]]:
    """Log odds of each character trigram per language, learned from the telltale words themselves."""
    counts = {code: Counter(g for w in sorted(ws) for g in _trigrams(w)) for code, ws in TELLTALE.items()}
    grams = sorted(set().union(*counts.values()))
    total = {code: sum(c.values()) + 0.5 * len(grams) for code, c in counts.items()}
    share = {code: {g: (c[g] + 0.5) / total[code] for g in grams} for code, c in counts.items()}
    mean = {g: sum(share[code][g] for code in share) / len(share) for g in grams}
    return {code: {g: log(share[code][g] / mean[g]) for g in grams} for code in share}


def _trigrams(word: str) -> Iterator[str]:
    padded = f" {word} "
    return (padded[i : i + 3] for i in range(len(padded) - 2))


@cache
def _by_trigram() -> Mapping[str, tuple[float, ...]]:
    """The profiles of all of `_CODES` side by side, so that a trigram is looked up once."""
    profile = _profile()
    return {gram: tuple(profile[code][gram] for code in _CODES) for gram in profile[_CODES[0]]}


@cache
def _letters_of(code: str) -> frozenset[str]:
    return frozenset(LETTERS.get(code, ""))


@lru_cache(maxsize=50_000)
def evidence(word: str) -> tuple[float, ...]:
    """What one word says of da, en, de and other; a known small word counts most, its letters and trigrams less."""
    known = _by_trigram()
    heard = [known[gram] for gram in _trigrams(word) if gram in known]
    told = [sum(column) for column in zip(*heard, strict=True)] if heard else [0.0] * len(_CODES)
    root = max(1, len(word)) ** 0.5
    scores = []
    for code, trigrams in zip(_CODES, told, strict=True):
        score = 2.0 if word in TELLTALE[code] else 0.0
        score += 1.5 * (not _letters_of(code).isdisjoint(word))
        score += 0.25 * trigrams / root
        scores.append(score)
    return tuple(scores)


def language(text: str, default: str = "da", *, margin: float | Mapping[str, float] = 0.6) -> str:
    """Tell which language a citizen wrote in: `da`, `en`, `de` or `other`.

    Args:
        default: the answer where the text is too short or too odd to tell; Danish in a Danish municipality.
        margin: how far the best language must lead the default before it is believed; one for all, or one for each.
    """
    return _decide(_scores(text), default, margin)


_CODES = (*LANGUAGES, "other")
FOREIGN = re.compile(r"[^\W\d_\u0000-\u024f]")
_READ = 120
"""Words that are read to tell a language."""


def _scores(text: str) -> tuple[float, ...]:
    """Evidence for each of `_CODES`; empty where there are no words."""
    found = words(text[: 20 * _READ])[:_READ]
    letters = sum(map(len, found))
    if letters and 2 * len(FOREIGN.findall("".join(found))) > letters:
        return (0.0, 0.0, 0.0, 1e9)
    return tuple(sum(column) for column in zip(*map(evidence, found), strict=True))


def _decide(scores: tuple[float, ...], default: str, margin: float | Mapping[str, float]) -> str:
    if not scores:
        return default
    by_code = dict(zip(_CODES, scores, strict=True))
    best = max(by_code, key=lambda code: (by_code[code], code == default))
    asked = margin.get(best, 0.0) if isinstance(margin, Mapping) else margin
    return best if by_code[best] - by_code.get(default, 0.0) >= asked else default


def leads(counted: Mapping[str, int], main: str) -> dict[str, float]:
    """How far each language must lead the majority's: further the fewer texts there are in it (Bayes' rule).

    An English title in a Danish sentence makes no English text where hardly anybody writes English.

    Args:
        counted: texts by language, as far as they are known.
        main: the language of most.
    """
    most = max(counted.get(main, 0), 1)
    return {code: MARGIN + log(most / min(most, max(counted.get(code, 0), 1))) for code in _CODES}


def languages(texts: Sequence[str]) -> list[str]:
    """The language of each text of one hearing; what is too short to tell follows the majority."""
    scores = [_scores(text) for text in texts]
    sure = Counter(code for score in scores if (code := _decide(score, "", 1.2)))
    main = max(_CODES, key=lambda code: sure[code])
    main = main if main != "other" else "da"
    asked = leads(sure, main)
    return [_decide(score, main, asked) for score in scores]


# --- words ------------------------------------------------------------------------------------------------------


@cache
def word_list(code: str) -> Mapping[str, str]:
    """Word forms with their lemma, from simplemma's dictionary (MIT).

    Loaded once: about 0.6 s and 85 MB for Danish, 0.9 s and 150 MB for German (`bench/analysis.py` measures it).
    """
    return DefaultDictionaryFactory(cache_max_size=1).get_dictionary(code)


@lru_cache(maxsize=200_000)
def compound(word: str, code: str) -> tuple[str, ...] | None:
    """The two parts of a compound, where both are words by themselves: `cykelsti` gives `cykel` and `sti`.

    The split with the longest last part wins (*skole|parkering*, not *skolepark|ering*); a linking s, e or n between
    the parts belongs to neither.
    """
    if code not in ("da", "de") or not 6 <= len(word) <= 40:
        return None
    known = word_list(code)
    for cut in range(3, len(word) - 2):
        tail = word[cut:]
        if len(tail) < 4 and tail not in _SHORT_TAILS:
            continue
        if not _is_word(tail, known, code):
            continue
        for link in _LINKS[code]:
            head = word[: cut - len(link)] if link else word[:cut]
            if len(head) >= 3 and word[:cut].endswith(link) and _is_word(head, known, code):
                linked = head.endswith(_TAKES_S) and tail.startswith("s") and _is_word(tail[1:], known, code)
                return (head, tail[1:]) if linked else (head, tail)
    return None


_TAKES_S = ("ing", "ang", "ion", "hed", "dom", "skab", "tet", "ung", "keit", "heit", "schaft", "tät")
_SHORT_TAILS = frozenset(
    [
        "sti",
        "vej",
        "bus",
        "tog",
        "hal",
        "rum",
        "mur",
        "hus",
        "sø",
        "skov",
        "by",
        "park",
        "bro",
        "havn",
        "plads",
        "rad",
        "weg",
        "bus",
        "amt",
        "see",
    ]
)


def _is_word(part: str, known: Mapping[str, str], code: str) -> bool:
    return part not in STOP[code] and (
        known.get(part) is not None or (code == "de" and known.get(part.capitalize()) is not None)
    )


@lru_cache(maxsize=200_000)
def stem(word: str, code: str) -> str:
    """The Snowball stem of a word; in a language without a stemmer here, the word itself."""
    if code not in _STEMMER:
        return word
    return _stemmer(code).stemWord(word)


@cache
def _stemmer(code: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMER[code])


def is_stop(word: str, code: str) -> bool:
    """Whether a word says nothing of a theme: a function word, or one that every answer to a hearing holds."""
    return word in STOP.get(code, frozenset()) or word in HEARING.get(code, frozenset())


def is_silent(word: str, code: str) -> bool:
    """Whether a word is left out when texts are compared: far fewer words than may not stand in a name."""
    return word in FUNCTION.get(code, frozenset()) or word in HEARING.get(code, frozenset())


@lru_cache(maxsize=200_000)
def stems(word: str, code: str) -> tuple[str, ...]:
    """The stem of a word and, for a compound, the stems of its parts, without repeats; none for a silent word."""
    if is_silent(word, code):
        return ()
    found = [stem(word, code)]
    if (parts := compound(word, code)) is not None:
        parts += compound(parts[1], code) or ()
        found += [stem(part, code) for part in parts if not is_silent(part, code)]
    return tuple(dict.fromkeys(found))


def grams(word: str, code: str) -> tuple[str, ...]:
    """Runs of 4 and 5 characters inside the word's borders, with repeats removed; none for a silent word."""
    if is_silent(word, code):
        return ()
    padded = f" {word} "
    found = [padded[i : i + n] for n in GRAMS for i in range(len(padded) - n + 1)] or [padded]
    return tuple(dict.fromkeys(found))


# --- features ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How often each word type stands in each text: `matrix` is (texts, types)."""

    types: tuple[str, ...]
    matrix: sparse.csr_matrix
    code: str


def count(texts: Iterable[str], code: str) -> Counts:
    """Count the words of texts in one language."""
    place: dict[str, int] = {}
    columns: list[int] = []
    starts = [0]
    for text in texts:
        columns += [place.setdefault(word, len(place)) for word in words(text)]
        starts.append(len(columns))
    matrix = sparse.csr_matrix(
        (np.ones(len(columns), dtype=np.float64), np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int64)),
        shape=(len(starts) - 1, len(place)),
    )
    matrix.sum_duplicates()
    return Counts(tuple(place), matrix, code)


@dataclass(frozen=True)
class Block:
    """One kind of feature (stems, or runs of characters) with what is needed to weigh it in new texts."""

    kind: str
    place: Mapping[str, int]
    idf: np.ndarray
    length: float
    """Mean number of these features in a text."""


_FEATURES: Mapping[str, Callable[[str, str], tuple[str, ...]]] = {"stems": stems, "grams": grams}
_WEIGHT = {"stems": 1.0, "grams": CHARACTER_WEIGHT}


def _idf(df: np.ndarray, n: int) -> np.ndarray:
    """How rare features are that stand in `df` of n texts."""
    return np.log1p((n - df + 0.5) / (df + 0.5)) ** RARITY


def unit(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of length one; an empty row stays empty."""
    matrix = matrix.tocsr()
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    data = matrix.data / _lengths(row, matrix.data, matrix.shape[0])[row]
    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _lengths(row: np.ndarray, data: np.ndarray, n: int) -> np.ndarray:
    """The length of each of n rows, from their entries; one where a row is empty."""
    norms = np.sqrt(np.bincount(row, data * data, minlength=n))
    return np.where(norms > 0, norms, 1.0)


@dataclass(frozen=True)
class Features:
    """The vocabulary of one language in one hearing: stems with weight 1 beside character runs with weight 0.7."""

    code: str
    blocks: tuple[Block, ...]

    def types(self, counts: Counts) -> sparse.csr_matrix:
        """Which features each word type has: (types, features)."""
        rows, columns, offset = [], [], 0
        for block in self.blocks:
            for row, word in enumerate(counts.types):
                for feature in _FEATURES[block.kind](word, self.code):
                    if (column := block.place.get(feature)) is not None:
                        rows.append(row)
                        columns.append(offset + column)
            offset += len(block.place)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(counts.types), offset))

    def weigh(self, tf: sparse.csr_matrix) -> sparse.csr_matrix:
        """Weights of texts whose features are counted in `tf` (`counts.matrix @ types(counts)`): (texts, features)."""
        return self._weighed(tf, afresh=False)

    def reweigh(self, tf: sparse.csr_matrix) -> sparse.csr_matrix:
        """The same for some of the texts, as if they were all there are: what they all share weighs little."""
        return self._weighed(tf, afresh=True)

    def _weighed(self, tf: sparse.csr_matrix, afresh: bool) -> sparse.csr_matrix:
        """Each block by BM25 (k1 1.2, b 0.75; Robertson & Zaragoza 2009) and of length one, then all of length one.

        On the arrays of the matrix, since one new text is weighed as often as many.
        """
        n = tf.shape[0]
        row = np.repeat(np.arange(n), np.diff(tf.indptr))
        weights = np.empty(len(row))
        offset = 0
        for block in self.blocks:
            mine = (tf.indices >= offset) & (tf.indices < offset + len(block.place))
            times, at, column = tf.data[mine], row[mine], tf.indices[mine] - offset
            length, idf = block.length, block.idf
            if afresh:
                length = float(times.sum()) / max(1, n)
                idf = _idf(np.bincount(column, minlength=len(block.place)), n)
            sizes = np.bincount(at, times, minlength=n)
            norm = K1 * (1 - B + B * sizes / max(length, 1e-9))
            found = times * (K1 + 1) / (times + norm[at]) * idf[column]
            weights[mine] = _WEIGHT[block.kind] * found / _lengths(at, found, n)[at]
            offset += len(block.place)
        return sparse.csr_matrix((weights / _lengths(row, weights, n)[row], tf.indices, tf.indptr), shape=tf.shape)


def features(counts: Counts, kinds: Sequence[str] = ("stems", "grams")) -> Features:
    """Learn which features tell these texts apart, and how rare each is.

    A feature that stands in one text only, or in more than half of them, is left out (under 300 texts the rare ones
    stay); at most 30,000 of each kind.
    """
    n = counts.matrix.shape[0]
    least = 1 if n < 300 else 2 if n <= 100_000 else 3
    used = np.asarray(counts.matrix.sum(axis=0)).ravel() > 0
    blocks = []
    for kind in kinds:
        place: dict[str, int] = {}
        rows, columns = [], []
        for row in np.flatnonzero(used).tolist():
            for feature in _FEATURES[kind](counts.types[row], counts.code):
                rows.append(row)
                columns.append(place.setdefault(feature, len(place)))
        per_type = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(counts.types), len(place)))
        tf = (counts.matrix @ per_type).tocsc()
        df = np.diff(tf.indptr)
        names = np.array(list(place), dtype=object)
        kept = np.flatnonzero((df >= least) & ((df <= 0.5 * n) | (n < 5)))
        kept = kept[np.lexsort((names[kept], -df[kept]))][:MOST_FEATURES]
        tf = tf[:, kept].tocsr()
        blocks.append(
            Block(kind, {names[c]: i for i, c in enumerate(kept)}, _idf(df[kept], n), float(tf.sum()) / max(1, n))
        )
    return Features(counts.code, tuple(blocks))


def weigh(counts: Counts, known: Features) -> sparse.csr_matrix:
    """The weights of texts in a known vocabulary, rows of length one: (texts, features)."""
    return known.weigh((counts.matrix @ known.types(counts)).tocsr())
