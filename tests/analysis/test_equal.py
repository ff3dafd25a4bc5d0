"""Texts that ask for the same are found; texts on the same matter are not."""

import pytest

from analysis import equals, nearest
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


def test_a_letter_that_most_have_sent_is_found_though_its_words_tell_nothing_apart():
    letter = "Der skal mere lys på stien ved åen, for børnene cykler der hver morgen."
    assert equals([f"{letter} {number}" for number in range(12)]) == (tuple(range(12)),)


def test_the_nearest_are_told_with_how_near_and_never_ones_own():
    texts = [TEXTS[0], TEXTS[1], TEXTS[0].upper()]
    (first, *_) = nearest(texts, TEXTS[20:40])
    assert first[0] == (2, pytest.approx(1, abs=1e-5))
    (own, *_) = nearest(texts, TEXTS[20:40], owners=[1, 2, 1, *range(3, 23)])
    assert 2 not in [place for place, _ in own]
    assert nearest([]) == []


def test_two_texts_may_not_share_an_id():
    with pytest.raises(ValueError, match="same id"):
        equals(["a", "b"], ids=[1, 1])
