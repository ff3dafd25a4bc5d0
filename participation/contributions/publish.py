"""Contributions are shown on the page, in batch, by the project's own rule; what looks private waits for a person."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.contributions.show_file import drop_copy
from participation.foundation import jobs, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project, Round
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.handling import Handling, step
from participation.rules.kinds import Kind, PublicationRule
from participation.rules.phases import Phase, phase
from participation.rules.plain import mark
from participation.rules.policy import WORKER, Actor


class NotYet(Wrong):
    """The project's rule does not let contributions be shown now, or at all."""


def publish_contributions(actor: Actor, project: Project, ids: Collection[int] | None = None, *, now: datetime) -> int:
    """Show contributions on the page: the chosen ones, or all that the project's rule lets through.

    A question is shown with its answer, by the room of answers. What is held back needs a named person first
    (`clear.clear_contribution`), and what is hidden or withdrawn stays so.

    Args:
        ids: contributions of this project; None takes all that are ready: under the rule "when we have looked" the
            read ones.

    Returns:
        How many are shown from now on.

    Raises:
        NotAllowed: the actor may not work in this case.
        NotYet: the project never shows contributions, or only after the deadline.
    """
    permission.require(actor, Act.PUBLISH_CONTRIBUTION, project, now)
    _ask_rule(project, now)

    ready = sa.select(Contribution.id).where(
        Contribution.project_id == project.id,
        Contribution.handling == Handling.RECEIVED,
        Contribution.kind != Kind.QUESTION,
        ~Contribution.held_back,
    )
    if ids is not None:
        ready = ready.where(Contribution.id.in_(ids))
    elif project.publication is PublicationRule.AFTER_LOOK:
        ready = ready.where(Contribution.read_at.is_not(None))
    else:
        ready = ready.where(~Contribution.suspicious)
    shown = db.session.execute(
        sa.update(Contribution)
        .where(Contribution.id.in_(ready))
        .values(handling=Handling.PUBLISHED, published_at=now)
        .returning(Contribution.number)
        .execution_options(synchronize_session=False)
    ).scalars()
    numbers = sorted(shown)
    if not numbers:
        return 0
    project.published_count = Project.published_count + len(numbers)
    db.session.flush()
    db.session.expire_all()

    log.record(
        Act.PUBLISH_CONTRIBUTION,
        actor,
        project,
        at=now,
        count=len(numbers),
        numbers=numbers if len(numbers) <= 100 else None,
        first=numbers[0],
        last=numbers[-1],
    )
    return len(numbers)


def take_down(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Take it off the page at once; it waits for a named person to look, cover and clear, or to hide it (T16).

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it does not stand on the page.
    """
    permission.require(actor, Act.TAKE_DOWN_CONTRIBUTION, contribution, now)
    if contribution.handling is not Handling.PUBLISHED:
        raise Wrong(mark("Det står ikke på siden."))

    hold_back(contribution)
    contribution.cleared_by_id, contribution.cleared_reason = None, None
    for attachment in contribution.attachments:
        drop_copy(attachment, now=now)
    db.session.flush()

    log.record(Act.TAKE_DOWN_CONTRIBUTION, actor, contribution, at=now, number=contribution.number)


def hold_back(contribution: Contribution) -> None:
    """Let it wait for a person, off the page if it stood there; for the verbs that have asked the policy."""
    contribution.held_back = True
    if contribution.handling is Handling.PUBLISHED:
        contribution.handling = step(contribution.handling, Handling.RECEIVED)
        contribution.published_at = None
        contribution.project.published_count = Project.published_count - 1


def _ask_rule(project: Project, now: datetime) -> None:
    if project.publication is PublicationRule.NEVER:
        raise NotYet(mark("I denne sag viser vi ikke høringssvar på siden. Du kan ændre det under projektets valg."))
    if project.publication is PublicationRule.AFTER_DEADLINE and not _deadline_passed(project, now):
        raise NotYet(mark("I denne sag viser vi først høringssvar, når fristen er gået."))


def _deadline_passed(project: Project, now: datetime) -> bool:
    at = phase(project.round, now) if project.round is not None else Phase.DRAFT
    return at in (Phase.WEIGHING, Phase.REPORTED, Phase.DECIDED)


@jobs.periodic("contributions:publish", every=timedelta(minutes=10))
def publish_after_deadlines(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Where contributions are shown when the deadline has passed, show them."""
    due = db.session.scalars(
        sa.select(Project)
        .join(Round, Round.project_id == Project.id)
        .where(
            Project.publication == PublicationRule.AFTER_DEADLINE,
            Project.closed_at.is_(None),
            Round.closes_at <= now,
            sa.exists().where(
                Contribution.project_id == Project.id,
                Contribution.handling == Handling.RECEIVED,
                Contribution.kind != Kind.QUESTION,
                ~Contribution.held_back,
            ),
        )
        .distinct()
    ).all()
    for project in due:
        if policy.refusal(WORKER, Act.PUBLISH_CONTRIBUTION, project, now) is None and _deadline_passed(project, now):
            publish_contributions(WORKER, project, now=now)
