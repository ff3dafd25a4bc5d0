"""The installation feels its own pulse: it notices when its pages were away, and when its clock goes wrong.

Each part beats every quarter of a minute. A beat that comes after a long silence means that citizens could not write,
so it is kept as an outage. A beat is held against the machine's steady clock, which nobody can set, and against the
clock of the database server: more than two seconds apart raises an alarm (RELIABILITY T12, R8).
"""

import os
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from participation.foundation import clock, observe
from participation.foundation.db import apart, db
from participation.foundation.model import ClockAlarm, Outage, Pulse

#: How often a part beats, and how long a silence is an outage.
BEAT = timedelta(seconds=15)
AWAY = timedelta(seconds=60)
#: How many seconds clocks may differ.
DRIFT = 2.0
#: The same alarm is raised once in so long.
AGAIN = timedelta(hours=1)

WEB, WORKER = "web", "worker"

_logger = observe.logger(__name__)


def beat(name: str, now: datetime, ticks: float, boot: str) -> None:
    """One beat of a part of the installation; a part with many processes beats once for all.

    Args:
        ticks: the machine's steady clock, in seconds since its start.
        boot: which start of the machine that was.
    """
    known = _read(name)
    if known is not None and known.boot == boot and 0 <= ticks - known.ticks < BEAT.total_seconds() / 2:
        return
    offset = database_offset()
    with apart() as session:
        pulse = session.get(Pulse, name)
        if pulse is None:
            session.add(Pulse(name=name, at=now, ticks=ticks, boot=boot, drift=0.0))
        else:
            silence = _hold(session, pulse, now, ticks, boot)
            if name == WEB:
                _notice(session, now - silence, now, silence)
            pulse.at, pulse.ticks, pulse.boot = now, ticks, boot
        if offset is not None and abs(offset) > DRIFT:
            raise_alarm(session, "database", offset, now)


def watch(now: datetime) -> None:
    """What the worker does beside its own beat: when the pages have gone quiet, an outage begins."""
    pulse = _read(WEB)
    if pulse is None or now - pulse.at <= AWAY or _running(db.session()) is not None:
        return
    with apart() as session:
        if _running(session) is None:
            session.add(Outage(begins_at=pulse.at, noticed=True))
            _logger.error("the pages are away")


def steady() -> tuple[float, str]:
    """The machine's steady clock in seconds, sleep counted, and which start of the machine it counts from."""
    ticks = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
    return ticks, _boot()


def database_offset() -> float | None:
    """How many seconds our clock is ahead of the database server's; nothing on SQLite, which has none of its own."""
    if db.engine.dialect.name != "postgresql":
        return None
    with db.engine.connect() as connection:
        connection.scalar(sa.text("SELECT 1"))  # the way there is warm
        before = clock.now()
        theirs = connection.scalar(sa.text("SELECT clock_timestamp()"))
        after = clock.now()
    return (before + (after - before) / 2 - theirs).total_seconds()


def alarms() -> list[ClockAlarm]:
    """Alarms of the clock that nobody has seen to, the latest first."""
    asked = sa.select(ClockAlarm).where(ClockAlarm.seen_at.is_(None)).order_by(ClockAlarm.id.desc())
    return list(db.session.scalars(asked.limit(20)))


def beats() -> list[tuple[str, datetime]]:
    """Each part that has ever beaten, and when last."""
    return [(one.name, one.at) for one in db.session.scalars(sa.select(Pulse).order_by(Pulse.name))]


def raise_alarm(session: Session, against: str, seconds: float, now: datetime) -> None:
    """Say that the clock is wrong: to the administrator and in the machine's log; the same only once in an hour."""
    lately = sa.select(ClockAlarm.id).where(ClockAlarm.against == against, ClockAlarm.seen_at.is_(None))
    if session.scalar(lately.where(ClockAlarm.at > now - AGAIN, ClockAlarm.at <= now)) is not None:
        return
    session.add(ClockAlarm(at=now, against=against, seconds=round(seconds, 3)))
    _logger.error("the clock is wrong", kind=against, seconds=round(seconds, 3))


def keep_beating(app: Flask, name: str = WEB, stop: threading.Event | None = None) -> threading.Thread:
    """Beat from a thread of its own until the process ends, or somebody stops it."""
    stop = stop or threading.Event()

    def go_on() -> None:
        while True:
            try:
                with app.app_context():
                    beat(name, clock.now(), *steady())
                    if name == WORKER:
                        watch(clock.now())
            except Exception as fault:  # the database may be away for a while; the next beat tells
                _logger.warning("pulse", exc_info=fault)
            if stop.wait(BEAT.total_seconds()):
                return

    thread = threading.Thread(target=go_on, name=f"pulse of {name}", daemon=True)
    thread.start()
    return thread


def _hold(session: Session, pulse: Pulse, now: datetime, ticks: float, boot: str) -> timedelta:
    """Hold our clock against the steady one; gives back how long it has really been since the beat before."""
    if boot != pulse.boot:
        pulse.drift = 0.0
        if now < pulse.at - timedelta(seconds=DRIFT):
            raise_alarm(session, "backwards", (now - pulse.at).total_seconds(), now)
        return max(now - pulse.at, timedelta())
    really = max(ticks - pulse.ticks, 0.0)
    pulse.drift += (now - pulse.at).total_seconds() - really
    if abs(pulse.drift) > DRIFT:
        raise_alarm(session, "steady", pulse.drift, now)
        pulse.drift = 0.0
    return timedelta(seconds=really)


def _notice(session: Session, since: datetime, now: datetime, silence: timedelta) -> None:
    """The pages are here again: an outage that was running ends, and a silence that nobody saw is one."""
    if (running := _running(session)) is not None:
        running.ends_at = max(now, running.begins_at + timedelta(microseconds=1))
    elif silence > AWAY:
        session.add(Outage(begins_at=since, ends_at=now, noticed=True))
        _logger.error("the pages were away", seconds=round(silence.total_seconds()))


def _read(name: str) -> Pulse | None:
    with Session(db.engine, expire_on_commit=False) as session:
        return session.get(Pulse, name)


def _running(session: Session) -> Outage | None:
    return session.scalar(sa.select(Outage).where(Outage.noticed, Outage.ends_at.is_(None)).limit(1))


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:  # elsewhere a process counts for itself
        return f"process {os.getpid()}"
