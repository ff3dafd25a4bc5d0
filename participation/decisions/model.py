"""White papers on agendas, and what the deciding body settled for each answer."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.answers.model import Answer
from participation.foundation.db import Base
from participation.people.model import Person
from participation.projects.model import Project, Round, Step
from participation.reports.model import WhitePaper
from participation.rules.outcomes import Outcome


class AgendaItem(Base):
    """The white paper attached to a step's agenda (RP-35)."""

    __tablename__ = "agenda_item"
    __table_args__ = (sa.UniqueConstraint("step_id", "paper_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id"), index=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("white_paper.id"), index=True)
    attached_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    attached_at: Mapped[datetime]
    #: When it was written down that the deciding body had it before it (RP-35).
    considered_at: Mapped[datetime | None]

    step: Mapped[Step] = relationship(lazy="joined", innerjoin=True)
    paper: Mapped[WhitePaper] = relationship(lazy="joined", innerjoin=True)


class AnswerOutcome(Base):
    """What the deciding body settled for one answer (RP-39, RP-49)."""

    __tablename__ = "answer_outcome"

    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), primary_key=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("step.id"), index=True)
    outcome: Mapped[Outcome]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime]

    answer: Mapped[Answer] = relationship()
    step: Mapped[Step] = relationship()


class Veto(Base):
    """A written veto of an authority against a plan: no final adoption until it is lifted (planloven § 28)."""

    __tablename__ = "veto"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    #: What the authority wrote, where it came in as a contribution.
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"))
    authority: Mapped[str] = mapped_column(sa.String(160))
    made_on: Mapped[date]
    registered_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class CouncilReading(Base):
    """What a councillor keeps for themselves about a case: own notes, and "jeg har læst". Only they are shown it."""

    __tablename__ = "council_reading"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    has_read: Mapped[bool] = mapped_column(default=False)


class CouncilQuestion(Base):
    """What a councillor asks the administration before the meeting; every member sees question and answer."""

    __tablename__ = "council_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    replied_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    replied_by: Mapped[Person | None] = relationship(foreign_keys=[replied_by_id])

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class FollowUp(Base):
    """Something that is to be done after the decision, with an owner and a date, shown in public until done (FU-17)."""

    __tablename__ = "follow_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    words: Mapped[str] = mapped_column(sa.Text)
    owner: Mapped[str] = mapped_column(sa.String(120))
    due_on: Mapped[date | None]
    answer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("answer.id"))
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    handed_to: Mapped[str] = mapped_column(sa.String(160), default="")

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    answer: Mapped[Answer | None] = relationship()

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round

    @property
    def is_settled(self) -> bool:
        """Whether it is done or somebody else has taken it over."""
        return self.done_at is not None or bool(self.handed_to)
