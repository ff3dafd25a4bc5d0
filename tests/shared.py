"""Test data that lies beside the clone, not in it: corpora, seeds and measured figures."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path:
    """A file or folder of the shared test data.

    The folder is named by ``MEDSPIL_SHARED``, relative to the clone unless absolute (default ``../shared``).
    Where it is missing the test is skipped with a plain reason; when ``MEDSPIL_CI`` is 1 it fails.
    Call it inside a test or a fixture, never while a module is imported.
    """
    path = (ROOT / os.environ.get("MEDSPIL_SHARED", "../shared")).joinpath(*parts)
    if path.exists():
        return path
    reason = f"the shared test data {'/'.join(parts) or 'folder'} is not there; name its folder by MEDSPIL_SHARED"
    if os.environ.get("MEDSPIL_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def corpus(name: str) -> list[dict[str, Any]]:
    """All rows of a corpus of JSON lines, such as ``corpus("cpr.jsonl")``; an empty corpus fails."""
    with shared("corpora", name).open(encoding="ascii") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    assert rows, f"{name} has no rows"
    return rows
