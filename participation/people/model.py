"""Departments, persons, their roles, invitations, and who stands aside in which case."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.foundation.db import Base
from participation.rules.kinds import ApprovalRule, Role, TieKind


class Department(Base):
    """A unit with its own contact, targets and rule for approval."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    hours: Mapped[str] = mapped_column(sa.String(120), default="")
    approval: Mapped[ApprovalRule] = mapped_column(default=ApprovalRule.NOTE)
    question_days: Mapped[int] = mapped_column(default=5)
    feedback_days: Mapped[int] = mapped_column(default=7)

    @property
    def department_id(self) -> int:
        """The department itself, as the policy asks for it."""
        return self.id


class Person(Base):
    """Somebody of the municipality, or a consultant, with a sign-in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    active: Mapped[bool] = mapped_column(default=True)
    sessions: Mapped[int] = mapped_column(default=1)
    shortcuts: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    memberships: Mapped[list[Membership]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class Account(Base):
    """A citizen's own page, opened by a link to their e-mail. Nobody needs one, and no staff page knows of it."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: In small letters.
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]

    #: Set when it was read from the session of whoever acts.
    is_signed_in = False


class AccountLink(Base):
    """A link that opens a citizen's own page once, within the half hour. Only its hash is kept."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    asked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EndedSession(Base):
    """A session that was signed out of: a copy of its cookie, wherever it lies, opens nothing any more."""

    __tablename__ = "ended_session"

    key_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    ended_at: Mapped[datetime]


class Membership(Base):
    """A role that a person holds, in a department or for the whole municipality (department is then empty)."""

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("person_id", "role", "department_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))

    department: Mapped[Department | None] = relationship(lazy="joined")


class Invitation(Base):
    """A one-time link with which somebody makes a password and gets a role. Only the hash of its token is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    role: Mapped[Role | None]
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Recusal(Base):
    """ "Jeg kan være inhabil i denne sag": the person loses the right to act there until it is lifted (RE-41)."""

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    substitute_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    declared_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class ProjectRole(Base):
    """A role in this one project, for a consultant."""

    __tablename__ = "project_role"
    __table_args__ = (sa.UniqueConstraint("person_id", "project_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    role: Mapped[Role]


class Tie(Base):
    """Where a person lives or is a member, told by themselves so that they can be warned; nobody else reads it."""

    __tablename__ = "tie"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[TieKind]
    words: Mapped[str] = mapped_column(sa.String(200))
