"""Drafting answers: all or none, with reasons, without overwriting a colleague."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from participation.answers.draft import Conflict, Draft, ReasonMissing, draft_answer, draft_answers
from participation.answers.model import Answer, AnswerPoint, AnswerVersion
from participation.answers.queries import answers_of, unanswered
from participation.foundation.db import db, settling
from participation.people.recuse import recuse
from participation.projects.model import Round
from participation.rules.kinds import AnswerState, ApprovalRule
from participation.rules.outcomes import REFUSING, Recommendation
from participation.rules.policy import Actor, Door, NotAllowed
from tests.contributed import receive

YES = Recommendation.ACCOMMODATED


def test_a_draft_answers_every_point_of_a_contribution(planner: Actor, hearing: Round, now: datetime) -> None:
    """RP-23: nothing is answered before every point has its recommendation."""
    (contribution,) = receive(hearing, "Flyt overgangen hen til kirken.")
    assert [lack.number for lack in unanswered(hearing.project_id)] == [1]
    with settling():
        draft_answer(planner, Draft(contribution, "Vi flytter den.", YES), now=now)
    assert unanswered(hearing.project_id) == []


def test_one_act_keeps_many_drafts_and_skips_empty_ones(planner: Actor, hearing: Round, now: datetime) -> None:
    first, second = receive(hearing, "Ja tak til stien.", "Nej tak til stien.")
    with settling():
        draft_answers(planner, hearing.project, [Draft(first, "Tak.", YES), Draft(second, "")], now=now)
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 1


@pytest.mark.parametrize("recommendation", sorted(REFUSING))
def test_a_no_without_a_reason_is_refused_and_nothing_is_kept(
    planner: Actor, hearing: Round, now: datetime, recommendation: Recommendation
) -> None:
    """FU-08, RE-35: a refusal is reasoned, or it is not kept."""
    first, second = receive(hearing, "Mere lys.", "Mindre lys.")
    drafts = [Draft(first, "Ja.", YES), Draft(second, "Nej.", recommendation, reason="  ")]
    with pytest.raises(ReasonMissing), settling():
        draft_answers(planner, hearing.project, drafts, now=now)
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0


def test_a_colleagues_newer_text_is_never_overwritten(planner: Actor, hearing: Round, now: datetime) -> None:
    (contribution,) = receive(hearing, "Sæt farten ned.")
    with settling():
        draft_answer(planner, Draft(contribution, "Min kollegas tekst.", YES), now=now)
    with pytest.raises(Conflict) as conflict, settling():
        draft_answer(planner, Draft(contribution, "Min tekst.", YES, version=0), now=now)
    assert conflict.value.answers[0].words == "Min kollegas tekst."
    assert db.session.scalar(sa.select(Answer.words)) == "Min kollegas tekst."


def test_each_version_is_kept(planner: Actor, hearing: Round, now: datetime) -> None:
    (contribution,) = receive(hearing, "Sæt farten ned.")
    for version, words in enumerate(("Først.", "Så.")):
        with settling():
            draft_answer(planner, Draft(contribution, words, YES, version=version), now=now)
    assert list(db.session.scalars(sa.select(AnswerVersion.words).order_by(AnswerVersion.version))) == ["Først.", "Så."]


def test_without_approval_a_complete_answer_is_approved_for_its_points(
    planner: Actor, hearing: Round, now: datetime
) -> None:
    (contribution,) = receive(hearing, "Sæt farten ned.")
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    with settling():
        answer = draft_answer(planner, Draft(contribution, "Ja.", YES), now=now)
    assert answer.state is AnswerState.APPROVED
    assert answers_of(hearing.project_id).unapproved() == []


def test_editing_an_approved_text_makes_it_a_draft_again(planner: Actor, hearing: Round, now: datetime) -> None:
    (contribution,) = receive(hearing, "Sæt farten ned.")
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    with settling():
        answer = draft_answer(planner, Draft(contribution, "Ja.", YES), now=now)
    with settling():
        hearing.project.department.approval = ApprovalRule.NOTE
    with settling():
        answer = draft_answer(planner, Draft(contribution, "Ja, i 2027.", YES, version=1), now=now)
    assert answer.state is AnswerState.DRAFT
    assert db.session.scalars(sa.select(AnswerPoint.approved_at)).all() == [None]


def test_who_stands_aside_may_not_answer(planner: Actor, hearing: Round, now: datetime) -> None:
    """RE-41: who is inhabil loses the right to act in the case."""
    (contribution,) = receive(hearing, "Sæt farten ned.")
    with settling():
        recuse(planner, hearing.project, now=now)
    aside = Actor(person_id=planner.person_id, roles=planner.roles, conflicts=frozenset({hearing.project_id}))
    with pytest.raises(NotAllowed) as refused, settling():
        draft_answer(aside, Draft(contribution, "Ja.", YES), now=now)
    assert refused.value.refusal.door is Door.IMPARTIAL


def test_a_planner_of_another_department_may_not_answer(other_planner: Actor, hearing: Round, now: datetime) -> None:
    (contribution,) = receive(hearing, "Sæt farten ned.")
    with pytest.raises(NotAllowed) as refused, settling():
        draft_answer(other_planner, Draft(contribution, "Ja.", YES), now=now)
    assert refused.value.refusal.door is Door.OWNER
