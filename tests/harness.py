"""How the tests are chosen and judged, beside the fixtures: a plugin that ``tests/conftest.py`` loads.

- A test that needs a database has the mark ``database``, one that needs Chromium the mark ``browser``; nobody has to
  write them. ``@pytest.mark.only("postgresql")`` or ``only("sqlite")`` names the one database that a test is about.
- When ``MEDSPIL_CI`` is 1, nothing may be skipped: a skipped test is a failed one, with its reason. The examples of
  property tests are then the same each time, so that a change is judged by itself; elsewhere they are drawn anew.
- On PostgreSQL the server is found or started once, before pytest's workers start.
"""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from tests import postgres

pytest_plugins = ["tests.browser.chromium"]

IN_CI = os.environ.get("MEDSPIL_CI") == "1"

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if IN_CI:
    hypothesis.settings.load_profile("ci")
DATABASE = os.environ.get("MEDSPIL_TEST_DATABASE", "sqlite")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: works on a database (given by the fixtures it uses)")
    config.addinivalue_line("markers", "only(database): is about this database alone, sqlite or postgresql")
    is_worker = hasattr(config, "workerinput")
    if DATABASE == "postgresql" and not is_worker:
        try:
            os.environ["TEST_DATABASE_URL"] = postgres.server_url()
        except postgres.NoPostgres as why:
            if IN_CI:
                raise pytest.UsageError(str(why)) from why


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "migrated" in fixtures:
            item.add_marker("database")
        if "browser" in fixtures:
            item.add_marker("browser")
    elsewhere = [item for item in items if _is_about_another_database(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _is_about_another_database(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("only")
    return mark is not None and mark.args[0] != DATABASE


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    return _judged((yield))


def _judged(report: Any) -> Any:
    """A skip where nothing may be skipped is a failure that says why; an expected failure stays what it is."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: nothing may be skipped here. {reason}"
    return report
