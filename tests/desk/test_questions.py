"""The questions on the desk: those that wait stand first, and none is left out because it has no answer yet."""

from datetime import datetime, timedelta

from participation.answers.question import answer_question
from participation.contributions.ask import ask_question
from participation.contributions.receive import Sent
from participation.desk import queries
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, Actor


def test_the_unanswered_stand_first(planner: Actor, orientation: Round, now: datetime) -> None:
    for index in range(3):
        sent = Sent(words=f"Hvornår {index}?", kind=Kind.QUESTION, received_at=now, key=f"k{index}")
        with settling():
            ask_question(VISITOR, orientation, sent, now=now + timedelta(minutes=index))
    with settling():
        first = queries.question_of(orientation.project, 1)
        answer_question(planner, first, "Til foråret.", publish=True, now=now + timedelta(hours=1))
    db.session.expire_all()
    found = queries.questions(orientation.project)
    assert [(one.number, kept is not None) for one, kept, _due in found] == [(2, False), (3, False), (1, True)]
    assert all(due is not None for _one, _kept, due in found)
