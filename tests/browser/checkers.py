"""Where the checkers lie that ``script/checkers`` fetches."""

import sys
from pathlib import Path

import pytest


def checker(name: str) -> Path:
    """The file of a checker, such as ``vnu.jar``; without it the test is skipped (in CI it fails)."""
    path = Path(sys.prefix) / "share" / "checkers" / name
    if not path.exists():
        pytest.skip(f"{name} is not there; run script/checkers")
    return path
