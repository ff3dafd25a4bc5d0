"""Which points a person should place first, and what placing them teaches."""

from __future__ import annotations

import random

import pytest

from analysis import ask_first, group

from .letters import POINTS

TEXTS = [text for _, text in POINTS]
TOPICS = [topic for topic, _ in POINTS]


def right(asked: tuple[int, ...] | list[int]) -> float:
    """The share of the other points that come where a person would put them, once the asked ones are placed."""
    placed = {i: TOPICS[i] for i in asked}
    found = group(TEXTS, themes=len(set(placed.values())), pinned=placed, parents=dict.fromkeys(TOPICS))
    rest = [i for i in range(len(TEXTS)) if i not in placed]
    homes = {i: found.placements[i].parent or found.placements[i].theme for i in rest if i in found.placements}
    return sum(homes.get(i) == TOPICS[i] for i in rest) / len(rest)


def test_as_many_points_are_asked_for_as_were_wished_each_once():
    asked = ask_first(TEXTS, 12)
    assert len(asked) == len(set(asked)) == 12


def test_more_than_there_are_is_all_there_are():
    assert sorted(ask_first(TEXTS[:5], 50)) == [0, 1, 2, 3, 4]


def test_the_order_of_the_points_changes_nothing():
    ids = list(range(len(TEXTS)))
    random.Random(3).shuffle(ids)
    assert ask_first([TEXTS[i] for i in ids], 10, ids=ids) == ask_first(TEXTS, 10)


def test_what_a_person_has_placed_is_not_asked_for_again():
    first = ask_first(TEXTS, 10)
    assert not set(first) & set(ask_first(TEXTS, 30, placed=first))


def test_a_point_that_says_nothing_is_not_asked_for():
    asked = ask_first([*TEXTS, "Ja", "", "Nej tak"], len(TEXTS) + 3)
    assert max(asked) < len(TEXTS)


@pytest.mark.parametrize("texts", [[], [""], ["Ja", "Nej"]])
def test_where_nothing_is_said_nothing_is_asked(texts):
    assert ask_first(texts, 5) == ()


def test_doubtful_placements_are_asked_for_rather_than_sure_ones():
    found = group(TEXTS)
    sure = [p.sureness for p in found.placements.values()]
    asked = [found.placements[i].sureness for i in ask_first(TEXTS, 20, grouping=found)]
    assert sum(asked) / len(asked) < sum(sure) / len(sure)


def test_points_that_were_asked_for_teach_more_than_points_taken_at_random():
    """Over several numbers of points together: one number alone turns on a single text."""
    few = (6, 8, 10)
    chosen = [right(ask_first(TEXTS, n)) for n in few]
    chance = [right(random.Random(seed).sample(range(len(TEXTS)), n)) for n in few for seed in range(5)]
    assert sum(chosen) / len(chosen) > sum(chance) / len(chance) + 0.05


def test_what_people_placed_stays_and_teaches_the_rest():
    placed = {i: TOPICS[i] for i in range(0, len(TEXTS), 2)}
    found = group(TEXTS, themes=len(set(TOPICS)), pinned=placed, parents=dict.fromkeys(TOPICS))
    assert all(found.placements[i].theme == topic for i, topic in placed.items())
    assert right(list(placed)) >= 0.75


def test_two_points_with_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        ask_first(["Flere træer", "Flere busser"], 1, ids=[1, 1])


def test_asking_for_none_is_refused():
    with pytest.raises(ValueError, match="one point"):
        ask_first(TEXTS, 0)
