"""The sender takes it back: no longer shown or counted in figures, but it stays in the case."""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import Handling, step
from participation.rules.kinds import COUNTED_APART
from participation.rules.plain import mark
from participation.rules.policy import Actor


def withdraw_contribution(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Withdraw one's own contribution. Made in time, it still counts for the waiting time before the decision.

    Raises:
        NotAllowed: the actor does not hold its code.
        Wrong: it is withdrawn already.
    """
    permission.require(actor, Act.WITHDRAW_CONTRIBUTION, contribution, now)

    was = contribution.handling
    if was is Handling.WITHDRAWN:
        raise Wrong(mark("Du har allerede trukket det tilbage."))
    contribution.handling = step(was, Handling.WITHDRAWN)
    contribution.withdrawn_at = now
    contribution.hidden_reason = None
    project = contribution.project
    project.withdrawn_count = Project.withdrawn_count + 1
    if contribution.kind in COUNTED_APART:
        project.question_count = Project.question_count - 1
    if was is Handling.PUBLISHED:
        project.published_count = Project.published_count - 1
    db.session.flush()

    log.record(Act.WITHDRAW_CONTRIBUTION, actor, contribution, at=now, project_id=contribution.project_id, was=was)
