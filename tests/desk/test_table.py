"""Svar for svar: the table keeps a whole page in one act, or nothing of it."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.model import Answer, Resume
from participation.contributions.model import Contribution
from participation.foundation.db import db
from participation.people.model import Person
from participation.projects.model import Round
from tests.contributed import receive
from tests.persons import sign_in
from tests.queries import counted

TABLE = "/arbejde/projekter/ny-skolevej-ved-engparken/svar"


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    return client


def token(client: FlaskClient, page: str = TABLE) -> str:
    """The form's own mark."""
    return client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]


def typed(contribution: Contribution, **fields: object) -> dict[str, object]:
    """A row as the browser sends it."""
    return {f"c{contribution.id}-{name}": value for name, value in {"version": 0, **fields}.items()}


def test_eight_answers_are_kept_in_one_act(desk: FlaskClient, hearing: Round) -> None:
    """The common case: one person answers eight letters, and saves once."""
    letters = receive(hearing, *(f"Jeg mener noget om sag {number}." for number in range(8)))
    data: dict[str, object] = {"csrf_token": token(desk)}
    for letter in letters:
        data |= typed(letter, words="Tak, det gør vi.", recommendation="accommodated", resume="Vil have noget gjort.")
    assert desk.post(TABLE, data=data).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 8
    assert db.session.scalar(sa.select(sa.func.count(Resume.id))) == 8
    assert db.session.scalar(sa.select(sa.func.count()).where(Contribution.read_at.is_(None))) == 0


def test_a_no_without_a_reason_keeps_every_typed_word_and_saves_nothing(desk: FlaskClient, hearing: Round) -> None:
    """FU-08: the row is marked; what was typed in all rows stands again."""
    first, second = receive(hearing, "Mere lys.", "Mindre lys.")
    data = {
        "csrf_token": token(desk),
        **typed(first, words="Ja, det kommer.", recommendation="accommodated"),
        **typed(second, words="Nej, det går ikke.", recommendation="not_accommodated"),
    }
    answer = desk.post(TABLE, data=data)
    assert answer.status_code == 422
    assert "Ja, det kommer." in answer.text
    assert "Nej, det går ikke." in answer.text
    assert "Skriv en begrundelse" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0


def test_support_is_noted_with_a_single_choice(desk: FlaskClient, hearing: Round) -> None:
    (letter,) = receive(hearing, "Godt forslag.")
    desk.post(TABLE, data={"csrf_token": token(desk), **typed(letter, recommendation="support_noted")})
    kept = db.session.scalars(sa.select(Answer)).one()
    assert kept.is_complete
    assert kept.reason


def test_a_row_can_take_the_answer_of_another(desk: FlaskClient, hearing: Round) -> None:
    first, second = receive(hearing, "Flyt overgangen.", "Overgangen skal flyttes.")
    data = {
        "csrf_token": token(desk),
        **typed(first, words="Den flyttes.", recommendation="accommodated"),
        **typed(second, same_as=1),
    }
    desk.post(TABLE, data=data)
    assert list(db.session.scalars(sa.select(Answer.words))) == ["Den flyttes.", "Den flyttes."]


def test_a_colleagues_newer_text_is_shown_beside_mine(desk: FlaskClient, hearing: Round) -> None:
    (letter,) = receive(hearing, "Flyt overgangen.")
    mark = token(desk)
    desk.post(TABLE, data={"csrf_token": mark, **typed(letter, words="Første.", recommendation="accommodated")})
    late = desk.post(TABLE, data={"csrf_token": mark, **typed(letter, words="Anden.", recommendation="accommodated")})
    assert late.status_code == 409
    assert "Første." in late.text
    assert "Anden." in late.text
    assert db.session.scalar(sa.select(Answer.words)) == "Første."


def test_a_councillor_does_not_reach_the_table(client: FlaskClient, hearing: Round, councillor_person: Person) -> None:
    """RP-02: politicians read; they do not edit answers."""
    sign_in(client, councillor_person)
    assert client.get(TABLE).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, hearing: Round) -> None:
    assert client.get(TABLE).headers["Location"].startswith("/log-ind?next=")


def test_the_table_asks_the_same_few_questions_of_the_database_with_many_rows(
    desk: FlaskClient, hearing: Round
) -> None:
    receive(hearing, "Et svar.")
    round_id = hearing.id
    desk.get(TABLE)
    with counted() as one:
        desk.get(TABLE)
    again = db.session.get_one(Round, round_id)
    receive(again, *(f"Svar nummer {number}." for number in range(24)))
    with counted() as many:
        desk.get(TABLE)
    assert len(many) == len(one)


@pytest.mark.parametrize("page", ["svar", "svar/1", "spoergsmaal", "aendringer", "klar", "inhabil"])
def test_every_page_of_the_case_opens(desk: FlaskClient, hearing: Round, page: str) -> None:
    receive(hearing, "Flyt overgangen.")
    assert desk.get(f"/arbejde/projekter/ny-skolevej-ved-engparken/{page}").status_code == 200


def test_the_workbench_lists_the_departments_cases(desk: FlaskClient, hearing: Round) -> None:
    assert "Ny skolevej ved Engparken" in desk.get("/arbejde").text


def test_a_shared_name_is_warned_about(desk: FlaskClient, hearing: Round, roads: object) -> None:
    """RE-41: same name as a contributor."""
    from participation.contributions.receive import Sender

    receive(hearing, "Flyt overgangen.", sender=Sender(name="Ole Planlægger"))
    assert "Er du inhabil i denne sag?" in desk.get(TABLE).text
