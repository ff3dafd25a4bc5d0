"""What the planner's pages cost with 20,000 points, beside what they cost with 200.

    .venv/bin/python bench/desk.py [--points N] [--seed N]

Two hearings of their own, filled from the practice municipality's words and placed in eight topics. Each page is asked
for in one process, the two hearings in turn, and costs what the process took of the processor: medians, and queries to
the database. The last line is one JSON object; the exit code is 1 when a page costs more than twice as much with many,
or asks the database more often.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

from bench.beside import fill
from bench.rushing.house import SLUG, House

#: Many over few, at most.
BAR = 2.0
FEW = 200
TOPICS = 8
ROUNDS = 9
BASE = f"/arbejde/projekter/{SLUG}"
#: Where ``{}`` stands the number of a contribution, a theme or a point follows.
PAGES = (
    "/arbejde",
    BASE,
    f"{BASE}/indbakke",
    f"{BASE}/indbakke?side=2",
    f"{BASE}/indbakke/{{number}}",
    f"{BASE}/svar",
    f"{BASE}/svar/{{number}}",
    f"{BASE}/emner",
    f"{BASE}/emner/uden",
    f"{BASE}/emner/{{theme}}",
    f"{BASE}/emner/{{theme}}/svar",
    f"{BASE}/emner/alene",
    f"{BASE}/punkter/{{point}}/svar",
    f"{BASE}/aendringer",
    f"{BASE}/lige",
    f"{BASE}/klar",
    f"{BASE}/rapport",
    f"{BASE}/besked",
    f"/projekter/{SLUG}",
    f"/projekter/{SLUG}/hoeringssvar",
)


def furnished(folder: Path, many: int, seed: int) -> House:
    """An installation with a hearing of so many points in eight topics, a twentieth of them nowhere yet."""
    house = House(folder)
    house.furnish()
    fill(house, many, random.Random(seed))
    with house.inside():
        import sqlalchemy as sa

        from participation.contributions.model import Point
        from participation.foundation.db import db, settling
        from participation.projects.model import Round
        from participation.themes.counts import count_points
        from participation.themes.model import Placement, Run, Theme

        now = datetime.now(UTC)
        with settling():
            project = db.session.get_one(Round, house.round_id).project
            tops = [Theme(project_id=project.id, title=f"Hovedemne {one}", made_at=now) for one in range(4)]
            db.session.add_all(tops)
            db.session.flush()
            topics = [
                Theme(project_id=project.id, title=f"Emne {one}", parent_id=tops[one % 4].id, made_at=now)
                for one in range(TOPICS)
            ]
            db.session.add_all(topics)
            db.session.flush()
            points = db.session.scalars(sa.select(Point.id).order_by(Point.id)).all()
            db.session.execute(
                sa.insert(Placement),
                [
                    {"point_id": point, "theme_id": topics[at % TOPICS].id, "placed_at": now, "why": []}
                    for at, point in enumerate(points)
                    if at % 20
                ],
            )
            for at, topic in enumerate(topics):
                topic.quotes = [[point, 0, 20] for point in points[TOPICS + at : 3 * TOPICS : TOPICS]]
            db.session.execute(
                sa.update(Run).values(state="done", done_at=now, facts={}, digest="0" * 64, seen_point_id=points[-1])
            )
            project.themes_on = True
            count_points(project.id)
    return house


@contextmanager
def planner(house: House) -> Iterator[tuple[Any, dict[str, int], Any]]:
    """A signed-in planner of this installation, the numbers that stand in addresses, and the app."""
    with house.inside() as app:
        import sqlalchemy as sa

        from participation.contributions.model import Point
        from participation.foundation.db import db
        from participation.people.model import Person
        from participation.themes.model import Placement
        from tests.persons import sign_in

        theme, point = db.session.execute(
            sa.select(Placement.theme_id, Placement.point_id).order_by(Placement.point_id).limit(1)
        ).one()
        contribution = db.session.get_one(Point, point).contribution
        numbers = {"theme": theme, "point": point, "number": contribution.number}
        client = app.test_client()
        sign_in(client, db.session.query(Person).one())
        db.session.remove()
        yield client, numbers, app


def asked(house: House, rounds: int = ROUNDS) -> dict[str, tuple[int, float, int]]:
    """For each page its status, median milliseconds of processor and queries."""
    from sqlalchemy import event

    found: dict[str, tuple[int, float, int]] = {}
    with planner(house) as (client, numbers, app):
        from participation.foundation.db import db

        with app.app_context():
            engine = db.engine
        seen: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        for page in PAGES:
            address, took, status = page.format(**numbers), [], 0
            for _ in range(rounds):
                seen.clear()
                begun = time.process_time()
                status = client.get(address).status_code
                took.append((time.process_time() - begun) * 1000)
            queries = sum(not statement.startswith(("BEGIN", "PRAGMA")) for statement in seen)
            found[page] = status, statistics.median(took), queries
    return found


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=20_000, help="contributions of the large hearing (default 20000)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="medspil-desk-") as folder:
        few = asked(furnished(Path(folder) / "few", FEW, given.seed))
        print(f"asked for {len(PAGES)} pages with {FEW} points; filling {given.points}", file=sys.stderr)
        many = asked(furnished(Path(folder) / "many", given.points, given.seed))
    missed, told = [], {}
    for page in PAGES:
        (status, before, asked_before), (_, after, asked_after) = few[page], many[page]
        ratio = after / before
        told[page] = {"few_ms": round(before, 1), "many_ms": round(after, 1), "ratio": round(ratio, 2),
                      "queries": [asked_before, asked_after]}  # fmt: skip
        if status != 200 or ratio > BAR or asked_after > asked_before:
            missed.append(page)
        cost = f"{before:7.1f} ms {after:8.1f} ms  {ratio:5.2f} x"
        print(f"{page:<48} {status} {cost}  queries {asked_before}/{asked_after}")
    print(json.dumps({"points": given.points, "missed": missed, "pages": told}, ensure_ascii=False))
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
