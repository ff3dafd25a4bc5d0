"""How gunicorn serves the pages: ``-c python:participation.foundation.serving``.

It gives each process its pulse, stamps each request when its first byte is there, also when no thread is free, and
gives a thread to a request only when what it says has arrived.
"""

import re
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from participation.foundation import clock, pulse

#: Seconds in which a new connection must say something.
SILENT = DEFAULT_WORKER_DATA_TIMEOUT
#: Bytes of a request that must be here before it gets a thread: every form without files, with room to spare.
AHEAD = 48 * 1024
#: Seconds in which they must have come: a form of 20 kB at 350 bytes a second.
PATIENCE = 60.0

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d{1,12}) *\r\n", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\nexpect: *100-continue *\r\n", re.IGNORECASE)


class Worker(ThreadWorker):
    """Threads, and a loop that notes when a request begins to come in and waits for the rest of it.

    Gunicorn hands a new connection to a thread at once. When all threads are busy it lies in a queue, and whoever sent
    before midnight would be stamped after it; and whoever sends one byte a second keeps a thread from everybody else
    (T19). Here the loop, which is never busy with a page, waits for the first byte and notes the time (L2), then for
    the whole request, which lies in the kernel meanwhile. What is larger, a file, is read by a thread as it comes, but
    never in more than half of them at once. The time is that of the request, not of the connection: a connection may be
    opened early and kept alive long. It comes from our clock alone and reaches the pages by `clock.accepted`, not by a
    header.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.large = 0
        self.large_waiting: deque[TConn] = deque()
        self.pending_conns: deque[TConn] = deque()

    def accept(self, listener: Any) -> None:
        """Take in a new connection, and let the loop wait for its first byte."""
        try:
            sock, address = listener.accept()
        except OSError as fault:
            if not isinstance(fault, BlockingIOError | ConnectionAbortedError):
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, sock, address, listener.getsockname())
        self._wait(conn, SILENT)

    def enqueue_req(self, conn: Any) -> None:
        """A request begins to come in: note when, before it waits for its own end or for a thread."""
        conn.accepted_at, conn.is_large, conn.until = clock.now(), False, time.monotonic() + PATIENCE
        self._gather(conn)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Something came: the first byte, or as many as were waited for."""
        if not hasattr(conn, "expected"):
            super().on_pending_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        expected = conn.expected
        del conn.expected
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self._gather(conn, stopped_before=expected)

    def _gather(self, conn: Any, stopped_before: int = 0) -> None:
        if conn.parser is not None and conn.parser.unreader.buf.getvalue():
            self._begin(conn)  # a thread has read a part of it already, behind the request before
            return
        here = _here(conn)
        expected = _expected(here)
        if stopped_before <= len(here) < min(expected, AHEAD):
            conn.expected = min(expected, AHEAD)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, conn.expected)
            self._wait(conn, conn.until - time.monotonic())
            return
        if len(here) < min(expected, AHEAD):
            self.nr_conns -= 1  # the sender is gone half-way
            conn.close()
            return
        conn.is_large = expected > AHEAD
        if conn.is_large and self.large >= max(1, self.cfg.threads // 2):
            self.large_waiting.append(conn)
            return
        self._begin(conn)

    def _wait(self, conn: Any, seconds: float) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + seconds
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _begin(self, conn: Any) -> None:
        self.large += conn.is_large
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """It is answered: the next large one may have the thread."""
        self.large -= conn.is_large
        conn.is_large = False
        super().finish_request(conn, fs)
        while self.large_waiting and self.large < max(1, self.cfg.threads // 2):
            self._begin(self.large_waiting.popleft())

    def murder_pending(self) -> None:
        """Close what has been waited for in vain, whichever of the two waits it was."""
        self.pending_conns = deque(sorted(self.pending_conns, key=lambda conn: conn.timeout))
        super().murder_pending()

    def handle(self, conn: Any) -> Any:
        """Answer one request, in a thread that knows when it began to come in."""
        token = clock.accepted.set(conn.accepted_at)
        try:
            return super().handle(conn)
        finally:
            clock.accepted.reset(token)


def _here(conn: Any) -> bytes:
    """What has arrived of a request so far, left where it is; at most what is waited for."""
    try:
        return conn.sock.recv(AHEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def _expected(here: bytes) -> int:
    """Bytes that a request which begins like this takes, as far as one can tell.

    What asks before it sends its body, and what does not begin like a request, is whole: a thread answers it.
    """
    head, end, _ = here.partition(b"\r\n\r\n")
    if not end:
        return len(here) + 1 if here else 0
    head += b"\r\n"
    if _ASKS_FIRST.search(head):
        return AHEAD + 1
    if length := _LENGTH.search(head):
        return len(head) + 2 + int(length[1])
    return len(here) + 1 if b"\r\ntransfer-encoding:" in head.lower() and not here.endswith(b"0\r\n\r\n") else len(here)


worker_class = f"{__name__}.{Worker.__name__}"


def post_worker_init(worker: Any) -> None:
    """A process is ready to answer: it begins to beat."""
    pulse.keep_beating(worker.wsgi)
