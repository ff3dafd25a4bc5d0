"""Storm a real installation on this machine, kill parts of it, and hold every acknowledgement against what is kept.

    .venv/bin/python bench/rush.py --short                     all batteries in their short form, on SQLite
    .venv/bin/python bench/rush.py --only R1 --seed 7          one battery, in full
    .venv/bin/python bench/rush.py --database postgresql://postgres@127.0.0.1:5432/postgres

The server is started the way the product is (``medspil serve`` and ``medspil worker``), on a free port of 127.0.0.1, in
a temporary folder. On PostgreSQL a database of its own is made and dropped; what stops the database itself is done to a
throw-away cluster (initdb), never to one that runs. Prints a line for each battery, and last one JSON object. Ends with
1 when anything was lost, doubled or changed, or when another promise was not kept.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder has an analysis.py of its own

from bench.rushing.check import Verdict, check
from bench.rushing.citizens import Crowd
from bench.rushing.databases import Databases
from bench.rushing.house import House

#: The bars of the rush itself, in seconds.
P95, WORST = 2.0, 10.0


@dataclass
class Run:
    """One run of the batteries.

    Attributes:
        told: figures of each battery, by its name.
    """

    folder: Path
    short: bool
    seed: int
    databases: Databases
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def keep(self, name: str, figures: dict[str, Any], problems: list[str] | tuple[str, ...] = ()) -> None:
        """Tell the figures of a battery in a line, and what did not hold."""
        self.told[name] = figures
        self.problems += [f"{name}: {why}" for why in problems]
        print(f"{name}: {json.dumps(figures)}", flush=True)
        for why in problems[:20]:
            print(f"{name} FAILED: {why}", flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    ordered = sorted(values) or [0.0]
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def rush(run: Run) -> None:
    """R1: the last minute before the deadline, with a web worker killed every three seconds and the queue's twice."""
    total, seconds = (600, 25.0) if run.short else (2000, 60.0)
    with run.databases.fresh("r1") as url:
        house = House(run.folder / "r1", url, workers=4)
        house.furnish()
        try:
            house.start()
            crowd = Crowd(
                house.port, run.folder / "r1" / "journals", run.seed, house.fresh_key, total=total, seconds=seconds
            )
            kills = asyncio.run(_storm(house, crowd, random.Random(run.seed)))
            verdict = asyncio.run(check(house, crowd.folder))
        finally:
            house.stop()
    p95, worst = percentile(crowd.took, 0.95), percentile(crowd.took, 1)
    problems = [*verdict.problems, *crowd.bad_pages]
    if faults := {status: count for status, count in crowd.statuses.items() if status != 303}:
        problems.append(f"other answers than a receipt: {faults}")
    if p95 > P95 or worst > WORST:
        problems.append(f"too slow: p95 {p95} s, worst {worst} s")
    run.keep(
        "R1",
        _figures(verdict) | {"p95_s": p95, "worst_s": worst, "resent": crowd.resent, "cut": crowd.cut, **kills},
        problems,
    )


async def _storm(house: House, crowd: Crowd, dice: random.Random) -> dict[str, int]:
    """The crowd, and whoever pulls the plugs."""
    killed = {"web_workers_killed": 0, "queue_workers_killed": 0}

    async def pull() -> None:
        begun, queue_at = time.monotonic(), [crowd.seconds / 3, crowd.seconds * 2 / 3]
        while True:
            await asyncio.sleep(3)
            killed["web_workers_killed"] += house.kill_worker(dice)
            if queue_at and time.monotonic() - begun > queue_at[0]:
                queue_at.pop(0)
                house.kill_queue()
                killed["queue_workers_killed"] += 1

    plugs = asyncio.create_task(pull())
    try:
        await asyncio.wait_for(crowd.storm(), crowd.seconds + 180)
    finally:
        plugs.cancel()
    return killed


def _figures(verdict: Verdict) -> dict[str, Any]:
    return {name: value for name, value in asdict(verdict).items() if name != "problems"}


BATTERIES: dict[str, Callable[[Run], None]] = {"R1": rush}


def main() -> None:
    """Run the batteries that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="the form for every change: under a minute or two")
    parser.add_argument("--database", default="", metavar="URL", help="a PostgreSQL server; SQLite when left out")
    parser.add_argument("--seed", type=int, default=1, help="of the dice (default 1)")
    parser.add_argument("--only", default="", help=f"some of {','.join(BATTERIES)}")
    given = parser.parse_args()
    names = [name for name in given.only.split(",") if name] or list(BATTERIES)
    if unknown := set(names) - set(BATTERIES):
        parser.error(f"no battery called {', '.join(sorted(unknown))}")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("stopped by a signal"))
    for name in [
        name for name in os.environ if name.startswith("MEDSPIL_") and name not in ("MEDSPIL_CI", "MEDSPIL_SHARED")
    ]:
        del os.environ[name]
    began, load = time.monotonic(), os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="medspil-rush-") as folder, Databases(given.database) as databases:
        run = Run(Path(folder), given.short, given.seed, databases)
        for name in names:
            BATTERIES[name](run)
    print(json.dumps(summary(run, given, time.monotonic() - began, load)))
    sys.exit(1 if run.problems else 0)


def summary(run: Run, given: argparse.Namespace, seconds: float, load: tuple[float, float, float]) -> dict[str, Any]:
    """All of it in one object."""

    def total(name: str) -> int:
        return sum(figures.get(name, 0) for figures in run.told.values())

    rush_, speed = run.told.get("R1", {}), run.told.get("speed", {})
    return {
        "acknowledged": total("acknowledged"),
        "lost": total("lost"),
        "doubled": total("doubled"),
        "changed": total("changed"),
        "p95_s": rush_.get("p95_s"),
        "worst_s": rush_.get("worst_s"),
        "per_s": speed.get("per_s"),
        "share_of_floor": speed.get("share_of_floor"),
        "database": "postgresql" if given.database else "sqlite",
        "form": "short" if given.short else "long",
        "seed": given.seed,
        "batteries": list(run.told),
        "problems": len(run.problems),
        "seconds": round(seconds, 1),
        "load_average": [round(one, 1) for one in load],
        "load_average_at_end": [round(one, 1) for one in os.getloadavg()],
    }


if __name__ == "__main__":
    main()
