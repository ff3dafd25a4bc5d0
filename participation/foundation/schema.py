"""The database's shape: brought to the newest revision by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from participation.foundation.db import db

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config() -> AlembicConfig:
    """Alembic's settings; the address comes from the app's engine."""
    found = AlembicConfig()
    found.set_main_option("script_location", str(FOLDER))
    return found


def upgrade(revision: str = "head") -> None:
    """Bring the app's database to a revision; one that is there already is left alone."""
    command.upgrade(alembic_config(), revision)


def downgrade(revision: str) -> None:
    """Bring the app's database back to a revision."""
    command.downgrade(alembic_config(), revision)


def is_current() -> bool:
    """Whether the database stands at the newest revision."""
    with db.engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    return now == ScriptDirectory.from_config(alembic_config()).get_current_head()
