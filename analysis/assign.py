"""Place a new point at once, and say why.

The model of a grouping keeps what naive Bayes learned: for each theme, how much each feature speaks for it. A point
is placed by one product, and every share of the answer can be traced to the words it came from.
"""

from __future__ import annotations

import base64
import json
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from .cluster import shares
from .prepare import WORD, Block, Counts, Features, count, is_stop, language, leads
from .threads import one_thread

MOST_REASONS = 5
_FEW = 2_000
"""Numbers up to which a table is quicker than what finds its way in a sparse one."""
FORMAT = 1


@dataclass(frozen=True)
class Placement:
    """Where a point belongs, how surely, and which of its words say so.

    theme: key of the lowest level (a topic, or a theme that has no topics). parent: key of the theme above, or None.
    sureness: 0 to 1, scaled so that its mean is the share of pairs that the runs kept together; 1 where a person
    decided.
    why: words as written, weightiest first, each with its part of the evidence (positive, no unit).
    """

    theme: str
    parent: str | None
    sureness: float
    why: tuple[tuple[str, float], ...] = ()
    next_best: str | None = None


@dataclass(frozen=True)
class Level:
    """What tells sibling themes apart: keys in order, weights (k, features), temperature."""

    keys: tuple[str, ...]
    weights: np.ndarray
    temperature: float


@dataclass(frozen=True)
class Dialect:
    """What was learned of the texts in one language; without `features` all of them share one theme."""

    themes: Level
    topics: Mapping[str, Level] = field(default_factory=dict)
    features: Features | None = None


@dataclass(frozen=True)
class Model:
    """All that is needed to place new texts: plain numbers and words, kept by `to_bytes` without pickle.

    spoken: number of the texts it was learned from, by language.
    """

    dialects: Mapping[str, Dialect]
    main: str = "da"
    spoken: Mapping[str, int] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The model as compressed JSON, to be kept in the database."""
        kept = {
            "format": FORMAT,
            "main": self.main,
            "spoken": dict(self.spoken),
            "dialects": {code: _pack(d) for code, d in sorted(self.dialects.items())},
        }
        return zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode(), 6)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Model:
        """Read a model again.

        Raises:
            ValueError: the bytes are no model, or one of another format.
        """
        try:
            read = json.loads(zlib.decompress(kept))
        except (zlib.error, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError("these bytes are no model") from error
        if not isinstance(read, dict) or read.get("format") != FORMAT:
            raise ValueError("this model has another format")
        dialects = {code: _unpack(code, d) for code, d in read["dialects"].items()}
        return cls(dialects, read["main"], read.get("spoken", {}))


def assign(model: Model, text: str) -> Placement | None:
    """Place one new point among the themes of an earlier grouping, at once.

    Returns:
        None where the text says too little, or there are no themes in its language.
    """
    return assign_all(model, [text])[0]


def assign_all(model: Model, texts: Sequence[str]) -> list[Placement | None]:
    """Place many new points; each as `assign` would."""
    found: list[Placement | None] = [None] * len(texts)
    asked = leads(model.spoken, model.main)
    codes = [language(text, default=model.main, margin=asked) for text in texts]
    with one_thread():
        for code in sorted(set(codes) & set(model.dialects)):
            at = [i for i, c in enumerate(codes) if c == code]
            for i, placement in zip(
                at,
                place(model.dialects[code], count([texts[i] for i in at], code), [texts[i] for i in at]),
                strict=True,
            ):
                found[i] = placement
    return found


def place(
    dialect: Dialect,
    counts: Counts,
    texts: Sequence[str],
    given: Sequence[str | None] | None = None,
    sure: Sequence[bool] | None = None,
    *,
    reasons: bool = True,
) -> list[Placement | None]:
    """Place texts of one language.

    Args:
        given: the lowest key that is already decided for a text, by its twins or by a person; None to find it.
        sure: whether a person decided it.
        reasons: whether to say why.
    """
    given = given or [None] * len(texts)
    sure = sure or [False] * len(texts)
    if dialect.features is None:
        only = dialect.themes.keys[0]
        told = [
            given[i] is not None or any(not is_stop(t, counts.code) for t in _types_of(counts, i))
            for i in range(len(texts))
        ]
        return [Placement(given[i] or only, None, 1.0) if told[i] else None for i in range(len(texts))]
    per_type = dialect.features.types(counts)
    rows = dialect.features.weigh((counts.matrix @ per_type).tocsr())
    rows.sort_indices()
    scores = _scored(rows)
    upper = shares(scores(dialect.themes), dialect.themes.temperature)
    leaves, parents, lower = _leaves(dialect, scores, upper)
    where = {key: i for i, key in enumerate(leaves)}
    inside = {
        theme: np.array([c for leaf, c in where.items() if parents[leaf] == theme or leaf == theme])
        for theme in dialect.themes.keys
    }
    out: list[Placement | None] = []
    for i, text in enumerate(texts):
        empty = rows.indptr[i] == rows.indptr[i + 1] or all(is_stop(t, counts.code) for t in _types_of(counts, i))
        key = given[i]
        if key is None and empty:
            out.append(None)
            continue
        if key is None:
            theme = dialect.themes.keys[int(upper[i].argmax())]
            key = leaves[inside[theme][int(lower[i, inside[theme]].argmax())]]
        own = [where[near] for near in (key, parents.get(key)) if near in where]
        others = lower[i].copy()
        others[own] = -1.0
        next_best = leaves[int(others.argmax())] if len(own) < len(leaves) else None
        if sure[i]:
            sureness = 1.0
        elif key in where:
            column = dialect.themes.keys.index(parents[key] or key)
            within = lower[i, where[key]] / max(upper[i, column], 1e-12) if parents[key] else 1.0
            sureness = float(min(upper[i, column], within, 1.0))
        else:
            sureness = float(upper[i, dialect.themes.keys.index(key)]) if key in dialect.themes.keys else 0.0
        silent = empty or not reasons
        why = () if silent else _why(dialect, counts, rows, per_type, i, key, parents.get(key), text)
        out.append(Placement(key, parents.get(key), round(sureness, 4), why, next_best))
    return out


def _scored(rows: sparse.csr_matrix) -> Callable[[Level], np.ndarray]:
    """What speaks for each theme of a level in each text, (n, k); only features that the texts have are looked at."""
    used, column = np.unique(rows.indices, return_inverse=True)
    held = sparse.csr_matrix((rows.data, column.astype(np.int32), rows.indptr), shape=(rows.shape[0], len(used)))
    some = held.toarray() if held.shape[0] * held.shape[1] <= _FEW else held
    return lambda level: some @ level.weights[:, used].T


def _leaves(
    dialect: Dialect, scores: Callable[[Level], np.ndarray], upper: np.ndarray
) -> tuple[list[str], dict[str, str | None], np.ndarray]:
    """The lowest keys, their parents, and each text's share for each, (n, leaves)."""
    leaves: list[str] = []
    parents: dict[str, str | None] = {}
    columns: list[np.ndarray] = []
    for column, key in enumerate(dialect.themes.keys):
        level = dialect.topics.get(key)
        if level is None:
            leaves.append(key)
            parents[key] = None
            columns.append(upper[:, [column]])
        else:
            leaves += level.keys
            parents |= dict.fromkeys(level.keys, key)
            columns.append(upper[:, [column]] * shares(scores(level), level.temperature))
    return leaves, parents, np.hstack(columns)


def _types_of(counts: Counts, i: int) -> list[str]:
    row = counts.matrix.indices[counts.matrix.indptr[i] : counts.matrix.indptr[i + 1]]
    return [counts.types[j] for j in row]


def _why(
    dialect: Dialect,
    counts: Counts,
    rows: sparse.csr_matrix,
    per_type: sparse.csr_matrix,
    i: int,
    key: str,
    parent: str | None,
    text: str,
) -> tuple[tuple[str, float], ...]:
    """The words that drew a text to its theme: each feature's evidence against the mean theme, shared by its words."""
    lo, hi = rows.indptr[i], rows.indptr[i + 1]
    at, value = rows.indices[lo:hi], rows.data[lo:hi]
    speaks = _lead(dialect.themes, parent or key, at)
    if parent is not None and parent in dialect.topics:
        speaks = speaks + _lead(dialect.topics[parent], key, at)
    lo, hi = counts.matrix.indptr[i], counts.matrix.indptr[i + 1]
    types, times = counts.matrix.indices[lo:hi], counts.matrix.data[lo:hi]
    owner, places, lent = _features_of(per_type, types)
    found = np.searchsorted(at, places)
    known = (found < len(at)) & (at[np.minimum(found, len(at) - 1)] == places)
    owner, found, lent = owner[known], found[known], lent[known] * times[owner[known]]
    total = np.bincount(found, weights=lent, minlength=len(at))
    evidence = value * speaks / np.maximum(total, 1e-9)
    parts = np.bincount(owner, weights=lent * evidence[found], minlength=len(types))
    written: dict[str, str] = {}
    for word in WORD.findall(unicodedata.normalize("NFC", text)):
        written.setdefault(word.lower(), word)
    ranked = sorted(
        (
            (round(float(p), 4), counts.types[t])
            for p, t in zip(parts, types, strict=True)
            if not is_stop(counts.types[t], counts.code)
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    return tuple((written.get(word, word), weight) for weight, word in ranked[:MOST_REASONS] if weight > 0)


def _features_of(per_type: sparse.csr_matrix, types: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The entries of some rows without their matrix: which of `types` each belongs to, its column, its value."""
    begin, size = per_type.indptr[types], np.diff(per_type.indptr)[types]
    owner = np.repeat(np.arange(len(types)), size)
    entry = np.arange(len(owner)) + np.repeat(begin - np.cumsum(size) + size, size)
    return owner, per_type.indices[entry], per_type.data[entry]


def _lead(level: Level, key: str, at: np.ndarray) -> np.ndarray:
    if len(level.keys) < 2 or key not in level.keys:
        return np.zeros(len(at))
    own = level.keys.index(key)
    chosen = np.maximum(level.weights[:, at], -50.0).astype(np.float64)
    return chosen[own] - (chosen.sum(axis=0) - chosen[own]) / (len(level.keys) - 1)


def _pack(dialect: Dialect) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "themes": _pack_level(dialect.themes),
        "topics": {k: _pack_level(v) for k, v in dialect.topics.items()},
    }
    if dialect.features is not None:
        kept["blocks"] = [
            {"kind": b.kind, "place": list(b.place), "idf": [round(float(x), 6) for x in b.idf], "length": b.length}
            for b in dialect.features.blocks
        ]
    return kept


def _unpack(code: str, kept: dict[str, Any]) -> Dialect:
    features = None
    if "blocks" in kept:
        blocks = tuple(
            Block(b["kind"], {f: i for i, f in enumerate(b["place"])}, np.array(b["idf"]), b["length"])
            for b in kept["blocks"]
        )
        features = Features(code, blocks)
    return Dialect(_unpack_level(kept["themes"]), {k: _unpack_level(v) for k, v in kept["topics"].items()}, features)


def _pack_level(level: Level) -> dict[str, Any]:
    numbers = base64.b64encode(zlib.compress(level.weights.astype("<f2").tobytes(), 6)).decode()
    return {
        "keys": list(level.keys),
        "shape": list(level.weights.shape),
        "weights": numbers,
        "temperature": level.temperature,
    }


def _unpack_level(kept: dict[str, Any]) -> Level:
    numbers = np.frombuffer(zlib.decompress(base64.b64decode(kept["weights"])), dtype="<f2")
    return Level(tuple(kept["keys"]), numbers.reshape(kept["shape"]).astype(np.float32), kept["temperature"])
