"""How gunicorn serves the pages: ``-c python:participation.foundation.serving`` gives each process its pulse."""

from typing import Any

from participation.foundation import pulse


def post_worker_init(worker: Any) -> None:
    """A process is ready to answer: it begins to beat."""
    pulse.keep_beating(worker.wsgi)
