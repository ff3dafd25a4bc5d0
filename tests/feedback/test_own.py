"""A contributor's own page: where it is now, and what became of each point (RP-42, RL-46)."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from participation.answers.draft import Draft, draft_answer
from participation.contributions.model import Contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.kinds import ApprovalRule
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.queries import counted


def hold(client: FlaskClient, contribution: Contribution) -> None:
    """The session has shown the contribution's code."""
    with client.session_transaction() as session:
        session["held"] = [contribution.id]


@pytest.fixture
def answered(planner: Actor, hearing: Round, now: datetime) -> Contribution:
    """A contribution with an approved answer; the white paper is not out yet."""
    (contribution,) = receive(hearing, "Flyt overgangen hen til kirken.")
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    with settling():
        draft_answer(
            planner, Draft(contribution, "Vi flytter den.", Recommendation.ACCOMMODATED, "Det er rigtigt."), now=now
        )
    return contribution


def test_without_a_code_the_page_asks_for_it(client: FlaskClient) -> None:
    response = client.get("/mit-svar/hvor")
    assert (response.status_code, response.location) == (302, "/mit-svar")


def test_the_page_quotes_the_words_and_says_when_the_rest_is_expected(client: FlaskClient, hearing: Round) -> None:
    """RP-42: a tracking page for each contribution."""
    (contribution,) = receive(hearing, "Flyt overgangen hen til kirken.")
    hold(client, contribution)
    page = client.get("/mit-svar/hvor").text
    assert "Dit høringssvar nr. 1: hvor er det nu?" in page
    assert "Flyt overgangen hen til kirken." in page
    assert "forventet 29. januar 2027" in page


def test_no_answer_is_told_before_the_white_paper(client: FlaskClient, answered: Contribution) -> None:
    hold(client, answered)
    assert "Vi flytter den." not in client.get("/mit-svar/hvor").text


def test_the_answer_stands_under_the_words_when_the_white_paper_is_out(
    client: FlaskClient, answered: Contribution, now: datetime
) -> None:
    with settling():
        db.session.get_one(Round, answered.round_id).reported_at = now
    hold(client, answered)
    page = client.get("/mit-svar/hvor").text
    assert page.index("Flyt overgangen") < page.index("Vi flytter den.") < page.index("imødekommes")
    assert "Forvaltningen indstiller:" in page


def test_who_took_it_back_reads_that_and_nothing_of_answers(client: FlaskClient, hearing: Round, now: datetime) -> None:
    (contribution,) = receive(hearing, "Flyt overgangen.")
    with settling():
        withdraw_contribution(Actor(held=frozenset({contribution.id})), contribution, now=now)
    hold(client, contribution)
    page = client.get("/mit-svar/hvor").text
    assert "Du har trukket det tilbage" in page
    assert "/mit-svar/traek-tilbage" not in page


def test_the_page_asks_as_much_whatever_the_number_of_contributions(
    client: FlaskClient, answered: Contribution, now: datetime
) -> None:
    hold(client, answered)
    with counted() as few:
        client.get("/mit-svar/hvor")
    receive(db.session.get_one(Round, answered.round_id), *(f"Nummer {number}." for number in range(59)))
    with counted() as many:
        client.get("/mit-svar/hvor")
    assert len(many) == len(few) <= 16
