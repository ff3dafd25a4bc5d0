"""Storm a real installation on this machine, break parts of it, and hold every acknowledgement against what is kept.

    .venv/bin/python bench/rush.py --short                     all batteries in their short form, on SQLite
    .venv/bin/python bench/rush.py --only R1 --seed 7          one battery, in full
    .venv/bin/python bench/rush.py --database postgresql://postgres@127.0.0.1:5432/postgres

R1   the last minute before the deadline: 200 citizens, web workers and the queue's worker killed at random
R1b  files, folders and row are on the disk before the first byte of the answer (strace)
R1c  one form sent ten times at once is one; the same form with other content is a conflict
R2   a full disk: for the database, for the files, for the log (a small disk in memory; needs root)
R3   the database stopped, or everything killed, again and again
R3b  everything killed, and a copy of what lies on the disk opened
speed  undisturbed, beside the floor that MEDSPIL_SHARED/bench/floors.py measures in the same run

The server is started the way the product is (``medspil serve`` and ``medspil worker``), on a free port of 127.0.0.1, in
a temporary folder. On PostgreSQL a database of its own is made and dropped; what stops the database itself is done to a
throw-away cluster (initdb), never to one that runs. Prints a line for each battery, and last one JSON object. Ends with
1 when anything was lost, doubled or changed, or when another promise was not kept; in the long form also when a bar of
speed was missed, which depends on what else the machine does.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder has an analysis.py of its own

from bench.rushing.batteries import BATTERIES, Run
from bench.rushing.databases import Databases


def main() -> None:
    """Run the batteries that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="the form for every change: a minute or two")
    parser.add_argument("--database", default="", metavar="URL", help="a PostgreSQL server; SQLite when left out")
    parser.add_argument("--seed", type=int, default=1, help="of the dice (default 1)")
    parser.add_argument("--only", default="", help=f"some of {','.join(BATTERIES)}")
    given = parser.parse_args()
    names = [name for name in given.only.split(",") if name] or list(BATTERIES)
    if unknown := set(names) - set(BATTERIES):
        parser.error(f"no battery called {', '.join(sorted(unknown))}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("stopped by a signal"))
    for name in os.environ.keys() - {"MEDSPIL_CI", "MEDSPIL_SHARED"}:
        if name.startswith("MEDSPIL_"):
            del os.environ[name]
    began, load = time.monotonic(), os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="medspil-rush-") as folder, Databases(given.database) as databases:
        Path(folder).chmod(0o755)  # PostgreSQL's own user looks into it
        run = Run(Path(folder), given.short, given.seed, databases)
        for name in names:
            BATTERIES[name](run)
    print(json.dumps(summary(run, given, time.monotonic() - began, load)))
    sys.exit(1 if run.problems or (run.slow and not given.short) else 0)


def summary(run: Run, given: argparse.Namespace, seconds: float, load: tuple[float, float, float]) -> dict[str, Any]:
    """All of it in one object."""

    def total(name: str) -> int:
        return sum(figures.get(name, 0) for figures in run.told.values())

    rush, speed = run.told.get("R1", {}), run.told.get("speed", {})
    return {
        **{name: total(name) for name in ("acknowledged", "lost", "doubled", "changed")},
        "p95_s": rush.get("p95_s"),
        "worst_s": rush.get("worst_s"),
        "per_s": speed.get("per_s"),
        "share_of_floor": speed.get("share_of_floor"),
        "slowest_over_fastest": speed.get("slowest_over_fastest"),
        "database": "postgresql" if given.database else "sqlite",
        "form": "short" if given.short else "long",
        "seed": given.seed,
        "batteries": list(run.told),
        "skipped": run.skipped,
        "problems": len(run.problems),
        "bars_missed": run.slow,
        "seconds": round(seconds, 1),
        "load_average": [round(one, 1) for one in (*load, *os.getloadavg())],
    }


if __name__ == "__main__":
    main()
