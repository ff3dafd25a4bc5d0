"""A real installation in a folder of its own: the production server and the worker, which may be killed at any time."""

import contextlib
import ctypes
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[2]
SLUG = "havnen"
PASSWORD = secrets.token_hex(12)
EMAIL = "planner@rush.example"


class NotUp(Exception):
    """The server did not come up; the message is the end of its log."""


def die_with_parent() -> None:
    """In the child: end when the bench ends, even when the bench is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                if int(Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    found.append(int(name))
    return found


class House:
    """An installation on loopback.

    Args:
        folder: everything of it lies here; a folder of our own.
        url: of the database; SQLite in the folder when None.
        workers: web processes.
        watched: a command that the server is started under, such as strace.
        **settings: environment of the server, such as ``MEDSPIL_FILES``.
    """

    def __init__(
        self,
        folder: Path,
        url: str | None = None,
        *,
        workers: int = 4,
        threads: int = 8,
        watched: tuple[str, ...] = (),
        log: Path | None = None,
        **settings: str,
    ) -> None:
        self.folder, self.workers, self.threads, self.watched = folder, workers, threads, watched
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url or f"sqlite:///{folder / 'medspil.sqlite3'}"
        self.log = log or folder / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.settings = {
            "MEDSPIL_INSTANCE": str(folder / "instance"),
            "MEDSPIL_DATABASE_URL": self.url,
            "MEDSPIL_FILES": str(folder / "files"),
            "MEDSPIL_BASE_URL": f"http://127.0.0.1:{self.port}",
            "MEDSPIL_SECRET_KEY": secrets.token_hex(32),
            "MEDSPIL_LOG_JSON": "1",
            **settings,
        }
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("MEDSPIL_")}
        self.environment |= self.settings | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.server: subprocess.Popen[bytes] | None = None
        self.queue: subprocess.Popen[bytes] | None = None
        self.round_id = 0

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL."""
        return self.url.startswith("postgresql")

    # -- starting and ending ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server the way the product is started, and the worker; return when the front page answers."""
        self.launch()
        self.wait_until_up()

    def launch(self, *, queue: bool = True) -> None:
        """Start both, or the server alone; from the main thread, since they end when the thread that made them ends."""
        serve = ("serve", "--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers))
        self.server = self._run(*self.watched, *self._medspil(*serve, "--threads", str(self.threads)))
        if queue:
            self.start_queue()

    def wait_until_up(self) -> None:
        """Wait until the front page answers.

        Raises:
            NotUp: it ended by itself, or takes longer than 90 seconds.
        """
        until = time.monotonic() + 90
        while not self.answers():
            if self.server is None or self.server.poll() is not None or time.monotonic() > until:
                raise NotUp(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def start_queue(self) -> None:
        """Start the worker of the queue."""
        self.queue = self._run(*self._medspil("worker"))

    def stop(self) -> None:
        """End both, kindly first."""
        for process in (self.server, self.queue):
            if process is not None and process.poll() is None:
                watched = self.watched and process is self.server
                for pid in children(process.pid) if watched else [process.pid]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
        for process in (self.server, self.queue):
            if process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
        self.kill_everything()

    def kill_everything(self) -> None:
        """SIGKILL to the server, all its workers and the queue's worker at once; nobody closes anything."""
        for process in (self.server, self.queue):
            if process is not None and process.poll() is None:
                for pid in (
                    process.pid,
                    *(grand for child in children(process.pid) for grand in children(child)),
                    *children(process.pid),
                ):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                process.wait()
        self.server = self.queue = None

    def kill_worker(self, dice: random.Random) -> bool:
        """SIGKILL to one web worker; the others go on and the server starts a new one."""
        pids = self.web_workers()
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(dice.choice(pids), signal.SIGKILL)
        return True

    def kill_queue(self) -> None:
        """SIGKILL to the queue's worker; another one takes over."""
        if self.queue is not None:
            self.queue.kill()
            self.queue.wait()
        self.start_queue()

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        return children(self.server.pid) if self.server is not None else []

    def answers(self) -> bool:
        """Whether the front page answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _medspil(self, *arguments: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "participation.cli", *arguments)

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip

    # -- inside -------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def inside(self) -> Iterator[Any]:
        """The app itself in this process, for setting up and for looking behind the pages."""
        from participation.app import create_app
        from participation.foundation.db import db

        app = create_app({name.removeprefix("MEDSPIL_"): value for name, value in self.settings.items()}
                         | {"LOG_JSON": False})  # fmt: skip
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def furnish(self) -> None:
        """Make the database, a department, a planner and an open hearing."""
        with self.inside():
            from participation.foundation import schema

            schema.upgrade()
            self.round_id = _hearing()

    def fresh_key(self) -> str:
        """The signed key of a form, as if it had been opened a while ago."""
        from itsdangerous import URLSafeTimedSerializer

        signer = URLSafeTimedSerializer(self.settings["MEDSPIL_SECRET_KEY"], salt="citizen form")
        return str(signer.dumps([f"write:{self.round_id}", secrets.token_hex(16)]))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What stands in the raw database, read past the product."""
        if self.on_postgresql:
            with psycopg.connect(plain(self.url), autocommit=True) as connection:
                answer = connection.execute(statement)  # type: ignore[call-overload]
                return answer.fetchall() if answer.description else []
        import sqlite3

        with contextlib.closing(sqlite3.connect(make_url(self.url).database or "")) as connection:
            return connection.execute(statement).fetchall()


def plain(url: str) -> str:
    """An address as libpq writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _hearing() -> int:
    from participation.foundation.db import db, settling
    from participation.people import passwords
    from participation.people.model import Department, Membership, Person
    from participation.projects.model import Project, Round
    from participation.rules.kinds import ApprovalRule, CaseType, Role, RoundKind
    from participation.rules.levels import Level

    now = datetime.now(UTC)
    with settling():
        department = Department(name="Havn og By", approval=ApprovalRule.NONE, contact_name="Asta Lind")
        db.session.add(department)
        db.session.flush()
        planner = Person(name="Pia Planlægger", email=EMAIL, created_at=now)
        planner.password_hash = passwords.hash_password(PASSWORD)
        planner.memberships = [Membership(role=Role.PLANNER, department_id=department.id)]
        round_ = Round(
            kind=RoundKind.HEARING, level=Level.HEARING, announced_at=now, opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=30),
        )  # fmt: skip
        project = Project(
            slug=SLUG, title="Havnens nye molo", case_type=CaseType.TRAFFIC, level=Level.HEARING,
            department_id=department.id, decided_by="byrådet", created_at=now, announced_at=now, rounds=[round_],
        )  # fmt: skip
        db.session.add_all([planner, project])
    return round_.id
