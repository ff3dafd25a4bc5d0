"""Group very many texts: learn from a bounded sample of them, and place all of them by what was learned.

Texts are read, counted and placed in parts, on whichever engine; what travels is vocabularies, whole numbers, the
sample and the results. The sample is the texts with the smallest numbers, whatever their order; `group` reads it as it
reads any small hearing. Each text is then placed as a new text would be. Those that the themes explain worst are looked
at again: where many of them have something in common that the sample was too small to see, the sample takes them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from .assign import Dialect, Level, Model, Placement, place
from .cluster import communities, neighbours, shares
from .engine import Engine, Handle
from .lexicon import FUNCTION, HEARING, STOP
from .prepare import (
    CHARACTER_WEIGHT,
    FOREIGN,
    GRAMS,
    K1,
    B,
    Block,
    count,
    evidence,
    features,
    language,
    leads,
    stems,
    weigh,
)
from .tally import Part, Tally, Texts, looked_up, number, parts, rolling, tally
from .threads import one_thread

if TYPE_CHECKING:
    from .group import Grouping

LEARNED = 2_500
"""Texts of the sample."""
RARE = 2
"""Texts that must hold a word before its stem and parts are looked up; a rarer one is read by its runs of letters."""
WORST, LOOKED_AT = 0.05, 1_000
"""Share of the texts that the themes explain worst, and how many of these are looked at."""
NEIGHBOURS, MISSED, NEAR, APART = 15, 0.05, 0.3, 0.9
"""What was missed: texts that are at least this share of those looked at, this near each other (cosine, mean over their
nearest), and have this share of their nearness among themselves."""
_CODES = ("da", "en", "de", "other")
_BINS = 1 << 12
_AT_ONCE = 50_000
"""Word types whose runs of letters are looked up together."""


# --- what the workers do ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """What one part tells: its word types, in how many texts each stands, and the smallest numbers of its texts."""

    types: np.ndarray
    written: str
    df: np.ndarray
    lowest: np.ndarray
    texts: int


def summarise(counted: Tally, most: int) -> Summary:
    """The words of one part, and its `most` texts with the smallest numbers, equal texts once."""
    df = np.bincount(counted.matrix.indices, minlength=len(counted.types))
    said = counted.text[np.diff(counted.matrix.indptr) > 0]
    return Summary(counted.types, counted.written, df, np.unique(said)[:most], len(counted.text))


Picked = tuple[int, str, int]
"""A text that was picked: its number, its words as written, and its place in the part."""


def pick(part: Part, counted: Tally, wanted: np.ndarray) -> list[Picked]:
    """The texts whose numbers are wanted; of several with the same words, one that does not depend on their order."""
    at = np.flatnonzero(np.isin(counted.text, wanted))
    texts = part.read() if len(at) else ()
    found: dict[int, tuple[str, int]] = {}
    for i in at.tolist():
        key, mine = int(counted.text[i]), (texts[i], i)
        if key not in found or mine < found[key]:
            found[key] = mine
    return [(key, *found[key]) for key in sorted(found)]


@dataclass(frozen=True)
class _Scale:
    """What weighs one kind of feature: (types, features) in which type it is, and (features, k) what it speaks for."""

    held: sparse.csr_matrix
    idf: np.ndarray
    length: float
    weight: float
    speaks: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Tongue:
    """How texts of one language are placed. levels: the themes, and the topics of each theme that has any."""

    scales: tuple[_Scale, ...]
    quiet: np.ndarray
    levels: tuple[tuple[int, np.ndarray, float], ...]
    """For each level: the theme's column that it lies in (-1 for the themes), its leaves' numbers, its temperature."""


@dataclass(frozen=True)
class Reader:
    """All that a worker needs to place texts.

    types: (types,) ascending numbers of all words. evidence: (types, 4) what each says of the language. rare: (types,)
    1 where that is not known beforehand. asked: how far each language must lead the main one.
    """

    types: np.ndarray
    evidence: np.ndarray
    rare: np.ndarray
    main: int
    asked: Mapping[str, float]
    tongues: tuple[Tongue | None, ...]


@dataclass(frozen=True)
class Settled:
    """Where the texts of one part are: (texts,) number of the lowest theme, -1 where they say too little.

    sure: as in `Placement`. lead: how far the best theme leads the mean one, in steps of `_BINS` from 0.
    """

    home: np.ndarray
    sure: np.ndarray
    lead: np.ndarray
    code: np.ndarray
    text: np.ndarray


def settle(part: Part, counted: Tally, reader: Reader) -> Settled:
    """Place the texts of one part."""
    n = len(counted.text)
    known = np.searchsorted(reader.types, counted.types)
    home, sure, lead = np.full(n, -1, dtype=np.int16), np.zeros(n, dtype=np.float32), np.zeros(n, dtype=np.uint16)
    code = _tongues(part, counted, reader, known)
    read_as = np.array([c if reader.tongues[c] is not None else reader.main for c in range(len(_CODES))])[code]
    for c, tongue in enumerate(reader.tongues):
        at = np.flatnonzero(read_as == c)
        if tongue is not None and len(at):
            matrix = counted.matrix if len(at) == n else counted.matrix[at]
            home[at], sure[at], lead[at] = _placed(matrix, tongue, known)
    return Settled(home, sure, lead, code, counted.text)


def _tongues(part: Part, counted: Tally, reader: Reader, known: np.ndarray) -> np.ndarray:
    """The language of each text, as `prepare.language` tells it; only where rare words could decide is it asked."""
    scores = counted.matrix @ reader.evidence[known]
    rare = counted.matrix @ reader.rare[known]
    own = scores[:, reader.main].copy()
    scores[:, reader.main] = -np.inf
    lead, other = scores.max(axis=1) - own, scores.argmax(axis=1)
    asked = np.array([reader.asked[code] for code in _CODES])
    best = np.where(lead >= asked[other], other, reader.main).astype(np.int8)
    unsure = np.flatnonzero((rare > 0) & (lead + 1.5 * rare >= asked.min()))
    texts = part.read() if len(unsure) else ()
    for i in unsure.tolist():
        best[i] = _CODES.index(language(texts[i], default=_CODES[reader.main], margin=reader.asked))
    return best


def _placed(matrix: sparse.csr_matrix, tongue: Tongue, known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = matrix.shape[0]
    none = (matrix @ (~tongue.quiet[known]).astype(np.float32)) == 0
    if not tongue.scales:
        return (
            np.where(none, -1, tongue.levels[0][1][0]).astype(np.int16),
            np.ones(n, dtype=np.float32),
            np.full(n, _BINS - 1, dtype=np.uint16),
        )
    blocks = [_weighed(matrix, scale, known) for scale in tongue.scales]
    filled = np.sqrt(
        sum(scale.weight**2 * (np.diff(rows.indptr) > 0) for scale, rows in zip(tongue.scales, blocks, strict=True))
    )
    none |= filled == 0
    filled = np.where(filled > 0, filled, 1.0).astype(np.float32)

    def scores(level: int, at: np.ndarray | None = None) -> np.ndarray:
        total = sum(
            (rows if at is None else rows[at]) @ scale.speaks[level]
            for rows, scale in zip(blocks, tongue.scales, strict=True)
        )
        return total / (filled if at is None else filled[at])[:, None]

    _, leaves, temperature = tongue.levels[0]
    upper = scores(0)
    theme = upper.argmax(axis=1)
    lead = np.clip((upper.max(axis=1) - upper.mean(axis=1)) * (_BINS / 4), 0, _BINS - 1).astype(np.uint16)
    sure = shares(upper, temperature).max(axis=1)
    home = leaves[theme].astype(np.int16)
    for level, (column, below, heat) in enumerate(tongue.levels[1:], start=1):
        at = np.flatnonzero(theme == column)
        if len(at):
            within = scores(level, at)
            home[at] = below[within.argmax(axis=1)]
            sure[at] = np.minimum(sure[at], shares(within, heat).max(axis=1))
    home[none] = -1
    lead[none] = _BINS - 1
    return home, sure.round(4).astype(np.float32), lead


def _weighed(matrix: sparse.csr_matrix, scale: _Scale, known: np.ndarray) -> sparse.csr_matrix:
    """The BM25 weights of one kind of feature without their idf, which stands in `speaks`; rows as if of length one."""
    held = scale.held[known]
    lengths = matrix @ np.asarray(held.sum(axis=1)).ravel()
    tf = matrix @ held
    norm = (K1 * (1 - B + B * lengths / max(scale.length, 1e-9))).astype(np.float32)
    grown = tf.data + np.repeat(norm, np.diff(tf.indptr))
    np.divide(tf.data, grown, out=tf.data)
    squares = sparse.csr_matrix((tf.data * tf.data, tf.indices, tf.indptr), shape=tf.shape)
    size = np.sqrt(squares @ (scale.idf * scale.idf))
    tf.data *= np.repeat(scale.weight / np.where(size > 0, size, 1.0), np.diff(tf.indptr)).astype(np.float32)
    return tf


# --- what is done once --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vocabulary:
    """All word types: their numbers, ascending, how they are written, and in how many texts each stands."""

    types: np.ndarray
    written: list[str]
    df: np.ndarray


def merge(summaries: Sequence[Summary]) -> Vocabulary:
    """Put the vocabularies of the parts together; the sums are of whole numbers, so their order does not matter."""
    types, first, place = np.unique(
        np.concatenate([s.types for s in summaries]), return_index=True, return_inverse=True
    )
    df = np.bincount(place, weights=np.concatenate([s.df for s in summaries]), minlength=len(types)).astype(np.int64)
    written: list[str] = [""] * len(types)
    starts = np.cumsum([0, *(len(s.types) for s in summaries)])
    order = np.argsort(first, kind="stable")
    bounds = np.searchsorted(first[order], starts)
    for summary, start, a, b in zip(summaries, starts, bounds, bounds[1:], strict=False):
        said = summary.written.split("\n")
        for at in order[a:b].tolist():
            written[at] = said[first[at] - start]
    return Vocabulary(types, written, df)


def reader(model: Model, leaves: Mapping[str, int], known: Vocabulary) -> Reader:
    """What a model says of each word type, ready for the workers."""
    common = known.df >= RARE
    signs, rare = np.zeros((len(known.types), len(_CODES)), dtype=np.float32), (~common).astype(np.float32)
    for at in np.flatnonzero(common).tolist():
        signs[at] = evidence(known.written[at])
        rare[at] = FOREIGN.search(known.written[at]) is not None
    return Reader(
        known.types,
        signs,
        rare,
        _CODES.index(model.main),
        leads(model.spoken, model.main),
        tuple(
            _tongue(model.dialects[code], code, leaves, known, common) if code in model.dialects else None
            for code in _CODES
        ),
    )


def _tongue(dialect: Dialect, code: str, leaves: Mapping[str, int], known: Vocabulary, common: np.ndarray) -> Tongue:
    quiet = _among(known, STOP, code) | _among(known, HEARING, code)
    themes = _of(dialect.themes, leaves)
    levels = [(-1, themes)] + [
        (column, below)
        for column, key in enumerate(themes.keys)
        if key in dialect.topics and (below := _of(dialect.topics[key], leaves)).keys
    ]
    numbered = tuple((column, np.array([leaves[k] for k in level.keys]), level.temperature) for column, level in levels)
    if dialect.features is None:
        return Tongue((), quiet, numbered)
    scales, offset = [], 0
    for block in dialect.features.blocks:
        heard = ~(_among(known, FUNCTION, code) | _among(known, HEARING, code))
        held = _stems(block, code, known, heard & common) if block.kind == "stems" else _grams(block, known, heard)
        mine = slice(offset, offset + len(block.place))
        speaks = tuple(
            np.ascontiguousarray((level.weights[:, mine] * block.idf).T, dtype=np.float32) for _, level in levels
        )
        weight = 1.0 if block.kind == "stems" else CHARACTER_WEIGHT
        scales.append(_Scale(held, block.idf.astype(np.float32), block.length, weight, speaks))
        offset += len(block.place)
    return Tongue(tuple(scales), quiet, numbered)


def _of(level: Level, leaves: Mapping[str, int]) -> Level:
    """A level without the keys that no text of the sample was placed under."""
    kept = [row for row, key in enumerate(level.keys) if key in leaves]
    return Level(tuple(level.keys[row] for row in kept), level.weights[kept], level.temperature)


def _among(known: Vocabulary, lists: Mapping[str, frozenset[str]], code: str) -> np.ndarray:
    """Which word types stand in a language's list: (types,)."""
    return np.isin(known.types, np.array([number(w) for w in sorted(lists.get(code, ()))], dtype=np.uint64))


def _stems(block: Block, code: str, known: Vocabulary, which: np.ndarray) -> sparse.csr_matrix:
    """Which stems each of the word types has: (types, features)."""
    columns: list[int] = []
    sizes = np.zeros(len(known.types) + 1, dtype=np.int32)
    for at in np.flatnonzero(which).tolist():
        mine = [column for s in stems(known.written[at], code) if (column := block.place.get(s)) is not None]
        sizes[at + 1] = len(mine)
        columns += mine
    ones = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix(
        (ones, np.array(columns, dtype=np.int32), np.cumsum(sizes, dtype=np.int32)),
        shape=(len(known.types), len(block.place)),
    )


def _grams(block: Block, known: Vocabulary, which: np.ndarray) -> sparse.csr_matrix:
    """Which runs of letters each of the word types has, as `prepare.grams` finds them: (types, features)."""
    numbers = np.array([number(run) for run in block.place], dtype=np.uint64)
    order = np.argsort(numbers)
    numbers = numbers[order]
    pieces = [sparse.csr_matrix((0, len(block.place)), dtype=np.float32)]
    for begin in range(0, len(known.types), _AT_ONCE):
        some = known.written[begin : begin + _AT_ONCE]
        joined = f" {' '.join(some)} "
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        size = np.fromiter(map(len, some), dtype=np.int64, count=len(some)) + 2
        first = np.cumsum(size - 1) - (size - 1)
        rows, columns = [], []
        for n in GRAMS:
            runs = np.where(which[begin : begin + _AT_ONCE], np.maximum(size - n + 1, 0), 0)
            row = np.repeat(np.arange(len(some)), runs)
            start = np.arange(len(row)) + np.repeat(first - (np.cumsum(runs) - runs), runs)
            found = rolling(codes, start, start + n)
            at, known_run = looked_up(found, numbers)
            hit = np.flatnonzero(known_run)
            rows.append(row[hit])
            columns.append(order[at[hit]])
        row, column = np.concatenate(rows), np.concatenate(columns)
        piece = sparse.csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=(len(some), len(numbers)))
        piece.data[:] = 1.0
        pieces.append(piece)
    return sparse.vstack(pieces, format="csr", dtype=np.float32)


class Placements(Mapping[int, Placement]):
    """Where each of very many points is, by id; the reasons are worked out when they are asked for.

    home: (points,) place of the lowest theme in `keys`, -1 where a point says too little.
    """

    def __init__(
        self,
        ids: Sequence[int],
        texts: Sequence[str],
        home: np.ndarray,
        sure: np.ndarray,
        tongue: np.ndarray,
        keys: Sequence[str],
        above: Mapping[str, str | None],
        model: Model,
        pinned: frozenset[int],
    ) -> None:
        self.home, self.keys_of = home, tuple(keys)
        self._ids, self._texts, self._sure, self._tongue = ids, texts, sure, tongue
        self._above, self._model, self._pinned = above, model, pinned
        self._at = range(len(ids)) if isinstance(ids, range) else {i: at for at, i in enumerate(ids)}
        self._block: dict[int, Placement] = {}
        self._last = -1

    def __len__(self) -> int:
        return int((self.home >= 0).sum())

    def __iter__(self) -> Iterator[int]:
        return (self._ids[at] for at in np.flatnonzero(self.home >= 0).tolist())

    def __getitem__(self, i: int) -> Placement:
        at = self._at[i] if isinstance(self._at, dict) else i
        if not isinstance(at, int) or not 0 <= at < len(self.home) or self.home[at] < 0:
            raise KeyError(i)
        if at not in self._block:  # those who read on from here to the end are given many at a time
            ahead = np.arange(at, min(at + (_AHEAD if self._last in range(at - 3, at) else 1), len(self.home)))
            self._block = dict(self._told(ahead[self.home[ahead] >= 0]))
        self._last = at
        return self._block[at]

    def _told(self, at: np.ndarray) -> Iterator[tuple[int, Placement]]:
        for c in np.unique(self._tongue[at]).tolist():
            mine = at[self._tongue[at] == c].tolist()
            texts = [self._texts[i] for i in mine]
            given = [self.keys_of[self.home[i]] for i in mine]
            sure = [self._ids[i] in self._pinned for i in mine]
            dialect = self._model.dialects[_CODES[c]]
            with one_thread():
                placed = place(dialect, count(texts, _CODES[c]), texts, given, sure)
            for i, found in zip(mine, placed, strict=True):
                key = self.keys_of[self.home[i]]
                told = found or Placement(key, None, 1.0)
                yield i, replace(told, theme=key, parent=self._above.get(key), sureness=float(self._sure[i]))


_AHEAD = 500
Learn = Callable[..., "Grouping"]


@dataclass(frozen=True)
class _Sample:
    """The texts that are learned from, by their numbers and words, so that their ranks are the same in any order."""

    texts: list[str]
    places: list[int]


def gather(
    texts: Sequence[str],
    ids: Sequence[int],
    engine: Engine,
    learn: Learn,
    *,
    must_link: Iterable[Iterable[int]] = (),
    pinned: Mapping[int, str],
    start: Mapping[int, str],
    progress: Callable[[float, str], object],
) -> Grouping:
    """Group very many texts; see the module, and `group` for the arguments.

    Args:
        ids: the texts' ids, ascending.
        learn: groups the sample, as `group` does: called with texts, and pinned, start and must_link by their places.
    """
    where = int if isinstance(ids, range) else {i: at for at, i in enumerate(ids)}.__getitem__
    known = _Known(engine, texts)
    progress(0.1, "group")
    links = [sorted(where(i) for i in link) for link in must_link]
    by_hand = {where(i): key for i, key in pinned.items()}
    before = {where(i): key for i, key in start.items()} if start else {}

    def learned(sample: _Sample) -> Grouping:
        rank = {p: r for r, p in reversed(list(enumerate(sample.places)))}
        return learn(
            sample.texts,
            pinned={rank[p]: key for p, key in by_hand.items()},
            start={r: before[p] for r, p in enumerate(sample.places) if p in before},
            must_link=[[rank[p] for p in link if p in rank] for link in links],
        )

    sample = known.sample(sorted(by_hand))
    found = learned(sample)
    progress(0.4, "place")
    settled, keys = known.settled(found)
    if missed := known.missed(found, settled):
        progress(0.5, "group")
        sample = known.sample(sorted(by_hand), missed)
        found = learned(sample)
        progress(0.7, "place")
        settled, keys = known.settled(found)
    progress(0.9, "quote")
    return _grouping(texts, ids, found, sample, settled, keys, by_hand, links)


class _Known:
    """The texts as the engine holds them, and their vocabulary."""

    def __init__(self, engine: Engine, texts: Sequence[str]) -> None:
        self.engine, self.texts = engine, texts
        self.held: list[Handle] = engine.put(parts(texts) or [Texts(())])
        self.counted: list[Handle] = engine.map(tally, self.held)
        summaries: list[Summary] = engine.get(engine.map(summarise, self.counted, shared=[engine.broadcast(LEARNED)]))
        self.vocabulary = merge(summaries)
        self.firsts = np.cumsum([0, *(s.texts for s in summaries)])
        self.lowest = np.unique(np.concatenate([s.lowest for s in summaries]))[:LEARNED]

    def sample(self, by_hand: Sequence[int], missed: Sequence[Picked] = ()) -> _Sample:
        """What is learned from: each wording once, or some times where there are few; and what a person has placed."""
        picked = self._picked(self.lowest)
        some = {(key, text): at for key, text, at in (*picked, *missed)}
        times = 1 if len(picked) == LEARNED else max(1, LEARNED // max(1, len(picked)))
        copies = self._copies([key for key, _, _ in picked]) if times > 1 else {}
        chosen = [(key, text, at) for (key, text), at in some.items() for _ in range(min(times, copies.get(key, 1)))]
        chosen += [(-1, self.texts[at], at) for at in by_hand]
        chosen.sort()
        return _Sample([text for _, text, _ in chosen], [at for _, _, at in chosen])

    def _picked(self, wanted: np.ndarray) -> list[Picked]:
        shared = [self.engine.broadcast(wanted)]
        found: dict[int, tuple[str, int]] = {}
        got = self.engine.get(self.engine.map(pick, self.held, self.counted, shared=shared))
        for first, some in zip(self.firsts.tolist(), got, strict=False):
            for key, text, at in some:
                if key not in found or (text, first + at) < found[key]:
                    found[key] = (text, first + at)
        return [(key, *found[key]) for key in sorted(found)]

    def _copies(self, wanted: Sequence[int]) -> dict[int, int]:
        """How many texts have each of these numbers."""
        shared = [self.engine.broadcast(np.array(wanted, dtype=np.uint64))]
        counts = sum(self.engine.get(self.engine.map(copies, self.counted, shared=shared)))
        return dict(zip(wanted, np.asarray(counts).tolist(), strict=True))

    def settled(self, found: Grouping) -> tuple[Settled, list[str]]:
        """Place every text by what was learned; the keys that the numbers of the result stand for."""
        keys = [theme.key for theme in found.themes]
        n = int(self.firsts[-1])
        if not found.model.dialects:
            none = np.full(n, -1, dtype=np.int16)
            return Settled(none, none.astype(np.float32), none, none.astype(np.int8), none.astype(np.uint64)), keys
        told = reader(found.model, {key: at for at, key in enumerate(keys)}, self.vocabulary)
        shared = [self.engine.broadcast(told)]
        got = self.engine.get(self.engine.map(settle, self.held, self.counted, shared=shared))
        return Settled(*(np.concatenate(each) for each in zip(*map(_columns, got), strict=True))), keys

    def missed(self, found: Grouping, settled: Settled) -> list[Picked]:
        """Texts that no theme explains well and that have something in common: what the sample was too small to see."""
        placed = settled.home >= 0
        if not placed.any() or len(self.lowest) < LEARNED:
            return []
        steps = np.cumsum(np.bincount(settled.lead[placed], minlength=_BINS))
        cut = int(np.searchsorted(steps, WORST * steps[-1]))
        worst = self._picked(np.unique(settled.text[placed & (settled.lead <= cut)])[:LOOKED_AT])
        code = found.model.main
        counts = count([text for _, text, _ in worst], code)
        rows = weigh(counts, features(counts))
        graph = neighbours(rows, NEIGHBOURS)
        alike = communities(graph)
        row = np.repeat(np.arange(len(worst)), np.diff(graph.indptr))
        inside = np.bincount(
            alike[row], weights=graph.data * (alike[row] == alike[graph.indices]), minlength=len(worst)
        )
        every = np.bincount(alike[row], weights=graph.data, minlength=len(worst))
        size = np.bincount(alike, minlength=len(worst))
        near = inside / np.maximum(1, size * np.minimum(NEIGHBOURS, size - 1))
        new = (size >= MISSED * len(worst)) & (near >= NEAR) & (inside >= APART * every)
        return [one for one, group in zip(worst, alike.tolist(), strict=True) if new[group]]


def copies(counted: Tally, wanted: np.ndarray) -> np.ndarray:
    """How many texts of a part have each of the wanted numbers."""
    text = np.sort(counted.text)
    return np.searchsorted(text, wanted, side="right") - np.searchsorted(text, wanted, side="left")


def _columns(settled: Settled) -> tuple[np.ndarray, ...]:
    return settled.home, settled.sure, settled.lead, settled.code, settled.text


def _grouping(
    texts: Sequence[str],
    ids: Sequence[int],
    found: Grouping,
    sample: _Sample,
    settled: Settled,
    keys: list[str],
    by_hand: Mapping[int, str],
    links: Sequence[Sequence[int]],
) -> Grouping:
    """The grouping of the sample, told of all texts."""
    above = {theme.key: theme.parent for theme in found.themes}
    number_of = {key: at for at, key in enumerate(keys)}
    home, sure = settled.home, settled.sure
    for at, key in by_hand.items():
        home[at], sure[at] = number_of[key], 1.0
    for link in links:
        first = next((at for at in link if at in by_hand), link[0]) if link else -1
        for at in link:
            if at not in by_hand:
                home[at], sure[at] = home[first], sure[first]
    order = np.argsort(home, kind="stable")
    ends = np.searchsorted(home[order], np.arange(len(keys) + 1))
    members: dict[str, np.ndarray] = {
        key: np.concatenate([order[ends[c] : ends[c + 1]] for k, c in number_of.items() if key in (k, above[k])])
        for key in keys
    }
    themes = [
        replace(
            theme,
            size=len(members[theme.key]),
            members=tuple(ids[p] for p in np.sort(members[theme.key]).tolist()),
            quotes=tuple(replace(q, id=ids[sample.places[q.id]]) for q in theme.quotes),
        )
        for theme in found.themes
        if len(members[theme.key])
    ]
    size = {theme.key: theme.size for theme in themes}
    themes.sort(key=lambda t: (-size[t.parent or t.key], t.parent or t.key, t.parent is not None, -t.size, t.key))
    dialects = found.model.dialects
    tongue = settled.code.copy()
    if dialects:
        main = _CODES.index(found.model.main)
        tongue = np.array([c if code in dialects else main for c, code in enumerate(_CODES)], dtype=np.int8)[tongue]
    spoken = dict(zip(_CODES, np.bincount(settled.code).tolist(), strict=False)) if dialects else found.languages
    by_rank = np.argsort(np.argsort([*keys, ""]))[np.where(home >= 0, home, len(keys))]
    return replace(
        found,
        themes=tuple(themes),
        placements=Placements(
            ids, texts, home, sure, tongue, keys, above, found.model, frozenset(ids[p] for p in by_hand)
        ),
        left_over=tuple(ids[p] for p in np.flatnonzero(home < 0).tolist()),
        digest=_digest(settled.text, by_rank, sorted(keys)),
        languages={code: n for code, n in sorted(spoken.items()) if n},
    )


def _digest(text: np.ndarray, home: np.ndarray, keys: Sequence[str]) -> str:
    order = np.lexsort((home, text))
    told = sha256("\n".join(keys).encode())
    told.update(text[order].astype("<u8").tobytes())
    told.update(home[order].astype("<i8").tobytes())
    return told.hexdigest()
