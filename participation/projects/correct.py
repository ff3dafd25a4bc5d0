"""A mistake is told in public as soon as it is seen, put right, and everyone touched by it is told (RP-28)."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Notice, Project
from participation.projects.tell import tell_all
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind
from participation.rules.policy import Actor


def correct_mistake(actor: Actor, project: Project, wrong: str, put_right: str, *, now: datetime) -> Notice:
    """Tell everybody who wrote and everybody who follows what went wrong, and what is done about it.

    Args:
        wrong: what went wrong, as citizens read it.
        put_right: what is done about it.

    Raises:
        NotAllowed: the actor may not work in this case, or it is not public.
    """
    permission.require(actor, Act.CORRECT_MISTAKE, project, now)

    notice = told_correction(project, f"{wrong.strip()}\n\n{put_right.strip()}", now=now)

    log.record(Act.CORRECT_MISTAKE, actor, project, at=now, project_id=project.id, notice=notice.id)
    return notice


def told_correction(project: Project, words: str, *, now: datetime) -> Notice:
    """Write a line in the public log of corrections, and owe it to everyone touched; the verb asks the policy first."""
    notice = Notice(project_id=project.id, kind=NoticeKind.CORRECTION, at=now, words=words)
    db.session.add(notice)
    db.session.flush()
    tell_all(project, "corrected", now=now, notice=notice.id)
    return notice
