"""How gunicorn serves the pages: ``-c python:participation.foundation.serving``.

It gives each process its pulse, and stamps each request when its first byte is there, also when no thread is free.
"""

import selectors
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, TConn, ThreadWorker

from participation.foundation import clock, pulse

#: Seconds in which a new connection must say something.
SILENT = DEFAULT_WORKER_DATA_TIMEOUT


class Worker(ThreadWorker):
    """Threads, and a loop that notes when a request begins to come in.

    Gunicorn hands a new connection to a thread at once. When all threads are busy it lies in a queue, and whoever sent
    before midnight would be stamped after it. Here the loop, which is never busy with a page, waits for the first byte
    and notes the time (L2). It is that of the request, not of the connection: a connection may be opened early and
    kept alive long. It comes from our clock alone and reaches the pages by `clock.accepted`, not by a header.
    """

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
        conn.timeout = time.monotonic() + SILENT
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def enqueue_req(self, conn: Any) -> None:
        """A request begins to come in: note when, before it waits for a thread."""
        conn.accepted_at = clock.now()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer one request, in a thread that knows when it began to come in."""
        token = clock.accepted.set(conn.accepted_at)
        try:
            return super().handle(conn)
        finally:
            clock.accepted.reset(token)


worker_class = f"{__name__}.{Worker.__name__}"


def post_worker_init(worker: Any) -> None:
    """A process is ready to answer: it begins to beat."""
    pulse.keep_beating(worker.wsgi)
