"""The plan made backwards for a case: what it is made from, and its days and reasons in the reader's language."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from participation.foundation import clock
from participation.projects.announce import next_round
from participation.projects.case_types import PREFILLS
from participation.projects.model import Project, Round, Step
from participation.rules import dates
from participation.rules.backwards import Backwards, Body, Line, Reason, Stage, Wish, plan_backwards
from participation.rules.kinds import StepKind
from participation.rules.legal import HOLIDAYS
from participation.rules.words import danish
from participation.statutes import queries as statutes


def round_of(project: Project) -> Round | None:
    """The round that is planned: the first that is not announced, else the one the project stands in."""
    return next_round(project) or project.round


def coming(project: Project) -> list[Step]:
    """The steps that are not recorded, in their order; the last one decides."""
    return [step for step in project.steps if step.result is None]


def has_begun(round_: Round, now: datetime) -> bool:
    """Whether people can write in a round already, or could."""
    return round_.announced_at is not None and (round_.opens_at is None or round_.opens_at <= now)


def usual(project: Project) -> dict[str, Any]:
    """What stands in the form at first: the planned day, the round's length, the case type's time to weigh."""
    given, steps, round_ = PREFILLS[project.case_type], coming(project), round_of(project)
    length, day = given.days, steps[-1].planned_on if steps else None
    if round_ is not None and round_.opens_at is not None and round_.closes_at is not None:
        first, last = dates.local_day(round_.opens_at), dates.last_day(round_.closes_at)
        lost = sum(days for _kind, days in dates.holiday_overlap(first, last, clock.closed))
        length = max((last - first).days - lost, 1)  # the plan makes up for the holidays by itself
    if round_ is not None:
        day = round_.decision_on or day
    return {"dag": day, "hoering": length, "vejning": given.report_days}


def plan_of(
    project: Project, round_: Round, decides_on: date, hearing_days: int, weighing_days: int, today: date
) -> Backwards | None:
    """The plan of this case; nothing while nobody is to decide.

    Args:
        hearing_days: how long the hearing should at least be. weighing_days: working days to the white paper.
    """
    basis, steps = statutes.rule_of(round_), coming(project)
    if basis is None or not steps:
        return None
    told = _told(round_)
    reported_on = dates.local_day(round_.reported_at) if round_.reported_at is not None else round_.report_on
    wish = Wish(
        decides_on=decides_on,
        today=today,
        bodies=tuple(Body(step.kind, step.body) for step in steps),
        basis=basis,
        hearing_days=hearing_days,
        weighing_days=weighing_days,
        environmental_report=round_.environmental_report and not basis.environmental_report,
        period=told,
        report_on=reported_on if told else None,
        closed=clock.closed,
    )
    return plan_backwards(wish)


def _told(round_: Round) -> tuple[date, date] | None:
    """The first and the last day of a round that is announced."""
    if round_.announced_at is None or round_.closes_at is None:
        return None
    return dates.local_day(round_.opens_at or round_.announced_at), dates.last_day(round_.closes_at)


def rows_of(project: Project, plan: Backwards) -> list[tuple[date, str, list[str]]]:
    """The plan's days with what happens on each and why, in the reader's language."""
    steps = coming(project)
    return [
        (line.on, _what(line, steps[line.body] if line.body is not None else None), [say(one) for one in line.reasons])
        for line in plan.lines
    ]


def _what(line: Line, step: Step | None) -> str:
    if step is None:
        return _(danish(line.stage))
    if line.stage is Stage.AGENDA:
        return f"{_(danish(line.stage))}: {step.body}"
    if step.kind is StepKind.HEARING:
        return _("%(body)s sender forslaget i høring", body=step.body)
    if step is coming(step.project)[-1]:
        return _("%(body)s beslutter", body=step.body)
    return _("%(body)s behandler sagen", body=step.body)


def say(reason: Reason) -> str:
    """The reason in the reader's language, with where it stands."""
    words = _(reason.template, **{name: _shown(value) for name, value in reason.values.items()})
    return f"{words} ({reason.source})" if reason.source else words


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return clock.day(value)
    return _(value) if value in HOLIDAYS.values() else value
