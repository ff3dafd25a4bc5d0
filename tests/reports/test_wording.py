"""The sentences of a white paper."""

import pytest

from participation.reports import wording
from participation.rules.kinds import Capacity

COUNTS = (
    (Capacity.CITIZEN, 12),
    (Capacity.NEIGHBOUR, 2),
    (Capacity.ASSOCIATION, 1),
    (Capacity.AUTHORITY, 2),
    (Capacity.LOCAL_COMMITTEE, 1),
)


def test_senders_are_counted_in_words_or_in_short_codes(app) -> None:
    assert wording.senders(COUNTS) == "12 borgere, 2 naboer, 1 forening, 2 myndigheder, lokaludvalget"
    assert wording.senders(COUNTS, short=True) == "(14, O, 2 M, LU)"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((), ""), ((4,), "4"), ((4, 5), "4, 5"), ((3, 4, 5, 8), "3–5, 8"), ((9, 1, 2, 3, 11, 12), "1–3, 9, 11, 12")],
)
def test_runs_of_numbers_are_drawn_together(numbers, told) -> None:
    assert wording.numbered(numbers) == told


def test_of_many_numbers_the_first_are_told_and_how_many_more(app) -> None:
    assert wording.some(range(1, 13)) == "Nr. 1–12"
    assert wording.some([*range(1, 13), 40, 41]) == "Nr. 1–12 og 2 til"
