"""Looking at letters: what waits, what failed, and what a person was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.foundation import log
from participation.foundation.db import Base, db
from participation.foundation.model import Letter


@dataclass(frozen=True)
class Backlog:
    """How the post stands.

    Attributes:
        waiting: letters by e-mail that are still on their way.
        since: when the oldest of them was owed.
        failed: letters that could not be delivered and need a person.
        to_print: letters on paper that wait for the printer.
    """

    waiting: int
    since: datetime | None
    failed: int
    to_print: int


def backlog(project_id: int | None = None) -> Backlog:
    """How many letters wait and how many failed, in all or in one project (R4: staff see the backlog)."""
    open_ = sa.and_(Letter.sent_at.is_(None), Letter.failed_at.is_(None))
    by_mail = sa.and_(open_, Letter.channel == "email")
    query = sa.select(
        sa.func.count(sa.case((by_mail, 1))),
        sa.func.min(sa.case((by_mail, Letter.owed_at))),
        sa.func.count(sa.case((Letter.failed_at.is_not(None), 1))),
        sa.func.count(sa.case((sa.and_(open_, Letter.channel == "print"), 1))),
    ).where(Letter.sent_at.is_(None))
    return Backlog(*db.session.execute(_in(query, project_id)).one())


def failed(project_id: int | None = None, *, after: int = 0, limit: int = 50) -> list[Letter]:
    """Letters that could not be delivered, oldest first, by page; ``failure`` is a Danish sentence."""
    query = sa.select(Letter).where(Letter.failed_at.is_not(None), Letter.sent_at.is_(None), Letter.id > after)
    return list(db.session.scalars(_in(query, project_id).order_by(Letter.id).limit(limit)))


def waiting_for_print(project_id: int | None = None, *, after: int = 0, limit: int = 50) -> list[Letter]:
    """Letters on paper that are written and wait for the printer, oldest first, by page."""
    query = sa.select(Letter).where(
        *(Letter.channel == "print", Letter.composed_at.is_not(None)),
        *(Letter.sent_at.is_(None), Letter.failed_at.is_(None), Letter.id > after),
    )
    return list(db.session.scalars(_in(query, project_id).order_by(Letter.id).limit(limit)))


def letters_of(subject: Base) -> list[Letter]:
    """Every letter about a thing, oldest first."""
    query = sa.select(Letter).where(Letter.subject_key == log.subject_key(subject)).order_by(Letter.id)
    return list(db.session.scalars(query))


def _in(query: Any, project_id: int | None) -> Any:
    return query if project_id is None else query.where(Letter.project_id == project_id)
