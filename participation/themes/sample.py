"""A second coder: a planner places a random sample blind, and the page says how well machine and person agree.

The points are drawn among those that the machine has placed and nobody has moved, and it is kept where they were when
they were drawn: what happens to the themes afterwards changes no figure.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from participation.contributions.model import Contribution, Point
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.agreement import Agreement, agreement
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.counts import SAID
from participation.themes.model import Placement, Sample, SamplePoint, Theme
from participation.themes.queries import shown_run

#: How many points a sample may have; the first is proposed.
SIZES = (20, 40, 80)


class NothingToDraw(Wrong):
    """The machine has placed no point that nobody has moved."""

    def __init__(self) -> None:
        super().__init__(mark("Der er ingen punkter at trække. Saml punkterne i emner først."))


@dataclass(frozen=True)
class Read:
    """A sample that has been read.

    Attributes:
        found: agreement over hovedemner; None stands for no theme.
        apart: the points where person and machine chose differently.
        unchanged: of all that the machine has placed, the share that nobody has moved, 0 to 1.
    """

    sample: Sample
    found: Agreement[int | None]
    apart: Sequence[SamplePoint]
    titles: Mapping[int, str]
    unchanged: float


def draw_sample(actor: Actor, project: Project, size: int, *, now: datetime) -> Sample:
    """Draw points at random; a sample that the actor has begun is returned as it is.

    Args:
        size: points; fewer where there are not so many.

    Raises:
        NotAllowed: the actor may not work in this case.
        NothingToDraw: nothing has been placed by the machine.
    """
    permission.require(actor, Act.READ_SAMPLE, project, now)
    if (begun := under_way(actor, project)) is not None:
        return begun
    homes = db.session.execute(_placed(project.id, Placement.point_id, _UPPER)).all()
    if not homes:
        raise NothingToDraw
    drawn = secrets.SystemRandom().sample(homes, min(size, len(homes)))
    run = shown_run(project)
    sample = Sample(
        project_id=project.id, run_id=run.id if run is not None else None, by_id=actor.person_id, drawn_at=now
    )
    sample.points = [
        SamplePoint(point_id=point, position=number, machine_theme_id=theme)
        for number, (point, theme) in enumerate(drawn, 1)
    ]
    db.session.add(sample)
    db.session.flush()
    log.record(Act.READ_SAMPLE, actor, sample, at=now, project_id=project.id, step="drawn", points=len(drawn))
    return sample


def choose(actor: Actor, sample: Sample, point_id: int, theme_id: int | None, *, now: datetime) -> None:
    """Say where a drawn point belongs; the last one ends the sample. A second choice for a point replaces the first.

    Raises:
        NotAllowed: the actor may not work in this case.
        LookupError: the point was not drawn, or the sample is another person's or at its end.
    """
    permission.require(actor, Act.READ_SAMPLE, sample, now)
    if sample.by_id != actor.person_id or sample.done_at is not None:
        raise LookupError(sample.id)
    row = db.session.get(SamplePoint, (sample.id, point_id))
    if row is None:
        raise LookupError(point_id)
    row.chosen_theme_id, row.chosen_at = theme_id, now
    if all(one.chosen_at is not None for one in sample.points):
        _end(actor, sample, now)


def stop(actor: Actor, sample: Sample, *, now: datetime) -> None:
    """End the sample here; what has been read counts.

    Raises:
        NotAllowed: the actor may not work in this case.
        LookupError: the sample is another person's.
    """
    permission.require(actor, Act.READ_SAMPLE, sample, now)
    if sample.by_id != actor.person_id:
        raise LookupError(sample.id)
    if sample.done_at is None:
        _end(actor, sample, now)


def _end(actor: Actor, sample: Sample, now: datetime) -> None:
    sample.done_at = now
    found = agreement(_pairs(sample))
    log.record(
        Act.READ_SAMPLE, actor, sample, at=now, project_id=sample.project_id, step="done", points=found.points,
        same=found.same,
    )  # fmt: skip


# -- reading ----------------------------------------------------------------------------------------------------------


def under_way(actor: Actor, project: Project) -> Sample | None:
    """The sample that this person has begun and not ended."""
    return db.session.scalar(
        sa.select(Sample)
        .where(Sample.project_id == project.id, Sample.by_id == actor.person_id, Sample.done_at.is_(None))
        .order_by(Sample.id.desc())
        .limit(1)
    )


def next_point(sample: Sample) -> SamplePoint | None:
    """The first point that has no choice yet, with its words and its letter."""
    whole = joinedload(SamplePoint.point).joinedload(Point.contribution)
    return db.session.scalar(
        sa.select(SamplePoint)
        .where(SamplePoint.sample_id == sample.id, SamplePoint.chosen_at.is_(None))
        .order_by(SamplePoint.position)
        .limit(1)
        .options(
            joinedload(SamplePoint.point).selectinload(Point.spans),
            whole.selectinload(Contribution.texts),
            whole.lazyload(Contribution.project),
            whole.lazyload(Contribution.round),
        )
    )


def latest(project: Project) -> Read | None:
    """The last sample of a project that somebody has read to its end; nothing where no point of it was placed."""
    sample = db.session.scalar(
        sa.select(Sample)
        .where(
            Sample.project_id == project.id,
            Sample.done_at.is_not(None),
            sa.exists().where(SamplePoint.sample_id == Sample.id, SamplePoint.chosen_at.is_not(None)),
        )
        .order_by(Sample.done_at.desc(), Sample.id.desc())
        .limit(1)
        .options(
            selectinload(Sample.points).joinedload(SamplePoint.point).options(
                selectinload(Point.spans),
                joinedload(Point.contribution).options(
                    selectinload(Contribution.texts).lazyload("*"), joinedload(Contribution.project).lazyload("*")
                ),
            )
        )
    )  # fmt: skip
    if sample is None:
        return None
    apart = [one for one in sample.points if one.chosen_at is not None and one.chosen_theme_id != one.machine_theme_id]
    titles = dict(db.session.execute(sa.select(Theme.id, Theme.title).where(Theme.project_id == project.id)).all())
    return Read(sample, agreement(_pairs(sample)), apart, titles, _unchanged(project.id))


def _pairs(sample: Sample) -> list[tuple[int | None, int | None]]:
    return [(one.chosen_theme_id, one.machine_theme_id) for one in sample.points if one.chosen_at is not None]


_UPPER = sa.func.coalesce(Theme.parent_id, Theme.id)


def _placed(project_id: int, *columns: Any) -> sa.Select[Any]:
    """What the machine has placed and nobody has moved."""
    return (
        sa.select(*columns)
        .select_from(Placement)
        .join(Theme, Theme.id == Placement.theme_id)
        .join(Point, Point.id == Placement.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(Point.project_id == project_id, SAID, Theme.retired_at.is_(None), Placement.by_person.is_(False))
        .order_by(None)
    )


def _unchanged(project_id: int) -> float:
    left = db.session.scalar(_placed(project_id, sa.func.count())) or 0
    by_hand = (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Placement)
            .join(Point, Point.id == Placement.point_id)
            .where(Point.project_id == project_id, Placement.by_person.is_(True))
        )
        or 0
    )
    return left / (left + by_hand) if left + by_hand else 0.0
