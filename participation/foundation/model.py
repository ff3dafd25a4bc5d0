"""What the ground keeps: the log and its seals, letters, jobs, files, guessing budgets and settings."""

from datetime import datetime
from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from participation.foundation.db import Base


class LogEntry(Base):
    """One act, for ever. Ids and plain facts only, so that a person can be erased without touching it.

    The database refuses UPDATE, DELETE and TRUNCATE.
    """

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(sa.String(60), index=True)
    actor: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(60), index=True)
    project_id: Mapped[int | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]
    digest: Mapped[str | None] = mapped_column(sa.String(64))


class Sum(Base):
    """What a page sums up over a case, and the log's last line of the case when it did."""

    __tablename__ = "sum"

    project_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    log_id: Mapped[int]
    value: Mapped[dict[str, Any]]


class Unsealed(Base):
    """A log entry that waits for its seal; made with the entry, taken away by the sealer."""

    __tablename__ = "unsealed"

    log_id: Mapped[int] = mapped_column(sa.ForeignKey("log.id"), primary_key=True, autoincrement=False)
    entry: Mapped[LogEntry] = relationship()


class Seal(Base):
    """A link of the hash chain over the log, written by the sealer right after the commit."""

    __tablename__ = "seal"
    __table_args__ = (sa.Index("ix_seal_day", "sealed_at", "position"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log_id: Mapped[int] = mapped_column(sa.ForeignKey("log.id"), unique=True)
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    sealed_at: Mapped[datetime]


class Letter(Base):
    """A letter that is owed: made in the same transaction as the act, delivered later, never twice once confirmed.

    ``words`` and ``snapshot`` are what was sent, with a mark where a code stood. ``unconfirmed`` counts how often it
    was handed over without an answer. The salt of the digest is erased with the row.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40), index=True)
    dedupe: Mapped[str] = mapped_column(sa.String(120), unique=True)
    project_id: Mapped[int | None] = mapped_column(index=True)
    subject_key: Mapped[str] = mapped_column(sa.String(60), index=True)
    channel: Mapped[str] = mapped_column(sa.String(20), default="email")
    recipient: Mapped[str | None] = mapped_column(sa.String(320), index=True)
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    facts: Mapped[dict[str, Any]]
    subject: Mapped[str | None] = mapped_column(sa.String(300))
    words: Mapped[str | None] = mapped_column(sa.Text)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    unconfirmed: Mapped[int] = mapped_column(default=0)
    owed_at: Mapped[datetime]
    composed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(sa.String(300))
    salt: Mapped[str] = mapped_column(sa.String(32), default=lambda: token_hex(16))
    digest: Mapped[str | None] = mapped_column(sa.String(64))


class Job(Base):
    """Work that is owed: the row is the truth, claimed by a lease, so that a killed worker loses nothing."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_due", "state", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(sa.String(12), default="waiting")
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(sa.String(32))
    tries: Mapped[int] = mapped_column(default=0)
    max_tries: Mapped[int] = mapped_column(default=20)
    give_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.String(500))
    dedupe: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    progress: Mapped[float] = mapped_column(default=0.0)
    progress_words: Mapped[str | None] = mapped_column(sa.String(200))
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Scan(Base):
    """A content that the virus scanner has looked at, and the name of what it found; empty where it found nothing."""

    __tablename__ = "scan"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    threat: Mapped[str] = mapped_column(sa.String(200), default="")
    at: Mapped[datetime]


class File(Base):
    """A file in the store, named by its content."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int]
    restricted: Mapped[bool] = mapped_column(default=True)
    stored_at: Mapped[datetime]

    scan: Mapped[Scan | None] = relationship(
        primaryjoin=lambda: foreign(File.sha256) == Scan.sha256, viewonly=True, uselist=False
    )


class Budget(Base):
    """How often somebody has tried something in a window of time; shared by all workers, kept over restarts."""

    __tablename__ = "budget"

    key: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Pulse(Base):
    """When a part of the installation was last alive: ``web`` or ``worker``.

    ``ticks`` are the seconds of the machine's steady clock since it was started, and ``boot`` is which start that was;
    ``drift`` is how far the clock on the wall has left the steady one, in seconds.
    """

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    at: Mapped[datetime]
    ticks: Mapped[float]
    boot: Mapped[str] = mapped_column(sa.String(40))
    drift: Mapped[float] = mapped_column(default=0.0)


class Outage(Base):
    """The service was away, or did not do what it should (nedbrud); ``ends_at`` is empty while it still is.

    One that the installation noticed by itself waits for somebody to say what it was, or that nobody noticed it.
    """

    __tablename__ = "outage"
    __table_args__ = (sa.CheckConstraint("ends_at IS NULL OR begins_at < ends_at", name="begins_before_ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    noticed: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]


class ClockAlarm(Base):
    """The clock was more than two seconds wrong against another: ``database``, ``steady`` or ``backwards``."""

    __tablename__ = "clock_alarm"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    against: Mapped[str] = mapped_column(sa.String(20))
    #: How many seconds our clock is ahead; negative when it is behind.
    seconds: Mapped[float]
    seen_at: Mapped[datetime | None]


class Setting(Base):
    """What an administrator has set: the municipality's name, contact, colours and closing days."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime]
