"""L2: in flight at midnight, on a real server: what begins before midnight is in time, however slow the rest is."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.foundation.db import SettledFlask, db
from participation.foundation.serving import worker_class
from participation.projects.model import Round
from participation.rules.phases import Arrival
from tests.law.conftest import Figure

SECOND = timedelta(seconds=1)


def set_clock(clock: Path, ahead: float) -> None:
    """Say how far ahead the server's clock is: in one step, since it reads the file whenever something arrives."""
    beside = clock.with_suffix(".new")
    beside.write_text(str(ahead), encoding="ascii")
    beside.replace(clock)


@contextmanager
def serving(app: SettledFlask, tmp_path: Path, threads: int = 4) -> Iterator[tuple[int, Path]]:
    """Gunicorn on loopback; gives its port, and the file that says how far ahead its clock is."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ahead = tmp_path / "ahead"
    ahead.write_text("0", encoding="ascii")
    named = ("INSTANCE", "SECRET_KEY", "BASE_URL")
    environment = (
        os.environ
        | {f"MEDSPIL_{name}": app.config[name] for name in named}
        | {
            "MEDSPIL_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""),
            "TEST_CLOCK": str(ahead),
        }
    )
    line = [sys.executable, "-m", "gunicorn", "-k", worker_class, "-w", "1", "--threads", str(threads)]
    line += ["-b", f"127.0.0.1:{port}", "--keep-alive", "30"]
    server = subprocess.Popen([*line, "--no-control-socket", "tests.law.clocked:app()"], env=environment)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, ahead
    finally:
        server.terminate()
        server.wait(20)


def test_words_that_were_on_their_way_at_midnight_are_in_time(
    app: SettledFlask, hearing: Round, tmp_path: Path, figure: Figure
) -> None:
    """RP-40: begun 23.59.58 and ended 00.00.04 is in time; begun after midnight is late."""
    closes, slug = hearing.closes_at, hearing.project.slug
    assert closes is not None
    db.session.rollback()
    with serving(app, tmp_path) as (port, clock):

        def fresh_key() -> str:
            browser = HTTPConnection("127.0.0.1", port, timeout=60)
            browser.request("GET", f"/projekter/{slug}/svar")
            found = re.search(r'name="key"[^>]*value="([^"]+)"', browser.getresponse().read().decode())
            assert found
            return found[1]

        keys = [fresh_key(), fresh_key()]
        ahead = (closes - 4 * SECOND - datetime.now(UTC)).total_seconds()
        set_clock(clock, ahead)

        def wait_until(moment: datetime) -> None:
            time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds() - ahead))

        def send(words: str, begin: datetime, end: datetime) -> int:
            body = urlencode({"key": keys.pop(), "words": words}).encode()
            sending = HTTPConnection("127.0.0.1", port, timeout=60)
            wait_until(begin)
            sending.putrequest("POST", f"/projekter/{slug}/svar")
            sending.putheader("Content-Type", "application/x-www-form-urlencoded")
            sending.putheader("Content-Length", str(len(body)))
            sending.endheaders()
            sending.send(body[:10])
            wait_until(end)
            sending.send(body[10:])
            return sending.getresponse().status

        statuses = [send("Skrevet i sidste øjeblik.", closes - 2 * SECOND, closes + 4 * SECOND)]
        statuses.append(send("Skrevet lidt for sent.", closes + 5 * SECOND, closes + 5 * SECOND))
    kept = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).all()
    wrong = [] if [one.arrival for one in kept] == [Arrival.IN_TIME, Arrival.LATE] else [f"{statuses} {kept}"]
    wrong += [] if kept and closes - 3 * SECOND <= kept[0].received_at < closes else ["the stamp of the first"]
    figure("L2 in flight at midnight", wrong, 2)


def test_whoever_waits_for_a_thread_has_arrived_and_an_open_connection_has_not(
    app: SettledFlask, hearing: Round, tmp_path: Path, figure: Figure
) -> None:
    """RP-40: one thread, kept busy over midnight by a slow sender; the stamp is that of each request's first byte."""
    closes, path = hearing.closes_at, f"/projekter/{hearing.project.slug}/svar"
    assert closes is not None
    db.session.rollback()
    with serving(app, tmp_path, threads=1) as (port, clock):

        def open_() -> HTTPConnection:
            one = HTTPConnection("127.0.0.1", port, timeout=60)
            one.connect()
            return one

        def form(browser: HTTPConnection, words: str) -> bytes:
            browser.request("GET", path)
            found = re.search(r'name="key"[^>]*value="([^"]+)"', browser.getresponse().read().decode())
            assert found
            return urlencode({"key": found[1], "words": words}).encode()

        def head(browser: HTTPConnection, body: bytes) -> None:
            browser.putrequest("POST", path)
            browser.putheader("Content-Type", "application/x-www-form-urlencoded")
            browser.putheader("X-Medspil-Arrival", "2000-01-01")
            browser.putheader("Content-Length", str(len(body)))
            browser.endheaders()

        words = ("langsomt", "ventede", "holdt åben", "kun forbundet")
        bodies = [form(open_(), one) for one in words]
        slow, waiting, kept_open, silent = (open_() for _ in words)
        form(kept_open, "")
        ahead = (closes - 2 * SECOND - datetime.now(UTC)).total_seconds()
        set_clock(clock, ahead)
        head(slow, bodies[0])  # the only thread waits for its body
        head(waiting, bodies[1])
        waiting.send(bodies[1])
        time.sleep(max(0.0, (closes + SECOND - datetime.now(UTC)).total_seconds() - ahead))
        for late, body in ((kept_open, bodies[2]), (silent, bodies[3])):
            head(late, body)
            late.send(body)
        slow.send(bodies[0])
        statuses = [one.getresponse().status for one in (slow, waiting, kept_open, silent)]
    kept = {one.words: one for one in db.session.scalars(sa.select(Contribution))}
    expected = dict(zip(words, [Arrival.IN_TIME, Arrival.IN_TIME, Arrival.LATE, Arrival.LATE], strict=True))
    wrong = [name for name, arrival in expected.items() if name not in kept or kept[name].arrival is not arrival]
    wrong += [] if statuses == [303] * 4 else [str(statuses)]
    figure("L2 all threads busy at midnight", wrong, 4)


pytestmark = pytest.mark.usefixtures("app")
