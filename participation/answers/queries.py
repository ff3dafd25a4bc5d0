"""Which answer a point has, and what still lacks one. A fixed number of queries for a whole project."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from participation.answers.model import Answer, AnswerPoint, Change, ChangeAnswer, Resume, stands
from participation.contributions.model import Contribution, Point
from participation.foundation.db import db
from participation.rules.handling import OWED
from participation.rules.kinds import Kind, SpanKind
from participation.rules.phases import Arrival
from participation.themes.model import Placement, Theme


@dataclass(frozen=True)
class OwedPoint:
    """A point that is owed an answer, and where to find it."""

    id: int
    contribution_id: int
    number: int
    kind: Kind
    campaign_id: int | None
    words_hash: str


@dataclass(frozen=True)
class Answers:
    """All answers of a project. A point's own answer wins over its contribution's, and that over its topic's."""

    points: Mapping[int, OwedPoint]
    by_point: Mapping[int, Answer]
    by_contribution: Mapping[int, Answer]
    by_theme: Mapping[int, Answer]
    theme_of: Mapping[int, int]
    parent_of: Mapping[int, int | None]
    approved: frozenset[tuple[int, int]]
    resumes: Mapping[tuple[str, int], Resume] = field(default_factory=dict)
    changes: Mapping[int, list[Change]] = field(default_factory=dict)

    def of_point(self, point_id: int, contribution_id: int) -> Answer | None:
        """The answer that a point has, if any."""
        if (own := self.by_point.get(point_id)) is not None:
            return own
        if (whole := self.by_contribution.get(contribution_id)) is not None:
            return whole
        theme = self.theme_of.get(point_id)
        while theme is not None:
            if (answer := self.by_theme.get(theme)) is not None:
                return answer
            theme = self.parent_of.get(theme)
        return None

    def is_approved(self, answer: Answer, point_id: int) -> bool:
        """Whether the answer was approved for this very point."""
        return (answer.id, point_id) in self.approved

    def lacking(self) -> list[OwedPoint]:
        """Points without a complete answer, in the order of their contributions."""
        return [point for point in self.points.values() if not self._complete(point)]

    def unapproved(self) -> list[OwedPoint]:
        """Points whose answer is complete but was not approved for them."""
        found = []
        for point in self.points.values():
            answer = self.of_point(point.id, point.contribution_id)
            if answer is not None and answer.is_complete and not self.is_approved(answer, point.id):
                found.append(point)
        return found

    def _complete(self, point: OwedPoint) -> bool:
        answer = self.of_point(point.id, point.contribution_id)
        return answer is not None and answer.is_complete


def answers_of(project_id: int, contribution_ids: Iterable[int] | None = None) -> Answers:
    """The answers of a project, or of some of its contributions, in seven queries whatever the size."""
    wanted = None if contribution_ids is None else set(contribution_ids)
    points = _owed(project_id, wanted)
    answers = db.session.scalars(sa.select(Answer).where(Answer.project_id == project_id, stands())).all()
    placements = sa.select(Placement.point_id, Placement.theme_id).join(Point, Point.id == Placement.point_id)
    placements = placements.where(Point.project_id == project_id)
    if wanted is not None:
        placements = placements.where(Point.contribution_id.in_(wanted))
    return Answers(
        points=points,
        by_point={answer.point_id: answer for answer in answers if answer.point_id is not None},
        by_contribution={answer.contribution_id: answer for answer in answers if answer.contribution_id is not None},
        by_theme={answer.theme_id: answer for answer in answers if answer.theme_id is not None},
        theme_of=dict(db.session.execute(placements).all()),
        parent_of=dict(
            db.session.execute(sa.select(Theme.id, Theme.parent_id).where(Theme.project_id == project_id)).all()
        ),
        approved=frozenset(
            db.session.execute(
                sa.select(AnswerPoint.answer_id, AnswerPoint.point_id)
                .join(Answer, Answer.id == AnswerPoint.answer_id)
                .where(Answer.project_id == project_id, AnswerPoint.approved_at.is_not(None))
            ).all()
        ),
        resumes=resumes_of(project_id),
        changes=changes_by_answer(project_id),
    )


def resumes_of(project_id: int) -> dict[tuple[str, int], Resume]:
    """Resumés by what they are about: ``("theme", id)`` or ``("contribution", id)``."""
    found: dict[tuple[str, int], Resume] = {}
    for resume in db.session.scalars(sa.select(Resume).where(Resume.project_id == project_id)):
        if resume.theme_id is not None:
            found["theme", resume.theme_id] = resume
        elif resume.contribution_id is not None:
            found["contribution", resume.contribution_id] = resume
    return found


def changes_of(project_id: int) -> list[Change]:
    """The proposed changes in the material, in order."""
    return list(
        db.session.scalars(
            sa.select(Change)
            .where(Change.project_id == project_id, Change.retired_at.is_(None))
            .options(selectinload(Change.answers).lazyload(Answer.project))
            .order_by(Change.position, Change.id)
        )
    )


def changes_by_answer(project_id: int) -> dict[int, list[Change]]:
    """The changes that each answer caused."""
    found: dict[int, list[Change]] = {}
    rows = db.session.execute(
        sa.select(ChangeAnswer.answer_id, Change)
        .join(Change, Change.id == ChangeAnswer.change_id)
        .where(Change.project_id == project_id, Change.retired_at.is_(None))
        .order_by(Change.position, Change.id)
    )
    for answer_id, change in rows:
        found.setdefault(answer_id, []).append(change)
    return found


def unanswered(project_id: int) -> list[OwedPoint]:
    """Every point that lacks a complete answer; an empty list lets the report through (RP-23, RE-29)."""
    return answers_of(project_id).lacking()


def _owed(project_id: int, wanted: set[int] | None) -> dict[int, OwedPoint]:
    """Points that owe an answer: said, not withdrawn, not a duplicate, in before the decision."""
    query = (
        sa.select(
            Point.id,
            Point.contribution_id,
            Contribution.number,
            Contribution.kind,
            Contribution.campaign_id,
            Contribution.words_hash,
        )
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(
            Point.project_id == project_id,
            Point.retired_at.is_(None),
            Point.kind == SpanKind.SAID,
            Contribution.handling.in_(OWED),
            Contribution.duplicate_of_id.is_(None),
            Contribution.arrival != Arrival.AFTER_DECISION,
        )
        .order_by(Contribution.number, Point.position)
    )
    if wanted is not None:
        query = query.where(Point.contribution_id.in_(wanted))
    return {row.id: OwedPoint(*row) for row in db.session.execute(query)}
