"""The planners' pages are read at the moment of the tests; a draft and an announced project stand ready."""

from collections.abc import Iterator

import pytest
import time_machine

from participation.foundation.db import settling
from participation.people.model import Department
from participation.projects.announce import announce_project
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Project
from participation.rules.policy import Actor
from tests.persons import NOW
from tests.projects.plans import declared


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at ``NOW`` and can be moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def draft(planner: Actor, roads: Department) -> Project:
    """A hearing that lacks nothing and is not announced."""
    project = declared(planner, roads)
    with settling():
        attach_material(planner, project, Piece("Forslag", words="Stien er 3 m bred."), now=NOW)
    return project


@pytest.fixture
def public(planner: Actor, draft: Project) -> Project:
    """The same hearing, announced and open."""
    with settling():
        announce_project(planner, draft, anyway=True, now=NOW)
    return draft
