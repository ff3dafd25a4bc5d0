"""L5: answers that are promised in working days, with and without the town hall's own closing days."""

from datetime import date

import holidays
import pytest

from participation.foundation import clock
from participation.rules import dates
from tests.law.conftest import Figure
from tests.shared import corpus

pytestmark = pytest.mark.shared

YEARS = range(2022, 2031)
PUBLIC = frozenset(holidays.country_holidays("DK", years=YEARS))
CLOSED = PUBLIC | {date(year, *day) for year in YEARS for day in ((6, 5), (12, 24), (12, 31))}


def test_a_promise_falls_on_the_working_day_that_the_corpus_says(figure: Figure) -> None:
    """RE-26."""
    rows, wrong = corpus("working_days.jsonl"), []
    for row in rows:
        received, n = date.fromisoformat(row["received"]), row["working_days"]
        for closed, column in ((PUBLIC, "due_public_holidays_only"), (CLOSED, "due_with_5jun_24dec_31dec_closed")):
            due = dates.add_working_days(received, n, closed)
            if due != date.fromisoformat(row[column]) or dates.working_days_between(received, due, closed) != n:
                wrong.append(f"{column}: {row}")
    assert not figure("L5 working days", wrong, 2 * len(rows))


def test_the_calendar_is_that_of_the_corpus(figure: Figure) -> None:
    """The Great Prayer Day is a holiday in 2023 and a working day from 2024."""
    rows = {date.fromisoformat(row["date"]) for row in corpus("holidays_dk.jsonl")}
    ours = clock.closed_days({day.year for day in rows}, closing_days=())
    gone = {date(2024, 4, 26), date(2025, 5, 16), date(2026, 5, 1)}
    wrong = [str(day) for day in (rows ^ ours) | (ours & gone)]
    assert not figure("L5 public holidays", wrong, len(rows) + len(gone))
    assert date(2023, 5, 5) in ours
