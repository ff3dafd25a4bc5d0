"""The figure of each battery: printed with ``-s`` and carried into the report file."""

from collections.abc import Callable

import pytest

Figure = Callable[[str, list[str], int], list[str]]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Says how many of a battery's cases held, and fails with those that did not; no case at all fails too."""

    def tell(battery: str, wrong: list[str], cases: int) -> list[str]:
        line = f"{battery}: {cases - len(wrong)} of {cases} cases hold"
        record_property("figure", line)
        print(line)
        assert cases, f"{battery} has no cases"
        assert wrong == []
        return wrong

    return tell
