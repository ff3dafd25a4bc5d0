"""Who is acting: the actor is made once per request, from the sign-in and the codes that the session has shown."""

from dataclasses import replace

import sqlalchemy as sa
from flask import g, session
from flask_login import current_user

from participation.foundation.db import db
from participation.people.model import Person, ProjectRole, Recusal
from participation.rules.policy import VISITOR, Actor


def actor_of(person: Person, held: frozenset[int] = frozenset()) -> Actor:
    """The actor that a person is: roles, consultancies and the cases where they stand aside."""
    return Actor(
        person_id=person.id,
        name=person.name,
        roles=frozenset((membership.role, membership.department_id) for membership in person.memberships),
        project_roles=frozenset(
            (role, project)
            for role, project in db.session.execute(
                sa.select(ProjectRole.role, ProjectRole.project_id).where(ProjectRole.person_id == person.id)
            )
        ),
        conflicts=frozenset(
            db.session.scalars(
                sa.select(Recusal.project_id).where(Recusal.person_id == person.id, Recusal.lifted_at.is_(None))
            )
        ),
        held=held,
    )


def current_actor() -> Actor:
    """Whoever sent this request."""
    if "actor" not in g:
        held = frozenset(session.get("held", ()))
        if current_user.is_authenticated:
            g.actor = actor_of(current_user.person, held)
        else:
            g.actor = Actor(held=held) if held else VISITOR
    return g.actor


def hold(contribution_id: int) -> None:
    """Let this session see a contribution's own page: its receipt was just given, or its code was just entered.

    The latest one is shown; no code or number stands in an address.
    """
    held = [one for one in session.get("held", ()) if one != contribution_id]
    session["held"] = [*held[-19:], contribution_id]
    g.pop("actor", None)


def holding(contribution_id: int) -> Actor:
    """Whoever sent this request, with a contribution whose link they have followed; for this one act."""
    actor = current_actor()
    return replace(actor, held=actor.held | {contribution_id})


def held_now() -> int | None:
    """The contribution whose page this session looks at."""
    held = session.get("held", ())
    return held[-1] if held else None
