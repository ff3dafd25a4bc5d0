"""The worker: does the work that is owed, and seals the log.

Two lanes, so that a letter never waits for a long piece of work, and a third that seals and owes what comes again. Any
number of workers may run, on any number of machines.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app, has_app_context

from participation.foundation import clock, log, observe, pulse
from participation.foundation.db import apart, db
from participation.foundation.jobs import claiming
from participation.foundation.jobs.claiming import Claim, LeaseLost
from participation.foundation.jobs.owing import (
    Arguments,
    GiveUp,
    Later,
    Report,
    TryAgain,
    kinds,
    owe_periodic,
    periodic,
)
from participation.foundation.model import Job

#: How often a lane with nothing to do looks for work; the setting JOB_POLL, in seconds, wins.
POLL = 0.5
#: How long a stopped worker waits for the work under way; what is not done then, the lease gives to the next one.
PATIENCE = 10.0
#: How long a job that was done is kept to be looked at; one that was given up stays until somebody has seen to it.
KEPT = timedelta(days=30)

_logger = observe.logger(__name__)


def work(app: Flask, *, once: bool = False, stop: threading.Event | None = None) -> None:
    """Do what is owed until stopped.

    Args:
        once: do what is due now and return.
        stop: set it to stop; the work under way is finished first, within ten seconds.
    """
    if once:
        with app.app_context():
            owe_periodic(clock.now())
        run_all(app, clock.now(), loud=False)
        return
    stop = stop or threading.Event()
    steps = {"any": _do_any, "light": _do_light, "seal": _keep_house}
    lanes = [threading.Thread(target=_lane, args=(app, stop, step), name=name) for name, step in steps.items()]
    for lane in lanes:
        lane.daemon = True
        lane.start()
    pulse.keep_beating(app, pulse.WORKER, stop)
    stop.wait()
    deadline = time.monotonic() + PATIENCE
    for lane in lanes:
        lane.join(max(0.0, deadline - time.monotonic()))


def run_all(app: Flask | None, now: datetime, *, loud: bool = True) -> int:
    """Do everything that is due at a moment, here and now, until nothing is left, then seal the log.

    For tests, for the practice municipality, and for a worker that is run once. What the caller has done so far is
    committed first, since the work is owed in that transaction.

    Args:
        app: the active app when None.
        loud: raise the first unexpected fault of a handler afterwards.

    Returns:
        How many times a job was begun.
    """
    if has_app_context():
        db.session.commit()
    if app is None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
    begun, faults = 0, list[Exception]()
    with app.app_context():
        while (held := claiming.claim(now)) is not None:
            begun += 1
            faults += _do(app, held, now)
        while log.seal(now):
            pass
    if loud and faults:
        raise faults[0]
    return begun


def do_within(now: datetime) -> int:
    """Do the light work that is due, letters aside, in the caller's own transaction and at the given moment.

    For the practice municipality, whose whole past is one transaction. Heavy work settles itself, so it is left to
    `run_all`.

    Returns:
        How many jobs were done.
    """
    light = [name for name, kind in kinds.items() if not kind.heavy and name != "letter"]
    due = sa.select(Job).where(Job.state == "waiting", Job.run_at <= now, Job.name.in_(light)).order_by(Job.id).limit(1)
    done = 0
    while (job := db.session.scalar(due)) is not None:
        kinds[job.name].handler(job.arguments, lambda share, words: None, now)
        job.state, job.done_at, job.progress = "done", now, 1.0
        db.session.flush()
        done += 1
    return done


# -- lanes ------------------------------------------------------------------------------------------------------------


def _lane(app: Flask, stop: threading.Event, step: Callable[[Flask], bool]) -> None:
    poll = app.config.get("JOB_POLL", POLL)
    while not stop.is_set():
        try:
            with app.app_context():
                wait = 0 if step(app) else poll
        except Exception as fault:  # the database may be away for a while; the work stays owed
            _logger.error("worker", exc_info=fault)
            wait = 10 * poll
        if wait:
            stop.wait(wait)


def _do_any(app: Flask) -> bool:
    return _do_next(app, light_only=False)


def _do_light(app: Flask) -> bool:
    return _do_next(app, light_only=True)


def _do_next(app: Flask, light_only: bool) -> bool:
    now = clock.now()
    if (held := claiming.claim(now, light_only=light_only)) is None:
        return False
    _do(app, held, now)
    return True


def _keep_house(app: Flask) -> bool:
    owe_periodic(clock.now())
    return log.seal(clock.now()) > 0


# -- doing ------------------------------------------------------------------------------------------------------------


def _do(app: Flask, held: Claim, now: datetime) -> list[Exception]:
    """Do one job and write down how it went; gives back an unexpected fault, if any."""
    with app.app_context(), _Heartbeat(app, held, now) as beat:
        try:
            if held.tries > held.max_tries:
                raise GiveUp("its worker died each time")
            kinds[held.name].handler(held.arguments, beat.report, now)
            claiming.finish(held, beat.now())
        except LeaseLost:
            db.session.rollback()
            _logger.warning("lease lost", job=held.name, job_id=held.id)
        except Later as later:
            db.session.rollback()
            claiming.put_back(held, beat.now() + later.wait)
        except TryAgain as again:
            db.session.rollback()
            claiming.fail(held, observe.redact(str(again)), beat.now())
        except GiveUp as end:
            db.session.rollback()
            claiming.bury(held, observe.redact(str(end)), beat.now())
        except Exception as fault:
            db.session.rollback()
            _logger.error("job failed", job=held.name, job_id=held.id, tries=held.tries, exc_info=fault)
            claiming.fail(held, observe.plain_error(fault), beat.now())
            return [fault]
    return []


class _Heartbeat:
    """Renews the lease and writes progress from a thread of its own, so that the handler's transaction is not touched.

    On SQLite it may have to wait while the handler writes; nobody else can claim the job then either.
    """

    def __init__(self, app: Flask, held: Claim, now: datetime):
        self._app, self._held, self._began_at, self._began = app, held, now, time.monotonic()
        self._over, self._lost = threading.Event(), threading.Event()
        self._progress: tuple[float, str] | None = None
        self._often = claiming.lease().total_seconds() / 4
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of job {held.id}", daemon=True)

    def now(self) -> datetime:
        """The moment the job began plus the time it has taken."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)

    def report(self, share: float, words: str) -> None:
        """What a handler calls: how far it is.

        Raises:
            LeaseLost: the job is another worker's now; stop at once.
        """
        if self._lost.is_set():
            raise LeaseLost
        self._progress = (min(max(share, 0.0), 1.0), words[:200])

    def __enter__(self) -> "_Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        told, renewed = None, time.monotonic()
        while not self._over.wait(min(1.0, self._often)):
            if self._progress is told and time.monotonic() - renewed < self._often:
                continue
            told, renewed = self._progress, time.monotonic()
            share, words = told or (None, None)
            try:
                with self._app.app_context():
                    ours = claiming.renew(self._held, self.now(), progress=share, words=words)
            except Exception as fault:  # the next beat tries again
                _logger.warning("heartbeat", job_id=self._held.id, exc_info=fault)
                continue
            if not ours and not self._over.is_set():
                self._lost.set()
                return


@periodic("jobs:forget", every=timedelta(days=1))
def _forget(arguments: Arguments, report: Report, now: datetime) -> None:
    """Let go of work that was done long ago."""
    with apart() as session:
        session.execute(sa.delete(Job).where(Job.state == "done", Job.done_at < now - KEPT))
