"""A practice project is decided, everybody who wrote is told, what follows is done, and the case is closed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.model import Point
from participation.decisions.announce import announce_decision
from participation.decisions.follow_up import finish_follow_up, no_follow_up, plan_follow_up
from participation.decisions.model import FollowUp
from participation.decisions.record import Result, record_result
from participation.feedback.close import close_project
from participation.feedback.judge import judge_feedback
from participation.feedback.learn import write_lesson
from participation.feedback.model import Verdict
from participation.feedback.publish import publish_feedback
from participation.feedback.reopen import reopen_answer
from participation.foundation.db import db
from participation.practice import texts
from participation.practice.announce import SENT, steps
from participation.practice.case import Case, Event
from participation.practice.texts import Told
from participation.projects.model import Step
from participation.rules import dates
from participation.rules.kinds import FINAL, StepKind, StepResult
from participation.rules.outcomes import Outcome
from participation.rules.policy import Actor

_COMPLAINTS = {"planklagenaevnet": "planklagenaevnet", "none": "kan-ikke-paaklages"}
_HOUR = timedelta(hours=1)


def deciding(case: Case) -> Iterator[Event]:
    """What each body decided, and all that follows from the decision."""
    announced = case.at(case.told["announced"], "10:00")
    for place, told in enumerate(steps(case.told)):
        if "result" in told:
            met = case.meets_at(told)
            at = max(announced, met) + _HOUR if told["kind"] == SENT else case.office(met)
            yield Event(at, partial(_record, case, place, told))
    if "decision" in case.told:
        yield from _after(case, case.told["decision"])


def _after(case: Case, told: Told) -> Iterator[Event]:
    last = steps(case.told)[-1]
    recorded = case.office(case.meets_at(last))
    at = max(case.at(told["announced"], "12:00"), recorded + _HOUR)
    yield Event(at, partial(_announce, case, told))
    follow_ups = case.told.get("follow_up", [])
    for one in follow_ups:
        yield Event(at + _HOUR, partial(_plan, case, one))
        yield Event(case.at(one["done"], "15:05"), partial(_finish, case, one))
    sent = max(case.at(told["feedback"], "10:10"), at + 2 * _HOUR)
    yield Event(sent, lambda now: publish_feedback(case.planner, case.here, now=now))
    for one in texts.answers(case.slug).get("verdict", []):
        said = max(case.at(one["day"], "19:31"), sent + _HOUR)
        yield Event(said, partial(_judge, case, one))
        if "reply" in one:
            yield Event(case.office(said, "10:40"), partial(_reply, case, one))
    closed = case.at(told["closed"], "13:45")
    if not follow_ups:
        yield Event(closed, lambda now: no_follow_up(case.planner, case.here, now=now))
    yield Event(closed, lambda now: close_project(case.planner, case.here, now=now))
    if lesson := told.get("lesson"):
        yield Event(closed + _HOUR, partial(_learn, case, lesson))


def _record(case: Case, place: int, told: Told, now: datetime) -> None:
    step = case.here.steps[place]
    final = case.told.get("decision", {}) if told["result"] in FINAL else {}
    result = Result(
        met_on=case.calendar.meets_on(told["day"]),
        result=StepResult.RECOMMENDED if told["result"] == SENT else StepResult(told["result"]),
        grounds=final.get("grounds", ""),
        legal_ground=final.get("legal_ground", ""),
        votes=final.get("votes", ""),
        exceptions=_exceptions(case) if final else {},
    )
    record_result(case.planner if step.kind is StepKind.DELEGATED else case.clerk, step, result, now=now)


def _exceptions(case: Case) -> dict[int, tuple[Outcome, str]]:
    """Where the body decided otherwise than recommended, by the answer's id."""
    found = {}
    for one in texts.answers(case.slug).get("exception", []):
        for place in one["contributions"]:
            for answer in _answers(case, place):
                found[answer.id] = (Outcome(one["outcome"]), one["grounds"])
    return found


def _answers(case: Case, place: int) -> list[Answer]:
    contribution = case.arrived[place].id
    points = sa.select(Point.id).where(Point.contribution_id == contribution)
    mine = sa.or_(Answer.contribution_id == contribution, Answer.point_id.in_(points))
    return list(db.session.scalars(sa.select(Answer).where(mine).order_by(Answer.id)))


def _announce(case: Case, told: Told, now: datetime) -> None:
    step = _last(case)
    officer = case.planner if step.kind is StepKind.DELEGATED else case.clerk
    day = case.calendar.meets_on(told["announced"])
    on = min(max(day, step.met_on or day), dates.local_day(now))
    announce_decision(officer, step, on, _COMPLAINTS[told["complaint"]], now=now)


def _last(case: Case) -> Step:
    return case.here.steps[-1]


def _plan(case: Case, one: Told, now: datetime) -> None:
    answers = _answers(case, one["from_contribution"]) if "from_contribution" in one else []
    answer = answers[0] if answers else None
    plan_follow_up(case.planner, case.here, one["text"], one["owner"], case.calendar.on(one["day"]), answer, now=now)


def _finish(case: Case, one: Told, now: datetime) -> None:
    mine = sa.select(FollowUp).where(FollowUp.project_id == case.here.id, FollowUp.words == one["text"])
    finish_follow_up(case.planner, db.session.scalars(mine).one(), now=now)


def _judge(case: Case, one: Told, now: datetime) -> None:
    contribution = case.arrived[one["contribution"]]
    holder = Actor(held=frozenset({contribution.id}))
    judge_feedback(holder, contribution, one["answered"], one.get("missing", ""), now=now)


def _reply(case: Case, one: Told, now: datetime) -> None:
    verdict = db.session.get_one(Verdict, case.arrived[one["contribution"]].id)
    reopen_answer(case.planner, verdict, one["reply"], now=now)


def _learn(case: Case, words: str, now: datetime) -> None:
    write_lesson(case.planner, case.here, asked_early=True, reached=False, mattered=True, words=words, now=now)
