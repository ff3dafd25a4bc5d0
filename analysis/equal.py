"""Find texts that ask for the same in nearly the same words, so that equal cases can be treated equally."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from threadpoolctl import threadpool_limits

from .prepare import count, features, languages, weigh, words

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
    return tuple(sorted(tuple(sorted(group)) for group in found))


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
    with threadpool_limits(1):
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
