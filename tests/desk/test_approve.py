"""Where the department wants each answer approved, the leader does it on the table, just as the answers were read."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.draft import Draft, draft_answers
from participation.answers.model import Answer
from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import AnswerState, ApprovalRule
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.persons import NOW, sign_in

TABLE = "/arbejde/projekter/ny-skolevej-ved-engparken/svar"


@pytest.fixture
def answered(hearing: Round, planner: Actor) -> list[Answer]:
    """Two answers that wait for the leader's yes."""
    with settling():
        hearing.project.department.approval = ApprovalRule.ANSWER
    letters = receive(hearing, "Mere lys.", "Mindre lys.")
    with settling():
        return draft_answers(
            planner,
            hearing.project,
            [Draft(letter, "Det ser vi på.", Recommendation.FURTHER_WORK, "Det tager vi med.") for letter in letters],
            now=NOW,
        )


def approve(client: FlaskClient, pairs: list[str]) -> int:
    mark = client.get(TABLE).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"{TABLE}/godkend", data={"csrf_token": mark, "read": pairs}).status_code


def test_the_leader_approves_the_page_in_one_act(
    client: FlaskClient, answered: list[Answer], leader_person: Person
) -> None:
    sign_in(client, leader_person)
    page = client.get(TABLE).text
    pairs = [f"{answer.id}:1" for answer in answered]
    assert all(f'value="{pair}"' in page for pair in pairs)
    assert approve(client, pairs) == 303
    assert set(db.session.scalars(sa.select(Answer.state))) == {AnswerState.APPROVED}


def test_what_was_changed_since_it_was_read_is_not_approved(
    client: FlaskClient, answered: list[Answer], leader_person: Person
) -> None:
    sign_in(client, leader_person)
    approve(client, [f"{answered[0].id}:7"])
    assert set(db.session.scalars(sa.select(Answer.state))) == {AnswerState.DRAFT}


def test_a_planner_approves_nothing(client: FlaskClient, answered: list[Answer], planner_person: Person) -> None:
    sign_in(client, planner_person)
    assert "/svar/godkend" not in client.get(TABLE).text
    assert approve(client, [f"{answered[0].id}:1"]) == 403
