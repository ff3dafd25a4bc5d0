"""What may be read of people: by administrators, and by colleagues who need a name."""

import sqlalchemy as sa

from participation.foundation.db import db, get_or_404
from participation.people.model import Department, Invitation, Membership, Person, Recusal
from participation.rules.kinds import Role
from participation.rules.policy import Actor


def departments() -> list[Department]:
    """All departments by name."""
    return list(db.session.scalars(sa.select(Department).order_by(Department.name)))


def department(key: int) -> Department:
    """One department.

    Raises:
        NotFound: there is none.
    """
    return get_or_404(Department, key)


def persons() -> list[Person]:
    """Everybody with a sign-in, by name."""
    return list(db.session.scalars(sa.select(Person).order_by(Person.active.desc(), Person.name)))


def person(key: int) -> Person:
    """One person.

    Raises:
        NotFound: there is none.
    """
    return get_or_404(Person, key)


def open_invitations() -> list[Invitation]:
    """Invitations that were not used yet, newest first."""
    return list(
        db.session.scalars(sa.select(Invitation).where(Invitation.used_at.is_(None)).order_by(Invitation.id.desc()))
    )


def colleagues(department_id: int) -> list[Person]:
    """Active planners and leaders of a department."""
    return list(
        db.session.scalars(
            sa.select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.active, Membership.department_id == department_id)
            .distinct()
            .order_by(Person.name)
        )
    )


def others(actor: Actor, project_id: int, department_id: int) -> list[Person]:
    """The colleagues who could look at a case after the actor: planners and leaders who do not stand aside in it."""
    aside = sa.select(Recusal.person_id).where(Recusal.project_id == project_id, Recusal.lifted_at.is_(None))
    return list(
        db.session.scalars(
            sa.select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Person.active,
                Membership.role.in_((Role.PLANNER, Role.LEADER)),
                Membership.department_id == department_id,
                Person.id != actor.person_id if actor.person_id is not None else sa.true(),
                Person.id.not_in(aside),
            )
            .distinct()
            .order_by(Person.name)
        )
    )


def leaders(department_id: int) -> list[Person]:
    """Active leaders of a department."""
    return list(
        db.session.scalars(
            sa.select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.active, Membership.department_id == department_id, Membership.role == Role.LEADER)
            .order_by(Person.name)
        )
    )
