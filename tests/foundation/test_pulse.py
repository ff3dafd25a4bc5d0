"""The installation notices that its pages were away, and that its clock goes wrong (RELIABILITY T12, R8, L2)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.foundation import pulse
from participation.foundation.db import db
from participation.foundation.model import ClockAlarm, Outage
from tests.persons import NOW

pytestmark = pytest.mark.usefixtures("app")


def beat(after: float, ticks: float | None = None, boot: str = "one", name: str = pulse.WEB) -> None:
    """A beat so many seconds after the first, by the clock on the wall; the steady clock agrees unless it is given."""
    pulse.beat(name, NOW + timedelta(seconds=after), 1000.0 + (after if ticks is None else ticks), boot)
    db.session.rollback()


def outages() -> list[tuple[float, float | None]]:
    return [
        ((one.begins_at - NOW).total_seconds(), (one.ends_at - NOW).total_seconds() if one.ends_at else None)
        for one in db.session.scalars(sa.select(Outage).order_by(Outage.id))
    ]


def alarms() -> list[tuple[str, float]]:
    return [(one.against, one.seconds) for one in db.session.scalars(sa.select(ClockAlarm).order_by(ClockAlarm.id))]


def test_a_steady_pulse_says_nothing():
    for after in range(0, 300, 15):
        beat(after)
    assert (outages(), alarms()) == ([], [])


def test_a_silence_of_the_pages_is_an_outage():
    beat(0)
    beat(900)
    assert outages() == [(0, 900)]


def test_a_silence_over_a_restart_of_the_machine_is_one_too():
    beat(0)
    beat(900, ticks=-990, boot="two")
    assert outages() == [(0, 900)]


def test_a_silent_worker_is_no_outage_for_citizens():
    beat(0, name=pulse.WORKER)
    beat(900, name=pulse.WORKER)
    assert outages() == []


def test_the_worker_begins_the_outage_and_the_pages_end_it():
    beat(0)
    for after in (30, 90, 120):
        pulse.watch(NOW + timedelta(seconds=after))
        db.session.rollback()
    assert outages() == [(0, None)]
    beat(900)
    assert outages() == [(0, 900)]


@pytest.mark.parametrize("leap", [3600, -3600, 2.5, -2.5])
def test_a_clock_that_leaps_raises_an_alarm_and_is_no_outage(leap: float):
    beat(0)
    beat(15 + leap, ticks=15)
    assert alarms() == [("steady", leap)]
    assert outages() == []


def test_two_seconds_are_let_pass_and_small_leaps_add_up():
    beat(0)
    beat(16.5, ticks=15)
    assert alarms() == []
    beat(33, ticks=30)
    assert alarms() == [("steady", 3.0)]


def test_a_clock_that_is_behind_after_a_restart_raises_an_alarm():
    beat(0)
    beat(-60, ticks=-990, boot="two")
    assert alarms() == [("backwards", -60.0)]


def test_our_clock_is_held_against_the_database_servers():
    offset = pulse.database_offset()
    assert (offset is None) if db.engine.dialect.name == "sqlite" else abs(offset) < pulse.DRIFT
