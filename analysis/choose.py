"""Say which points a person should place first: those that teach the grouping most.

A few dozen placements chosen well teach more than twice as many taken at random: one from each neighbourhood of the
material, the most typical there, and where there is a grouping, one it is unsure of.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from .cluster import embed, medoids, neighbours, spread
from .group import SAMPLE, Grouping
from .prepare import count, features, is_stop, languages, stable_hash, weigh, words
from .threads import one_thread

DIMENSIONS = 30


def ask_first(
    texts: Sequence[str],
    n: int,
    *,
    ids: Sequence[int] | None = None,
    placed: Collection[int] = (),
    grouping: Grouping | None = None,
    seed: int = 0,
) -> tuple[int, ...]:
    """Choose the points that teach most when a person places them.

    The points are divided into n neighbourhoods, and the most typical of each is chosen (Hacohen et al. 2022). With a
    grouping, a point counts the more, the less sure its placement is, so that the doubtful neighbourhoods are smaller.

    Args:
        n: how many; fewer where fewer points say something.
        ids: stable keys of the points; their places if not given. Order of input never matters.
        placed: ids that a person has placed already; never asked for again.
        grouping: an earlier grouping of these points.

    Returns:
        ids, those that stand for most points first.

    Raises:
        ValueError: two points have the same id, or n is under one.
    """
    if n < 1:
        raise ValueError("ask for one point at least")
    keys = list(range(len(texts))) if ids is None else list(ids)
    by_id = dict(sorted(zip(keys, texts, strict=True)))
    if len(by_id) != len(keys):
        raise ValueError("two points have the same id")
    codes = dict(zip(by_id, languages(list(by_id.values())), strict=True))
    open_ = [
        i for i, text in by_id.items() if i not in placed and any(not is_stop(word, codes[i]) for word in words(text))
    ]
    open_ = sorted(sorted(open_, key=lambda i: (stable_hash(" ".join(words(by_id[i]))), i))[:SAMPLE])
    chosen: list[tuple[float, int]] = []
    with one_thread():
        for code in sorted({codes[i] for i in open_}):
            mine = [i for i in open_ if codes[i] == code]
            wished = min(len(mine), max(1, round(n * len(mine) / len(open_))))
            counts = count((by_id[i] for i in mine), code)
            rows = weigh(counts, features(counts))
            points = embed(rows, DIMENSIONS, seed, spread(neighbours(rows, 15 if len(mine) >= 300 else 8)))
            unsure = np.array([_doubt(grouping, i) for i in mine])
            chosen += [(stands_for, mine[at]) for at, stands_for in medoids(points, unsure, wished, seed)]
    ranked = sorted(chosen, key=lambda pair: (-pair[0], pair[1]))
    return tuple(i for _, i in ranked[:n])


def _doubt(grouping: Grouping | None, i: int) -> float:
    """How little is known of where a point belongs, over 0 to 1."""
    if grouping is None or (placement := grouping.placements.get(i)) is None:
        return 1.0
    return max(1.0 - placement.sureness, 0.05)
