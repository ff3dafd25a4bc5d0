"""A breakdown (nedbrud) is written down, told in public, and counts in the citizen's favour: more time is suggested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.foundation import clock, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import Outage
from participation.projects.model import Notice, OutageRound, Project, Round
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class BadOutage(Wrong):
    """A breakdown begins before it ends, and has happened."""

    def __init__(self) -> None:
        super().__init__(mark("Et nedbrud begynder, før det slutter, og det kan ikke ligge i fremtiden. Ret tiderne."))


class AlreadySettled(Wrong):
    """Somebody has taken care of it."""

    def __init__(self) -> None:
        super().__init__(mark("Der er allerede taget stilling til nedbruddet."))


@dataclass(frozen=True)
class Suggestion:
    """More time that everybody could be given after a breakdown on the last day."""

    outage: Outage
    last_day: date
    reason: str


def register_outage(
    actor: Actor,
    begins_at: datetime,
    ends_at: datetime | None,
    words: str,
    rounds: Sequence[Round] = (),
    *,
    now: datetime,
) -> Outage:
    """Write down that the service was away, and tell it in public in each project that it concerns.

    Args:
        ends_at: nothing while it still is.
        words: what it was, as citizens can read it.
        rounds: those it concerns; every round that was open, when empty.

    Raises:
        NotAllowed: the actor is no officer and no administrator.
        BadOutage: it would end before it begins, or lie in the future.
    """
    permission.require(actor, Act.REGISTER_OUTAGE, None, now)
    if begins_at > now or (ends_at is not None and not begins_at < ends_at <= now):
        raise BadOutage
    outage = Outage(begins_at=begins_at, ends_at=ends_at, words=words, noticed=False, confirmed_at=now)
    db.session.add(outage)
    db.session.flush()
    db.session.add_all(OutageRound(outage_id=outage.id, round_id=round_.id) for round_ in rounds)
    db.session.flush()
    concerned = _tell(outage, now)

    log.record(
        Act.REGISTER_OUTAGE, actor, outage, at=now, begins_at=begins_at, ends_at=ends_at, rounds=concerned or None
    )
    return outage


def settle_outage(
    actor: Actor, outage: Outage, confirmed: bool, words: str, *, ends_at: datetime | None = None, now: datetime
) -> None:
    """Say what a breakdown was that the installation noticed by itself, or that it was none for the citizens.

    Args:
        confirmed: it was one: it is told in public.
        ends_at: when it ended, where the installation does not know.

    Raises:
        NotAllowed: the actor is no officer and no administrator.
        AlreadySettled: somebody has.
        BadOutage: it would end before it begins, or in the future.
    """
    permission.require(actor, Act.SETTLE_OUTAGE, None, now)
    db.session.refresh(outage)
    if outage.confirmed_at is not None or outage.dismissed_at is not None:
        raise AlreadySettled
    if ends_at is not None and not outage.begins_at < ends_at <= now:
        raise BadOutage
    outage.words, outage.ends_at = words, outage.ends_at or ends_at
    outage.confirmed_at, outage.dismissed_at = (now, None) if confirmed else (None, now)
    concerned = _tell(outage, now) if confirmed else []
    db.session.flush()

    log.record(Act.SETTLE_OUTAGE, actor, outage, at=now, confirmed=confirmed, rounds=concerned or None)


def suggestion(project: Project, now: datetime) -> Suggestion | None:
    """More time to suggest, when a breakdown lies on the last day of the round; none once the deadline is moved."""
    round_ = project.round
    if round_ is None or round_.closes_at is None or round_.announced_at is None:
        return None
    begins = dates.opens_at(dates.last_day(round_.closes_at))
    asked = (
        sa.select(Outage)
        .where(Outage.dismissed_at.is_(None), Outage.begins_at < round_.closes_at)
        .where(sa.or_(Outage.ends_at.is_(None), Outage.ends_at > begins))
        .order_by(Outage.begins_at)
    )
    for outage in db.session.scalars(asked):
        if _concerns(outage, round_) and not _extended_since(project, outage):
            later = dates.suggested_extension(round_.closes_at, outage.ends_at or now, clock.closed)
            return Suggestion(outage, later, _reason(outage))
    return None


def outages(limit: int = 100) -> list[Outage]:
    """The register, the latest first; what waits for somebody stands first."""
    waits = sa.and_(Outage.confirmed_at.is_(None), Outage.dismissed_at.is_(None))
    return list(db.session.scalars(sa.select(Outage).order_by(waits.desc(), Outage.begins_at.desc()).limit(limit)))


def waiting() -> int:
    """How many silences the installation has noticed that nobody has said anything about yet."""
    unsettled = sa.and_(Outage.confirmed_at.is_(None), Outage.dismissed_at.is_(None))
    return db.session.scalar(sa.select(sa.func.count(Outage.id)).where(unsettled)) or 0


def concerned_rounds(outage: Outage) -> list[Round]:
    """The rounds that a breakdown concerns: those that were chosen, else all that were open meanwhile."""
    chosen = sa.select(OutageRound.round_id).where(OutageRound.outage_id == outage.id)
    named = list(db.session.scalars(sa.select(Round).where(Round.id.in_(chosen)).order_by(Round.id)))
    return named or open_rounds(outage.begins_at, outage.ends_at)


def open_rounds(begins_at: datetime, ends_at: datetime | None = None) -> list[Round]:
    """The announced rounds that were open at some time between two moments."""
    asked = sa.select(Round).where(
        Round.announced_at.is_not(None),
        Round.opens_at.is_not(None),
        sa.or_(Round.closes_at.is_(None), Round.closes_at > begins_at),
    )
    if ends_at is not None:
        asked = asked.where(Round.opens_at < ends_at)
    found = db.session.scalars(asked.order_by(Round.id))
    return [one for one in found if one.closed_at is None and one.cancelled_at is None]


def when(outage: Outage) -> str:
    """From when to when, in the reader's language."""
    if outage.ends_at is None:
        return _("fra %(begins)s og stadig", begins=clock.moment(outage.begins_at))
    return _("fra %(begins)s til %(ends)s", begins=clock.moment(outage.begins_at), ends=clock.moment(outage.ends_at))


def _concerns(outage: Outage, round_: Round) -> bool:
    chosen = db.session.scalars(sa.select(OutageRound.round_id).where(OutageRound.outage_id == outage.id)).all()
    return not chosen or round_.id in chosen


def _extended_since(project: Project, outage: Outage) -> bool:
    """Whether everybody has been given more time since the breakdown began."""
    notices = sa.select(Notice.id).where(Notice.project_id == project.id, Notice.kind == NoticeKind.EXTENDED)
    return db.session.scalar(notices.where(Notice.at >= outage.begins_at).limit(1)) is not None


def _reason(outage: Outage) -> str:
    reason = _("Siden var nede på den sidste dag, %(when)s. Derfor får alle mere tid.", when=when(outage))
    return f"{reason} {outage.words}".strip()


def _tell(outage: Outage, now: datetime) -> list[int]:
    """A public line in each project concerned; gives back the ids of the rounds."""
    rounds = concerned_rounds(outage)
    words = f"{_TOLD % {'when': _in_danish(outage)}} {outage.words}".strip()
    projects = {round_.project_id for round_ in rounds}
    db.session.add_all(Notice(project_id=key, kind=NoticeKind.OUTAGE, at=now, words=words) for key in sorted(projects))
    db.session.flush()
    return [round_.id for round_ in rounds]


_TOLD = mark("Siden virkede ikke %(when)s. Kunne du ikke svare, så kontakt os.")


def _in_danish(outage: Outage) -> str:
    begins = _moment(outage.begins_at)
    return f"fra {begins}" if outage.ends_at is None else f"fra {begins} til {_moment(outage.ends_at)}"


def _moment(at: datetime) -> str:
    local = at.astimezone(dates.COPENHAGEN)
    return f"{dates.in_danish(local.date())} kl. {local:%H.%M}"
