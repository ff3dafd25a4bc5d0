"""Battery S5 in its short form: damaged files through every door end in an answer, within the bounds (T6)."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_damaged_files_are_taken_in_or_refused_and_never_anything_else():
    run = subprocess.run(
        [sys.executable, "bench/uploads.py", "--short", "--hands", "1"], cwd=ROOT, capture_output=True, text=True
    )
    figures = json.loads(run.stdout.splitlines()[-1])
    assert (figures["missed"], run.returncode) == ([], 0), run.stdout + run.stderr
    assert figures["files"] == 80
    assert figures["read"] + figures["unreadable"] == 66  # six kinds of eight, and the sound ones
