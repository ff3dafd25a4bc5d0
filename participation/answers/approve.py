"""The leader approves an answer, where the department asks for it, or all of them with the whole note."""

from datetime import datetime

import sqlalchemy as sa

from participation.answers.draft import approve, cover_points
from participation.answers.model import Answer
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState
from participation.rules.plain import mark
from participation.rules.policy import Actor


def approve_answer(actor: Actor, answer: Answer, *, now: datetime) -> None:
    """Approve one answer for the points it stands for now.

    Raises:
        NotAllowed: the actor is no leader of the department.
        Wrong: the answer is not complete.
    """
    permission.require(actor, Act.APPROVE_ANSWER, answer, now)
    if not answer.is_complete:
        raise Wrong(mark("Svaret mangler bemærkninger eller en indstilling. Udfyld det, før du godkender."))
    cover_points(answer)
    approve(answer, actor, now)
    log.record(Act.APPROVE_ANSWER, actor, answer, at=now, project_id=answer.project_id, version=answer.version)


def approve_all(actor: Actor, project: Project, *, now: datetime) -> int:
    """Approve every complete answer of the note that was just approved; the verb upstairs has asked the policy.

    Returns:
        How many were approved.
    """
    waiting = db.session.scalars(
        sa.select(Answer).where(Answer.project_id == project.id, Answer.state != AnswerState.APPROVED)
    ).all()
    complete = [answer for answer in waiting if answer.is_complete]
    for answer in complete:
        cover_points(answer)
        approve(answer, actor, now)
    return len(complete)
