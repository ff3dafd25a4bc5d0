"""Battery S9 in its short form: a robot's flood, a campaign and honest people at once (T1, T2, T3)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.rush


def test_in_a_flood_nobody_is_refused_or_lost_and_only_robots_are_marked():
    run = subprocess.run(
        [sys.executable, "bench/floods.py", "--short"], cwd=ROOT, capture_output=True, text=True, timeout=400
    )
    figures = json.loads(run.stdout.splitlines()[-1])
    assert (figures["missed"], run.returncode) == ([], 0)
    assert figures["sent"] == 343
