"""What a planner needs to see while answering a topic: its answer, whom it was approved for, and points' own ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound

from participation.answers.model import Answer, AnswerPoint, Resume, stands
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db
from participation.projects.model import Project
from participation.themes.counts import SAID
from participation.themes.held import Held, holds
from participation.themes.model import Placement, Theme


@holds
def answered(project_id: int) -> Held:
    """Themes that have an answer or a resumé keep their points, and a contribution that has one is not divided."""
    mine = (Answer.project_id == project_id, stands())
    return Held(
        themes=frozenset(
            db.session.scalars(
                sa.select(Answer.theme_id)
                .where(*mine, Answer.theme_id.is_not(None))
                .union(sa.select(Resume.theme_id).where(Resume.project_id == project_id, Resume.theme_id.is_not(None)))
            )
        ),
        contributions=frozenset(
            db.session.scalars(
                sa.select(Answer.contribution_id)
                .where(*mine, Answer.contribution_id.is_not(None))
                .union(sa.select(Point.contribution_id).join(Answer, Answer.point_id == Point.id).where(*mine))
            )
        ),
    )


@dataclass(frozen=True)
class TopicAnswer:
    """A topic's answer as it stands.

    Attributes:
        above: the answer of the theme above, which stands for the topic until it has its own.
        unapproved: points that came in after the approval: "ikke godkendt endnu".
    """

    answer: Answer | None
    resume: str
    above: Answer | None
    unapproved: int


def topic_answer(theme: Theme) -> TopicAnswer:
    """The answer of a topic, with its resumé."""
    about = [one for one in (theme.id, theme.parent_id) if one is not None]
    found = {
        one.theme_id: one for one in db.session.scalars(sa.select(Answer).where(Answer.theme_id.in_(about), stands()))
    }
    resume = db.session.scalar(sa.select(Resume.words).where(Resume.theme_id == theme.id))
    answer = found.get(theme.id)
    missing = 0
    if answer is not None and answer.approved_at is not None:
        missing = db.session.scalar(sa.select(sa.func.count()).select_from(_unapproved(theme, answer).subquery())) or 0
    return TopicAnswer(answer, resume or "", found.get(theme.parent_id or 0), missing)


def _unapproved(theme: Theme, answer: Answer) -> sa.Select[Any]:
    approved = sa.select(AnswerPoint.point_id).where(
        AnswerPoint.answer_id == answer.id, AnswerPoint.approved_at.is_not(None)
    )
    return (
        sa.select(Point.id)
        .join(Placement, Placement.point_id == Point.id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(Placement.theme_id == theme.id, SAID, Point.id.not_in(approved))
    )


def approved_of(answer: Answer | None, points: Collection[int]) -> set[int]:
    """Those of the points that the answer was approved for."""
    if answer is None:
        return set()
    return set(
        db.session.scalars(
            sa.select(AnswerPoint.point_id).where(
                AnswerPoint.answer_id == answer.id,
                AnswerPoint.point_id.in_(points),
                AnswerPoint.approved_at.is_not(None),
            )
        )
    )


def own_answers(points: Mapping[int, int]) -> dict[int, Answer]:
    """Answers that win over the topic's: of the point itself, or of its whole contribution.

    Args:
        points: point id → contribution id.
    """
    found = db.session.scalars(
        sa.select(Answer).where(
            Answer.point_id.in_(points) | Answer.contribution_id.in_(set(points.values())), stands()
        )
    ).all()
    by_point = {one.point_id: one for one in found if one.point_id is not None}
    by_whole = {one.contribution_id: one for one in found if one.contribution_id is not None}
    return {
        point: own
        for point, contribution in points.items()
        if (own := by_point.get(point) or by_whole.get(contribution)) is not None
    }


def point_of(project: Project, key: int) -> Point:
    """A point of a project that is owed an answer.

    Raises:
        NotFound: there is none, or it was divided since.
    """
    found = db.session.scalar(
        sa.select(Point)
        .join(Point.contribution)
        .where(Point.id == key, Point.project_id == project.id, SAID)
        .options(contains_eager(Point.contribution).joinedload(Contribution.contact))
    )
    if found is None:
        raise NotFound
    return found


def theme_of_point(point: Point) -> Theme | None:
    """The theme that a point is at home in."""
    return db.session.scalar(
        sa.select(Theme)
        .join(Placement, Placement.theme_id == Theme.id)
        .where(Placement.point_id == point.id, Theme.retired_at.is_(None))
    )


def answer_on_point(point: Point) -> Answer | None:
    """The point's own answer."""
    return db.session.scalar(sa.select(Answer).where(Answer.point_id == point.id, stands()))
