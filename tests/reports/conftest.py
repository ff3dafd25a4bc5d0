"""When the deadline has passed: the moment white papers are made in."""

from datetime import datetime, timedelta

import pytest

from participation.foundation.db import settling
from participation.people.model import Department
from participation.reports.model import WhitePaper
from participation.reports.publish import publish_paper
from participation.rules.kinds import ApprovalRule
from tests.persons import NOW
from tests.reports.rich import rich_case


@pytest.fixture
def later() -> datetime:
    """A month on, when the round is over and is being weighed."""
    return NOW + timedelta(days=30)


@pytest.fixture
def without_approval(roads: Department) -> Department:
    """The department wants nothing approved."""
    with settling():
        roads.approval = ApprovalRule.NONE
    return roads


@pytest.fixture
def rich(planner, hearing, without_approval, later) -> WhitePaper:
    """A rich case, published."""
    rich_case(planner, hearing)
    with settling():
        return publish_paper(planner, hearing.project, now=later)
