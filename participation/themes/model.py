"""Themes in two levels, where each point has its home, and every edit that a person made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.model import Point
from participation.foundation.db import Base
from participation.projects.model import Project, Round


class Run(Base):
    """One grouping by the machine: staged, then shown by one flip."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    #: waiting, staged (rows that nobody sees yet), done, failed, or stopped by a person.
    state: Mapped[str] = mapped_column(sa.String(12), default="waiting")
    wished: Mapped[int | None]
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("job.id"))
    points: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    facts: Mapped[dict[str, Any]]
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(sa.String(300), default="")
    #: What was learned, kept with the latest run alone: it places the points that come in later.
    model: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    #: The last point that the machine has looked at.
    seen_point_id: Mapped[int] = mapped_column(default=0)

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class Theme(Base):
    """A hovedemne (no parent) or an emne under one."""

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(160))
    #: What the analysis calls it from run to run.
    key: Mapped[str] = mapped_column(sa.String(60), default="")
    #: Typical words and the quotes that the machine proposed: ids and offsets, never retold.
    words: Mapped[list[Any]] = mapped_column(default=list)
    quotes: Mapped[list[Any]] = mapped_column(default=list)
    firmness: Mapped[float | None]
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("run.id"))
    by_person: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    #: Points that say something and are owed an answer, those of its topics included.
    point_count: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    parent: Mapped[Theme | None] = relationship(remote_side=[id], foreign_keys=[parent_id])

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class Placement(Base):
    """A point's one home, and why it is there."""

    __tablename__ = "placement"
    __table_args__ = (sa.Index("ix_placement_theme_sureness", "theme_id", "sureness"),)

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    by_person: Mapped[bool] = mapped_column(default=False)
    sureness: Mapped[float | None]
    why: Mapped[list[Any]] = mapped_column(default=list)
    next_best_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    placed_at: Mapped[datetime]

    point: Mapped[Point] = relationship()
    theme: Mapped[Theme] = relationship(foreign_keys=[theme_id])


class StagedPlacement(Base):
    """Where a run under way would put a point; nobody sees it before the flip. No theme: it is left over."""

    __tablename__ = "staged_placement"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("run.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    sureness: Mapped[float | None]
    why: Mapped[list[Any]] = mapped_column(default=list)
    next_best_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))


class Sample(Base):
    """Points drawn at random that a person places without seeing where the machine has put them."""

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("run.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    drawn_at: Mapped[datetime]
    #: All have been read, or the reader stopped here.
    done_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    points: Mapped[list[SamplePoint]] = relationship(back_populates="sample", order_by="SamplePoint.position")

    @property
    def round(self) -> Round | None:
        """The round that the policy reads."""
        return self.project.round


class SamplePoint(Base):
    """A drawn point: the hovedemne of the machine when it was drawn, and the one that the reader chose."""

    __tablename__ = "sample_point"

    sample_id: Mapped[int] = mapped_column(sa.ForeignKey("sample.id"), primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    position: Mapped[int]
    machine_theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    #: None with a time: the reader found no theme for it.
    chosen_theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    chosen_at: Mapped[datetime | None]

    sample: Mapped[Sample] = relationship(back_populates="points")
    point: Mapped[Point] = relationship()


class SeeAlso(Base):
    """A second theme that a point also speaks to."""

    __tablename__ = "see_also"

    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True)


class ThemeEdit(Base):
    """One act of a person on themes, append-only: it serves undo, history and the constraints of a new run."""

    __tablename__ = "theme_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    operation: Mapped[str] = mapped_column(sa.String(20))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme_edit.id"))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
