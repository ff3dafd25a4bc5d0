"""Measure the white paper: how long it takes to compile, print and publish one with many contributions.

    .venv/bin/python bench/paper.py [--contributions 2000] [--form by_topic|by_contribution] [--keep FOLDER]

Works in a database and a file store of its own, which are thrown away. Prints one line of JSON: seconds of each step,
pages and bytes of the PDF, how many times as long it takes with its annex as without, the queries and seconds of the
public page, and the highest memory of the process after each step, in MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["MEDSPIL_TEST_UNSAFE_SQLITE"] = "1"

import pypdfium2
import sqlalchemy as sa
from sqlalchemy import event

from participation.answers.compare import compare_points
from participation.answers.draft import Draft, draft_answers
from participation.app import create_app
from participation.contributions.model import Contact, Contribution, Point, Span, Text
from participation.foundation import schema
from participation.foundation.db import db, settling
from participation.people.actor import actor_of
from participation.people.model import Department, Membership, Person
from participation.projects.model import Project, Round
from participation.reports.compile import compile_paper
from participation.reports.publish import PRESSES, publish_paper
from participation.reports.render_pdf import render_pdf
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.kinds import (
    ApprovalRule,
    Capacity,
    CaseType,
    Kind,
    PaperForm,
    Rendition,
    Role,
    RoundKind,
    SpanKind,
    TextSource,
)
from participation.rules.levels import Level
from participation.rules.outcomes import Recommendation
from participation.rules.phases import Arrival
from participation.themes.model import Placement, Theme

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)
THEMES, TOPICS = 8, 60
#: The quickest of so many is what a step takes; the others were disturbed.
TRIES = 3
SAYS = (
    "Jeg bor tæt på, og jeg synes, at {thing} er det vigtigste i hele planen.",
    "Vi har i mange år bedt kommunen se på {thing}, og nu må der ske noget.",
    "Kan I forklare, hvorfor {thing} ikke er tegnet ind på kortet?",
    "Mine børn går den vej hver morgen. Derfor skal {thing} være på plads, før skolen åbner.",
    "Tak for et godt forslag. Jeg vil gerne have, at {thing} også bliver en del af det.",
    "Der er alt for meget trafik, og {thing} gør det kun værre for dem, der bor her.",
)
THINGS = (
    "overgangen ved kirken", "lyset på stien", "cykelparkeringen", "farten på Møllevej", "de gamle lindetræer",
    "bussens stoppested", "legepladsen", "støjen fra vejen", "snerydningen", "bænkene langs åen",
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--contributions", type=int, default=2000)
    asked.add_argument("--form", choices=[form.value for form in PaperForm], default="by_topic")
    asked.add_argument("--keep", type=Path, help="a folder for the printed files")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-paper-") as name:
        folder = Path(name)
        app = create_app(
            {
                "TESTING": True,
                "INSTANCE": str(folder),
                "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
                "SECRET_KEY": "a-key-that-is-used-for-measuring-and-for-nothing-else",
            }
        )
        with app.app_context():
            schema.upgrade()
            print(json.dumps(measure(app, given.contributions, PaperForm(given.form), given.keep)))


def measure(app: Any, many: int, form: PaperForm, keep: Path | None) -> dict[str, Any]:
    """The seconds of each step; the case is made first and is not counted."""
    db.session.remove()
    db.engine.dispose()
    _apart(lambda: made(many))
    project = db.session.scalars(sa.select(Project)).one()
    planner = actor_of(db.session.scalars(sa.select(Person)).one())
    found: dict[str, Any] = {"contributions": many, "form": form.value}
    paper, found["compile_s"] = _timed(lambda: compile_paper(project, Rendition.CASE, form, now=NOW))
    found["compile_peak_mib"] = _peak()
    with patch("participation.reports.script._annex", lambda paper: ()):
        found["pdf_bare_s"] = min(_apart(lambda: render_pdf(paper)) for _try in range(TRIES))
    found["pdf_whole_s"] = min(_apart(lambda: render_pdf(paper)) for _try in range(TRIES))
    found["pdf_ratio"] = round(found["pdf_whole_s"] / found["pdf_bare_s"], 1)
    for name, _kind, press in PRESSES:
        content, found[f"{name}_s"] = _timed(lambda press=press: press(paper))
        found[f"{name}_kb"] = len(content) // 1024
        found[f"{name}_peak_mib"] = _peak()
        if name == "pdf":
            found["pdf_pages"] = len(pypdfium2.PdfDocument(content))
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"hvidbog.{name}").write_bytes(content)

    def publish() -> None:
        with settling():
            publish_paper(planner, project, now=NOW)

    _none, found["publish_s"] = _timed(publish)
    found["publish_peak_mib"] = _peak()
    slug = project.slug
    for name, address in (
        ("page", f"/projekter/{slug}/hvidbog"),
        ("annex", f"/projekter/{slug}/hvidbog/1/bilag?side=2"),
    ):
        app.test_client().get(address)
        db.session.remove()
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
        answered, found[f"{name}_s"] = _timed(lambda address=address: app.test_client().get(address))
        found[f"{name}_kb"], found[f"{name}_status"] = len(answered.data) // 1024, answered.status_code
        found[f"{name}_queries"] = len([one for one in asked if one.lstrip().upper().startswith("SELECT")])
    return found


def _peak() -> int:
    """The most memory that this process has held at once so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _apart(work: Callable[[], Any]) -> float:
    """The seconds of some work in a process of its own, where nothing is remembered from the work before it."""
    told, tell = os.pipe()
    if (child := os.fork()) == 0:
        os.write(tell, repr(_timed(work)[1]).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answer:
        seconds = float(answer.read())
    os.waitpid(child, 0)
    return seconds


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    done = work()
    return done, round(time.perf_counter() - started, 2)


def made(many: int) -> tuple[Project, Any]:
    """A hearing with this many published, read and placed contributions, and an answer for every topic."""
    with settling():
        department = Department(name="Veje og Trafik", approval=ApprovalRule.NONE)
        db.session.add(department)
        db.session.flush()
        person = Person(name="Pia Planlægger", email="pia@engelund.example", created_at=NOW)
        person.memberships = [Membership(role=Role.PLANNER, department_id=department.id)]
        opens = NOW - timedelta(days=60)
        project = Project(
            slug="trafikplan", title="Trafikplan Nord", case_type=CaseType.TRAFFIC, level=Level.HEARING,
            department_id=department.id, summary="En plan for trafikken i nord.", decided_by="byrådet",
            created_at=opens, announced_at=opens, last_number=many, published_count=many,
        )  # fmt: skip
        project.rounds = [
            Round(
                kind=RoundKind.HEARING, level=Level.HEARING, announced_at=opens, opens_at=opens,
                closes_at=dates.local_day_end(dates.local_day(NOW) - timedelta(days=10)),
            )
        ]  # fmt: skip
        db.session.add_all((person, project))
        db.session.flush()
        topics = _topics(project)
        _contributions(project, topics, 1, many)
        _counts(topics)
    planner = actor_of(person)
    with settling():
        says = "Vi har set på det sammen med naboerne og tegnet det ind i planen, hvor der er plads. " * 3
        drafts = [Draft(topic, says, Recommendation.PARTLY, "Der er ikke plads til det hele.") for topic in topics]
        draft_answers(planner, project, drafts, now=NOW)
    compare_points(project.id, now=NOW)
    return project, planner


def _topics(project: Project) -> list[Theme]:
    above = [Theme(project_id=project.id, title=f"Hovedemne {number}", made_at=NOW) for number in range(1, THEMES + 1)]
    db.session.add_all(above)
    db.session.flush()
    topics = [
        Theme(
            project_id=project.id, parent_id=above[n % THEMES].id, title=f"Emne {n + 1}: {THINGS[n % 10]}", made_at=NOW
        )
        for n in range(TOPICS)
    ]
    db.session.add_all(topics)
    db.session.flush()
    return topics


def grown(project: Project, many: int) -> None:
    """The same hearing with more contributions, up to this many; the answers of the topics hold for them, too."""
    with settling():
        topics = list(
            db.session.scalars(
                sa.select(Theme).where(Theme.project_id == project.id, Theme.parent_id.is_not(None)).order_by(Theme.id)
            )
        )
        _contributions(project, topics, project.last_number + 1, many)
        project.last_number = project.published_count = many
        _counts(topics)
    compare_points(project.id, now=NOW)


def _contributions(project: Project, topics: list[Theme], first: int, last: int) -> None:
    """One to four points each, about 90 words on average; the same on every day. Their ids are their numbers."""
    chance = random.Random(6 + first)
    points = db.session.scalar(sa.select(sa.func.count(Point.id))) or 0
    round_ = project.rounds[0]
    rows: dict[Any, list[dict[str, Any]]] = {of: [] for of in (Contribution, Contact, Text, Point, Span, Placement)}
    for number in range(first, last + 1):
        pieces = [
            " ".join(chance.choice(SAYS).format(thing=chance.choice(THINGS)) for _ in range(chance.randint(1, 5)))
            for _ in range(chance.randint(1, 4))
        ]
        words = "\n\n".join(pieces)
        rows[Contribution].append(
            {
                "id": number, "project_id": project.id, "round_id": round_.id, "number": number, "kind": Kind.RESPONSE,
                "words_hash": f"{number:064d}", "received_at": NOW - timedelta(days=20, minutes=number),
                "arrival": Arrival.IN_TIME, "handling": Handling.PUBLISHED, "published_at": NOW, "read_at": NOW,
                "capacity": chance.choices(list(Capacity), (80, 5, 4, 6, 2, 1, 2))[0],
            }
        )  # fmt: skip
        rows[Contact].append({"contribution_id": number, "name": f"Borger {number}", "salt": "00"})
        rows[Text].append(
            {"id": number, "contribution_id": number, "source": TextSource.BODY, "words": words, "made_at": NOW}
        )
        start = 0
        for position, piece in enumerate(pieces, start=1):
            point = points + len(rows[Point]) + 1
            rows[Point].append(
                {
                    "id": point, "contribution_id": number, "project_id": project.id, "position": position,
                    "kind": SpanKind.SAID, "made_at": NOW,
                }
            )  # fmt: skip
            rows[Span].append({"point_id": point, "text_id": number, "start": start, "end": start + len(piece)})
            home = topics[min(int(chance.expovariate(1 / 18)), TOPICS - 1)]
            rows[Placement].append({"point_id": point, "theme_id": home.id, "placed_at": NOW})
            start += len(piece) + 2
    for model, values in rows.items():
        db.session.execute(sa.insert(model), values)


def _counts(topics: list[Theme]) -> None:
    for topic in topics:
        topic.point_count = db.session.scalar(sa.select(sa.func.count()).where(Placement.theme_id == topic.id)) or 0


if __name__ == "__main__":
    main()
