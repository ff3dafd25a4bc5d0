"""What councillors keep for themselves, and what they ask the administration before the meeting (K12)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.decisions.ask_administration import ask_administration
from participation.decisions.keep_reading import keep_reading
from participation.decisions.model import CouncilQuestion, CouncilReading
from participation.decisions.queries import council_questions, news_since, reading_of
from participation.decisions.reply_to_council import AnsweredAlready, reply_to_council
from participation.desk.queries import matters
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.projects.model import Round, Step
from participation.rules.kinds import Role, StepKind, StepResult
from participation.rules.policy import Actor, Door, NotAllowed
from tests.decided import REPORTED, make_paper
from tests.decisions.test_pages import token
from tests.persons import actor_of, make_person, sign_in
from tests.queries import counted

ASKED = "Hvad koster en bro i stedet?"
PAGE = "/arbejde/raad/ny-skolevej-ved-engparken"


@pytest.fixture(autouse=True)
def _reported(monkeypatch: pytest.MonkeyPatch, hearing: Round) -> None:
    """The white paper is out, and the council has not met."""
    make_paper(hearing.project)
    monkeypatch.setattr(clock, "now", lambda: REPORTED + timedelta(days=1))


@pytest.fixture
def other_councillor() -> Actor:
    return actor_of(make_person("Niels Nabomedlem", (Role.COUNCILLOR, None)))


def ask(councillor: Actor, hearing: Round, words: str = ASKED) -> CouncilQuestion:
    with settling():
        return ask_administration(councillor, hearing.project, words, now=REPORTED)


def send(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={"csrf_token": token(client.get(PAGE).text), **fields})


# -- own notes --------------------------------------------------------------------------------------------------------


def test_a_councillor_keeps_notes_and_finds_them_again(client: FlaskClient, councillor_person: Person) -> None:
    sign_in(client, councillor_person)
    assert send(client, f"{PAGE}/noter", notes="Spørg om broen.", has_read="y").status_code == 303
    page = client.get(PAGE).text
    assert "Spørg om broen." in page
    assert 'checked id="has_read"' in page or 'id="has_read" name="has_read" type="checkbox" value="y" checked' in page


@pytest.mark.parametrize("role", [Role.COUNCILLOR, Role.CLERK, Role.PLANNER, Role.LEADER, Role.ADMINISTRATOR])
def test_nobody_else_is_shown_the_notes(client: FlaskClient, councillor: Actor, hearing: Round, role: Role) -> None:
    with settling():
        keep_reading(councillor, hearing.project, "Jeg tøver selv.", True, now=REPORTED)
    department = None if role in (Role.COUNCILLOR, Role.CLERK, Role.ADMINISTRATOR) else hearing.project.department
    sign_in(client, make_person("En Anden", (role, department)))
    response = client.get(PAGE)
    assert response.status_code == 200
    assert "Jeg tøver selv." not in response.text
    assert " checked" not in response.text


def test_keeping_notes_leaves_no_line_in_the_log(councillor: Actor, hearing: Round) -> None:
    before = db.session.scalar(sa.select(sa.func.count(LogEntry.id)))
    with settling():
        keep_reading(councillor, hearing.project, "Kun til mig.", True, now=REPORTED)
    assert reading_of(hearing.project_id, councillor.person_id) is not None
    assert db.session.scalar(sa.select(sa.func.count(LogEntry.id))) == before


def test_emptied_notes_are_gone(councillor: Actor, hearing: Round) -> None:
    for notes, read in (("Først", False), ("Så", True), ("", False)):
        with settling():
            keep_reading(councillor, hearing.project, notes, read, now=REPORTED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CouncilReading)) == 0


def test_a_planner_keeps_none_there(planner: Actor, hearing: Round) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        keep_reading(planner, hearing.project, "Hm.", False, now=REPORTED)
    assert refused.value.refusal.door is Door.ROLE


# -- questions before the meeting -------------------------------------------------------------------------------------


def test_every_member_reads_the_question_and_its_answer(
    client: FlaskClient, councillor_person: Person, planner_person: Person, other_councillor: Actor
) -> None:
    sign_in(client, councillor_person)
    assert send(client, f"{PAGE}/spoergsmaal", question=ASKED).status_code == 303
    key = db.session.scalars(sa.select(CouncilQuestion.id)).one()
    sign_in(client, planner_person)
    fields = {f"q{key}-reply": "To millioner kroner."}
    assert send(client, f"{PAGE}/spoergsmaal/{key}", **fields).status_code == 303
    sign_in(client, db.session.get_one(Person, other_councillor.person_id))
    page = client.get(PAGE).text
    assert ASKED in page
    assert "To millioner kroner." in page


def test_an_empty_question_is_refused_in_words(client: FlaskClient, councillor_person: Person) -> None:
    sign_in(client, councillor_person)
    response = send(client, f"{PAGE}/spoergsmaal", question=" ")
    assert (response.status_code, "Skriv dit spørgsmål." in response.text) == (422, True)


def test_an_empty_answer_is_refused_at_its_own_question(
    client: FlaskClient, councillor: Actor, planner_person: Person, hearing: Round
) -> None:
    key = ask(councillor, hearing).id
    sign_in(client, planner_person)
    response = send(client, f"{PAGE}/spoergsmaal/{key}", **{f"q{key}-reply": ""})
    assert (response.status_code, f'href="#q{key}-reply"' in response.text) == (422, True)


def test_an_answer_that_members_may_have_read_is_not_replaced(
    councillor: Actor, planner: Actor, hearing: Round
) -> None:
    question = ask(councillor, hearing)
    with settling():
        reply_to_council(planner, question, "Det ved vi ikke.", now=REPORTED)
    with pytest.raises(AnsweredAlready), settling():
        reply_to_council(planner, question, "Jo.", now=REPORTED)
    assert council_questions(hearing.project_id)[0].reply == "Det ved vi ikke."


def test_a_councillor_who_stands_aside_does_not_ask(councillor: Actor, hearing: Round) -> None:
    aside = Actor(councillor.person_id, roles=councillor.roles, conflicts=frozenset({hearing.project_id}))
    with pytest.raises(NotAllowed) as refused, settling():
        ask_administration(aside, hearing.project, ASKED, now=REPORTED)
    assert refused.value.refusal.door is Door.IMPARTIAL


def test_after_the_decision_nothing_more_is_asked(councillor: Actor, hearing: Round) -> None:
    with settling():
        hearing.decided_at = REPORTED
    with pytest.raises(NotAllowed) as refused, settling():
        ask_administration(councillor, hearing.project, ASKED, now=REPORTED)
    assert refused.value.refusal.door is Door.PHASE


def test_the_log_has_a_digest_and_not_the_words(councillor: Actor, planner: Actor, hearing: Round) -> None:
    question = ask(councillor, hearing)
    with settling():
        reply_to_council(planner, question, "To millioner.", now=REPORTED)
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act.in_(("decision:ask", "decision:reply")))).all()
    assert [entry.digest is not None for entry in entries] == [True, True]
    assert not any(words in str(entry.facts) for entry in entries for words in (ASKED, "To millioner."))


def test_a_question_stands_on_the_planners_workbench_until_it_is_answered(
    councillor: Actor, planner: Actor, hearing: Round
) -> None:
    question = ask(councillor, hearing)
    assert [matter.asked for matter in matters(planner, REPORTED)] == [1]
    with settling():
        reply_to_council(planner, question, "To millioner.", now=REPORTED)
    assert [matter.asked for matter in matters(planner, REPORTED)] == [0]


# -- the page ---------------------------------------------------------------------------------------------------------


def test_a_late_agenda_is_told_to_the_council_in_days(
    client: FlaskClient, councillor_person: Person, hearing: Round
) -> None:
    """RP-32: an agenda is public about a week before."""
    with settling():
        step = hearing.project.steps[-1]
        step.agenda_published_on = (step.planned_on or date.max) - timedelta(days=2)
    sign_in(client, councillor_person)
    assert "Dagsordenen var offentlig 2 dage før mødet." in client.get(PAGE).text


def test_what_is_new_since_the_committee_is_told(
    client: FlaskClient, councillor: Actor, councillor_person: Person, planner: Actor, hearing: Round
) -> None:
    """RE-37: a later reader sees what came after the earlier meeting."""
    question, met_on = ask(councillor, hearing), (REPORTED - timedelta(days=3)).date()
    with settling():
        hearing.project.steps[-1].position = 1
        held = Step(kind=StepKind.COMMITTEE, body="Teknik og Miljø", position=0, met_on=met_on, planned_on=met_on)
        held.result = StepResult.POSTPONED
        hearing.project.steps.insert(0, held)
    with settling():
        reply_to_council(planner, question, "To millioner.", now=REPORTED)
    sign_in(client, councillor_person)
    page = client.get(PAGE).text
    assert "Nyt siden Teknik og Miljø" in page
    assert "Hvidbogen er kommet i version 1." in page
    assert "Forvaltningen har svaret på 1 spørgsmål." in page


def test_before_the_first_meeting_nothing_is_new(hearing: Round) -> None:
    assert news_since(hearing.project, None, ()) is None


def test_the_page_asks_as_much_for_one_question_as_for_many(
    client: FlaskClient, councillor: Actor, planner_person: Person, hearing: Round
) -> None:
    ask(councillor, hearing)
    sign_in(client, planner_person)
    with counted() as few:
        client.get(PAGE)
    for number in range(20):
        ask(councillor, db.session.get_one(Round, hearing.id), f"Spørgsmål {number}")
    with counted() as many:
        assert client.get(PAGE).status_code == 200
    assert len(many) == len(few) <= 14
