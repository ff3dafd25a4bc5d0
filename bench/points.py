"""Measure the division of letters into points: boundaries against those set by hand, and letters left as they are.

    .venv/bin/python bench/points.py [--wrong] [--learn]

The letters and what one point is: tests/analysis/points. The split is improved on one half only; the other is held out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

from analysis import split
from analysis.split import seen
from tests.analysis.points.read import HALVES, Letter, figures, marked, on_one_matter, read

BAR = 0.65
"""Share of the letters whose division a planner would leave as it is."""
LEAD = 0.35
"""How much less than even the evidence for a new matter may be: chosen by cross-validation on the first half."""


def main() -> None:
    """Print the figures of both halves, and with `--wrong` the letters of the first that are divided otherwise."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--wrong", action="store_true", help="show where the letters of the first half go wrong")
    asked.add_argument("--learn", action="store_true", help="print the weights that the first half gives")
    given = asked.parse_args()
    if given.learn:
        return learn()
    print(f"{'half':<12}{'letters':>9}{'points':>8}{'precision':>11}{'recall':>8}{'F1':>6}{'unchanged':>11}   bar")
    every: list[Letter] = []
    for half in HALVES:
        letters = read(half)
        every += letters
        show(half, letters)
    show("both", every)
    whole = on_one_matter()
    for name, some in (("first", whole[::2]), ("held out", whole[1::2])):
        kept = sum(sum(piece.kind == "said" for piece in split(text)) < 2 for text in some)
        print(f"letters on one matter, {name}: {kept} of {len(some)} stay one point ({kept / len(some):.0%})")
    for letter in read(HALVES[0]) if given.wrong else ():
        if marked(letter.text, found := split(letter.text)) != letter.marked:
            print(f"\n= {letter.name}\nby hand:  {letter.marked}\nmachine:  {marked(letter.text, found)}")


def learn() -> None:
    """Logistic regression over the sentences of the first half that might open a point, the point so far as by hand."""
    letters = [(letter.text, {at for at, _ in letter.starts}) for letter in read(HALVES[0])]
    letters += [(text, set()) for text in on_one_matter()[::2]]
    rows = [(values, at in hand) for text, hand in letters for at, values in seen(text, hand)]
    rows = [(values, new) for values, new in rows if not values["concludes"]]
    names = [name for name in rows[0][0] if name != "concludes"]
    table = np.array([[values[name] for name in names] for values, _ in rows])
    model = LogisticRegression(fit_intercept=False, max_iter=5000).fit(table, [new for _, new in rows])
    for name, weight in zip(names, model.coef_[0], strict=True):
        print(f'    "{name}": {weight + LEAD * (name == "always"):.2f},')


def show(name: str, letters: list[Letter]) -> None:
    got = figures(letters, split)
    points = sum(len(letter.said) for letter in letters)
    print(
        f"{name:<12}{len(letters):>9}{points:>8}{got.precision:>11.2f}{got.recall:>8.2f}{got.f1:>6.2f}"
        f"{got.unchanged:>10.0%}   {BAR:.0%} {'reached' if got.unchanged >= BAR else 'missed'}"
    )


if __name__ == "__main__":
    main()
