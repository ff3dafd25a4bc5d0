"""The clerk's, the planner's and the council's pages of a decision, and the acts they cost."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.question import answer_question
from participation.contributions.ask import ask_question
from participation.contributions.receive import Sent
from participation.decisions.model import AgendaItem, AnswerOutcome
from participation.decisions.queries import answers_before_the_body, is_late_agenda
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.model import Round, Step
from participation.rules.kinds import Kind, StepKind, StepResult
from participation.rules.outcomes import Outcome
from participation.rules.policy import VISITOR, Actor
from tests.contributed import receive
from tests.decided import AFTER, WEIGHING, answer_all, make_paper
from tests.persons import sign_in
from tests.queries import counted


@pytest.fixture(autouse=True)
def _after(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day after the meeting."""
    monkeypatch.setattr(clock, "now", lambda: AFTER)


@pytest.fixture
def case(planner: Actor, hearing: Round) -> str:
    """Two answered contributions and a white paper; the address of the case's decision."""
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys."))
    make_paper(hearing.project)
    return f"/arbejde/projekter/{hearing.project.slug}/beslutning"


def token(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]


def post(client: FlaskClient, page: str, to: str | None = None, **fields: object):
    """Fill the form of a page and send it."""
    sent = {key.replace("__", "-"): value for key, value in fields.items()}
    return client.post(to or page, data={"csrf_token": token(client.get(page).text), **sent})


def step(case: str) -> Step:
    return db.session.scalars(sa.select(Step)).one()


RESULT = {
    "met_on": "2027-02-24",
    "result": "adopted",
    "as_recommended": "y",
    "grounds": "Vejen gør det trygt at gå i skole.",
    "legal_ground": "vejloven § 8",
    "announced_on": "2027-02-25",
    "complaint": "planklagenaevnet",
    "considered": "y",
}


def test_a_clerk_attaches_records_and_announces_in_two_acts(
    client: FlaskClient, clerk_person: Person, case: str
) -> None:
    """The story of 8 answers: at most 4 of its 45 acts are the clerk's."""
    sign_in(client, clerk_person)
    assert "Læg hvidbogen ved de kommende møder" in client.get(case).text
    assert post(client, case, f"{case}/hvidbog").status_code == 303
    page = f"{case}/{step(case).id}"
    assert post(client, page, **RESULT).status_code == 303
    held = step(case)
    assert (held.result, held.announced_on, held.complaint_until) == (
        StepResult.ADOPTED,
        date(2027, 2, 25),
        date(2027, 3, 30),
    )
    assert db.session.scalar(sa.select(sa.func.count(AnswerOutcome.answer_id))) == 2


def test_the_clerks_list_attaches_with_one_button(client: FlaskClient, clerk_person: Person, case: str) -> None:
    sign_in(client, clerk_person)
    page = client.get("/arbejde/moeder").text
    assert "Ny skolevej ved Engparken" in page
    response = post(client, "/arbejde/moeder", f"{case}/hvidbog", back="moeder")
    assert response.location == "/arbejde/moeder"
    assert db.session.scalar(sa.select(sa.func.count(AgendaItem.id))) == 1


def test_an_exception_is_chosen_for_one_answer(client: FlaskClient, clerk_person: Person, case: str) -> None:
    sign_in(client, clerk_person)
    post(client, case, f"{case}/hvidbog")
    rows = {"exceptions-0-key": "1", "exceptions-1-key": "2", "exceptions-1-outcome": "not_accommodated"}
    page = f"{case}/{step(case).id}"
    sent = {"csrf_token": token(client.get(page).text), **RESULT, **rows, "exceptions-1-words": "Der er ikke råd."}
    assert client.post(page, data=sent).status_code == 303
    found = {row.answer_id: (row.outcome, row.words) for row in db.session.scalars(sa.select(AnswerOutcome))}
    assert found == {1: (Outcome.AS_RECOMMENDED, ""), 2: (Outcome.NOT_ACCOMMODATED, "Der er ikke råd.")}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"met_on": "2027-03-01"}, "Mødet har ikke været endnu."),
        ({"grounds": ""}, "Skriv begrundelsen."),
        ({"legal_ground": ""}, "Skriv lovgrundlaget."),
        ({"announced_on": "2027-02-23"}, "Dagen kan ikke ligge før mødet eller efter i dag."),
        ({"result": "postponed"}, "Skriv, hvornår sagen kommer igen."),
        ({"as_recommended": ""}, "Skriv, hvad der blev besluttet for hvert svar"),
        ({"met_on": "i går"}, "Skriv datoen som 24.12.2026."),
    ],
)
def test_a_wrong_form_says_what_is_missing_and_keeps_what_was_typed(
    client: FlaskClient, clerk_person: Person, case: str, changed: dict[str, str], words: str
) -> None:
    sign_in(client, clerk_person)
    post(client, case, f"{case}/hvidbog")
    sent = {"votes": "15 for, 4 imod", "exceptions__0__key": "1", **RESULT, **changed}
    if changed.get("as_recommended") == "":
        del sent["as_recommended"]
    response = post(client, f"{case}/{step(case).id}", **sent)
    assert response.status_code == 422
    assert words in response.text
    assert "15 for, 4 imod" in response.text
    assert step(case).result is None


def test_without_the_white_paper_the_form_asks_for_it_or_for_the_plain_truth(
    client: FlaskClient, clerk_person: Person, case: str
) -> None:
    """RP-35, and facts are always recorded."""
    sign_in(client, clerk_person)
    page = f"{case}/{step(case).id}"
    assert "Hvidbogen er ikke lagt ved" in post(client, page, **RESULT).text
    assert post(client, page, **RESULT, without_paper="y").status_code == 303


def test_a_leader_records_what_was_decided_by_delegation(client: FlaskClient, leader_person: Person, case: str) -> None:
    """DESIGN: forvaltningen efter delegation."""
    with settling():
        step(case).kind = StepKind.DELEGATED
    sign_in(client, leader_person)
    post(client, case, f"{case}/hvidbog")
    assert post(client, f"{case}/{step(case).id}", **RESULT).status_code == 303
    assert step(case).result is StepResult.ADOPTED


def test_a_planner_does_not_record_the_councils_decision(
    client: FlaskClient, planner_person: Person, case: str
) -> None:
    sign_in(client, planner_person)
    assert client.get(f"{case}/{step(case).id}").status_code == 403


def test_the_plan_is_moved_with_a_reason(client: FlaskClient, clerk_person: Person, case: str) -> None:
    sign_in(client, clerk_person)
    row = {"steps__0__key": step(case).id, "steps__0__kind": "council", "steps__0__body": "Byrådet"}
    refused = post(client, f"{case}/plan", **row, steps__0__planned_on="2027-03-24")
    assert refused.status_code == 422
    assert "Borgerne har fået en anden dato at vide." in refused.text
    kept = post(client, f"{case}/plan", **row, steps__0__planned_on="2027-03-24", reason="Mødet er aflyst.")
    assert kept.status_code == 303
    assert step(case).planned_on == date(2027, 3, 24)


def test_an_unlawful_day_is_refused_with_the_first_lawful_one(
    client: FlaskClient, clerk_person: Person, hearing: Round, case: str
) -> None:
    """Planloven § 27(1)."""
    with settling():
        hearing.legal_basis = "planloven-24-5"
    sign_in(client, clerk_person)
    row = {"steps__0__key": step(case).id, "steps__0__kind": "council", "steps__0__body": "Byrådet"}
    page = post(client, f"{case}/plan", **row, steps__0__planned_on="2027-01-05", reason="Før.")
    assert page.status_code == 422
    assert "mandag 11. januar 2027" in page.text


def test_a_short_notice_of_the_agenda_is_warned_about(client: FlaskClient, clerk_person: Person, case: str) -> None:
    """RP-32: an agenda is public about a week before."""
    with settling():
        step(case).agenda_published_on = date(2027, 2, 22)
    sign_in(client, clerk_person)
    assert "dagsordenen var offentlig mindre end en uge før" in client.get(case).text


def test_the_council_finds_the_white_paper_of_each_matter(
    client: FlaskClient, clerk_person: Person, councillor_person: Person, case: str
) -> None:
    """RP-35: councillors read the report before the meeting."""
    sign_in(client, clerk_person)
    post(client, case, f"{case}/hvidbog")
    sign_in(client, councillor_person)
    assert 'href="/arbejde/raad/ny-skolevej-ved-engparken"' in client.get("/arbejde/raad").text
    assert (
        'href="/arbejde/hvidbog/ny-skolevej-ved-engparken/1"'
        in client.get("/arbejde/raad/ny-skolevej-ved-engparken").text
    )


def test_the_lists_ask_as_much_for_one_matter_as_for_many(
    client: FlaskClient, clerk_person: Person, hearing: Round, case: str
) -> None:
    sign_in(client, clerk_person)
    with counted() as few:
        client.get("/arbejde/moeder")
    with settling():
        project = db.session.get_one(Round, hearing.id).project
        for place in range(1, 20):
            project.steps.append(Step(kind=StepKind.COMMITTEE, body=f"Udvalg {place}", position=place))
    with counted() as many:
        client.get("/arbejde/moeder")
    assert len(many) == len(few) <= 13


def test_a_veto_is_written_in_and_lifted(
    client: FlaskClient, planner_person: Person, hearing: Round, case: str
) -> None:
    """Planloven § 28."""
    with settling():
        hearing.legal_basis = "planloven-24-5"
    sign_in(client, planner_person)
    kept = post(client, case, f"{case}/veto", authority="Vejmyndigheden", made_on="2026-12-01", contribution="0")
    assert kept.status_code == 303
    page = client.get(case).text
    assert "Planen kan først vedtages, når myndigheden har trukket det." in page
    assert post(client, case, f"{case}/veto/1/trukket").status_code == 303
    assert "planen kan ikke vedtages" not in client.get(case).text


def test_questions_are_not_put_before_the_council(planner: Actor, hearing: Round) -> None:
    answer_all(planner, receive(hearing, "Flyt den."))
    sent = Sent(words="Hvornår?", kind=Kind.QUESTION, received_at=WEIGHING, key="question")
    with settling():
        question = ask_question(VISITOR, hearing, sent, now=WEIGHING)
    with settling():
        answer_question(planner, question, "Til foråret.", publish=True, now=WEIGHING)
    assert [answer.words for answer in answers_before_the_body(hearing.project_id)] == ["Svar på 1."]


def test_a_meeting_in_less_than_a_week_without_a_public_agenda_is_late_and_one_that_passed_is_not() -> None:
    """RP-32."""
    soon, past = Step(planned_on=date(2027, 3, 2)), Step(planned_on=date(2027, 2, 2))
    assert is_late_agenda(soon, date(2027, 2, 25))
    assert not is_late_agenda(past, date(2027, 2, 25))
