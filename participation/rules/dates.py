"""Dates and deadlines (frister) as the law counts them.

A deadline is typed as a local day and kept as an aware UTC moment. A period is half-open, ``[opens_at, closes_at)``:
when the last day is D it closes at D+1 00:00 in Copenhagen, so the last second of D is in time and midnight is late.
Days are counted as calendar days, never as blocks of 24 hours: a period across a change of clock is an hour longer or
shorter.

Public holidays and the municipality's own closing days are passed in as ``closed``, a collection of days or a
predicate; ``foundation/clock.py`` reads them. Saturdays and Sundays are always closed.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
DAY = timedelta(days=1)

#: Days on which the town hall is closed, weekends aside: a collection of days or a predicate.
Closed = Collection[date] | Callable[[date], bool]

_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)


class NoSuchTime(ValueError):
    """The wall clock jumps over this time on the last Sunday of March, so nobody can mean it."""


def local_moment(day: date, at: time) -> datetime:
    """The UTC moment of a wall-clock time in Denmark.

    A time that happens twice (the last Sunday of October) is the later one, in the citizen's favour.

    Raises:
        NoSuchTime: the clocks are put forward over that time; it is refused, never shifted in silence.
    """
    later = datetime.combine(day, at.replace(tzinfo=None), COPENHAGEN).replace(fold=1).astimezone(UTC)
    if later.astimezone(COPENHAGEN).replace(tzinfo=None) != datetime.combine(day, at.replace(tzinfo=None)):
        raise NoSuchTime(f"{in_danish(day)} kl. {at:%H.%M} findes ikke: uret stilles frem den nat.")
    return later


def opens_at(day: date) -> datetime:
    """The UTC moment a period opens whose first day is ``day``: 00:00 in Copenhagen."""
    return local_moment(day, time())


def local_day_end(day: date) -> datetime:
    """The UTC moment a period closes whose last day is ``day``: the next day 00:00 in Copenhagen.

    Deadlines run in whole days, until midnight (Ministry of Justice, guidance no. 9533 of 26 June 2018).
    """
    return opens_at(day + DAY)


def local_day(moment: datetime) -> date:
    """The Danish calendar day of an aware moment."""
    return _aware(moment).astimezone(COPENHAGEN).date()


def last_day(closes_at: datetime) -> date:
    """The last day of a half-open period that closes at this aware moment."""
    return local_day(closes_at - timedelta(microseconds=1))


def is_late(received_at: datetime, closes_at: datetime) -> bool:
    """Whether words came in after the deadline: at 00:00 or later (Ankestyrelsen 38-23). Late is marked, never refused.

    Raises:
        ValueError: one of the moments carries no time zone.
    """
    return _aware(received_at) >= _aware(closes_at)


def is_working_day(day: date, closed: Closed) -> bool:
    """Whether the town hall works that day: not Saturday, Sunday or one of the closed days."""
    return day.weekday() < 5 and not (closed(day) if callable(closed) else day in closed)


def next_working_day(day: date, closed: Closed) -> date:
    """The day itself if it is a working day, else the first working day after it."""
    while not is_working_day(day, closed):
        day += DAY
    return day


def add_working_days(day: date, n: int, closed: Closed) -> date:
    """The nth working day (arbejdsdag) after a day; the day itself is not counted (offentlighedsloven § 36(2)).

    With ``n`` 0 it is the day itself or the next working day.

    Raises:
        ValueError: ``n`` is negative.
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    if n == 0:
        return next_working_day(day, closed)
    for _ in range(n):
        day = next_working_day(day + DAY, closed)
    return day


def working_days_between(start: date, end: date, closed: Closed) -> int:
    """How many working days lie after ``start`` up to and with ``end``; 0 when ``end`` is not later."""
    return sum(is_working_day(day, closed) for day in _days(start + DAY, end))


def earliest_last_day(published_on: date, minimum_days: int) -> date:
    """The first day that is lawful as the last day of a hearing (planloven § 24(3)-(6)).

    Weeks are counted as weeks and the day of publication is not counted: eight weeks from a Monday end on a Monday.
    """
    return published_on + minimum_days * DAY


def suggested_last_day(published_on: date, minimum_days: int, closed: Closed) -> date:
    """The earliest lawful last day, moved on to a working day so that somebody answers the telephone."""
    return next_working_day(earliest_last_day(published_on, minimum_days), closed)


def earliest_adoption(last_day: date, timely_objections: bool, waiting_days: int = 28) -> date:
    """The first day on which a plan can be finally adopted (planloven § 27(1)).

    The deadline must have passed; with timely objections four weeks must have passed since it. Anonymous and later
    withdrawn objections count when they came in time.
    """
    return last_day + max(waiting_days, 1) * DAY if timely_objections else last_day + DAY


def complaint_deadline(announced_on: date, weeks: int, closed: Closed) -> date:
    """The last day to complain (klagefrist), counted in weeks from the public announcement (planloven § 60).

    The day of announcement is not counted, and a last day on a Saturday, Sunday or closed day becomes the next
    working day (Ministry of Justice, guidance no. 9533 of 26 June 2018).
    """
    return next_working_day(announced_on + timedelta(weeks=weeks), closed)


def court_deadline(announced_on: date, months: int, closed: Closed) -> date:
    """The last day to bring a decision before the courts, counted in months (planloven § 62).

    The month has the same day of the month or, where there is none, its last day.
    """
    return next_working_day(months_after(announced_on, months), closed)


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def holiday_overlap(first_day: date, last_day: date, closed: Closed) -> list[tuple[str, int]]:
    """The holidays that a hearing runs into, and how many of its days each takes (planloven § 24(7)).

    Args:
        first_day: first day of the hearing.
        last_day: its last day, itself counted.
        closed: stretches Christmas and Easter by the closed days beside them.

    Returns:
        ``("summer" | "christmas" | "easter" | "ascension" | "pentecost", days)`` in the order they come; ``summer`` is
        ISO weeks 27 to 32, ``christmas`` 24 December to 1 January, ``easter`` Palm Saturday to Easter Monday.
    """
    found: dict[str, set[date]] = {}
    for year in range(first_day.year - 1, last_day.year + 1):
        easter = _easter(year)
        spells = (
            ("easter", *_stretched(easter - 8 * DAY, easter + DAY, closed)),
            ("ascension", easter + 39 * DAY, easter + 39 * DAY),
            ("pentecost", easter + 49 * DAY, easter + 50 * DAY),
            ("summer", date.fromisocalendar(year, 27, 1), date.fromisocalendar(year, 32, 7)),
            ("christmas", *_stretched(date(year, 12, 24), date(year + 1, 1, 1), closed)),
        )
        for kind, begins, ends in spells:
            if days := set(_days(max(begins, first_day), min(ends, last_day))):
                found.setdefault(kind, set()).update(days)
    return [(kind, len(days)) for kind, days in sorted(found.items(), key=lambda item: min(item[1]))]


def suggested_extension(closes_at: datetime, outage_ends_at: datetime, closed: Closed) -> date:
    """The new last day after a breakdown on the last day of a period: a whole working day for everybody.

    It is the first working day after the old last day on which the breakdown was over before the town hall opens, at
    08.00. A breakdown on the authority's side counts in the citizen's favour (Ombudsman, 19 January 2024; by analogy).
    """
    day = next_working_day(last_day(closes_at) + DAY, closed)
    while outage_ends_at > local_moment(day, time(8)):
        day = next_working_day(day + DAY, closed)
    return day


def in_danish(day: date) -> str:
    """A day as Danes write it: ``mandag 14. december 2026``."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day}. {_MONTHS[day.month - 1]} {day.year}"


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing")
    return moment


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _stretched(first: date, last: date, closed: Closed) -> tuple[date, date]:
    while not is_working_day(first - DAY, closed):
        first -= DAY
    while not is_working_day(last + DAY, closed):
        last += DAY
    return first, last


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
