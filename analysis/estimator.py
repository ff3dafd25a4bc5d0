"""The grouping as a scikit-learn estimator, for those who work in Python."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from .assign import Model, Placement, assign_all
from .group import MANY, Grouping, Theme, group

NOWHERE = -1
"""The label of a text that says too little, as scikit-learn marks noise."""


class ThemeFinder(ClusterMixin, BaseEstimator):
    """Find the themes of short texts in Danish, English and German.

    TF-IDF of stems, compound parts and character runs weighed by BM25, neighbours that lend each other words,
    k-means many times, a vote, and complement naive Bayes, as `group` does; see its docstring for sources.

    Args:
        n_themes: number of themes, at least one; proposed from the texts if None.
        random_state: seed of the runs, a whole number from 0. The same texts and seed give the same themes.

    Attributes:
        labels_: (n_texts,), place of each text's theme in `themes_`; -1 for a text that says too little.
        themes_: the themes (level one), the largest first, with label, typical words, quotes and firmness.
        n_themes_: their number; 0 where fewer than 15 texts say something.
        n_features_in_: always 1, a text.
        grouping_: everything that was found, topics and reasons included.
        digest_: SHA-256 over who is where.

    >>> finder = ThemeFinder(n_themes=2).fit(["Flere træer i gaden", "Bussen kører for sjældent"] * 20)
    >>> finder.n_themes_
    2
    """

    labels_: np.ndarray
    themes_: tuple[Theme, ...]
    n_themes_: int
    n_features_in_: int
    grouping_: Grouping
    digest_: str

    def __init__(self, n_themes: int | None = None, *, random_state: int = 0) -> None:
        self.n_themes = n_themes
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: Any = None) -> ThemeFinder:
        """Find the themes of the texts `X`, (n_texts,); their order changes nothing but the order of `labels_`.

        Raises:
            ValueError: no list of texts, `n_themes` under one, or a `random_state` that is no whole number from 0.
        """
        texts = _texts(X)
        if not isinstance(self.random_state, Integral) or self.random_state < 0:
            raise ValueError("random_state must be a whole number from 0")
        if self.n_themes is not None and (not isinstance(self.n_themes, Integral) or self.n_themes < 1):
            raise ValueError("n_themes must be None or a whole number from 1")
        if len(texts) <= MANY:  # of more, what is found does not depend on their order
            order = sorted(range(len(texts)), key=lambda i: (texts[i], i))
            texts = [texts[i] for i in order]
        found = group(texts, themes=self.n_themes, seed=int(self.random_state))
        self.grouping_ = found
        self.themes_ = tuple(theme for theme in found.themes if theme.parent is None)
        self.n_themes_ = len(self.themes_)
        self.n_features_in_ = 1
        self.digest_ = found.digest
        self.labels_ = np.full(len(texts), NOWHERE)
        for place, theme in enumerate(self.themes_):
            self.labels_[list(theme.members)] = place
        if len(texts) <= MANY:
            self.labels_ = self.labels_[np.argsort(order)]
        return self

    def predict(self, X: Sequence[str]) -> np.ndarray:
        """Place texts among the themes that were found: (n_texts,), as `labels_`.

        Raises:
            sklearn.exceptions.NotFittedError: `fit` was not called.
        """
        check_is_fitted(self)
        return self._places(self.explain(X))

    def explain(self, X: Sequence[str]) -> list[Placement | None]:
        """Place texts and say why: the words that speak for each theme, how surely, and the next best theme."""
        check_is_fitted(self)
        model: Model = self.grouping_.model
        if not self.themes_:
            return [None] * len(_texts(X))
        return assign_all(model, _texts(X))

    def _places(self, placements: Sequence[Placement | None]) -> np.ndarray:
        at = {theme.key: place for place, theme in enumerate(self.themes_)}
        return np.array([at.get(p.parent or p.theme, NOWHERE) if p else NOWHERE for p in placements], dtype=np.int64)


def _texts(given: Sequence[str]) -> list[str]:
    if isinstance(given, (str, bytes)):
        raise ValueError("give a list of texts, not one text")
    texts = list(given)
    if any(not isinstance(text, str) for text in texts):
        raise ValueError("every text must be a str")
    return texts
