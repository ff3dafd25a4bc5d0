"""An administrator invites somebody by a one-time link; accepting it makes the password and gives the role."""

from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from participation.foundation import codes, letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people import passwords
from participation.people.model import Department, Invitation, Membership, Person, ProjectRole
from participation.rules.acts import Act
from participation.rules.kinds import STAFF_ROLES, Role
from participation.rules.plain import mark
from participation.rules.policy import VISITOR, Actor

LASTS = timedelta(days=14)


class UsedUp(Wrong):
    """The link was used, or it is too old."""

    def __init__(self) -> None:
        super().__init__(mark("Linket er brugt eller for gammelt. Bed om et nyt hos den, der sendte det."))


def invite_person(
    actor: Actor,
    name: str,
    email: str,
    role: Role,
    department: Department | None = None,
    *,
    project_id: int | None = None,
    now: datetime,
) -> str:
    """Invite somebody to a role; the link is sent by e-mail and shown once.

    Args:
        department: for planners and leaders; other roles are for the whole municipality.
        project_id: for a consultant, the one project the role is for.

    Returns:
        The one-time token of the link.

    Raises:
        NotAllowed: the actor is no administrator.
        Wrong: the role needs a department.
    """
    permission.require(actor, Act.INVITE_PERSON, None, now)
    if STAFF_ROLES[role] and department is None and project_id is None:
        raise Wrong(mark("Vælg en afdeling til den rolle."))

    email = email.strip().casefold()
    known = db.session.scalar(sa.select(Person).where(Person.email == email))
    invitation = Invitation(
        token_hash=f"not yet {uuid4().hex}",
        name=name.strip(),
        email=email,
        role=role,
        department_id=department.id if department is not None and STAFF_ROLES[role] else None,
        project_id=project_id,
        person_id=known.id if known else None,
        invited_by_id=actor.person_id,
        made_at=now,
        expires_at=now + LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    token = token_of(invitation.id)
    invitation.token_hash = codes.token_hash(token)

    log.record(Act.INVITE_PERSON, actor, invitation, at=now, role=role, department=invitation.department_id)
    letters.owe("invitation", invitation, to=email, at=now, name=invitation.name, invitation=invitation.id)
    return token


@letters.provider("invitation")
def _link(invitation_id: int) -> str:
    """The link of an invitation, for its letter; it is derived when needed and never stored."""
    return f"{current_app.config['BASE_URL']}/velkommen/{token_of(invitation_id)}"


def token_of(invitation_id: int) -> str:
    """The one-time token of an invitation."""
    return codes.link_token(f"invitation:{invitation_id}", 1)


def invitation_of(token: str, now: datetime) -> Invitation:
    """The invitation that a link stands for.

    Raises:
        UsedUp: it was used, or it is too old, or there never was one.
    """
    found = db.session.scalar(sa.select(Invitation).where(Invitation.token_hash == codes.token_hash(token)))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise UsedUp
    return found


def accept_invitation(token: str, password: str, *, now: datetime) -> Person:
    """Use the link: the person is made or found, gets the password and the role, and the link is spent.

    Raises:
        UsedUp: it was used, or it is too old.
        Wrong: the password is too short or too common.
    """
    permission.require(VISITOR, Act.ACCEPT_INVITATION, None, now)
    invitation = invitation_of(token, now)
    if (objection := passwords.objection(password, invitation.name, invitation.email)) is not None:
        raise Wrong(objection)

    person = db.session.scalar(sa.select(Person).where(Person.email == invitation.email))
    if person is None:
        person = Person(name=invitation.name, email=invitation.email, created_at=now)
        db.session.add(person)
    person.password_hash = passwords.hash_password(password)
    person.active = True
    person.sessions = (person.sessions or 0) + 1
    db.session.flush()
    if invitation.role is not None:
        _give(person, invitation)
    invitation.used_at, invitation.person_id = now, person.id
    db.session.flush()

    log.record(Act.ACCEPT_INVITATION, Actor(person_id=person.id), person, at=now, role=invitation.role)
    return person


def _give(person: Person, invitation: Invitation) -> None:
    role = invitation.role
    if role is None:
        return
    if invitation.project_id is not None:
        db.session.add(ProjectRole(person_id=person.id, project_id=invitation.project_id, role=role))
        return
    held = {(membership.role, membership.department_id) for membership in person.memberships}
    if (role, invitation.department_id) not in held:
        person.memberships.append(Membership(role=role, department_id=invitation.department_id))
