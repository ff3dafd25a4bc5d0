"""A councillor keeps own notes and "jeg har læst", for nobody but themselves."""

from datetime import datetime

import sqlalchemy as sa

from participation.decisions.model import CouncilReading
from participation.foundation import permission
from participation.foundation.db import db, insert
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def keep_reading(actor: Actor, project: Project, notes: str, has_read: bool, *, now: datetime) -> None:
    """Keep or replace what this councillor has written for themselves; nothing at all is kept when both are empty.

    Like a citizen's draft it writes no line in the log: a line would tell others who has read, and when.

    Raises:
        NotAllowed: the actor is no councillor, or the project is not announced.
    """
    permission.require(actor, Act.KEEP_READING, project, now)

    mine = {"project_id": project.id, "person_id": actor.person_id}
    if not notes.strip() and not has_read:
        db.session.execute(sa.delete(CouncilReading).filter_by(**mine))
        return
    kept = {"notes": notes, "has_read": has_read}
    row = insert(CouncilReading).values(**mine, **kept)
    db.session.execute(row.on_conflict_do_update(index_elements=list(mine), set_=kept))
