"""The share of a project's time that was left when citizens were first asked (RL-43)."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from participation.rules.early import time_left

BEGAN, DECIDES = date(2026, 1, 1), date(2026, 4, 11)
DAYS = st.integers(-30, 200)


def test_asked_on_the_first_day_all_of_the_time_is_left() -> None:
    early = time_left(BEGAN, BEGAN, DECIDES)
    assert early is not None
    assert (early.left, early.whole, early.per_cent) == (100, 100, 100)


def test_asked_when_a_quarter_is_left() -> None:
    early = time_left(BEGAN, BEGAN + timedelta(days=75), DECIDES)
    assert early is not None
    assert (early.left, early.per_cent) == (25, 25)


def test_without_a_question_or_a_day_there_is_no_figure() -> None:
    assert time_left(BEGAN, None, DECIDES) is None
    assert time_left(BEGAN, BEGAN, None) is None
    assert time_left(BEGAN, BEGAN, BEGAN) is None


@given(DAYS, st.integers(1, 200))
def test_the_share_lies_between_none_and_all(asked: int, whole: int) -> None:
    early = time_left(BEGAN, BEGAN + timedelta(days=asked), BEGAN + timedelta(days=whole))
    assert early is not None
    assert 0 <= early.left <= early.whole == whole
    assert 0 <= early.per_cent <= 100
