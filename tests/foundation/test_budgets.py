"""Budgets against guessing: exact under many at once, kept over the request, and no address is stored."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from participation.foundation import budgets, jobs
from participation.foundation.db import SettledFlask, begin_write, db
from participation.foundation.jobs import owing
from participation.foundation.model import Budget
from tests.persons import NOW

HOUR = timedelta(hours=1)
KEY = "code:192.0.2.7"


def test_a_budget_allows_so_many_tries_in_a_window_and_then_no_more(app: SettledFlask) -> None:
    assert [budgets.spend(KEY, 3, HOUR, NOW) for _ in range(5)] == [True, True, True, False, False]
    assert budgets.spend("code:192.0.2.8", 3, HOUR, NOW)
    assert budgets.spend(KEY, 3, HOUR, NOW + HOUR)


def test_looking_does_not_spend(app: SettledFlask) -> None:
    assert [budgets.is_spent(KEY, 1, HOUR, NOW) for _ in range(3)] == [False] * 3
    assert budgets.spend(KEY, 1, HOUR, NOW)
    assert budgets.is_spent(KEY, 1, HOUR, NOW)


def test_what_was_spent_stays_spent_when_the_act_is_undone(app: SettledFlask) -> None:
    budgets.spend(KEY, 1, HOUR, NOW)
    db.session.rollback()
    assert budgets.is_spent(KEY, 1, HOUR, NOW)


def test_a_flood_over_budget_takes_no_write_lock(app: SettledFlask) -> None:
    budgets.spend(KEY, 1, HOUR, NOW)
    begin_write()
    assert not budgets.spend(KEY, 1, HOUR, NOW)


def test_no_network_address_is_stored(app: SettledFlask) -> None:
    budgets.spend(KEY, 1, HOUR, NOW)
    (key,) = db.session.scalars(sa.select(Budget.key))
    assert key.startswith("code:")
    assert "192" not in key.removeprefix("code:")[:8]
    assert "192.0.2.7" not in key


def test_many_at_once_get_no_more_than_the_budget(app: SettledFlask) -> None:
    granted: list[bool] = []

    def guess() -> None:
        with app.app_context():
            granted.extend(budgets.spend(KEY, 7, HOUR, NOW) for _ in range(5))

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(granted), granted.count(True)) == (20, 7)


def test_old_counts_are_forgotten(app: SettledFlask) -> None:
    budgets.spend(KEY, 1, HOUR, NOW)
    budgets.spend(KEY, 1, HOUR, NOW + timedelta(days=2))
    owing.owe_periodic(NOW + timedelta(days=3))
    jobs.run_all(app, NOW + timedelta(days=3))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Budget)) == 1
