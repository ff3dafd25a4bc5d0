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
from participation.projects.model import Round
from participation.rules.phases import Arrival
from tests.law.conftest import Figure

SECOND = timedelta(seconds=1)


@contextmanager
def serving(app: SettledFlask, tmp_path: Path) -> Iterator[tuple[int, Path]]:
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
    line = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}"]
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
        clock.write_text(str(ahead), encoding="ascii")

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


pytestmark = pytest.mark.usefixtures("app")
