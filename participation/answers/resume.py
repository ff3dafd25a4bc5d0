""" "Resumé skrevet af forvaltningen": beside the original words, never instead of them."""

from datetime import datetime

import sqlalchemy as sa

from participation.answers.model import Resume
from participation.contributions.model import Contribution
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.rules.acts import Act
from participation.rules.policy import Actor
from participation.themes.model import Theme


def write_resume(actor: Actor, about: Theme | Contribution, words: str, *, now: datetime) -> Resume | None:
    """Write, change or take away (empty words) the resumé of a topic or a contribution (RL-36).

    Raises:
        NotAllowed: the actor may not answer in this case.
    """
    permission.require(actor, Act.DRAFT_ANSWER, about, now)
    column = Resume.theme_id if isinstance(about, Theme) else Resume.contribution_id
    found = db.session.scalar(sa.select(Resume).where(column == about.id))
    if (found.words if found else "") == words.strip():
        return found
    if not words.strip() and found is not None:
        db.session.delete(found)
        found = None
    elif found is None:
        found = Resume(project_id=about.project_id, words=words.strip(), written_at=now, version=1)
        setattr(found, column.key, about.id)
        db.session.add(found)
    else:
        found.words, found.version = words.strip(), found.version + 1
    if found is not None:
        found.written_by_id, found.written_at = actor.person_id, now
    db.session.flush()
    log.record(Act.DRAFT_ANSWER, actor, about, at=now, project_id=about.project_id, resume=found is not None)
    return found
