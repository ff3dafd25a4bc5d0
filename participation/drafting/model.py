"""What several people write together: versions that are never changed, and who stands behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.contributions.model import Contribution, Text
from participation.foundation.db import Base
from participation.projects.model import Project, Round
from participation.rules import dates
from participation.rules.kinds import Capacity

#: Days that a workspace is kept after its words were sent, or after the deadline.
DAYS = 30


class Version(Protocol):
    """One state of a text that several write. It is never changed: who has another idea makes another version."""

    @property
    def number(self) -> int:
        """From one, in the order that they were made."""

    @property
    def based_on(self) -> int | None:
        """The version that whoever wrote this one had before them; nothing for the first."""

    @property
    def words(self) -> str:
        """The whole text."""


class Workspace(Base):
    """Where the members of one body write its contribution together, unseen by the staff until it is sent (RP-51).

    Whoever has a member's link may read and write; nobody else.
    """

    __tablename__ = "workspace"
    __table_args__ = (sa.CheckConstraint("(sent_at IS NULL) = (contribution_id IS NULL)", name="sent_is_kept"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Random: the key that it is sent with, once.
    seed: Mapped[str] = mapped_column(sa.String(32), unique=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    capacity: Mapped[Capacity]
    organisation: Mapped[str] = mapped_column(sa.String(160))
    cvr: Mapped[str] = mapped_column(sa.String(8), default="")
    #: How many must approve; nothing where it is all who are with them.
    quorum: Mapped[int | None]
    opened_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"))

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    members: Mapped[list[Member]] = relationship(back_populates="workspace", order_by="Member.id", viewonly=True)
    versions: Mapped[list[TogetherVersion]] = relationship(order_by="TogetherVersion.number", viewonly=True)

    @property
    def project(self) -> Project:
        """The project, as the policy asks for it."""
        return self.round.project

    @property
    def latest(self) -> TogetherVersion | None:
        """The text as it stands."""
        return self.versions[-1] if self.versions else None

    @property
    def kept_until(self) -> datetime | None:
        """The first moment that it is no longer kept; nothing where no end is known yet."""
        over = [
            moment
            for moment in (self.sent_at, self.round.closes_at, self.project.closed_at, self.project.cancelled_at)
            if moment is not None
        ]
        return dates.local_day_end(dates.last_day(min(over)) + timedelta(days=DAYS)) if over else None


class Member(Base):
    """Somebody who writes in a workspace, or is asked to. The link is derived from the seed; only its hash is kept."""

    __tablename__ = "workspace_member"
    __table_args__ = (sa.UniqueConstraint("workspace_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(sa.ForeignKey("workspace.id", ondelete="CASCADE"))
    seed: Mapped[str] = mapped_column(sa.String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    code_version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    asked_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]

    workspace: Mapped[Workspace] = relationship(back_populates="members", lazy="joined", innerjoin=True)

    @property
    def round(self) -> Round:
        """The round, as the policy asks for it."""
        return self.workspace.round

    @property
    def is_with(self) -> bool:
        """Whether they have said yes."""
        return self.joined_at is not None


class TogetherVersion(Base):
    """A version of a body's text; the writer's name stays when the writer leaves."""

    __tablename__ = "workspace_version"
    __table_args__ = (sa.UniqueConstraint("workspace_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(sa.ForeignKey("workspace.id", ondelete="CASCADE"))
    number: Mapped[int]
    based_on: Mapped[int | None]
    words: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.String(160))
    made_at: Mapped[datetime]

    opinions: Mapped[list[Opinion]] = relationship(order_by="Opinion.id", viewonly=True)


class Opinion(Base):
    """What a member says to one version: yes or no, with a note. The last one said stands; a new version has none."""

    __tablename__ = "workspace_opinion"
    __table_args__ = (sa.UniqueConstraint("version_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("workspace_version.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("workspace_member.id", ondelete="CASCADE"), index=True)
    approves: Mapped[bool]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    #: The member's own wish, with the yes: named on the page as one of those who approved.
    show_name: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]

    member: Mapped[Member] = relationship(viewonly=True)


class JointText(Base):
    """A text that the municipality begins and citizens develop, in co-creation (RL-09); version 1 is the start."""

    __tablename__ = "joint_text"
    __table_args__ = (sa.CheckConstraint("(closed_at IS NULL) = (final IS NULL)", name="closed_has_final"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    title: Mapped[str] = mapped_column(sa.String(160))
    words: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: The number of the version that the work ended with.
    final: Mapped[int | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)


class Revision(Base):
    """A version of a joint text that somebody proposed: a contribution whose words say why; its text is the whole.

    So it has a number, a receipt and an answer as any other, and whatever keeps or covers a contribution does it here.
    """

    __tablename__ = "revision"
    __table_args__ = (sa.UniqueConstraint("joint_text_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    joint_text_id: Mapped[int] = mapped_column(sa.ForeignKey("joint_text.id"))
    number: Mapped[int]
    based_on: Mapped[int]
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), unique=True)
    text_id: Mapped[int] = mapped_column(sa.ForeignKey("text.id"))

    joint_text: Mapped[JointText] = relationship()
    contribution: Mapped[Contribution] = relationship()
    text: Mapped[Text] = relationship()
