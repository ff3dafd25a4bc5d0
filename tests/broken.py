"""A database that fails when somebody sends."""

from typing import Any

from sqlalchemy import event

from participation.foundation.db import SettledFlask, db


def failing(app: SettledFlask, error: Exception) -> Any:
    """Let the next INSERT of a contribution fail as a database does."""

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO contribution"):
            raise error

    event.listen(db.engine, "before_cursor_execute", fail)
    return lambda: event.remove(db.engine, "before_cursor_execute", fail)
