"""The phase of a round, read from its dates and facts. It is never stored, so no job has to run at midnight."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from participation.rules.levels import Level


class Phase(StrEnum):
    """Where a round stands, as citizens are told."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    WEIGHING = "weighing"
    REPORTED = "reported"
    DECIDED = "decided"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Dated(Protocol):
    """What the phase of a round is read from. Times are aware UTC; the period is ``[opens_at, closes_at)``."""

    @property
    def level(self) -> Level: ...
    @property
    def announced_at(self) -> datetime | None: ...
    @property
    def opens_at(self) -> datetime | None: ...
    @property
    def closes_at(self) -> datetime | None: ...
    @property
    def reported_at(self) -> datetime | None: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


def phase(round_: Dated, now: datetime) -> Phase:
    """The phase of a round at a moment: the last of its facts that has happened."""
    if round_.cancelled_at is not None:
        return Phase.CANCELLED
    if round_.announced_at is None or round_.announced_at > now:
        return Phase.DRAFT
    if round_.closed_at is not None and round_.closed_at <= now:
        return Phase.CLOSED
    if round_.decided_at is not None and round_.decided_at <= now:
        return Phase.DECIDED
    if round_.reported_at is not None and round_.reported_at <= now:
        return Phase.REPORTED
    if round_.opens_at is None or now < round_.opens_at:
        return Phase.ANNOUNCED
    if round_.closes_at is None or now < round_.closes_at:
        return Phase.OPEN
    return Phase.WEIGHING


#: The line of phases that a project page shows; an orientation has no weighing or decision of its own.
LINE: dict[Level, tuple[Phase, ...]] = {
    Level.ORIENTATION: (Phase.ANNOUNCED, Phase.OPEN, Phase.CLOSED),
    Level.HEARING: (Phase.ANNOUNCED, Phase.OPEN, Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED, Phase.CLOSED),
    Level.COCREATION: (Phase.ANNOUNCED, Phase.OPEN, Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED, Phase.CLOSED),
}

#: Phases in which words from citizens are still taken in. What comes after the deadline is marked, never refused.
TAKES_IN = frozenset({Phase.OPEN, Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED})
#: Phases that the public can see.
PUBLIC = frozenset(Phase) - {Phase.DRAFT}
#: Phases in which staff may still work on the case.
LIVE = frozenset(Phase) - {Phase.CLOSED, Phase.CANCELLED}


class Arrival(StrEnum):
    """When words came in, seen against the deadline and what the deciding body had before it."""

    IN_TIME = "in_time"
    LATE = "late"
    AFTER_REPORT = "after_report"
    AFTER_DECISION = "after_decision"


def arrival(round_: Dated, received_at: datetime) -> Arrival:
    """Sort words by the rule for late ones: the deadline itself is the first moment that is late."""
    if round_.decided_at is not None and received_at >= round_.decided_at:
        return Arrival.AFTER_DECISION
    if round_.reported_at is not None and received_at >= round_.reported_at:
        return Arrival.AFTER_REPORT
    if round_.closes_at is not None and received_at >= round_.closes_at:
        return Arrival.LATE
    return Arrival.IN_TIME
