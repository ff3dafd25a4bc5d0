"""A person beside the machine, played by the labels that people gave: a tenth of the points, and twenty edits."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from analysis import Grouping, ask_first, group
from analysis.prepare import count, features, weigh

EDITS = 20
READ = 200
"""Points on the list of those to place first that the person reads."""
ONE_ACT = 25
"""Points on a page of the product: as many can be ticked and moved in one act."""


def home(grouping: Grouping, i: int) -> str:
    """The theme (level one) of a text; empty for what is left over."""
    return (p.parent or p.theme) if (p := grouping.placements.get(i)) else ""


def ceiling(texts: Sequence[str], labels: Sequence[str], code: str) -> float:
    """The accuracy of a linear SVM taught by all labels, five-fold."""
    counts = count(texts, code)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # labels that fewer than five texts have
        found = cross_val_predict(LinearSVC(random_state=0), weigh(counts, features(counts)), list(labels), cv=folds)
    return sum(a == b for a, b in zip(found, labels, strict=True)) / len(labels)


def a_tenth(texts: Sequence[str], labels: Sequence[str], seed: int) -> float:
    """The accuracy on the rest, once a person has placed the tenth of the points that the tool asked for."""
    asked = ask_first(texts, len(texts) // 10, seed=seed)
    placed = {i: f"label-{labels[i]}" for i in asked}
    found = group(
        texts, themes=len(set(placed.values())), seed=seed, pinned=placed, parents=dict.fromkeys(placed.values())
    )
    rest = [i for i in range(len(texts)) if i not in placed]
    return sum(home(found, i) == f"label-{labels[i]}" for i in rest) / len(rest)


def twenty_edits(texts: Sequence[str], labels: Sequence[str], seed: int) -> tuple[Grouping, Grouping, int]:
    """The machine's own themes, the themes after at most twenty acts of a person and a refit, and the number of acts.

    The person merges themes in which the same label is commonest, then reads the list of points to place first, ticks
    up to a page of those with one label, and moves them to the theme where that label is commonest, or to a new one
    where there is none: one act each, the largest first.
    """
    before = group(texts, seed=seed)
    start = {i: home(before, i) for i in before.placements}
    inside: dict[str, Counter[str]] = {}
    for i, key in start.items():
        inside.setdefault(key, Counter())[labels[i]] += 1
    main = {key: min(counted, key=lambda label: (-counted[label], label)) for key, counted in inside.items()}
    acts, theme_of = 0, {}
    for key in sorted(main, key=lambda key: (-inside[key].total(), key)):
        into = theme_of.setdefault(main[key], key)
        if into != key and acts < EDITS // 2:
            start |= {i: into for i, at in start.items() if at == key}
            acts += 1
    pinned: dict[int, str] = {}
    asked = ask_first(texts, READ, grouping=before, seed=seed)
    while acts < EDITS and (seen := Counter(labels[i] for i in asked if i not in pinned)):
        for label in sorted(seen, key=lambda label: (-seen[label], label))[: EDITS - acts]:
            ticked = [i for i in asked if labels[i] == label and i not in pinned][:ONE_ACT]
            pinned |= dict.fromkeys(ticked, theme_of.get(label, f"new-{label}"))
            acts += 1
    keys = {*start.values(), *pinned.values()}
    after = group(texts, seed=seed, start=start, pinned=pinned, parents=dict.fromkeys(keys))
    return before, after, acts
