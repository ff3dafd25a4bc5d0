"""How fast the public pages answer while 20,000 points are gathered into themes, beside how fast they are without.

    .venv/bin/python bench/beside.py [--points N] [--seed N]

A real installation in a temporary folder: the server and the worker, as the product starts them. Two readers ask for
the front page, the project, its responses and the form in turn: first alone, then while the run is under way, then
alone again, so that a machine that grows slower by itself is seen. The last line is one JSON object; the exit code is 1
when the 95th percentile during the run is more than 1.5 times that without, or when the run fails. The machine should
have nothing else to do.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import tomllib
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

from bench.rushing.house import SLUG, House

#: During over without, at most.
BAR = 1.5
READERS = 2
#: Seconds without the run, before and after it.
ALONE = 20.0
PAGES = ("/", f"/projekter/{SLUG}", f"/projekter/{SLUG}/hoeringssvar", f"/projekter/{SLUG}/svar")
WORDS = ROOT / "participation" / "practice" / "contributions"


def sentences() -> list[str]:
    """What the people of the practice municipality have said, sentence by sentence."""
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(WORDS.glob("*.toml")))
    said = [one["text"] for file in files for one in file["contribution"]]
    return [one.strip() for words in said for one in re.split(r"(?<=[.!?])\s+", words) if len(one.split()) > 5]


def fill(house: House, many: int, dice: random.Random) -> int:
    """Put this many contributions of one to three sentences into the hearing, and ask for themes; the run's id."""
    with house.inside():
        from participation.contributions.receive import Sender, Sent, receive
        from participation.foundation import permission
        from participation.foundation.db import db, settling
        from participation.people.actor import actor_of
        from participation.people.model import Person
        from participation.projects.model import Round
        from participation.rules.acts import Act
        from participation.rules.kinds import Kind
        from participation.rules.policy import VISITOR
        from participation.themes.group import ask_for_grouping

        now, known = datetime.now(UTC), sentences()
        for begun in range(0, many, 500):
            with settling():
                round_ = db.session.get_one(Round, house.round_id)
                permission.require(VISITOR, Act.SUBMIT_CONTRIBUTION, round_, now)
                for number in range(begun, min(many, begun + 500)):
                    words = " ".join(dice.sample(known, dice.choice((1, 1, 2, 3))))
                    sent = Sent(words=words, kind=Kind.RESPONSE, received_at=now, key=f"bench{number}", sender=Sender())
                    receive(VISITOR, Act.SUBMIT_CONTRIBUTION, round_, sent, now=now)
            db.session.expunge_all()
        with settling():
            planner = actor_of(db.session.query(Person).one())
            return ask_for_grouping(planner, db.session.get_one(Round, house.round_id).project, now=now).id


class Readers:
    """Two who read one page after the other until they are told to stop."""

    def __init__(self, port: int) -> None:
        self.port, self.over, self.took = port, threading.Event(), list[float]()
        self.threads = [threading.Thread(target=self._read, daemon=True) for _ in range(READERS)]

    def __enter__(self) -> "Readers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _read(self) -> None:
        connection, number = HTTPConnection("127.0.0.1", self.port, timeout=60), 0
        while not self.over.is_set():
            begun = time.perf_counter()
            connection.request("GET", PAGES[number % len(PAGES)])
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{PAGES[number % len(PAGES)]} answered {answer.status}")
            self.took.append(time.perf_counter() - begun)
            number += 1
        connection.close()

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of what the answers took, in milliseconds."""
        return statistics.quantiles(self.took, n=20)[-1] * 1000


def alone(house: House) -> Readers:
    with Readers(house.port) as readers:
        time.sleep(ALONE)
    return readers


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=20_000, help="contributions (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the dice (default 1)")
    given = parser.parse_args()
    for name in os.environ.keys() - {"MEDSPIL_SHARED"}:
        if name.startswith("MEDSPIL_"):
            del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="medspil-beside-") as folder:
        house = House(Path(folder) / "house", workers=2)
        house.furnish()
        run = fill(house, given.points, random.Random(given.seed))
        house.launch(queue=False)
        try:
            house.wait_until_up()
            before, begun, state = alone(house), time.monotonic(), "waiting"
            with Readers(house.port) as during:
                house.start_queue()
                while state in ("waiting", "staged"):
                    time.sleep(0.5)
                    state = str(house.rows(f"select state from run where id = {run}")[0][0])
            took, after = time.monotonic() - begun, alone(house)
        finally:
            house.stop()
    without = max(before.p95_ms, after.p95_ms)
    figures = {
        "points": given.points,
        "run": state,
        "run_s": round(took, 1),
        "p95_before_ms": round(before.p95_ms, 1),
        "p95_during_ms": round(during.p95_ms, 1),
        "p95_after_ms": round(after.p95_ms, 1),
        "during_over_without": round(during.p95_ms / without, 2),
        "answers": [len(one.took) for one in (before, during, after)],
    }
    print(json.dumps(figures))
    sys.exit(0 if state == "done" and figures["during_over_without"] <= BAR else 1)


if __name__ == "__main__":
    main()
