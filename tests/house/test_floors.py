"""The floors stand: a module imports from its own room and from the floors beneath it (STYLE: the house)."""

import sys
from pathlib import Path

import pytest

from tests.house.tree import ASKS_ANALYSIS, FLOORS, ROOF, ROOT, Import, imports, modules, room

FLOOR_OF = {name: depth for depth, floor in enumerate(FLOORS) for name in floor}
FORBIDDEN = {"manager", "handler", "service", "util", "helper", "process", "processor", "data"}


def wrong(each: Import) -> str | None:
    """Why an import may not be; ``None`` where it may."""
    above, below, top = room(each.module), room(each.names), each.names.split(".")[0]
    if above == "rules" and below != "rules" and top not in sys.stdlib_module_names:
        return "rules imports the standard library only"
    if above == "analysis" and top == "participation":
        return "the analysis knows nothing of participation"
    if below == "analysis" and above not in ASKS_ANALYSIS | {"analysis"}:
        return f"only {', '.join(sorted(ASKS_ANALYSIS))} ask the analysis"
    if top == "tests" or (top == "participation" and above == "" and below):
        return "nothing stands on this"
    if below in FLOOR_OF and above in FLOOR_OF and above != below:
        if above in ROOF and (below in ROOF or FLOOR_OF[below] > 0):
            return None
        if FLOOR_OF[below] <= FLOOR_OF[above]:
            return "imports go downwards"
    return None


def faults(root: Path) -> list[str]:
    return [f"{each} ({why})" for each in imports(root) if (why := wrong(each))]


def test_no_import_goes_up_the_stairs():
    assert faults(ROOT) == []


def test_every_room_has_its_floor():
    assert {room(module) for module, _ in modules()} - {"", "analysis", *FLOOR_OF} == set()


def says_nothing(name: str) -> bool:
    return any({word, word.removesuffix("s")} & FORBIDDEN for word in name.split("_"))


def test_no_module_hides_behind_a_word_that_says_nothing():
    assert [module for module, _ in modules() if any(map(says_nothing, module.split(".")))] == []


def test_words_that_say_nothing_are_known_in_every_form():
    assert all(map(says_nothing, ["utils", "process", "data", "letter_manager", "_helpers"]))
    assert not any(map(says_nothing, ["letters", "processing_time", "database", "handling", "import_"]))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rules/levels.py", "import flask"),
        ("rules/levels.py", "from participation.foundation import clock"),
        ("projects/announce.py", "from participation.answers.model import Answer"),
        ("projects/announce.py", "from ..answers.model import Answer"),
        ("projects/announce.py", "def later():\n    from participation import feedback"),
        ("people/invite.py", "from participation.app import create_app"),
        ("portal/views.py", "from participation.desk import queries"),
        ("people/invite.py", "import analysis.cluster"),
        ("portal/views.py", "from analysis import cluster"),
        ("../analysis/split.py", "from participation.rules import levels"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, module, line):
    path = tmp_path / "participation" / module
    path.resolve().parent.mkdir(parents=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.resolve().write_text(line, encoding="utf-8")
    assert len(faults(tmp_path)) == 1


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rules/levels.py", "from enum import StrEnum\nfrom participation.rules.acts import Act"),
        ("portal/views.py", "from participation.projects import queries\nfrom . import forms\nimport flask"),
        ("themes/group.py", "from analysis import cluster"),
        (
            "cli.py",
            "from participation.app import create_app\nfrom participation.practice import load\nimport analysis",
        ),
        ("../analysis/split.py", "import sklearn\nfrom analysis.prepare import words"),
    ],
)
def test_a_right_import_is_let_through(tmp_path, module, line):
    path = tmp_path / "participation" / module
    path.parent.mkdir(parents=True)
    path.resolve().parent.mkdir(parents=True, exist_ok=True)
    path.resolve().write_text(line, encoding="utf-8")
    assert faults(tmp_path) == []
