"""On real words the themes agree with those that people gave, at least as well as on the day the floor was measured."""

from __future__ import annotations

import csv

import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis import Grouping, campaigns, group, split

from ..shared import shared

pytestmark = pytest.mark.shared


def read(name: str) -> tuple[list[str], list[str]]:
    with shared("data", name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def agreement(grouping: Grouping, labels: list[str]) -> tuple[float, float]:
    """NMI and ARI of the themes (level one) with the human labels; what is left over counts as a theme."""
    found = [p.parent or p.theme if (p := grouping.placements.get(i)) else "" for i in range(len(labels))]
    return float(normalized_mutual_info_score(labels, found)), float(adjusted_rand_score(labels, found))


def test_danish_requests_are_grouped_as_people_group_them():
    texts, labels = read("da_xsid.csv")
    nmi, ari = agreement(group(texts, themes=15), labels)
    assert nmi >= 0.74
    assert ari >= 0.49


@pytest.fixture(scope="module")
def bonn() -> tuple[Grouping, list[str], list[str]]:
    texts, labels = read("de_rad_bonn.csv")
    return group(texts), texts, labels


def test_of_the_german_proposals_none_is_lost(bonn):
    grouping, texts, _ = bonn
    assert sorted([*grouping.placements, *grouping.left_over]) == list(range(len(texts)))


def test_german_proposals_are_grouped_as_people_group_them(bonn):
    grouping, _, labels = bonn
    nmi, ari = agreement(grouping, labels)
    assert nmi >= 0.22
    assert ari >= 0.06


def test_the_proposed_number_of_themes_can_be_overseen(bonn):
    grouping = bonn[0]
    tops = [t for t in grouping.themes if t.parent is None]
    assert len(tops) == grouping.k_proposed
    assert 5 <= len(tops) <= 40
    assert len(grouping.themes) <= 250


def test_three_clear_matters_are_not_proposed_as_a_dozen():
    texts, labels = read("en_stackoverflow.csv")
    assert group([text for text, label in zip(texts, labels, strict=True) if label in ("1", "2", "3")]).k_proposed <= 6
    assert group(texts[:1500]).k_proposed >= 12


def test_every_quote_and_reason_of_the_proposals_stands_in_its_text(bonn):
    grouping, texts, _ = bonn
    assert all(texts[q.id][q.start : q.end] == q.text for t in grouping.themes for q in t.quotes)
    assert all(word in texts[i] for i, p in grouping.placements.items() for word, _ in p.why)


def test_every_proposal_says_something_when_it_is_divided(bonn):
    for text in bonn[1]:
        pieces = split(text, "de")
        assert any(piece.kind == "said" for piece in pieces)


def test_unlike_proposals_make_no_large_campaign(bonn):
    assert max(len(c.members) for c in campaigns(bonn[1])) <= 5


@pytest.mark.parametrize("wished", [2, 15, 60])
def test_a_wished_number_of_themes_is_what_one_gets(wished):
    texts, _ = read("da_xsid.csv")
    found = group(texts, themes=wished)
    assert sum(theme.parent is None for theme in found.themes) == wished
    assert len(found.left_over) <= 0.01 * len(texts)


def test_many_small_themes_are_told_apart_as_people_tell_them():
    texts, labels = read("en_banking77.csv")
    nmi, ari = agreement(group(texts[:1500], themes=77), labels[:1500])
    assert nmi >= 0.66
    assert ari >= 0.28
