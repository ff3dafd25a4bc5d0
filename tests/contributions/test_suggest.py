"""For many contributions the machine proposes points and leaves alone what a person has touched."""

import pytest

from participation.contributions.split import split_contribution
from participation.contributions.suggest import ask_for_split, split_all
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.rules.kinds import Kind, SpanKind
from participation.rules.policy import NotAllowed
from tests.contributions.sending import submitted
from tests.persons import NOW

LETTER = (
    "Kære kommune\r\n\r\nJeg er imod, at overgangen flyttes til tanken, fordi børnene skal krydse to spor.\r\n\r\n"
    "Derudover mangler der lys på stien bag skolen, og det er farligt om vinteren.\r\n\r\nVenlig hilsen\r\nKaren"
)


def said(one):
    db.session.expire_all()
    return [point.words for point in one.points if point.kind is SpanKind.SAID]


def test_a_letter_of_two_matters_becomes_two_points_of_its_exact_words(hearing):
    one = submitted(hearing, LETTER)
    assert split_all(hearing.project_id, now=NOW) == 1
    points = said(one)
    assert len(points) == 2
    assert all(point in LETTER for point in points)


def test_a_second_time_changes_nothing(hearing):
    one = submitted(hearing, LETTER)
    split_all(hearing.project_id, now=NOW)
    before = [point.id for point in one.points]
    assert split_all(hearing.project_id, now=NOW) == 0
    assert [point.id for point in one.points] == before


def test_what_a_person_has_divided_stays(planner, hearing):
    one = submitted(hearing, LETTER)
    with settling():
        split_contribution(planner, one, [[(one.body.id, 0, len(LETTER))]], now=NOW)
    assert split_all(hearing.project_id, now=NOW) == 0
    assert said(one) == [LETTER]


def test_what_has_an_answer_upstairs_is_left(hearing):
    one = submitted(hearing, LETTER)
    assert split_all(hearing.project_id, leave=[one.id], now=NOW) == 0


def test_a_question_stays_whole(hearing):
    submitted(hearing, LETTER, kind=Kind.QUESTION)
    assert split_all(hearing.project_id, now=NOW) == 0


def test_the_worker_does_it_when_a_planner_asks(planner, hearing):
    one = submitted(hearing, LETTER)
    with settling():
        ask_for_split(planner, hearing.project, now=NOW)
    jobs.run_all(None, NOW)
    assert len(said(one)) == 2


def test_nobody_else_asks(other_planner, hearing):
    with pytest.raises(NotAllowed):
        ask_for_split(other_planner, hearing.project, now=NOW)
