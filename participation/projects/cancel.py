"""A project is stopped: it stays on its page with the reason, and takes nothing in."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Notice, Project
from participation.projects.tell import tell_all
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind
from participation.rules.policy import Actor


def cancel_project(actor: Actor, project: Project, reason: str, *, now: datetime) -> None:
    """Stop a project that is announced, in public and with a reason; everybody who wrote or follows is told.

    Raises:
        NotAllowed: not the actor's, or the project is a draft, closed or cancelled.
    """
    permission.require(actor, Act.CANCEL_PROJECT, project, now)
    project.cancelled_at, project.cancelled_reason = now, reason
    db.session.add(Notice(project_id=project.id, kind=NoticeKind.CANCELLED, at=now, words=reason))
    db.session.flush()

    log.record(Act.CANCEL_PROJECT, actor, project, at=now, project_id=project.id)
    tell_all(project, "cancelled", now=now)
