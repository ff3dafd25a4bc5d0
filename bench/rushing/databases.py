"""Databases of our own: files, databases on a server that was named, and a whole throw-away PostgreSQL cluster."""

import contextlib
import os
from collections.abc import Iterator

import psycopg
from sqlalchemy import make_url

from bench.rushing.house import plain


class Databases:
    """Gives a fresh database as often as asked: SQLite without an address, else one on that server, dropped again."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._made: list[str] = []

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._made):
            self._drop(name)

    @property
    def on_postgresql(self) -> bool:
        """Whether a server was named."""
        return bool(self.server)

    @contextlib.contextmanager
    def fresh(self, what: str) -> Iterator[str | None]:
        """The address of a new database; None means a SQLite file in the house's own folder."""
        if not self.server:
            yield None
            return
        name = f"medspil_rush_{os.getpid()}_{what}"
        self._do(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        self._made.append(name)
        yield make_url(plain(self.server)).set(database=name).render_as_string(hide_password=False)
        self._drop(name)

    def _drop(self, name: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.remove(name)

    def _do(self, statement: str) -> None:
        with psycopg.connect(plain(self.server), autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)  # type: ignore[call-overload]
