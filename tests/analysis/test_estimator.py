"""The grouping keeps scikit-learn's manners."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from analysis import ThemeFinder

from .letters import POINTS

TEXTS = [text for _, text in POINTS]


def test_it_is_fitted_and_places_new_texts_among_the_same_themes():
    finder = ThemeFinder(n_themes=5, random_state=3).fit(TEXTS)
    assert finder.n_themes_ == len(finder.themes_) == 5
    assert finder.labels_.shape == (len(TEXTS),)
    assert sorted(np.bincount(finder.labels_), reverse=True) == [theme.size for theme in finder.themes_]
    assert (finder.predict(TEXTS) == finder.labels_).mean() > 0.8
    assert finder.predict(["", "og i det"]).tolist() == [-1, -1]


def test_its_settings_are_kept_cloned_and_set():
    finder = ThemeFinder(n_themes=4, random_state=7)
    assert finder.get_params() == {"n_themes": 4, "random_state": 7}
    assert clone(finder).set_params(n_themes=6).get_params() == {"n_themes": 6, "random_state": 7}


def test_fit_predict_gives_the_labels():
    assert ThemeFinder(n_themes=3).fit_predict(TEXTS).tolist() == ThemeFinder(n_themes=3).fit(TEXTS).labels_.tolist()


def test_the_order_of_the_texts_changes_only_the_order_of_the_labels():
    order = random.Random(2).sample(range(len(TEXTS)), len(TEXTS))
    straight, mixed = ThemeFinder().fit(TEXTS), ThemeFinder().fit([TEXTS[i] for i in order])
    assert mixed.labels_.tolist() == straight.labels_[order].tolist()
    assert mixed.digest_ == straight.digest_


def test_a_point_says_why_it_is_where_it_is():
    (placed,) = ThemeFinder(n_themes=5).fit(TEXTS).explain([TEXTS[0]])
    assert placed is not None
    assert all(word in TEXTS[0] for word, _ in placed.why)


@pytest.mark.parametrize("n", [0, 1, 2, 14])
def test_too_few_texts_have_no_themes(n):
    finder = ThemeFinder().fit(TEXTS[:n])
    assert (finder.n_themes_, finder.labels_.tolist()) == (0, [-1] * n)
    assert finder.predict(TEXTS[:1]).tolist() == [-1]


@pytest.mark.parametrize("settings", [{"n_themes": 0}, {"n_themes": 2.5}, {"random_state": -1}, {"random_state": None}])
def test_settings_that_cannot_be_are_refused_when_it_is_fitted(settings):
    with pytest.raises(ValueError, match="must be"):
        ThemeFinder(**settings).fit(TEXTS)


def test_what_is_no_list_of_texts_is_refused():
    with pytest.raises(ValueError, match="list of texts"):
        ThemeFinder().fit("one text")
    with pytest.raises(ValueError, match="str"):
        ThemeFinder().fit([1, 2])


def test_it_places_nothing_before_it_is_fitted():
    with pytest.raises(NotFittedError):
        ThemeFinder().predict(TEXTS)
