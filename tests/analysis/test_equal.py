"""Texts that ask for the same are found; texts on the same matter are not."""

import pytest

from analysis import equals
from tests.analysis.letters import POINTS

TEXTS = [words for _, words in POINTS]


def test_texts_on_the_same_matter_do_not_ask_for_the_same():
    assert equals(TEXTS) == ()


def test_the_same_words_are_equal_whatever_the_case_and_the_dots():
    assert equals([*TEXTS, TEXTS[3].upper(), TEXTS[3].rstrip(".") + "!"]) == ((3, len(TEXTS), len(TEXTS) + 1),)


def test_the_order_of_the_texts_does_not_matter():
    texts = [*TEXTS, "Hej. " + TEXTS[7], TEXTS[7] + " Tak."]
    keys = list(range(len(texts)))
    assert equals(texts[::-1], ids=keys[::-1]) == equals(texts, ids=keys) != ()


def test_what_has_no_words_is_like_nothing():
    assert equals(["", "…", "", TEXTS[0]]) == ()


def test_a_chain_of_half_alike_texts_is_no_group():
    """Each is near the next, and the first is far from the last."""
    words = ["sti", "lampe", "skole", "bro", "kirke", "havn", "torv", "park", "vej", "gade", "mark", "skov"]
    chain = [" ".join(words[at : at + 6]) for at in range(7)]
    groups = equals(chain, least=0.5)
    assert groups
    assert all(max(group) - min(group) <= 3 for group in groups)


def test_two_texts_may_not_share_an_id():
    with pytest.raises(ValueError, match="same id"):
        equals(["a", "b"], ids=[1, 1])
