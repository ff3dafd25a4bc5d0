"""Let the citizens' own sentences speak for a theme. The machine only quotes; it never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .match import campaigns, resemblance, shingles
from .prepare import count, features, languages, weigh, words
from .split import sentences
from .threads import one_thread

VARIETY = 0.35
"""How much a quote is held back by its likeness to those already chosen (lambda of MMR is one minus this)."""
SHORTEST, LONGEST = 5, 45
"""Words of a sentence that can be quoted by itself; others only where there is nothing else."""


@dataclass(frozen=True)
class Quote:
    """A whole sentence of one input, word for word: `text == texts[id][start:end]`, offsets in code points."""

    id: int
    start: int
    end: int
    text: str


def quotes(
    texts: Sequence[str],
    ids: Sequence[int] | None = None,
    n: int = 3,
    *,
    twins: Mapping[int, int] | None = None,
    code: str | None = None,
) -> tuple[Quote, ...]:
    """Choose sentences that say best what these inputs have in common, without saying the same twice.

    Nearest to the centroid, then maximal marginal relevance (Carbonell & Goldstein 1998); one from each input, and one
    from each group of near-identical inputs.

    Args:
        ids: stable keys of the texts; their places if not given.
        n: how many at most.
        twins: the group of near-identical inputs that an id belongs to, where that is known; found if not given.
        code: the language most of them are in; told from the texts if not given.
    """
    keys = list(range(len(texts))) if ids is None else list(ids)
    by_id = dict(sorted(zip(keys, texts, strict=True)))
    if n < 1 or not any(words(t) for t in by_id.values()):
        return ()
    if twins is None:
        twins = {m: group.medoid for group in campaigns(list(by_id.values()), ids=list(by_id)) for m in group.members}
    found = [Quote(key, s.start, s.end, text[s.start : s.end]) for key, text in by_id.items() for s in sentences(text)]
    sized = [(q, len(words(q.text))) for q in found]
    fit = [q for q, size in sized if SHORTEST <= size <= LONGEST] or [q for q, size in sized if size]
    with one_thread():
        if code is None:
            codes = languages(list(by_id.values()))
            code = max(sorted(set(codes)), key=codes.count)
        counts = count([q.text for q in fit], code)
        rows = weigh(counts, features(counts, kinds=("stems",)))
        return _mmr(fit, rows, n, twins)


def _mmr(fit: Sequence[Quote], rows: sparse.csr_matrix, n: int, twins: Mapping[int, int]) -> tuple[Quote, ...]:
    centre = np.asarray(rows.mean(axis=0)).ravel()
    near = rows @ (centre / (np.linalg.norm(centre) or 1.0))
    best = near.copy()
    open_ = np.ones(len(fit), dtype=bool)
    group = np.array([twins.get(q.id, q.id) for q in fit])
    chosen: list[Quote] = []
    told: list[frozenset[int]] = []
    while open_.any() and len(chosen) < n:
        value = np.where(open_, best, -np.inf).round(9)
        pick = int(value.argmax())
        said = shingles(fit[pick].text)
        if any(resemblance(said, other) > 0.5 for other in told):
            open_[pick] = False
            continue
        chosen.append(fit[pick])
        told.append(said)
        if len(chosen) < n:
            same = rows @ rows[pick].toarray().ravel()
            best = np.minimum(best, (1 - VARIETY) * near - VARIETY * same)
            open_ &= group != group[pick]
    return tuple(chosen)
