"""What the search knows of the words of a case, who looks at which points, and what was done to many in one act."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.foundation.db import Base
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.rules.acts import Act


class Found(IntEnum):
    """What an entry of the search stands for."""

    CONTRIBUTION = 0
    POINT = 1
    ANSWER = 2


class SearchEntry(Base):
    """The stems of one contribution, point or answer as staff may read it; what is covered is not among them.

    The id is four times that of the row it stands for, and its kind, so that entries lie in the order of arrival and
    are written again in their place. The database keeps its full-text index in step with this table by itself.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    #: Whose words and of which kind, as one word: a search looks into one case at a time.
    scope: Mapped[str] = mapped_column(sa.String(30))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    #: Name, organisation and address of the sender, for those who may see them.
    sender: Mapped[str] = mapped_column(sa.Text, default="")


class SearchStale(Base):
    """Something of a contribution or an answer was changed: its entry is no longer trusted, and is written anew.

    The database adds the row itself, in the transaction of the change, whatever act it was. It is never found by
    words it no longer has: a contribution that stands here is left out of every search.
    """

    __tablename__ = "search_stale"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int | None] = mapped_column(index=True)
    answer_id: Mapped[int | None] = mapped_column(index=True)


class Assignment(Base):
    """Who looks at a point, and until when; a point lies with one person at a time."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index("ix_assignment_person", "person_id", "due_on", "point_id"),)

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    due_on: Mapped[date | None]
    #: The act that it was handed out in, so that undoing it takes back no later one.
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.id"), index=True)

    person: Mapped[Person] = relationship()


class Batch(Base):
    """One act on many points, which can be undone as one: they are handed to somebody, marked as read, or answered.

    ``wanted`` is the filter that chose them, as it stands in an address; empty where they were ticked one by one.
    """

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    act: Mapped[str] = mapped_column(sa.String(60))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    due_on: Mapped[date | None]
    wanted: Mapped[dict[str, Any]]
    total: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round

    @property
    def gives_answers(self) -> bool:
        """Whether each of the points was given an answer of its own."""
        return self.act == Act.DRAFT_ANSWER.value


class BatchPoint(Base):
    """A point of such an act, and with whom it lay or which version its own answer had before (0: it had none)."""

    __tablename__ = "batch_point"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    before_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    before_due_on: Mapped[date | None]
    before_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("batch.id"))
    before_version: Mapped[int | None]
    #: Whether undoing left its answer, since somebody had changed, approved or cited it in the meantime.
    stays: Mapped[bool | None]


class SavedFilter(Base):
    """A way to narrow the queue of a case that somebody has kept under a name; their own."""

    __tablename__ = "saved_filter"
    __table_args__ = (sa.UniqueConstraint("person_id", "project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    wanted: Mapped[dict[str, Any]]


class Assessment(Base):
    """A professional assessment that somebody outside the case was asked for, by a link and until a day (FU-09, FU-11).

    Only the hash of the link's token is kept. ``words`` are what came back; inside the municipality only.
    """

    __tablename__ = "assessment"
    __table_args__ = (sa.CheckConstraint("(answered_at IS NULL) = (words = '')", name="answer_has_words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    unit: Mapped[str] = mapped_column(sa.String(160), default="")
    email: Mapped[str] = mapped_column(sa.String(254))
    question: Mapped[str] = mapped_column(sa.Text)
    #: Who wrote what may be seen, too; else the words alone.
    shows_names: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    code_version: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round

    @property
    def waits(self) -> bool:
        """Whether the answer may still come."""
        return self.answered_at is None and self.revoked_at is None


class AssessmentPoint(Base):
    """A point that was handed over for an assessment; no other is seen through its link."""

    __tablename__ = "assessment_point"

    assessment_id: Mapped[int] = mapped_column(sa.ForeignKey("assessment.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True, index=True)
