"""The steps of the decision are planned: which body, which meeting, and when its agenda is public (RP-32)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from participation.contributions.model import Promise
from participation.decisions import law
from participation.decisions.model import AgendaItem
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Notice, Project, Step
from participation.projects.tell import tell_all
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind, PromiseKind, StepKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotLawful(Wrong):
    """The planned day is against the law; the sentence says why and what to do."""


class ReasonMissing(Wrong):
    """Citizens were told another day; they are owed the reason (RP-21)."""

    def __init__(self) -> None:
        super().__init__(mark("Borgerne har fået en anden dato at vide. Skriv, hvorfor den er flyttet."))


class NoStepLeft(Wrong):
    """Somebody must decide."""

    def __init__(self) -> None:
        super().__init__(mark("Der skal være mindst ét møde eller én, der beslutter."))


@dataclass(frozen=True)
class Planned:
    """One step as it is planned.

    Attributes:
        key: id of a known step; None for a new one.
        agenda_published_on: when the agenda became public; about a week before the meeting (RP-32).
    """

    key: int | None
    kind: StepKind
    body: str
    planned_on: date | None = None
    agenda_url: str = ""
    agenda_published_on: date | None = None


def schedule_steps(actor: Actor, project: Project, plan: Sequence[Planned], reason: str = "", *, now: datetime) -> None:
    """Plan the coming steps in their order; steps whose result is recorded stand as they are, before the others.

    A known step that is left out is dropped. When the day of the final decision moves, everybody who wrote and
    everybody who follows is told the new day and the reason.

    Raises:
        NotAllowed: the actor may not plan in this case.
        NoStepLeft: nobody would decide.
        NotLawful: the final decision would come too early, or an authority's veto stands.
        ReasonMissing: citizens were told another day.
    """
    permission.require(actor, Act.SCHEDULE_DECISION, project, now)
    coming = {step.id: step for step in project.steps if step.result is None}
    if not plan:
        raise NoStepLeft
    decides_on = plan[-1].planned_on
    was = project.round.decision_on if project.round is not None else None
    moves = decides_on is not None and decides_on != was
    if moves and decides_on is not None:
        check_lawful(project, decides_on)
    is_told = project.announced_at is not None and was is not None
    if moves and is_told and not reason.strip():
        raise ReasonMissing

    _arrange(project, coming, plan)
    if moves and decides_on is not None:
        move_decision(project, decides_on, reason.strip(), now=now)
    db.session.flush()

    log.record(
        Act.SCHEDULE_DECISION,
        actor,
        project,
        at=now,
        project_id=project.id,
        steps=len(plan),
        dropped=len(set(coming) - {row.key for row in plan}) or None,
        was=was if moves else None,
        became=decides_on if moves else None,
    )


def check_lawful(project: Project, decides_on: date) -> None:
    """Let a planned day of the final decision through, or not.

    Raises:
        NotLawful: the law stands against it.
    """
    blocks = [finding for finding in law.findings(project, decides_on) if finding.kind == "block"]
    if blocks:
        raise NotLawful(" ".join(f"{finding.words} ({finding.source})" for finding in blocks))


def move_decision(project: Project, decides_on: date, reason: str, *, now: datetime) -> None:
    """The expected day of the decision moves, in every promise not kept yet; the public is told why (RP-21)."""
    round_ = project.round
    if round_ is None:
        return
    was, round_.decision_on = round_.decision_on, decides_on
    if project.announced_at is None or was is None:
        return
    db.session.execute(
        sa.update(Promise)
        .where(Promise.project_id == project.id, Promise.kind == PromiseKind.DECISION, Promise.kept_at.is_(None))
        .values(moved_to=decides_on, moved_reason=reason)
    )
    db.session.add(
        Notice(
            project_id=project.id,
            kind=NoticeKind.MOVED,
            at=now,
            words=reason,
            was=dates.in_danish(was),
            became=dates.in_danish(decides_on),
        )
    )
    db.session.flush()
    tell_all(project, "moved", now=now)


def follow_with(project: Project, step: Step, planned_on: date) -> Step:
    """The same body meets again: a new step right after one that was postponed or sent back."""
    again = Step(kind=step.kind, body=step.body, planned_on=planned_on, position=step.position + 1)
    for later in project.steps:
        if later.position > step.position:
            later.position += 1
    again.project = project
    db.session.add(again)
    db.session.flush()
    db.session.expire(project, ["steps"])
    return again


def _arrange(project: Project, coming: Mapping[int, Step], plan: Sequence[Planned]) -> None:
    held = [step for step in project.steps if step.result is not None]
    kept = {row.key for row in plan}
    gone = [step for key, step in coming.items() if key not in kept]
    if gone:
        db.session.execute(sa.delete(AgendaItem).where(AgendaItem.step_id.in_([step.id for step in gone])))
    for step in gone:
        db.session.delete(step)
    for place, row in enumerate(plan, start=len(held)):
        step = coming.get(row.key or 0) or Step(project=project, kind=row.kind, body=row.body)
        db.session.add(step)
        step.position, step.kind, step.body, step.planned_on = place, row.kind, row.body, row.planned_on
        step.agenda_url, step.agenda_published_on = row.agenda_url, row.agenda_published_on
    for place, step in enumerate(held):
        step.position = place
    db.session.flush()
    db.session.expire(project, ["steps"])
