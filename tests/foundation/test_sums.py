"""What pages sum up is summed once for each state of a case, and anew when anything has happened in it."""

import pytest
import sqlalchemy as sa

from participation.answers.gates import gates
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import sums
from participation.foundation.db import db, settling
from participation.foundation.model import Sum
from participation.foundation.sums import FEW, summed, summed_each
from participation.projects.model import Project
from participation.rules.policy import Actor
from participation.themes.tree import tree
from tests.contributed import receive
from tests.matters import make_project
from tests.persons import NOW
from tests.queries import counted

MANY = FEW + 1


class Counting:
    """A sum that says how often it was asked for."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, int]:
        self.times += 1
        return {"times": self.times}


@pytest.fixture
def a_page_is_read(app):
    with app.test_request_context("/"):
        yield


def asked_for(project_id: int, sum_up: Counting, times: int, contributions: int = MANY) -> list[int]:
    """What that many requests are told, one after the other."""
    told = []
    for _ in range(times):
        told.append(summed(project_id, "x", contributions, sum_up)["times"])
        db.session.rollback()
    return told


def test_a_small_case_is_summed_each_time_and_nothing_is_kept(hearing, a_page_is_read):
    receive(hearing, "Vi vil gerne have en bænk.")
    sum_up = Counting()
    assert asked_for(hearing.project_id, sum_up, 3, FEW) == [1, 2, 3]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sum)) == 0


def test_a_large_case_is_summed_once_until_something_happens(hearing, a_page_is_read):
    receive(hearing, "Vi vil gerne have en bænk.")
    sum_up = Counting()
    db.session.rollback()
    assert asked_for(hearing.project_id, sum_up, 3) == [1, 1, 1]
    receive(hearing, "Og et træ.")
    db.session.rollback()
    assert asked_for(hearing.project_id, sum_up, 2) == [2, 2]


def test_what_happens_in_another_case_changes_nothing(hearing, cocreation, a_page_is_read):
    sum_up = Counting()
    db.session.rollback()
    assert asked_for(hearing.project_id, sum_up, 1) == [1]
    receive(cocreation, "Et forslag.")
    db.session.rollback()
    assert asked_for(hearing.project_id, sum_up, 1) == [1]


def test_an_act_sums_anew_and_keeps_nothing(app, hearing):
    sum_up = Counting()
    db.session.rollback()
    with app.test_request_context("/", method="POST"):
        assert asked_for(hearing.project_id, sum_up, 2) == [1, 2]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Sum)) == 0


@pytest.fixture
def always_kept(monkeypatch):
    monkeypatch.setattr(sums, "FEW", -1)


def test_what_is_kept_is_what_is_counted(hearing, always_kept, a_page_is_read):
    """RP-23: the gates and the board say the same from what is kept as from the rows, before and after an act."""
    project, hearing_id = hearing.project, hearing.project_id
    found = receive(hearing, "Vi vil gerne have en bænk ved søen.", "Bussen kører for sjældent.")
    db.session.rollback()

    def numbers() -> tuple[int, ...]:
        case = db.session.get_one(Project, hearing_id)
        return next(missing.numbers for missing in gates(case, NOW.date()) if missing.key == "unanswered")

    assert numbers() == (1, 2)
    assert tree(project).nowhere == 2
    db.session.rollback()
    with counted() as asked:
        assert numbers() == (1, 2)
    project = db.session.get_one(Project, hearing_id)
    assert not any("FROM point" in statement for statement in asked), "nothing is counted again"
    with settling():
        withdraw_contribution(Actor(held=frozenset({found[0].id})), found[0], now=NOW)
    db.session.rollback()
    assert numbers() == (2,)
    assert tree(project).nowhere == 1


def test_of_many_projects_those_that_hold_are_read_and_all_others_are_summed_together(roads, a_page_is_read):
    large, other, small = (make_project(roads, slug=f"sag-{number}").id for number in range(3))
    wanted = {large: MANY, other: MANY, small: 3}
    asked = []

    def sum_up(ids):
        asked.append(sorted(ids))
        return {key: {"of": key} for key in ids}

    for _ in range(2):
        assert summed_each(wanted, "y", sum_up) == {key: {"of": key} for key in wanted}
        db.session.rollback()
    with settling():
        receive(db.session.get_one(Project, other).rounds[0], "Mere lys.")
    assert summed_each(wanted, "y", sum_up)[other] == {"of": other}
    assert asked == [[large, other, small], [small], [other, small]]
