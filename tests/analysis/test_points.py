"""The split agrees with a division by hand as well as it has been told (`bench/points.py` prints the figures)."""

from __future__ import annotations

import pytest

from analysis import Piece, Span, split
from tests.analysis.points.read import HALVES, figures, marked, on_one_matter, read


@pytest.mark.parametrize(("half", "f1", "unchanged"), [("improved_on", 0.85, 0.55), ("held_out", 0.73, 0.38)])
def test_the_split_does_not_fall_below_what_is_told_of_it(half, f1, unchanged):
    got = figures(read(half), split)
    assert got.f1 >= f1
    assert got.unchanged >= unchanged


def test_three_in_four_letters_on_one_matter_stay_whole():
    letters = on_one_matter()
    assert sum(sum(piece.kind == "said" for piece in split(text)) < 2 for text in letters) >= 0.75 * len(letters)


def test_letters_divided_by_hand_are_many_and_hold_more_than_one_matter():
    letters = [letter for half in HALVES for letter in read(half)]
    assert len(letters) >= 150
    assert all(len(letter.said) >= 2 for letter in letters)
    assert len({letter.text for letter in letters}) == len(letters)


def test_the_division_by_hand_is_measured_as_perfect_and_a_whole_letter_as_nothing_found():
    letters = read("improved_on")
    by_hand = {letter.text: letter for letter in letters}

    def hand(text: str) -> list[Piece]:
        ends = [*(at for at, _ in by_hand[text].starts[1:]), len(text)]
        starts = zip(by_hand[text].starts, ends, strict=True)
        return [Piece((Span(at, end),), "said" if sign == "|" else "background") for (at, sign), end in starts]

    perfect, nothing = figures(letters, hand), figures(letters, lambda text: [Piece((Span(0, len(text)),), "said")])
    assert (perfect.f1, perfect.unchanged) == (1.0, 1.0)
    assert (nothing.f1, nothing.unchanged) == (0.0, 0.0)
    assert marked(letters[0].text, hand(letters[0].text)) == letters[0].marked
