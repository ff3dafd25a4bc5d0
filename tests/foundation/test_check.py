"""``medspil check`` tells a watchman whether all is well: the clock, the pulse, breakdowns nobody has settled (R8)."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from participation import cli
from participation.foundation import clock, pulse
from participation.foundation.db import db, settling
from participation.foundation.model import Outage
from participation.people.settle import settle_alarms
from participation.projects.outage import settle_outage
from tests.persons import NOW


@pytest.fixture
def check(app, monkeypatch):
    for name in ("INSTANCE", "SECRET_KEY", "BASE_URL"):
        monkeypatch.setenv(f"MEDSPIL_{name}", str(app.config[name]))
    monkeypatch.setenv("MEDSPIL_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""))

    def run() -> Result:
        db.session.rollback()
        return CliRunner().invoke(cli.main, ["check"])

    return run


def beat(ago: float, name: str = pulse.WEB, ticks: float | None = None) -> None:
    at = clock.now() - timedelta(seconds=ago)
    pulse.beat(name, at, 10_000.0 - ago if ticks is None else ticks, "boot")


def test_all_is_well(check):
    beat(5)
    beat(5, pulse.WORKER)
    done = check()
    assert done.exit_code == 0, done.output
    assert "The clock and the pulse are as they should be." in done.output
    assert done.output.count("alive") == 2


def test_before_anything_has_run_there_is_nothing_to_complain_of(check):
    assert check().exit_code == 0


@pytest.mark.parametrize("name", [pulse.WEB, pulse.WORKER])
def test_a_part_that_is_quiet_is_named(check, name):
    beat(300, name)
    done = check()
    assert done.exit_code == 1
    assert f"{name} has been quiet since" in done.stderr


def test_a_clock_that_has_leapt_is_told_until_an_administrator_has_seen_it(check, administrator):
    beat(10)
    beat(5, ticks=10_000.0 - 10 - 3600)  # the wall went five seconds on, the steady clock an hour back
    told = check()
    assert told.exit_code == 1
    assert "the clock was" in told.stderr
    with settling():
        settle_alarms(administrator, now=NOW)
    assert "the clock was" not in check().stderr


def test_a_breakdown_is_told_until_somebody_has_said_what_it_was(check, planner):
    beat(900)
    beat(0)
    told = check()
    assert told.exit_code == 1
    assert "1 in the register of breakdowns wait" in told.stderr
    with settling():
        settle_outage(planner, db.session.query(Outage).one(), False, "", now=clock.now())
    assert check().exit_code == 0


def test_one_line_tells_everything_and_no_traceback(check):
    beat(900)
    beat(0)
    beat(400, pulse.WORKER)
    lines = check().stderr.strip().splitlines()
    assert len(lines) == 1
    assert "worker has been quiet" in lines[0]
    assert "breakdowns" in lines[0]
