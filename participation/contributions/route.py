"""What belongs to somebody else is sent on; the sender keeps number and page and hears who has it (RP-08)."""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.contributions.tell import tell_sender
from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Department
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


def route_contribution(
    actor: Actor,
    contribution: Contribution,
    to: Project | Department,
    words: str,
    *,
    suggested: str = "",
    now: datetime,
) -> None:
    """Send a contribution on to another case or department.

    The sender need not ask in several places: the number, the page and the code stay, and the answer is still owed
    here. Each hop is logged and counted.

    Args:
        words: to the one who takes over; the sender sees them too.
        suggested: the place that was suggested first (`suggest_place`), if any was; the log tells whether it was right.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it lies there already.
    """
    permission.require(actor, Act.ROUTE_CONTRIBUTION, contribution, now)
    department = to.department if isinstance(to, Project) else to
    project = to if isinstance(to, Project) else None
    if _lies_there(contribution, project, department):
        raise Wrong(mark("Det ligger der allerede. Vælg et andet sted."))

    contribution.forwarded_project_id = project.id if project is not None else None
    contribution.forwarded_department_id = department.id
    contribution.forwarded_at = now
    contribution.hops += 1
    db.session.flush()
    db.session.expire(contribution, ["forwarded_project", "forwarded_department"])

    chosen = f"p:{project.id}" if project is not None else f"d:{department.id}"
    log.record(
        Act.ROUTE_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        to_project=contribution.forwarded_project_id,
        to_department=department.id,
        hop=contribution.hops,
        hit=suggested == chosen if suggested else None,
    )
    once = f"{contribution.id}:{contribution.hops}"
    tell_sender("forwarded", contribution, at=now, dedupe=f"forwarded:{once}", words=words.strip())
    if department.email:
        letters.owe(
            "taken_over",
            contribution,
            to=department.email,
            at=now,
            dedupe=f"taken_over:{once}",
            project_id=contribution.project_id,
            contribution=contribution.id,
            words=words.strip(),
            page="/arbejde/indbakke",
        )


def _lies_there(contribution: Contribution, project: Project | None, department: Department) -> bool:
    if contribution.forwarded_at is None:
        here = contribution.project
        return project.id == here.id if project is not None else department.id == here.department_id
    to = (contribution.forwarded_project_id, contribution.forwarded_department_id)
    return to == (project.id if project is not None else None, department.id)
