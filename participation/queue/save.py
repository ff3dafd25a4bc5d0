"""A planner keeps a filter of the queue under a name, and drops it again; it is theirs alone."""

from datetime import datetime

import sqlalchemy as sa

from participation.foundation import permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.queue.model import SavedFilter
from participation.queue.wanted import Wanted
from participation.rules.acts import Act
from participation.rules.policy import Actor


def save_filter(actor: Actor, project: Project, name: str, wanted: Wanted, *, now: datetime) -> SavedFilter:
    """Keep a filter; one of the same name is replaced.

    Raises:
        NotAllowed: the actor may not read this case.
    """
    permission.require(actor, Act.READ_CASE, project, now)
    own = (SavedFilter.person_id == actor.person_id, SavedFilter.project_id == project.id, SavedFilter.name == name)
    kept = db.session.scalar(sa.select(SavedFilter).where(*own))
    if kept is None:
        kept = SavedFilter(person_id=actor.person_id, project_id=project.id, name=name)
        db.session.add(kept)
    kept.wanted = wanted.args
    db.session.flush()
    return kept


def drop_filter(actor: Actor, project: Project, kept: SavedFilter, *, now: datetime) -> None:
    """Drop one of one's own filters.

    Raises:
        NotAllowed: the actor may not read this case.
    """
    permission.require(actor, Act.READ_CASE, project, now)
    db.session.delete(kept)
    db.session.flush()
