"""That each contributor was told, and whether they found it an answer."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.model import Contribution
from participation.foundation.db import Base
from participation.projects.model import Project, Round


class Feedback(Base):
    """One contributor told how each of their points was used; open by code also to those without an address."""

    __tablename__ = "feedback"

    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    published_at: Mapped[datetime]
    #: "email", "print" or "code" (nothing but the code to reach them by).
    channel: Mapped[str] = mapped_column(sa.String(12))

    contribution: Mapped[Contribution] = relationship()


class Lesson(Base):
    """What a case taught: three ticks at will and one lesson, for whoever does the same next time (RP-43, RE-43)."""

    __tablename__ = "lesson"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    asked_early: Mapped[bool]
    reached: Mapped[bool]
    mattered: Mapped[bool]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    written_at: Mapped[datetime]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)


class Verdict(Base):
    """ "Fik du svar på det, du skrev om?" once per contribution; a no is answered and counted (FU-22)."""

    __tablename__ = "verdict"

    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    answered: Mapped[bool]
    missing: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime]
    answer_by: Mapped[date | None]
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    replied_at: Mapped[datetime | None]

    contribution: Mapped[Contribution] = relationship()

    @property
    def project(self) -> Project:
        """The project, as the policy asks for it."""
        return self.contribution.project

    @property
    def round(self) -> Round:
        """The round, as the policy asks for it."""
        return self.contribution.round
