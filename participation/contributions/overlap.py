"""Who works on a case and shares a name, an e-mail, an address or an organisation with a contributor (RE-41).

It warns and refuses nothing. In a small case it is looked up at once; in a large one the worker has compared already.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.contributions.model import Contact, Contribution, Overlap, OverlapSeen
from participation.foundation import jobs
from participation.foundation.db import begin_write, db, insert, settling
from participation.people.model import Membership, Person, ProjectRole, Tie
from participation.people.tell_ties import ties_of
from participation.projects.model import Project
from participation.rules.kinds import Shared, TieKind
from participation.rules.policy import Actor

#: Up to this many contributions it is looked up at once.
AT_ONCE = 25
#: A surname that more contributors than this have says nothing.
RARE = 3
#: Contributions that are named, and how often the worker compares.
NAMED, OFTEN = 5, timedelta(minutes=1)
CHUNK = 500

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Known:
    """What is known of somebody who works on the case, in the form it is compared in."""

    person_id: int
    email: str
    name: str
    ties: frozenset[tuple[TieKind, str]]


@dataclass(frozen=True)
class Sent:
    """What a contributor has said of themselves."""

    contribution_id: int
    number: int
    email: str
    name: str
    address: str
    organisations: tuple[str, ...]


def overlaps(actor: Actor, project: Project) -> list[tuple[int, Shared]]:
    """The contributions of a case that share something with the actor, by number, and what: the first few."""
    if actor.person_id is None or project.id in actor.conflicts:
        return []
    if project.received_count <= AT_ONCE:
        person = db.session.get(Person, actor.person_id)
        if person is None:
            return []
        me = _known(person, ties_of(person.id))
        rows = [(one.number, shared) for one in _sent(project.id, 0) if (shared := _shared(me, one)) is not None]
    else:
        rows = [
            (number, shared)
            for number, shared in db.session.execute(
                sa.select(Contribution.number, Overlap.shared)
                .join(Contribution, Contribution.id == Overlap.contribution_id)
                .where(Overlap.person_id == actor.person_id, Overlap.project_id == project.id)
                .order_by(Contribution.number)
                .limit(NAMED * 10)
            )
        ]
    common = sum(shared is Shared.SURNAME for _, shared in rows) > RARE
    return [(number, shared) for number, shared in rows if not (common and shared is Shared.SURNAME)][:NAMED]


def find_overlaps(project_id: int, *, now: datetime) -> int:
    """Compare what came in since the last time with everybody who may act in the case; in a transaction of its own.

    Returns:
        How many were found.
    """
    seen = db.session.scalar(sa.select(OverlapSeen.contribution_id).where(OverlapSeen.project_id == project_id)) or 0
    sent, people = _sent(project_id, seen), _people(project_id)
    last = db.session.scalar(sa.select(sa.func.max(Contribution.id)).where(Contribution.project_id == project_id)) or 0
    db.session.rollback()
    rows = [
        {
            "person_id": one.person_id,
            "contribution_id": each.contribution_id,
            "project_id": project_id,
            "shared": shared,
        }
        for each in sent
        for one in people
        if (shared := _shared(one, each)) is not None
    ]
    with settling():
        begin_write()
        for begin in range(0, len(rows), CHUNK):
            new = insert(Overlap).values(rows[begin : begin + CHUNK])
            db.session.execute(new.on_conflict_do_nothing(index_elements=["person_id", "contribution_id"]))
        mark = {"contribution_id": last, "at": now}
        known = insert(OverlapSeen).values(project_id=project_id, **mark)
        db.session.execute(known.on_conflict_do_update(index_elements=["project_id"], set_=mark))
    return len(rows)


def compare_anew(person_id: int | None) -> None:
    """A person has told of new ties: what was compared before is compared again by the worker."""
    db.session.execute(sa.delete(Overlap).where(Overlap.person_id == person_id))
    db.session.execute(sa.delete(OverlapSeen))


@jobs.periodic("contributions:overlap", every=OFTEN)
def _find(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Compare wherever many have written and somebody has since the last time."""
    newer = sa.exists().where(
        Contribution.project_id == Project.id,
        Contribution.id > sa.func.coalesce(OverlapSeen.contribution_id, 0),
    )
    waiting = (
        sa.select(Project.id)
        .outerjoin(OverlapSeen, OverlapSeen.project_id == Project.id)
        .where(Project.closed_at.is_(None), Project.cancelled_at.is_(None), Project.last_number > AT_ONCE, newer)
        .order_by(Project.id)
    )
    for project_id in db.session.scalars(waiting).all():
        find_overlaps(project_id, now=now)


def _shared(person: Known, sent: Sent) -> Shared | None:
    """What the two share; the weightiest of it."""
    if person.email and sent.email == person.email:
        return Shared.EMAIL
    if person.name and sent.name == person.name:
        return Shared.NAME
    if sent.address and (TieKind.ADDRESS, sent.address) in person.ties:
        return Shared.ADDRESS
    if any((TieKind.ORGANISATION, one) in person.ties for one in sent.organisations):
        return Shared.ORGANISATION
    surname = person.name.rpartition(" ")[2]
    if surname and " " in sent.name and sent.name.rpartition(" ")[2] == surname:
        return Shared.SURNAME
    return None


def _sent(project_id: int, after: int) -> list[Sent]:
    rows = db.session.execute(
        sa.select(
            Contribution.id,
            Contribution.number,
            Contribution.organisation,
            Contact.name,
            Contact.email,
            Contact.address,
            Contact.represents,
        )
        .join(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.project_id == project_id, Contribution.id > after)
        .order_by(Contribution.number)
    )
    return [
        Sent(
            row.id,
            row.number,
            row.email.strip().lower(),
            _plain(row.name),
            _street(row.address),
            tuple(filter(None, map(_plain, (row.organisation, row.represents)))),
        )
        for row in rows
    ]


def _people(project_id: int) -> list[Known]:
    """Everybody with a role in the case's department, in the whole municipality, or in this one case."""
    department = sa.select(Project.department_id).where(Project.id == project_id).scalar_subquery()
    here = sa.select(Membership.person_id).where(
        Membership.department_id.is_(None) | (Membership.department_id == department)
    )
    consultants = sa.select(ProjectRole.person_id).where(ProjectRole.project_id == project_id)
    people = db.session.scalars(
        sa.select(Person)
        .where(Person.active, Person.id.in_(here) | Person.id.in_(consultants))
        .options(sa.orm.lazyload(Person.memberships))
        .order_by(Person.id)
    ).all()
    ties: dict[int, list[Tie]] = defaultdict(list)
    for tie in db.session.scalars(sa.select(Tie).where(Tie.person_id.in_([person.id for person in people]))):
        ties[tie.person_id].append(tie)
    return [_known(person, ties[person.id]) for person in people]


def _known(person: Person, ties: Iterable[Tie]) -> Known:
    told = frozenset(
        (tie.kind, _street(tie.words) if tie.kind is TieKind.ADDRESS else _plain(tie.words)) for tie in ties
    )
    return Known(person.id, person.email.strip().lower(), _plain(person.name), told)


def _plain(text: str) -> str:
    """Words alone, in small letters: "Engparkens Grundejerforening" as anybody may write it."""
    return " ".join(_WORD.findall(text.lower()))


def _street(address: str) -> str:
    """Street and number, which is what people write alike; floor, postcode and town come after the first comma."""
    return _plain(address.split(",")[0].split("\n")[0])
