"""What a body decided is written down, and facts are always recorded (RP-26, RP-35, RP-39, RE-34, RE-35)."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from participation.contributions.model import Promise
from participation.decisions.attach import attach_report
from participation.decisions.model import AgendaItem, AnswerOutcome
from participation.decisions.record import (
    CorrectionMissing,
    DateMissing,
    GroundsMissing,
    NotTheLastStep,
    NotYetMet,
    OutcomeMissing,
    PaperNotAttached,
    record_result,
)
from participation.foundation.db import db, settling
from participation.projects.model import Notice, Round, Step
from participation.rules import dates
from participation.rules.kinds import FINAL, NoticeKind, PromiseKind, StepKind, StepResult
from participation.rules.outcomes import Outcome
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decided import ADOPTED, AFTER, MEETING, REPORTED, answer_all, decide, make_paper


def outcomes() -> dict[int, Outcome]:
    rows = db.session.execute(sa.select(AnswerOutcome.answer_id, AnswerOutcome.outcome))
    return dict(iter(rows))


@pytest.fixture
def ready(clerk: Actor, hearing: Round) -> Step:
    """The council's step, with the white paper on its agenda."""
    paper = make_paper(hearing.project)
    with settling():
        attach_report(clerk, paper, hearing.project.steps, now=REPORTED)
    return hearing.project.steps[0]


def test_adopted_as_recommended_settles_every_answer_in_one_act(planner: Actor, clerk: Actor, hearing: Round) -> None:
    """RP-39: what was recommended becomes what was decided by the body's own act."""
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys.", "Lavere fart."))
    decide(clerk, hearing.project)
    assert list(outcomes().values()) == [Outcome.AS_RECOMMENDED] * 3
    assert phase(hearing, AFTER) is Phase.DECIDED


def test_an_exception_is_settled_for_itself(planner: Actor, clerk: Actor, hearing: Round) -> None:
    """RP-49: the council's own assessment stands beside the administration's."""
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys."))
    exceptions = {2: (Outcome.NOT_ACCOMMODATED, "Der er ikke råd.")}
    decide(clerk, hearing.project, replace(ADOPTED, exceptions=exceptions))
    assert outcomes() == {1: Outcome.AS_RECOMMENDED, 2: Outcome.NOT_ACCOMMODATED}


def test_without_as_recommended_each_answer_needs_its_outcome(planner: Actor, clerk: Actor, ready: Step) -> None:
    answer_all(planner, receive(ready.project.rounds[0], "Flyt den.", "Mere lys."))
    result = replace(ADOPTED, as_recommended=False, exceptions={1: (Outcome.PARTLY, "")})
    with pytest.raises(OutcomeMissing), settling():
        record_result(clerk, ready, result, now=AFTER)


def test_what_is_not_adopted_settles_no_answer(planner: Actor, clerk: Actor, hearing: Round) -> None:
    answer_all(planner, receive(hearing, "Flyt den."))
    decide(clerk, hearing.project, replace(ADOPTED, result=StepResult.REJECTED))
    assert outcomes() == {}
    assert hearing.decided_at is not None


def test_the_days_until_the_feedback_run_from_the_meeting(clerk: Actor, hearing: Round) -> None:
    """RL-47: seven working days after Wednesday 24 February 2027 is Friday 5 March."""
    receive(hearing, "Flyt den.")
    decide(clerk, hearing.project)
    promises = {one.kind: one for one in db.session.scalars(sa.select(Promise))}
    assert promises[PromiseKind.FEEDBACK].due_on == date(2027, 3, 5)
    assert promises[PromiseKind.DECISION].kept_at == AFTER


def test_a_decision_that_is_recorded_days_later_counts_from_its_own_day(clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project, now=AFTER.replace(day=28))
    assert hearing.decided_at is not None
    assert dates.local_day(hearing.decided_at) == MEETING


def test_nothing_is_decided_before_the_white_paper_is_attached(clerk: Actor, hearing: Round) -> None:
    """RP-35."""
    make_paper(hearing.project)
    with pytest.raises(PaperNotAttached), settling():
        record_result(clerk, hearing.project.steps[0], ADOPTED, now=AFTER)
    assert hearing.decided_at is None


def test_what_happened_without_the_paper_is_recorded_and_told_in_public(clerk: Actor, hearing: Round) -> None:
    with settling():
        record_result(clerk, hearing.project.steps[0], replace(ADOPTED, without_paper=True), now=AFTER)
    notice = db.session.scalars(sa.select(Notice)).one()
    assert notice.kind is NoticeKind.CORRECTION
    assert "uden at kommunens samlede svar lå ved" in notice.words


def test_it_is_written_down_that_the_body_had_the_paper(clerk: Actor, hearing: Round) -> None:
    """RP-35: the council records that it has been considered."""
    decide(clerk, hearing.project)
    assert db.session.scalars(sa.select(AgendaItem.considered_at)).all() == [AFTER]


def test_a_decision_that_came_too_early_is_kept_with_a_correction_in_public(clerk: Actor, hearing: Round) -> None:
    """Planloven § 27(1): facts are recorded, with a correction entry."""
    with settling():
        hearing.legal_basis = "planloven-24-5"
    receive(hearing, "Nej tak.")
    early = date(2026, 12, 20)
    decide(clerk, hearing.project, replace(ADOPTED, met_on=early))
    assert hearing.project.steps[0].met_on == early
    words = db.session.scalars(sa.select(Notice.words)).one()
    assert "søndag 20. december 2026" in words
    assert "mandag 11. januar 2027" in words


@pytest.mark.parametrize("result", sorted(FINAL))
@pytest.mark.parametrize("missing", ["grounds", "legal_ground"])
def test_a_decision_has_its_grounds_and_its_law(clerk: Actor, ready: Step, result: StepResult, missing: str) -> None:
    """RE-34, RE-35."""
    with pytest.raises(GroundsMissing), settling():
        record_result(clerk, ready, replace(ADOPTED, result=result, **{missing: "  "}), now=AFTER)


def test_a_result_lies_behind_us(clerk: Actor, ready: Step) -> None:
    with pytest.raises(NotYetMet), settling():
        record_result(clerk, ready, replace(ADOPTED, met_on=date(2027, 2, 26)), now=AFTER)


def test_a_matter_is_settled_at_its_last_step(clerk: Actor, ready: Step) -> None:
    with settling():
        ready.project.steps.append(Step(kind=StepKind.COUNCIL, body="Økonomi", position=1))
    with pytest.raises(NotTheLastStep), settling():
        record_result(clerk, ready, ADOPTED, now=AFTER)
    with settling():
        record_result(clerk, ready, replace(ADOPTED, result=StepResult.RECOMMENDED), now=AFTER)
    assert ready.project.rounds[0].decided_at is None


def test_a_postponed_matter_comes_again_and_the_promise_moves(clerk: Actor, ready: Step) -> None:
    receive(ready.project.rounds[0], "Flyt den.")
    postponed = replace(ADOPTED, result=StepResult.POSTPONED, next_on=date(2027, 3, 31))
    with settling():
        record_result(clerk, ready, postponed, now=AFTER)
    assert [(step.planned_on, step.result) for step in ready.project.steps] == [
        (MEETING, StepResult.POSTPONED),
        (date(2027, 3, 31), None),
    ]
    moved = db.session.scalars(sa.select(Promise.moved_to).where(Promise.kind == PromiseKind.DECISION)).one()
    assert moved == date(2027, 3, 31)
    assert db.session.scalars(sa.select(Notice.words)).one() == f"{ready.body} har udsat sagen."


def test_citizens_are_told_when_a_postponed_matter_comes_again(clerk: Actor, ready: Step) -> None:
    with pytest.raises(DateMissing), settling():
        record_result(clerk, ready, replace(ADOPTED, result=StepResult.POSTPONED), now=AFTER)


def test_a_recorded_result_is_put_right_only_in_public(clerk: Actor, hearing: Round) -> None:
    """RP-28."""
    decide(clerk, hearing.project)
    step = hearing.project.steps[0]
    with pytest.raises(CorrectionMissing), settling():
        record_result(clerk, step, replace(ADOPTED, votes="15 for, 4 imod"), now=AFTER)
    with settling():
        record_result(
            clerk, step, replace(ADOPTED, votes="15 for, 4 imod", correction="Stemmerne var talt forkert."), now=AFTER
        )
    assert step.votes == "15 for, 4 imod"
    assert db.session.scalars(sa.select(Notice.words)).one() == "Stemmerne var talt forkert."


def test_a_planner_records_what_was_decided_by_delegation_and_nothing_else(planner: Actor, hearing: Round) -> None:
    step = hearing.project.steps[0]
    with pytest.raises(NotAllowed) as refused, settling():
        record_result(planner, step, replace(ADOPTED, without_paper=True), now=AFTER)
    assert refused.value.refusal.door is Door.ROLE
    with settling():
        step.kind = StepKind.DELEGATED
    with settling():
        record_result(planner, step, replace(ADOPTED, without_paper=True), now=AFTER)
    assert hearing.decided_at is not None


def test_a_planner_who_stands_aside_decides_nothing_by_delegation(planner: Actor, hearing: Round) -> None:
    """RE-41."""
    with settling():
        hearing.project.steps[0].kind = StepKind.DELEGATED
    aside = replace(planner, conflicts=frozenset({hearing.project_id}))
    with pytest.raises(NotAllowed) as refused, settling():
        record_result(aside, hearing.project.steps[0], replace(ADOPTED, without_paper=True), now=AFTER)
    assert refused.value.refusal.door is Door.IMPARTIAL
