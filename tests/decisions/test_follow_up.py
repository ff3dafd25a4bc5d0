"""What is to be done after the decision, shown until it is done (FU-17)."""

from datetime import date

import pytest
import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.receive import Sender
from participation.decisions.follow_up import (
    StillOpen,
    finish_follow_up,
    hand_over_follow_up,
    no_follow_up,
    plan_follow_up,
)
from participation.decisions.queries import open_follow_ups
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.model import Round
from participation.rules.policy import VISITOR, Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decided import AFTER, answer_all, decide


def test_nothing_to_follow_up_is_one_act(planner: Actor, clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with settling():
        no_follow_up(planner, hearing.project, now=AFTER)
    assert hearing.project.follow_up_none_at == AFTER


def test_ingen_is_refused_while_something_is_to_be_done(planner: Actor, clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with settling():
        plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", date(2027, 5, 1), now=AFTER)
    with pytest.raises(StillOpen), settling():
        no_follow_up(planner, hearing.project, now=AFTER)


@pytest.mark.parametrize("settle", [finish_follow_up, lambda *args, now: hand_over_follow_up(*args, "Parken", now=now)])
def test_what_is_done_or_handed_over_is_no_longer_open(planner: Actor, clerk: Actor, hearing: Round, settle) -> None:
    decide(clerk, hearing.project)
    with settling():
        action = plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", now=AFTER)
    assert open_follow_ups(hearing.project_id) == 1
    with settling():
        settle(planner, action, now=AFTER)
    assert open_follow_ups(hearing.project_id) == 0
    assert action.is_settled


def test_nothing_is_followed_up_while_the_hearing_is_open(planner: Actor, hearing: Round, now) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", now=now)
    assert refused.value.refusal.door is Door.PHASE


def test_a_clerk_plans_no_follow_up(clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with pytest.raises(NotAllowed), settling():
        plan_follow_up(clerk, hearing.project, "Mal striberne op.", "Vejafdelingen", now=AFTER)


def built(app: SettledFlask, planner: Actor, hearing: Round, answer: Answer | None) -> list[str]:
    """Who is told that it is there now, after it was planned and done."""
    with settling():
        action = plan_follow_up(planner, hearing.project, "Lygterne er sat op.", "Veje", answer=answer, now=AFTER)
    for _ in range(2):
        with settling():
            finish_follow_up(planner, action, now=AFTER)
        jobs.run_all(app, AFTER)
    return list(db.session.scalars(sa.select(Letter.recipient).where(Letter.kind == "built").order_by(Letter.id)))


def test_whoever_proposed_it_is_told_once_that_it_is_there_now(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """RL-45: "du foreslog det – nu er det der", and to nobody who wrote of something else."""
    mine = receive(hearing, "Mere lys.", sender=Sender(email="mia@borger.example"))
    other = receive(hearing, "Lavere fart.", sender=Sender(email="ove@borger.example"))
    answer_all(planner, [*mine, *other])
    decide(clerk, hearing.project)
    answer = db.session.scalars(sa.select(Answer).where(Answer.contribution_id == mine[0].id)).one()
    assert built(app, planner, hearing, answer) == ["mia@borger.example"]
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "built")).one()
    composed = letters.read_in_full(letter)
    assert "du foreslog det – nu er det der" in composed.subject
    assert "Lygterne er sat op." in composed.words


def test_what_comes_of_no_answer_is_told_to_no_proposer(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Mere lys.", sender=Sender(email="mia@borger.example")))
    decide(clerk, hearing.project)
    assert built(app, planner, hearing, None) == []


def test_who_follows_the_case_is_told_when_it_is_done(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """One message, with a link to stop."""
    with settling():
        follow = follow_project(VISITOR, hearing.project, "ida@borger.example", now=AFTER)
    with settling():
        confirm_follow(VISITOR, follow, now=AFTER)
    decide(clerk, hearing.project)
    built(app, planner, hearing, None)
    (news,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_done")).all()
    assert news.recipient == "ida@borger.example"
    assert "Lygterne er sat op." in letters.read_in_full(news).words
    assert f"/foelg/{follow.id}/" in letters.read_in_full(news).words
