"""Cohen's kappa and F1 between a person and the machine, held against scikit-learn's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from participation.rules.agreement import agreement

PAIRS = st.lists(st.tuples(st.sampled_from([None, 1, 2, 3]), st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=60)


def test_the_published_example_of_two_readers():
    # 2 x 2 table 20/5/10/15: agreement .70, chance .50.
    pairs = [(1, 1)] * 20 + [(1, 2)] * 5 + [(2, 1)] * 10 + [(2, 2)] * 15
    found = agreement(pairs)
    assert (found.points, found.same, found.share) == (50, 35, 0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.words.startswith("I er enige om en del")


@given(PAIRS)
def test_kappa_and_f1_are_those_of_scikit_learn(pairs):
    found = agreement(pairs)
    person, machine = ([str(one) for one in side] for side in zip(*pairs, strict=True))
    if found.kappa is None:
        assert len(set(person) | set(machine)) == 1
    else:
        assert found.kappa == pytest.approx(cohen_kappa_score(person, machine))
    for where, share in found.f1.items():
        theirs = f1_score(person, machine, labels=[str(where)], average="macro", zero_division=0.0)
        assert share == pytest.approx(theirs)


def test_when_both_put_all_in_one_place_there_is_no_chance_to_beat():
    found = agreement([(1, 1)] * 12)
    assert (found.kappa, found.share) == (None, 1.0)
    assert found.words == "I er næsten helt enige."


def test_nothing_read_is_no_agreement():
    assert (agreement([]).points, agreement([]).share, agreement([]).f1) == (0, 0.0, {})
