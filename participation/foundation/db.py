"""The database: one session a request, settled in one place, and never a half-kept act.

A GET only reads. A POST reads and validates first; at the verb's first line (``permission.require``) the read is ended
and the write lock is taken, so that nothing is hashed, stored or rendered while it is held.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum as PythonEnum
from functools import cache
from typing import IO, Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, current_app, has_app_context, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, make_transient_to_detached, registry

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment, aware and in UTC on both sides (SQLite alone would hand back naive ones)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _words(members: type[PythonEnum]) -> list[str]:
    return [member.value for member in members]


class Base(DeclarativeBase):
    """The class that every model of the house stands on. Enums are kept as their word, the same on every database."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            dict[str, Any]: sa.JSON(),
            list[Any]: sa.JSON(),
            PythonEnum: sa.Enum(PythonEnum, native_enum=False, length=40, values_callable=_words),
        },
    )


Found = TypeVar("Found", bound=Base)

db = SQLAlchemy(model_class=Base, session_options={"autoflush": True})


# -- settling ---------------------------------------------------------------------------------------------------------


class SettledFlask(Flask):
    """A Flask whose requests are settled before the answer leaves.

    Below 400 a changing request commits, everything else rolls back. It happens inside ``dispatch_request``, so that a
    fault at commit becomes its proper page once.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer the request and settle it."""
        try:
            response = self.make_response(super().dispatch_request())
            if request.method in ("GET", "HEAD", "OPTIONS") or response.status_code >= 400:
                db.session.rollback()
            else:
                db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        return response


@contextmanager
def settling() -> Iterator[None]:
    """Settle acts outside a request: one transaction for a command or a job; an error undoes all of it.

    Within another one it settles nothing of its own: the outer one keeps all or nothing.
    """
    session = db.session()
    if session.info.get("settling"):
        yield
        return
    session.info["settling"] = True
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        session.info.pop("settling", None)


def begin_write() -> None:
    """End the read and take the write lock; from here to the commit nobody else writes.

    Everything read before is read afresh, but for what is `watched` and has not changed meanwhile. Does nothing when
    this transaction writes already.
    On SQLite a file lock comes first (fair between processes), then ``BEGIN IMMEDIATE``.
    """
    session = db.session()
    if session.info.get("writing"):
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed before the verb asked the policy")
    watched: _Watched | None = session.info.get("watched")
    if watched is None:
        session.rollback()
    else:
        _end_read(session, watched.rows)
    _take_lock(session, db.engine)
    if watched is not None and not watched.is_same(session):
        session.expire_all()


@dataclass(frozen=True)
class _Watched:
    rows: tuple[Base, ...]
    before: tuple[Any, ...]
    now: sa.Select[Any]
    given: dict[str, Any]

    def is_same(self, session: Session) -> bool:
        found = session.connection().execute(self.now, self.given).one_or_none()
        return found is not None and tuple(found) == self.before


def watch(*rows: Base, now: sa.Select[Any], **given: Any) -> None:
    """Rows that the verb will need again under the write lock: one look there tells whether they are still the same.

    For the door that everybody comes through in the last hour, where reading them anew would hold up all the others.

    Args:
        rows: as they were just read, of one table each.
        now: the columns of them that may matter to the act; gives one row, or none where one of them is gone.
        **given: its parameters.
    """
    by_table = {row.__tablename__: sa.inspect(row).dict for row in rows}
    before = tuple(by_table[column.table.name][str(column.key)] for column in now.selected_columns)
    db.session().info["watched"] = _Watched(rows, before, now, given)


def _end_read(session: Session, rows: tuple[Base, ...]) -> None:
    """End the transaction that only read, and forget all but these rows."""
    for row in set(session.identity_map.values()) - set(rows):
        session.expire(row)
    session.expire_on_commit = False
    try:
        session.commit()
    finally:
        session.expire_on_commit = True


@contextmanager
def apart() -> Iterator[Session]:
    """A short write transaction of its own, kept whatever becomes of the request or job around it.

    For what must be known even when an act is refused, also on a GET: sign-in failures, who read what, budgets.

    Raises:
        RuntimeError: the act around it holds the write lock already, so that this would wait for itself for ever.
    """
    if has_app_context() and db.session().info.get("writing"):
        raise RuntimeError("a transaction apart must end before the verb takes the write lock")
    with Session(db.engine, expire_on_commit=False) as session:
        _take_lock(session, db.engine)
        yield session
        session.commit()


Read = TypeVar("Read")


def once(key: str, read: Callable[[], Read]) -> Read:
    """What is asked for many times in a request or job and read once: kept to the end of the transaction."""
    session = db.session()
    kept = session.info.setdefault("kept", {})
    if key not in kept:
        with session.no_autoflush:
            kept[key] = read()
    return kept[key]


def forget(key: str) -> None:
    """Read it afresh the next time, since this transaction has changed it."""
    db.session().info.get("kept", {}).pop(key, None)


def _take_lock(session: Session, engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        session.info["lock"] = _file_lock(engine)
    session.info["writing"] = True
    try:
        session.connection(execution_options={"medspil_write": True})
    except BaseException:
        session.rollback()
        _let_go(session)
        raise


def _file_lock(engine: sa.Engine) -> IO[bytes] | None:
    path = engine.url.database
    if not path or path == ":memory:":
        return None
    handle = open(f"{path}.lock", "ab")  # noqa: SIM115 - held until the transaction ends
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _let_go(session: Session) -> None:
    session.info.pop("writing", None)
    if (handle := session.info.pop("lock", None)) is not None:
        handle.close()


@event.listens_for(Session, "after_transaction_end")
def _release(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("kept", None)
        session.info.pop("watched", None)
        _let_go(session)


# -- engines ----------------------------------------------------------------------------------------------------------


#: Pages of the write-ahead log (33 MB) before they are carried over into the database. With SQLite's own 1,000 every
#: 25th citizen of a rush waits for it, and the same pages are carried again and again.
_CHECKPOINT = 8000


def prepare_engine(engine: sa.Engine) -> None:
    """Hold an engine to our terms: durable, with foreign keys, and with our own BEGIN on SQLite."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={_synchronous()}",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "recursive_triggers=ON",
            f"wal_autocheckpoint={_CHECKPOINT}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("medspil_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _synchronous() -> str:
    """FULL, because a receipt is a promise; tests that never lose power may say OFF."""
    return "OFF" if os.environ.get("MEDSPIL_TEST_UNSAFE_SQLITE") == "1" else "FULL"


def init_app(app: Flask) -> None:
    """Open the app's database."""
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)


def dialect() -> str:
    """``sqlite`` or ``postgresql``."""
    return db.engine.dialect.name


def insert(model: type[Base]) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` on both databases."""
    return (postgresql.insert if dialect() == "postgresql" else sqlite.insert)(model)


def put(model: type[Found], **values: Any) -> Found:
    """Insert a new row at once by one plain INSERT, and hand it to the session as a stored one.

    For what each sending writes while everybody else waits for the write lock: the unit of work would sort and compare
    much more than that needs. Columns alone are given, ids as ids; the column's default stands for what is left out.
    """
    found = put_unless(model, None, **values)
    assert found is not None
    return found


def put_unless(model: type[Found], unique: str | None, **values: Any) -> Found | None:
    """The same, unless there is a row already with the same value in this unique column; nothing then."""
    whole = _inserted(model, unique, values)
    if whole is None:
        return None
    row = cast(Found, sa.inspect(model).class_manager.new_instance())
    sa.inspect(row).dict.update(whole)
    make_transient_to_detached(row)
    db.session.add(row)
    return row


def put_row(model: type[Base], **values: Any) -> Any:
    """The same, and only its key back: for rows that nobody looks at again in this act."""
    whole = _inserted(model, None, values)
    assert whole is not None
    return whole[next(iter(_plain_insert(model, None, dialect())[1]))]


def _inserted(model: type[Base], unique: str | None, values: dict[str, Any]) -> dict[str, Any] | None:
    session = db.session()
    if session.new or session.dirty:
        session.flush()
    connection = session.connection()
    insert_, columns = _plain_insert(model, unique, connection.dialect.name)
    if unknown := values.keys() - columns.keys():
        raise TypeError(f"{model.__tablename__} has no column {', '.join(sorted(unknown))}")
    whole = {name: values[name] if name in values else _default(column) for name, column in columns.items()}
    key = next(iter(columns))
    if whole[key] is None:
        del whole[key]
    written = connection.execute(insert_, whole)
    made = written.inserted_primary_key or () if unique is None else written.first()
    if not made:
        return None
    whole[key] = made[0]
    return whole


@cache
def _plain_insert(model: type[Base], unique: str | None, on: str) -> tuple[sa.Insert, dict[str, sa.Column[Any]]]:
    """The INSERT of a model, built once, and its columns by name, the primary key first."""
    table = model.metadata.tables[model.__tablename__]
    (key,) = table.primary_key.columns
    columns = {column.key: column for column in (key, *table.columns)}
    if unique is None:
        return table.insert(), columns
    insert_ = (postgresql.insert if on == "postgresql" else sqlite.insert)(table)
    return insert_.on_conflict_do_nothing(index_elements=[unique]).returning(key), columns


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg  # type: ignore[attr-defined]


def get_or_404(model: type[Found], key: int) -> Found:
    """The row with this id.

    Raises:
        NotFound: there is none.
    """
    from werkzeug.exceptions import NotFound

    if (found := db.session.get(model, key)) is None:
        raise NotFound
    return found


def server_key() -> bytes:
    """The key that codes and tokens are derived from; backed up with the data."""
    return str(current_app.config["SECRET_KEY"]).encode()
