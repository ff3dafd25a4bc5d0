"""S8: who sends one byte at a time takes no thread from anybody else (T19)."""

import contextlib
import io
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from participation.contributions.model import Contribution
from participation.foundation import forms
from participation.foundation.db import SettledFlask, db
from participation.foundation.serving import AHEAD
from participation.projects.model import Round
from tests.law.conftest import Figure
from tests.law.test_l2_in_flight import serving

THREADS = 2
#: Longer than any page takes, shorter than a slow sender is waited for.
ANSWERED = 25


@contextlib.contextmanager
def slow(port: int, many: int, beginning: bytes) -> Iterator[list[socket.socket]]:
    """So many senders that have said this much and go on thinking."""
    with contextlib.ExitStack() as all_:
        sockets = [all_.enter_context(socket.create_connection(("127.0.0.1", port), ANSWERED)) for _ in range(many)]
        for one in sockets:
            one.sendall(beginning)
        time.sleep(0.5)
        yield sockets


def head(path: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def page(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWERED)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


BEGINNINGS = {
    "one byte of the first line": b"G",
    "a head without end": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ",
    "a form that does not come": head("/", 4000) + b"words=",
    "a file that does not come": head("/", 15_000_000) + b"x" * AHEAD,
    "chunks without end": b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwords",
}


def test_slow_senders_hold_up_nobody(app: SettledFlask, hearing: Round, tmp_path: Path, figure: Figure) -> None:
    """T19: a hundred senders who never finish, and every page is answered as before."""
    db.session.rollback()
    wrong, cases = [], 0
    with serving(app, tmp_path, THREADS) as (port, _clock), contextlib.ExitStack() as held:
        for name, beginning in BEGINNINGS.items():
            senders = held.enter_context(slow(port, 20, beginning))
            for one in senders[:3]:
                one.sendall(b"x")
                cases += 1
                if (status := page(port)) != 200:
                    wrong.append(f"{name}: {status}")
    assert figure("pages beside slow senders", wrong, cases) == []


def test_slow_words_are_kept_when_they_are_all_there(app: SettledFlask, hearing: Round, tmp_path: Path) -> None:
    """RE-33: somebody on a bad connection sends in five pieces, and gets the receipt."""
    key = forms.fresh_key(f"write:{hearing.id}")
    body = urlencode({"key": key, "words": "Vi savner en bænk ved søen. " * 60, "capacity": "citizen"}).encode()
    path, said = f"/projekter/{hearing.project.slug}/svar", b""
    db.session.rollback()
    with serving(app, tmp_path, THREADS) as (port, _clock), slow(port, 1, head(path, len(body))) as (sender,):
        fifth = len(body) // 5 + 1
        for start in range(0, len(body), fifth):
            sender.sendall(body[start : start + fifth])
            time.sleep(0.2)
        while b"\r\n\r\n" not in said:
            said += sender.recv(4096)
    assert said.startswith(b"HTTP/1.1 303")
    db.session.rollback()
    assert db.session.query(Contribution).count() == 1


def test_who_goes_away_half_way_leaves_nothing_behind(app: SettledFlask, hearing: Round, tmp_path: Path) -> None:
    """RE-33: a lost connection is let go of at once, and a letter that broke off is not kept as if it ended there."""
    path = f"/projekter/{hearing.project.slug}/svar"
    db.session.rollback()
    with serving(app, tmp_path, THREADS) as (port, _clock):
        with slow(port, 20, head(path, 4000) + b"words=Vi"):
            pass
        assert page(port) == 200
    db.session.rollback()
    assert db.session.query(Contribution).count() == 0


@pytest.mark.parametrize("said", [b"words=Vi", b"words=" + b"V" * 60_000])
def test_half_a_letter_is_never_taken_for_a_whole_one(app: SettledFlask, hearing: Round, said: bytes) -> None:
    """RE-33: also behind a server that says that what it hands over ends by itself."""
    answer = app.test_client().post(
        f"/projekter/{hearing.project.slug}/svar",
        input_stream=io.BytesIO(said),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(len(said) + 1), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 400
    db.session.rollback()
    assert db.session.query(Contribution).count() == 0
