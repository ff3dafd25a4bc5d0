"""A point that comes in after a run is placed at once by what the run learned: new, and not approved yet.

One that the machine cannot place, or that belongs in a locked theme, waits in the bin, where a person sees it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation import jobs, log, permission
from participation.foundation.db import begin_write, db, insert, settling
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import WORKER, NotAllowed
from participation.themes.constraints import Said, points_of
from participation.themes.counts import NOWHERE, SAID, count_points, wrong_counts
from participation.themes.model import Placement, Run, Theme

if TYPE_CHECKING:
    import analysis

#: How often the worker looks for new points.
OFTEN = timedelta(minutes=1)


@jobs.periodic("themes:place", every=OFTEN, heavy=True)
def _place(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Place new points wherever a model is at hand, and take out of the counts what was withdrawn."""
    waiting = set(db.session.scalars(_waiting()))
    for project_id in db.session.scalars(_learned()).all():
        if project_id in waiting:
            try:
                place_new(project_id, now=now)
            except NotAllowed:  # the case has ended meanwhile
                continue
        elif wrong_counts(project_id):
            with settling():
                begin_write()
                count_points(project_id)


def place_new(project_id: int, *, now: datetime) -> int:
    """Place the points that have come in since the last run.

    Returns:
        How many were placed; the others stay in the bin, and are not tried again before the next run.

    Raises:
        NotAllowed: the case has ended.
    """
    import analysis

    run = _latest(project_id)
    points = points_of(project_id, unplaced_after=run.seen_point_id) if run is not None else []
    if run is None or run.model is None or not points:
        return 0
    run_id, kept = run.id, run.model
    db.session.rollback()  # nothing is analysed while the database is held
    placed = analysis.assign_all(analysis.Model.from_bytes(kept), [point.words for point in points])
    with settling():
        run = db.session.get_one(Run, run_id)
        permission.require(WORKER, Act.GROUP_POINTS, run, now)
        rows = _rows(project_id, points, placed, now)
        if rows:
            db.session.execute(insert(Placement).values(rows).on_conflict_do_nothing(index_elements=["point_id"]))
        run.seen_point_id = max(run.seen_point_id, points[-1].id)
        count_points(project_id)
        log.record(
            Act.GROUP_POINTS,
            WORKER,
            run,
            at=now,
            project_id=project_id,
            step="placed",
            points=len(points),
            placed=len(rows),
        )
    return len(rows)


def _rows(
    project_id: int, points: Sequence[Said], placed: "Sequence[analysis.Placement | None]", now: datetime
) -> list[dict[str, object]]:
    themes = db.session.scalars(sa.select(Theme).where(Theme.project_id == project_id).order_by(Theme.id)).all()
    by_id = {theme.id: theme for theme in themes}
    by_key = {theme.key: _standing(theme, by_id) for theme in themes}
    rows: list[dict[str, object]] = []
    for point, found in zip(points, placed, strict=True):
        theme = by_key.get(found.theme) or by_key.get(found.parent or "") if found is not None else None
        if found is None or theme is None or theme.locked:
            continue
        next_best = by_key.get(found.next_best or "")
        rows.append(
            {
                "point_id": point.id,
                "theme_id": theme.id,
                "by_person": False,
                "sureness": found.sureness,
                "why": [[word, weight] for word, weight in found.why],
                "next_best_id": next_best.id if next_best is not None else None,
                "placed_at": now,
            }
        )
    return rows


def _standing(theme: Theme, by_id: dict[int, Theme]) -> Theme | None:
    """The theme itself, or the one it was merged into."""
    seen: set[int] = set()
    while theme.retired_at is not None and theme.merged_into_id is not None and theme.id not in seen:
        seen.add(theme.id)
        theme = by_id[theme.merged_into_id]
    return None if theme.retired_at is not None else theme


def _latest(project_id: int) -> Run | None:
    return db.session.scalar(
        sa.select(Run)
        .where(Run.project_id == project_id, Run.state == "done", Run.model.is_not(None))
        .order_by(Run.id.desc())
        .limit(1)
    )


def _learned() -> sa.Select[Any]:
    """Projects under way with a model at hand."""
    return (
        sa.select(Run.project_id)
        .join(Project, Project.id == Run.project_id)
        .where(Run.state == "done", Run.model.is_not(None), Project.closed_at.is_(None), Project.cancelled_at.is_(None))
        .distinct()
        .order_by(Run.project_id)
    )


def _waiting() -> sa.Select[Any]:
    """Projects with a point that the last run has not seen and that is nowhere yet."""
    return (
        sa.select(Point.project_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .join(Run, Run.project_id == Point.project_id)
        .where(Run.state == "done", Run.model.is_not(None), Point.id > Run.seen_point_id, SAID, NOWHERE)
        .distinct()
    )
