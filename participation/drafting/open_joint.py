"""A planner begins a text that citizens develop, and ends the work with one of its versions (RL-09)."""

from datetime import datetime

import sqlalchemy as sa

from participation.drafting.model import JointText, Revision
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


def open_joint_text(actor: Actor, round_: Round, title: str, words: str, *, now: datetime) -> JointText:
    """Begin a joint text; its start is the first version.

    Raises:
        NotAllowed: the actor may not work in this case, or the level has no joint texts.
    """
    permission.require(actor, Act.OPEN_JOINT_TEXT, round_, now)

    joint = JointText(
        project_id=round_.project_id,
        round_id=round_.id,
        title=title,
        words=words,
        opened_at=now,
        opened_by_id=actor.person_id,
    )
    db.session.add(joint)
    db.session.flush()

    log.record(Act.OPEN_JOINT_TEXT, actor, joint, at=now, project_id=joint.project_id)
    return joint


def close_joint_text(actor: Actor, joint: JointText, final: int, *, now: datetime) -> None:
    """End the work with one of the versions; all of them stay with the case.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is closed already, or there is no such version.
    """
    permission.require(actor, Act.CLOSE_JOINT_TEXT, joint, now)
    if joint.closed_at is not None:
        raise Wrong(mark("Den fælles tekst er lukket."))
    there = sa.select(Revision.id).where(Revision.joint_text_id == joint.id, Revision.number == final)
    if final != 1 and db.session.scalar(there) is None:
        raise Wrong(mark("Vælg en af tekstens versioner."))

    joint.closed_at, joint.closed_by_id, joint.final = now, actor.person_id, final
    db.session.flush()

    log.record(Act.CLOSE_JOINT_TEXT, actor, joint, at=now, project_id=joint.project_id, version=final)
