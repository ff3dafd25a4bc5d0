"""What was taken out and put in, word by word, so that nothing of either side is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.foundation.worddiff import MOST, word_changes


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "Stien er 2 m bred.",
            "Stien er 3,5 m bred.",
            [("same", "Stien er "), ("gone", "2"), ("new", "3,5"), ("same", " m bred.")],
        ),
        (
            "Der må bygges i to etager langs vejen.",
            "Der må bygges i højst én etage langs vejen.",
            [("same", "Der må bygges i "), ("gone", "to etager"), ("new", "højst én etage"), ("same", " langs vejen.")],
        ),
        ("Lys på stien.", "Lys på hele stien.", [("same", "Lys på "), ("new", "hele "), ("same", "stien.")]),
        ("Lys hele natten.", "Lys hele.", [("same", "Lys hele"), ("gone", " natten"), ("same", ".")]),
    ],
)
def test_only_the_words_that_differ_are_told(before, after, told):
    assert word_changes(before, after) == told


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "Nyt."), ("Væk.", " "), ("Hække langs vejen.", "Bygninger i glas!"), ("a " * MOST, "a b")],
)
def test_where_little_stayed_or_a_side_is_empty_the_sides_are_read_as_wholes(before, after):
    assert word_changes(before, after) == []


@given(st.lists(st.sampled_from(["stien", "er", "2", "m", ".", "\n", "bred"]), max_size=40), st.data())
def test_both_sides_can_be_read_back_to_the_letter(words, data):
    other = [word for word in words if data.draw(st.integers(0, 4))] + data.draw(
        st.lists(st.sampled_from(["ny", "lys"]), max_size=4)
    )
    before, after = " ".join(words), " ".join(other)
    if pieces := word_changes(before, after):
        assert "".join(piece.words for piece in pieces if piece.kind != "new") == before
        assert "".join(piece.words for piece in pieces if piece.kind != "gone") == after
