"""What the tests of the projects declare: a whole hearing, and pieces of it."""

from dataclasses import replace
from datetime import date
from typing import Any

from participation.foundation.db import db, settling
from participation.people.model import Department
from participation.projects.declare import Declaration, Fixed, Heard, RoundPlan, declare_project
from participation.projects.model import Project
from participation.rules.kinds import Capacity, CaseType, Constraint, RoundKind, StepKind
from participation.rules.levels import Level
from participation.rules.policy import Actor
from tests.persons import NOW

HEARING = RoundPlan(
    kind=RoundKind.HEARING,
    level=Level.HEARING,
    legal_basis="none",
    last_day=date(2026, 12, 14),
    report_on=date(2027, 1, 29),
    decision_on=date(2027, 2, 24),
)
SAID = Declaration(
    level=Level.HEARING,
    level_reason="De, der går der, ved mest.",
    wide_interest=True,
    case_type=CaseType.TRAFFIC,
    title="Ny skolevej på Åvej – øst for æblelunden",
    round=HEARING,
    summary="Børn skal krydse Møllevej et nyt sted.",
    meaning="Dit barn får en kortere vej.",
    open=("hvor overgangen ligger",),
    fixed=(Fixed("at der kommer en skolevej", Constraint.POLITICAL, "Byrådet, 12. maj"),),
    decided_by="byrådet",
    contact_name="Asta Lind",
    contact_phone="70 00 00 01",
    contact_email="veje@engelund.example",
    parties=(
        Heard("Politiet", "politi@engelund.example", Capacity.AUTHORITY),
        Heard("Ældrerådet", "", Capacity.COUNCIL, "Rådhuspladsen 1"),
    ),
    steps=((StepKind.COUNCIL, "Byrådet", date(2027, 2, 24)),),
)


def said(**changes: Any) -> Declaration:
    """A declaration with some things said otherwise."""
    return replace(SAID, **changes)


def planned(**changes: Any) -> RoundPlan:
    """A round with some things planned otherwise."""
    return replace(HEARING, **changes)


def declared(planner: Actor, department: Department, what: Declaration = SAID) -> Project:
    """A project that is declared and not announced."""
    with settling():
        project = declare_project(planner, department, what, now=NOW)
    db.session.refresh(project)
    return project
