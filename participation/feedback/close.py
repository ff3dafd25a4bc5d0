"""A case is closed when everybody has their answer and what follows has an owner. Never before (DESIGN: gate close)."""

from datetime import datetime

from participation.feedback.queries import closing_gaps
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotReady(Wrong):
    """Something is owed; the sentences name what."""

    def __init__(self, missing: list[str]):
        super().__init__(" ".join([mark("Sagen kan ikke afsluttes endnu."), *missing]))


def close_project(actor: Actor, project: Project, *, now: datetime) -> None:
    """Close the case.

    Raises:
        NotAllowed: the actor may not work in this case.
        NotReady: a contribution or a question lacks its answer, somebody was not told, or a follow-up is open.
    """
    permission.require(actor, Act.CLOSE_PROJECT, project, now)
    if gaps := closing_gaps(project, now):
        raise NotReady([gap.words % {"numbers": ", ".join(map(str, gap.numbers))} for gap in gaps])
    project.closed_at = now
    db.session.flush()
    log.record(Act.CLOSE_PROJECT, actor, project, at=now, project_id=project.id)
