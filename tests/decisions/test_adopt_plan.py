"""A plan made backwards is shown with its reasons, and taken over in one act (RP-27, RP-32, RP-35)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from participation.decisions.adopt_plan import NotReachable, RoundBegun, adopt_plan
from participation.decisions.backwards import plan_of, round_of, usual
from participation.decisions.schedule import ReasonMissing
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.projects.add_round import add_round
from participation.projects.gates import gaps
from participation.projects.model import Project, Round, Step
from participation.rules import dates
from participation.rules.backwards import Backwards
from participation.rules.kinds import RoundKind, StepKind
from participation.rules.levels import Level
from participation.rules.policy import Actor, NotAllowed
from tests.decisions.test_pages import token
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of
from tests.projects.plans import HEARING, declared, said

TODAY, COUNCIL = dates.local_day(NOW), date(2027, 6, 23)
STEPS = (
    (StepKind.COMMITTEE, "Teknik- og Miljøudvalget", None),
    (StepKind.HEARING, "Økonomiudvalget", None),
    (StepKind.COUNCIL, "Byrådet", None),
)


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(planner: Actor, roads: Department) -> Project:
    """A local plan that is not announced; the committee that sends it out stands at the wrong place."""
    return declared(planner, roads, said(steps=STEPS, round=replace(HEARING, legal_basis="planloven-24-5")))


def made(project: Project, on: date = COUNCIL, days: int = 28) -> Backwards:
    round_ = round_of(project)
    assert round_ is not None
    plan = plan_of(project, round_, on, days, 15, TODAY)
    assert plan is not None
    return plan


def adopt(actor: Actor, project: Project, plan: Backwards, round_: Round | None = None, reason: str = "") -> None:
    with settling():
        adopt_plan(actor, project, round_ or project.rounds[-1], plan, reason, now=NOW)


def periods(project: Project) -> list[tuple[object, ...]]:
    db.session.rollback()
    return [(one.opens_at, one.closes_at, one.report_on, one.decision_on) for one in project.rounds]


def test_a_draft_takes_the_whole_plan_over_in_one_act(planner: Actor, draft: Project) -> None:
    plan = made(draft)
    adopt(planner, draft, plan)
    assert periods(draft) == [
        (dates.opens_at(plan.opens_on), dates.local_day_end(plan.last_day), plan.report_on, COUNCIL)
    ]
    steps = [(step.body, step.planned_on) for step in draft.steps]
    assert [body for body, _day in steps] == ["Økonomiudvalget", "Teknik- og Miljøudvalget", "Byrådet"]
    assert [day for _body, day in steps] == sorted(plan.meets.values())
    found = db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (found.act, found.facts["what"]) == ("project:edit", "backwards")


def test_the_plan_that_was_taken_over_lets_the_round_be_announced_on_its_day(planner: Actor, draft: Project) -> None:
    """RE-05: neither the length nor the holidays stand in the way; citizens read why it is longer."""
    plan = made(draft, date(2027, 5, 26))
    assert plan.longer > 0
    adopt(planner, draft, plan)
    found = {gap.key for gap in gaps(draft, draft.rounds[0], dates.opens_at(plan.opens_on))}
    assert not found & {"too-short", "over-holiday", "ends-on-closed-day", "no-report-day", "no-decision-day"}
    assert f"varer den {plan.longer} dage længere" in draft.rounds[0].overlap_reason


def test_a_reason_that_somebody_wrote_stands(planner: Actor, draft: Project) -> None:
    with settling():
        draft.rounds[0].overlap_reason = "Skolen skal nå det."
    adopt(planner, draft, made(draft, date(2027, 5, 26)))
    assert draft.rounds[0].overlap_reason == "Skolen skal nå det."


def test_another_plan_takes_the_sentence_of_the_first_one_away(planner: Actor, draft: Project) -> None:
    """And the page begins from the length without the days that holidays took."""
    adopt(planner, draft, made(draft, date(2027, 5, 26)))
    assert 28 <= usual(draft)["hoering"] <= 31
    plan = made(draft, date(2027, 11, 24))
    assert plan.longer == 0
    adopt(planner, draft, plan)
    assert draft.rounds[0].overlap_reason == ""


def test_a_plan_that_cannot_be_reached_is_not_taken_over(planner: Actor, draft: Project) -> None:
    before = periods(draft)
    with pytest.raises(NotReachable):
        adopt(planner, draft, made(draft, date(2027, 1, 6)))
    assert periods(draft) == before


def test_a_running_round_is_never_touched(planner: Actor, hearing: Round) -> None:
    """RP-28: what citizens were told stands."""
    before = periods(hearing.project)
    with pytest.raises(RoundBegun):
        adopt(planner, hearing.project, made(hearing.project), hearing)
    assert periods(hearing.project) == before


def test_a_round_that_is_announced_and_not_begun_keeps_its_period_and_gets_its_meetings(
    planner: Actor, hearing: Round
) -> None:
    """RP-21: the day of decision moves with a reason; what else was told stands."""
    with settling():
        hearing.opens_at = NOW + timedelta(days=2)
        for step in hearing.project.steps:
            step.position += 1
        hearing.project.steps.append(Step(kind=StepKind.HEARING, body="Økonomiudvalget", planned_on=TODAY, position=0))
        db.session.flush()
        db.session.expire(hearing.project, ["steps"])
    told = (hearing.opens_at, hearing.closes_at, hearing.report_on)
    adopt(planner, hearing.project, made(hearing.project), hearing, "Byrådet har fået en ny mødedag.")
    db.session.rollback()
    assert (hearing.opens_at, hearing.closes_at, hearing.report_on) == told
    assert (hearing.decision_on, hearing.project.steps[-1].planned_on) == (COUNCIL, COUNCIL)
    assert next((step.body, step.planned_on) for step in hearing.project.steps) == ("Økonomiudvalget", TODAY)
    assert any(notice.words == "Byrådet har fået en ny mødedag." for notice in hearing.project.notices)


def test_only_who_works_in_the_case_takes_a_plan_over(councillor: Actor, draft: Project) -> None:
    with pytest.raises(NotAllowed):
        adopt(councillor, draft, made(draft))


def test_a_further_round_leaves_the_announced_one_and_tells_of_the_new_day(planner: Actor, hearing: Round) -> None:
    """RP-21: citizens were told another day of decision, so the reason is asked for and told."""
    project = hearing.project
    with settling():
        further = add_round(planner, project, replace(HEARING, kind=RoundKind.SUPPLEMENTARY), now=NOW)
    plan, period = made(project), (hearing.opens_at, hearing.closes_at)
    with pytest.raises(ReasonMissing):
        adopt(planner, project, plan, further)
    adopt(planner, project, plan, further, "Vi hører jer en gang til.")
    db.session.rollback()
    assert (hearing.opens_at, hearing.closes_at) == period
    assert (hearing.decision_on, further.decision_on) == (COUNCIL, COUNCIL)
    assert further.closes_at == dates.local_day_end(plan.last_day)
    assert project.steps[-1].planned_on == COUNCIL
    assert any(notice.words == "Vi hører jer en gang til." for notice in project.notices)


# -- the page ---------------------------------------------------------------------------------------------------------


def page(project: Project, on: str = "2027-06-23", more: str = "&hoering=28&vejning=15") -> str:
    return f"/arbejde/projekter/{project.slug}/baglaens?dag={on}{more}"


def test_the_page_shows_each_day_with_its_reason_and_changes_nothing(
    client: FlaskClient, planner_person: Person, draft: Project
) -> None:
    sign_in(client, planner_person)
    before = periods(draft)
    assert (
        'href="/arbejde/projekter/' + draft.slug + '/baglaens"'
        in client.get(f"/arbejde/projekter/{draft.slug}/plan").text
    )
    words = words_of(client, page(draft))
    assert "Byrådet beslutter" in words
    assert "Økonomiudvalget sender forslaget i høring" in words
    assert "Dagsordenen skal være offentlig mindst 7 dage før mødet." in words
    assert periods(draft) == before


def test_one_press_takes_the_plan_over(client: FlaskClient, planner_person: Person, draft: Project) -> None:
    sign_in(client, planner_person)
    shown = client.get(page(draft)).text
    sent = {"csrf_token": token(shown), "dag": "2027-06-23", "hoering": "28", "vejning": "15"}
    response = client.post(f"/arbejde/projekter/{draft.slug}/baglaens", data=sent)
    assert (response.status_code, response.location) == (303, f"/arbejde/projekter/{draft.slug}/plan")
    assert periods(draft)[0][3] == COUNCIL


def test_too_late_is_said_in_words_with_the_first_day_that_holds(
    client: FlaskClient, planner_person: Person, draft: Project
) -> None:
    sign_in(client, planner_person)
    words = words_of(client, page(draft, "2027-01-06"))
    earliest = made(draft, date(2027, 1, 6)).earliest
    assert earliest is not None
    assert "Det kan ikke nås. Planen skulle være begyndt" in words
    assert f"Den tidligste dag, der holder, er {dates.in_danish(earliest)}." in words
    assert "Brug planen" not in words
    assert "Brug planen" in words_of(client, page(draft, earliest.isoformat()))
    sent = {"csrf_token": token(client.get(page(draft)).text), "dag": "2027-01-06", "hoering": "28", "vejning": "15"}
    assert client.post(f"/arbejde/projekter/{draft.slug}/baglaens", data=sent).status_code == 422


def test_an_announced_round_is_reckoned_with_and_not_changed(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    sign_in(client, planner_person)
    words = words_of(client, page(hearing.project, "2027-03-24"))
    assert "Runden er offentliggjort, så perioden ligger fast." in words
    assert "Brug planen" not in words
    shown = client.get(f"/arbejde/projekter/{hearing.project.slug}/kontakt").text
    sent = {"csrf_token": token(shown), "dag": "2027-03-24", "hoering": "28", "vejning": "15", "reason": "Nyt møde."}
    before = periods(hearing.project)
    assert client.post(f"/arbejde/projekter/{hearing.project.slug}/baglaens", data=sent).status_code == 409
    assert periods(hearing.project) == before


@pytest.mark.parametrize("wrong", ["?dag=i+morgen", "?dag=2027-06-23&hoering=0&vejning=15", "?dag=2027-06-23"])
def test_a_wrong_number_or_day_is_told_and_no_plan_is_made(
    client: FlaskClient, planner_person: Person, draft: Project, wrong: str
) -> None:
    sign_in(client, planner_person)
    response = client.get(f"/arbejde/projekter/{draft.slug}/baglaens{wrong}")
    assert response.status_code == 422
    assert "Forslag til plan" not in response.text


def test_without_meetings_the_page_says_where_to_write_them(
    client: FlaskClient, planner_person: Person, draft: Project
) -> None:
    with settling():
        db.session.execute(sa.delete(Step).where(Step.project_id == draft.id))
    sign_in(client, planner_person)
    assert (
        f'href="/arbejde/projekter/{draft.slug}/trin"' in client.get(f"/arbejde/projekter/{draft.slug}/baglaens").text
    )


def test_telling_people_something_has_no_plan_backwards(
    client: FlaskClient, planner_person: Person, planner: Actor, roads: Department
) -> None:
    told = declared(planner, roads, said(level=Level.ORIENTATION, wide_interest=False))
    sign_in(client, planner_person)
    assert client.get(f"/arbejde/projekter/{told.slug}/baglaens").status_code == 404
