"""Counts the queries that a page asks, so that a test can say that it asks no more with sixty rows than with one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from participation.foundation.db import db

#: What belongs to a transaction and not to a page.
_FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, in order; ``len()`` of it is their number.

    The session is empty meanwhile, so that nothing is answered from what the test itself has read.
    """
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(_FRAME):
            asked.append(statement)

    own = list(db.session)
    db.session.expunge_all()
    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
        db.session.expunge_all()
        db.session.add_all(own)
