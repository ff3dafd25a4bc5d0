"""A plan made backwards is taken over in one act: the round's period, its expected days and the meetings."""

from collections.abc import Sequence
from datetime import date, datetime

from participation.decisions.backwards import coming, has_begun
from participation.decisions.schedule import Planned, schedule_steps
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project, Round, Step
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.backwards import Backwards, overlap_reason
from participation.rules.kinds import StepKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotReachable(Wrong):
    """A plan that cannot be kept is not taken over."""

    def __init__(self) -> None:
        super().__init__(mark("Planen kan ikke nås. Vælg en senere dag for beslutningen."))


class RoundBegun(Wrong):
    """What people were told when they began to write stands."""

    def __init__(self) -> None:
        super().__init__(mark("Runden er begyndt, og perioden ligger fast. Møderne kan du flytte i mødeplanen."))


def adopt_plan(
    actor: Actor, project: Project, round_: Round, plan: Backwards, reason: str = "", *, now: datetime
) -> None:
    """Take a plan over into a round that has not begun, and into the steps to come.

    A round that is announced keeps its period as it was told; its meetings alone are planned. Where the project is
    public, that is done as `schedule_steps` does it: everybody is told when the day of the decision moves.

    Args:
        plan: made of the steps to come, in their order.
        reason: why the day of the decision moves, where citizens were told another.

    Raises:
        NotAllowed: not the actor's, or the project is over.
        RoundBegun: people can write already; the plan of meetings is changed by itself.
        NotReachable: the plan does not hold.
        ReasonMissing, NotLawful: as for `schedule_steps`.
    """
    permission.require(actor, Act.EDIT_PROJECT, round_, now)
    if has_begun(round_, now):
        raise RoundBegun
    steps = coming(project)
    unplanned = [step for place, step in enumerate(steps) if place not in plan.meets]
    if not plan.holds or any(step.kind is not StepKind.HEARING for step in unplanned):
        raise NotReachable

    decides_on = plan.meets[len(steps) - 1]
    met = [(steps[place], day) for place, day in sorted(plan.meets.items(), key=lambda one: one[1])]
    _plan_meetings(actor, project, unplanned, met, reason, now)
    if round_.announced_at is not None:
        return
    round_.opens_at, round_.closes_at = dates.opens_at(plan.opens_on), dates.local_day_end(plan.last_day)
    round_.report_on, round_.decision_on = plan.report_on, decides_on
    round_.overlap_reason = overlap_reason(round_.overlap_reason, plan.longer)
    db.session.flush()
    db.session.expire(project, ["steps"])

    log.record(
        Act.EDIT_PROJECT,
        actor,
        round_,
        at=now,
        project_id=project.id,
        what="backwards",
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        decides_on=decides_on,
    )


def _plan_meetings(
    actor: Actor,
    project: Project,
    unplanned: Sequence[Step],
    met: Sequence[tuple[Step, date]],
    reason: str,
    now: datetime,
) -> None:
    """Write the days into the steps; who sent an announced round out to be heard stands first, as it stood."""
    if project.announced_at is None:
        for position, (step, day) in enumerate(met, start=len(project.steps) - len(met)):
            step.position, step.planned_on = position, day
        return
    stood = [(step, step.planned_on) for step in unplanned]
    rows = [
        Planned(step.id, step.kind, step.body, day, step.agenda_url, step.agenda_published_on)
        for step, day in (*stood, *met)
    ]
    schedule_steps(actor, project, rows, reason, now=now)
