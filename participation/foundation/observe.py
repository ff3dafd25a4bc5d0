"""What the machine room may know: one structured line per request and per job, without personal data.

A field is written only when its name is on the list, and every value loses what looks like a CPR number, an e-mail
address or a secret. Bodies, query strings and paths are never written: a path may carry a token.
"""

import contextlib
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.types import EventDict, Processor

from participation.foundation.personal import cpr_numbers

#: The only fields that reach the log file. An id is a number of ours; ``reference`` is what an error page shows.
FIELDS = frozenset(
    {
        *("event", "level", "logger", "timestamp", "request_id", "reference"),
        *("method", "endpoint", "status", "ms"),
        *("job", "job_id", "tries", "wait_s", "letter_id", "kind", "reply", "count", "act", "actor", "subject"),
        *("fault", "frames", "version", "seconds", "dialect", "address", "port", "pid"),
    }
)

_PERSONAL = (
    (re.compile(r"(?<![^\s@<>\"'(),:;])[^\s@<>\"'(),:;]+@[^\s@<>\"'(),:;]+"), "[e-mail]"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w-])"), "[secret]"),
    (re.compile(r"(?<![\w-])(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}(?![\w-])"), "[code]"),
)
_LONGEST = 300


def logger(name: str) -> Any:
    """A logger for a module: ``logger(__name__).info("sealed", count=3)``."""
    return structlog.stdlib.get_logger(name)


def redact(words: str) -> str:
    """The words without what looks like a CPR number, an e-mail address, a token or a tracking code; one line."""
    for found in reversed(cpr_numbers(words)):
        words = f"{words[: found.start]}[cpr]{words[found.end :]}"
    for pattern, instead in _PERSONAL:
        words = pattern.sub(instead, words)
    return " ".join(words.split())[:_LONGEST]


def plain_error(fault: BaseException) -> str:
    """An error in a line that may be kept: its class and its redacted message."""
    return f"{type(fault).__name__}: {redact(str(fault))}".removesuffix(": ")


def init_app(app: Flask) -> None:
    """Give every request an id and one line when it is answered, and hold all loggers to the list."""
    configure(as_json=bool(app.config.get("LOG_JSON")))
    lines = logger("medspil.request")

    @app.before_request
    def begin() -> None:
        g.request_id, g.begun = secrets.token_hex(8), time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
            took = round((time.perf_counter() - g.begun) * 1000, 1)
            method, endpoint = request.method, request.endpoint or "-"
            lines.info("request", method=method, endpoint=endpoint, status=response.status_code, ms=took)
        return response


def configure(*, as_json: bool, stream: Any = None) -> None:
    """Set up the log of this process: JSON lines in production; on a console readable ones, from warnings up.

    Calling it again replaces what was set up before.
    """
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    # The faults are told first and the list is held to last, so that nothing slips in after it.
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before, processors=[_with_frames, _listed, last], keep_exc_info=False
    )
    handler = _Handler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if as_json else logging.WARNING)
    for noisy in ("werkzeug", "sqlalchemy", "alembic", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class _Handler(logging.Handler):
    """Ours, so that it can be found again; writes to the error stream of the moment."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; when that fails, say where it was lost, but not what stood in it."""
        try:
            print(self.format(record), file=self._stream or sys.stderr, flush=True)
        except Exception:
            with contextlib.suppress(OSError):  # a full disk under the log must not keep a citizen's words out
                print(f"a log line of {record.name}:{record.lineno} could not be written", file=sys.stderr)


def _with_request(_: Any, __: str, event: EventDict) -> EventDict:
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


def _with_frames(_: Any, __: str, event: EventDict) -> EventDict:
    """An error as its class and the places it passed: its message may hold a citizen's words."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["fault"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["frames"] = [f"{'/'.join(one.filename.split('/')[-2:])}:{one.lineno} {one.name}" for one in frames]
    return event


def _listed(_: Any, __: str, event: EventDict) -> MutableMapping[str, Any]:
    return {name: _redacted(value) for name, value in event.items() if name in FIELDS}


def _redacted(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_redacted(one) for one in value]
    return redact(str(value))
