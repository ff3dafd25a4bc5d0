"""A deadline is extended: later and never earlier, in public, with a reason, and the same for everybody."""

from dataclasses import dataclass
from datetime import date, datetime

from participation.foundation import clock, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Notice, Project, Round
from participation.projects.tell import tell_all
from participation.rules import dates, legal
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.statutes import queries as statutes


class NotLater(Wrong):
    """A deadline can only be moved to a later day that has not passed."""

    def __init__(self) -> None:
        super().__init__(
            mark("En frist kan kun forlænges. Vælg en dag, der ligger senere end den gamle frist og i dag.")
        )


class TooEarly(Wrong):
    """A day that citizens expect would come before the new deadline, or before the law lets it."""


@dataclass(frozen=True)
class Expected:
    """The days that citizens are told to expect."""

    report_on: date | None
    decision_on: date | None


def first_days(round_: Round, last_day: date) -> tuple[date, date]:
    """The first day that can be promised for the report, and for the decision, when the round ends on a day.

    Somebody may object until the end, so the wait after objections is counted (planloven § 27(1)).
    """
    basis, after = statutes.rule_of(round_), last_day + dates.DAY
    return after, max(after, legal.earliest_decision(basis, last_day, 1)) if basis is not None else after


def following(round_: Round, last_day: date) -> Expected:
    """The expected days, moved along with the deadline to working days that the law lets them fall on."""
    old = dates.last_day(round_.closes_at) if round_.closes_at else last_day
    report, decision = first_days(round_, last_day)

    def moved(day: date | None, first: date) -> date | None:
        return dates.next_working_day(max(day + (last_day - old), first), clock.closed) if day is not None else None

    report_on = moved(round_.report_on, report)
    return Expected(report_on, moved(round_.decision_on, max(decision, report_on or decision)))


def too_early(round_: Round, last_day: date, expected: Expected) -> dict[str, date]:
    """Which expected days cannot stand with a new deadline: by field, the first day that can."""
    report, decision = first_days(round_, last_day)
    asked = {"report_on": (expected.report_on, report), "decision_on": (expected.decision_on, decision)}
    return {name: first for name, (day, first) in asked.items() if day is not None and day < first}


def extend_round(
    actor: Actor,
    round_: Round,
    last_day: date,
    reason: str,
    *,
    report_on: date | None = None,
    decision_on: date | None = None,
    now: datetime,
) -> None:
    """Give more time, to everybody and in public (RP-28, planloven § 24(7)).

    Words that came after the old deadline and before the new one become in time. Everybody who wrote and can be
    reached, and everybody who follows, is told.

    Args:
        last_day: the new last day, a Danish calendar day.
        report_on, decision_on: the new expected days; the old ones stand where they still hold (RP-21).

    Raises:
        NotAllowed: not the actor's, or the round is reported or over.
        NotLater: the day is not later than the old one, or has passed.
        TooEarly: citizens would be told to expect the report or the decision before it can come.
    """
    permission.require(actor, Act.EXTEND_ROUND, round_, now)
    old = dates.last_day(round_.closes_at) if round_.closes_at else None
    if old is None or last_day <= old or last_day < dates.local_day(now):
        raise NotLater

    expected = Expected(report_on or round_.report_on, decision_on or round_.decision_on)
    if wrong := too_early(round_, last_day, expected):
        raise TooEarly(WHY_TOO_EARLY[next(iter(wrong))])

    project, decided = round_.project, round_.decision_on
    round_.closes_at = dates.local_day_end(last_day)
    round_.report_on, round_.decision_on = expected.report_on, expected.decision_on
    moves = decided is not None and expected.decision_on is not None and expected.decision_on != decided
    if moves:
        _move_meeting(project, decided, expected.decision_on)
    db.session.add(
        Notice(
            project_id=project.id,
            kind=NoticeKind.EXTENDED,
            at=now,
            words=reason,
            was=dates.in_danish(old),
            became=dates.in_danish(last_day),
        )
    )
    if decided is not None and expected.decision_on is not None and moves:
        db.session.add(
            Notice(
                project_id=project.id,
                kind=NoticeKind.MOVED,
                at=now,
                words=reason,
                was=dates.in_danish(decided),
                became=dates.in_danish(expected.decision_on),
            )
        )
    db.session.flush()

    log.record(
        Act.EXTEND_ROUND,
        actor,
        round_,
        at=now,
        project_id=project.id,
        was=old,
        became=last_day,
        decides_on=expected.decision_on if moves else None,
    )
    tell_all(project, "extended", now=now)


WHY_TOO_EARLY = {
    "report_on": mark("Kommunens samlede svar kan ikke komme før den nye frist. Vælg en senere dag."),
    "decision_on": mark("Loven giver tid mellem fristen og beslutningen. Vælg en senere dag for beslutningen."),
}


def _move_meeting(project: Project, was: date | None, became: date | None) -> None:
    """The last meeting that is planned follows when it was the day of the decision."""
    coming = [step for step in project.steps if step.result is None]
    if coming and coming[-1].planned_on == was:
        coming[-1].planned_on = became
