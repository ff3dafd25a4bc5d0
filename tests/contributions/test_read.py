"""A planner has read what came in (RE-29)."""

import pytest
import sqlalchemy as sa

from participation.contributions.read import read_contributions
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.policy import NotAllowed
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW


def read(actor, project, *contributions):
    with settling():
        return read_contributions(actor, project, contributions, now=NOW)


def test_who_read_it_and_when_is_kept(planner, hearing):
    one = submitted(hearing)
    assert read(planner, hearing.project, one) == [one]
    assert (one.read_at, one.read_by_id) == (NOW, planner.person_id)


def test_many_are_read_in_one_act(planner, hearing):
    many = [submitted(hearing, f"Svar {n}") for n in range(3)]
    read(planner, hearing.project, *many)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.READ_CONTRIBUTION)).one()
    assert entry.facts == {"numbers": [1, 2, 3]}


def test_the_first_reader_stands(planner, leader, hearing):
    one = submitted(hearing)
    read(planner, hearing.project, one)
    assert read(leader, hearing.project, one) == []
    assert one.read_by_id == planner.person_id


def test_one_of_another_project_is_an_error(planner, hearing, roads):
    foreign = submitted(make_project(roads, slug="en-anden-sag").rounds[0])
    with pytest.raises(ValueError, match="another project"):
        read(planner, hearing.project, foreign)


def test_another_department_does_not_read_for_us(other_planner, hearing):
    with pytest.raises(NotAllowed, match="owner"):
        read(other_planner, hearing.project, submitted(hearing))
