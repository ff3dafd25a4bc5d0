"""A planner has read what came in; the case cannot be weighed before all of it is read (RE-29)."""

from collections.abc import Iterable
from datetime import datetime

from participation.contributions.model import Contribution
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def read_contributions(
    actor: Actor, project: Project, contributions: Iterable[Contribution], *, now: datetime
) -> list[Contribution]:
    """Mark contributions of one project as read; those that are read already stay as they are.

    Returns:
        The ones that are read from now on.

    Raises:
        NotAllowed: the actor may not work in this case.
        ValueError: one belongs to another project.
    """
    permission.require(actor, Act.READ_CONTRIBUTION, project, now)
    chosen = list(contributions)
    if any(one.project_id != project.id for one in chosen):
        raise ValueError("a contribution of another project")
    unread = [one for one in chosen if one.read_at is None]
    if not unread:
        return []

    for one in unread:
        one.read_at, one.read_by_id = now, actor.person_id
    db.session.flush()

    log.record(Act.READ_CONTRIBUTION, actor, project, at=now, numbers=sorted(one.number for one in unread))
    return unread
