"""Looking at the work that is owed: for the administrator's page and for alarms."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from participation.foundation.db import db
from participation.foundation.model import Job


@dataclass(frozen=True)
class Backlog:
    """What is still owed.

    Attributes:
        waiting: jobs that are due or under way.
        since: when the oldest of them was due.
        dead: jobs that were given up and need a person.
    """

    waiting: int
    since: datetime | None
    dead: int


def backlog(now: datetime) -> Backlog:
    """How much work is due and how long it has waited; for the administrator's page and for alarms."""
    due = sa.select(sa.func.count(), sa.func.min(Job.run_at)).where(
        Job.state.in_(("waiting", "running")), Job.run_at <= now
    )
    waiting, since = db.session.execute(due).one()
    dead = db.session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.state == "dead"))
    return Backlog(waiting, since, dead or 0)


def revive(job_id: int, *, at: datetime) -> bool:
    """Try a job again that was given up; False when there is no such job. In the caller's transaction."""
    fresh = {"state": "waiting", "run_at": at, "tries": 0, "token": None, "lease_until": None, "give_up_at": None}
    query = sa.update(Job).where(Job.id == job_id, Job.state == "dead").values(**fresh).returning(Job.id)
    return db.session.scalar(query) is not None
