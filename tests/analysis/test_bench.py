"""The bench of the analysis runs in its short form, and says plainly what holds and what does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.letters import LEVELS, measured, mixed

from .letters import POINTS

ROOT = Path(__file__).parents[2]


@pytest.mark.shared
def test_the_short_bench_is_above_the_baseline_and_shows_each_bar():
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench/analysis.py"), "--short"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for part in ("At the human number of themes", "A tenth of the points", "Twenty edits", "Letters at five edit"):
        assert part in done.stdout
    assert "da_xsid" in done.stdout


def test_letters_are_made_at_every_level_and_measured_as_they_were_made():
    sentences = [f"{text} {n}" for n in range(2) for _, text in POINTS]
    texts, truth = mixed(500, sentences, [f"En borger siger noget {n}." for n in range(600)])
    assert {level for made in truth if made for level in [made[1]]} == set(range(LEVELS))
    right = [[i for i, made in enumerate(truth) if made and made[0] == template] for template in range(25)]
    assert measured(truth, right) == (1.0, [1.0] * LEVELS)
    assert len(texts) == 500
    wrong = [list(range(len(texts)))]
    assert measured(truth, wrong)[0] < 0.5
