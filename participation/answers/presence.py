"""Colleagues see that they read the same contribution, so that they speak together instead of writing twice."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.answers.model import Presence
from participation.contributions.model import Contribution
from participation.foundation import permission
from participation.foundation.db import db, insert
from participation.people.model import Person
from participation.rules.acts import Act
from participation.rules.policy import Actor

#: A page says once a minute that it is open; twice in vain, and its reader has left.
GONE_AFTER = timedelta(seconds=150)


def be_present(actor: Actor, contribution: Contribution, *, now: datetime) -> list[str]:
    """Say that one reads a contribution; one row per person, and no act, so nothing in the log.

    Returns:
        The names of the colleagues who read it, too.

    Raises:
        NotAllowed: the actor may not answer in this case.
    """
    permission.require(actor, Act.DRAFT_ANSWER, contribution, now)
    row = {"person_id": actor.person_id, "contribution_id": contribution.id, "at": now}
    known = insert(Presence).values(**row)
    here = {"contribution_id": contribution.id, "at": now}
    db.session.execute(known.on_conflict_do_update(index_elements=["person_id"], set_=here))
    return list(
        db.session.scalars(
            sa.select(Person.name)
            .join(Presence, Presence.person_id == Person.id)
            .where(
                Presence.contribution_id == contribution.id,
                Presence.person_id != actor.person_id,
                Presence.at > now - GONE_AFTER,
            )
            .order_by(Person.name)
            .limit(5)
        )
    )
