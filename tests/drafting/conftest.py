"""A round that is open, and the clock standing still in it."""

import pytest
import time_machine

from tests.persons import NOW


@pytest.fixture(autouse=True)
def clock():
    """The moment of the tests; ``shift`` and ``move_to`` go elsewhere."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
