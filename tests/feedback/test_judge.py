""" "Fik du svar på det, du skrev om?" and the reply to a no (FU-22)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.contributions.receive import Sender
from participation.feedback.judge import NothingSaid, SaidAlready, TooLate, judge_feedback
from participation.feedback.model import Verdict
from participation.feedback.publish import publish_feedback
from participation.feedback.queries import verdicts
from participation.feedback.reopen import EmptyReply, NothingMissing, reopen_answer
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.model import Round
from participation.rules.policy import Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decided import AFTER, answer_all, decide


@pytest.fixture
def told(planner: Actor, clerk: Actor, hearing: Round) -> Contribution:
    """A contributor who has had the feedback."""
    (contribution,) = receive(hearing, "Flyt den.", sender=Sender(email="mia@borger.example"))
    answer_all(planner, [contribution])
    decide(clerk, hearing.project)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    return contribution


@pytest.fixture
def holder(told: Contribution) -> Actor:
    """Whoever has shown the code."""
    return Actor(held=frozenset({told.id}))


def test_a_no_is_promised_a_reply_by_a_working_day(holder: Actor, told: Contribution) -> None:
    """Five working days after Thursday 25 February 2027."""
    with settling():
        verdict = judge_feedback(holder, told, False, "Hvad med cyklerne?", now=AFTER)
    assert verdict.answer_by == date(2027, 3, 4)
    assert (verdicts(told.project_id).no, verdicts(told.project_id).waiting) == (1, 1)


def test_a_yes_owes_nothing(holder: Actor, told: Contribution) -> None:
    with settling():
        judge_feedback(holder, told, True, now=AFTER)
    assert (verdicts(told.project_id).yes, verdicts(told.project_id).waiting) == (1, 0)


def test_it_is_said_once(holder: Actor, told: Contribution) -> None:
    with settling():
        judge_feedback(holder, told, True, now=AFTER)
    with pytest.raises(SaidAlready), settling():
        judge_feedback(holder, told, False, "Nej alligevel.", now=AFTER)


def test_the_fourteenth_day_is_in_time_and_the_fifteenth_is_not(holder: Actor, told: Contribution) -> None:
    with pytest.raises(TooLate), settling():
        judge_feedback(holder, told, True, now=AFTER + timedelta(days=15))
    with settling():
        judge_feedback(holder, told, True, now=AFTER + timedelta(days=14))


def test_a_no_says_what_is_missing(holder: Actor, told: Contribution) -> None:
    with pytest.raises(NothingSaid), settling():
        judge_feedback(holder, told, False, "  ", now=AFTER)


def test_only_who_holds_the_code_may_judge(told: Contribution) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        judge_feedback(Actor(held=frozenset({told.id + 1})), told, True, now=AFTER)
    assert refused.value.refusal.door is Door.OWNER


def test_a_planner_replies_and_the_contributor_is_told(
    app: SettledFlask, planner: Actor, holder: Actor, told: Contribution
) -> None:
    with settling():
        verdict = judge_feedback(holder, told, False, "Hvad med cyklerne?", now=AFTER)
    with settling():
        reopen_answer(planner, verdict, "Cyklerne får deres egen sti.", now=AFTER)
    jobs.run_all(app, AFTER)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "reopened")).one()
    assert "Cyklerne får deres egen sti." in (letter.words or "")
    assert verdicts(told.project_id).waiting == 0


def test_an_empty_reply_and_a_reply_to_a_yes_are_refused(planner: Actor, holder: Actor, told: Contribution) -> None:
    with settling():
        verdict = judge_feedback(holder, told, False, "Hvad med cyklerne?", now=AFTER)
    with pytest.raises(EmptyReply), settling():
        reopen_answer(planner, verdict, " ", now=AFTER)
    with settling():
        db.session.get_one(Verdict, told.id).answered = True
    with pytest.raises(NothingMissing), settling():
        reopen_answer(planner, verdict, "Tak.", now=AFTER)


def test_a_planner_of_another_department_does_not_reply(
    other_planner: Actor, holder: Actor, told: Contribution
) -> None:
    with settling():
        verdict = judge_feedback(holder, told, False, "Hvad med cyklerne?", now=AFTER)
    with pytest.raises(NotAllowed) as refused, settling():
        reopen_answer(other_planner, verdict, "Tak.", now=AFTER)
    assert refused.value.refusal.door is Door.OWNER
