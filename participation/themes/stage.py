"""A run's outcome is written to rows that nobody sees, and shown by one flip; what a person did stays as it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from participation.contributions.model import Point
from participation.foundation import log, permission
from participation.foundation.db import begin_write, db, settling
from participation.rules.acts import Act
from participation.rules.policy import WORKER
from participation.themes.constraints import Constraints, Said, constraints
from participation.themes.counts import count_points, counted
from participation.themes.model import Placement, Run, StagedPlacement, Theme

if TYPE_CHECKING:
    import analysis


class Stopped(Exception):
    """A person has stopped the run; nothing of it is shown."""


#: Points that are written between two commits.
CHUNK = 1000
#: Whose versions a run is kept with, so that it can be done again years later.
_MADE_BY = ("medspil", "numpy", "scipy", "scikit-learn", "snowballstemmer", "simplemma")
#: Moved points that the run tells of, one by one; all of them are counted.
MOST_TOLD = 300


def stage(
    run_id: int,
    points: Sequence[Said],
    grouping: "analysis.Grouping",
    known: Constraints,
    asked: Sequence[int] = (),
    heads: Mapping[str, str] | None = None,
    *,
    now: datetime,
) -> None:
    """Write down a grouping, chunk by chunk, in rows that nobody sees yet; a second time begins afresh.

    Args:
        asked: points that a planner should place first.
        heads: the hovedemner that people wanted, by key: their names are a person's.
    """
    heads, found = heads or {}, {theme.key for theme in grouping.themes}
    unstage(run_id)
    with settling():
        begin_write()
        run = db.session.get_one(Run, run_id)
        by_key = {key: theme for theme, key in known.keys.items()}
        plan: dict[str, Any] = {}
        for position, theme in enumerate(grouping.themes):
            told = _told(theme, position)
            if theme.key in by_key:
                plan[str(by_key[theme.key])] = told
                continue
            made = Theme(
                project_id=run.project_id,
                parent_id=by_key[theme.parent] if theme.parent is not None else None,
                key=theme.key,
                run_id=run_id,
                by_person=theme.key in heads,
                made_at=now,
                retired_at=now,
                **told,
            )
            db.session.add(made)
            db.session.flush()
            by_key[theme.key] = made.id
        run.model, run.digest, run.points = grouping.model.to_bytes(), grouping.digest, len(points)
        run.seen_point_id = max((said.id for said in points), default=0)
    rows = [_row(run_id, said, grouping, known, by_key) for said in points if said.id not in known.pinned]
    for begin in range(0, len(rows), CHUNK):
        with settling():
            begin_write()
            db.session.execute(sa.insert(StagedPlacement), rows[begin : begin + CHUNK])
    with settling():
        begin_write()
        run = db.session.get_one(Run, run_id)
        if run.state == "stopped":
            raise Stopped
        run.facts = {
            "heads": run.facts.get("heads", []),
            "sections": run.facts.get("sections", False),
            "unused": [said.partition("\n")[0] for key, said in heads.items() if key not in found],
            "edit": known.edit,
            "held": list(known.held),
            "plan": plan,
            "beside": {
                str(said.id): by_key[placed.theme]
                for said in points
                if said.id not in known.pinned
                and (placed := grouping.placements.get(said.id)) is not None
                and placed.theme in known.locked
            },
            "ask": list(asked),
            "weak": grouping.is_weak,
            "proposed": grouping.k_proposed,
            "languages": dict(grouping.languages),
            "versions": {name: version(name) for name in _MADE_BY},
        }
        run.state = "staged"


def unstage(run_id: int) -> None:
    """Take away what a run has written down and nobody has seen."""
    with settling():
        begin_write()
        db.session.execute(sa.delete(StagedPlacement).where(StagedPlacement.run_id == run_id))
        db.session.execute(sa.delete(Theme).where(Theme.run_id == run_id, Theme.retired_at.is_not(None)))


def flip(run_id: int, *, now: datetime) -> bool:
    """Show what was staged, all at once, in one short transaction.

    Returns:
        False when a person has changed the themes in the meantime: nothing is shown, and it has to be worked out anew.

    Raises:
        Stopped: a person has stopped the run.
    """
    with settling():
        run = db.session.get_one(Run, run_id)
        permission.require(WORKER, Act.GROUP_POINTS, run, now)
        if run.state == "stopped":
            raise Stopped
        known, facts = constraints(run.project_id), dict(run.facts)
        if (known.edit, list(known.held)) != (facts["edit"], facts["held"]):
            return False
        moved = _moved(run_id)
        _place(run_id, now)
        made = _name(run, known, facts.pop("plan"))
        retired = _retire_empty(run.project_id, known, now)
        count_points(run.project_id)
        left_over = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(StagedPlacement)
            .where(StagedPlacement.run_id == run_id, StagedPlacement.theme_id.is_(None))
        )
        db.session.execute(sa.delete(StagedPlacement).where(StagedPlacement.run_id == run_id))
        db.session.execute(
            sa.update(Run)
            .where(Run.project_id == run.project_id, Run.id != run_id, Run.model.is_not(None))
            .values(model=None)
            .execution_options(synchronize_session=False)
        )
        run.project.themes_on = True
        run.state, run.done_at, run.failure = "done", now, ""
        counts: dict[str, Any] = {
            "points": run.points,
            "themes": len(known.keys) + made - retired,
            "made": made,
            "retired": retired,
            "left_over": left_over,
            "moved": len(moved),
            "pinned": len(known.pinned),
        }
        run.facts = facts | counts | {"moves": moved[:MOST_TOLD]}
        log.record(
            Act.GROUP_POINTS, WORKER, run, at=now, project_id=run.project_id, step="shown", outcome=run.digest, **counts
        )
    return True


def _told(theme: "analysis.Theme", position: int) -> dict[str, Any]:
    """What the machine says of a theme; quotes as point and place in its words, never retold."""
    return {
        "title": theme.label[:160],
        "words": list(theme.words),
        "quotes": [[quote.id, quote.start, quote.end] for quote in theme.quotes],
        "firmness": theme.firmness,
        "position": position,
    }


def _row(
    run_id: int, said: Said, grouping: "analysis.Grouping", known: Constraints, by_key: Mapping[str, int]
) -> dict[str, Any]:
    placed = grouping.placements.get(said.id)
    row: dict[str, Any] = {
        "run_id": run_id,
        "point_id": said.id,
        "theme_id": None,
        "sureness": None,
        "why": [],
        "next_best_id": None,
    }
    if placed is None or placed.theme in known.locked:
        return row
    return row | {
        "theme_id": by_key[placed.theme],
        "sureness": placed.sureness,
        "why": [[word, weight] for word, weight in placed.why],
        "next_best_id": by_key.get(placed.next_best or ""),
    }


def _moved(run_id: int) -> list[list[Any]]:
    """Points that change their home: which, from where, to where, and the words that speak for it."""
    rows = db.session.execute(
        sa.select(StagedPlacement.point_id, Placement.theme_id, StagedPlacement.theme_id, StagedPlacement.why)
        .join(Placement, Placement.point_id == StagedPlacement.point_id)
        .where(
            StagedPlacement.run_id == run_id,
            StagedPlacement.theme_id.is_(None) | (StagedPlacement.theme_id != Placement.theme_id),
        )
        .order_by(StagedPlacement.point_id)
    )
    return [[point, from_, to, [word for word, _ in why[:3]]] for point, from_, to, why in rows]


def _place(run_id: int, now: datetime) -> None:
    staged = sa.select(StagedPlacement.point_id).where(StagedPlacement.run_id == run_id)
    db.session.execute(
        sa.delete(Placement).where(Placement.point_id.in_(staged)).execution_options(synchronize_session=False)
    )
    new = (
        sa.select(
            StagedPlacement.point_id,
            StagedPlacement.theme_id,
            sa.false(),
            StagedPlacement.sureness,
            StagedPlacement.why,
            StagedPlacement.next_best_id,
            sa.literal(now, Placement.placed_at.type),
        )
        .join(Point, Point.id == StagedPlacement.point_id)
        .where(StagedPlacement.run_id == run_id, StagedPlacement.theme_id.is_not(None), Point.retired_at.is_(None))
    )
    columns = ("point_id", "theme_id", "by_person", "sureness", "why", "next_best_id", "placed_at")
    db.session.execute(sa.insert(Placement).from_select(columns, new))
    db.session.expire_all()


def _name(run: Run, known: Constraints, plan: Mapping[str, Mapping[str, Any]]) -> int:
    """Bring the new themes out, and tell anew of those that nobody has named; returns how many are new."""
    for theme in db.session.scalars(sa.select(Theme).where(Theme.id.in_([int(key) for key in plan]))):
        told = plan[str(theme.id)]
        theme.words, theme.quotes, theme.firmness = told["words"], told["quotes"], told["firmness"]
        theme.position = told["position"]
        if theme.id not in known.kept:
            theme.title = told["title"]
    made = db.session.scalars(sa.select(Theme).where(Theme.run_id == run.id, Theme.retired_at.is_not(None))).all()
    for theme in made:
        theme.retired_at = None
    db.session.flush()
    return len(made)


def _retire_empty(project_id: int, known: Constraints, now: datetime) -> int:
    """Themes of the machine's own that nothing is left in; a person's own stay."""
    themes = db.session.scalars(
        sa.select(Theme).where(Theme.project_id == project_id, Theme.retired_at.is_(None))
    ).all()
    standing = counted(project_id).keys() | known.kept
    standing |= {one.parent_id for one in themes if one.id in standing and one.parent_id is not None}
    gone = [one for one in themes if one.id not in standing]
    for theme in gone:
        theme.retired_at = now
    db.session.flush()
    return len(gone)
