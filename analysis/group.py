"""Gather points into themes (hovedemner) and topics (emner), and say why each point is where it is.

A suggestion: what a person has pinned stays, what a person has linked stays together, and a later run starts from
the themes of the earlier one. Every point is accounted for: placed, or counted as saying too little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
from scipy import sparse

from .assign import Dialect, Level, Model, Placement, place
from .cluster import LENT, cluster, communities, neighbours, propose, spread, supported
from .describe import Name, describe, terms
from .engine import Engine, chosen
from .gather import gather
from .lexicon import WRITTEN_IN
from .match import near_identical
from .prepare import Counts, Features, count, features, is_stop, languages, stable_hash, unit, weigh, words
from .synthesise import Quote, quotes
from .threads import one_thread

FEWEST = 15
"""Under this many points with content there are no themes: a person reads them faster than they check a grouping."""
MANY, SAMPLE = 20_000, 5_000
"""Points above which `gather` learns from a sample of them; points that the groups are learned from."""
MOST_READ = 60
"""The surest points of a theme, whose sentences may be quoted."""
MOST_TOPICS = 8
FIRM = 0.8
"""Mean firmness under which themes are weakly supported: two seeds then agreed by less than .9 (docs/analysis.md)."""
SMALLEST = 3
"""Points under which a group is no theme of its own, unless someone has named it."""
FIT, SECTION, SEEDS, REACHED = 0.06, 0.5, 2, 0.2
"""Nearness (cosine, half of it lent by neighbours) from which a point fits a head; how much the words of its section
count beside its name; points that must fit a head before it is one; share of a community that fits a head, up to which
it is about something else."""
QUOTES = 3
STAGES = ("read", "group", "place", "name", "quote")
"""What `progress` is told: the caller has the words for it."""


@dataclass(frozen=True)
class Theme:
    """A theme, or a topic within one (`parent`).

    size: number of points, its topics' included. firmness: share of pairs of its points that the runs keep
    together, 0 to 1; 1 where a person has decided.
    """

    key: str
    parent: str | None
    label: str
    words: tuple[str, ...]
    size: int
    members: tuple[int, ...]
    quotes: tuple[Quote, ...]
    firmness: float
    language: str = "da"


@dataclass(frozen=True)
class Grouping:
    """A proposal for the themes of a hearing.

    themes: the largest first, each followed by its topics; empty where there is too little to group.
    left_over: ids that say too little to be placed (all of them where there are no themes); shown and counted.
    k_proposed: number of themes (level one) that the texts ask for, whatever was wished.
    digest: SHA-256 over who is where, the same for the same texts in any order and on any day.
    """

    themes: tuple[Theme, ...]
    placements: Mapping[int, Placement]
    left_over: tuple[int, ...]
    k_proposed: int
    digest: str
    languages: Mapping[str, int]
    model: Model

    @property
    def is_weak(self) -> bool:
        """Whether the themes (level one) are weakly supported: the runs that voted agree on too few of their pairs.

        Another seed would then put some points elsewhere, and a person should look through them.
        """
        tops = [theme for theme in self.themes if theme.parent is None]
        held = sum(theme.size for theme in tops)
        return bool(tops) and sum(theme.firmness * theme.size for theme in tops) < FIRM * held


@dataclass
class _Found:
    """What is known so far: the lowest key of each id, the theme above each key, how firm each key is."""

    home: dict[int, str]
    above: dict[str, str | None]
    firm: dict[str, float]
    dialects: dict[str, Dialect]
    proposed: int = 0
    heads: Mapping[str, str] = field(default_factory=dict)

    def top(self, key: str | None) -> str | None:
        """The theme (level one) that a key lies in."""
        return None if key is None else self.above.get(key) or key


def group(
    texts: Sequence[str],
    *,
    ids: Sequence[int] | None = None,
    themes: int | None = None,
    seed: int = 0,
    must_link: Iterable[Iterable[int]] = (),
    pinned: Mapping[int, str] | None = None,
    start: Mapping[int, str] | None = None,
    parents: Mapping[str, str | None] | None = None,
    heads: Mapping[str, str] | None = None,
    progress: Callable[[float, str], object] | None = None,
    engine: Engine | None = None,
) -> Grouping:
    """Propose themes and topics for the points of a hearing.

    Args:
        ids: stable keys of the points; their places if not given. Order of input never matters.
        themes: wished number of themes (level one); the machine's own proposal if not given.
        must_link: ids that a person has put together; they share a theme.
        pinned: the key that a person has given a point; kept whatever the words say.
        start: the lowest key of each point in an earlier grouping; kept as far as the texts allow.
        parents: the theme above each key of `pinned` and `start`. A key that is missing lies under what stands before
            its last full stop, as in the keys made here, or is a theme itself.
        progress: told the share that is done, 0 to 1, and one of `STAGES`.
        engine: where the points are read and placed in parts, however few they are. If not given, more than `MANY`
            are, on the engine of the setting `MEDSPIL_ANALYSIS_CLUSTER`; what is found is the same on every engine.

    Raises:
        ValueError: two points have the same id, or `themes` is under one.
        Unreachable: the engine of the setting is not there.
    """
    keys = range(len(texts)) if ids is None else list(ids)
    if len(set(keys)) != len(keys):
        raise ValueError("two points have the same id")
    if themes is not None and themes < 1:
        raise ValueError("at least one theme")
    if engine is None and len(texts) <= MANY:
        return _few(texts, keys, themes, seed, must_link, pinned or {}, start or {}, parents, heads or {}, progress)
    with chosen() if engine is None else nullcontext(engine) as at:
        return _many(
            texts, keys, themes, seed, must_link, pinned or {}, start or {}, parents, heads or {}, progress, at
        )


def _many(
    texts: Sequence[str],
    keys: Sequence[int],
    themes: int | None,
    seed: int,
    must_link: Iterable[Iterable[int]],
    pinned: Mapping[int, str],
    start: Mapping[int, str],
    parents: Mapping[str, str | None] | None,
    heads: Mapping[str, str],
    progress: Callable[[float, str], object] | None,
    at: Engine,
) -> Grouping:
    """Learn from a sample, and place all points by what was learned."""
    ids, said = (keys, texts) if isinstance(keys, range) else zip(*sorted(zip(keys, texts, strict=True)), strict=True)
    here = ids if isinstance(ids, range) else set(ids)

    def learn(sample: Sequence[str], **known: Any) -> Grouping:
        known |= {"parents": parents, "heads": heads, "reasons": False}
        return _few(sample, range(len(sample)), themes, seed, progress=None, **known)

    return gather(
        said,
        ids,
        at,
        learn,
        must_link=[[i for i in link if i in here] for link in must_link],
        pinned={i: key for i, key in pinned.items() if i in here},
        start={i: key for i, key in start.items() if i in here},
        progress=progress or (lambda done, what: None),
    )


def _few(
    texts: Sequence[str],
    keys: Sequence[int],
    themes: int | None,
    seed: int,
    must_link: Iterable[Iterable[int]],
    pinned: Mapping[int, str],
    start: Mapping[int, str],
    parents: Mapping[str, str | None] | None,
    heads: Mapping[str, str],
    progress: Callable[[float, str], object] | None,
    reasons: bool = True,
) -> Grouping:
    by_id = dict(sorted(zip(keys, texts, strict=True)))
    tell = progress or (lambda done, what: None)
    tell(0.0, "read")
    pinned = {i: key for i, key in pinned.items() if i in by_id}
    start = {i: key for i, key in start.items() if i in by_id} | pinned
    above = _above({*start.values()}, parents or {})
    codes = dict(zip(by_id, languages(list(by_id.values())), strict=True))
    spoken = dict(sorted(Counter(codes.values()).items()))
    if themes is not None:
        codes = _in_large_tongues(codes)
    told = {i for i, text in by_id.items() if any(not is_stop(w, codes[i]) for w in words(text))}
    units = _units(by_id, must_link)

    found = _Found(dict(pinned), above, dict.fromkeys(above, 1.0), {}, heads=heads)
    placements: dict[int, Placement] = {}
    tongues = Counter(codes[i] for i in sorted(told))
    with one_thread():
        if tongues and max(tongues.values()) >= FEWEST:
            share = _wished(themes, tongues)
            for at, code in enumerate(sorted(tongues)):
                mine = {i: by_id[i] for i in by_id if codes[i] == code}

                def step(done: float, what: str, at: int = at) -> None:
                    tell(0.75 * (at + done) / len(tongues), what)

                _group_language(code, mine, units, share.get(code), seed, pinned, start, told, found, step)
                placements |= _placed(code, mine, found, pinned, reasons)
        tell(0.75, "place")
        for i, key in pinned.items():
            known = placements.get(i, Placement(key, found.above.get(key), 1.0))
            placements[i] = replace(known, theme=key, parent=found.above.get(key), sureness=1.0)
        tell(0.8, "name")
        made = _themes(by_id, codes, units, placements, found, tell)
    tell(1.0, "quote")
    left_over = tuple(i for i in by_id if i not in placements)
    main = max(sorted(tongues), key=lambda code: tongues[code]) if tongues else "da"
    return Grouping(
        made,
        dict(sorted(placements.items())),
        left_over,
        found.proposed,
        _digest(by_id, placements),
        dict(sorted(Counter(codes.values()).items())),
        Model(found.dialects, main, spoken),
    )


def _in_large_tongues(codes: Mapping[int, str]) -> dict[int, str]:
    """Languages with too few points for themes of their own are read as the largest, where the number is given."""
    counted = Counter(codes.values())
    main = max(sorted(counted), key=lambda code: counted[code], default="da")
    return {i: code if counted[code] >= FEWEST else main for i, code in codes.items()}


def _above(keys: set[str], parents: Mapping[str, str | None]) -> dict[str, str | None]:
    above: dict[str, str | None] = {}
    for key in sorted(keys):
        parent = parents[key] if key in parents else (key.rpartition(".")[0] or None)
        above[key] = parent
        if parent is not None:
            above.setdefault(parent, None)
    return above


def _units(by_id: Mapping[int, str], must_link: Iterable[Iterable[int]]) -> dict[int, int]:
    """The lowest id of the points that go together, for each id: near-identical texts, and what a person has linked."""
    root = {i: i for i in by_id}

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for together in [*near_identical(list(by_id.values()), list(by_id)), *(tuple(link) for link in must_link)]:
        known = sorted(i for i in together if i in root)
        for other in known[1:]:
            low, high = sorted((find(known[0]), find(other)))
            root[high] = low
    return {i: find(i) for i in by_id}


def _wished(themes: int | None, tongues: Counter[str]) -> dict[str, int]:
    """Wished themes shared out among the languages by their number of points, at least one each."""
    if themes is None:
        return {}
    large = {code: n for code, n in tongues.items() if n >= FEWEST}
    total = sum(large.values())
    exact = {code: themes * n / total for code, n in large.items()}
    share = {code: max(1, int(x)) for code, x in exact.items()}
    for code in sorted(exact, key=lambda c: (-(exact[c] % 1), c)):
        if sum(share.values()) < themes:
            share[code] += 1
    return share


def _group_language(
    code: str,
    mine: Mapping[int, str],
    units: Mapping[int, int],
    wished: int | None,
    seed: int,
    pinned: Mapping[int, str],
    start: Mapping[int, str],
    told: set[int],
    found: _Found,
    tell: Callable[[float, str], object],
) -> None:
    """Group the points of one language; what is found is written into `found`."""
    if sum(i in told for i in mine) < FEWEST:
        key = f"language-{code}"
        found.above[key] = None
        found.firm[key] = 1.0
        found.dialects[code] = Dialect(Level((key,), np.zeros((1, 0), dtype=np.float32), 1.0))
        found.home |= {i: key for i in mine if i in told and i not in pinned}
        return
    corpus, rows_of = _corpus(code, mine, units)
    fixed = [_first(pinned, rows) for rows in rows_of]
    earlier = [_first(start, rows) for rows in rows_of]
    tell(0.4, "group")

    full = [
        int(r)
        for r in np.flatnonzero(np.diff(corpus.rows.indptr) > 0)
        if any(i in told or i in pinned for i in rows_of[r])
    ]
    tops = _level(
        corpus,
        np.array(full, dtype=int),
        [found.top(k) for k in fixed],
        [found.top(k) for k in earlier],
        wished,
        "",
        seed,
        found.heads,
    )
    found.proposed += tops.proposed
    home: dict[int, str] = dict(tops.names)
    topics: dict[str, Level] = {}
    for at, theme in enumerate(tops.level.keys):
        tell(0.4 + 0.6 * at / len(tops.level.keys), "group")
        inside = [r for r in full if tops.names[r] == theme and fixed[r] != theme]
        lower_fixed = [k if k and found.above.get(k) == theme else None for k in fixed]
        lower_earlier = [k if k and found.above.get(k) == theme else None for k in earlier]
        if len(inside) < FEWEST and len({lower_earlier[r] for r in inside} - {None}) < 2:
            continue
        lower = _level(corpus, np.array(inside, dtype=int), lower_fixed, lower_earlier, None, theme, seed)
        if len(lower.level.keys) > 1:
            topics[theme] = lower.level
            home |= lower.names
            found.above |= dict.fromkeys(lower.level.keys, theme)
            found.firm |= lower.firm
    found.above |= dict.fromkeys(tops.level.keys)
    found.firm |= tops.firm
    home |= {row: key for row, key in enumerate(fixed) if key is not None}
    found.home |= {i: home[row] for row, rows in enumerate(rows_of) for i in rows if row in home and i not in pinned}
    found.dialects[code] = Dialect(tops.level, topics, corpus.vocabulary)


@dataclass(frozen=True)
class _Corpus:
    """The points of one language, one row for each unit of points that go together."""

    vocabulary: Features
    tf: sparse.csr_matrix
    rows: sparse.csr_matrix
    weight: np.ndarray
    ids: tuple[int, ...]
    """Lowest id of each row."""
    order: np.ndarray
    """Rows by the BLAKE2 hash of their words: the first of them are the sample, whatever the order of input."""


def _corpus(code: str, mine: Mapping[int, str], units: Mapping[int, int]) -> tuple[_Corpus, list[list[int]]]:
    """The rows of one language, and the ids that each row stands for."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for i in mine:
        rows_of[units[i]].append(i)
    roots = sorted(rows_of)
    sizes = np.array([len(rows_of[root]) for root in roots], dtype=float)
    place_of = {i: at for at, i in enumerate(mine)}
    owner = np.repeat(np.arange(len(roots)), sizes.astype(int))
    column = np.array([place_of[i] for root in roots for i in rows_of[root]])
    each = count(mine.values(), code)
    mean = sparse.csr_matrix((1.0 / sizes[owner], (owner, column)), shape=(len(roots), len(mine)))
    counts = Counts(each.types, (mean @ each.matrix).tocsr(), code)
    order = np.array(
        sorted(range(len(roots)), key=lambda r: (stable_hash(" ".join(words(mine[rows_of[roots[r]][0]]))), r))
    )
    vocabulary = features(counts)
    tf = (counts.matrix @ vocabulary.types(counts)).tocsr()
    lowest = tuple(rows_of[root][0] for root in roots)
    corpus = _Corpus(vocabulary, tf, vocabulary.weigh(tf), 1 + np.log(sizes), lowest, order)
    return corpus, [rows_of[root] for root in roots]


def _first(keys: Mapping[int, str], ids: Iterable[int]) -> str | None:
    return next((keys[i] for i in ids if i in keys), None)


@dataclass(frozen=True)
class _Siblings:
    """Themes of one level under one parent: the key of each row, what tells them apart, how firm each is."""

    names: dict[int, str]
    level: Level
    firm: dict[str, float]
    proposed: int


def _level(
    corpus: _Corpus,
    at: np.ndarray,
    fixed: Sequence[str | None],
    earlier: Sequence[str | None],
    wished: int | None,
    parent: str,
    seed: int,
    heads: Mapping[str, str] | None = None,
) -> _Siblings:
    """Divide the rows `at` into sibling themes.

    Args:
        fixed, earlier: for each row of the corpus, the key a person has set and the key of an earlier grouping.
        parent: the key of the theme that is divided; empty for the themes themselves.
        heads: themes that a person wants, by key; rows that clearly fit one teach what belongs there.
    """
    within = set(at.tolist())
    sample = np.array(sorted([r for r in corpus.order if r in within][:SAMPLE]), dtype=int)
    rows = corpus.vocabulary.reweigh(corpus.tf[sample]) if parent else corpus.rows[sample]
    graph = neighbours(rows, 15 if len(sample) >= 300 else 8)
    fits = _fitting(corpus, sample, graph, heads) if heads else {}
    about, uncovered = _reached(graph, [fits.get(r) for r in sample.tolist()], seed) if fits else ([], 0)
    shown = {r: fixed[r] or fits.get(r) for r in sample.tolist()}
    held = Counter(key for r in sample if (key := earlier[r]))
    must = {key for r in at if (key := fixed[r])} | {*fits.values()}
    warm = 2 * sum(held.values()) > len(sample)
    if warm:
        proposed = len({*held} | must)
    elif fits:
        proposed = len(must) + uncovered
    elif parent:
        proposed = propose(graph, seed=seed, share=0.05, most=MOST_TOPICS, each=8)
    else:
        proposed = supported(rows, graph, seed=seed)
    k = max(len(must), min(wished or proposed, len(sample)), 1)
    known = sorted(must) + sorted(set(held) - must, key=lambda key: (-held[key], key))
    known = known[:k]
    column = {key: c for c, key in enumerate(known)}
    found = cluster(
        rows,
        corpus.rows[sample],
        graph,
        k,
        weight=corpus.weight[sample],
        seed=seed,
        fixed=np.array([column.get(shown[r] or "", -1) for r in sample.tolist()], dtype=int),
        start=np.array([column.get(earlier[r] or "", -1) for r in sample], dtype=int),
        hint=np.array([column.get(key or "", -1) for key in about], dtype=int) if about else None,
    )
    labels = (corpus.rows[at] @ found.weights.T).argmax(axis=1)
    label_of = dict(zip(at.tolist(), labels.tolist(), strict=True)) | dict(
        zip(sample.tolist(), found.labels.tolist(), strict=True)
    )
    label_of |= {r: column[key] for r in at.tolist() if (key := fixed[r])}
    if wished is None:
        label_of = _without_splinters(label_of, corpus.rows, found.weights, len(known))
    used = sorted(set(label_of.values()))
    keys = dict(enumerate(known))
    for c in used:
        if c not in keys:
            keys[c] = _key(parent, [corpus.ids[r] for r in sorted(label_of) if label_of[r] == c], set(keys.values()))
    names = {r: keys[c] for r, c in label_of.items()}
    level = Level(tuple(keys[c] for c in used), found.weights[used], found.temperature)
    return _Siblings(names, level, {keys[c]: round(float(found.firmness[c]), 4) for c in used}, proposed)


def _fitting(corpus: _Corpus, sample: np.ndarray, graph: sparse.csr_matrix, heads: Mapping[str, str]) -> dict[int, str]:
    """The head that rows of the sample clearly fit, by row; heads that fewer than `SEEDS` fit are left out.

    Such a row holds a word of the head's name, or two of its section; and by these and by what its neighbours lend it
    (Zhou et al. 2004) it is twice as near to that head as to any other.
    """
    keys = sorted(heads)
    code, vocabulary = corpus.vocabulary.code, corpus.vocabulary
    stems = len(vocabulary.blocks[0].place)
    rows = corpus.rows[sample]
    parts = [heads[key].partition("\n") for key in keys]
    name, section = (weigh(count([part[at] for part in parts], code), vocabulary) for at in (0, 2))
    near = (rows @ unit(name + SECTION * section).T).toarray()
    held = (rows[:, :stems].sign() @ (2 * name[:, :stems].sign() + section[:, :stems].sign()).T).toarray()
    near[held < 2] = 0.0
    lent, found = spread(graph) / LENT, near
    for _ in range(10):
        found = (lent @ found + near) / 2
    best = found.argmax(axis=1)
    ranked = np.sort(np.hstack([found, np.zeros((len(found), 1))]), axis=1).round(9)
    clear = (ranked[:, -1] >= FIT) & (ranked[:, -1] >= 2 * ranked[:, -2]) & (near[np.arange(len(best)), best] > 0)
    fitting = np.bincount(best[clear], minlength=len(keys))
    return {int(sample[i]): keys[best[i]] for i in np.flatnonzero(clear) if fitting[best[i]] >= SEEDS}


def _reached(graph: sparse.csr_matrix, fits: Sequence[str | None], seed: int) -> tuple[list[str | None], int]:
    """The head that each text's community is about, and how many communities are about none and ask for a theme.

    A community is about the head that most of its texts fit, where they are more than `REACHED` of it and that head
    reaches no other community twice as densely.
    """
    labels = communities(graph, seed)
    sizes = np.bincount(labels)
    keys = sorted({key for key in fits if key is not None})
    column = {key: c for c, key in enumerate(keys)}
    reach = np.zeros((len(sizes), len(keys)))
    for label, key in zip(labels.tolist(), fits, strict=True):
        if key is not None:
            reach[label, column[key]] += 1
    reach /= np.maximum(sizes, 1)[:, None]
    large = sizes >= max(SMALLEST, 0.01 * len(labels))
    best = reach.argmax(axis=1)
    densest = reach[large].max(axis=0, initial=0.0)
    about = (reach.max(axis=1) > REACHED) & (reach.max(axis=1) >= 0.5 * densest[best])
    return [keys[best[c]] if about[c] else None for c in labels.tolist()], int((large & ~about).sum())


def _without_splinters(
    label_of: dict[int, int], rows: sparse.csr_matrix, weights: np.ndarray, named: int
) -> dict[int, int]:
    """Rows of groups of one or two go to the best of the others; groups that someone has named stay."""
    sizes = Counter(label_of.values())
    kept = sorted(c for c, n in sizes.items() if n >= SMALLEST or c < named)
    loose = [r for r, c in label_of.items() if c not in kept]
    if not kept or not loose:
        return label_of
    best = (rows[loose] @ weights[kept].T).argmax(axis=1)
    return label_of | {r: kept[b] for r, b in zip(loose, best.tolist(), strict=True)}


def _key(parent: str, ids: Sequence[int], taken: set[str]) -> str:
    """A key made of the members, so that the same theme has the same key wherever it is found."""
    for salt in range(len(taken) + 1):
        mark = blake2b(f"{salt}:{','.join(map(str, ids))}".encode(), digest_size=5).hexdigest()
        key = f"{parent}.{mark}" if parent else mark
        if key not in taken:
            return key
    raise AssertionError("more salts than keys")


def _placed(
    code: str, mine: Mapping[int, str], found: _Found, pinned: Mapping[int, str], reasons: bool
) -> dict[int, Placement]:
    """How surely each point of one language is where it is, and why."""
    ids, texts = list(mine), list(mine.values())
    given = [pinned.get(i, found.home.get(i)) for i in ids]
    placed = place(found.dialects[code], count(texts, code), texts, given, reasons=reasons)
    return {i: placement for i, placement in zip(ids, placed, strict=True) if placement is not None}


def _themes(
    by_id: Mapping[int, str],
    codes: Mapping[int, str],
    units: Mapping[int, int],
    placements: Mapping[int, Placement],
    found: _Found,
    tell: Callable[[float, str], object],
) -> tuple[Theme, ...]:
    """The themes with their names and quotes, the largest first, each followed by its topics."""
    members: dict[str, list[int]] = defaultdict(list)
    for i in sorted(placements):
        members[placements[i].theme].append(i)
        if (parent := placements[i].parent) is not None:
            members[parent].append(i)
    spoken = {key: _majority(codes[i] for i in ids) for key, ids in members.items()}
    children = {found.above[key] for key in members}
    order = sorted(members, key=lambda key: (-len(members[key]), key))
    names: dict[str, Name] = {}
    taken: set[str] = set()
    for code in sorted(set(spoken.values())):
        mine = [i for i in by_id if codes[i] == code]
        at = {i: place for place, i in enumerate(mine)}
        alone = [key for key in order if key == f"language-{code}"]
        for key in alone:
            names[key] = Name(WRITTEN_IN[code], ())
            taken.add(WRITTEN_IN[code].lower())
        groups = {
            key: [at[i] for i in members[key] if i in at] for key in order if spoken[key] == code and key not in alone
        }
        names |= describe(
            terms([by_id[i] for i in mine], code),
            groups,
            within=found.above,
            attitude=lambda key: key not in children,
            taken=taken,
            given={key: head.partition("\n")[0].strip() for key, head in found.heads.items()},
        )
    made: list[Theme] = []
    tops = [key for key in order if found.above[key] is None]
    for step, top in enumerate(tops):
        tell(0.8 + 0.2 * step / len(tops), "quote")
        for key in (top, *(k for k in order if found.above[k] == top)):
            central = sorted(members[key], key=lambda i: (-placements[i].sureness, i))[:MOST_READ]
            said = quotes([by_id[i] for i in central], central, QUOTES, twins=units, code=spoken[key])
            firm = found.firm.get(key, 1.0)
            made.append(
                Theme(
                    key,
                    found.above[key],
                    names[key].label,
                    names[key].words,
                    len(members[key]),
                    tuple(members[key]),
                    said,
                    firm,
                    spoken[key],
                )
            )
    return tuple(made)


def _majority(codes: Iterable[str]) -> str:
    counted = Counter(codes)
    return min(counted, key=lambda code: (-counted[code], code))


def _digest(by_id: Mapping[int, str], placements: Mapping[int, Placement]) -> str:
    lines = (f"{i}\t{placements[i].theme if i in placements else ''}\n" for i in by_id)
    return sha256("".join(lines).encode()).hexdigest()
