"""Find texts that are nearly the same: campaign letters, and what others have written about the same thing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from .prepare import count, features, is_stop, languages, stable_hash, weigh, words
from .split import Span, sentences
from .threads import one_thread

SHINGLE = 3
"""Words in a run that is compared."""
LEAST_SHARED = 0.35
"""Share of the smaller text's runs that two copies of a campaign letter hold in common."""
LEAST_WORDS = 8
"""Under this many words two equal texts are two people who agree ("ingen bemærkninger"), not a campaign."""
KNOWN_FROM = 3
"""Senders from which a letter counts as known, so that rewritten ones are looked for."""
PAIRS_SHARED, FOLLOWS, FOLLOWED = 4, 0.5, 0.35
"""Neighbouring word pairs that a rewritten letter shares with a known one; share of the known letter's words that it
holds in the same order; share of its own words that these make up."""


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
    keys = list(range(len(texts))) if ids is None else list(ids)
    by_id = dict(sorted(zip(keys, texts, strict=True)))
    if len(by_id) != len(keys):
        raise ValueError("two texts have the same id")
    bags = {key: words(text) for key, text in by_id.items()}
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for key, bag in bags.items():
        if len(bag) >= LEAST_WORDS:
            copies[tuple(bag)].append(key)
    runs = {same[0]: _runs(bag) for bag, same in copies.items()}
    found = _found(copies, runs, least)
    short: dict[str, list[int]] = defaultdict(list)
    for key, bag in bags.items():
        if 0 < len(bag) < LEAST_WORDS:
            short[" ".join(bag)].append(key)
    found += [
        Campaign(tuple(same), same[0], tuple((same[0], other, 1.0) for other in same[1:]), "short")
        for same in short.values()
        if len(same) > 1
    ]
    return tuple(sorted(found, key=lambda c: (-len(c.members), c.members)))


def _found(
    copies: Mapping[tuple[str, ...], list[int]], runs: Mapping[int, frozenset[int]], least: float
) -> list[Campaign]:
    """Campaigns among letters, each distinct wording compared once: `copies` are its ids, `runs` those of the first."""
    same = {ids[0]: ids for ids in copies.values()}
    bags = {ids[0]: bag for bag, ids in copies.items()}
    groups = _groups(runs, least)
    inside = {m for group in groups for m in group}
    groups += [[first] for first, ids in same.items() if len(ids) > 1 and first not in inside]
    found: list[Campaign] = []
    loose = {first: bag for first, bag in bags.items() if first not in inside and len(same[first]) == 1}
    medoids = [_medoid(group, runs, {m: len(same[m]) for m in group}) for group in groups]
    sizes = [sum(len(same[m]) for m in group) for group in groups]
    known = {medoid: bags[medoid] for medoid, size in zip(medoids, sizes, strict=True) if size >= KNOWN_FROM}
    joined = _rewritten(known, loose)
    for group, medoid in zip(groups, medoids, strict=True):
        shared = {m: round(contained(runs[medoid], runs[m]), 4) for m in group} | joined.get(medoid, {})
        evidence = sorted(
            (min(medoid, i), max(medoid, i), share) for m, share in shared.items() for i in same[m] if i != medoid
        )
        members = sorted(i for m in shared for i in same[m])
        found.append(Campaign(tuple(members), medoid, tuple(evidence)))
    return found


def _rewritten(
    known: Mapping[int, tuple[str, ...]], loose: Mapping[int, tuple[str, ...]]
) -> dict[int, dict[int, float]]:
    """Letters that follow a known campaign's letter in their own words: by medoid, each with the share it follows.

    Only against letters that are sent by several, since there is then something to rewrite; a pair of neighbouring
    words leads to the letter, and its words must then stand in the same order (longest common subsequence).
    """
    holding: dict[tuple[str, str], list[int]] = defaultdict(list)
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


def in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts have in common in the same order: their longest common subsequence (Hyyrö 2004)."""
    at: dict[str, int] = defaultdict(int)
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


def _links(bags: Mapping[int, frozenset[int]]) -> list[tuple[int, int]]:
    """Pairs worth comparing: in each run of equal hashes, every text with the first and with the previous one."""
    if not bags:
        return []
    keys = np.fromiter(bags, dtype=np.int64, count=len(bags))
    sizes = [len(bag) for bag in bags.values()]
    hashes = np.fromiter((h for bag in bags.values() for h in sorted(bag)), dtype=np.uint64, count=sum(sizes))
    owners = np.repeat(np.arange(len(keys)), sizes)
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    same = np.flatnonzero(hashes[1:] == hashes[:-1]) + 1
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    first = starts[np.searchsorted(starts, same, side="right") - 1]
    pairs = np.unique(np.c_[np.r_[owners[first], owners[same - 1]], np.r_[owners[same], owners[same]]], axis=0)
    return [(int(keys[a]), int(keys[b])) for a, b in pairs if a != b]


def _groups(bags: Mapping[int, frozenset[int]], least: float) -> list[list[int]]:
    """Groups of texts that share enough with their medoid; what falls out of a group is tried again by itself."""
    good = [(a, b) for a, b in _links(bags) if contained(bags[a], bags[b]) >= least and _enough(bags[a], bags[b])]
    groups: list[list[int]] = []
    waiting = _components(sorted({key for pair in good for key in pair}), good)
    while waiting:
        group = waiting.pop()
        medoid = _medoid(group, bags)
        stays = [
            m
            for m in group
            if m == medoid or (contained(bags[m], bags[medoid]) >= least and _enough(bags[m], bags[medoid]))
        ]
        out = set(group) - set(stays)
        if len(stays) > 1:
            groups.append(stays)
        if len(out) > 1 and len(stays) > 0:
            waiting += _components(sorted(out), [(a, b) for a, b in good if a in out and b in out])
    return groups


def near_identical(texts: Sequence[str], ids: Sequence[int], least: float = 0.6) -> list[list[int]]:
    """Groups of ids whose texts say the same with hardly a change: they count as one when themes are sought.

    Args:
        least: share of all the runs of both texts that they hold in common, 0 to 1.
    """
    bags = {i: words(text) for i, text in sorted(zip(ids, texts, strict=True))}
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, bag in bags.items():
        if bag:
            same[tuple(bag)].append(i)
    firsts = {group[0]: shingles(" ".join(bag)) for bag, group in same.items() if len(bag) >= LEAST_WORDS}
    near = [(a, b) for a, b in _links(firsts) if resemblance(firsts[a], firsts[b]) >= least]
    equal = [(group[0], other) for group in same.values() for other in group[1:]]
    return _components(sorted({i for pair in near + equal for i in pair}), near + equal)


def _enough(one: frozenset[int], other: frozenset[int]) -> bool:
    """At least five runs in common, so that one stock phrase is no campaign."""
    return len(one & other) >= min(5, len(one), len(other))


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
