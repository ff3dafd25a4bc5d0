"""What may be read of white papers: versions, frozen pages, approvals, and whether anything happened since."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.foundation import codes, files
from participation.foundation.db import db
from participation.foundation.model import Job, LogEntry
from participation.people.model import Membership, Person, Recusal
from participation.people.queries import colleagues, leaders
from participation.projects.model import Project
from participation.reports import kept
from participation.reports.model import Approval, Document, PaperDraft, WhitePaper
from participation.reports.paper import Entry, Paper
from participation.rules.acts import Act
from participation.rules.kinds import Rendition, Role
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Acts that change nothing a white paper tells.
_READING = (
    Act.READ_DESK,
    Act.READ_CASE,
    Act.READ_CONTACT,
    Act.ASK_APPROVAL,
    Act.APPROVE_REPORT,
    Act.FOLLOW_PROJECT,
    Act.TRACK_CONTRIBUTION,
)


def project_of(slug: str) -> Project:
    """The project of an address.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Project).where(Project.slug == slug).options(selectinload(Project.rounds).lazyload("*"))
    )
    if found is None:
        raise NotFound
    return found


def draft_of(project_id: int) -> PaperDraft | None:
    """What a planner has added to the compiled facts."""
    return db.session.get(PaperDraft, project_id)


def stamp(project_id: int) -> int:
    """The last entry in the project's log that can have changed its white paper; the same stamp, the same paper."""
    return (
        db.session.scalar(
            sa.select(sa.func.max(LogEntry.id)).where(LogEntry.project_id == project_id, LogEntry.act.not_in(_READING))
        )
        or 0
    )


def touched_since(project_id: int, at: datetime) -> bool:
    """Whether anything was done since that can have changed what the white paper tells."""
    return (
        db.session.scalar(
            sa.select(LogEntry.id)
            .where(LogEntry.project_id == project_id, LogEntry.act.not_in(_READING), LogEntry.at > at)
            .limit(1)
        )
        is not None
    )


# -- approvals --------------------------------------------------------------------------------------------------------


def approval_by_token(token: str) -> Approval:
    """The approval that a leader's link stands for.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Approval).where(Approval.token_hash == codes.token_hash(token)))
    if found is None:
        raise NotFound
    return found


def approvals_of(project_id: int) -> list[Approval]:
    """Every time approval was asked for, the latest first."""
    return list(
        db.session.scalars(sa.select(Approval).where(Approval.project_id == project_id).order_by(Approval.id.desc()))
    )


def approved_as(project_id: int, digest: str) -> Approval | None:
    """The yes to a note that says exactly this, if there is one."""
    return db.session.scalar(
        sa.select(Approval)
        .where(Approval.project_id == project_id, Approval.approved.is_(True), Approval.digest == digest)
        .order_by(Approval.id.desc())
        .limit(1)
    )


def approvers(actor: Actor, project: Project) -> list[Person]:
    """The leaders who can be asked: of the department, not the actor, and not standing aside in the case."""
    aside = set(
        db.session.scalars(
            sa.select(Recusal.person_id).where(Recusal.project_id == project.id, Recusal.lifted_at.is_(None))
        )
    )
    everywhere = db.session.scalars(
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.active, Membership.role == Role.LEADER, Membership.department_id.is_(None))
        .order_by(Person.name)
    )
    found = {person.id: person for person in (*leaders(project.department_id), *everywhere)}
    return [person for person in found.values() if person.id != actor.person_id and person.id not in aside]


def is_alone(actor: Actor, project: Project) -> bool:
    """Whether the department has nobody else who could approve: it is then its own approver, and says so."""
    if approvers(actor, project):
        return False
    others = [person for person in colleagues(project.department_id) if person.id != actor.person_id]
    leads = any(role is Role.LEADER and at in (None, project.department_id) for role, at in actor.roles)
    return leads or not others


def names_of(person_ids: Sequence[int | None]) -> dict[int, str]:
    """The names of members of staff."""
    wanted = {key for key in person_ids if key is not None}
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(wanted))).all())


# -- versions ---------------------------------------------------------------------------------------------------------


def versions(project_id: int) -> list[WhitePaper]:
    """The frozen versions with their documents, the latest first."""
    return list(
        db.session.scalars(
            sa.select(WhitePaper)
            .where(WhitePaper.project_id == project_id)
            .options(lazyload(WhitePaper.project), selectinload(WhitePaper.documents).joinedload(Document.file))
            .order_by(WhitePaper.version.desc())
        )
    )


def version(project_id: int, number: int) -> WhitePaper:
    """One frozen version.

    Raises:
        NotFound: there is none of that number.
    """
    found = db.session.scalar(
        sa.select(WhitePaper)
        .where(WhitePaper.project_id == project_id, WhitePaper.version == number)
        .options(lazyload(WhitePaper.project), joinedload(WhitePaper.documents).joinedload(Document.file))
    )
    if found is None:
        raise NotFound
    return found


def latest(project_id: int) -> WhitePaper | None:
    """The latest version that was not withdrawn, else the latest of all."""
    return db.session.scalar(
        sa.select(WhitePaper)
        .where(WhitePaper.project_id == project_id)
        .options(lazyload(WhitePaper.project), joinedload(WhitePaper.documents).joinedload(Document.file))
        .order_by(WhitePaper.withdrawn_at.is_not(None), WhitePaper.version.desc())
        .limit(1)
    )


def document(paper: WhitePaper, rendition: Rendition, format_: str) -> Document:
    """One frozen file.

    Raises:
        NotFound: there is none, or it was withdrawn.
    """
    for found in paper.documents:
        if (found.rendition, found.format) == (rendition, format_) and found.file is not None:
            return found
    raise NotFound


def read_paper(paper: WhitePaper, rendition: Rendition) -> Paper:
    """What a frozen version says, without its entries: the same work however many wrote.

    Raises:
        NotFound: this rendition was withdrawn.
    """
    with files.open_(document(paper, rendition, "json").sha256) as file:
        return kept.thaw(file.read())


@dataclass(frozen=True)
class Leafed:
    """One page of entries, and where it lies among the others; pages are counted from 1."""

    entries: tuple[Entry, ...]
    page: int
    pages: int


def read_entries(paper: WhitePaper, told: Paper, *, page: int = 1, number: int | None = None) -> Leafed:
    """A page of the entries of a frozen version, or the page that a number stands on.

    Raises:
        NotFound: there is no such page.
    """
    leaves = told.leaves
    if number is not None:
        page = next((place for place, leaf in enumerate(leaves, 1) if leaf.first <= number <= leaf.last), 0)
    if not leaves and page == 1:
        return Leafed((), 1, 1)
    if not 1 <= page <= len(leaves):
        raise NotFound
    with files.open_(document(paper, told.rendition, "jsonl").sha256) as file:
        return Leafed(kept.thaw_entries(file, leaves[page - 1]), page, len(leaves))


def read_whole(paper: WhitePaper, rendition: Rendition) -> Paper | None:
    """A frozen version with all its entries, for the worker; nothing when its files were withdrawn."""
    try:
        told = read_paper(paper, rendition)
        if not told.leaves:
            return told
        with files.open_(document(paper, rendition, "jsonl").sha256) as file:
            return replace(told, entries=kept.thaw_entries(file))
    except NotFound:
        return None


def trouble(job: Job | None) -> str:
    """What the planner is told of a printing that did not succeed: our own words, or that something broke here.

    A fault of the machine is kept as its class and its message, which tells a planner nothing.
    """
    told = (job.last_error or "") if job is not None else ""
    broke = re.match(r"\w+(: |$)|its worker", told)
    return (
        mark("Noget gik i stykker hos os, mens hvidbogen blev trykt. Der er ikke gået noget tabt.") if broke else told
    )


def running(project_id: int) -> Job | None:
    """The latest publication that the worker was asked for, and how far it is."""
    return db.session.scalar(
        sa.select(Job)
        .where(Job.name == "reports:publish", Job.dedupe.startswith(f"reports:publish:{project_id}:", autoescape=True))
        .order_by(Job.id.desc())
        .limit(1)
    )
