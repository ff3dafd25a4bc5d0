"""Runs the revisions on the app's own connection."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from participation.foundation.db import Base, UtcDateTime, db


def run() -> None:
    """Run in one transaction per revision; SQLite alters by batch."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with db.engine.connect() as connection:
        _migrate(connection)


def _rendered(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """How our own types stand in a revision: a moment by its name, an enum as the word that it is kept as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        context.imports.add("from participation.foundation.db import UtcDateTime")
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_rendered,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
