"""What somebody with the database in hand can do behind the application's back."""

import sqlalchemy as sa

from participation.foundation.db import db


def behind_our_back(*statements: str) -> None:
    """Change rows; the triggers that keep a table immutable are theirs to set aside."""
    db.session.rollback()
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "sqlite":
            for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
