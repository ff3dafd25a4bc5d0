"""An authority vetoes a plan in writing; until it takes the veto back, the plan cannot be adopted (planloven § 28)."""

from datetime import date, datetime

from participation.contributions.model import Contribution
from participation.decisions.model import Veto
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor


def record_veto(
    actor: Actor,
    project: Project,
    authority: str,
    made_on: date,
    contribution: Contribution | None = None,
    *,
    now: datetime,
) -> Veto:
    """Write down that an authority vetoes the plan.

    Args:
        made_on: the day it came in.
        contribution: what the authority wrote, where it is in the case.

    Raises:
        NotAllowed: the actor may not work with the decision of this case.
    """
    permission.require(actor, Act.RECORD_VETO, project, now)
    veto = Veto(
        project_id=project.id,
        contribution_id=contribution.id if contribution is not None else None,
        authority=authority,
        made_on=made_on,
        registered_at=now,
    )
    db.session.add(veto)
    db.session.flush()
    log.record(Act.RECORD_VETO, actor, veto, at=now, project_id=project.id, made_on=made_on)
    return veto


def lift_veto(actor: Actor, veto: Veto, *, now: datetime) -> None:
    """Write down that the authority has taken its veto back. A second time changes nothing.

    Raises:
        NotAllowed: the actor may not work with the decision of this case.
    """
    permission.require(actor, Act.RECORD_VETO, veto.project, now)
    if veto.lifted_at is not None:
        return
    veto.lifted_at = now
    db.session.flush()
    log.record(Act.RECORD_VETO, actor, veto, at=now, project_id=veto.project_id, lifted=True)
