"""Measure the analysis: agreement with human themes, stability, campaigns, and CPU seconds.

    .venv/bin/python bench/analysis.py [SET …]

The sets are the CSV files of the shared test data (folder named by MEDSPIL_SHARED, default ../shared); at most 2,000
texts of each, with `--all` every one. Agreement is given at the human number of themes and at the proposed one.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    normalized_mutual_info_score,
)

from analysis import Grouping, campaigns, group, split
from analysis.prepare import word_list

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
)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", default=SETS)
    parser.add_argument("--all", action="store_true", help="every text of each set")
    chosen = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"The shared test data are not at {DATA}; name their folder by MEDSPIL_SHARED.")
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
            f"{normalized_mutual_info_score(labels, given):.3f}",
            f"{adjusted_rand_score(labels, given):.3f}",
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
