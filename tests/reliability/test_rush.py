"""The rush before a deadline, in its short form: a real server, killed workers, and every promise held afterwards."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.rush


def storm(*arguments: str) -> tuple[dict[str, Any], str]:
    """The last line of ``bench/rush.py --short``, and all that it said."""
    environment = {name: value for name, value in os.environ.items() if name != "MEDSPIL_TEST_UNSAFE_SQLITE"}
    done = subprocess.run(
        [sys.executable, "bench/rush.py", "--short", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    said = done.stdout + done.stderr[-4000:]
    print(said)
    assert done.stdout.strip(), said
    return json.loads(done.stdout.strip().splitlines()[-1]), said


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_acknowledged_in_the_rush_is_lost_doubled_or_changed(database: str) -> None:
    """RP-12, RP-21, RE-33; RELIABILITY R1 to R3b."""
    where = () if database == "sqlite" else ("--database", postgres.needed_server_url())
    figures, said = storm(*where)
    assert (figures["lost"], figures["doubled"], figures["changed"]) == (0, 0, 0), said
    assert figures["acknowledged"] >= 500, said
    assert figures["problems"] == 0, said
