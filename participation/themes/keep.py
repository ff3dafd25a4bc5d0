"""What every edit of themes shares: how things stood before and after is kept for good, and counts stay in step."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation import log
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.counts import SAID, count_points
from participation.themes.model import Placement, Theme, ThemeEdit
from participation.themes.state import State, state_of


@contextmanager
def edit(
    actor: Actor,
    project: Project,
    operation: str,
    themes: Sequence[Theme],
    points: Collection[int],
    now: datetime,
    *,
    beside: Collection[int] = (),
) -> Iterator[list[Theme]]:
    """Keep how things stood before and after the change inside; new themes are put into the list that is given."""
    before = state_of(themes, points)
    made: list[Theme] = []
    yield made
    db.session.flush()
    after = state_of([*themes, *made], points)
    for theme in made:
        before["themes"][str(theme.id)] = after["themes"][str(theme.id)] | {"retired": True}
    if beside:
        after["beside"] = sorted(beside)
    keep(actor, project, operation, before, after, now)


def keep(
    actor: Actor,
    project: Project,
    operation: str,
    before: State,
    after: State,
    now: datetime,
    reverses: int | None = None,
) -> None:
    """Write an act down for good, and bring the counts in step."""
    act = ThemeEdit(
        project_id=project.id,
        operation=operation,
        before=before,
        after=after,
        reverses_id=reverses,
        by_id=actor.person_id,
        at=now,
    )
    db.session.add(act)
    count_points(project.id)
    project.themes_on = True
    db.session.flush()
    log.record(
        Act.EDIT_THEMES,
        actor,
        act,
        at=now,
        project_id=project.id,
        operation=operation,
        themes=sorted(int(theme) for theme in after["themes"]),
        points=len(after["points"]),
        reverses=reverses,
    )


def make(project: Project, title: str, parent: Theme | None, now: datetime) -> Theme:
    """A theme of a person's own, empty yet."""
    theme = Theme(
        project_id=project.id,
        parent_id=parent.id if parent is not None else None,
        title=title,
        by_person=True,
        position=1000,
        made_at=now,
    )
    db.session.add(theme)
    db.session.flush()
    theme.key = f"p{theme.id}"
    return theme


def send(points: Collection[int], to: Theme, by_person: bool | None, now: datetime) -> None:
    """Put points into a theme; `by_person` None leaves it as it was who put them where they were."""
    known = {
        one.point_id: one for one in db.session.scalars(sa.select(Placement).where(Placement.point_id.in_(points)))
    }
    for point in sorted(points):
        placement = known.get(point)
        if placement is None:
            placement = Placement(point_id=point, by_person=True, placed_at=now)
            db.session.add(placement)
        placement.theme_id = to.id
        if by_person is not None:
            placement.by_person, placement.sureness, placement.why, placement.next_best_id = by_person, None, [], None
            placement.placed_at = now


def points_in(theme: Theme) -> list[int]:
    """The points that a theme is home to, by id."""
    return list(
        db.session.scalars(
            sa.select(Placement.point_id).where(Placement.theme_id == theme.id).order_by(Placement.point_id)
        )
    )


def chosen_points(project: Project, points: Collection[int]) -> list[int]:
    """The points that were chosen, by id.

    Raises:
        Wrong: there is none, or one of another case.
    """
    found = db.session.scalars(
        sa.select(Point.id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(Point.project_id == project.id, Point.id.in_(points), SAID)
        .order_by(Point.id)
    ).all()
    if not found or len(found) != len(set(points)):
        raise Wrong(mark("Vælg mindst ét punkt i denne sag. Et punkt kan være delt op imens. Hent siden igen."))
    return list(found)


def upper(parent: Theme | None, project: Project) -> Theme | None:
    """The theme that a topic is to lie under.

    Raises:
        Wrong: it is a topic itself, is gone, or belongs to another case.
    """
    if parent is not None:
        standing(parent)
        same_case(parent, project)
        if parent.parent_id is not None:
            raise Wrong(mark("Et emne kan kun ligge under et hovedemne."))
    return parent


def same_case(theme: Theme, project: Project) -> None:
    """Refuse a theme of another case."""
    if theme.project_id != project.id:
        raise Wrong(mark("Emnet hører til en anden sag."))


def standing(*themes: Theme) -> None:
    """Refuse a theme that was merged or taken away meanwhile."""
    if any(theme.retired_at is not None for theme in themes):
        raise Wrong(mark("Emnet er lagt sammen med et andet eller fjernet. Hent siden igen."))


def has_topics(theme: Theme) -> bool:
    """Whether topics lie under a theme."""
    topics = sa.select(Theme.id).where(Theme.parent_id == theme.id, Theme.retired_at.is_(None)).limit(1)
    return db.session.scalar(topics) is not None
