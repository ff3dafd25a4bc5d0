"""Whoever would rather talk is rung up: asked for on the page, seen by those who have the case, forgotten when done."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.model import Contribution
from participation.foundation.db import db, settling
from participation.foundation.model import Letter, LogEntry
from participation.people.model import Department, Person
from participation.projects.call_back import ask_call_back
from participation.projects.model import CallBack, Round
from participation.rules.kinds import Channel
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import csrf
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of

PAGE = "/projekter/ny-skolevej-ved-engparken/ring-mig-op"
INBOX = "/arbejde/projekter/ny-skolevej-ved-engparken/indbakke"
IDA = {"name": "Ida Holm", "phone": "12 34 56 78", "suits": "efter kl. 15", "about": "Hvor overgangen skal ligge"}


def _send(client: FlaskClient, **other: str):
    key = re.search(r'name="key"[^>]*value="([^"]+)"', client.get(PAGE).text)
    assert key is not None
    return client.post(PAGE, data={"key": key[1], **IDA, **other})


def _calls() -> list[CallBack]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(CallBack).order_by(CallBack.id)))


def _ring(client: FlaskClient, key: int, project: str = "ny-skolevej-ved-engparken", **fields: str) -> int:
    path = f"/arbejde/projekter/{project}/indbakke/opkald/{key}"
    return client.post(path, data={"csrf_token": csrf(client, "/arbejde/projekter"), **fields}).status_code


@pytest.fixture
def asked(client: FlaskClient, hearing: Round) -> CallBack:
    """Somebody has asked to be rung up."""
    return ask_call_back(VISITOR, hearing.project, **IDA, now=NOW)


def test_asking_promises_a_day_and_tells_the_owner(client: FlaskClient, hearing: Round, planner_person: Person) -> None:
    """SK-22: within the days in which the department answers questions."""
    with settling():
        hearing.project.owner_id = planner_person.id
    assert "Jeg vil hellere ringes op" in words_of(client, "/projekter/ny-skolevej-ved-engparken")
    answer = _send(client)
    assert answer.status_code == 303
    assert "Vi ringer på 12 34 56 78 senest fredag 27. november 2026." in words_of(client, answer.location)
    (call,) = _calls()
    assert (call.name, call.phone, call.suits, call.about) == tuple(IDA.values())
    assert call.due_on == date(2026, 11, 27)
    (letter,) = db.session.scalars(sa.select(Letter))
    assert (letter.kind, letter.recipient) == ("call_back_asked", planner_person.email)
    assert "12 34" not in str(letter.facts), "who it is stands only where the case is worked on"
    assert "Ida" not in str([entry.facts for entry in db.session.scalars(sa.select(LogEntry))])


def test_asking_again_with_the_same_number_corrects_what_was_asked(client: FlaskClient, hearing: Round) -> None:
    _send(client)
    _send(client, suits="kun om formiddagen")
    (call,) = _calls()
    assert call.suits == "kun om formiddagen"


def test_a_wrong_number_is_mended_by_asking_again(client: FlaskClient, hearing: Round) -> None:
    _send(client)
    _send(client, phone="87 65 43 21")
    (call,) = _calls()
    assert call.phone == "87 65 43 21"


def test_nobody_else_sees_who_asked(client: FlaskClient, hearing: Round) -> None:
    _send(client)
    stranger = client.application.test_client()
    assert stranger.get(f"{PAGE}/tak").status_code == 302
    with settling():
        _calls()[0].done_at = NOW
    assert client.get(f"{PAGE}/tak").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"phone": "12 34"}, "Skriv nummeret med alle cifre"),
        ({"phone": ""}, "Skriv det nummer, vi skal ringe til."),
        ({"name": ""}, "Skriv dit navn"),
        ({"about": "Mit nummer er 010170-1234"}, "Det ligner et CPR-nummer."),
        ({"about": "x" * 1001}, "Der er plads til 1.000 tegn"),
        ({"key": "gammel"}, "Tryk Send igen"),
    ],
)
def test_what_is_wrong_is_told_and_the_words_stay(
    client: FlaskClient, hearing: Round, wrong: dict[str, str], told: str
) -> None:
    answer = _send(client, **wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert "efter kl. 15" in answer.text
    assert _calls() == []


def test_many_calls_from_one_address_are_asked_to_wait(client: FlaskClient, hearing: Round) -> None:
    for number in range(10):
        assert _send(client.application.test_client(), phone=f"{number}2 34 56 78").status_code == 303
    answer = _send(client, phone="99 34 56 78")
    assert (answer.status_code, len(_calls())) == (429, 10)
    assert "Hvor overgangen skal ligge" in answer.text


def test_a_draft_has_no_such_page_and_a_cancelled_case_rings_nobody(client: FlaskClient, roads: Department) -> None:
    project = make_project(roads)
    with settling():
        project.rounds[0].announced_at = None
    assert client.get(PAGE).status_code == 404
    with settling():
        project.rounds[0].announced_at = project.cancelled_at = NOW - timedelta(days=1)
    assert client.get(PAGE).status_code == 409
    with pytest.raises(NotAllowed):
        ask_call_back(VISITOR, project, **IDA, now=NOW)
    assert "Jeg vil hellere ringes op" not in client.get("/projekter/ny-skolevej-ved-engparken").text


def test_the_planner_rings_until_they_have_talked_and_then_nobody_knows_who_it_was(
    client: FlaskClient, asked: CallBack, planner_person: Person
) -> None:
    sign_in(client, planner_person)
    words = words_of(client, INBOX)
    assert all(one in words for one in (*IDA.values(), "Ring senest 27. november 2026"))
    assert "1 venter på et opkald" in words_of(client, "/arbejde/indbakke")

    assert _ring(client, asked.id) == 303
    assert "Ringet 1 gang uden svar" in words_of(client, INBOX)
    assert _ring(client, asked.id, reached="1") == 303
    words = words_of(client, INBOX)
    assert not any(one in words for one in IDA.values())
    (call,) = _calls()
    assert (call.name, call.phone, call.suits, call.about, call.tries) == ("", "", "", "", 2)
    assert (call.done_at, call.done_by_id) == (NOW, planner_person.id)
    assert _ring(client, asked.id, reached="1") == 404


def test_what_was_said_is_written_down_with_the_name_and_the_number_there(
    client: FlaskClient, asked: CallBack, planner_person: Person
) -> None:
    """RP-06: it gets the number, receipt and answer of every other contribution."""
    sign_in(client, planner_person)
    page = client.get(f"{INBOX}/skriv-ind?opkald={asked.id}").text
    assert 'value="Ida Holm"' in page
    assert 'value="12 34 56 78"' in page
    told = {"channel": "phone", "kind": "response", "words": "Læg den ved kirken.", "capacity": "citizen"}
    told |= {"csrf_token": csrf(client, "/arbejde/projekter")}
    answer = client.post(f"{INBOX}/skriv-ind", data=told | {"name": "Ida Holm", "call_back": str(asked.id)})
    assert answer.status_code == 303
    (one,) = db.session.scalars(sa.select(Contribution))
    assert (one.channel, one.contact.name) == (Channel.PHONE, "Ida Holm")
    assert _calls()[0].done_at == NOW


def test_only_those_who_work_on_the_case_see_the_number(
    client: FlaskClient, asked: CallBack, councillor_person: Person, roads: Department, planner_person: Person
) -> None:
    sign_in(client, councillor_person)
    assert "12 34 56 78" not in client.get(INBOX).text
    assert _ring(client, asked.id, reached="1") == 403
    other = make_project(roads, slug="en-anden-sag")
    sign_in(client, planner_person)
    assert _ring(client, asked.id, other.slug, reached="1") == 404
    assert _calls()[0].done_at is None
