"""The practice municipality in a database of its own, loaded once for a run: to be read by many, or copied by one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from participation.app import create_app
from participation.foundation import clock, schema
from participation.foundation.db import SettledFlask, db

_DATABASE = "practice.sqlite3"


def _app(folder: Path, **settings: object) -> SettledFlask:
    return create_app(
        {
            "INSTANCE": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / _DATABASE}",
            "SECRET_KEY": "a-key-that-is-only-used-in-tests-and-for-pictures",
            "BASE_URL": "http://localhost",
            **settings,
        }
    )


@contextmanager
def practising(folder: Path, *, now: datetime | None = None, **settings: object) -> Iterator[SettledFlask]:
    """An app on a new SQLite database in the folder with the practice municipality as of today or another day."""
    from participation.practice import load

    app = _app(folder, **settings)
    with app.app_context():
        schema.upgrade()
        load.load(now=now or clock.now(), progress=lambda share: None)
        db.session.remove()
    try:
        yield app
    finally:
        _leave(app)


def _leave(app: SettledFlask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def practice_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the practice municipality's database and files, lying still so that it can be copied.

    Pytest's workers share one, and so do the parts of a run that names a folder in ``MEDSPIL_TEST_PRACTICE``: the first
    who asks loads it, the others wait for it.
    """
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    shared = Path(os.environ.get("MEDSPIL_TEST_PRACTICE") or (base.parent if is_worker else base) / "practice")
    shared.mkdir(parents=True, exist_ok=True)
    folder = shared / "municipality"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            being_loaded = tmp_path_factory.mktemp("practice-being-loaded")
            _lay_still(being_loaded)
            shutil.move(being_loaded, folder)
    return folder


def _lay_still(folder: Path) -> None:
    with practising(folder, TESTING=True) as app, app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


@contextmanager
def practising_again(practice_folder: Path, to: Path, **settings: object) -> Iterator[SettledFlask]:
    """An app on a copy of the practice municipality, made in no time."""
    shutil.copytree(practice_folder, to, dirs_exist_ok=True)
    app = _app(to, **settings)
    try:
        yield app
    finally:
        _leave(app)


@pytest.fixture(scope="session")
def practised(practice_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SettledFlask]:
    """The app with the practice municipality; whoever changes something in it changes it for the rest of the run."""
    with practising_again(practice_folder, tmp_path_factory.mktemp("practised"), TESTING=True) as app:
        yield app


@pytest.fixture
def practice(practice_folder: Path, tmp_path: Path) -> Iterator[SettledFlask]:
    """The practice municipality for one test alone, to do what it likes with; an app context is open."""
    with practising_again(practice_folder, tmp_path / "practice", TESTING=True) as app, app.app_context():
        yield app
        db.session.remove()
