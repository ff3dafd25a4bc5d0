"""What staff may read of themes: one theme's points a page at a time, the bin, runs and the history.

A fixed number of queries, however many points there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload
from werkzeug.exceptions import NotFound

from participation.contributions.model import Contact, Contribution, Point
from participation.contributions.shown import shown_point
from participation.foundation.db import db
from participation.foundation.model import Job
from participation.people.model import Person
from participation.projects.model import Project
from participation.themes.counts import NOWHERE, SAID, sums
from participation.themes.model import Placement, Run, SeeAlso, Theme, ThemeEdit

PAGE = 25
#: Points in a theme up to which each of them is looked at by itself.
NEARLY_ALONE = 2
#: Under this share of the evidence a placement is called unsure.
UNSURE = 0.25


def project_of(slug: str) -> Project:
    """The project of a staff page.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug))
    if found is None:
        raise NotFound
    return found


def theme_of(project: Project, key: int) -> Theme:
    """A theme of a project that stands.

    Raises:
        NotFound: there is none, or it was merged or taken away.
    """
    found = db.session.get(Theme, key)
    if found is None or found.project_id != project.id or found.retired_at is not None:
        raise NotFound
    return found


# -- points -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One point as the planner sees it in its theme or in the bin."""

    point: Point
    placement: Placement | None
    also: Sequence[int] = ()

    @property
    def contribution(self) -> Contribution:
        """Whose point it is."""
        return self.point.contribution

    @property
    def words(self) -> str:
        """Its words, as they may be shown."""
        return shown_point(self.point, self.contribution)

    @property
    def why(self) -> list[tuple[str, int]]:
        """The words that drew it here, each with its share of the evidence in percent."""
        weights = self.placement.why if self.placement is not None else []
        whole = sum(weight for _, weight in weights) or 1
        return [(word, round(100 * weight / whole)) for word, weight in weights]


@dataclass(frozen=True)
class Page:
    """A page of points."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int


def points_in(theme: Theme, page: int, *, unsure: bool = False) -> Page:
    """The points that are at home in a theme, 25 a page.

    Args:
        unsure: the machine's least sure ones first, those that a person placed left out.
    """
    query = _points().join(Placement, Placement.point_id == Point.id).where(Placement.theme_id == theme.id)
    if unsure:
        query = query.where(Placement.by_person.is_(False)).order_by(None).order_by(Placement.sureness, Point.id)
    return _page(query, page)


def nowhere(project: Project, page: int) -> Page:
    """The points that are in no theme, 25 a page."""
    counted = sums(project)
    total = max(0, counted.said - sum(counted.own.values()))
    # by the contributions' project, so that they are walked in the order of their numbers and no further than asked
    return _page(_points().where(Contribution.project_id == project.id, NOWHERE), page, total)


def alone(project: Project, page: int) -> Page:
    """The points that a count would drown: alone or nearly so in their theme, or where the machine is least sure.

    The smallest themes come first, then the least sure; what a person has placed has been seen (T26).
    """
    own = sums(project).own
    small = {theme: number for theme, number in own.items() if number <= NEARLY_ALONE}
    in_small = sa.select(Placement.point_id).where(Placement.theme_id.in_(small))
    unsure = sa.select(Placement.point_id).where(Placement.theme_id.in_(own), Placement.sureness < UNSURE)
    query = (
        _points()
        .join(Placement, Placement.point_id == Point.id)
        .where(Point.id.in_(in_small.union(unsure)), Placement.by_person.is_(False))
    )
    few = sa.case(small, value=Placement.theme_id, else_=NEARLY_ALONE + 1) if small else sa.literal(0)
    return _page(query.order_by(None).order_by(few, Placement.sureness, Point.id), page)


def asked(project: Project, page: int) -> Page:
    """The points that teach the machine most when a person places them, as the last run chose; none placed since."""
    run = shown_run(project)
    wished = [int(key) for key in run.facts.get("ask", [])] if run is not None else []
    placed = sa.select(Placement.point_id).where(Placement.by_person.is_(True))
    query = _points().where(Point.project_id == project.id, Point.id.in_(wished), Point.id.not_in(placed))
    order = sa.case({key: rank for rank, key in enumerate(wished)}, value=Point.id) if wished else Point.id
    return _page(query.order_by(None).order_by(order), page)


def _points() -> sa.Select[Any]:
    return sa.select(Point).join(Point.contribution).where(SAID).order_by(Contribution.number, Point.position)


def _page(query: sa.Select[Any], page: int, total: int | None = None) -> Page:
    if total is None:
        every = query.with_only_columns(Point.id).order_by(None).subquery()
        total = db.session.scalar(sa.select(sa.func.count()).select_from(every)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    whole = contains_eager(Point.contribution)
    points = db.session.scalars(
        query.options(
            whole.lazyload(Contribution.project),
            whole.lazyload(Contribution.round),
            whole.selectinload(Contribution.texts),
            whole.joinedload(Contribution.contact).lazyload(Contact.contribution),
            selectinload(Point.spans),
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    ids = [point.id for point in points]
    placements = {
        one.point_id: one for one in db.session.scalars(sa.select(Placement).where(Placement.point_id.in_(ids)))
    }
    also: dict[int, list[int]] = defaultdict(list)
    for see in db.session.scalars(sa.select(SeeAlso).where(SeeAlso.point_id.in_(ids)).order_by(SeeAlso.theme_id)):
        also[see.point_id].append(see.theme_id)
    return Page([Row(point, placements.get(point.id), also[point.id]) for point in points], page, pages, total)


# -- runs and history -----------------------------------------------------------------------------------------


def shown_run(project: Project) -> Run | None:
    """The run whose themes are shown."""
    return db.session.scalar(
        sa.select(Run).where(Run.project_id == project.id, Run.state == "done").order_by(Run.id.desc()).limit(1)
    )


@dataclass(frozen=True)
class Told:
    """An act in the history, with who did it, what it was about, and whether it was undone."""

    edit: ThemeEdit
    by: str
    titles: Sequence[str]
    points: int
    undone: bool


def history(project: Project, before: int | None = None) -> list[Told]:
    """The acts on the themes, the latest first, 25 at a time: those before an id."""
    query = (
        sa.select(ThemeEdit, Person.name)
        .outerjoin(Person, Person.id == ThemeEdit.by_id)
        .where(ThemeEdit.project_id == project.id)
        .order_by(ThemeEdit.id.desc())
        .limit(PAGE)
    )
    rows = db.session.execute(query if before is None else query.where(ThemeEdit.id < before)).all()
    undone = set(
        db.session.scalars(
            sa.select(ThemeEdit.reverses_id).where(ThemeEdit.reverses_id.in_([edit.id for edit, _ in rows]))
        )
    )
    homes = {
        edit.id: {home["theme_id"] for home in edit.after["points"].values() if home is not None} for edit, _ in rows
    }
    about = {int(key) for edit, _ in rows for key in edit.after["themes"]}
    titles = dict(
        db.session.execute(sa.select(Theme.id, Theme.title).where(Theme.id.in_(about.union(*homes.values())))).all()
    )
    return [
        Told(
            edit,
            name or "",
            [_titled(edit, key, one["title"], titles) for key, one in edit.after["themes"].items()]
            or sorted(titles[theme] for theme in homes[edit.id] if theme in titles),
            len(edit.after["points"]),
            edit.id in undone,
        )
        for edit, name in rows
    ]


#: Acts by which a person gives a title; it is told as it was given.
_NAMES = frozenset({"new", "start", "rename", "split"})


def _titled(edit: ThemeEdit, key: str, then: str, now: Mapping[int, str]) -> str:
    """The title a theme has now, where the machine gave it: what is covered since is not told from the history."""
    return then if edit.operation in _NAMES else now.get(int(key), then)


@dataclass(frozen=True)
class Progress:
    """How far the last run that was asked for has come.

    Attributes:
        share: 0 to 1. step: what it is doing, as it is marked for translation.
    """

    state: str
    share: float
    step: str
    failure: str
    asked_at: datetime

    @property
    def is_under_way(self) -> bool:
        """Whether it is not done yet."""
        return self.state in ("waiting", "staged")


def progress(project: Project) -> Progress | None:
    """How far the last run has come; None when none was asked for."""
    row = db.session.execute(
        sa.select(Run.state, sa.func.coalesce(Job.progress, 0.0), Job.progress_words, Run.failure, Run.asked_at)
        .outerjoin(Job, Job.id == Run.job_id)
        .where(Run.project_id == project.id)
        .order_by(Run.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Progress(row[0], row[1], row[2] or "", row[3], row[4])
