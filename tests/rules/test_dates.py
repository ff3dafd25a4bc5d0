"""Deadlines and working days (RELIABILITY L1, L3, L4, L5)."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest

from participation.rules import dates
from tests.shared import corpus

YEARS = range(2016, 2031)
PUBLIC = frozenset(holidays.country_holidays("DK", years=YEARS))
CLOSED = PUBLIC | {date(year, *day) for year in YEARS for day in ((6, 5), (12, 24), (12, 31))}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.shared
def test_every_second_around_a_deadline_is_in_time_or_late():
    rows = [row for row in corpus("deadline_time.jsonl") if "deadline_local" in row]
    assert len(rows) == 36
    for row in rows:
        last = date.fromisoformat(row["deadline_local"][:10])
        closes = dates.local_day_end(last)
        assert closes - timedelta(seconds=1) == moment(row["last_accepted_second_utc"]), row
        assert dates.is_late(moment(row["submitted_utc"]), closes) is row["late"], row
        assert dates.last_day(closes) == last, row


@pytest.mark.shared
def test_a_period_across_a_change_of_clock_counts_days_not_hours():
    rows = [row for row in corpus("deadline_time.jsonl") if "hours_between_midnights" in row]
    assert len(rows) == 4
    for row in rows:
        published, last = date.fromisoformat(row["publication_local_date"]), date.fromisoformat(row["last_day"])
        assert dates.earliest_last_day(published, 28) == last
        assert dates.local_day_end(last) - timedelta(seconds=1) == moment(row["end_utc"])
        hours = (dates.local_day_end(last) - dates.local_day_end(published)).total_seconds() / 3600
        assert hours == row["hours_between_midnights"]


@pytest.mark.shared
def test_wall_times_that_do_not_exist_are_refused_and_doubled_ones_are_the_later():
    rows = [row for row in corpus("deadline_time.jsonl") if "local" in row]
    assert len(rows) == 4
    for row in rows:
        wall = datetime.fromisoformat(row["local"])
        if "utc_second" in row:
            assert dates.local_moment(wall.date(), wall.time()) == moment(row["utc_second"])
        else:
            with pytest.raises(dates.NoSuchTime, match=r"kl\. 02\.30 findes ikke"):
                dates.local_moment(wall.date(), wall.time())


@pytest.mark.shared
def test_working_days_are_counted_with_and_without_the_towns_own_closing_days():
    rows = corpus("working_days.jsonl")
    for row in rows:
        received, n = date.fromisoformat(row["received"]), row["working_days"]
        for closed, column in ((PUBLIC, "due_public_holidays_only"), (CLOSED, "due_with_5jun_24dec_31dec_closed")):
            due = dates.add_working_days(received, n, closed)
            assert due == date.fromisoformat(row[column]), row
            assert dates.working_days_between(received, due, closed) == n, row


@pytest.mark.shared
def test_no_public_holiday_is_a_working_day():
    for row in corpus("holidays_dk.jsonl"):
        assert not dates.is_working_day(date.fromisoformat(row["date"]), PUBLIC), row


def test_the_great_prayer_day_is_a_working_day_since_2024():
    assert not dates.is_working_day(date(2023, 5, 5), PUBLIC)
    assert dates.is_working_day(date(2024, 4, 26), PUBLIC)


@pytest.mark.shared
def test_the_earliest_lawful_and_the_suggested_last_day_of_a_hearing():
    for row in corpus("hearing_minimum.jsonl"):
        published, days = date.fromisoformat(row["published"]), row["minimum_days"]
        earliest = dates.earliest_last_day(published, days)
        assert earliest == date.fromisoformat(row["earliest_lawful_last_day"]), row
        assert earliest - dates.DAY == date.fromisoformat(row["one_day_short"]), row
        assert dates.is_working_day(earliest, CLOSED) is not row["last_day_is_closed"], row
        assert dates.suggested_last_day(published, days, CLOSED) == date.fromisoformat(row["suggested_last_day"]), row


@pytest.mark.shared
def test_adoption_waits_four_weeks_after_timely_objections():
    for row in corpus("adoption_wait.jsonl"):
        deadline, adoption = date.fromisoformat(row["deadline"]), date.fromisoformat(row["adoption"])
        assert dates.earliest_adoption(deadline, True) == date.fromisoformat(row["earliest_with_objections"]), row
        allowed = adoption >= dates.earliest_adoption(deadline, row["timely_objections"] > 0)
        assert allowed is (row["expect"] == "allow"), row


def test_the_last_microsecond_is_in_time_and_midnight_is_late():
    closes = dates.local_day_end(date(2026, 12, 14))
    assert closes == datetime(2026, 12, 14, 23, tzinfo=UTC)
    assert not dates.is_late(closes - timedelta(microseconds=1), closes)
    assert dates.is_late(closes, closes)


def test_a_moment_without_a_time_zone_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        dates.is_late(datetime(2026, 12, 14, 12), dates.local_day_end(date(2026, 12, 14)))


def test_the_local_day_changes_at_midnight_in_copenhagen():
    assert dates.local_day(datetime(2026, 7, 1, 22, tzinfo=UTC)) == date(2026, 7, 2)
    assert dates.opens_at(date(2026, 7, 2)) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert dates.local_moment(date(2026, 7, 2), time(14, 30)) == datetime(2026, 7, 2, 12, 30, tzinfo=UTC)


def test_closed_days_may_be_a_predicate():
    assert dates.add_working_days(date(2026, 12, 23), 1, lambda day: day in CLOSED) == date(2026, 12, 28)


def test_no_working_days_means_today_or_the_next_working_day():
    assert dates.add_working_days(date(2026, 12, 23), 0, CLOSED) == date(2026, 12, 23)
    assert dates.add_working_days(date(2026, 12, 24), 0, CLOSED) == date(2026, 12, 28)
    with pytest.raises(ValueError, match="forward"):
        dates.add_working_days(date(2026, 12, 24), -1, CLOSED)
    assert dates.working_days_between(date(2026, 12, 24), date(2026, 12, 1), CLOSED) == 0


def test_a_complaint_deadline_on_a_closed_day_moves_to_the_next_working_day():
    assert dates.complaint_deadline(date(2026, 11, 26), 4, CLOSED) == date(2026, 12, 28)  # 24 December
    assert dates.complaint_deadline(date(2026, 11, 23), 4, CLOSED) == date(2026, 12, 21)


def test_six_months_end_on_the_last_day_of_a_shorter_month():
    assert dates.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert dates.months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert dates.court_deadline(date(2026, 8, 31), 6, CLOSED) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 6, 15), date(2026, 7, 13), [("summer", 15)]),
        (date(2026, 8, 10), date(2026, 9, 7), []),
        (date(2026, 6, 1), date(2026, 9, 1), [("summer", 42)]),
        (date(2026, 11, 27), date(2026, 12, 25), [("christmas", 2)]),
        (date(2026, 12, 1), date(2027, 1, 29), [("christmas", 11)]),  # 24 December to Sunday 3 January
        (date(2027, 1, 2), date(2027, 1, 30), [("christmas", 2)]),
        (date(2026, 3, 20), date(2026, 4, 17), [("easter", 10)]),  # Saturday 28 March to Monday 6 April
        (date(2026, 1, 10), date(2026, 3, 20), []),
        (
            date(2026, 3, 1),
            date(2026, 12, 30),
            [("easter", 10), ("ascension", 1), ("pentecost", 2), ("summer", 42), ("christmas", 7)],
        ),
        (date(2026, 4, 20), date(2026, 5, 18), [("ascension", 1)]),
        (date(2026, 5, 15), date(2026, 5, 23), []),
    ],
)
def test_a_hearing_knows_the_holidays_it_runs_into(first, last, expected):
    assert dates.holiday_overlap(first, last, CLOSED) == expected


def test_a_closing_day_beside_christmas_makes_christmas_longer():
    assert dates.holiday_overlap(date(2026, 12, 1), date(2026, 12, 24), CLOSED) == [("christmas", 1)]
    closed = CLOSED | {date(2026, 12, 23)}
    assert dates.holiday_overlap(date(2026, 12, 1), date(2026, 12, 24), closed) == [("christmas", 2)]


def test_easter_is_where_the_calendar_has_it():
    for year in YEARS:
        assert dates._easter(year) + dates.DAY in PUBLIC, year
        assert dates._easter(year) - 2 * dates.DAY in PUBLIC, year


def test_a_day_is_written_as_danes_write_it():
    assert dates.in_danish(date(2026, 12, 14)) == "mandag 14. december 2026"
