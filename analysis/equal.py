"""Find texts that ask for the same in nearly the same words, so that equal cases can be treated equally."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from .match import near_identical
from .prepare import count, features, languages, weigh, words
from .threads import one_thread

LEAST = 0.55
"""Nearness (cosine of TF-IDF weighed word stems and letter runs, 0 to 1) from which two texts ask for the same."""
BLOCK = 512
"""Texts that are compared with all the others at a time."""


def equals(
    texts: Sequence[str], *, ids: Sequence[int] | None = None, least: float = LEAST
) -> tuple[tuple[int, ...], ...]:
    """Find groups of texts that ask for the same.

    Equal wordings count once. In a group every text is near the same one, its centre: no chain of half-alike texts
    becomes a group. Texts without words are never alike.

    Args:
        ids: stable keys of the texts; their places if not given. The order of the texts does not matter.
        least: nearness to the centre, cosine 0 to 1.

    Returns:
        Groups of two or more ids, each in order, the groups by their first id.
    """
    keys = list(range(len(texts))) if ids is None else list(ids)
    by_id = dict(sorted(zip(keys, texts, strict=True)))
    if len(by_id) != len(keys):
        raise ValueError("two texts have the same id")
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for key, text in by_id.items():
        if bag := tuple(words(text)):
            same[bag].append(key)
    tongues: dict[str, list[list[int]]] = defaultdict(list)
    for code, group in zip(languages([by_id[one[0]] for one in same.values()]), same.values(), strict=True):
        tongues[code].append(group)
    found = [group for code, wordings in tongues.items() for group in _groups(code, wordings, by_id, least)]
    # What stands in more than half of the texts tells nothing apart: a letter of most senders is found by its runs.
    copies = near_identical(list(by_id.values()), list(by_id))
    return tuple(_joined([*found, *copies]))


def _joined(groups: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """Groups that share a member are one group."""
    home: dict[int, tuple[int, ...]] = {}
    for group in groups:
        whole = tuple(sorted({member for one in group for member in home.get(one, (one,))}))
        home.update(dict.fromkeys(whole, whole))
    return sorted(set(home.values()))


def nearest(
    texts: Sequence[str],
    others: Sequence[str] = (),
    *,
    owners: Sequence[object] = (),
    n: int = 5,
    least: float = 0.25,
) -> list[list[tuple[int, float]]]:
    """For each text those that are nearest to it, among themselves and among some others.

    Args:
        others: texts that are compared with, and not asked about.
        owners: whose each of all the texts is; those of the same owner are left out. All differ if not given.
        n: how many at most.
        least: nearness below which a text is left out, cosine 0 to 1.

    Returns:
        One list per text of places in ``[*texts, *others]`` and nearness, nearest first; ties by place.
    """
    everything = [*texts, *others]
    if not texts or len(everything) < 2:
        return [[] for _ in texts]
    tongues = languages(everything)
    code = max(sorted(set(tongues)), key=tongues.count)
    found: list[list[tuple[int, float]]] = []
    with one_thread():
        counts = count(everything, code)
        rows = weigh(counts, features(counts)).tocsr().astype(np.float32)
        other = rows.T.tocsr()
        for at in range(0, len(texts), BLOCK):
            block = (rows[at : min(at + BLOCK, len(texts))] @ other).tocsr()
            for i in range(block.shape[0]):
                near = slice(block.indptr[i], block.indptr[i + 1])
                found.append(_best(at + i, block.indices[near], block.data[near], owners, n, least))
    return found


def _best(
    text: int, places: np.ndarray, scores: np.ndarray, owners: Sequence[object], n: int, least: float
) -> list[tuple[int, float]]:
    """The best of the texts that one was compared with, without itself and its owner's."""
    kept = scores >= least
    ranked = sorted(zip(-np.round(scores[kept].astype(float), 6), places[kept].tolist(), strict=True))
    found: list[tuple[int, float]] = []
    for score, place in ranked:
        if place != text and not (owners and owners[place] == owners[text]):
            found.append((place, min(1.0, -float(score))))
            if len(found) == n:
                break
    return found


def _groups(code: str, wordings: Sequence[list[int]], by_id: Mapping[int, str], least: float) -> list[list[int]]:
    """The groups among wordings of one language; each wording comes with the ids that have it."""
    near = _near([by_id[one[0]] for one in wordings], code, least)
    groups = []
    for group in _stars(near, [len(one) for one in wordings]):
        members = [key for place in group for key in wordings[place]]
        if len(members) > 1:
            groups.append(members)
    return groups


def _near(texts: Sequence[str], code: str, least: float) -> sparse.csr_matrix:
    """Which texts are near each other: (n, n), symmetric, with their cosine; no loops."""
    with one_thread():
        counts = count(texts, code)
        rows = weigh(counts, features(counts)).tocsr().astype(np.float32)
        other = rows.T.tocsr()
        blocks = []
        for at in range(0, len(texts), BLOCK):
            block = (rows[at : at + BLOCK] @ other).tocoo()
            kept = (block.data >= least) & (block.row + at != block.col)
            blocks.append(sparse.csr_matrix((block.data[kept], (block.row[kept], block.col[kept])), shape=block.shape))
    return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_matrix((0, 0))


def _stars(near: sparse.csr_matrix, times: Sequence[int]) -> list[list[int]]:
    """Each text with the centre it is nearest to: the one that most others are near, ties to the first."""
    n = near.shape[0]
    if n == 0:
        return []
    _, label = connected_components(near, directed=False)
    parts: dict[int, list[int]] = defaultdict(list)
    for place in range(n):
        parts[int(label[place])].append(place)
    weight = np.asarray(times, dtype=float)
    groups = []
    for part in parts.values():
        free = set(part)
        while free:
            drawn = {one: weight[one] + sum(weight[o] for o in _of(near, one) if o in free) for one in free}
            centre = max(free, key=lambda one: (drawn[one], -one))
            star = [centre, *(o for o in _of(near, centre) if o in free)]
            groups.append(sorted(star))
            free.difference_update(star)
    return groups


def _of(near: sparse.csr_matrix, place: int) -> list[int]:
    return [int(one) for one in near.indices[near.indptr[place] : near.indptr[place + 1]]]
