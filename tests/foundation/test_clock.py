"""The clock: arrival, closing days, and dates in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.test import Client

from participation.foundation import clock
from participation.foundation.db import settling
from participation.foundation.settings import keep_setting
from participation.rules import dates
from tests.shared import corpus


def make_app(language: str = "da", **config) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    Babel(app, default_locale=language, default_timezone="Europe/Copenhagen")
    return app


@pytest.fixture
def danish():
    with make_app().app_context():
        yield


AT = datetime(2026, 11, 22, 13, 33, 7, 999999, tzinfo=UTC)


def test_now_is_aware_and_utc():
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(seconds=5)


def test_the_arrival_is_stamped_before_the_application_sees_the_request():
    app = make_app()
    seen = []

    @app.before_request
    def late():
        seen.append(clock.now())

    @app.get("/")
    def page():
        return clock.arrival().isoformat()

    app.wsgi_app = clock.Arrival(app.wsgi_app)
    before = clock.now()
    answer = Client(app).get("/", headers={"medspil.arrival": "1999-01-01", "X-Medspil-Arrival": "1999-01-01"})
    assert before <= datetime.fromisoformat(answer.text) <= seen[0]


def test_the_arrival_is_when_the_server_saw_the_first_byte_where_it_noted_that():
    app, stamp = make_app(), datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC)
    app.get("/")(lambda: clock.arrival().isoformat())
    app.wsgi_app = clock.Arrival(app.wsgi_app)
    token = clock.accepted.set(stamp)
    first = Client(app).get("/").text
    clock.accepted.reset(token)
    assert datetime.fromisoformat(first) == stamp != datetime.fromisoformat(Client(app).get("/").text)


def test_the_arrival_does_not_move_while_the_request_is_handled():
    app = make_app()
    stamp = datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC)
    with app.test_request_context(environ_overrides={clock.ARRIVAL: stamp}):
        assert clock.arrival() == stamp == clock.arrival()


def test_without_a_request_the_arrival_is_now():
    before = clock.now()
    assert before <= clock.arrival() <= clock.now()


@pytest.mark.shared
def test_the_public_holidays_are_those_of_the_calendar():
    rows = {date.fromisoformat(row["date"]) for row in corpus("holidays_dk.jsonl")}
    assert clock.closed_days({day.year for day in rows}, closing_days=()) == rows


@pytest.mark.usefixtures("app")
def test_closing_days_come_from_the_setting():
    with settling():
        keep_setting(clock.CLOSING_DAYS, {"every_year": ["06-05"], "own": [["2026-05-15", "Klemmedag"]]}, now=AT)
    assert clock.closed(date(2026, 6, 5))
    assert clock.closed(date(2026, 5, 15))
    assert not clock.closed(date(2027, 5, 15))
    assert not clock.closed(date(2026, 12, 24))
    assert date(2027, 6, 5) in clock.closed_days([2026, 2027])


@pytest.mark.usefixtures("app")
def test_a_town_halls_own_closing_day_moves_no_deadline_of_the_law():
    with settling():
        keep_setting(clock.CLOSING_DAYS, {"every_year": [], "own": [["2026-05-15", "Klemmedag"]]}, now=AT)
    assert clock.closed(date(2026, 5, 15))
    assert not clock.holiday(date(2026, 5, 15))
    assert clock.holiday(date(2026, 12, 24))


def test_closing_days_have_a_danish_default_and_may_be_passed_in():
    assert {date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 31)} <= clock.closed_days([2026])
    assert date(2026, 12, 24) not in clock.closed_days([2026], closing_days=[date(2026, 1, 2)])
    assert date(2026, 1, 2) in clock.closed_days([2026], closing_days=[date(2026, 1, 2)])


def test_a_closing_day_on_29_february_exists_in_leap_years_only():
    days = clock.closed_days([2027, 2028], closing_days=["02-29"])
    assert [day for day in days if day.month == 2] == [date(2028, 2, 29)]


def test_a_closing_day_that_is_no_date_is_an_error():
    with pytest.raises(ValueError, match="13-40"):
        clock.closed_days([2026], closing_days=["13-40"])


def test_the_calendar_closes_the_working_days_of_the_rules():
    assert dates.add_working_days(date(2026, 12, 23), 1, clock.closed) == date(2026, 12, 28)


@pytest.mark.usefixtures("danish")
def test_days_and_moments_are_written_in_danish_time():
    assert clock.day(date(2026, 12, 14)) == "mandag 14. december 2026" == dates.in_danish(date(2026, 12, 14))
    assert clock.day(datetime(2026, 12, 13, 23, tzinfo=UTC)) == "mandag 14. december 2026"
    assert clock.short_day(AT) == "22. november 2026"
    assert clock.moment(AT) == "22. november 2026 kl. 14.33"
    assert clock.arrived(AT) == "22. november 2026 kl. 14.33.07"
    assert clock.seconds(AT) == "kl. 14.33.07"
    assert clock.iso(AT) == "2026-11-22T14:33:07+01:00"
    assert clock.iso(date(2026, 12, 14)) == "2026-12-14"


@pytest.mark.usefixtures("danish")
def test_every_day_of_a_year_reads_the_same_in_rules_and_on_pages():
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert clock.day(day) == dates.in_danish(day)


def test_nothing_is_written_as_nothing():
    assert {write(None) for name, write in clock.FILTERS.items() if name != "days_left"} == {""}


def test_an_english_page_keeps_danish_time():
    with make_app("en").app_context():
        assert clock.day(date(2026, 12, 14)) == "Monday 14 December 2026"
        assert clock.seconds(AT).endswith("14:33:07")


@pytest.mark.usefixtures("danish")
def test_a_moment_without_a_time_zone_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        clock.moment(datetime(2026, 12, 14))


@pytest.mark.usefixtures("danish")
@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 12, tzinfo=UTC), "22 dage tilbage"),
        (datetime(2026, 12, 13, 22, 59, tzinfo=UTC), "1 dag tilbage"),
        (datetime(2026, 12, 13, 23, 0, tzinfo=UTC), "i dag er sidste dag"),
        (datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC), "i dag er sidste dag"),
        (datetime(2026, 12, 14, 23, 0, tzinfo=UTC), "fristen er udløbet"),
    ],
)
def test_the_days_that_are_left(at, words):
    assert clock.days_left(dates.local_day_end(date(2026, 12, 14)), at) == words
