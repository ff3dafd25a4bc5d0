"""A case never closes with an unanswered contribution (gate close; FU-04, FU-17, RL-46)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.answers.question import answer_question
from participation.contributions.ask import ask_question
from participation.contributions.model import Contribution
from participation.contributions.receive import Sender, Sent
from participation.decisions.follow_up import finish_follow_up, no_follow_up, plan_follow_up
from participation.feedback.close import NotReady, close_project
from participation.feedback.deliver import leave_at_code, post_letters, try_again
from participation.feedback.judge import judge_feedback
from participation.feedback.model import Feedback
from participation.feedback.publish import publish_feedback
from participation.feedback.queries import closing_gaps, undelivered
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.model import Project, Round
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.contributed import receive
from tests.decided import AFTER, WEIGHING, answer_all, decide
from tests.persons import NOW

BY_MAIL = Sender(email="mia@borger.example")
BY_POST = Sender(name="Ove Holm", address="Møllevej 4, 9999 Engelund", wants_post=True)


def gaps(project: Project) -> list[str]:
    return [gap.key for gap in closing_gaps(project, AFTER)]


def tell(app: SettledFlask, planner: Actor, project: Project) -> None:
    with settling():
        publish_feedback(planner, project, now=AFTER)
    jobs.run_all(app, AFTER)


def ask(round_: Round, words: str) -> Contribution:
    sent = Sent(words=words, kind=Kind.QUESTION, received_at=NOW, key=words)
    with settling():
        return ask_question(VISITOR, round_, sent, now=NOW)


def test_a_hearing_is_closed_when_everybody_was_told_and_nothing_follows(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den.", sender=BY_MAIL))
    assert gaps(hearing.project) == ["undecided", "untold", "no-follow-up"]
    decide(clerk, hearing.project)
    tell(app, planner, hearing.project)
    with settling():
        no_follow_up(planner, hearing.project, now=AFTER)
    with settling():
        close_project(planner, hearing.project, now=AFTER)
    assert hearing.project.closed_at == AFTER


def test_a_case_with_an_unanswered_contribution_names_it_and_stays_open(
    planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answered, _ = receive(hearing, "Flyt den.", "Mere lys.")
    answer_all(planner, [answered])
    decide(clerk, hearing.project)
    with pytest.raises(NotReady) as refused, settling():
        close_project(planner, hearing.project, now=AFTER)
    assert "Mangler et godkendt svar: nr. 2." in refused.value.words
    assert hearing.project.closed_at is None


def test_a_hearing_without_contributions_is_closed_after_the_decision(
    planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """DESIGN: a hearing with no answers."""
    decide(clerk, hearing.project)
    assert gaps(hearing.project) == ["no-follow-up"]


def test_a_letter_on_paper_counts_when_it_is_posted(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den.", sender=BY_POST))
    decide(clerk, hearing.project)
    tell(app, planner, hearing.project)
    assert gaps(hearing.project) == ["undelivered", "no-follow-up"]
    waiting = letters.waiting_for_print(hearing.project_id)
    assert [letter.kind for letter in waiting] == ["receipt", "feedback_print"]
    with settling():
        post_letters(planner, hearing.project, waiting, now=AFTER)
    assert gaps(hearing.project) == ["no-follow-up"]


def test_who_has_only_the_code_is_told_by_the_code(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den."))
    decide(clerk, hearing.project)
    tell(app, planner, hearing.project)
    assert gaps(hearing.project) == ["no-follow-up"]


def test_a_letter_that_cannot_be_delivered_is_tried_again_or_left_at_the_code(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den.", sender=BY_MAIL))
    decide(clerk, hearing.project)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    jobs.run_all(app, AFTER)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "feedback")).one()
    with settling():
        letter.sent_at, letter.failed_at, letter.failure = None, AFTER, "Adressen findes ikke."
    (one,) = undelivered(hearing.project_id)
    assert gaps(hearing.project) == ["undelivered", "no-follow-up"]
    with settling():
        try_again(planner, hearing.project, one.letter, now=AFTER)
    assert letter.failed_at is None
    with settling():
        leave_at_code(planner, one.told, now=AFTER)
    assert db.session.scalars(sa.select(Feedback.channel)).one() == "code"
    assert gaps(hearing.project) == ["no-follow-up"]


def test_an_open_follow_up_keeps_the_case_open(planner: Actor, clerk: Actor, hearing: Round) -> None:
    """FU-17: the case closes when it is done."""
    decide(clerk, hearing.project)
    with settling():
        action = plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", now=AFTER)
    assert gaps(hearing.project) == ["follow-up"]
    with settling():
        finish_follow_up(planner, action, now=AFTER)
    assert gaps(hearing.project) == []


def test_somebody_who_found_no_answer_never_keeps_the_case_open(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """FU-22: it is counted and answered, and blocks nothing."""
    (contribution,) = receive(hearing, "Flyt den.", sender=BY_MAIL)
    answer_all(planner, [contribution])
    decide(clerk, hearing.project)
    tell(app, planner, hearing.project)
    with settling():
        judge_feedback(Actor(held=frozenset({contribution.id})), contribution, False, "Hvad nu?", now=AFTER)
    assert gaps(hearing.project) == ["no-follow-up"]


def test_an_orientation_is_closed_when_every_question_is_answered(planner: Actor, orientation: Round) -> None:
    """DESIGN: an orientation with three questions."""
    questions = [ask(orientation, words) for words in ("Hvornår?", "Hvor?", "Hvorfor?")]
    for question in questions[:2]:
        with settling():
            answer_question(planner, question, "Til foråret.", publish=True, now=WEIGHING)
    with pytest.raises(NotReady) as refused, settling():
        close_project(planner, orientation.project, now=WEIGHING)
    assert "Spørgsmål uden svar: nr. 3." in refused.value.words
    with settling():
        answer_question(planner, questions[2], "Fordi I bad om det.", publish=False, now=WEIGHING)
    with settling():
        close_project(planner, orientation.project, now=WEIGHING)
    assert orientation.project.closed_at == WEIGHING


def test_nothing_is_closed_while_people_can_still_write(planner: Actor, orientation: Round) -> None:
    with pytest.raises(NotReady) as refused, settling():
        close_project(planner, orientation.project, now=NOW + timedelta(days=1))
    assert "Fristen er ikke gået endnu." in refused.value.words


def test_a_clerk_and_another_department_close_nothing(clerk: Actor, other_planner: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    for actor in (clerk, other_planner):
        with pytest.raises(NotAllowed), settling():
            close_project(actor, hearing.project, now=AFTER)
