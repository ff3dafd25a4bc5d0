"""A citizen asks, and is promised an answer by a working day (RP-21, SK-27)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.ask import ask_question
from participation.contributions.model import Promise
from participation.foundation.db import db, settling
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PromiseKind, PublicationRule
from participation.rules.phases import Arrival
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import sent
from tests.persons import NOW


def asked(round_, words="Hvornår går I i gang?", now=NOW, **facts):
    with settling():
        return ask_question(VISITOR, round_, sent(words, received_at=now, kind=Kind.QUESTION, **facts), now=now)


def test_a_question_is_promised_an_answer_within_five_working_days(orientation):
    asked(orientation)
    promise = db.session.scalars(sa.select(Promise)).one()
    assert (promise.kind, promise.due_on) == (PromiseKind.QUESTION_ANSWER, date(2026, 11, 27))


def test_a_question_is_never_late(hearing):
    assert asked(hearing, now=hearing.closes_at + timedelta(days=2)).arrival is Arrival.IN_TIME


def test_a_question_is_not_shown_before_it_is_answered(hearing):
    with settling():
        hearing.project.publication = PublicationRule.IMMEDIATELY
    assert asked(hearing).handling is Handling.RECEIVED


def test_the_same_question_twice_is_one(hearing):
    assert asked(hearing, key="k").id == asked(hearing, key="k").id


def test_before_it_opens_nobody_asks(hearing):
    with pytest.raises(NotAllowed, match="phase"):
        asked(hearing, now=hearing.opens_at - timedelta(seconds=1))
