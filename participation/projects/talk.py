"""Talks by appointment: a planner offers times, a citizen takes one in one step, and may leave it again (RP-15).

Who it was is forgotten when they have talked, when they leave, or a month after a time that nobody settled.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from participation.foundation import codes, jobs, letters, log, permission
from participation.foundation.db import begin_write, db, put_unless, settling
from participation.foundation.forms import Wrong
from participation.foundation.letters import Secret
from participation.foundation.model import Letter
from participation.projects.model import Project, TalkBooking, TalkSlot
from participation.rules.acts import Act
from participation.rules.kinds import TalkEnd, TalkWay
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Days after a talk in which who came may be known; and the most times that are offered at once.
KEPT_DAYS, MOST = 30, 60


class SlotTaken(Wrong):
    """Somebody else was faster, or the time is no longer offered."""

    def __init__(self) -> None:
        super().__init__(mark("Tiden er lige blevet taget. Gå tilbage, og vælg en anden."))


def offer_talks(
    actor: Actor,
    project: Project,
    times: Sequence[tuple[datetime, datetime]],
    way: TalkWay,
    place: str,
    *,
    now: datetime,
) -> int:
    """Offer times for a talk; one that is offered already in the same way adds nothing.

    Returns:
        How many are new.

    Raises:
        NotAllowed: the actor may not work in this case, or it is over.
    """
    permission.require(actor, Act.OFFER_TALKS, project, now)

    offered = sa.select(TalkSlot.starts_at).where(TalkSlot.project_id == project.id, TalkSlot.cancelled_at.is_(None))
    known = set(db.session.scalars(offered.where(TalkSlot.way == way)))
    new = [(starts, ends) for starts, ends in times if starts > now and starts not in known]
    db.session.add_all(
        TalkSlot(project_id=project.id, starts_at=starts, ends_at=ends, way=way, place=place) for starts, ends in new
    )
    if new:
        project.talks_until = max([starts for starts, _ends in new] + [project.talks_until or now])
    db.session.flush()

    log.record(Act.OFFER_TALKS, actor, project, at=now, project_id=project.id, times=len(new), way=way)
    return len(new)


def book_talk(
    actor: Actor,
    slot: TalkSlot,
    *,
    name: str,
    phone: str = "",
    email: str = "",
    companion: str = "",
    about: str = "",
    language: str = "da",
    now: datetime,
) -> TalkBooking:
    """Take a time for oneself. The same person who takes it twice has it once.

    Raises:
        NotAllowed: the project is not public, or it is cancelled.
        SlotTaken: somebody else holds it, or it is no longer offered.
    """
    permission.require(actor, Act.BOOK_TALK, slot.project, now)
    _lock(slot)
    if slot.cancelled_at is not None or slot.starts_at <= now:
        raise SlotTaken

    told = {"name": name, "phone": phone, "email": email, "companion": companion, "about": about, "language": language}
    free = {"ended_at": None, "ended": None}
    booking = put_unless(TalkBooking, "holds_id", slot_id=slot.id, holds_id=slot.id, booked_at=now, **told, **free)
    if booking is None:
        holder = db.session.scalars(sa.select(TalkBooking).where(TalkBooking.holds_id == slot.id)).one()
        if (holder.name, holder.phone, holder.email) != (name, phone, email):
            raise SlotTaken
        return holder

    log.record(Act.BOOK_TALK, actor, booking, at=now, project_id=slot.project_id, slot=slot.id)
    _tell_owner("talk_booked_staff", booking, at=now)
    _write("talk_booked", booking, at=now, own=booking.id, calendar=_appointment(slot))
    return booking


def leave_talk(actor: Actor, booking: TalkBooking, *, now: datetime) -> None:
    """Whoever booked does not come: the time is free for others, and who it was is forgotten."""
    permission.require(actor, Act.LEAVE_TALK, None, now)
    _lock(booking.slot)
    if booking.ended is not None:
        return
    _end(booking, TalkEnd.LEFT, now)
    _forget(booking)
    log.record(Act.LEAVE_TALK, actor, booking, at=now, project_id=booking.slot.project_id, slot=booking.slot_id)
    _tell_owner("talk_left_staff", booking, at=now)


def cancel_talk(actor: Actor, slot: TalkSlot, words: str, *, now: datetime) -> TalkBooking | None:
    """Take a time back. Whoever booked it is told why by letter.

    Returns:
        Who has to be rung up, since they gave no e-mail address; nothing otherwise.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.CANCEL_TALK, slot.project, now)
    _lock(slot)
    if slot.cancelled_at is not None:
        return None
    slot.cancelled_at, slot.cancelled_words = now, words
    booking = db.session.scalar(sa.select(TalkBooking).where(TalkBooking.holds_id == slot.id))
    log.record(Act.CANCEL_TALK, actor, slot, at=now, project_id=slot.project_id, booked=booking is not None)
    if booking is None:
        return None
    _end(booking, TalkEnd.CANCELLED, now)
    if not booking.email:
        return booking
    page = f"{current_app.config['BASE_URL']}/projekter/{slot.project.slug}/tal-med-os"
    _write("talk_cancelled", booking, at=now, why=words, page=page)
    _forget(booking)
    return None


def settle_talk(actor: Actor, booking: TalkBooking, *, held: bool, now: datetime) -> None:
    """Say that a talk was held, or that nobody came; or that somebody was rung up about a time that was cancelled.

    Who it was is forgotten with it.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.SETTLE_TALK, booking.slot.project, now)
    if booking.ended is None:
        _end(booking, TalkEnd.HELD if held else TalkEnd.MISSED, now)
    _forget(booking)
    log.record(Act.SETTLE_TALK, actor, booking, at=now, project_id=booking.slot.project_id, ended=booking.ended)


def free_slots(project: Project, *, now: datetime) -> list[TalkSlot]:
    """The times that can still be booked, the soonest first; at most as many as are read at once."""
    taken = sa.exists().where(TalkBooking.holds_id == TalkSlot.id)
    free = sa.select(TalkSlot).where(TalkSlot.project_id == project.id, TalkSlot.cancelled_at.is_(None), ~taken)
    coming = free.where(TalkSlot.starts_at > now).order_by(TalkSlot.starts_at, TalkSlot.id)
    return list(db.session.scalars(coming.limit(MOST)))


def slots_of(project: Project, *, now: datetime) -> list[TalkSlot]:
    """The times of a case for its staff: those to come, and those gone by whose talk nobody has settled."""
    waits = sa.exists().where(TalkBooking.slot_id == TalkSlot.id, TalkBooking.name != "")
    coming = sa.and_(TalkSlot.cancelled_at.is_(None), TalkSlot.starts_at > now)
    found = sa.select(TalkSlot).where(TalkSlot.project_id == project.id, sa.or_(coming, waits))
    found = found.order_by(TalkSlot.starts_at, TalkSlot.id).limit(300).options(joinedload(TalkSlot.booking))
    return list(db.session.scalars(found))


def to_ring(project: Project) -> list[TalkBooking]:
    """Who has to be rung up because their time was cancelled and they gave no e-mail address."""
    found = sa.select(TalkBooking).join(TalkBooking.slot).where(TalkSlot.project_id == project.id)
    found = found.where(TalkBooking.ended == TalkEnd.CANCELLED, TalkBooking.name != "")
    return list(db.session.scalars(found.order_by(TalkSlot.starts_at, TalkBooking.id)))


def booking_of(key: int | None, project: Project) -> TalkBooking | None:
    """What somebody has booked in this browser, as long as they hold it."""
    found = db.session.get(TalkBooking, key) if key is not None else None
    return found if found is not None and found.ended is None and found.slot.project_id == project.id else None


def link(booking: TalkBooking) -> str:
    """Its address for whoever booked: derived, so that it need not be kept."""
    return f"{current_app.config['BASE_URL']}{path(booking)}"


def path(booking: TalkBooking) -> str:
    """The same on our own pages."""
    return f"/tid/{booking.id}/{_token(booking, codes.latest_version())}"


def by_token(booking_id: int, given: str) -> TalkBooking | None:
    """The booking behind a link, if the token is the right one, made with whichever server key."""
    booking = db.session.get(TalkBooking, booking_id)
    versions = range(1, codes.latest_version() + 1)
    if booking is None or not any(
        hmac.compare_digest(_token(booking, version).encode(), given.encode()) for version in versions
    ):
        return None
    return booking


def _token(booking: TalkBooking, version: int) -> str:
    return codes.link_token(f"talk:{booking.id}", version)


def _lock(slot: TalkSlot) -> None:
    """Nobody else books or cancels the same time at the same moment; what is known of it is read anew."""
    db.session.refresh(slot, with_for_update={"of": TalkSlot})


def _end(booking: TalkBooking, ended: TalkEnd, now: datetime) -> None:
    booking.holds_id, booking.ended, booking.ended_at = None, ended, now
    db.session.flush()


def _forget(booking: TalkBooking) -> None:
    booking.name = booking.phone = booking.email = booking.companion = booking.about = ""
    db.session.flush()


def _appointment(slot: TalkSlot) -> dict[str, Any]:
    return {"title": slot.project.title, "starts": slot.starts_at, "ends": slot.ends_at, "place": slot.place}


def _write(kind: str, booking: TalkBooking, *, at: datetime, **facts: Any) -> None:
    slot = booking.slot
    letters.owe(
        kind,
        booking,
        to=booking.email,
        language=booking.language,
        at=at,
        project_id=slot.project_id,
        reply_to=slot.project.contact_email,
        title=slot.project.title,
        starts=slot.starts_at,
        way=slot.way,
        place=slot.place,
        phone=booking.phone,
        **facts,
    )


def _tell_owner(kind: str, booking: TalkBooking, *, at: datetime) -> None:
    """Tell whoever has the case; who it is stands only where the case is worked on."""
    project = booking.slot.project
    if project.owner is None:
        return
    page = f"{current_app.config['BASE_URL']}/arbejde/projekter/{project.slug}/samtaler"
    letters.owe(
        kind,
        booking,
        to=project.owner.email,
        language=project.owner.language,
        at=at,
        project_id=project.id,
        title=project.title,
        starts=booking.slot.starts_at,
        page=page,
    )


@letters.provider("own")
def _own_page(booking_id: int) -> dict[str, Any]:
    """The link of whoever booked, for the letter; it stands in no copy that we keep."""
    booking = db.session.get(TalkBooking, booking_id)
    return {"own_page": Secret(link(booking)) if booking is not None else ""}


@jobs.periodic("talks:forget", every=timedelta(days=1))
def _forget_old(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Forget who came to talks that are long over, and the letters about them."""
    over = sa.select(TalkBooking.id).join(TalkBooking.slot).where(TalkSlot.ends_at < now - timedelta(days=KEPT_DAYS))
    with settling():
        begin_write()
        keys = list(db.session.scalars(over.order_by(TalkBooking.id)))
        db.session.execute(
            sa.update(TalkBooking)
            .where(TalkBooking.id.in_(keys), TalkBooking.name != "")
            .values(name="", phone="", email="", companion="", about="", holds_id=None)
        )
        db.session.execute(
            sa.delete(Letter).where(
                Letter.kind.in_(("talk_booked", "talk_cancelled")),
                Letter.subject_key.in_([f"talk_booking:{key}" for key in keys]),
            )
        )
