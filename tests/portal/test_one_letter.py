"""One letter for one piece of news: who both wrote and follows the case has the letter about their own words."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.dispute import dispute_contribution
from participation.contributions.receive import Sender
from participation.contributions.withdraw import withdraw_contribution
from participation.decisions.follow_up import finish_follow_up, plan_follow_up
from participation.feedback.publish import publish_feedback
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.correct import correct_mistake
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.model import Project, Round
from participation.rules.policy import VISITOR, Actor
from tests.contributed import receive
from tests.decided import AFTER, answer_all, decide
from tests.persons import NOW

BOTH, WROTE, FOLLOWS = "mia@borger.example", "ove@borger.example", "ida@borger.example"
LATER = NOW + timedelta(hours=1)


def follow(project: Project, *emails: str, confirmed: bool = True) -> None:
    for email in emails:
        with settling():
            asked = follow_project(VISITOR, project, email, now=NOW)
        if confirmed:
            with settling():
                confirm_follow(VISITOR, asked, now=NOW)


def sent(*kinds: str) -> Counter[tuple[str, str]]:
    """How many letters each address is owed, and whether they tell of their own words or of the case they follow."""
    db.session.rollback()
    found = db.session.scalars(sa.select(Letter).where(Letter.kind.in_(kinds)).order_by(Letter.id)).all()
    return Counter((one.recipient or "", "own" if "contribution" in one.facts else "news") for one in found)


def correct(app: SettledFlask, planner: Actor, project: Project) -> None:
    with settling():
        correct_mistake(planner, project, "Kortet viste den forkerte vej.", "Det er rettet.", now=LATER)
    jobs.run_all(app, LATER)


def test_who_wrote_and_follows_gets_one_letter_about_their_own_words(
    app: SettledFlask, planner: Actor, hearing: Round
) -> None:
    """RP-19: however the address was typed."""
    receive(hearing, "Mere lys.", sender=Sender(email="Mia@Borger.Example"))
    receive(hearing, "Lavere fart.", sender=Sender(email=WROTE))
    follow(hearing.project, BOTH, FOLLOWS)
    correct(app, planner, hearing.project)
    assert sent("news_corrected") == {("Mia@Borger.Example", "own"): 1, (WROTE, "own"): 1, (FOLLOWS, "news"): 1}
    to_mia = (Letter.recipient == "Mia@Borger.Example", Letter.kind == "news_corrected")
    own = db.session.scalars(sa.select(Letter).where(*to_mia)).one()
    assert "Se dit eget svar her:" in letters.read_in_full(own).words


def test_who_wrote_several_times_gets_one_letter(app: SettledFlask, planner: Actor, hearing: Round) -> None:
    """By mail and by post alike; two who live at one address are two."""
    receive(hearing, "Mere lys.", "Lavere fart.", sender=Sender(email=BOTH))
    receive(hearing, "Flere bænke.", sender=Sender(email="MIA@borger.example"))
    for name in ("Ove Holm", "Else Holm", "Ove Holm"):
        receive(hearing, f"{name} skriver.", sender=Sender(name=name, address="Møllevej 4", wants_post=True))
    follow(hearing.project, BOTH)
    correct(app, planner, hearing.project)
    assert sorted(sent("news_corrected").items()) == [
        (("Else Holm\nMøllevej 4", "own"), 1),
        (("Ove Holm\nMøllevej 4", "own"), 1),
        ((BOTH, "own"), 1),
    ]


def test_who_has_not_confirmed_that_they_follow_is_told_as_one_who_wrote(
    app: SettledFlask, planner: Actor, hearing: Round
) -> None:
    receive(hearing, "Mere lys.", sender=Sender(email=BOTH))
    follow(hearing.project, BOTH, confirmed=False)
    correct(app, planner, hearing.project)
    assert sent("news_corrected") == {(BOTH, "own"): 1}


@pytest.mark.parametrize("gone", [dispute_contribution, withdraw_contribution])
def test_who_has_no_words_of_their_own_in_the_case_any_more_is_told_as_a_follower(
    app: SettledFlask, planner: Actor, hearing: Round, gone
) -> None:
    (contribution,) = receive(hearing, "Mere lys.", sender=Sender(email=BOTH))
    follow(hearing.project, BOTH)
    with settling():
        gone(Actor(held=frozenset({contribution.id})), contribution, now=NOW)
    correct(app, planner, hearing.project)
    assert sent("news_corrected") == {(BOTH, "news"): 1}


def test_words_in_another_case_keep_no_news_of_this_one(
    app: SettledFlask, planner: Actor, hearing: Round, cocreation: Round
) -> None:
    receive(cocreation, "En gynge.", sender=Sender(email=FOLLOWS))
    follow(hearing.project, FOLLOWS)
    correct(app, planner, hearing.project)
    assert sent("news_corrected") == {(FOLLOWS, "news"): 1}


def test_who_proposed_what_is_done_now_is_told_so_and_not_also_as_a_follower(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """RL-45: another who wrote of something else, and follows, has the news."""
    mine = receive(hearing, "Mere lys.", sender=Sender(email=BOTH))
    other = receive(hearing, "Lavere fart.", sender=Sender(email=FOLLOWS))
    answer_all(planner, [*mine, *other])
    decide(clerk, hearing.project)
    follow(hearing.project, BOTH, FOLLOWS)
    answer = db.session.scalars(sa.select(Answer).where(Answer.contribution_id == mine[0].id)).one()
    with settling():
        action = plan_follow_up(planner, hearing.project, "Lygterne er sat op.", "Veje", answer=answer, now=AFTER)
    with settling():
        finish_follow_up(planner, action, now=AFTER)
    jobs.run_all(app, AFTER)
    assert sent("built", "news_done") == {(BOTH, "own"): 1, (FOLLOWS, "news"): 1}


@pytest.mark.parametrize("told_first", [True, False])
def test_who_has_had_feedback_is_not_told_the_decision_once_more(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round, told_first: bool
) -> None:
    """RL-46: feedback says what was decided. Until it is sent, who follows has the decision at once."""
    answer_all(planner, receive(hearing, "Mere lys.", sender=Sender(email=BOTH)))
    follow(hearing.project, BOTH, FOLLOWS)
    decide(clerk, hearing.project)
    if told_first:
        _tell(planner, hearing, AFTER)
    jobs.run_all(app, AFTER)
    both = {(BOTH, "own"): 1} if told_first else {(BOTH, "news"): 1}
    assert sent("news_decided", "feedback") == {**both, (FOLLOWS, "news"): 1}


def _tell(planner: Actor, hearing: Round, now: datetime) -> None:
    with settling():
        publish_feedback(planner, hearing.project, now=now)
