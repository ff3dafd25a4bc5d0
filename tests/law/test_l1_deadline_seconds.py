"""L1: a deadline to the second, on both days when the clock changes, on the leap day, and from the web to the log."""

from datetime import UTC, date, datetime, timedelta

import pytest

from participation.foundation.db import settling
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.phases import Arrival, Phase, arrival, phase
from tests.contributed import receive
from tests.law.conftest import Figure
from tests.shared import corpus

pytestmark = pytest.mark.shared


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def judged(row: dict) -> bool:
    """Whether a row of the corpus comes out as it says."""
    if "deadline_local" in row:
        last, sent = date.fromisoformat(row["deadline_local"][:10]), moment(row["submitted_utc"])
        closes = dates.local_day_end(last)
        return (
            closes - timedelta(seconds=1) == moment(row["last_accepted_second_utc"])
            and dates.is_late(sent, closes) is row["late"]
            and dates.last_day(closes) == last
        )
    if "hours_between_midnights" in row:
        published, last = date.fromisoformat(row["publication_local_date"]), date.fromisoformat(row["last_day"])
        closes = dates.local_day_end(last)
        hours = (closes - dates.local_day_end(published)).total_seconds() / 3600
        return (
            dates.earliest_last_day(published, 28) == last
            and closes - timedelta(seconds=1) == moment(row["end_utc"])
            and hours == row["hours_between_midnights"]
        )
    wall = datetime.fromisoformat(row["local"])
    try:
        meant = dates.local_moment(wall.date(), wall.time())
    except dates.NoSuchTime:
        return "utc_second" not in row
    return "utc_second" in row and meant == moment(row["utc_second"])


def test_every_second_around_a_deadline_is_judged_as_the_corpus_says(figure: Figure) -> None:
    """RP-40, RE-05."""
    rows = corpus("deadline_time.jsonl")
    assert not figure("L1 deadline seconds", [str(row) for row in rows if not judged(row)], len(rows))


def test_the_last_thousandth_is_in_time_and_midnight_is_late(hearing: Round, figure: Figure) -> None:
    """Through the verb: both days of 2027 when the clock changes, the leap day of 2028, and New Year's Eve."""
    last_days = (date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2026, 12, 31))
    wrong = []
    for last_day in last_days:
        closes = dates.local_day_end(last_day)
        with settling():
            hearing.closes_at = closes
        for sent, meant in ((closes - timedelta(milliseconds=1), Arrival.IN_TIME), (closes, Arrival.LATE)):
            kept = receive(hearing, f"Sendt {sent.isoformat()}", at=sent)[0]
            if (kept.arrival, kept.received_at) != (meant, sent):
                wrong.append(f"{last_day}: {sent} is {kept.arrival}")
    assert not figure("L1 through the verb", wrong, 2 * len(last_days))


def test_phase_and_arrival_turn_at_the_same_moment(hearing: Round) -> None:
    assert hearing.closes_at is not None
    before = hearing.closes_at - timedelta(microseconds=1)
    assert (phase(hearing, before), arrival(hearing, before)) == (Phase.OPEN, Arrival.IN_TIME)
    assert (phase(hearing, hearing.closes_at), arrival(hearing, hearing.closes_at)) == (Phase.WEIGHING, Arrival.LATE)
