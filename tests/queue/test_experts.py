"""Somebody outside the case is asked by a link: they see what was handed over, answer by a day, and nothing more."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from participation.contributions.mask import Words, mask_contribution
from participation.contributions.model import Contribution
from participation.contributions.receive import Sender
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter, LogEntry
from participation.people.model import Department, Person
from participation.projects.model import Round
from participation.queue.ask import GRACE, Expert, ask_expert, remind_experts, revoke_assessment, token_of
from participation.queue.assess import LinkShut, assessment_of, write_assessment
from participation.queue.model import Assessment
from participation.rules import dates
from participation.rules.handling import MaskReason
from participation.rules.policy import Actor, NotAllowed
from tests.contributed import receive
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in

DUE = dates.local_day(NOW) + timedelta(days=10)
BIOLOGIST = Expert("Birk Biolog", "Natur", "birk@natur.example")


@pytest.fixture
def ones(hearing: Round) -> list[Contribution]:
    """Two contributions of somebody with a name."""
    return receive(hearing, "Pas på padderne.", "Flyt den.", sender=Sender(name="Signe Skovgaard"))


def ask(planner: Actor, one: Contribution, *, names: bool = False, due: date = DUE) -> Assessment:
    with settling():
        return ask_expert(
            planner, one.project, [one.points[0].id], BIOLOGIST, "Er der padder?", due, shows_names=names, now=NOW
        )


def link(asked: Assessment) -> str:
    return f"/vurdering/{token_of(asked.id, asked.code_version)}"


def now_as(asked: Assessment) -> Assessment:
    db.session.rollback()
    return db.session.get_one(Assessment, asked.id)


@time_machine.travel(NOW, tick=True)
def test_whoever_is_asked_reads_what_was_handed_over_and_no_name(
    client: FlaskClient, planner: Actor, ones: list[Contribution]
) -> None:
    """FU-11: an outside assessor by an invitation link."""
    page = client.get(link(ask(planner, ones[0]))).text
    assert "Pas på padderne." in page
    assert "Er der padder?" in page
    assert "Flyt den." not in page
    assert "Skovgaard" not in page


@time_machine.travel(NOW, tick=True)
def test_names_are_shown_only_when_that_was_said(client: FlaskClient, planner: Actor, ones: list[Contribution]) -> None:
    assert "Signe Skovgaard" in client.get(link(ask(planner, ones[0], names=True))).text


@time_machine.travel(NOW, tick=True)
def test_what_is_covered_is_covered_here_too(client: FlaskClient, planner: Actor, ones: list[Contribution]) -> None:
    asked, body = ask(planner, ones[0]), ones[0].body
    assert body is not None
    with settling():
        mask_contribution(planner, ones[0], [Words(body.id, 7, 15)], MaskReason.HEALTH, "Helbred.", now=NOW)
    page = client.get(link(asked)).text
    assert "padderne" not in page
    assert "[dækket:" in page


@time_machine.travel(NOW, tick=True)
def test_the_planner_sees_sent_opened_and_answered(
    client: FlaskClient, planner: Actor, planner_person: Person, ones: list[Contribution]
) -> None:
    """FU-09: a sub-hearing with a date, and one outward answer."""
    asked = ask(planner, ones[0])
    assert now_as(asked).opened_at is None
    token = csrf(client, link(asked))
    assert now_as(asked).opened_at is not None
    answer = {"csrf_token": token, "words": "Ja, stor vandsalamander."}
    assert client.post(link(asked), data=answer | {"words": ""}).status_code == 422
    assert client.post(link(asked), data=answer).status_code == 303
    assert now_as(asked).answered_at is not None
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{ones[0].project.slug}/vurderinger").text
    assert "Besvaret" in page
    assert "Ja, stor vandsalamander." in page
    acts = db.session.scalars(sa.select(LogEntry.act).where(LogEntry.act.startswith("expert:")).order_by(LogEntry.id))
    assert acts.all() == ["expert:ask", "expert:assess"]


@time_machine.travel(NOW, tick=True)
def test_a_link_that_was_shut_opens_nothing(client: FlaskClient, planner: Actor, ones: list[Contribution]) -> None:
    asked = ask(planner, ones[0])
    with settling():
        revoke_assessment(planner, asked, now=NOW)
    page = client.get(link(asked))
    assert page.status_code == 409
    assert "padderne" not in page.text
    with pytest.raises(LinkShut), settling():
        write_assessment(token_of(asked.id, asked.code_version), "Ja.", now=NOW)
    with pytest.raises(Wrong), settling():
        revoke_assessment(planner, now_as(asked), now=NOW)


def test_a_link_works_fourteen_days_past_its_day_and_no_longer(planner: Actor, ones: list[Contribution]) -> None:
    asked = ask(planner, ones[0])
    token, end = token_of(asked.id, asked.code_version), dates.local_day_end(DUE + GRACE)
    assert assessment_of(token, end - timedelta(seconds=1)).id == asked.id
    with pytest.raises(LinkShut):
        assessment_of(token, end)


def test_who_has_not_answered_is_reminded_once(planner: Actor, ones: list[Contribution]) -> None:
    """FU-09: two days before, and never again."""
    first, second = ask(planner, ones[0]), ask(planner, ones[1])
    with settling():
        write_assessment(token_of(second.id, second.code_version), "Nej.", now=NOW)
    early, soon = NOW + timedelta(days=7), NOW + timedelta(days=8)
    assert [remind_experts(early), remind_experts(soon), remind_experts(soon)] == [0, 1, 0]
    assert now_as(first).reminded_at == soon
    kinds = db.session.scalars(sa.select(Letter.kind).where(Letter.kind.startswith("expert")).order_by(Letter.id))
    assert kinds.all() == ["expert_asked", "expert_asked", "expert_due"]


def test_only_points_of_the_case_that_may_be_seen_are_handed_over(
    planner: Actor, other_planner: Actor, ones: list[Contribution], cocreation: Round
) -> None:
    (other,) = receive(cocreation, "En bænk.")
    held = ones[1]
    with settling():
        held.held_back = True
    project = ones[0].project
    with pytest.raises(Wrong), settling():
        ask_expert(planner, project, [other.points[0].id, held.points[0].id], BIOLOGIST, "Hvad?", DUE, now=NOW)
    with pytest.raises(NotAllowed):
        ask(other_planner, ones[0])


@time_machine.travel(NOW, tick=True)
def test_the_planner_asks_from_the_queue(client: FlaskClient, planner_person: Person, ones: list[Contribution]) -> None:
    """FU-15: ask for help from others, without JavaScript."""
    sign_in(client, planner_person)
    base, point = f"/arbejde/projekter/{ones[0].project.slug}", ones[0].points[0].id
    token = csrf(client, f"{base}/koe")
    sent = {"csrf_token": token, "punkter": point}
    assert "Modtageren ser 1 punkt" in client.post(f"{base}/vurderinger/ny", data=sent).text
    sent |= {"name": "Birk Biolog", "email": "birk", "question": "Er der padder?", "due_on": DUE.isoformat()}
    assert client.post(f"{base}/vurderinger", data=sent).status_code == 422
    assert client.post(f"{base}/vurderinger", data=sent | {"email": "birk@natur.example"}).status_code == 303
    asked = db.session.scalars(sa.select(Assessment)).one()
    assert client.post(f"{base}/vurderinger/{asked.id}/luk", data={"csrf_token": token}).status_code == 303
    assert now_as(asked).revoked_at is not None


@time_machine.travel(NOW, tick=True)
def test_another_department_is_asked_at_its_mailbox(
    client: FlaskClient, planner_person: Person, ones: list[Contribution], schools: Department
) -> None:
    """FU-09: chosen by name; whoever is meant there may be named. An unknown one is as good as none."""
    with settling():
        schools.email = "skole@engelund.example"
    sign_in(client, planner_person)
    base, point = f"/arbejde/projekter/{ones[0].project.slug}", ones[0].points[0].id
    sent = {"csrf_token": csrf(client, f"{base}/koe"), "punkter": point}
    page = client.post(f"{base}/vurderinger/ny", data=sent).text
    assert "Skoler og Børn</option>" in page
    assert "Veje og Trafik</option>" not in page, "the case's own department"
    sent |= {"question": "Kan børnene nå det?", "due_on": DUE.isoformat()}
    assert client.post(f"{base}/vurderinger", data=sent | {"department": "999"}).status_code == 422
    assert client.post(f"{base}/vurderinger", data=sent | {"department": schools.id}).status_code == 303
    named = sent | {"department": schools.id, "name": "Ulla Skole"}
    assert client.post(f"{base}/vurderinger", data=named).status_code == 303
    asked = db.session.scalars(sa.select(Assessment).order_by(Assessment.id)).all()
    assert [(one.name, one.unit, one.email) for one in asked] == [
        ("Asta Lind", "Skoler og Børn", "skole@engelund.example"),
        ("Ulla Skole", "Skoler og Børn", "skole@engelund.example"),
    ]
