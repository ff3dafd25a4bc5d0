"""The clock and the calendar: the moment of arrival, the days the town hall is closed, and dates in words.

Time is aware UTC in the house and Europe/Copenhagen on the page, whatever the language of the page.
"""

from calendar import isleap
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import holidays
from babel.dates import format_date
from flask import current_app, has_app_context, has_request_context, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from participation.foundation.settings import settings
from participation.rules import dates

#: Days that are no public holidays, but on which most Danish town halls are closed: 5 June, 24 and 31 December. An
#: administrator chooses among them, and adds the town hall's own.
OPTIONAL_DAYS = ("06-05", "12-24", "12-31")
CLOSING_DAYS = "closing_days"
ARRIVAL = "medspil.arrival"
#: When the first byte of the request at hand was there, where the server has noted it (`serving.Worker`).
accepted: ContextVar[datetime | None] = ContextVar("accepted", default=None)
HOUR = timedelta(hours=1)

_DAY = {"da": "EEEE d. MMMM y", "de": "EEEE, d. MMMM y", "en": "EEEE d MMMM y"}
_SHORT_DAY = {"da": "d. MMMM y", "de": "d. MMMM y", "en": "d MMMM y"}


def now() -> datetime:
    """This moment, aware UTC."""
    return datetime.now(UTC)


class Arrival:
    """The outermost WSGI layer: stamps each request with the moment that the server accepted it.

    That is when its first byte was there, also where it had to wait for a thread; under a server that does not note it,
    the moment it comes here. The stamp decides whether words came in before the deadline, so a body that is still on
    its way at midnight is in time. It lies under a key of the WSGI environment that no header can reach.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[ARRIVAL] = accepted.get() or now()
        return self.app(environ, start_response)


def arrival() -> datetime:
    """When this request was accepted, aware UTC; now where there is no request or nothing stamped it."""
    stamp = request.environ.get(ARRIVAL) if has_request_context() else None
    return stamp if stamp is not None else now()


def closed_days(years: Iterable[int], closing_days: Iterable[str | date] | None = None) -> frozenset[date]:
    """The public holidays of Denmark and the municipality's own closing days in these years, weekends aside.

    Args:
        closing_days: ``"MM-DD"`` for every year, ``"YYYY-MM-DD"`` or a date for one; by default those that an
            administrator has set, and before that 5 June, 24 and 31 December.

    Raises:
        ValueError: a closing day is no date.
    """
    own = own_closing_days() if closing_days is None else tuple(str(day) for day in closing_days)
    return frozenset().union(*(_closed_in(year, own) for year in set(years)))


def closed(day: date) -> bool:
    """Whether the town hall is closed that day, weekends aside: what ``rules/dates.py`` asks for.

    Answers and targets are promised by it (RE-26).
    """
    return day in _closed_in(day.year, own_closing_days())


def holiday(day: date) -> bool:
    """Whether a complaint's last day is moved on: a public holiday, 5 June, 24 or 31 December, weekends aside.

    A town hall's own closing days move no deadline of the law (Ministry of Justice, guidance no. 9533 of 26 June 2018).
    """
    return day in _closed_in(day.year, OPTIONAL_DAYS)


def day(value: date | datetime | None) -> str:
    """``mandag 14. december 2026``; a moment is shown as its Danish day, nothing as nothing."""
    return "" if value is None else _written(_local_day(value), _DAY)


def short_day(value: date | datetime | None) -> str:
    """``14. december 2026``."""
    return "" if value is None else _written(_local_day(value), _SHORT_DAY)


def moment(value: datetime | None) -> str:
    """``22. november 2026 kl. 14.33``, Danish time."""
    return "" if value is None else _at(value, "%H.%M", "%H:%M")


def held(value: datetime | None) -> str:
    """When a meeting was: ``22. november 2026 kl. 19.00``; midnight, when nobody meets, stands for the day alone."""
    if value is None:
        return ""
    local = _local(value)
    return moment(value) if (local.hour, local.minute) != (0, 0) else short_day(value)


def arrived(value: datetime | None) -> str:
    """``22. november 2026 kl. 14.33.07``, Danish time: the arrival on a receipt, to the second."""
    return "" if value is None else _at(value, "%H.%M.%S", "%H:%M:%S")


def seconds(value: datetime | None) -> str:
    """``kl. 14.33.07``, Danish time."""
    if value is None:
        return ""
    local = _local(value)
    return _("kl. %(time)s", time=local.strftime("%H.%M.%S" if _language() == "da" else "%H:%M:%S"))


def hour(value: datetime | None) -> str:
    """``kl. 17.00``, Danish time."""
    if value is None:
        return ""
    return _("kl. %(time)s", time=_local(value).strftime("%H.%M" if _language() == "da" else "%H:%M"))


def iso(value: date | datetime | None) -> str:
    """The value of a ``<time datetime>``: a day, or a Danish moment to the second with its offset."""
    if isinstance(value, datetime):
        return _local(value).isoformat(timespec="seconds")
    return "" if value is None else value.isoformat()


def days_left(closes_at: datetime, at: datetime | None = None) -> str:
    """How long there is to the deadline, in whole Danish days: ``22 dage tilbage``, ``i dag er sidste dag``.

    Args:
        closes_at: the half-open end of the period.
        at: the moment to count from, now by default.
    """
    at = at or now()
    if dates.is_late(at, closes_at):
        return _("fristen er udløbet")
    left = (dates.last_day(closes_at) - dates.local_day(at)).days
    if left == 0:
        return _("i dag er sidste dag")
    return ngettext("%(num)d dag tilbage", "%(num)d dage tilbage", left)


#: The filters that ``app.py`` hands to the templates.
FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "short_day": short_day,
    "held": held,
    "moment": moment,
    "arrived": arrived,
    "seconds": seconds,
    "hour": hour,
    "iso": iso,
    "days_left": days_left,
}


def own_closing_days() -> tuple[str, ...]:
    """The closing days as an administrator has set them: ``MM-DD`` for every year, ``YYYY-MM-DD`` for one."""
    if not has_app_context() or "sqlalchemy" not in current_app.extensions:
        return OPTIONAL_DAYS
    kept = settings().get(CLOSING_DAYS)
    return OPTIONAL_DAYS if kept is None else (*kept["every_year"], *(day for day, _name in kept["own"]))


@cache
def _closed_in(year: int, own: tuple[str, ...]) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", years=year)) | {
        found for text in own if (found := _own_day(text, year)) is not None
    }


def _own_day(text: str, year: int) -> date | None:
    """The day that a closing day means in a year, if any: 29 February is none in most years."""
    try:
        given = date.fromisoformat(f"2000-{text}" if len(text) == 5 else text)
    except ValueError as error:
        raise ValueError(f"the closing day {text!r} is neither MM-DD nor YYYY-MM-DD") from error
    if len(text) != 5:
        return given if given.year == year else None
    return None if (given.month, given.day) == (2, 29) and not isleap(year) else given.replace(year=year)


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone says nothing")
    return value.astimezone(dates.COPENHAGEN)


def _local_day(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _language() -> str:
    locale = get_locale() if has_app_context() and "babel" in current_app.extensions else None
    return locale.language if locale and locale.language in _DAY else "da"


def _written(value: date, patterns: dict[str, str]) -> str:
    language = _language()
    return format_date(value, patterns[language], locale=language)


def _at(value: datetime, danish: str, other: str) -> str:
    local = _local(value)
    clock = local.strftime(danish if _language() == "da" else other)
    return _("%(day)s kl. %(time)s", day=_written(local.date(), _SHORT_DAY), time=clock)
