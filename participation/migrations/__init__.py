"""The database's revisions: Alembic upwards and downwards, on SQLite and PostgreSQL."""
