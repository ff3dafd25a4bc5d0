"""The matters of the tests: an open round at each level, as rows, so that every room can start from one."""

from datetime import date, timedelta

import pytest

from participation.foundation.db import db, settling
from participation.people.model import Department
from participation.projects.model import FrameLine, Meaning, Project, Round, Step
from participation.rules import dates
from participation.rules.kinds import CaseType, Constraint, Frame, RoundKind, StepKind
from participation.rules.levels import Level
from tests.persons import NOW

#: The last day of the open rounds: Monday 14 December 2026.
LAST_DAY = date(2026, 12, 14)


def make_project(department: Department, level: Level = Level.HEARING, **facts: object) -> Project:
    """An announced project with one open round; ``facts`` are set on the project."""
    title = {Level.ORIENTATION: "Nye affaldsspande", Level.HEARING: "Ny skolevej ved Engparken"}.get(
        level, "En park til alle aldre"
    )
    with settling():
        project = Project(
            slug=title.lower().replace(" ", "-"),
            title=title,
            case_type=CaseType.TRAFFIC,
            level=level,
            level_reason="Sagen vedrører mange.",
            department_id=department.id,
            summary="Børn skal krydse Møllevej et nyt sted.",
            decided_by="byrådet",
            contact_name="Asta Lind",
            contact_phone="70 00 00 01",
            contact_email="kontakt@engelund.example",
            contact_hours="hverdage 9–14",
            created_at=NOW - timedelta(days=40),
            announced_at=NOW - timedelta(days=30),
        )
        project.frame = [
            FrameLine(kind=Frame.OPEN, words="Hvor overgangen ligger", position=0),
            FrameLine(
                kind=Frame.FIXED,
                words="At der kommer en skolevej",
                constraint=Constraint.POLITICAL,
                source="Byrådet, 12. maj",
                position=1,
            ),
        ]
        project.meanings = [Meaning(words="Dit barn får en kortere vej til skole.", position=0)]
        project.steps = [
            Step(kind=StepKind.COUNCIL, body="Byrådet", planned_on=date(2027, 2, 24), position=0),
        ]
        project.rounds = [
            Round(
                kind=RoundKind.INFORMATION if level is Level.ORIENTATION else RoundKind.HEARING,
                level=level,
                announced_at=NOW - timedelta(days=30),
                opens_at=dates.opens_at(date(2026, 10, 23)),
                closes_at=dates.local_day_end(LAST_DAY),
                report_on=date(2027, 1, 29),
                decision_on=date(2027, 2, 24),
            )
        ]
        for name, value in facts.items():
            setattr(project, name, value)
        db.session.add(project)
    return project


@pytest.fixture
def orientation(roads: Department) -> Round:
    """An open orientation."""
    return make_project(roads, Level.ORIENTATION).rounds[0]


@pytest.fixture
def hearing(roads: Department) -> Round:
    """An open hearing."""
    return make_project(roads, Level.HEARING).rounds[0]


@pytest.fixture
def cocreation(roads: Department) -> Round:
    """An open co-creation with support switched on."""
    return make_project(roads, Level.COCREATION, support_on=True).rounds[0]
