"""The workbench shows everything that somebody is owed, by the first day of it, with the way to it."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.model import Contribution
from participation.desk.queries import Matter, matters
from participation.feedback.judge import judge_feedback
from participation.feedback.publish import publish_feedback
from participation.feedback.queries import missing_answers
from participation.feedback.reopen import reopen_answer
from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import AFTER, answer_all, decide
from tests.persons import sign_in


@pytest.fixture
def decided(planner: Actor, clerk: Actor, hearing: Round) -> Round:
    """A hearing of two answers that has been decided."""
    answer_all(planner, receive(hearing, "Flyt den.", "Lad den blive."))
    decide(clerk, hearing.project)
    return hearing


def only(planner: Actor) -> Matter:
    (matter,) = matters(planner, AFTER)
    return matter


def test_after_the_decision_the_feedback_is_due(planner: Actor, decided: Round) -> None:
    """RL-47: seven working days after Wednesday 24 February 2027."""
    matter = only(planner)
    assert (matter.untold, matter.due_on, matter.door) == (2, date(2027, 3, 5), "/besked")


def test_before_the_decision_no_feedback_is_due(planner: Actor, hearing: Round) -> None:
    receive(hearing, "Flyt den.")
    assert (only(planner).untold, only(planner).door) == (0, "")


def test_who_got_no_answer_stands_on_the_workbench_until_there_is_one(planner: Actor, decided: Round) -> None:
    """FU-22: a no has its day, too."""
    first = db.session.scalars(sa.select(Contribution).order_by(Contribution.number)).first()
    assert first is not None
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    with settling():
        judge_feedback(Actor(held=frozenset({first.id})), first, False, "Hvad med cyklerne?", now=AFTER)
    matter = only(planner)
    assert (matter.untold, matter.missing, matter.due_on, matter.door) == (0, 1, date(2027, 3, 4), "/besked")
    with settling():
        reopen_answer(planner, missing_answers(decided.project_id)[0], "De får en sti.", now=AFTER)
    assert (only(planner).missing, only(planner).due_on) == (0, None)


def test_the_page_leads_to_what_is_owed(
    client: FlaskClient, planner: Actor, planner_person: Person, decided: Round
) -> None:
    sign_in(client, planner_person)
    page = client.get("/arbejde").text
    assert f'<a href="/arbejde/projekter/{decided.project.slug}/besked">2 mangler besked om beslutningen</a>' in page
    assert "Forfalder 5. marts" in page
