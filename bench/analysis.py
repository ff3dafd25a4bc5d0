"""Measure the analysis: agreement with human themes, stability, campaigns, and CPU seconds.

    .venv/bin/python bench/analysis.py [SET …]
    .venv/bin/python bench/analysis.py --duplicates

The sets are the CSV files of the shared test data (folder named by MEDSPIL_SHARED, default ../shared); at most 2,000
texts of each, with `--all` every one. Agreement is given at the human number of themes and at the proposed one.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from analysis import Grouping, campaigns, group, split
from analysis.prepare import word_list, words
from bench.letters import measured, mixed
from tests.analysis.letters import POINTS

DATA = ROOT / os.environ.get("MEDSPIL_SHARED", "../shared") / "data"
SETS = (
    "da_agenda_a",
    "da_xsid",
    "de_rad_bonn",
    "de_xsid",
    "en_nhs_fft",
    "en_stackoverflow",
    "en_agnews",
    "en_snippets",
    "en_banking77",
)
BARS = {
    "da_agenda_a": (0.24, 0.12),
    "da_xsid": (0.76, None),
    "de_rad_bonn": (0.32, 0.20),
    "en_nhs_fft": (0.20, None),
    "en_stackoverflow": (0.76, None),
    "en_agnews": (0.56, None),
    "en_snippets": (0.52, None),
    "en_banking77": (0.70, None),
}
"""NMI and ARI to be reached where the number of themes is given."""


def read(name: str, most: int | None) -> tuple[list[str], list[str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if most is not None and len(rows) > most:
        rows = random.Random(1).sample(rows, most)
    return [row["text"] for row in rows], [row["label"] for row in rows]


def themes(grouping: Grouping, n: int) -> list[str]:
    """The theme (level one) of each text; empty for what is left over."""
    return [p.parent or p.theme if (p := grouping.placements.get(i)) else "" for i in range(n)]


def seconds(work, *args, **kwargs):  # type: ignore[no-untyped-def]
    started = time.process_time()
    done = work(*args, **kwargs)
    return done, time.process_time() - started


def beside(reached: float, bar: float | None) -> str:
    """A figure with its bar beside it, where there is one."""
    return f"{reached:.3f}" if bar is None else f"{reached:.3f} (bar {bar:.2f}: {'yes' if reached >= bar else 'NO'})"


def duplicates(sizes: tuple[int, ...]) -> None:
    """Campaign letters among real texts, and one letter in many hands; datasketch beside it where it is installed."""
    background = [text for name in SETS for text in read(name, None)[0]]
    sentences = [text for _, text in POINTS]
    print(
        "\n| texts | method | precision (bar .999) | level 0 to 3 (bar .95), 4 (bar .75) | CPU s |\n"
        "|---|---|---|---|---|"
    )
    for n in sizes:
        texts, truth = mixed(n, sentences, background)
        ways = [("analysis.campaigns", lambda texts=texts: [c.members for c in campaigns(texts)])]
        if importlib.util.find_spec("datasketch"):
            ways.append(("datasketch LSH .3", lambda texts=texts: _minhash(texts)))
        for name, way in ways:
            groups, spent = seconds(way)
            precision, levels = measured(truth, groups)
            print(f"| {n:,} | {name} | {precision:.4f} | {' '.join(f'{x:.3f}' for x in levels)} | {spent:.2f} |")
    _, spent = seconds(campaigns, [" ".join(sentences[:4])] * 100_000)
    print(f"| 100,000 copies of one letter | analysis.campaigns | | | {beside(spent, None)} (bar 10) |")


def _minhash(texts: list[str]) -> list[list[int]]:
    """Groups by datasketch's MinHash LSH at .3 with 128 permutations over runs of three words (an optional extra)."""
    from datasketch import MinHash, MinHashLSH

    lsh, root = MinHashLSH(threshold=0.3, num_perm=128), list(range(len(texts)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, text in enumerate(texts):
        bag = words(text)
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(bag[j : j + 3]).encode() for j in range(max(1, len(bag) - 2))])
        for other in lsh.query(sketch):
            root[top(i)] = top(other)
        lsh.insert(i, sketch)
    groups: dict[int, list[int]] = {}
    for i in range(len(texts)):
        groups.setdefault(top(i), []).append(i)
    return [group for group in groups.values() if len(group) > 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", default=SETS)
    parser.add_argument("--duplicates", action="store_true", help="only the duplicates, at 10,000 and 100,000 texts")
    parser.add_argument("--all", action="store_true", help="every text of each set")
    chosen = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"The shared test data are not at {DATA}; name their folder by MEDSPIL_SHARED.")
    if chosen.duplicates:
        return duplicates((10_000, 100_000))
    for code in ("da", "de"):
        known, spent = seconds(word_list, code)
        print(f"word list {code}: {len(known):,} forms, {spent:.2f} CPU s to load")
    head = (
        "set",
        "n",
        "k",
        "NMI",
        "ARI",
        "own k",
        "NMI",
        "ARI",
        "AMI",
        "seeds",
        "topics",
        "left",
        "CPU s",
        "split",
        "near",
    )
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for name in chosen.sets:
        texts, labels = read(name, None if chosen.all else 2000)
        k = len(set(labels))
        given = themes(group(texts, themes=k), len(texts))
        other = themes(group(texts, themes=k, seed=1), len(texts))
        own, spent = seconds(group, texts)
        found = themes(own, len(texts))
        _, splitting = seconds(lambda texts=texts: [split(t) for t in texts])
        _, matching = seconds(campaigns, texts)
        row = (
            name,
            len(texts),
            k,
            beside(normalized_mutual_info_score(labels, given), BARS.get(name, (None, None))[0]),
            beside(adjusted_rand_score(labels, given), BARS.get(name, (None, None))[1]),
            own.k_proposed,
            f"{normalized_mutual_info_score(labels, found):.3f}",
            f"{adjusted_rand_score(labels, found):.3f}",
            f"{adjusted_mutual_info_score(labels, found):.3f}",
            f"{adjusted_rand_score(given, other):.2f}",
            len(own.themes) - own.k_proposed,
            len(own.left_over),
            f"{spent:.1f}",
            f"{splitting:.2f}",
            f"{matching:.2f}",
        )
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
    print(
        "\nk: human themes; own k: proposed themes; seeds: ARI between two seeds at k; topics: level two; left: texts "
        "say too little;\nCPU s: the whole grouping at its own k, names and quotes included; split, near: points and "
        "campaigns of the same texts."
    )


if __name__ == "__main__":
    main()
