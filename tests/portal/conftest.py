"""The portal's pages are read at the moment of the tests."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.persons import NOW


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at ``NOW`` and can be moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
