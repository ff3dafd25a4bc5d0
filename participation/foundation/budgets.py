"""Budgets against guessing and floods: how often somebody may try something in a window of time.

What comes from an address too often is marked or asked to wait; a citizen's words are never dropped for it. The count
is shared by all workers and kept over restarts. The key is kept as a keyed hash: no network address is stored.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from participation.foundation import jobs
from participation.foundation.db import UtcDateTime, apart, db, insert, server_key
from participation.foundation.model import Budget

#: How long a count is kept after its window began.
KEPT = timedelta(days=2)


def spend(key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Count one try; whether it is still within the budget. In a short transaction of its own, also on a GET.

    Args:
        key: purpose and whoever tries, such as ``code:192.0.2.7``.
        limit: tries in a window; the one after it is refused.
        window: windows follow one another without overlap.

    Raises:
        RuntimeError: a verb has taken the write lock already; spend first.
    """
    if is_spent(key, limit, window, now):
        return False  # without the write lock, so that a flood holds up nobody
    row = {"key": _hidden(key), "window": _begun(window, now), "count": 1}
    more = insert(Budget).values(**row)
    more = more.on_conflict_do_update(index_elements=["key", "window"], set_={"count": Budget.count + 1})
    with apart() as session:
        return (session.scalar(more.returning(Budget.count)) or 0) <= limit


def tally(keys: Sequence[str], window: timedelta, now: datetime) -> dict[str, int]:
    """Count one for each key in the act's own transaction, and say how many that makes in this window.

    Nothing is refused and no commit of its own is made: for what is marked and queued, never dropped (T1).
    """
    rows = db.session.execute(one_more(len(keys)), counting(keys, window, now))
    return counted(keys, {row[0]: row[1] for row in rows})


def counting(keys: Sequence[str], window: timedelta, now: datetime) -> dict[str, Any]:
    """What `one_more` is given, for an act that takes it along in a statement of its own."""
    return {f"key_{place}": _hidden(key) for place, key in enumerate(keys)} | {"begun": _begun(window, now)}


def counted(keys: Sequence[str], counts: Mapping[str, int]) -> dict[str, int]:
    """What came back from `one_more`, by the keys that were asked for."""
    return {key: counts[_hidden(key)] for key in keys}


@cache
def one_more(many: int) -> sa.TextClause:
    """One INSERT for several keys, written once: it is on the way of everybody who sends something."""
    rows = ", ".join(f"(:key_{place}, :begun, 1)" for place in range(many))
    return sa.text(
        f'INSERT INTO budget (key, "window", count) VALUES {rows} '  # noqa: S608 - no word of it comes from outside
        'ON CONFLICT (key, "window") DO UPDATE SET count = budget.count + 1 RETURNING key, count'
    ).bindparams(sa.bindparam("begun", type_=UtcDateTime()))


def is_spent(key: str, limit: int, window: timedelta, now: datetime) -> bool:
    """Whether the next try would be refused; counts nothing."""
    query = sa.select(Budget.count).where(Budget.key == _hidden(key), Budget.window == _begun(window, now))
    with db.engine.connect() as connection:
        return (connection.scalar(query) or 0) >= limit


def _hidden(key: str) -> str:
    purpose, _, who = key.partition(":")
    return f"{purpose[:40]}:{hmac.digest(server_key(), f'budget:{who}'.encode(), hashlib.sha256).hex()}"


def _begun(window: timedelta, now: datetime) -> datetime:
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    return epoch + (now - epoch) // window * window


@jobs.periodic("budgets:forget", every=timedelta(days=1))
def _forget(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    with apart() as session:
        session.execute(sa.delete(Budget).where(Budget.window < now - KEPT))
