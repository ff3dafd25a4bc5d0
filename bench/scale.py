"""Measure how the analysis grows: CPU seconds and memory from a thousand texts to a million, beside the bars.

    .venv/bin/python bench/scale.py [--most N] [--engines]

Each figure is taken in a process of its own, on texts made by `bench/crowd.py` (seed 7) in one file, one text a line.
"Bare" is reading the same lines and finding their words one text at a time, as `analysis.prepare.words` does, and
nothing else. Duplicates are looked for among `bench/letters.py`'s letters, one in ten of the texts, the rest real and
shuffled texts. With `--engines` the same file is also grouped by two processes and by two Dask workers, wall seconds
beside CPU.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own
os.environ["PYTHONPATH"] = str(ROOT)

DATA = ROOT / os.environ.get("MEDSPIL_SHARED", "../shared") / "data"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
THEMES, DUPLICATES, EXPONENT, GIBIBYTES, IMPORTS, NEW, COPIES = 3.0, 4.0, 1.05, 2.0, 1.5, 2.0, 10.0


def spent() -> float:
    """CPU seconds of this process and of those it has waited for."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def bare(path: str, n: int) -> dict[str, float]:
    from analysis.prepare import words

    began, found = spent(), 0
    with open(path, encoding="utf-8") as file:
        for line in file:
            found += len(words(line))
    return {"cpu": spent() - began, "words": found}


def themes(path: str, n: int, engine: str = "") -> dict[str, object]:
    """Themes with labels, quotes and the place of every text; then new texts, one at a time."""
    from analysis import assign, group
    from analysis.engine import chosen
    from analysis.tally import Lines

    began, wall = spent(), time.perf_counter()
    if engine:
        with chosen(engine) as at:
            found = group(Lines(path), engine=at)
    else:
        found = group(Lines(path))
    told = {
        "cpu": spent() - began,
        "wall": time.perf_counter() - wall,
        "digest": found.digest,
        "themes": len(found.themes),
    }
    assert len(found.placements) + len(found.left_over) == n
    assert all(theme.label and theme.quotes for theme in found.themes)
    times = []
    for text in Lines(path)[: min(n, 200)]:
        begun = time.process_time()
        assign(found.model, text)
        times.append(1000 * (time.process_time() - begun))
    return told | {"new": median(times)}


def dask(path: str, n: int) -> dict[str, object]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        return themes(path, n, cluster.scheduler_address)


def duplicates(path: str, n: int) -> dict[str, object]:
    from analysis import campaigns
    from analysis.prepare import words
    from bench.letters import measured, mixed

    texts, truth = mixed(n, *_letters())
    began = spent()
    for text in texts:
        words(text)
    plain, began = spent() - began, spent()
    groups = campaigns(texts)
    cpu = spent() - began
    precision, levels = measured(truth, [c.members for c in groups])
    return {"cpu": cpu, "bare": plain, "precision": precision, "levels": levels}


def copies(path: str, n: int) -> dict[str, float]:
    from analysis import campaigns, group

    letter = " ".join(_letters()[0][:4])
    began = spent()
    (one,) = campaigns([letter] * n)
    twin, began = spent() - began, spent()
    (theme,) = group([letter] * n).themes
    assert len(one.members) == theme.size == n
    return {"cpu": twin, "themes": spent() - began}


def order(path: str, n: int) -> dict[str, object]:
    """The same texts in another order, with as many threads as the libraries like."""
    from analysis import group

    texts = Path(path).read_text(encoding="utf-8").split("\n")[:n]
    random.Random(1).shuffle(texts)
    return {"digest": group(texts).digest}


def _letters() -> tuple[list[str], list[str]]:
    import csv

    from tests.analysis.letters import POINTS

    said: dict[str, list[str]] = {}
    for name in ("da_agenda_a", "da_xsid", "de_rad_bonn", "de_xsid", "en_agnews", "en_snippets", "en_stackoverflow"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            said[name] = [row["text"] for row in csv.DictReader(file)]
    titles = sorted(said["da_agenda_a"], key=lambda text: (-len(text), text))[:50]  # said in letters only
    rest = [text for texts in said.values() for text in texts if text not in set(titles)]
    return [text for _, text in POINTS] + titles, rest


PARTS = {"bare": bare, "themes": themes, "dask": dask, "duplicates": duplicates, "copies": copies, "order": order}


def apart(part: str, path: Path, n: int, *more: str, **setting: str) -> dict[str, float]:
    """Run one part in a process of its own; its figures, and the most memory it held."""
    told = subprocess.run(
        [sys.executable, __file__, "--part", part, str(path), str(n), *more],
        env=os.environ | setting,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        sys.exit(f"{part} of {n:,} texts failed:\n{told.stderr}")
    return json.loads(told.stdout)


def imports() -> float:
    """CPU seconds of importing the analysis over those of what it stands on in scikit-learn alone, medians of 5."""

    def once(line: str) -> float:
        said = "import time, resource; b = time.process_time(); " + line + "; print(time.process_time() - b)"
        return float(subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout)

    alone = "import sklearn.cluster, sklearn.decomposition, sklearn.feature_extraction.text, sklearn.naive_bayes"
    return median(once("import analysis") for _ in range(5)) / median(once(alone) for _ in range(5))


def bar(name: str, reached: float, asked: float, unit: str = "", note: str = "") -> None:
    print(
        f"| {name} | {reached:.2f}{unit} | ≤ {asked:g}{unit} | {'yes' if reached <= asked else 'NO'} | {note} |",
        flush=True,
    )


def exponent(costs: dict[int, float]) -> float:
    """The slope of log cost over log size, by least squares."""
    x, y = [math.log(n) for n in costs], [math.log(c) for c in costs.values()]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)


def measure(most: int, engines: bool, folder: Path) -> None:
    from bench.crowd import crowd

    sizes = [n for n in SIZES if n <= most]
    print(
        "| texts | bare, CPU s | themes, CPU s | times bare | GiB | duplicates, CPU s | times bare | GiB | precision |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    costs: dict[str, dict[int, float]] = {"themes": {}, "duplicates": {}}
    for n in sizes:
        path = folder / f"{n}.txt"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in crowd(n, DATA))
        plain, found, twins = (apart(part, path, n) for part in ("bare", "themes", "duplicates"))
        costs["themes"][n], costs["duplicates"][n] = found["cpu"], twins["cpu"]
        print(
            f"| {n:,} | {plain['cpu']:.2f} | {found['cpu']:.1f} | {found['cpu'] / plain['cpu']:.1f} |",
            f"{found['gib']:.2f} | {twins['cpu']:.1f} | {twins['cpu'] / twins['bare']:.1f} | {twins['gib']:.2f} |",
            f"{twins['precision']:.4f} |",
            flush=True,
        )
    print("\n| bar | reached | asked | held | |\n|---|---|---|---|---|")
    bar(f"themes at {n:,} over bare", found["cpu"] / plain["cpu"], THEMES, " ×")
    bar(f"duplicates at {n:,} over bare", twins["cpu"] / twins["bare"], DUPLICATES, " ×")
    bar("most memory, themes", found["gib"], GIBIBYTES, " GiB")
    bar("most memory, duplicates", twins["gib"], GIBIBYTES, " GiB", "the texts themselves included")
    for name, of in costs.items():
        bar(f"exponent, {name}", exponent(of), EXPONENT, "", "over " + ", ".join(f"{size:,}" for size in of))
        above = {size: cost for size, cost in of.items() if size >= 100_000}
        if len(above) > 1:
            bar(f"exponent, {name}, from 100,000", exponent(above), EXPONENT)
    bar("imports over scikit-learn's", imports(), IMPORTS, " ×")
    bar("a new text placed, with its reasons", found["new"], NEW, " ms", "CPU, median of 200")
    same = apart("copies", path, 100_000)
    bar("100,000 copies of one letter, duplicates", same["cpu"], COPIES, " s")
    bar("100,000 copies of one letter, themes", same["themes"], COPIES, " s")
    print(
        "precision and recall of duplicates by edit level:",
        f"{twins['precision']:.4f}",
        [round(x, 4) for x in twins["levels"]],
    )
    if most < 100_000:
        return
    size = 100_000
    path = folder / f"{size}.txt"
    here = apart("themes", path, size)
    others = {
        "another order": apart("order", path, size),
        "four threads": apart("themes", path, size, OMP_NUM_THREADS="4", OPENBLAS_NUM_THREADS="4"),
        "one thread": apart("themes", path, size, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
        "two processes": apart("themes", path, size, "processes:2"),
        "two Dask workers": apart("dask", path, size),
    }
    for name, one in others.items():
        print(f"{name}, {size:,} texts: {'the same digest' if one['digest'] == here['digest'] else 'ANOTHER DIGEST'}")
    if engines:
        print("\n| texts | engine | wall s | CPU s, all | GiB, largest process | digest |\n|---|---|---|---|---|---|")
        for n in [size for size in sizes if size >= 100_000]:
            path = folder / f"{n}.txt"
            for name, one in {
                "here": apart("themes", path, n),
                "two processes": apart("themes", path, n, "processes:2"),
                "two Dask workers": apart("dask", path, n),
            }.items():
                print(
                    f"| {n:,} | {name} | {one['wall']:.1f} | {one['all']:.1f} | {one['gib']:.2f} |",
                    f"{one['digest'][:12]} |",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest number of texts")
    parser.add_argument("--engines", action="store_true", help="also wall seconds on each engine")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.part:
        part, path, n, *more = chosen.part
        told = PARTS[part](path, int(n), *more)
        held = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(json.dumps(told | {"gib": held / 2**20, "all": spent()}))
        return
    if not DATA.is_dir():
        sys.exit(f"The shared test data are not at {DATA}; name their folder by MEDSPIL_SHARED.")
    with tempfile.TemporaryDirectory() as folder:
        measure(chosen.most, chosen.engines, Path(folder))


if __name__ == "__main__":
    main()
