"""Somebody who was asked says yes, with the name that the others see; or goes out again."""

from datetime import datetime

import sqlalchemy as sa

from participation.drafting import queries
from participation.drafting.model import Member
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.model import Letter
from participation.rules.acts import Act
from participation.rules.policy import Actor


def join_workspace(actor: Actor, member: Member, name: str, *, now: datetime) -> Member:
    """Be with them from now on.

    Raises:
        NotAllowed: the deadline has passed.
        Wrong: the text is sent.
    """
    permission.require(actor, Act.JOIN_WORKSPACE, member.workspace, now)
    queries.locked(member.workspace_id)

    member.name, member.joined_at = name, member.joined_at or now
    db.session.flush()
    return member


def leave_workspace(actor: Actor, member: Member, *, now: datetime) -> None:
    """Say no, or go out: the address, the link and what they said are forgotten; versions keep the writer's name."""
    permission.require(actor, Act.LEAVE_WORKSPACE, None, now)
    db.session.execute(sa.delete(Letter).where(Letter.subject_key == log.subject_key(member)))
    db.session.delete(member)
    db.session.flush()
