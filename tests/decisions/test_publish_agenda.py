"""Meetings per body: an agenda is public in one act for all its matters, and the figure is public (RP-32)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.decisions.agendas import agendas_by_body, meetings_of
from participation.decisions.publish_agenda import NotPublicYet, publish_agenda
from participation.decisions.queries import coming_steps
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.people.municipality import Municipality, keep
from participation.projects.model import Project, Step
from participation.rules import dates
from participation.rules.kinds import StepKind, StepResult
from participation.rules.policy import Actor, NotAllowed
from tests.decisions.test_pages import token
from tests.matters import make_project
from tests.persons import sign_in
from tests.portal.pages import words_of

BODY, DAY = "Teknik- og Miljøudvalget", date(2027, 2, 3)
TODAY = DAY - timedelta(days=9)
NOW = dates.opens_at(TODAY) + timedelta(hours=10)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def matter(department: Department, slug: str, body: str = BODY, on: date = DAY, **facts: object) -> Step:
    project = make_project(department, slug=slug, title=slug.capitalize())
    with settling():
        db.session.execute(sa.delete(Step).where(Step.project_id == project.id))
        step = Step(project_id=project.id, kind=StepKind.COMMITTEE, body=body, planned_on=on, **facts)
        db.session.add(step)
    return db.session.get_one(Step, step.id)


def held(department: Department, slug: str, days: int | None) -> None:
    day = DAY - timedelta(days=60)
    public = day - timedelta(days=days) if days is not None else None
    matter(department, slug, on=day, met_on=day, result=StepResult.RECOMMENDED, agenda_published_on=public)


def test_the_agenda_of_a_meeting_is_written_on_all_its_matters_and_on_no_other(
    clerk: Actor, roads: Department, schools: Department
) -> None:
    mine = [matter(roads, "a"), matter(schools, "b")]
    others = [matter(roads, "c", body="Byrådet"), matter(roads, "d", on=DAY + timedelta(days=7))]
    with settling():
        publish_agenda(clerk, mine[0], TODAY, "https://engelund.example/3", now=NOW)
    assert [one.agenda_published_on for one in mine + others] == [TODAY, TODAY, None, None]
    lines = db.session.scalars(sa.select(LogEntry.project_id).where(LogEntry.act == "decision:schedule")).all()
    assert sorted(lines) == sorted(one.project_id for one in mine)


def test_a_planner_writes_it_on_the_matters_of_their_own_department_alone(
    planner: Actor, roads: Department, schools: Department
) -> None:
    mine, theirs = matter(roads, "a"), matter(schools, "b")
    with settling():
        publish_agenda(planner, mine, TODAY, now=NOW)
    assert (mine.agenda_published_on, theirs.agenda_published_on) == (TODAY, None)


def test_an_agenda_is_not_public_tomorrow(clerk: Actor, roads: Department) -> None:
    step = matter(roads, "a")
    with pytest.raises(NotPublicYet), settling():
        publish_agenda(clerk, step, TODAY + timedelta(days=1), now=NOW)


def test_a_councillor_publishes_no_agenda(councillor: Actor, roads: Department) -> None:
    step = matter(roads, "a")
    with pytest.raises(NotAllowed), settling():
        publish_agenda(councillor, step, TODAY, now=NOW)
    assert step.agenda_published_on is None


def test_matters_stand_together_by_body_and_day(roads: Department) -> None:
    matter(roads, "a", body="Byrådet", on=DAY + timedelta(days=14))
    matter(roads, "b")
    matter(roads, "c", body="Økonomiudvalget")
    matter(roads, "d")
    found = [(one.body, one.on, len(one.items)) for one in meetings_of(coming_steps(TODAY))]
    assert found == [(BODY, DAY, 2), ("Økonomiudvalget", DAY, 1), ("Byrådet", DAY + timedelta(days=14), 1)]


def test_the_public_figure_counts_each_bodys_days_and_what_nobody_wrote_down(roads: Department) -> None:
    """RP-32: seven days are in time, six are not."""
    for slug, days in (("a", 7), ("b", 6), ("c", 12), ("d", None)):
        held(roads, slug, days)
    (one,) = agendas_by_body(TODAY)
    assert (one.body, one.matters, one.known, one.in_time, one.unknown, one.days) == (BODY, 4, 3, 2, 1, 7)


def test_a_day_that_nobody_wrote_down_is_not_told_as_late(client: FlaskClient, roads: Department) -> None:
    """RP-32, RL-30: of an agenda whose day is unknown the page says so, and counts it neither as kept nor as late."""
    with settling():
        keep(Municipality(promises_public=True), now=NOW)
    held(roads, "a", None)
    page = words_of(client, "/loefter")
    assert f"{BODY} Vi ved det ikke Vi ved det ikke 1" in page
    assert "0 af" not in page
    held(roads, "b", 8)
    assert f"{BODY} 1 af 1 sag 8 1" in words_of(client, "/loefter")


def test_a_clerk_publishes_the_agenda_from_the_list_of_meetings(
    client: FlaskClient, clerk_person: Person, roads: Department
) -> None:
    step = matter(roads, "a")
    sign_in(client, clerk_person)
    page = client.get("/arbejde/moeder").text
    fields = {f"a{step.id}-published_on": TODAY.isoformat(), "csrf_token": token(page)}
    assert client.post(f"/arbejde/moeder/{step.id}/dagsorden", data=fields).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Step, step.id).agenda_published_on == TODAY
    assert "Dagsordenen blev offentlig" in client.get("/arbejde/moeder").text


def test_a_wrong_day_is_told_and_kept(client: FlaskClient, clerk_person: Person, roads: Department) -> None:
    step = matter(roads, "a")
    sign_in(client, clerk_person)
    page = client.get("/arbejde/moeder").text
    name = f"a{step.id}-published_on"
    fields = {name: DAY.isoformat(), f"a{step.id}-agenda_url": "https://x.example/9", "csrf_token": token(page)}
    response = client.post(f"/arbejde/moeder/{step.id}/dagsorden", data=fields)
    assert (response.status_code, f'href="#{name}"' in response.text) == (422, True)
    assert "https://x.example/9" in response.text


def test_a_recorded_matter_gets_no_agenda_afterwards(
    client: FlaskClient, clerk_person: Person, roads: Department
) -> None:
    step = matter(roads, "a")
    sign_in(client, clerk_person)
    sent = {f"a{step.id}-published_on": TODAY.isoformat(), "csrf_token": token(client.get("/arbejde/moeder").text)}
    with settling():
        step.result, step.met_on = StepResult.RECOMMENDED, TODAY
    assert client.post(f"/arbejde/moeder/{step.id}/dagsorden", data=sent).status_code == 404


def test_a_draft_is_on_no_agenda(roads: Department) -> None:
    step = matter(roads, "a")
    with settling():
        db.session.get_one(Project, step.project_id).announced_at = None
    assert meetings_of(coming_steps(TODAY)) == []
