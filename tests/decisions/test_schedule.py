"""The steps of the decision are planned: lawful days, and everybody is told when one moves (planloven § 27, RP-21)."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.model import Promise
from participation.contributions.withdraw import withdraw_contribution
from participation.decisions import law
from participation.decisions.schedule import NoStepLeft, NotLawful, Planned, ReasonMissing, schedule_steps
from participation.decisions.veto import lift_veto, record_veto
from participation.foundation.db import db, settling
from participation.foundation.model import Job
from participation.people.model import Person
from participation.projects.model import Notice, Round, Step
from participation.rules.kinds import NoticeKind, PromiseKind, StepKind
from participation.rules.policy import Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decided import WEIGHING
from tests.decisions.test_pages import token
from tests.matters import LAST_DAY
from tests.persons import sign_in

COUNCIL = StepKind.COUNCIL


def planned(project_round: Round, day: date | None) -> list[Planned]:
    return [Planned(project_round.project.steps[0].id, COUNCIL, "Byråd", day)]


@pytest.fixture
def plan_law(hearing: Round) -> Round:
    """The hearing is one of a local plan."""
    with settling():
        hearing.legal_basis = "planloven-24-5"
    return hearing


def test_a_step_is_added_before_the_last_one(clerk: Actor, hearing: Round) -> None:
    first = Planned(None, StepKind.COMMITTEE, "Teknik og Miljø", date(2027, 2, 2))
    with settling():
        schedule_steps(clerk, hearing.project, [first, *planned(hearing, date(2027, 2, 24))], now=WEIGHING)
    assert [(step.body, step.position) for step in hearing.project.steps] == [("Teknik og Miljø", 0), ("Byråd", 1)]


def test_a_step_that_is_left_out_is_dropped_but_somebody_must_decide(clerk: Actor, hearing: Round) -> None:
    with settling():
        hearing.project.steps.append(Step(kind=StepKind.COMMITTEE, body="Økonomi", position=1))
    with settling():
        schedule_steps(clerk, hearing.project, planned(hearing, date(2027, 2, 24)), now=WEIGHING)
    assert [step.body for step in hearing.project.steps] == ["Byråd"]
    with pytest.raises(NoStepLeft), settling():
        schedule_steps(clerk, hearing.project, [], now=WEIGHING)


def test_a_moved_decision_moves_the_promises_and_tells_everybody_why(clerk: Actor, hearing: Round) -> None:
    """RP-21: a new date is given with a reason, and what binds cannot be edited."""
    receive(hearing, "Flyt overgangen.")
    with settling():
        schedule_steps(clerk, hearing.project, planned(hearing, date(2027, 3, 24)), "Mødet er aflyst.", now=WEIGHING)
    promise = db.session.scalars(sa.select(Promise).where(Promise.kind == PromiseKind.DECISION)).one()
    assert (promise.due_on, promise.moved_to, promise.moved_reason) == (
        date(2027, 2, 24),
        date(2027, 3, 24),
        "Mødet er aflyst.",
    )
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.became) == (NoticeKind.MOVED, "onsdag 24. marts 2027")
    jobs = db.session.scalars(sa.select(Job.name).where(Job.name.like("tell%"))).all()
    assert sorted(jobs) == ["tell_contributors", "tell_followers"]


def test_citizens_are_owed_the_reason(clerk: Actor, hearing: Round) -> None:
    with pytest.raises(ReasonMissing), settling():
        schedule_steps(clerk, hearing.project, planned(hearing, date(2027, 3, 24)), now=WEIGHING)


def test_a_plan_with_objections_waits_four_weeks(clerk: Actor, plan_law: Round) -> None:
    """Planloven § 27(1): with timely objections, not before four weeks after the deadline."""
    receive(plan_law, "Nej tak til planen.")
    with pytest.raises(NotLawful), settling():
        schedule_steps(clerk, plan_law.project, planned(plan_law, date(2027, 1, 10)), "Før.", now=WEIGHING)
    with settling():
        schedule_steps(clerk, plan_law.project, planned(plan_law, date(2027, 1, 11)), "Før.", now=WEIGHING)
    assert plan_law.decision_on == date(2027, 1, 11)


def test_an_objection_that_was_taken_back_still_counts_for_the_waiting_time(plan_law: Round) -> None:
    assert law.earliest(plan_law.project) == date(2026, 12, 15)
    (contribution,) = receive(plan_law, "Nej tak til planen.")
    with settling():
        withdraw_contribution(Actor(held=frozenset({contribution.id})), contribution, now=WEIGHING)
    assert law.earliest(plan_law.project) == date(2027, 1, 11)
    assert date(2026, 12, 14) == LAST_DAY


def test_an_authoritys_veto_stops_the_plan_until_it_is_lifted(planner: Actor, clerk: Actor, plan_law: Round) -> None:
    """Planloven § 28."""
    with settling():
        veto = record_veto(planner, plan_law.project, "Vejmyndigheden", date(2026, 12, 1), now=WEIGHING)
    with pytest.raises(NotLawful), settling():
        schedule_steps(clerk, plan_law.project, planned(plan_law, date(2027, 3, 24)), "Senere.", now=WEIGHING)
    with settling():
        lift_veto(planner, veto, now=WEIGHING)
    with settling():
        schedule_steps(clerk, plan_law.project, planned(plan_law, date(2027, 3, 24)), "Senere.", now=WEIGHING)


def test_a_councillor_may_not_plan(councillor: Actor, hearing: Round) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        schedule_steps(councillor, hearing.project, planned(hearing, None), now=WEIGHING)
    assert refused.value.refusal.door is Door.ROLE


def test_a_plan_of_no_meetings_says_what_is_missing(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    sign_in(client, planner_person)
    path = f"/arbejde/projekter/{hearing.project.slug}/beslutning/plan"
    response = client.post(path, data={"csrf_token": token(client.get(path).text)})
    assert response.status_code == 422
    assert "Skriv, hvem der beslutter." in response.text
