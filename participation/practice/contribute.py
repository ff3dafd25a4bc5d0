"""Citizens write to a practice project, by every way there is, and the planner reads what came in."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from participation.contributions.ask import ask_question
from participation.contributions.clear import clear_contribution, still_open
from participation.contributions.comment import comment_contribution
from participation.contributions.model import Contribution
from participation.contributions.point_out import paragraphs
from participation.contributions.publish import publish_contributions
from participation.contributions.read import read_contributions
from participation.contributions.receive import Paragraph, Sender, Sent
from participation.contributions.register import kind_of, register_contribution
from participation.contributions.submit import submit_contribution
from participation.contributions.support import support_contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.drafting.joint_queries import versions_shown
from participation.drafting.open_joint import open_joint_text
from participation.drafting.propose import propose_revision
from participation.foundation import maps
from participation.foundation.db import db
from participation.practice import texts
from participation.practice.case import Case, Event
from participation.practice.texts import Told
from participation.projects.call_back import ask_call_back
from participation.projects.talk import book_talk, free_slots, offer_talks
from participation.rules import dates
from participation.rules.handling import ClearReason, Handling, MaskReason
from participation.rules.kinds import APART, Capacity, Channel, Kind, PublicationRule, Stance, TalkWay
from participation.rules.policy import VISITOR, Actor

_RETOLD = frozenset({Channel.PHONE, Channel.COUNTER, Channel.MEETING})
#: Until so many days ago everything is read; what came later still waits on the desk.
_READ_UNTIL = 2


def contributing(case: Case) -> Iterator[Event]:
    """Everything that came in, was supported, withdrawn and read, each at its time."""
    told = texts.contributions(case.slug)
    arrivals: dict[int, datetime] = {}
    for place, one in enumerate(told, start=1):
        at = _kept_at(case, place, one, arrivals.get(one.get("parent", 0)))
        arrivals[place] = at
        yield Event(at, partial(_send, case, place, one))
        if "withdrawn" in one:
            yield Event(case.at(one["withdrawn"], "12:07"), partial(_withdraw, case, place))
        yield from _supports(case, place, one, at)
    if told:
        yield from _looks(case)
    if joint := case.told.get("joint"):
        yield Event(case.at(joint["day"], joint["time"]), partial(_begin_together, case, joint))
    if call := case.told.get("call_back"):
        yield Event(case.at(call["day"], call["time"]), partial(_ask_to_be_rung, case, call))
    if talks := case.told.get("talks"):
        yield Event(case.office(case.at(talks["day"], "08:00")), partial(_offer_talks, case, talks))
        yield Event(case.at(talks["day"], talks["time"]), partial(_book_talk, case, talks))


def _ask_to_be_rung(case: Case, call: Told, now: datetime) -> None:
    said = {name: call[name] for name in ("name", "phone", "suits", "about")}
    ask_call_back(VISITOR, case.here, **said, now=now)


def _offer_talks(case: Case, talks: Told, now: datetime) -> None:
    begins = dates.local_moment(case.calendar.meets_on(talks["on"]), time.fromisoformat(talks["begins"]))
    each = timedelta(minutes=talks["minutes"])
    times = [(begins + each * at, begins + each * (at + 1)) for at in range(talks["times"])]
    offer_talks(case.planner, case.here, times, TalkWay(talks["way"]), talks["place"], now=now)


def _book_talk(case: Case, talks: Told, now: datetime) -> None:
    if free := free_slots(case.here, now=now):
        said = {name: talks[name] for name in ("name", "phone", "companion", "about")}
        book_talk(VISITOR, free[0], **said, now=now)


def _kept_at(case: Case, place: int, one: Told, parent: datetime | None) -> datetime:
    """When it got its number: at once on the page, else when the officer wrote it in."""
    at = _received_at(case, place, one)
    if _channel(one) is not Channel.WEB:
        at = case.office(at, "08:40") + timedelta(seconds=3 * place)
    if parent is not None:
        at = max(at, parent + timedelta(minutes=4))
    return min(at, case.calendar.latest)


def _received_at(case: Case, place: int, one: Told) -> datetime:
    return case.at(one["day"], one["time"]) + timedelta(seconds=place * 37 % 60)


def _send(case: Case, place: int, one: Told, now: datetime) -> None:
    round_, channel = case.round, _channel(one)
    kind = Kind(one["kind"]) if "kind" in one else kind_of(round_)
    sent = _sent(case, place, one, kind, now)
    if channel is not Channel.WEB:
        officer = case.staff.actors[one.get("registered_by") or case.told["planner"]]
        arrived = register_contribution(officer, round_, sent, now=now)
    elif kind is Kind.QUESTION:
        arrived = ask_question(VISITOR, round_, sent, now=now)
    elif kind is Kind.REVISION:
        arrived = _propose(case, one, sent, now)
    elif kind is Kind.COMMENT:
        arrived = comment_contribution(VISITOR, case.arrived[one["parent"]], sent, now=now)
    else:
        arrived = submit_contribution(VISITOR, round_, sent, now=now)
    case.arrived[place] = arrived
    if case.here.publication is PublicationRule.IMMEDIATELY:
        _cover(case, arrived, now)


def _begin_together(case: Case, joint: Told, now: datetime) -> None:
    case.joint = open_joint_text(case.planner, case.round, joint["title"], joint["text"].strip(), now=now)


def _propose(case: Case, one: Told, sent: Sent, now: datetime) -> Contribution:
    """Another version of the joint text: what stands now, with one place changed."""
    if case.joint is None:
        raise LookupError(f"{case.slug} has no joint text")
    stands, (old, new) = versions_shown(case.joint)[-1], one["change"]
    words = stands.words.replace(old, new)
    return propose_revision(VISITOR, case.joint, sent, words, based_on=stands.number, now=now)


def _about(case: Case, one: Told) -> tuple[Paragraph, ...]:
    """The paragraphs of the first piece of the material that it points at, by their numbers."""
    if "paragraphs" not in one:
        return ()
    piece = case.here.materials[0].id
    return paragraphs(case.here.id, [f"{piece}.{number}" for number in one["paragraphs"]])[0]


def _sent(case: Case, place: int, one: Told, kind: Kind, now: datetime) -> Sent:
    channel = _channel(one)
    where = one.get("material_place", "")
    material = case.here.materials[0].id if where and case.here.materials else None
    proxy = one.get("on_behalf_of", "")
    return Sent(
        words=one["text"].strip(),
        kind=kind,
        received_at=now if channel is Channel.WEB else _received_at(case, place, one),
        sender=Sender(
            name=one.get("name", ""),
            email=one.get("email", ""),
            organisation=one.get("organisation", ""),
            capacity=Capacity(one.get("capacity", Capacity.CITIZEN)),
            represents=proxy,
            authority="Fuldmagt" if proxy else "",
            represents_email=one.get("on_behalf_of_email", ""),
            companion=one.get("companion", ""),
            companion_email=one.get("companion_email", ""),
            show_name=one.get("show_name", False),
        ),
        channel=channel,
        language=one.get("language", "da"),
        stance=Stance(one.get("stance", Stance.NONE)),
        key=f"practice-{place}",
        material_id=material,
        material_place=where,
        place=one.get("place", ""),
        about=_about(case, one),
        apart=tuple((source, one[source.value].strip()) for source in APART if source.value in one),
        **_on_map(case, one),
        retold=channel in _RETOLD,
    )


def _on_map(case: Case, one: Told) -> dict[str, Any]:
    """Where it points: a spot, a place on the map by its name, or corners; two are a line and more an area."""
    drawn = case.here.map
    if drawn is not None and "on_map" in one:
        place = maps.thinned(drawn.named[one["on_map"]])
    elif "corners" in one:
        place = maps.place("Polygon", [(x, y) for x, y in one["corners"]])
    elif "lat" in one:
        place = maps.place("Point", [(one["lon"], one["lat"])])
    else:
        return {}
    longitude, latitude = maps.middle(place)
    return {"geometry": place, "latitude": latitude, "longitude": longitude}


def _channel(one: Told) -> Channel:
    return Channel(one.get("channel", Channel.WEB))


def _withdraw(case: Case, place: int, now: datetime) -> None:
    arrived = case.arrived[place]
    withdraw_contribution(Actor(held=frozenset({arrived.id})), arrived, now=now)


def _supports(case: Case, place: int, one: Told, start: datetime) -> Iterator[Event]:
    """Support comes quickly at first and then more slowly."""
    number = one.get("supports", 0)
    for index in range(number):
        at = start + (case.calendar.latest - start) * ((index + 0.5) / number) ** 2
        visitor = hashlib.sha256(f"{case.slug}:{place}:{index}".encode()).hexdigest()
        yield Event(at, partial(_support, case, place, visitor))


def _support(case: Case, place: int, visitor: str, now: datetime) -> None:
    support_contribution(VISITOR, case.arrived[place], visitor, now=now)


def _looks(case: Case) -> Iterator[Event]:
    """Each working day the planner reads what has come, and shows it where the project's rule asks for a look."""
    at, until = case.at(case.told["round"][0]["opens"], "09:00"), case.calendar.at(-_READ_UNTIL, "23:59")
    ended = case.told.get("decision", {}).get("announced")
    until = until if ended is None else case.at(ended, "23:59")
    while (at := case.calendar.worked(at, "14:20")) < until:
        yield Event(at, partial(_look, case))


def _look(case: Case, now: datetime) -> None:
    project = case.here
    new = db.session.scalars(
        sa.select(Contribution)
        .where(
            Contribution.project_id == project.id,
            Contribution.read_at.is_(None),
            Contribution.handling != Handling.WITHDRAWN,
        )
        .order_by(Contribution.number)
    ).all()
    read = read_contributions(case.planner, project, new, now=now) if new else []
    for one in read:
        _cover(case, one, now)
    if read and _is_shown(case):
        publish_contributions(case.planner, project, now=now)


def _cover(case: Case, one: Contribution, now: datetime) -> None:
    """The planner covers what looks private; two civil registration numbers are left for whoever practises."""
    found = still_open(one)
    if one.held_back and found and all(why is not MaskReason.CPR for _place, why in found):
        clear_contribution(case.planner, one, ClearReason.COVERED, found, now=now)


def _is_shown(case: Case) -> bool:
    return case.here.publication is PublicationRule.AFTER_LOOK
