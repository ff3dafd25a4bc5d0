"""Find texts that are nearly the same: campaign letters, and what others have written about the same thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import sparse

from .prepare import count, features, is_stop, languages, stable_hash, weigh, words
from .split import Span, sentences
from .tally import find, mixed, parts, rolling, texts_numbers
from .threads import one_thread

SHINGLE = 3
"""Words in a run that is compared."""
LEAST_SHARED = 0.35
"""Share of the smaller text's runs that two copies of a campaign letter hold in common."""
LEAST_WORDS = 8
"""Under this many words two equal texts are two people who agree ("ingen bemærkninger"), not a campaign."""
KNOWN_FROM = 3
"""Senders from which a letter counts as known, so that rewritten ones are looked for."""
ENOUGH = 5
"""Runs that two copies of a letter hold in common, at the least."""
LARGE = 100_000
"""Letters above which three links, not one, must lead to a pair before it is compared: chance makes more of them."""
_AT_ONCE = 100_000
PAIRS_SHARED, FOLLOWS, FOLLOWED = 4, 0.5, 0.35
"""Neighbouring word pairs that a rewritten letter shares with a known one; share of the known letter's words that it
holds in the same order; share of its own words that these make up."""


Stretch = tuple[int, int]
"""Code points ``[start, end)`` of a text."""


@dataclass(frozen=True)
class Campaign:
    """Texts that are one letter in several hands; counted singly, answered once."""

    members: tuple[int, ...]
    medoid: int
    evidence: tuple[tuple[int, int, float], ...]
    """Pairs that were compared word for word, with the share of the smaller one's runs that both hold, 0 to 1; for a
    rewritten letter, the share of the medoid's words that stand in it in the same order."""
    kind: Literal["letter", "short"] = "letter"


@dataclass(frozen=True)
class Alike:
    """A text near another one: its id, how near (cosine, 0 to 1), and the words both hold, weightiest first."""

    id: int
    score: float
    words: tuple[str, ...]


def shingles(text: str) -> frozenset[int]:
    """The 64-bit hashes of every run of three words; of the whole, where the text is shorter."""
    return _runs(words(text))


def _runs(found: Sequence[str]) -> frozenset[int]:
    if len(found) < SHINGLE:
        return frozenset({stable_hash(" ".join(found))}) if found else frozenset()
    return frozenset(stable_hash(" ".join(found[i : i + SHINGLE])) for i in range(len(found) - SHINGLE + 1))


def campaigns(
    texts: Sequence[str], *, ids: Sequence[int] | None = None, least: float = LEAST_SHARED
) -> tuple[Campaign, ...]:
    """Find letters that many have sent with few changes of their own.

    Shingle star: each run of three words links every text to the first and the previous one that holds it (so a
    letter sent n times costs 2n links, not n²); every linked pair is then compared exactly, and a text stays only if
    it shares enough with the group's medoid, so that no chain of half-alike letters becomes a campaign.
    Containment after Broder 1997, "On the resemblance and containment of documents".

    Args:
        ids: stable keys of the texts; their places if not given. The order of the texts does not matter.
        least: share of the smaller text's runs that must be shared, 0 to 1.

    Returns:
        Groups of two or more, the largest first; equal texts of fewer than eight words as kind `short`.
    """
    keys = range(len(texts)) if ids is None else list(ids)
    if len(set(keys)) != len(keys):
        raise ValueError("two texts have the same id")
    if ids is not None:
        order = sorted(range(len(keys)), key=keys.__getitem__)
        texts, keys = [texts[i] for i in order], [keys[i] for i in order]
    said = _read(texts)
    found = _found(said, least)
    found += [
        Campaign(tuple(same), same[0], tuple((same[0], other, 1.0) for other in same[1:]), "short")
        for same in said.equal()
        if said.sizes[same[0]] < LEAST_WORDS
    ]
    named = [
        Campaign(
            tuple(keys[m] for m in c.members),
            keys[c.medoid],
            tuple((keys[one], keys[other], share) for one, other, share in c.evidence),
            c.kind,
        )
        for c in found
    ]
    return tuple(sorted(named, key=lambda c: (-len(c.members), c.members)))


@dataclass(frozen=True)
class _Said:
    """Many texts as numbers.

    word: (words,) the words of all texts in order. first: (texts + 1,) where each text's words begin. whole: (texts,)
    a number for each wording. run: the runs of three words of each text in order. letter: (texts,) whether it has the
    words of a letter, and no earlier text has the same.
    """

    word: np.ndarray
    first: np.ndarray
    whole: np.ndarray
    run: np.ndarray
    sizes: np.ndarray
    letter: np.ndarray

    def bag(self, i: int) -> tuple[int, ...]:
        """The words of one text in order, each as its number."""
        return tuple(self.word[self.first[i] : self.first[i + 1]].tolist())

    def equal(self) -> list[list[int]]:
        """Texts with the same words, each group in order."""
        order = np.argsort(self.whole, kind="stable")
        same = self.whole[order]
        cuts = np.flatnonzero(np.diff(same)) + 1
        sizes = np.diff(np.concatenate(([0], cuts, [len(same)])))
        return [
            order[at : at + size].tolist()
            for at, size in zip(np.concatenate(([0], cuts))[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True)
            if self.sizes[order[at]] > 0
        ]


def _read(texts: Sequence[str]) -> _Said:
    """Read texts as numbers, part by part."""
    word, sizes, whole, run = ([np.zeros(0, dtype=np.uint64)] for _ in range(4))
    for part in parts(texts):
        found = find(part.read())
        mine = mixed(found.number)
        word.append(mine)
        sizes.append(np.diff(found.first).astype(np.uint64))
        whole.append(texts_numbers(found))
        run.append(_runs_in(mine, found.first, SHINGLE))
    all_ = np.concatenate(whole)
    first_of = np.zeros(len(all_), dtype=bool)
    first_of[np.unique(all_, return_index=True)[1]] = True
    starts = np.concatenate(([0], np.cumsum(np.concatenate(sizes), dtype=np.int64)))
    size = np.diff(starts)
    return _Said(np.concatenate(word), starts, all_, np.concatenate(run), size, first_of & (size >= LEAST_WORDS))


def _runs_in(word: np.ndarray, first: np.ndarray, n: int) -> np.ndarray:
    """The numbers of the runs of `n` words, text by text, in order."""
    start = np.arange(max(0, len(word) - n + 1))
    inside = np.repeat(first[1:], np.diff(first))[: len(start)] >= start + n
    start = start[inside]
    return rolling(word, start, start + n)


@dataclass(frozen=True)
class _Pairs:
    """Texts that were compared: places `a` and `b`, the runs they share, and how many each text has, (texts,)."""

    a: np.ndarray
    b: np.ndarray
    shared: np.ndarray
    size: np.ndarray

    def contained(self) -> np.ndarray:
        return self.shared / np.maximum(1, np.minimum(self.size[self.a], self.size[self.b]))

    def resemblance(self) -> np.ndarray:
        return self.shared / np.maximum(1, self.size[self.a] + self.size[self.b] - self.shared)

    def enough(self) -> np.ndarray:
        """At least five runs in common, so that one stock phrase is no campaign."""
        return self.shared >= np.minimum(ENOUGH, np.minimum(self.size[self.a], self.size[self.b]))


def _compared(said: _Said) -> _Pairs:
    """Compare the letters that a run of words leads to: with the first and with the previous one that holds it."""
    runs = np.maximum(said.sizes - SHINGLE + 1, 0)
    owner = np.repeat(np.arange(len(runs), dtype=np.int32), runs)
    mine = np.repeat(said.letter, runs)
    run, owner = said.run[mine], owner[mine]
    order = np.argsort(run, kind="stable")
    run, owner = run[order], owner[order]
    del order
    fresh = np.ones(len(run), dtype=bool)
    fresh[1:] = (run[1:] != run[:-1]) | (owner[1:] != owner[:-1])
    run, owner = run[fresh], owner[fresh]
    size = np.bincount(owner, minlength=len(runs))
    again = np.zeros(len(run), dtype=bool)
    again[1:] = run[1:] == run[:-1]
    held = again.copy()
    held[:-1] |= again[1:]
    owner, again = owner[held], again[held]
    kind = np.cumsum(~again) - 1
    start = np.flatnonzero(~again)
    later = np.flatnonzero(again)
    this = owner[later].astype(np.uint64)
    links = np.concatenate([owner[start[kind[later]]], owner[later - 1]]).astype(np.uint64) << np.uint64(32)
    pairs, times = np.unique(links | np.concatenate([this, this]), return_counts=True)
    pairs = pairs[times >= (3 if said.letter.sum() > LARGE else 1)]
    a, b = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    table = sparse.csr_matrix((np.ones(len(kind), dtype=np.int32), (owner, kind)), shape=(len(runs), len(start)))
    table.sort_indices()
    shared = [
        np.asarray(table[a[at : at + _AT_ONCE]].multiply(table[b[at : at + _AT_ONCE]]).sum(axis=1)).ravel()
        for at in range(0, len(a), _AT_ONCE)
    ]
    return _Pairs(a, b, np.concatenate([np.zeros(0, dtype=np.int32), *shared]), size)


def _found(said: _Said, least: float) -> list[Campaign]:
    """Campaigns among letters, each distinct wording compared once."""
    copies = {same[0]: same for same in said.equal() if said.sizes[same[0]] >= LEAST_WORDS}
    pairs = _compared(said)
    good = pairs.enough() & (pairs.contained() >= least)
    edges = list(zip(pairs.a[good].tolist(), pairs.b[good].tolist(), strict=True))
    runs = {i: _run_set(said.bag(i)) for i in {i for edge in edges for i in edge}}
    groups = _groups(edges, runs, least)
    inside = {m for group in groups for m in group}
    alone = [first for first in copies if first not in inside]
    runs |= {first: _run_set(said.bag(first)) for first in alone}
    groups += [[first] for first in alone]
    found: list[Campaign] = []
    same = {m: copies.get(m, [m]) for group in groups for m in group}
    medoids = [_medoid(group, runs, {m: len(same[m]) for m in group}) for group in groups]
    sizes = [sum(len(same[m]) for m in group) for group in groups]
    known = {medoid: said.bag(medoid) for medoid, size in zip(medoids, sizes, strict=True) if size >= KNOWN_FROM}
    joined = _rewritten(known, _near(said, known, same))
    for group, medoid in zip(groups, medoids, strict=True):
        shared = {m: round(contained(runs[medoid], runs[m]), 4) for m in group} | joined.get(medoid, {})
        evidence = sorted(
            (min(medoid, i), max(medoid, i), share)
            for m, share in shared.items()
            for i in same.get(m, [m])
            if i != medoid
        )
        members = sorted(i for m in shared for i in same.get(m, [m]))
        found.append(Campaign(tuple(members), medoid, tuple(evidence)))
    return found


def _run_set(bag: Sequence[int]) -> frozenset[int]:
    return frozenset(hash(bag[i : i + SHINGLE]) for i in range(len(bag) - SHINGLE + 1))


def _near(
    said: _Said, known: Mapping[int, tuple[int, ...]], inside: Mapping[int, list[int]]
) -> dict[int, tuple[int, ...]]:
    """Letters in nobody's campaign that share enough pairs of neighbouring words with known ones to be compared."""
    if not known:
        return {}
    pairs = [_runs_in(np.array(bag, dtype=np.uint64), np.array([0, len(bag)]), 2) for bag in known.values()]
    wanted = np.unique(np.concatenate(pairs))
    found: dict[int, tuple[int, ...]] = {}
    for begin in range(0, len(said.first) - 1, _AT_ONCE):
        first = said.first[begin : begin + _AT_ONCE + 1]
        pair = _runs_in(said.word[first[0] : first[-1]], first - first[0], 2)
        owner = np.repeat(np.arange(len(first) - 1), np.maximum(np.diff(first) - 1, 0))
        at = np.minimum(np.searchsorted(wanted, pair), len(wanted) - 1)
        hits = np.bincount(owner[wanted[at] == pair], minlength=len(first) - 1)
        for i in (begin + np.flatnonzero(hits >= PAIRS_SHARED)).tolist():
            if said.letter[i] and i not in inside:
                found[i] = said.bag(i)
    return found


def _rewritten(
    known: Mapping[int, tuple[int, ...]], loose: Mapping[int, tuple[int, ...]]
) -> dict[int, dict[int, float]]:
    """Letters that follow a known campaign's letter in their own words: by medoid, each with the share it follows.

    Only against letters that are sent by several, since there is then something to rewrite; a pair of neighbouring
    words leads to the letter, and its words must then stand in the same order (longest common subsequence).
    """
    holding: dict[tuple[int, int], list[int]] = defaultdict(list)
    for medoid, bag in known.items():
        for pair in set(pairwise(bag)):
            holding[pair].append(medoid)
    found: dict[int, dict[int, float]] = defaultdict(dict)
    for first, bag in loose.items() if holding else ():
        hits = Counter(m for pair in set(pairwise(bag)) if pair in holding for m in holding[pair])
        best = min(hits, key=lambda m: (-hits[m], m), default=None)
        if best is None or hits[best] < PAIRS_SHARED:
            continue
        letter = known[best]
        common = in_order(letter, bag)
        if common >= FOLLOWS * len(letter) and common >= FOLLOWED * len(bag):
            found[best][first] = round(common / len(letter), 4)
    return found


def in_order(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many words two texts have in common in the same order: their longest common subsequence (Hyyrö 2004)."""
    at: dict[Hashable, int] = defaultdict(int)
    for place, word in enumerate(one):
        at[word] |= 1 << place
    full = (1 << len(one)) - 1
    open_ = full
    for word in other:
        held = open_ & at.get(word, 0)
        open_ = ((open_ + held) | (open_ - held)) & full
    return len(one) - open_.bit_count()


def contained(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the smaller one's runs that both hold, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of all runs that both hold (Jaccard), 0 to 1."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _groups(edges: Sequence[tuple[int, int]], bags: Mapping[int, frozenset[int]], least: float) -> list[list[int]]:
    """Groups of texts that share enough with their medoid; what falls out of a group is tried again by itself."""
    groups: list[list[int]] = []
    waiting = _connected(edges)
    while waiting:
        group, inner = waiting.pop()
        medoid = _medoid(group, bags)
        stays = [
            m
            for m in group
            if m == medoid or (contained(bags[m], bags[medoid]) >= least and _enough(bags[m], bags[medoid]))
        ]
        out = set(group) - set(stays)
        if len(stays) > 1:
            groups.append(stays)
        if len(out) > 1:
            waiting += _connected([(a, b) for a, b in inner if a in out and b in out])
    return groups


def _connected(edges: Sequence[tuple[int, int]]) -> list[tuple[list[int], list[tuple[int, int]]]]:
    """Connected groups, each with its own edges."""
    groups = _components(sorted({node for edge in edges for node in edge}), edges)
    group_of = {node: number for number, group in enumerate(groups) for node in group}
    inner: list[list[tuple[int, int]]] = [[] for _ in groups]
    for edge in edges:
        inner[group_of[edge[0]]].append(edge)
    return list(zip(groups, inner, strict=True))


def near_identical(texts: Sequence[str], ids: Sequence[int], least: float = 0.6) -> list[list[int]]:
    """Groups of ids whose texts say the same with hardly a change: they count as one when themes are sought.

    Args:
        least: share of all the runs of both texts that they hold in common, 0 to 1.
    """
    order = sorted(range(len(ids)), key=ids.__getitem__)
    said = _read([texts[i] for i in order])
    pairs = _compared(said)
    near = pairs.resemblance() >= least
    links = list(zip(pairs.a[near].tolist(), pairs.b[near].tolist(), strict=True))
    links += [(same[0], other) for same in said.equal() for other in same[1:]]
    groups = _components(sorted({i for link in links for i in link}), links)
    return [[ids[order[i]] for i in group] for group in groups]


def _enough(one: frozenset[int], other: frozenset[int]) -> bool:
    """At least five runs in common, so that one stock phrase is no campaign."""
    return len(one & other) >= min(ENOUGH, len(one), len(other))


def _medoid(members: Sequence[int], bags: Mapping[int, frozenset[int]], times: Mapping[int, int] | None = None) -> int:
    """The member that holds most of what the others hold; ties go to the lowest id.

    times: how many copies there are of each.
    """
    held: Counter[int] = Counter()
    for m in members:
        held.update(dict.fromkeys(bags[m], times[m] if times else 1))
    total = sum(times[m] for m in members) if times else len(members)
    common = {h for h, n in held.items() if 2 * n >= total}
    return max(members, key=lambda m: (resemblance(bags[m], frozenset(common)), -m))


def _components(nodes: Sequence[int], edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Connected groups of two or more, each in order of id."""
    parent = {node: node for node in nodes}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    together: dict[int, list[int]] = defaultdict(list)
    for node in nodes:
        together[root(node)].append(node)
    return [group for group in together.values() if len(group) > 1]


def own_lines(text: str, medoid_text: str) -> tuple[Span, ...]:
    """The sentences of a campaign letter that its sender wrote themselves: those not found in the shared letter.

    A sentence is their own when under half of its runs of three words stand in the shared letter (of its words, where
    it has fewer than five).
    """
    shared, shared_words = shingles(medoid_text), set(words(medoid_text))
    own = []
    for span in sentences(text):
        said = text[span.start : span.end]
        bag = words(said)
        if not bag:
            continue
        runs = shingles(said)
        known = len(runs & shared) / len(runs) if len(bag) >= 5 else sum(w in shared_words for w in bag) / len(bag)
        if known < 0.5:
            own.append(span)
    return tuple(own)


def lift(text: str, pieces: Sequence[Sequence[Stretch]], own: Sequence[Stretch]) -> list[list[Stretch]]:
    """The pieces with the sender's own sentences taken out of them, each run of these as a piece of its own."""
    found: list[list[Stretch]] = []
    for piece in pieces:
        mine = [(max(a, start), min(b, end)) for start, end in piece for a, b in own if a < end and start < b]
        found += [one for one in (_rest(text, piece, mine), _joined(text, mine)) if one]
    return sorted(found)


def _rest(text: str, piece: Sequence[Stretch], mine: Sequence[Stretch]) -> list[Stretch]:
    left = []
    for start, end in piece:
        edges = [start, *(edge for a, b in sorted(mine) if start <= a and b <= end for edge in (a, b)), end]
        for begin, stop in zip(edges[::2], edges[1::2], strict=True):
            words = text[begin:stop]
            if words.strip():
                lead = len(words) - len(words.lstrip())
                left.append((begin + lead, begin + lead + len(words.strip())))
    return left


def _joined(text: str, stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches with nothing but blanks between them as one."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def alike(
    query_texts: Sequence[str],
    corpus_texts: Sequence[str],
    n: int = 5,
    *,
    ids: Sequence[int] | None = None,
    least: float = 0.05,
) -> tuple[tuple[Alike, ...], ...]:
    """For each text, the nearest others: "14 andre skriver også om …", and earlier answers that might do again.

    Args:
        ids: keys of the corpus texts; their places if not given.
        n: how many at most.
        least: nearness below which a text is not shown, cosine 0 to 1.

    Returns:
        One tuple per query text, nearest first; ties by id.
    """
    keys = list(range(len(corpus_texts))) if ids is None else list(ids)
    if not query_texts or not corpus_texts:
        return tuple(() for _ in query_texts)
    code = Counter(languages(corpus_texts)).most_common(1)[0][0]
    with one_thread():
        counts, asked = count(corpus_texts, code), count(query_texts, code)
        vocabulary = features(counts)
        corpus, queries = weigh(counts, vocabulary), weigh(asked, vocabulary)
        held = [frozenset(words(text)) for text in corpus_texts]
        found = []
        scores = (queries @ corpus.T).tocsr()
        for row, text in enumerate(query_texts):
            near = scores[row]
            ranked = sorted(
                zip(near.data, near.indices, strict=True), key=lambda pair: (-round(pair[0], 9), keys[pair[1]])
            )
            mine = {w: i for i, w in enumerate(dict.fromkeys(words(text))) if not is_stop(w, code)}
            found.append(
                tuple(
                    Alike(
                        keys[place],
                        min(1.0, float(score)),
                        tuple(sorted(mine.keys() & held[place], key=lambda w: (-len(w), w)))[:6],
                    )
                    for score, place in ranked[:n]
                    if score >= least
                )
            )
    return tuple(found)
