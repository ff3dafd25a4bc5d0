"""Which points count, and how many a theme holds: kept in a column, so that no page counts rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation.db import db
from participation.foundation.sums import summed
from participation.projects.model import Project
from participation.rules.handling import OWED
from participation.rules.kinds import Capacity, Kind, SpanKind
from participation.rules.phases import Arrival
from participation.themes.model import Placement, Theme

#: A point that is owed an answer with others like it; joined with its contribution. Questions are answered one by one.
SAID = sa.and_(
    Point.retired_at.is_(None),
    Point.kind == SpanKind.SAID,
    Contribution.handling.in_(OWED),
    Contribution.kind != Kind.QUESTION,
    Contribution.duplicate_of_id.is_(None),
    Contribution.arrival != Arrival.AFTER_DECISION,
)

#: A point that is in no theme that stands: it is shown in a bin of its own, and counted.
NOWHERE = ~sa.exists(
    sa.select(Placement.point_id)
    .join(Theme, Theme.id == Placement.theme_id)
    .where(Placement.point_id == Point.id, Theme.retired_at.is_(None))
    .correlate(Point)
)


def count_points(project_id: int) -> None:
    """Bring every theme's count in step with where the points are."""
    db.session.flush()
    for theme, count in wrong_counts(project_id).items():
        db.session.execute(sa.update(Theme).where(Theme.id == theme).values(point_count=count))


def wrong_counts(project_id: int) -> dict[int, int]:
    """Themes whose kept count is out of step, with the right one: after an edit, or when somebody has withdrawn."""
    themes = db.session.execute(
        sa.select(Theme.id, Theme.parent_id, Theme.point_count).where(Theme.project_id == project_id)
    ).all()
    own = counted(project_id)
    total = Counter(own)
    for theme, parent, _ in themes:
        if parent is not None:
            total[parent] += own.get(theme, 0)
    return {theme: total[theme] for theme, _, count in themes if count != total[theme]}


def counted(project_id: int) -> dict[int, int]:
    """How many points each theme is home to, its topics' left out."""
    rows = db.session.execute(
        sa.select(Placement.theme_id, sa.func.count())
        .join(Point, Point.id == Placement.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .join(Theme, Theme.id == Placement.theme_id)
        .where(Point.project_id == project_id, SAID, Theme.retired_at.is_(None))
        .group_by(Placement.theme_id)
    )
    return dict(rows.all())


def total_said(project_id: int) -> int:
    """How many points of a project have to be somewhere."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(Point.id))
            .join(Contribution, Contribution.id == Point.contribution_id)
            .where(Point.project_id == project_id, SAID)
        )
        or 0
    )


@dataclass(frozen=True)
class Sums:
    """What is counted over all points of a case.

    Attributes:
        own: points at home in each theme that stands, its topics' left out.
        senders: contributions by kind of sender, those of its topics included, each counted once.
        said: points that have to be somewhere.
    """

    own: Mapping[int, int]
    senders: Mapping[int, Mapping[Capacity, int]]
    said: int


def sums(project: Project) -> Sums:
    """The sums of a case as it stands; kept where there is much to count."""
    kept = summed(project.id, "themes", project.last_number, lambda: _summed_up(project.id))
    return Sums(
        {int(theme): number for theme, number in kept["own"].items()},
        {
            int(theme): {Capacity(kind): number for kind, number in kinds.items()}
            for theme, kinds in kept["senders"].items()
        },
        kept["said"],
    )


def _summed_up(project_id: int) -> dict[str, Any]:
    return {
        "own": {str(theme): number for theme, number in counted(project_id).items()},
        "senders": {str(theme): kinds for theme, kinds in _senders(project_id).items()},
        "said": total_said(project_id),
    }


def _senders(project_id: int) -> dict[int, dict[Capacity, int]]:
    """Contributions by theme and kind of sender; under a theme each is counted once, in however many of its topics."""
    found: dict[int, dict[Capacity, int]] = defaultdict(dict)
    for column in (sa.func.coalesce(Theme.parent_id, Theme.id), Theme.id):
        rows = db.session.execute(
            sa.select(column, Contribution.capacity, sa.func.count(sa.distinct(Contribution.id)))
            .select_from(Placement)
            .join(Theme, Theme.id == Placement.theme_id)
            .join(Point, Point.id == Placement.point_id)
            .join(Contribution, Contribution.id == Point.contribution_id)
            .where(
                Point.project_id == project_id,
                SAID,
                Theme.retired_at.is_(None),
                *((Theme.parent_id.is_not(None),) if column is Theme.id else ()),
            )
            .group_by(column, Contribution.capacity)
        )
        for theme, capacity, number in rows:
            found[theme][capacity] = number
    return found
