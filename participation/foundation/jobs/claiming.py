"""Claiming work: a job belongs to one worker while its lease lasts, and only that worker's token can finish it."""

from datetime import datetime, timedelta
from random import uniform
from secrets import token_hex
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from participation.foundation import observe
from participation.foundation.db import apart, begin_write, db
from participation.foundation.jobs.owing import Arguments, kinds
from participation.foundation.model import Job

#: How long a claimed job is its worker's unless renewed; the setting JOB_LEASE, in seconds, wins.
LEASE = 60.0
#: The wait before the second try; it doubles with each try, up to the longest, give or take a fifth.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

_logger = observe.logger(__name__)


class LeaseLost(Exception):
    """Our lease ran out and the job may be another worker's now; what we did about it is undone."""


class Claim(NamedTuple):
    """A job that is ours until the lease runs out; the token proves it."""

    id: int
    name: str
    arguments: Arguments
    token: str
    tries: int
    max_tries: int
    give_up_at: datetime | None


def claim(now: datetime, *, light_only: bool = False) -> Claim | None:
    """Take the job that has been due the longest, if any; nobody else gets it while the lease lasts.

    Args:
        light_only: leave the heavy ones to somebody else.
    """
    names = [name for name, kind in kinds.items() if not (light_only and kind.heavy)]
    due = sa.select(Job.id).where(is_due(now), Job.name.in_(names)).order_by(Job.run_at, Job.id).limit(1)
    with db.engine.connect() as connection:  # looks without the write lock
        if connection.scalar(due) is None:
            return None
    taken = (
        sa.update(Job)
        .where(Job.id == due.with_for_update(skip_locked=True).scalar_subquery())
        .values(state="running", token=token_hex(16), lease_until=now + lease(), tries=Job.tries + 1)
        .returning(Job.id, Job.name, Job.arguments, Job.token, Job.tries, Job.max_tries, Job.give_up_at)
        .execution_options(synchronize_session=False)
    )
    with apart() as session:
        row = session.execute(taken).first()
    return Claim(*row) if row else None


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """A job whose time has come, or whose worker has not been heard of since its lease ran out."""
    return sa.or_(
        sa.and_(Job.state == "waiting", Job.run_at <= now),
        sa.and_(Job.state == "running", Job.lease_until < now),
    )


def lease() -> timedelta:
    """How long a claim lasts unless it is renewed."""
    return timedelta(seconds=current_app.config.get("JOB_LEASE", LEASE))


def renew(held: Claim, now: datetime, *, progress: float | None = None, words: str | None = None) -> bool:
    """Keep a job for another lease and write down how far it is; False when it is no longer ours."""
    values: dict[str, Any] = {"lease_until": now + lease()}
    if progress is not None:
        values |= {"progress": progress, "progress_words": words}
    with apart() as session:
        return session.scalar(_ours(held).values(**values)) is not None


def finish(held: Claim, now: datetime) -> None:
    """Mark a job done, in one transaction with what its handler left uncommitted.

    Raises:
        LeaseLost: the job is no longer ours; the handler's work is undone.
    """
    session = db.session()
    if not session.info.get("writing"):
        session.commit()
        begin_write()
    done = {"state": "done", "done_at": now, "progress": 1.0, "token": None, "lease_until": None, "last_error": None}
    if session.scalar(_ours(held).values(**done)) is None:
        session.rollback()
        raise LeaseLost
    session.commit()


def put_back(held: Claim, run_at: datetime) -> None:
    """Let a job wait; it costs no try."""
    waits = {"state": "waiting", "run_at": run_at, "token": None, "lease_until": None, "tries": held.tries - 1}
    with apart() as session:
        session.execute(_ours(held).values(**waits))


def fail(held: Claim, why: str, now: datetime) -> None:
    """Let a job wait for its next try, longer each time, or bury it after the last one."""
    if held.tries >= held.max_tries or (held.give_up_at is not None and now >= held.give_up_at):
        bury(held, why, now)
        return
    run_at = now + min(FIRST_WAIT * 2 ** min(held.tries - 1, 20), LONGEST_WAIT) * uniform(0.8, 1.2)  # noqa: S311
    if held.give_up_at is not None:
        run_at = min(run_at, held.give_up_at)
    waits = {"state": "waiting", "run_at": run_at, "token": None, "lease_until": None, "last_error": why}
    with apart() as session:
        session.execute(_ours(held).values(**waits))
    _logger.warning("job waits", job=held.name, job_id=held.id, tries=held.tries, wait_s=(run_at - now).seconds)


def bury(held: Claim, why: str, now: datetime) -> None:
    """Give a job up for good, and tell whoever owed it in the same transaction."""
    _logger.error("job given up", job=held.name, job_id=held.id, tries=held.tries, reply=why)
    db.session.rollback()
    begin_write()
    dead = {"state": "dead", "done_at": now, "token": None, "lease_until": None, "last_error": why}
    try:
        ours = db.session.scalar(_ours(held).values(**dead)) is not None
        if ours and (mourner := kinds[held.name].dead) is not None:
            mourner(held.arguments, why, now)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def _ours(held: Claim) -> Any:
    query = sa.update(Job).where(Job.id == held.id, Job.token == held.token, Job.state == "running")
    return query.returning(Job.id).execution_options(synchronize_session=False)
