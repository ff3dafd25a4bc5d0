"""What a person has decided about the themes of a project: a new run starts from it and never goes against it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point, Span, Text
from participation.contributions.shown import masks_of
from participation.foundation.db import db
from participation.themes.counts import NOWHERE, SAID
from participation.themes.held import held_in
from participation.themes.model import Placement, Theme, ThemeEdit


@dataclass(frozen=True)
class Constraints:
    """What a run starts from.

    Attributes:
        keys: the key of each theme that stands, by id. parents: the key above each key.
        start: the key of the theme that each point is in. pinned: those of them that stay whatever the words say.
        locked: keys of themes that no machine puts anything into.
        kept: themes that stay, under their names, even when they are empty.
        edit: the last act of a person on the themes, to see whether another came in the meantime.
        held: themes that are held upstairs.
    """

    keys: Mapping[int, str]
    parents: Mapping[str, str | None]
    start: Mapping[int, str]
    pinned: Mapping[int, str]
    locked: frozenset[str]
    kept: frozenset[int]
    edit: int
    held: tuple[int, ...]


def constraints(project_id: int) -> Constraints:
    """Read what stands, in a fixed number of queries."""
    themes = db.session.execute(
        sa.select(Theme.id, Theme.key, Theme.parent_id, Theme.locked, Theme.by_person).where(
            Theme.project_id == project_id, Theme.retired_at.is_(None)
        )
    ).all()
    held = held_in(project_id)
    keys = {one.id: one.key for one in themes}
    locked = {one.id for one in themes if one.locked}
    placed = db.session.execute(
        sa.select(Placement.point_id, Placement.theme_id, Placement.by_person)
        .join(Point, Point.id == Placement.point_id)
        .where(Point.project_id == project_id, Placement.theme_id.in_(keys))
    ).all()
    gathered = merged_points(project_id)
    start = {point: keys[theme] for point, theme, _ in placed}
    return Constraints(
        keys=keys,
        parents={one.key: keys.get(one.parent_id) for one in themes},
        start=start,
        pinned={
            point: keys[theme]
            for point, theme, by_person in placed
            if by_person or theme in locked or theme in held.themes or point in gathered
        },
        locked=frozenset(keys[theme] for theme in locked),
        kept=frozenset(one.id for one in themes if one.by_person or one.locked or one.id in held.themes),
        edit=last_edit(project_id),
        held=tuple(sorted(held.themes)),
    )


def merged_points(project_id: int) -> set[int]:
    """Points that a person has put together by merging two themes, unless that was undone."""
    undone = sa.select(ThemeEdit.reverses_id).where(
        ThemeEdit.project_id == project_id, ThemeEdit.reverses_id.is_not(None)
    )
    merges = db.session.scalars(
        sa.select(ThemeEdit.after).where(
            ThemeEdit.project_id == project_id, ThemeEdit.operation == "merge", ThemeEdit.id.not_in(undone)
        )
    )
    return {int(point) for after in merges for point in (*after["points"], *after.get("beside", ()))}


def last_edit(project_id: int) -> int:
    """The id of the last act of a person on the themes of a project; 0 where there is none."""
    return db.session.scalar(sa.select(sa.func.max(ThemeEdit.id)).where(ThemeEdit.project_id == project_id)) or 0


def touched_contributions(project_id: int) -> set[int]:
    """Contributions that a person has placed, and those that are held upstairs: no machine divides them."""
    placed = sa.select(Point.contribution_id).join(Placement, Placement.point_id == Point.id)
    placed = placed.where(Point.project_id == project_id, Point.retired_at.is_(None))
    locked = sa.select(Theme.id).where(Theme.project_id == project_id, Theme.locked)
    by_person = placed.where(Placement.by_person | Placement.theme_id.in_(locked))
    return set(db.session.scalars(by_person)) | set(held_in(project_id).contributions)


@dataclass(frozen=True)
class Said:
    """A point with its words."""

    id: int
    contribution_id: int
    words: str


def points_of(
    project_id: int, *, unplaced_after: int | None = None, after: int = 0, most: int | None = None
) -> list[Said]:
    """The points that have to be somewhere, with their words, in the order of their ids; no words for a drawing.

    What is covered is blank: the machine names no theme by it and gives no reason with it.

    Args:
        unplaced_after: only those that are nowhere yet and have a higher id.
        after: only those with a higher id. most: no more than so many, those with the lowest ids.
    """
    stretch = sa.func.substr(Text.words, Span.start + 1, Span.end - Span.start)
    query = (
        sa.select(Point.id, Point.contribution_id, stretch, Span.text_id, Span.start)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .outerjoin(Span, Span.point_id == Point.id)
        .outerjoin(Text, Text.id == Span.text_id)
        .where(Point.project_id == project_id, SAID)
        .order_by(Point.id, Span.id)
    )
    if unplaced_after is not None:
        query = query.where(Point.id > unplaced_after, NOWHERE)
    if after:
        query = query.where(Point.id > after)
    if most is not None:
        first = sa.select(Point.id).join(Contribution, Contribution.id == Point.contribution_id)
        first = first.where(Point.project_id == project_id, SAID, Point.id > after).order_by(Point.id).limit(most)
        query = query.where(Point.id.in_(first.scalar_subquery()))
    parts: dict[tuple[int, int], list[str]] = defaultdict(list)
    masks = masks_of(project_id=project_id)
    for point, contribution, words, text, start in db.session.execute(query):
        parts[point, contribution].append(masks.blanked(text, start, words) if words else "")
    return [Said(point, contribution, "\n".join(words)) for (point, contribution), words in parts.items()]


def linked(points: Sequence[Said], medoid: Mapping[int, int]) -> list[list[int]]:
    """Points of campaign letters that say the same part of the letter, to be kept together.

    A point goes with the part of the most typical letter that holds most of its runs of three words, at least half.
    """
    from analysis.match import contained, shingles

    of: dict[int, list[Said]] = defaultdict(list)
    for point in points:
        if point.contribution_id in medoid:
            of[point.contribution_id].append(point)
    parts = {typical: [(one.id, shingles(one.words)) for one in of[typical]] for typical in set(medoid.values())}
    together: dict[int, list[int]] = {one: [one] for each in parts.values() for one, _ in each}
    for contribution, said in of.items():
        if contribution == medoid[contribution]:
            continue
        for point in said:
            runs = shingles(point.words)
            near = [(contained(runs, part), -one) for one, part in parts[medoid[contribution]]]
            share, best = max(near, default=(0.0, 0))
            if share >= 0.5:
                together[-best].append(point.id)
    return [ids for ids in together.values() if len(ids) > 1]
