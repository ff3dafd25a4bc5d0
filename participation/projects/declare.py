"""A matter is declared: first how far citizens are let in, then what is being decided."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Department
from participation.projects.model import FrameLine, Meaning, Party, Project, Round, Step
from participation.rules import dates, legal, levels
from participation.rules.acts import Act
from participation.rules.kinds import Audience, Capacity, CaseType, Constraint, Frame, RoundKind, StepKind
from participation.rules.levels import Level
from participation.rules.plain import mark
from participation.rules.policy import Actor

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "é": "e"})
_LONGEST_SLUG = 60
#: Words that are addresses of their own under ``/projekter/``.
_TAKEN = frozenset({"nyt", "nedbrud"})


class LevelTooLow(Wrong):
    """A matter of wide or concrete interest is at least a hearing (RP-48)."""

    def __init__(self) -> None:
        super().__init__(
            mark(
                "Sagen berører mange eller nogen direkte. Så skal borgerne mindst høres. Vælg høring eller samskabelse."
            )
        )


@dataclass(frozen=True)
class Fixed:
    """A line that cannot be changed, why, and who or which law has settled it."""

    words: str
    constraint: Constraint | None
    source: str = ""


@dataclass(frozen=True)
class Heard:
    """Somebody who must be heard."""

    name: str
    email: str = ""
    capacity: Capacity = Capacity.CITIZEN
    address: str = ""


@dataclass(frozen=True)
class RoundPlan:
    """A round as it is planned; days are Danish calendar days.

    Attributes:
        opens_on: the first day; None opens it the moment it is announced.
        last_day: the last day that is in time.
    """

    kind: RoundKind
    level: Level
    legal_basis: str
    opens_on: date | None = None
    last_day: date | None = None
    report_on: date | None = None
    decision_on: date | None = None
    audience: Audience = Audience.EVERYONE
    minor_reason: str = ""
    overlap_reason: str = ""
    legal_text: str = ""
    environmental_report: bool = False


@dataclass(frozen=True)
class Declaration:
    """Everything that a planner says about a new matter."""

    level: Level
    level_reason: str
    wide_interest: bool
    case_type: CaseType
    title: str
    round: RoundPlan
    summary: str = ""
    meaning: str = ""
    open: tuple[str, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    decided_by: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    contact_hours: str = ""
    register_id: str = ""
    parties: tuple[Heard, ...] = ()
    steps: tuple[tuple[StepKind, str, date | None], ...] = field(default=())


def declare_project(
    actor: Actor, department: Department, said: Declaration, copied_from: Project | None = None, *, now: datetime
) -> Project:
    """Begin a project: its level with a reason, who has considered it and when (RP-36, RP-47).

    Args:
        copied_from: an earlier matter whose roles of "Hvad betyder det for mig?" and switches come along.

    Raises:
        NotAllowed: the actor is no planner or leader of the department.
        LevelTooLow: a matter of wide interest was to be told only (RP-48).
        BadPeriod: the round would end before it begins.
    """
    permission.require(actor, Act.DECLARE_PROJECT, department, now)
    if said.level.rank < levels.lowest_right(said.wide_interest).rank:
        raise LevelTooLow

    project = Project(
        slug=free_slug(said.title),
        title=said.title,
        case_type=said.case_type,
        level=said.level,
        level_reason=said.level_reason,
        wide_interest=said.wide_interest,
        department_id=department.id,
        owner_id=actor.person_id,
        summary=said.summary,
        decided_by=said.decided_by,
        contact_name=said.contact_name,
        contact_phone=said.contact_phone,
        contact_email=said.contact_email,
        contact_hours=said.contact_hours,
        register_id=said.register_id,
        created_at=now,
    )
    project.rounds = [planned(said.round)]
    project.frame = frame_lines(said.open, said.fixed)
    project.meanings = [Meaning(words=said.meaning, position=0)] if said.meaning else []
    project.parties = [heard(one, place) for place, one in enumerate(said.parties)]
    project.steps = [
        Step(kind=kind, body=body, planned_on=on, position=place) for place, (kind, body, on) in enumerate(said.steps)
    ]
    if copied_from is not None:
        _copy(copied_from, project)
    db.session.add(project)
    db.session.flush()

    log.record(
        Act.DECLARE_PROJECT,
        actor,
        project,
        at=now,
        project_id=project.id,
        level=said.level,
        wide_interest=said.wide_interest,
        case_type=said.case_type,
        legal_basis=said.round.legal_basis,
        copied_from=copied_from.id if copied_from else None,
    )
    return project


class BadPeriod(Wrong):
    """A round that ends before it begins."""

    def __init__(self) -> None:
        super().__init__(mark("Perioden slutter, før den begynder. Vælg en senere sidste dag."))


def planned(plan: RoundPlan, position: int = 1) -> Round:
    """The row of a planned round, its days kept as the half-open period they mean.

    Raises:
        BadPeriod: it would end before it begins.
        KeyError: there is no such legal basis in the rule table.
    """
    if plan.opens_on and plan.last_day and plan.last_day < plan.opens_on:
        raise BadPeriod
    return Round(
        position=position,
        kind=plan.kind,
        level=plan.level,
        legal_basis=legal.LEGAL_BASES[plan.legal_basis].key,
        minor_reason=plan.minor_reason,
        overlap_reason=plan.overlap_reason,
        legal_text=plan.legal_text,
        environmental_report=plan.environmental_report,
        audience=plan.audience,
        opens_at=dates.opens_at(plan.opens_on) if plan.opens_on else None,
        closes_at=dates.local_day_end(plan.last_day) if plan.last_day else None,
        report_on=plan.report_on,
        decision_on=plan.decision_on,
    )


def frame_lines(open_: tuple[str, ...], fixed: tuple[Fixed, ...]) -> list[FrameLine]:
    """The rows of an influence frame, what is open first (RP-37)."""
    lines = [FrameLine(kind=Frame.OPEN, words=words, source="") for words in open_]
    lines += [
        FrameLine(kind=Frame.FIXED, words=one.words, constraint=one.constraint, source=one.source) for one in fixed
    ]
    for place, line in enumerate(lines):
        line.position = place
    return lines


def heard(one: Heard, position: int) -> Party:
    """The row of somebody who must be heard."""
    return Party(name=one.name, email=one.email, capacity=one.capacity, address=one.address, position=position)


def free_slug(title: str) -> str:
    """An address for a title that no project has: ``Ny skolevej på Åvej`` becomes ``ny-skolevej-paa-aavej``."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or "projekt"
    taken = set(db.session.scalars(sa.select(Project.slug).where(Project.slug.startswith(slug, autoescape=True))))
    free, number = slug, 2
    while free in taken or free in _TAKEN:
        free, number = f"{slug}-{number}", number + 1
    return free


def _copy(old: Project, new: Project) -> None:
    """What a form does not ask for comes along from the earlier matter."""
    new.copied_from_id = old.id
    new.publication, new.support_on = old.publication, old.support_on
    new.notes_are_annex = old.notes_are_annex
    new.meanings += [
        Meaning(audience=meaning.audience, words=meaning.words, position=place)
        for place, meaning in enumerate((meaning for meaning in old.meanings if meaning.audience), start=1)
    ]
