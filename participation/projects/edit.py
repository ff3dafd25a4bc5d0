"""A planner writes on: the frame, the plan, the contact. What is public is never changed without a public line."""

from datetime import date, datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.correct import told_correction
from participation.projects.declare import Fixed, LevelTooLow, RoundPlan, frame_lines, planned
from participation.projects.model import Meaning, Project, Round, Step
from participation.rules import levels
from participation.rules.acts import Act
from participation.rules.kinds import Frame, PublicationRule, RoundKind, StepKind
from participation.rules.levels import Level
from participation.rules.plain import mark
from participation.rules.policy import Actor


class ReasonMissing(Wrong):
    """Something public is changed, and nothing is said about it."""

    def __init__(self) -> None:
        super().__init__(mark("Projektet er offentligt. Skriv, hvad du har rettet, og hvorfor, så alle kan se det."))


class AlreadyAnnounced(Wrong):
    """What was announced stands; a deadline is extended and a level is raised by acts of their own."""

    def __init__(self) -> None:
        super().__init__(
            mark("Runden er offentliggjort, og perioden ligger fast. Du kan forlænge fristen på projektets side.")
        )


class MeetingsStand(Wrong):
    """Citizens were told when it is decided: the plan of the decision moves a day, asks the law and tells everybody."""

    def __init__(self) -> None:
        super().__init__(mark("Projektet er offentligt. Flyt møderne i sagens mødeplan, så alle får den nye dato."))


def edit_words(
    actor: Actor,
    project: Project,
    *,
    title: str,
    summary: str,
    meanings: tuple[tuple[str, str], ...],
    open_: tuple[str, ...],
    fixed: tuple[Fixed, ...],
    reason: str = "",
    now: datetime,
) -> None:
    """Write what the matter is about, what it means for whom, and what can be influenced (RP-37, RL-04).

    Args:
        meanings: pairs of a role and what it means; an empty role is everybody.
        reason: what was changed and why; needed, and shown, when the project is public (RP-28).

    Raises:
        NotAllowed: not the actor's, or the project is over.
        ReasonMissing: it is public and nothing was said about the change.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    before = _said(project)
    if (title, summary, meanings, open_, fixed) == before:
        return
    _correct_in_public(project, reason, now)
    project.title, project.summary = title, summary
    project.meanings = [
        Meaning(audience=audience, words=words, position=place) for place, (audience, words) in enumerate(meanings)
    ]
    project.frame = frame_lines(open_, fixed)
    db.session.flush()
    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="words")


def _said(project: Project) -> tuple[object, ...]:
    return (
        project.title,
        project.summary,
        tuple((one.audience, one.words) for one in project.meanings),
        tuple(line.words for line in project.frame if line.kind is Frame.OPEN),
        tuple(Fixed(line.words, line.constraint, line.source) for line in project.frame if line.kind is Frame.FIXED),
    )


def _correct_in_public(project: Project, reason: str, now: datetime) -> None:
    if project.announced_at is None:
        return
    if not reason.strip():
        raise ReasonMissing
    told_correction(project, reason, now=now)


def edit_plan(
    actor: Actor, round_: Round, plan: RoundPlan, *, decided_by: str, register_id: str, now: datetime
) -> None:
    """Plan a round anew, before it is announced: period, legal basis, who it is for, who decides (RE-05, RP-39).

    Raises:
        NotAllowed: not the actor's, or the project is over.
        AlreadyAnnounced: the round is public.
        BadPeriod: it would end before it begins.
    """
    permission.require(actor, Act.EDIT_PROJECT, round_, now)
    if round_.announced_at is not None:
        raise AlreadyAnnounced
    new = planned(plan, round_.position)
    for name in (
        "legal_basis",
        "minor_reason",
        "overlap_reason",
        "legal_text",
        "environmental_report",
        "audience",
        "opens_at",
        "closes_at",
        "report_on",
        "decision_on",
    ):
        setattr(round_, name, getattr(new, name))
    round_.project.decided_by, round_.project.register_id = decided_by, register_id
    db.session.flush()
    log.record(
        Act.EDIT_PROJECT,
        actor,
        round_,
        at=now,
        project_id=round_.project_id,
        what="plan",
        legal_basis=round_.legal_basis,
        closes_at=round_.closes_at,
    )


def edit_level(
    actor: Actor, project: Project, level: Level, reason: str, wide_interest: bool, *, now: datetime
) -> None:
    """Think the level over while the project is a draft (RP-36).

    Raises:
        NotAllowed: not the actor's.
        AlreadyAnnounced: the project is public; its level is raised or corrected instead.
        LevelTooLow: a matter of wide interest is at least a hearing (RP-48).
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if project.announced_at is not None:
        raise AlreadyAnnounced
    if level.rank < levels.lowest_right(wide_interest).rank:
        raise LevelTooLow
    old, project.level, project.level_reason, project.wide_interest = project.level, level, reason, wide_interest
    for round_ in project.rounds:
        round_.level = level
        if level is Level.ORIENTATION:
            round_.kind, round_.legal_basis = RoundKind.INFORMATION, "orientation"
        elif round_.kind is RoundKind.INFORMATION:
            round_.kind, round_.legal_basis = RoundKind.HEARING, "none"
    db.session.flush()
    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="level", was=old, became=level)


def edit_contact(
    actor: Actor, project: Project, *, name: str, phone: str, email: str, hours: str, now: datetime
) -> None:
    """Say whom citizens can ask (RP-04).

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    project.contact_name, project.contact_phone = name, phone
    project.contact_email, project.contact_hours = email, hours
    db.session.flush()
    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="contact")


def edit_rules(
    actor: Actor,
    project: Project,
    publication: PublicationRule,
    support_on: bool,
    *,
    notes_are_annex: bool = False,
    now: datetime,
) -> None:
    """Settle when contributions are shown, whether proposals can be supported, and what notes from a meeting become.

    Args:
        notes_are_annex: they are laid with the meeting for all to read, and are no contributions (RP-06).

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    project.publication, project.support_on, project.notes_are_annex = publication, support_on, notes_are_annex
    db.session.flush()
    log.record(
        Act.EDIT_PROJECT,
        actor,
        project,
        at=now,
        project_id=project.id,
        what="rules",
        publication=publication,
        support_on=support_on,
        notes_are_annex=notes_are_annex,
    )


def edit_steps(
    actor: Actor, project: Project, rows: tuple[tuple[int | None, StepKind, str, date | None], ...], *, now: datetime
) -> None:
    """Plan the steps of the decision while the project is a draft: who, and which day.

    Args:
        rows: id of a known step or None for a new one, its kind, body and planned day. A known step that is left out
            is taken away.

    Raises:
        NotAllowed: not the actor's, or the project is over.
        MeetingsStand: the project is announced; `schedule_steps` plans from then on.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if project.announced_at is not None:
        raise MeetingsStand
    known = {step.id: step for step in project.steps}
    kept = set()
    for place, (key, kind, body, planned_on) in enumerate(rows):
        step = known.get(key) if key is not None else None
        if step is None:
            project.steps.append(Step(kind=kind, body=body, planned_on=planned_on, position=place))
            continue
        kept.add(step.id)
        step.position, step.kind, step.body, step.planned_on = place, kind, body, planned_on
    for key, step in known.items():
        if key not in kept:
            project.steps.remove(step)
            db.session.delete(step)
    db.session.flush()
    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="steps", count=len(rows))
