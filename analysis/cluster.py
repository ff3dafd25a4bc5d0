"""Find groups in weighted texts: neighbours, smoothing, few dimensions, k-means many times, a vote, naive Bayes.

Numbers only: rows are texts, columns are features, and nothing here knows a language. Each step is deterministic for
a given seed and order of rows; `group` puts the rows in the order of their ids first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC
from sknetwork.clustering import Louvain

RUNS, STARTS = 48, 12
"""Runs of k-means that vote, and starts from which their votes are counted. Two seeds agreed better with 48 runs than
with twelve on most sets and no better on some (docs/analysis.md), for half a second more at 2,000 texts."""
EM_ROUNDS = 4
SOFTNESS = 0.2
"""What divides the scores, scaled to a spread of one, before they become shares in a round of teaching."""
LEFT = 0.2
"""No round of teaching may leave a group with less than this share of the texts it began with."""
PLACED, EACH_PLACED, WIDE = 0.05, 2, 100
"""Where people have placed this share of the texts, and twice as many as there are groups, what they did teaches more
than the runs found; and the dimensions in which it is learned."""
LENT = 2.0
"""How much a text's neighbours lend it, against its own words."""
POWER = 4
ALPHA = 1.0
CORE = 0.8
NUMBERS = (2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40)
"""Numbers of themes that are tried, each about a quarter more than the one before; few people oversee more."""
TRIED, TRIES, ROUNDS_TRIED, CLEARLY = 2_000, 6, 30, 4
"""Texts on which they are tried, runs of k-means for each, rounds of each run; and the power by which a number that is
better supported counts more (from 4 to 16 what we measured changes little)."""
_AT_ONCE = 1 << 21
"""Likenesses of texts and centres that k-means holds at once, over all the runs that go side by side."""
_COMMON = 0.3
"""A feature in more than this share of the texts says little of who is near whom, and costs most of the product."""


@dataclass(frozen=True)
class Clustering:
    """Groups of n texts.

    labels: (n,) from 0 to k - 1. weights: (k, features), naive-Bayes evidence per feature. temperature: what divides
    the scores before they become shares. firmness: (k,) agreement of the runs, 0 to 1.
    """

    labels: np.ndarray
    weights: np.ndarray
    temperature: float
    firmness: np.ndarray


def neighbours(rows: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """The graph of nearest texts by cosine, each with its `most` nearest: (n, n), not symmetric, no loops."""
    n = rows.shape[0]
    df = np.diff(rows.tocsc().indptr)
    kept = rows[:, np.flatnonzero((df > 1) & (df <= max(20, _COMMON * n)))].astype(np.float32)
    other = kept.T.tocsr()
    width = min(most, n - 1)
    if width < 1:
        return sparse.csr_matrix((n, n), dtype=np.float64)
    columns, data = [], []
    for at in range(0, n, 512):
        block = (kept[at : at + 512] @ other).toarray()
        block[np.arange(len(block)), at + np.arange(len(block))] = 0.0
        near = np.argpartition(-block, width - 1, axis=1)[:, :width]
        near.sort(axis=1)
        columns.append(near)
        data.append(np.take_along_axis(block, near, axis=1))
    graph = sparse.csr_matrix(
        (np.concatenate(data).ravel(), np.concatenate(columns).ravel(), np.arange(0, n * width + 1, width)),
        shape=(n, n),
        dtype=np.float64,
    )
    graph.eliminate_zeros()
    return graph


def spread(graph: sparse.csr_matrix) -> sparse.csr_matrix:
    """How texts lend each other their words: the graph both ways, over the root of both texts' nearness, (n, n).

    A text that is near to many (a hub) lends less to each (symmetric normalisation; Zhou et al. 2004).
    All together lend a text `LENT` times what they would by themselves.
    """
    both = ((graph + graph.T) * 0.5).tocsr()
    degree = np.asarray(both.sum(axis=1)).ravel()
    root = sparse.diags(1.0 / np.sqrt(np.where(degree > 0, degree, 1.0)))
    return (LENT * (root @ both @ root)).tocsr()


def propose(
    graph: sparse.csr_matrix,
    *,
    share: float,
    least: int = 3,
    most: int,
    each: int,
    seed: int = 0,
) -> int:
    """How many groups a theme falls into: Louvain communities of at least `share` of its texts (Blondel et al. 2008).

    At least `least` texts in each that counts; at most `most`, and one for every `each` texts.
    """
    n = graph.shape[0]
    if n < 4 or graph.nnz == 0:
        return 1
    sizes = np.bincount(communities(graph, seed))
    found = int((sizes >= max(least, share * n)).sum())
    return int(np.clip(found, 2, max(2, min(most, n // each))))


def supported(rows: sparse.csr_matrix, graph: sparse.csr_matrix, *, each: int = 5, seed: int = 0) -> int:
    """How many themes the texts ask for: the numbers that k-means finds far apart and finds again.

    Each of `NUMBERS` is tried. How far apart its groups are is the modularity of the neighbour graph (Newman & Girvan
    2004), how surely they are found again the adjusted Rand index between runs (Hubert & Arabie 1985); the two are
    multiplied, since alone the one is nearly level from ten groups on and the other likes two. What is proposed is no
    single best number, which chance would choose, but the mean of their logarithms, each counted by its support.

    Args:
        rows: (n, f). graph: their nearest neighbours, (n, n).
        each: at most one theme for every so many texts.
    """
    n = graph.shape[0]
    if n < 4 or graph.nnz == 0:
        return 1
    points = embed(rows, NUMBERS[-1], seed, spread(graph))[:: -(-n // TRIED)]
    graph = graph[:: -(-n // TRIED), :: -(-n // TRIED)].tocoo()
    n, total = len(points), max(float(graph.data.sum()), 1e-12)
    degree = np.bincount(np.concatenate([graph.row, graph.col]), np.tile(graph.data, 2), minlength=n) / (2 * total)
    weight, free = np.ones(n), np.full(n, -1)
    tried = [k for k in NUMBERS if k <= max(2, n // each)]
    support = np.zeros(len(tried))
    for at, k in enumerate(tried):
        near = _unit(points[:, : max(20, k)])
        begin = _begin(near, weight, np.zeros((k, near.shape[1]), dtype=near.dtype), k, seed, range(TRIES))
        runs = _lloyd(near, weight, begin, free, ROUNDS_TRIED)
        inside = [float(graph.data[run[graph.row] == run[graph.col]].sum()) / total for run in runs]
        chance = [float((np.bincount(run, degree, minlength=k) ** 2).sum()) for run in runs]
        again = [_alike(a, b, k) for i, a in enumerate(runs) for b in runs[:i]]
        support[at] = max(0.0, float(np.mean(inside) - np.mean(chance))) * max(0.0, float(np.mean(again)))
    if not support.any():
        return 2
    steps = np.log(tried)
    counted = (support / support.max()) ** CLEARLY * (np.gradient(steps) if len(steps) > 1 else 1.0)
    return max(2, round(float(np.exp((counted * steps).sum() / counted.sum()))))


def _alike(a: np.ndarray, b: np.ndarray, k: int) -> float:
    """The adjusted Rand index of two groupings into k."""
    table = np.bincount(a * k + b, minlength=k * k).reshape(k, k).astype(float)
    both, ours, theirs = (float((t * (t - 1)).sum()) for t in (table, table.sum(axis=1), table.sum(axis=0)))
    chance = ours * theirs / max(1.0, float(len(a)) * (len(a) - 1))
    most = (ours + theirs) / 2
    return (both - chance) / (most - chance) if most > chance else 1.0


def communities(graph: sparse.csr_matrix, seed: int = 0) -> np.ndarray:
    """The Louvain community of each text (Blondel et al. 2008), (n,) from 0."""
    return Louvain(random_state=seed, shuffle_nodes=False).fit_predict((graph + graph.T).tocsr())


def embed(rows: sparse.csr_matrix, dimensions: int, seed: int, lent: sparse.csr_matrix | None = None) -> np.ndarray:
    """Truncated SVD (Halko et al. 2011) of each text plus what its neighbours lend it, centred, rows of length one.

    What is lent is never written out: the product (I + lent) @ rows is applied in two steps.

    Args:
        lent: what `spread` found, (n, n).

    Returns:
        (n, dimensions).
    """
    dimensions = min(dimensions, *rows.shape)
    if dimensions < 1:
        return np.zeros((rows.shape[0], 1), dtype=np.float32)
    rows = rows.astype(np.float32)
    back = rows.T.tocsr()
    lent = sparse.csr_matrix((rows.shape[0],) * 2, dtype=np.float32) if lent is None else lent.astype(np.float32)

    def forth(columns: np.ndarray) -> np.ndarray:
        own = rows @ columns
        return own + lent @ own

    random = np.random.RandomState(seed % 2**32)
    width = min(dimensions + 10, *rows.shape)
    basis = np.linalg.qr(forth(random.standard_normal((rows.shape[1], width)).astype(np.float32)))[0]
    for _ in range(POWER):
        basis = np.linalg.qr(forth(back @ (basis + lent.T @ basis)))[0]
    small = (back @ (basis + lent.T @ basis)).T
    left, values, _ = np.linalg.svd(small @ small.T)
    found = _unit((basis @ left[:, :dimensions]) * np.sqrt(np.maximum(values[:dimensions], 0.0)))
    filled = np.abs(found).sum(axis=1) > 0
    return np.where(filled[:, None], _unit(found - found[filled].mean(axis=0)), 0.0) if filled.any() else found


def _unit(points: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(points, axis=-1, keepdims=True)
    return points / np.where(norms > 1e-6, norms, 1.0)


def cluster(
    rows: sparse.csr_matrix,
    evidence: sparse.csr_matrix,
    graph: sparse.csr_matrix,
    k: int,
    *,
    weight: np.ndarray,
    seed: int,
    fixed: np.ndarray,
    start: np.ndarray,
    hint: np.ndarray | None = None,
) -> Clustering:
    """Divide n texts into k groups.

    Args:
        rows: what the groups are found by, (n, f).
        evidence: what naive Bayes learns from, (n, g); a new text is weighed in the same way.
        graph: nearest neighbours of the rows, (n, n).
        weight: how much each row counts, (n,).
        fixed: the group a person has given each text, -1 where none; never changed.
        start: the group of an earlier run, -1 where none. With it the groups keep their numbers and are moved as
            little as the texts allow (warm start).
        hint: the group that a text looks like one of, -1 where none: where the runs begin, and no more than that.
    """
    n = rows.shape[0]
    start = np.where(fixed >= 0, fixed, start)
    if k <= 1:
        return Clustering(np.zeros(n, dtype=int), np.zeros((1, evidence.shape[1]), dtype=np.float32), 1.0, np.ones(1))
    lent = spread(graph)
    points = embed(rows, max(20, k), seed, lent)
    seeded = _means(points, start if hint is None else np.where(start >= 0, start, hint), weight, k)
    runs = list(_runs(points, weight, seeded, fixed, k, seed, RUNS))
    names = np.flatnonzero(np.abs(seeded).sum(axis=1) > 0)
    warm = (start >= 0).mean() > 0.5
    if not len(names):
        labels = _consensus(runs, weight, k, seed)
    elif warm:
        labels = runs[0]
    else:
        labels = _votes(runs[:STARTS], k, names).argmax(axis=1)
    labels = _filled(points, np.where(fixed >= 0, fixed, labels), fixed, weight, k)
    if _is_taught(fixed, k):
        labels, weights = _follow(embed(rows, WIDE, seed, lent), points, evidence, labels, fixed, weight, k)
    else:
        labels, weights = _reassign(points, evidence, labels, fixed, weight, k)
    if warm:
        labels = _stay(evidence @ weights.T, labels, start)
    firmness = np.array([_agreement(runs, labels == c) for c in range(k)])
    scores = evidence @ weights.T
    agreed = float(np.average(firmness, weights=np.bincount(labels, minlength=k)))
    temperature = _temperature(scores, agreed)
    return Clustering(labels, weights, temperature, firmness)


def medoids(points: np.ndarray, weight: np.ndarray, k: int, seed: int) -> list[tuple[int, float]]:
    """The most typical text of each of k neighbourhoods, with the weight of all its texts: at most k pairs.

    Args:
        points: (n, d), rows of length one. weight: how much each counts, (n,).
    """
    none, free = np.zeros((k, points.shape[1]), dtype=points.dtype), np.full(len(points), -1)
    labels = _runs(points, weight, none, free, k, seed, 1)[0]
    near = ((points * _means(points, labels, weight, k)[labels]).sum(axis=1) * weight).round(9)
    found = []
    for c in np.unique(labels).tolist():
        members = np.flatnonzero(labels == c)
        found.append((int(members[near[members].argmax()]), float(weight[members].sum())))
    return found


def shares(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Scores as shares that sum to one: (n, k)."""
    scaled = scores / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)


def _means(points: np.ndarray, labels: np.ndarray, weight: np.ndarray, k: int) -> np.ndarray:
    """Unit means of the groups, (k, d); zeros for a group without members."""
    if (labels < 0).any():
        points, weight, labels = points[labels >= 0], weight[labels >= 0], labels[labels >= 0]
    member = sparse.csr_matrix((weight, labels, np.arange(len(labels) + 1)), shape=(len(labels), k))
    return _unit(member.T @ points)


def _runs(
    points: np.ndarray, weight: np.ndarray, seeded: np.ndarray, fixed: np.ndarray, k: int, seed: int, runs: int
) -> np.ndarray:
    """The groups that so many runs of k-means find, (runs, n). Runs go side by side, as many as fit in `_AT_ONCE`."""
    together = max(1, _AT_ONCE // (len(points) * k))
    found = [
        _lloyd(
            points, weight, _begin(points, weight, seeded, k, seed, range(first, min(first + together, runs))), fixed
        )
        for first in range(0, runs, together)
    ]
    return np.concatenate(found)


@lru_cache(maxsize=4 * RUNS)
def _drawn(seed: int, n: int) -> np.ndarray:
    """Numbers from 0 to 1; the first ones are the same whatever n is. Kept, since seeding costs more than drawing."""
    return np.random.RandomState(seed).random_sample(n)


def _begin(points: np.ndarray, weight: np.ndarray, seeded: np.ndarray, k: int, seed: int, runs: range) -> np.ndarray:
    """First centres of each run: those given, then far-apart texts (k-means++; Arthur & Vassilvitskii 2007).

    Returns:
        (runs, k, d).
    """
    centres = np.repeat(seeded[None], len(runs), axis=0)
    empty = np.abs(seeded).sum(axis=1) == 0
    drawn = np.array([_drawn((seed * 1009 + r) % (2**32), 1 << (k - 1).bit_length())[:k] for r in runs])
    given = (points @ seeded[~empty].T).max(axis=1) if (~empty).any() else np.full(len(points), -1.0)
    near = np.repeat(given[None], len(runs), axis=0)
    for c in np.flatnonzero(empty).tolist():
        far = np.cumsum(weight * np.maximum(0.0, 1.0 - near), axis=1)
        total = far[:, -1]
        reached = (far < (drawn[:, c] * total)[:, None]).sum(axis=1)
        pick = np.where(total > 0, reached, (drawn[:, c] * len(points)).astype(int))
        centres[:, c] = points[np.minimum(pick, len(points) - 1)]
        near = np.maximum(near, centres[:, c].astype(points.dtype) @ points.T)
    return centres


def _lloyd(
    points: np.ndarray, weight: np.ndarray, centres: np.ndarray, fixed: np.ndarray, rounds: int = 60
) -> np.ndarray:
    """Spherical k-means that leaves fixed texts where they are, once from each set of centres.

    Args:
        centres: (runs, k, d).

    Returns:
        (runs, n).
    """
    runs, k, d = centres.shape
    n = len(points)
    labels = np.full((runs, n), -1)
    going = np.arange(runs)
    for _ in range(rounds):
        near = points @ centres[going].reshape(-1, d).T
        new = np.where(fixed >= 0, fixed, near.reshape(n, len(going), k).argmax(axis=2).T)
        moved = (new != labels[going]).any(axis=1)
        going, new = going[moved], new[moved]
        if not len(going):
            break
        labels[going] = new
        at = (new + k * np.arange(len(going))[:, None]).T.ravel()
        member = sparse.csr_matrix(
            (np.repeat(weight, len(going)), at, np.arange(0, len(at) + 1, len(going))), shape=(n, k * len(going))
        )
        means = _unit((member.T @ points).reshape(len(going), k, d))
        centres[going] = np.where(np.abs(means).sum(axis=2, keepdims=True) > 0, means, centres[going])
    return labels


def _consensus(runs: list[np.ndarray], weight: np.ndarray, k: int, seed: int) -> np.ndarray:
    """The groups that most runs agree on, (n,): k-means over which group each run put a text in.

    K-means consensus clustering (Wu et al. 2015): linear in the texts, where a table of pairs is not.
    """
    n = len(runs[0])
    chosen = np.concatenate([run + k * r for r, run in enumerate(runs)])
    table = sparse.csr_matrix((np.ones(len(chosen)), (np.tile(np.arange(n), len(runs)), chosen)))
    votes = embed(table, max(20, k), seed)
    free, none = np.full(n, -1), np.zeros((k, votes.shape[1]), dtype=votes.dtype)
    best, most = runs[0], -np.inf
    for labels in _runs(votes, weight, none, free, k, seed, STARTS):
        near = float((weight * (votes * _means(votes, labels, weight, k)[labels]).sum(axis=1)).sum())
        if near > most + 1e-6:
            best, most = labels, near
    return best


def _filled(points: np.ndarray, labels: np.ndarray, fixed: np.ndarray, weight: np.ndarray, k: int) -> np.ndarray:
    """The same groups with none empty: each empty one takes the text that is farthest from where it is."""
    labels = labels.copy()
    for c in np.flatnonzero(np.bincount(labels, minlength=k) == 0):
        sizes = np.bincount(labels, minlength=k)
        near = (points * _means(points, labels, weight, k)[labels]).sum(axis=1).round(5)
        free = np.flatnonzero((fixed < 0) & (sizes[labels] > 1))
        if len(free):
            labels[free[near[free].argmin()]] = c
    return labels


def _votes(runs: list[np.ndarray], k: int, names: np.ndarray) -> np.ndarray:
    """Share of the runs that put each text in each group, (n, k), groups matched to the most typical run's.

    names: groups that mean the same in every run, since a person or an earlier grouping named them.
    """
    tables = [[np.histogram2d(a, b, bins=(np.arange(k + 1), np.arange(k + 1)))[0] for b in runs] for a in runs]
    n = len(runs[0])
    likeness = [sum(float((t**2).sum()) for t in row) for row in tables]
    main = int(np.argmax(likeness))
    votes = np.zeros((n, k))
    for run, table in zip(runs, tables[main], strict=True):
        table = table.copy()
        table[names, names] += 10 * n
        ours, theirs = linear_sum_assignment(-table)
        match = np.empty(k, dtype=int)
        match[theirs] = ours
        votes[np.arange(n), match[run]] += 1
    votes[np.arange(n), runs[main]] += 0.5
    return votes / (len(runs) + 0.5)


def _agreement(runs: list[np.ndarray], member: np.ndarray) -> float:
    """Share of pairs in a group that a run keeps together, mean over the runs."""
    m = int(member.sum())
    if m < 2:
        return 1.0 if m else 0.0
    together = [float((np.bincount(run[member]).astype(float) ** 2).sum() - m) / (m * (m - 1)) for run in runs]
    return float(np.mean(together))


def _reassign(
    points: np.ndarray, evidence: sparse.csr_matrix, labels: np.ndarray, fixed: np.ndarray, weight: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Let naive Bayes (complement; Rennie et al. 2003), taught by each group's most central texts, place all texts.

    Then all texts teach it, each for every group in the share it gives them (expectation maximisation; Nigam et al.
    2000), for a few rounds, or until a group would lose most of its texts: left alone, the largest ones swallow the
    others.
    """
    weights = _teach(points, evidence, labels, fixed, weight, k)
    sizes = np.bincount(labels, minlength=k)
    least, known, taught = np.maximum(sizes > 0, LEFT * sizes), np.flatnonzero(fixed >= 0), weights
    for left in reversed(range(EM_ROUNDS + 1)):
        scores = _scaled(evidence @ taught.T, sizes > 0)
        new = np.where(fixed >= 0, fixed, scores.argmax(axis=1))
        if (np.bincount(new, minlength=k) < least).any():
            break
        labels, weights = new, taught
        if left:
            share = shares(scores, SOFTNESS)
            share[known] = 0.0
            share[known, fixed[known]] = 1.0
            taught = _complement(np.asarray((evidence.T @ (share * weight[:, None])).T), sizes > 0)
    return labels, weights


def _is_taught(fixed: np.ndarray, k: int) -> bool:
    """Whether people have placed enough to teach: in two groups at least."""
    placed = fixed[fixed >= 0]
    return len(placed) >= max(PLACED * len(fixed), EACH_PLACED * k) and len(np.unique(placed)) > 1


def _follow(
    wide: np.ndarray,
    points: np.ndarray,
    evidence: sparse.csr_matrix,
    labels: np.ndarray,
    fixed: np.ndarray,
    weight: np.ndarray,
    k: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Let what people placed teach: a linear SVM (Fan et al. 2008) on the texts with what their neighbours lend them,
    and naive Bayes by all texts in the share it gives them; the two together place. A group in which nobody placed
    anything is taught by its most central texts.

    Args:
        wide: the texts in `WIDE` dimensions, (n, d).
    """
    near = (points * _means(points, labels, weight, k)[labels]).sum(axis=1).round(9)
    shown = np.flatnonzero(fixed >= 0)
    each = max(1, len(shown) // k)
    alone = [c for c in range(k) if not (fixed == c).any()]
    central = [
        members[np.lexsort((members, -near[members]))][:each]
        for c in alone
        if len(members := np.flatnonzero((labels == c) & (fixed < 0)))
    ]
    taught = np.concatenate([shown, *central])
    model = LinearSVC(random_state=0).fit(wide[taught], np.where(fixed >= 0, fixed, labels)[taught])
    found = model.decision_function(wide)
    held = np.zeros(k, dtype=bool)
    held[model.classes_] = True
    told = np.zeros((len(wide), k))
    told[:, model.classes_] = found if found.ndim > 1 else np.stack([-found, found], axis=1)
    told = _scaled(told, held)
    share = shares(told, SOFTNESS)
    share[shown] = 0.0
    share[shown, fixed[shown]] = 1.0
    weights = _complement(np.asarray((evidence.T @ (share * weight[:, None])).T), held)
    scores = told + _scaled(evidence @ weights.T, held)
    return np.where(fixed >= 0, fixed, scores.argmax(axis=1)), weights


def _scaled(scores: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Scores around the mean of each text, with a spread of one; a group that nobody holds has none: (n, k)."""
    centred = scores - scores[:, held].mean(axis=1, keepdims=True)
    return np.where(held, centred / max(float(centred[:, held].std()), 1e-12), -np.inf)


def _complement(shared: np.ndarray, held: np.ndarray) -> np.ndarray:
    """What complement naive Bayes learns from how much of each feature the groups share, (k, features)."""
    others = shared.sum(axis=0) - shared + ALPHA
    found = np.where(held[:, None], -np.log(others / others.sum(axis=1, keepdims=True)), -1e3)
    return found.astype(np.float16).astype(np.float32)


def _stay(scores: np.ndarray, labels: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The same groups, but a text leaves its earlier one only for one that leads by more than most texts' best does."""
    ranked = np.sort(scores, axis=1)
    lead = float(np.median(ranked[:, -1] - ranked[:, -2]))
    known = np.flatnonzero((start >= 0) & (start != labels))
    near = scores[known, labels[known]] - scores[known, start[known]] <= lead
    labels = labels.copy()
    labels[known[near]] = start[known[near]]
    return labels


def _teach(
    points: np.ndarray, evidence: sparse.csr_matrix, labels: np.ndarray, fixed: np.ndarray, weight: np.ndarray, k: int
) -> np.ndarray:
    central = (points * _means(points, labels, weight, k)[labels]).sum(axis=1)
    rows: list[np.ndarray] = []
    for c in range(k):
        members = np.flatnonzero(labels == c)
        order = members[np.lexsort((members, -central[members].round(9), fixed[members] < 0))]
        rows.append(
            order[
                : max(1, int(min(np.ceil(CORE * len(members)), np.ceil(len(labels) / k) + (fixed[members] >= 0).sum())))
            ]
        )
    taught = np.concatenate(rows)
    model = ComplementNB(alpha=ALPHA).fit(evidence[taught], labels[taught], sample_weight=weight[taught])
    found = np.full((k, evidence.shape[1]), -1e3, dtype=np.float64)
    if len(model.classes_) > 1:
        found[model.classes_] = model.feature_log_prob_
    else:
        found[model.classes_] = 0.0
    return found.astype(np.float16).astype(np.float32)


def _temperature(scores: np.ndarray, goal: float) -> float:
    """The scale at which the mean of the best shares is what the runs agreed on (bisection)."""
    low, high = 1e-3, 1e3
    goal = float(np.clip(goal, 1.2 / scores.shape[1], 0.99))
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        if shares(scores, middle).max(axis=1).mean() > goal:
            low = middle
        else:
            high = middle
    return float(f"{np.sqrt(low * high):.4g}")
