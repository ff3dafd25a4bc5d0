"""Holder vi, hvad vi lover? Counted live; nobody can edit it (RL-29, RL-30)."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.question import answer_question
from participation.contributions.ask import ask_question
from participation.contributions.model import Promise
from participation.contributions.receive import Sent
from participation.feedback.publish import publish_feedback
from participation.foundation import clock
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.people.municipality import Municipality, keep
from participation.portal.promises import Within, departments_told, figures
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import FINAL, Kind, PromiseKind, Role
from participation.rules.policy import VISITOR, Actor
from tests.contributed import receive
from tests.decided import AFTER, MEETING, answer_all, decide
from tests.matters import make_project
from tests.persons import NOW, make_person, sign_in
from tests.portal.pages import words_of
from tests.queries import counted

FRIDAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _public(app: SettledFlask) -> None:
    """The municipality has switched the page on."""
    with settling():
        keep(Municipality(promises_public=True), now=NOW)


def _promise(
    round_: Round, due_on: date, kept_at: datetime | None, kind: PromiseKind = PromiseKind.FEEDBACK, **facts: object
) -> None:
    contribution = receive(round_, f"Ord {db.session.query(Promise).count()}")[0]
    with settling():
        for promise in db.session.query(Promise).filter_by(contribution_id=contribution.id, due_on=None):
            db.session.delete(promise)
        db.session.add(
            Promise(
                contribution_id=contribution.id,
                project_id=round_.project_id,
                kind=kind,
                due_on=due_on,
                made_at=NOW - timedelta(days=30),
                kept_at=kept_at,
                **facts,
            )
        )


def _feedback() -> tuple[int, int, int]:
    kept = next(one for one in figures(NOW).kinds if one.kind is PromiseKind.FEEDBACK)
    return kept.due, kept.in_time, kept.late_now


def test_the_last_second_of_the_day_keeps_a_promise_and_midnight_does_not(hearing: Round) -> None:
    midnight = dates.local_day_end(FRIDAY)
    _promise(hearing, FRIDAY, midnight - timedelta(seconds=1))
    assert _feedback() == (1, 1, 0)
    _promise(hearing, FRIDAY, midnight)
    assert _feedback() == (2, 1, 0)


def test_what_is_not_kept_after_its_day_is_late_now(hearing: Round) -> None:
    _promise(hearing, FRIDAY, None)
    assert _feedback() == (1, 0, 1)


def test_what_is_not_due_yet_is_not_counted(hearing: Round) -> None:
    _promise(hearing, date(2026, 12, 20), None)
    assert _feedback() == (0, 0, 0)


def test_what_is_older_than_a_year_is_left_out(hearing: Round) -> None:
    _promise(hearing, date(2025, 11, 1), None)
    assert _feedback() == (0, 0, 0)


def test_what_politics_moved_is_counted_apart(hearing: Round) -> None:
    _promise(hearing, FRIDAY, None, PromiseKind.DECISION, moved_to=date(2027, 3, 1))
    assert _feedback() == (0, 0, 0)
    assert figures(NOW).moved == 1


@pytest.mark.parametrize(("number", "words"), [(9, "9 af 9"), (10, "10 af 10 (100 %)")])
def test_a_share_is_shown_from_ten_cases_on(client: FlaskClient, hearing: Round, number: int, words: str) -> None:
    for _ in range(number):
        _promise(hearing, FRIDAY, NOW - timedelta(days=3))
    page = words_of(client, "/loefter")
    assert words in page
    assert ("%" in page) == (number >= 10)


def test_the_figures_come_as_a_file_too(client: FlaskClient, hearing: Round) -> None:
    _promise(hearing, FRIDAY, None)
    response = client.get("/loefter.csv")
    assert "Besked om, hvordan det blev brugt;1;0;1" in response.text
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_page_asks_a_fixed_number_of_questions(client: FlaskClient, hearing: Round) -> None:
    for number in range(40):
        _promise(hearing, FRIDAY - timedelta(days=number % 5), NOW - timedelta(days=number % 7))
    with counted() as asked:
        client.get("/loefter")
    assert len(asked) <= 9


# -- whose figures, and who may see them ------------------------------------------------------------------------------


def test_the_page_is_closed_until_the_municipality_switches_it_on(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    """RL-30: staff see the figures first."""
    with settling():
        keep(Municipality(), now=NOW)
    assert [client.get(path).status_code for path in ("/loefter", "/loefter.csv")] == [404, 404]
    assert 'href="/loefter"' not in client.get("/").text
    sign_in(client, planner_person)
    assert "Kun medarbejdere kan se siden." in client.get("/loefter").text


def test_a_department_of_fewer_than_three_has_no_figures_of_its_own(
    client: FlaskClient, planner_person: Person, leader_person: Person, roads: Department, hearing: Round
) -> None:
    _promise(hearing, FRIDAY, None)
    assert departments_told() == []
    assert client.get(f"/loefter?afdeling={roads.id}").status_code == 404
    assert "så få medarbejdere" in client.get("/loefter?sag=ny-skolevej-ved-engparken").text
    make_person("Nina Ny", (Role.PLANNER, roads))
    assert [one.id for one in departments_told()] == [roads.id]
    assert "så få medarbejdere" not in client.get("/loefter?sag=ny-skolevej-ved-engparken").text


def test_a_department_and_a_project_are_counted_for_themselves(
    hearing: Round, roads: Department, schools: Department
) -> None:
    _promise(hearing, FRIDAY, None)
    other = make_project(schools, slug="skolestruktur")
    _promise(other.rounds[0], FRIDAY, NOW - timedelta(days=4))

    def counts(within: Within) -> tuple[int, int, int]:
        kept = next(one for one in figures(NOW, within).kinds if one.kind is PromiseKind.FEEDBACK)
        return kept.due, kept.in_time, kept.late_now

    assert counts(Within()) == (2, 1, 1)
    assert counts(Within(department_id=roads.id)) == (1, 0, 1)
    assert counts(Within(department_id=schools.id)) == counts(Within(project_id=other.id)) == (1, 1, 0)


def test_the_figures_of_a_project_come_as_a_file_too(client: FlaskClient, hearing: Round, roads: Department) -> None:
    for name in "abc":
        make_person(f"Person {name}", (Role.PLANNER, roads))
    _promise(hearing, FRIDAY, None)
    assert "Besked om, hvordan det blev brugt;1;0;1" in client.get("/loefter.csv?sag=ny-skolevej-ved-engparken").text
    assert "/loefter.csv?sag=ny-skolevej-ved-engparken" in client.get("/loefter?sag=ny-skolevej-ved-engparken").text


def recount(today: date) -> dict[PromiseKind, tuple[int, int, int]]:
    """The figures from the log alone: who came in when, what was answered, decided and told, and on which day."""
    entries = list(db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id)))
    days = {"question": 5, "feedback": 7}

    def day(entry: LogEntry) -> date:
        return dates.local_day(entry.at)

    def subjects(act: Act) -> dict[str, date]:
        return {entry.subject: day(entry) for entry in entries if entry.act == act}

    asked, answered = subjects(Act.ASK_QUESTION), subjects(Act.ANSWER_QUESTION)
    wrote = subjects(Act.SUBMIT_CONTRIBUTION)
    decided = [
        date.fromisoformat(entry.facts["met_on"])
        for entry in entries
        if entry.act == Act.RECORD_DECISION and entry.facts["result"] in {one.value for one in FINAL}
    ]
    told = list(subjects(Act.PUBLISH_FEEDBACK).values())
    found = {}
    questions = [
        (dates.add_working_days(on, days["question"], clock.closed), answered.get(key)) for key, on in asked.items()
    ]
    due = dates.add_working_days(decided[-1], days["feedback"], clock.closed) if decided else None
    feedback = [(due, told[0] if told else None) for _key in wrote if due]
    for kind, lines in ((PromiseKind.QUESTION_ANSWER, questions), (PromiseKind.FEEDBACK, feedback)):
        counted_ = [(by, kept) for by, kept in lines if by and (kept or by < today)]
        in_time = sum(1 for by, kept in counted_ if kept and kept <= by)
        found[kind] = (len(counted_), in_time, sum(1 for _by, kept in counted_ if not kept))
    return found


@pytest.mark.parametrize("wait", [2, 5, 7, 8, 30])
def test_the_public_figures_equal_a_recount_from_the_log(
    planner: Actor, clerk: Actor, hearing: Round, wait: int
) -> None:
    """RL-30: nothing but the log is needed to check the page, whether kept to the day or broken by one."""
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys.", "Lavere fart."))
    asked = []
    for number in range(4):
        sent = Sent(words=f"Hvornår {number}?", kind=Kind.QUESTION, received_at=NOW, key=f"q{number}")
        with settling():
            asked.append(ask_question(VISITOR, hearing, sent, now=NOW))
    for number, question in enumerate(asked[:3]):
        with settling():
            answer_question(planner, question, "Til foråret.", publish=True, now=NOW + timedelta(days=wait + number))
    decide(clerk, hearing.project)
    told_at = dates.opens_at(MEETING) + timedelta(days=wait + 5, hours=9)
    with settling():
        publish_feedback(planner, hearing.project, now=told_at)
    for now in (AFTER, told_at + timedelta(days=1), told_at + timedelta(days=60)):
        page = {one.kind: (one.due, one.in_time, one.late_now) for one in figures(now).kinds}
        if now >= told_at:
            assert page == recount(dates.local_day(now))
