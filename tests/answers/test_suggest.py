"""Earlier answers to alike points are offered with their source, in the same case and from the department's others."""

import pytest
import sqlalchemy as sa

from participation.answers.compare import compare_points
from participation.answers.model import Answer
from participation.answers.suggest import earlier_answers
from participation.contributions.model import Point
from participation.foundation.db import db
from tests.contributed import receive
from tests.matters import make_project
from tests.persons import NOW, make_department
from tests.queries import counted
from tests.reports.cases import answer
from tests.themes.gathering import answered, gathered, leaf

LIGHT = "Der skal mere lys på stien ved åen, for børnene cykler der hver morgen."


def offered(about) -> list[tuple[str, int]]:
    return [(one.answer.words, one.source.contribution.number) for one in earlier_answers(about)]


def test_an_answer_to_a_point_that_is_alike_is_offered_with_its_source(planner, hearing) -> None:
    answered(hearing, 10)
    first, second = receive(hearing, LIGHT, f"Hej. {LIGHT}")
    answer(planner, first, words="Vi sætter lamper op.")
    compare_points(hearing.project_id, now=NOW)
    assert offered(second.points[0])[0] == ("Vi sætter lamper op.", first.number)


def test_nothing_is_offered_where_nothing_is_near_or_nothing_is_answered(planner, hearing) -> None:
    first, second = receive(hearing, LIGHT, "Skolens tag er utæt.")
    answer(planner, first)
    third, _fourth = receive(hearing, "Hæv taksten.", "Hæv taksten straks.")
    compare_points(hearing.project_id, now=NOW)
    assert offered(second.points[0]) == offered(third.points[0]) == []


@pytest.mark.parametrize("same", [True, False])
def test_another_case_lends_its_answers_in_the_same_department_alone(planner, hearing, roads, same) -> None:
    department = roads if same else make_department("Kultur")
    other = make_project(department, slug="en-anden")
    (earlier,) = receive(other.rounds[0], LIGHT)
    answer(_of(department, planner), earlier, words="Det gjorde vi sidste år.")
    (here,) = receive(hearing, LIGHT)
    compare_points(hearing.project_id, now=NOW)
    assert offered(here.points[0]) == ([("Det gjorde vi sidste år.", earlier.number)] if same else [])


def _of(department, planner):
    from dataclasses import replace

    from participation.rules.kinds import Role

    return replace(planner, roles=frozenset({(Role.PLANNER, department.id)}))


def test_a_topic_is_offered_answers_to_points_near_its_own_and_not_its_own_answer(planner, hearing) -> None:
    answered(hearing, 40)
    project = hearing.project
    gathered(planner, project)
    theme = leaf(project.id)
    answer(planner, theme, words="Emnets eget svar.")
    compare_points(project.id, now=NOW)
    assert "Emnets eget svar." not in [words for words, _ in offered(theme)]


def test_the_offer_asks_as_much_among_many_as_among_few(planner, hearing) -> None:
    first, second = receive(hearing, LIGHT, LIGHT)
    answer(planner, first)
    compare_points(hearing.project_id, now=NOW)
    point = second.points[0].id
    with counted() as few:
        earlier_answers(db.session.get_one(Point, point))
    for one in receive(hearing, *[f"{LIGHT} {number}" for number in range(30)]):
        answer(planner, one)
    compare_points(hearing.project_id, now=NOW)
    with counted() as many:
        assert earlier_answers(db.session.get_one(Point, point))
    assert len(many) == len(few)
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 31
