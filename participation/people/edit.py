"""An administrator keeps departments, people and the municipality's own facts in order."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Department, Membership, Person
from participation.people.municipality import Municipality, keep
from participation.rules.acts import Act
from participation.rules.kinds import STAFF_ROLES, ApprovalRule, Role
from participation.rules.plain import mark
from participation.rules.policy import Actor


def edit_department(
    actor: Actor,
    department: Department | None,
    *,
    name: str,
    contact_name: str,
    phone: str,
    email: str,
    hours: str,
    approval: ApprovalRule,
    question_days: int,
    feedback_days: int,
    now: datetime,
) -> Department:
    """Make a department or change it; ``None`` makes a new one. Days are Danish working days (RL-29).

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.EDIT_DEPARTMENT, None, now)
    if department is None:
        department = Department()
        db.session.add(department)
    department.name, department.contact_name = name, contact_name
    department.phone, department.email, department.hours = phone, email, hours
    department.approval = approval
    department.question_days, department.feedback_days = question_days, feedback_days
    db.session.flush()
    log.record(Act.EDIT_DEPARTMENT, actor, department, at=now, approval=approval)
    return department


def edit_person(
    actor: Actor,
    person: Person,
    roles: set[tuple[Role, int | None]],
    *,
    active: bool,
    now: datetime,
) -> None:
    """Set a person's roles, or let them go: who is no longer active is signed out everywhere at once.

    Raises:
        NotAllowed: the actor is no administrator.
        Wrong: nobody raises their own role, and nobody shuts themselves out.
    """
    permission.require(actor, Act.EDIT_PERSON, None, now)
    held = {(membership.role, membership.department_id) for membership in person.memberships}
    if person.id == actor.person_id and (held != roles or not active):
        raise Wrong(mark("Du kan ikke ændre dine egne roller. Bed en anden administrator om det."))
    wanted = {(role, department if STAFF_ROLES[role] else None) for role, department in roles}
    person.memberships = [
        membership for membership in person.memberships if (membership.role, membership.department_id) in wanted
    ] + [Membership(role=role, department_id=department) for role, department in wanted - held]
    if person.active != active or held != wanted:
        person.sessions += 1
    person.active = active
    db.session.flush()
    log.record(Act.EDIT_PERSON, actor, person, at=now, active=active, roles=len(wanted))


def edit_municipality(actor: Actor, changed: Municipality, *, now: datetime) -> None:
    """Keep the municipality's name, deciding body and contact.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)
    keep(changed, now=now)
    log.record(Act.EDIT_MUNICIPALITY, actor, "municipality:1", at=now)
