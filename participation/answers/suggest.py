"""Earlier answers to points that say nearly the same, offered with their source; a planner takes one over or not."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from participation.answers.model import Answer, NearPoint
from participation.answers.standing import ANSWER_ID, with_answers
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db
from participation.themes.counts import SAID
from participation.themes.model import Placement, Theme

#: Answers that are offered at once, and points of a topic that are asked for it.
OFFERED, ASKED = 3, 200


@dataclass(frozen=True)
class Earlier:
    """An answer that may do again.

    Attributes:
        source: the point that it answered.
        score: how near that one is, cosine 0 to 1.
    """

    answer: Answer
    source: Point
    score: float


def earlier_answers(about: Point | Theme) -> list[Earlier]:
    """Answers to points near this one, or near those of this topic; the nearest first, each answer once."""
    if isinstance(about, Point):
        asked: Any = [about.id]
    else:
        asked = sa.select(Placement.point_id).where(Placement.theme_id == about.id).order_by(Placement.point_id)
        asked = asked.limit(ASKED)
    near = (
        sa.select(NearPoint.near_id.label("id"), sa.func.max(NearPoint.score).label("score"))
        .where(NearPoint.point_id.in_(asked))
        .group_by(NearPoint.near_id)
        .subquery()
    )
    query = with_answers(
        sa.select(ANSWER_ID.label("answer_id"), Point.id.label("point_id"), near.c.score)
        .select_from(Point)
        .join(near, near.c.id == Point.id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(SAID)
    ).subquery()
    source = aliased(Point)
    rows = db.session.execute(
        sa.select(Answer, source, query.c.score)
        .join(Answer, Answer.id == query.c.answer_id)
        .join(source, source.id == query.c.point_id)
        .where(Answer.recommendation.is_not(None), Answer.words != "", *_others(about))
        .options(joinedload(source.contribution).joinedload(Contribution.project))
        .order_by(query.c.score.desc(), Answer.id)
        .limit(OFFERED * 8)
    )
    found: dict[tuple[str, str], Earlier] = {}
    for answer, point, score in rows:
        found.setdefault((answer.words, answer.recommendation or ""), Earlier(answer, point, score))
    return list(found.values())[:OFFERED]


def _others(about: Point | Theme) -> list[sa.ColumnElement[bool]]:
    """Not the answer that one is writing."""
    if isinstance(about, Theme):
        return [Answer.theme_id.is_distinct_from(about.id)]
    return [Answer.point_id.is_distinct_from(about.id)]
