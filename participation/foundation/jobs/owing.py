"""Owing work: which kinds of work there are, and the row that says a piece of it is owed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from participation.foundation.db import apart, db, insert, put
from participation.foundation.model import Job

Arguments = dict[str, Any]
#: Tells how far the work is: a share from 0 to 1, and a few words for the page.
Report = Callable[[float, str], None]
Handler = Callable[[Arguments, Report, datetime], None]
#: Told in one transaction with the burial of a job: its arguments, why, and when.
Mourner = Callable[[Arguments, str, datetime], None]

#: Tries of a job that has no time limit of its own.
TRIES = 20


class GiveUp(Exception):
    """Trying again cannot help. The job is buried at once, and whoever owed it is told."""


class TryAgain(Exception):
    """It did not work this time, for a reason that is expected and may pass, such as a mail server that is down."""


class Later(Exception):
    """It is not this job's turn yet; trying again after the wait costs no try."""

    def __init__(self, wait: timedelta):
        super().__init__(f"not before {wait} has passed")
        self.wait = wait


class Kind(NamedTuple):
    """What does the work owed under a name."""

    handler: Handler
    heavy: bool
    dead: Mourner | None


#: All kinds of work, by name; a worker leaves alone what it does not know.
kinds: dict[str, Kind] = {}
#: How often periodic work is owed, by name.
periods: dict[str, timedelta] = {}


def job(name: str, *, heavy: bool = False, dead: Mourner | None = None) -> Callable[[Handler], Handler]:
    """Register what does the work owed under a name.

    The handler runs in an app context with a session of its own. What it leaves uncommitted is committed together with
    "done", so work in the database alone is done exactly once; long work settles itself, chunk by chunk.

    Args:
        heavy: takes long (themes, reports, imports), so it must not stand in the way of letters.
        dead: told when the job is given up.
    """

    def register(handler: Handler) -> Handler:
        known = kinds.get(name)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"two handlers for the job {name!r}")
        kinds[name] = Kind(handler, heavy, dead)
        return handler

    return register


def periodic(name: str, *, every: timedelta, heavy: bool = False) -> Callable[[Handler], Handler]:
    """Register work that is owed again and again: one row per slot of time, however many workers there are."""
    periods[name] = every
    return job(name, heavy=heavy)


def owe(
    name: str,
    arguments: Arguments,
    *,
    at: datetime,
    run_at: datetime | None = None,
    dedupe: str | None = None,
    give_up_after: timedelta | None = None,
) -> Job:
    """Owe a piece of work, in the transaction of the act that owes it.

    Args:
        arguments: ids and plain facts, as JSON can hold them; nothing personal.
        run_at: not before this; at once by default.
        dedupe: at most one job with this key is ever owed; an earlier one is returned.
        give_up_after: keep trying so long, with one last try at the end; else 20 tries.
    """
    values: dict[str, Any] = {
        "name": name,
        "arguments": arguments,
        "run_at": run_at or at,
        "made_at": at,
        "dedupe": dedupe,
        "give_up_at": at + give_up_after if give_up_after is not None else None,
        "max_tries": TRIES if give_up_after is None else TRIES * 50,
    }
    if dedupe is None:
        return put(Job, **values)
    db.session.execute(insert(Job).values(**values).on_conflict_do_nothing(index_elements=["dedupe"]))
    return db.session.scalars(sa.select(Job).where(Job.dedupe == dedupe)).one()


def owe_many(name: str, many: Sequence[Arguments], *, at: datetime, give_up_after: timedelta) -> None:
    """Owe many pieces of the same work, in one statement."""
    shared = {
        "name": name,
        "run_at": at,
        "made_at": at,
        "give_up_at": at + give_up_after,
        "max_tries": TRIES * 50,
    }
    if many:
        db.session.execute(sa.insert(Job), [shared | {"arguments": arguments} for arguments in many])


def owe_periodic(now: datetime) -> None:
    """Owe the periodic work whose slot has begun; a slot that somebody has owed already is left alone."""
    slots = {name: _slot(every, now) for name, every in periods.items()}
    keys = {f"{name}@{slot.isoformat()}": (name, slot) for name, slot in slots.items()}
    with db.engine.connect() as connection:
        known = set(connection.scalars(sa.select(Job.dedupe).where(Job.dedupe.in_(keys))))
    rows = [
        {"name": name, "arguments": {}, "run_at": slot, "made_at": now, "dedupe": key}
        for key, (name, slot) in keys.items()
        if key not in known
    ]
    if rows:
        with apart() as session:
            session.execute(insert(Job).values(rows).on_conflict_do_nothing(index_elements=["dedupe"]))


def _slot(every: timedelta, now: datetime) -> datetime:
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    return epoch + (now - epoch) // every * every
