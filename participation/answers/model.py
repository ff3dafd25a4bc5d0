"""The administration's remarks and recommendation, the set of points they answer, and the changes they cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.model import Contribution, Note, Point
from participation.foundation.db import Base
from participation.people.model import Department, Person
from participation.projects.model import Passage, Project, Round
from participation.rules.kinds import AnswerState, ChangeCause
from participation.rules.outcomes import Recommendation
from participation.themes.model import Theme


class Answer(Base):
    """Forvaltningens bemærkninger on a theme, a contribution or a single point: exactly one of the three."""

    __tablename__ = "answer"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN theme_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN contribution_id IS NOT NULL THEN 1 ELSE 0 END"
            " + CASE WHEN point_id IS NOT NULL THEN 1 ELSE 0 END = 1",
            name="answers_one_thing",
        ),
        sa.CheckConstraint(
            "recommendation IS NULL OR recommendation NOT IN ('not_accommodated', 'partly', 'out_of_scope')"
            " OR length(trim(reason)) > 0",
            name="a_no_has_its_reason",
        ),
        sa.UniqueConstraint("theme_id"),
        sa.UniqueConstraint("contribution_id"),
        sa.UniqueConstraint("point_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"))
    point_id: Mapped[int | None] = mapped_column(sa.ForeignKey("point.id"))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    recommendation: Mapped[Recommendation | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    professional_reason: Mapped[str] = mapped_column(sa.Text, default="")
    alternative: Mapped[str] = mapped_column(sa.Text, default="")
    #: The unit that gave the professional assessment (faglig vurdering); nobody assesses without a name (RE-31).
    assessed_by: Mapped[str] = mapped_column(sa.String(160), default="")
    passed_on_to: Mapped[str] = mapped_column(sa.String(160), default="")
    state: Mapped[AnswerState] = mapped_column(default=AnswerState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    theme: Mapped[Theme | None] = relationship()
    contribution: Mapped[Contribution | None] = relationship()
    point: Mapped[Point | None] = relationship()
    written_by: Mapped[Person | None] = relationship(foreign_keys=[written_by_id])

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round

    @property
    def is_complete(self) -> bool:
        """Whether it says something, recommends something, and gives its reason where one is owed."""
        return bool(self.words.strip()) and self.recommendation is not None

    @property
    def says_nothing(self) -> bool:
        """Whether all of it is empty: it is then taken back, and hides no other answer."""
        said = (self.words, self.reason, self.alternative, self.professional_reason, self.passed_on_to)
        return self.recommendation is None and not any(text.strip() for text in said)


def stands(answer: type[Answer] = Answer) -> sa.ColumnElement[bool]:
    """Whether an answer counts: not where it was taken back; then the next one in order does."""
    return answer.state != AnswerState.WITHDRAWN


class AnswerVersion(Base):
    """What an answer said before; append-only. One that says nothing is the answer taken back (withdrawn)."""

    __tablename__ = "answer_version"
    __table_args__ = (sa.UniqueConstraint("answer_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), index=True)
    version: Mapped[int]
    words: Mapped[str] = mapped_column(sa.Text)
    recommendation: Mapped[Recommendation | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    alternative: Mapped[str] = mapped_column(sa.Text, default="")
    professional_reason: Mapped[str] = mapped_column(sa.Text, default="")
    assessed_by: Mapped[str] = mapped_column(sa.String(160), default="")
    passed_on_to: Mapped[str] = mapped_column(sa.String(160), default="")
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]


class AnswerPoint(Base):
    """A point that an approved answer was approved for; one that moves in later is "ikke godkendt endnu"."""

    __tablename__ = "answer_point"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True, index=True)
    approved_at: Mapped[datetime | None]


class Resume(Base):
    """ "Resumé skrevet af forvaltningen", shown beside the original words and never instead of them."""

    __tablename__ = "resume"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), unique=True)
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"), unique=True)
    words: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Change(Base):
    """A change in the material: a place, before and after (either may be empty), and its cause."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(sa.String(160))
    before: Mapped[str] = mapped_column(sa.Text, default="")
    after: Mapped[str] = mapped_column(sa.Text, default="")
    cause: Mapped[ChangeCause] = mapped_column(default=ChangeCause.CONTRIBUTION)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    answers: Mapped[list[Answer]] = relationship(secondary="change_answer")

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class ChangeAnswer(Base):
    """The answers that caused a change."""

    __tablename__ = "change_answer"

    change_id: Mapped[int] = mapped_column(sa.ForeignKey("change.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), primary_key=True, index=True)


class Comparison(Base):
    """How far the points of a project have been compared with each other, so that like is treated alike (RE-30)."""

    __tablename__ = "comparison"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    #: The last point that was among them.
    seen_point_id: Mapped[int]
    compared_at: Mapped[datetime]


class Alike(Base):
    """Points that ask for the same; where they are advised differently, a note says why."""

    __tablename__ = "alike"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    note_id: Mapped[int | None] = mapped_column(sa.ForeignKey("note.id"))

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    note: Mapped[Note | None] = relationship()

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class AlikePoint(Base):
    """A point of such a group, and what was recommended for it when the difference was explained."""

    __tablename__ = "alike_point"

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    alike_id: Mapped[int] = mapped_column(sa.ForeignKey("alike.id"), index=True)
    explained_as: Mapped[Recommendation | None]


class NearPoint(Base):
    """A point that another one is near to, in the same case or an earlier one: its answer may do again."""

    __tablename__ = "near_point"

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    near_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True, index=True)
    #: Cosine of the TF-IDF weighed words, 0 to 1.
    score: Mapped[float]


class PointPassage(Base):
    """A paragraph that a point speaks of, as the citizen says or as the words suggest, and why."""

    __tablename__ = "point_passage"

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    passage_id: Mapped[int] = mapped_column(
        sa.ForeignKey("passage.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    #: Cosine of the weighed words, 0 to 1; 1 where it was named by its number.
    score: Mapped[float]
    #: Words of the material that the point shares, weightiest first; none of the citizen's own are kept here.
    shared: Mapped[list[Any]] = mapped_column(default=list)
    #: The citizen gave this place when writing.
    pointed_out: Mapped[bool] = mapped_column(default=False)

    passage: Mapped[Passage] = relationship(lazy="joined", innerjoin=True)


class MaterialReading(Base):
    """How far the points of a project have been held up against its material."""

    __tablename__ = "material_reading"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    #: The last piece of material, and the last point, that was among them.
    seen_material_id: Mapped[int]
    seen_point_id: Mapped[int]
    read_at: Mapped[datetime]


class TextBlock(Base):
    """A text that a department writes often, with places such as ``{emne}``; a new wording is a new row."""

    __tablename__ = "text_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(80))
    words: Mapped[str] = mapped_column(sa.Text)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship(lazy="joined", innerjoin=True)


class Presence(Base):
    """Which contribution a colleague has open, and when the page last said so; it tells nobody anything later."""

    __tablename__ = "presence"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    at: Mapped[datetime]
