"""Alike points with unlike recommendations are listed, and the difference is explained for the whole group at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from participation.answers.model import Alike, AlikePoint
from participation.answers.standing import ADVICE, with_answers
from participation.contributions.model import Contribution, Note, Point
from participation.contributions.note import write_note
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import NoteKind
from participation.rules.outcomes import Recommendation
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.counts import SAID

#: Groups on a page, and points of each group that are shown of one recommendation.
PAGE, SHOWN = 10, 3


def explain_difference(actor: Actor, alike: Alike, words: str, *, now: datetime) -> Note:
    """Say why points that ask for the same are advised differently; it holds for the recommendations as they are now.

    The reason is kept as a note of the case, which nobody can change.

    Raises:
        NotAllowed: the actor may not answer in this case.
        Wrong: nothing was said, or nothing differs.
    """
    permission.require(actor, Act.EXPLAIN_DIFFERENCE, alike, now)
    if not words.strip():
        raise Wrong(mark("Skriv, hvorfor de er behandlet forskelligt."))
    given = _given(alike.project_id).where(AlikePoint.alike_id == alike.id)
    advised = {point: advice for point, _alike, advice, _as in db.session.execute(given) if advice is not None}
    if len(set(advised.values())) < 2:
        raise Wrong(mark("De har fået samme indstilling nu. Der er ikke noget at forklare."))
    note = write_note(actor, alike.project, NoteKind.INTERNAL, words.strip(), now=now)
    alike.note_id = note.id
    for row in db.session.scalars(sa.select(AlikePoint).where(AlikePoint.alike_id == alike.id)):
        row.explained_as = advised.get(row.point_id)
    db.session.flush()
    log.record(
        Act.EXPLAIN_DIFFERENCE,
        actor,
        alike,
        at=now,
        project_id=alike.project_id,
        note=note.id,
        points=len(advised),
        kinds=sorted(set(advised.values())),
    )
    return note


@dataclass(frozen=True)
class Side:
    """Those of a group that got the same recommendation: how many, and a few of them to read."""

    recommendation: Recommendation
    count: int
    points: list[Point]


@dataclass(frozen=True)
class Difference:
    """A group of alike points with unlike recommendations; ``note`` is why, where somebody has said it before."""

    alike: Alike
    sides: list[Side]
    note: Note | None


def unlike(project_id: int) -> sa.Subquery:
    """The groups that wait for an explanation or for the same recommendation, one row each: ``alike_id``."""
    given = _given(project_id).subquery()
    told = sa.case((given.c.advice.is_(None) | (given.c.explained_as == given.c.advice), 0), else_=1)
    return (
        sa.select(given.c.alike_id)
        .group_by(given.c.alike_id)
        .having(sa.func.count(sa.distinct(given.c.advice)) > 1, sa.func.sum(told) > 0)
        .subquery()
    )


def unlike_numbers(project_id: int, most: int) -> list[int]:
    """The numbers of contributions with a point in such a group, the first ones."""
    groups = unlike(project_id)
    return list(
        db.session.scalars(
            sa.select(Contribution.number)
            .join(Point, Point.contribution_id == Contribution.id)
            .join(AlikePoint, AlikePoint.point_id == Point.id)
            .where(AlikePoint.alike_id.in_(sa.select(groups.c.alike_id)), SAID)
            .distinct()
            .order_by(Contribution.number)
            .limit(most)
        )
    )


def differences(project: Project) -> tuple[list[Difference], int]:
    """A page of the groups that wait, the first found first, each with a few points of every recommendation.

    Returns:
        The groups of the page, and how many there are in all.
    """
    groups = unlike(project.id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(groups)) or 0
    found = db.session.scalars(
        sa.select(Alike)
        .where(Alike.id.in_(sa.select(groups.c.alike_id)))
        .options(joinedload(Alike.note))
        .order_by(Alike.id)
        .limit(PAGE)
    ).all()
    sides = _sides(project.id, [one.id for one in found])
    return [Difference(one, sides.get(one.id, []), one.note) for one in found], total


def alike_of(project: Project, key: int) -> Alike | None:
    """One group of a project."""
    found = db.session.get(Alike, key)
    return found if found is not None and found.project_id == project.id else None


def _sides(project_id: int, keys: list[int]) -> dict[int, list[Side]]:
    given = _given(project_id).where(AlikePoint.alike_id.in_(keys)).subquery()
    place = sa.func.row_number().over(partition_by=(given.c.alike_id, given.c.advice), order_by=given.c.point_id)
    many = sa.func.count().over(partition_by=(given.c.alike_id, given.c.advice))
    ranked = sa.select(given, place.label("place"), many.label("many")).where(given.c.advice.is_not(None)).subquery()
    rows = db.session.execute(
        sa.select(ranked.c.alike_id, ranked.c.advice, ranked.c.many, Point)
        .join(Point, Point.id == ranked.c.point_id)
        .where(ranked.c.place <= SHOWN)
        .options(
            joinedload(Point.contribution).lazyload(Contribution.project),
            joinedload(Point.contribution).lazyload(Contribution.round),
        )
        .order_by(ranked.c.alike_id, ranked.c.many.desc(), ranked.c.advice, ranked.c.place)
    )
    found: dict[int, dict[Recommendation, Side]] = {}
    for key, advice, count, point in rows:
        side = found.setdefault(key, {}).setdefault(advice, Side(advice, count, []))
        side.points.append(point)
    return {key: list(sides.values()) for key, sides in found.items()}


def _given(project_id: int) -> sa.Select[Any]:
    """Each point of a group with the recommendation that stands for it, and the one that was explained."""
    return with_answers(
        sa.select(AlikePoint.point_id, AlikePoint.alike_id, ADVICE.label("advice"), AlikePoint.explained_as)
        .join(Alike, Alike.id == AlikePoint.alike_id)
        .join(Point, Point.id == AlikePoint.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(Alike.project_id == project_id, SAID)
    )
