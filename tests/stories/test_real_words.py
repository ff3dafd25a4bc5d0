"""Real citizens' words go the whole way by the documented command, from the file to the published report."""

import json
import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT
from tests.shared import shared


@pytest.mark.shared
def test_a_sample_of_real_proposals_becomes_a_white_paper() -> None:
    """RL-44: import, split, themes, answers per topic, and the report in both renditions."""
    file = shared("data", "de_rad_bonn.csv")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MEDSPIL_")}
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "chain.py", file, "--rows", "120"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=environment | {"MEDSPIL_TEST_UNSAFE_SQLITE": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["contributions"] == 120
    assert told["points"] >= 120
    assert told["themes"] >= 3
    assert {"public.pdf", "case.pdf", "public.docx", "public.xlsx"} <= set(told["bytes"])
