"""The workbench of a case told by its log alone: what was read, divided, placed, answered, handed out and covered.

The log holds ids and numbers; the rows that it names (an edit's before and after, a version, the points of an act on
many) are append-only. Everything is played again from the first line, without a look at how things stand now.
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from participation.answers.model import Answer, AnswerVersion
from participation.contributions.model import Contribution, Mask, Point
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.queue.model import Assignment, Batch, BatchPoint
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState
from participation.themes.model import Placement, SeeAlso, Theme, ThemeEdit

SAID = ("words", "recommendation", "reason", "alternative", "professional_reason", "assessed_by", "passed_on_to")
NAMED = ("title", "parent_id", "locked", "by_person", "merged_into_id")


@dataclass
class Desk:
    """How a case stands.

    Attributes:
        read: numbers of contributions. points: live points of each divided contribution.
        themes: those that stand. homes: theme of each point, and whether a person put it there.
        answers: what each answer says; one taken back is not among them. approved: those that are.
        held: person and day of each point that was handed out. masks: those that cover something.
    """

    read: set[int] = field(default_factory=set)
    points: dict[int, set[int]] = field(default_factory=dict)
    themes: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    homes: dict[int, tuple[int, bool]] = field(default_factory=dict)
    also: set[tuple[int, int]] = field(default_factory=set)
    answers: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    approved: set[int] = field(default_factory=set)
    held: dict[int, tuple[int, Any]] = field(default_factory=dict)
    masks: set[int] = field(default_factory=set)


def standing(project_id: int) -> Desk:
    """How the case stands now, read from its rows."""
    own = Point.project_id == project_id
    live = sa.select(Point.contribution_id, Point.id).where(own, Point.retired_at.is_(None))
    points: dict[int, set[int]] = {}
    for contribution, point in db.session.execute(live):
        points.setdefault(contribution, set()).add(point)
    mine = sa.select(Contribution.id).where(Contribution.project_id == project_id)
    answers = db.session.scalars(
        sa.select(Answer).where(Answer.project_id == project_id, Answer.state != AnswerState.WITHDRAWN)
    ).all()
    homes = sa.select(Placement).join(Point, Point.id == Placement.point_id).where(own)
    also = sa.select(SeeAlso.point_id, SeeAlso.theme_id).join(Point, Point.id == SeeAlso.point_id).where(own)
    held = sa.select(Assignment).where(Assignment.project_id == project_id)
    themes = sa.select(Theme).where(Theme.project_id == project_id, Theme.retired_at.is_(None))
    return Desk(
        read=set(
            db.session.scalars(
                sa.select(Contribution.number).where(Contribution.id.in_(mine), Contribution.read_at.is_not(None))
            )
        ),
        points=points,
        themes={one.id: tuple(getattr(one, name) for name in NAMED) for one in db.session.scalars(themes)},
        homes={one.point_id: (one.theme_id, one.by_person) for one in db.session.scalars(homes)},
        also={(point, theme) for point, theme in db.session.execute(also)},
        answers={one.id: tuple(getattr(one, name) for name in SAID) for one in answers},
        approved={one.id for one in answers if one.state is AnswerState.APPROVED},
        held={one.point_id: (one.person_id, one.due_on) for one in db.session.scalars(held)},
        masks=set(
            db.session.scalars(sa.select(Mask.id).where(Mask.contribution_id.in_(mine), Mask.lifted_at.is_(None)))
        ),
    )


def replayed(project_id: int, begun: Desk, *, approves_itself: bool) -> Desk:
    """How the case stands when its log is played again.

    Args:
        begun: how it stood when the first line was written.
        approves_itself: the department asks for no approval, so that what is complete is approved when it is written.
    """
    desk, handed = Desk(points=dict(begun.points)), {}
    lines = db.session.scalars(sa.select(LogEntry).where(LogEntry.project_id == project_id).order_by(LogEntry.id))
    for line in lines.all():
        facts, key = line.facts, int(line.subject.partition(":")[2] or 0)
        if line.act == Act.READ_CONTRIBUTION:
            desk.read = desk.read - set(facts["numbers"]) if facts.get("undone") else desk.read | set(facts["numbers"])
        elif line.act == Act.SPLIT_CONTRIBUTION:
            desk.points[key] = set(facts["points"])
        elif line.act == Act.EDIT_THEMES:
            _edit(desk, db.session.get_one(ThemeEdit, key).after)
        elif line.act == Act.DRAFT_ANSWER:
            _answer(desk, facts, approves_itself)
        elif line.act == Act.APPROVE_ANSWER:
            desk.approved.add(key)
        elif line.act == Act.ASSIGN_POINTS:
            _hand(desk, handed, facts)
        elif line.act == Act.MASK_CONTRIBUTION:
            lifted = facts.get("lifted", [])
            desk.masks |= set(facts.get("masks", ()))
            desk.masks -= {lifted} if isinstance(lifted, int) else set(lifted)
    return desk


def _edit(desk: Desk, after: dict[str, Any]) -> None:
    for theme, told in after["themes"].items():
        desk.themes.pop(int(theme), None)
        if not told["retired"]:
            desk.themes[int(theme)] = tuple(told[name] for name in NAMED)
    for point, home in after["points"].items():
        desk.homes.pop(int(point), None)
        if home is not None:
            desk.homes[int(point)] = (home["theme_id"], home["by_person"])
        desk.also = {one for one in desk.also if one[0] != int(point)}
        desk.also |= {(int(point), theme) for theme in after["see"].get(point, ())}


def _answer(desk: Desk, facts: dict[str, Any], approves_itself: bool) -> None:
    for key, version in zip(facts["answers"], facts["versions"], strict=True):
        kept = sa.select(AnswerVersion).where(AnswerVersion.answer_id == key, AnswerVersion.version == version)
        told = db.session.scalars(kept).one()
        says = tuple(getattr(told, name) for name in SAID)
        desk.answers.pop(key, None)
        desk.approved.discard(key)
        if any(says):
            desk.answers[key] = says
            if approves_itself and told.words.strip() and told.recommendation is not None:
                desk.approved.add(key)
        answer = db.session.get_one(Answer, key)
        one = answer.point.contribution if answer.point is not None else answer.contribution
        if one is not None and "batch" not in facts:
            desk.read.add(one.number)  # whoever answers has read it


def _hand(desk: Desk, handed: dict[int, int], facts: dict[str, Any]) -> None:
    batch = db.session.get_one(Batch, facts["batch"])
    for row in db.session.scalars(sa.select(BatchPoint).where(BatchPoint.batch_id == batch.id)):
        if not facts.get("undone"):
            desk.held[row.point_id], handed[row.point_id] = (facts["person"], batch.due_on), batch.id
        elif handed.get(row.point_id) == batch.id:
            del desk.held[row.point_id], handed[row.point_id]
            if row.before_person_id is not None:
                desk.held[row.point_id] = (row.before_person_id, row.before_due_on)
                handed[row.point_id] = row.before_batch_id
