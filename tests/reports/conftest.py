"""When the deadline has passed: the moment white papers are made in."""

from datetime import datetime, timedelta

import pytest

from participation.foundation.db import settling
from participation.people.model import Department
from participation.rules.kinds import ApprovalRule
from tests.persons import NOW


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
