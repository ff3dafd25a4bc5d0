"""Det har I været med til at ændre: from voice to change, and only what was decided so (RL-11)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.model import Answer, Change
from participation.contributions.publish import publish_contributions
from participation.decisions.follow_up import finish_follow_up, plan_follow_up
from participation.decisions.record import Result
from participation.foundation.db import db, settling
from participation.portal.queries import changed_because_of_you
from participation.projects.model import Round
from participation.rules.kinds import StepResult
from participation.rules.outcomes import Outcome
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import ADOPTED, AFTER, WEIGHING, answer_all, decide

PAGE = "/det-har-i-aendret"


@pytest.fixture
def changed(planner: Actor, hearing: Round) -> Answer:
    """A voice, its answer, and the change that it caused; not decided yet."""
    mine = receive(hearing, "Mine børn tør ikke cykle.")
    answer_all(planner, mine)
    with settling():
        publish_contributions(planner, hearing.project, now=WEIGHING)
    answer = db.session.scalars(sa.select(Answer)).one()
    with settling():
        db.session.add(
            Change(
                project_id=hearing.project_id,
                place="§ 5.2",
                before="Ingen cykelsti.",
                after="En cykelsti.",
                written_at=WEIGHING,
                answers=[answer],
            )
        )
    return answer


def test_a_voice_leads_to_the_change_and_to_what_is_done_since(
    client: FlaskClient, planner: Actor, clerk: Actor, hearing: Round, changed: Answer
) -> None:
    decide(clerk, hearing.project)
    with settling():
        action = plan_follow_up(planner, hearing.project, "Cykelstien er malet.", "Veje", answer=changed, now=AFTER)
    with settling():
        finish_follow_up(planner, action, now=AFTER)
    assert f'href="{PAGE}"' in client.get("/").text
    page = client.get(PAGE).text
    for words in ("Mine børn tør ikke cykle.", "§ 5.2", "Ingen cykelsti.", "En cykelsti.", "Cykelstien er malet."):
        assert words in page
    assert "Det er gjort" in page
    assert 'href="/projekter/ny-skolevej-ved-engparken/hoeringssvar/1"' in page


def test_nothing_stands_there_before_the_decision(client: FlaskClient, changed: Answer) -> None:
    assert changed_because_of_you() == []
    assert f'href="{PAGE}"' not in client.get("/").text
    assert "Her er ikke noget endnu" in client.get(PAGE).text


@pytest.mark.parametrize(
    "result",
    [
        replace(ADOPTED, result=StepResult.REJECTED),
        replace(ADOPTED, exceptions={1: (Outcome.NOT_ACCOMMODATED, "Ikke i år.")}),
        replace(ADOPTED, exceptions={1: (Outcome.POSTPONED, "")}),
    ],
)
def test_a_change_that_the_body_did_not_make_is_not_told_as_one(
    clerk: Actor, hearing: Round, changed: Answer, result: Result
) -> None:
    decide(clerk, hearing.project, result)
    assert changed_because_of_you() == []


def test_the_gallery_goes_on_page_by_page(clerk: Actor, hearing: Round, changed: Answer) -> None:
    with settling():
        for number in range(4):
            db.session.add(
                Change(project_id=hearing.project_id, place=f"§ {number}", written_at=WEIGHING, answers=[changed])
            )
    decide(clerk, hearing.project)
    first = changed_because_of_you(3)
    rest = changed_because_of_you(3, before=first[-1].key)
    assert [one.place for one in first + rest] == ["§ 3", "§ 2", "§ 1", "§ 0", "§ 5.2"]
