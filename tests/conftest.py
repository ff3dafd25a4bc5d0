"""Fixtures for every room: a real database for each test, the people, and a project at each level.

SQLite: a migrated file is copied. PostgreSQL (``MEDSPIL_TEST_DATABASE=postgresql``): a clone of a migrated template,
emptied between tests.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import event, make_url

os.environ.setdefault("MEDSPIL_TEST_UNSAFE_SQLITE", "1")

from participation import config
from participation.app import create_app
from participation.foundation import schema
from participation.foundation.db import SettledFlask, db
from tests import postgres

pytest_plugins = ["tests.harness", "tests.persons", "tests.matters", "tests.practised"]

ON_POSTGRES = os.environ.get("MEDSPIL_TEST_DATABASE") == "postgresql"


def settings(folder: Path, url: str) -> dict[str, object]:
    """The settings of a test's app."""
    return {
        "TESTING": True,
        "INSTANCE": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": "a-key-that-is-only-used-in-the-tests-of-the-house",
        "BASE_URL": "http://localhost",
    }


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], AbstractContextManager[str]]]:
    """Gives the address of a fresh, migrated database, as often as asked."""
    folder = tmp_path_factory.mktemp("template")
    if ON_POSTGRES:
        postgres.needed_server_url()
        template = postgres.make_template(lambda url: _migrate(folder, url))
        lender = postgres.Lender(template)
        yield lambda _: lender.lend()
        lender.close()
        postgres.drop(template)
        return
    _migrate(folder, f"sqlite:///{folder / 'template.sqlite3'}")

    @contextmanager
    def copy(to: Path) -> Iterator[str]:
        shutil.copy(folder / "template.sqlite3", to / "medspil.sqlite3")
        yield f"sqlite:///{to / 'medspil.sqlite3'}"

    yield copy


def _migrate(folder: Path, url: str) -> None:
    app = create_app(settings(folder, url))
    with app.app_context():
        schema.upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        db.engine.dispose()


@pytest.fixture(scope="session")
def house(migrated: Callable[[Path], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The app, built once, so that routes, templates and statements are compiled once; ``at`` names its database."""
    folder = tmp_path_factory.mktemp("house")
    at: dict[str, str] = {}
    with migrated(folder) as url:
        app = create_app(settings(folder, url))
        with app.app_context():
            engine = db.engine

        @event.listens_for(engine, "do_connect")
        def connect(dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
            if dialect.name == "sqlite":
                arguments[0] = at["database"]
            else:
                named["dbname"] = at["database"]

        yield app, engine, dict(app.config), at
        engine.dispose()


@pytest.fixture
def app(house: Any, migrated: Callable[[Path], AbstractContextManager[str]], tmp_path: Path) -> Iterator[SettledFlask]:
    """The app on a database of its own, with its settings as new; an app context is open during the test."""
    built, engine, configured, at = house
    with migrated(tmp_path) as url:
        at["database"] = str(make_url(url).database)
        built.config.clear()
        built.config.update(configured)
        own = settings(tmp_path, url)
        built.config.update(config.read({}, own), SQLALCHEMY_DATABASE_URI=url)
        with built.app_context():
            yield built
            db.session.remove()
            engine.dispose()


class Browser(FlaskClient):
    """A browser without JavaScript.

    The test's app context stays open, so Flask would lend its ``g`` to every request; each begins with an empty one.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request, as if it were the first."""
        vars(g._get_current_object()).clear()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: SettledFlask) -> FlaskClient:
    """A browser without JavaScript."""
    app.test_client_class = Browser
    return app.test_client()
