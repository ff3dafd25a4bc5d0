"""Time the whole chain on real words: import, split and themes, answers per topic, white paper in every format.

    .venv/bin/python bench/chain.py ../shared/data/de_rad_bonn.csv [--rows N]

Prints the themes it found, and last one JSON object with the seconds of each step. The database is a throw-away one.
"""

import argparse
import csv
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # this folder has an analysis.py of its own

from participation.answers.compare import compare_points
from participation.answers.draft import Draft, draft_answers
from participation.app import create_app
from participation.contributions.clear import clear_contribution
from participation.contributions.import_ import import_contributions
from participation.contributions.model import Contribution, Point
from participation.contributions.publish import publish_contributions
from participation.contributions.read import read_contributions
from participation.foundation import jobs, schema
from participation.foundation.db import db, settling
from participation.people.actor import actor_of
from participation.people.model import Department, Membership, Person
from participation.projects.model import Project, Round
from participation.reports.model import WhitePaper
from participation.reports.publish import publish_paper
from participation.rules.handling import ClearReason
from participation.rules.kinds import ApprovalRule, CaseType, Role, RoundKind
from participation.rules.levels import Level
from participation.rules.outcomes import Recommendation
from participation.rules.policy import WORKER
from participation.themes.group import ask_for_grouping
from participation.themes.model import Placement, Theme

OPEN = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    """Run the chain on a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="CSV with the columns id and text")
    parser.add_argument("--rows", type=int, help="only the first rows")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {"INSTANCE": folder, "DATABASE_URL": f"sqlite:///{folder}/chain.sqlite3", "SECRET_KEY": "x" * 40}
        )
        with app.app_context():
            schema.upgrade()
            print(json.dumps(chain(sample(given.file, given.rows, Path(folder))), ensure_ascii=False))


def sample(path: Path, rows: int | None, folder: Path) -> Path:
    """The file itself, or its first rows."""
    if rows is None:
        return path
    with path.open(encoding="utf-8", newline="") as source, (folder / path.name).open("w", encoding="utf-8") as out:
        reader = csv.reader(source)
        csv.writer(out).writerows(row for number, row in enumerate(reader) if number <= rows)
    return folder / path.name


def chain(path: Path) -> dict[str, object]:
    """Each step once, with its seconds."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        seconds[name], began = round(time.perf_counter() - began, 2), time.perf_counter()

    project, planner = matter()
    lap("set_up")
    import_contributions(WORKER, project.round, path, {"text": "text"}, now=OPEN + timedelta(days=1))
    lap("import")
    after = OPEN + timedelta(days=40)
    with settling():
        ask_for_grouping(planner, project, now=after)
    jobs.run_all(None, after)
    lap("split_and_themes")
    themes = show_themes(project.id)
    with settling():
        draft_answers(
            planner,
            project,
            [
                Draft(theme, "Wir haben das geprüft.", Recommendation.FURTHER_WORK, "Es geht in die Planung ein.")
                for theme in themes
            ],
            now=after,
        )
        lone = db.session.scalars(
            sa.select(Point).outerjoin(Placement).where(Placement.point_id.is_(None), Point.retired_at.is_(None))
        ).all()
        draft_answers(
            planner,
            project,
            [Draft(one, "Gelesen.", Recommendation.SUPPORT_NOTED, "Danke.") for one in lone],
            now=after,
        )
    lap("answers")
    compare_points(project.id, now=after)
    lap("equal_treatment")
    everything = db.session.scalars(sa.select(Contribution)).all()
    with settling():
        read_contributions(planner, project, everything, now=after)
    with settling():
        for one in everything:
            clear_contribution(planner, one, ClearReason.NOT_PRIVATE, now=after)
    with settling():
        publish_contributions(planner, project, now=after)
    lap("read_and_publish")
    with settling():
        paper = publish_paper(planner, project, now=after).id
    lap("white_paper")
    documents = db.session.get_one(WhitePaper, paper).documents
    return {
        "contributions": len(everything),
        "points": db.session.scalar(sa.select(sa.func.count(Point.id)).where(Point.retired_at.is_(None))),
        "themes": sum(theme.parent_id is None for theme in themes),
        "topics": sum(theme.parent_id is not None for theme in themes),
        "bytes": {f"{one.rendition}.{one.format}": one.file.size for one in documents if one.file},
        "seconds": seconds,
    }


def matter() -> tuple[Project, object]:
    """A department that approves nothing, its planner, and a hearing that was open in October."""
    with settling():
        department = Department(name="Verkehr", approval=ApprovalRule.NONE, contact_name="Kontakt")
        db.session.add(department)
        db.session.flush()
        person = Person(name="Planner", email="planner@example.org", created_at=OPEN)
        person.memberships = [Membership(role=Role.PLANNER, department_id=department.id)]
        project = Project(
            slug="raddialog",
            title="Raddialog",
            case_type=CaseType.TRAFFIC,
            level=Level.HEARING,
            department_id=department.id,
            decided_by="rådet",
            created_at=OPEN,
            announced_at=OPEN,
        )
        project.rounds = [
            Round(
                kind=RoundKind.HEARING,
                level=Level.HEARING,
                announced_at=OPEN,
                opens_at=OPEN,
                closes_at=OPEN + timedelta(days=30),
            )
        ]
        db.session.add_all([person, project])
    return project, actor_of(person)


def show_themes(project_id: int) -> list[Theme]:
    """Print the themes with their sizes; returns those that hold points."""
    themes = db.session.scalars(
        sa.select(Theme).where(Theme.project_id == project_id, Theme.retired_at.is_(None)).order_by(Theme.position)
    ).all()
    for theme in sorted((one for one in themes if one.parent_id is None), key=lambda one: -one.point_count):
        topics = ", ".join(one.title for one in themes if one.parent_id == theme.id)
        print(f"{theme.point_count:5}  {theme.title}: {topics}")
    return list(themes)


if __name__ == "__main__":
    main()
