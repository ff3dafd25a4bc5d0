"""The white paper: what a planner adds to it, its approval, and its frozen numbered versions in two renditions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.foundation.db import Base
from participation.foundation.model import File
from participation.projects.model import Project, Round
from participation.rules.kinds import PaperForm, Rendition


class PaperDraft(Base):
    """What a planner adds to the compiled facts: the overall recommendation, § 27(2), own words on the method."""

    __tablename__ = "paper_draft"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    form: Mapped[PaperForm] = mapped_column(default=PaperForm.BY_CONTRIBUTION)
    overall: Mapped[str] = mapped_column(sa.Text, default="")
    materially_changed: Mapped[bool | None]
    materially_changed_reason: Mapped[str] = mapped_column(sa.Text, default="")
    short_codes: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    written_at: Mapped[datetime]


class Approval(Base):
    """The leader's yes to the whole note, asked for by one link that works on a phone."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: SHA-256 over what was shown for approval; an approval holds only for what was read.
    digest: Mapped[str] = mapped_column(sa.String(64))
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    approved: Mapped[bool | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    #: A department of one approves itself with a reason, logged and printed.
    self_approved: Mapped[bool] = mapped_column(default=False)

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class WhitePaper(Base):
    """Version N of the white paper, immutable once frozen."""

    __tablename__ = "white_paper"
    __table_args__ = (sa.UniqueConstraint("project_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"))
    version: Mapped[int]
    form: Mapped[PaperForm]
    since: Mapped[list[Any]] = mapped_column(default=list)
    approval_id: Mapped[int | None] = mapped_column(sa.ForeignKey("approval.id"))
    frozen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    frozen_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(sa.Text, default="")

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    documents: Mapped[list[Document]] = relationship(back_populates="paper", lazy="selectin")

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class CasePackage(Base):
    """A version that is owed to the municipality's case system (ESDH), and what came of it; each version once.

    ``failure`` is what a planner is told while it is tried, ``status`` what the case system answered, ``receipt`` its
    own number for the package, ``sha256`` that of the bytes it took.
    """

    __tablename__ = "case_package"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("white_paper.id"), unique=True)
    owed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(sa.String(200), default="")
    status: Mapped[int | None]
    receipt: Mapped[str] = mapped_column(sa.String(120), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")

    paper: Mapped[WhitePaper] = relationship(lazy="joined", innerjoin=True)


class Document(Base):
    """A frozen file of a white paper, in one rendition and one format; its hash stands in the log."""

    __tablename__ = "document"
    __table_args__ = (sa.UniqueConstraint("paper_id", "rendition", "format"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(sa.ForeignKey("white_paper.id"), index=True)
    rendition: Mapped[Rendition]
    #: "json" and "jsonl" (what the page shows), "pdf", "docx", "xlsx", or open data: "data", "svar" and "emner".
    format: Mapped[str] = mapped_column(sa.String(8))
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))
    sha256: Mapped[str] = mapped_column(sa.String(64))

    paper: Mapped[WhitePaper] = relationship(back_populates="documents")
    file: Mapped[File | None] = relationship(lazy="joined")
