"""The clock stands still in this room's tests, so that a hearing that is open stays open."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from tests.contributions.laddered import shown, waiting

__all__ = ["shown", "waiting"]


@pytest.fixture(autouse=True)
def clock_stands_still(now: datetime) -> Iterator[time_machine.Traveller]:
    """The moment of the tests; ``move_to`` goes elsewhere."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller
