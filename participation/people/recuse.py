""" "Jeg kan være inhabil i denne sag": said in one act, logged, and a substitute is named (RE-41)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.people.model import Person, Recusal
from participation.rules.acts import Act
from participation.rules.policy import Actor


def recuse(actor: Actor, project: Any, substitute: Person | None = None, *, now: datetime) -> Recusal:
    """Stand aside in a case: from now on the person may not act there (forvaltningsloven §§ 3-6).

    Args:
        project: the case.
        substitute: who takes over, if it is known.

    Raises:
        NotAllowed: nobody of the municipality is signed in.
    """
    permission.require(actor, Act.RECUSE, None, now)

    standing = db.session.scalar(
        sa.select(Recusal).where(
            Recusal.person_id == actor.person_id, Recusal.project_id == project.id, Recusal.lifted_at.is_(None)
        )
    )
    if standing is None:
        standing = Recusal(person_id=actor.person_id, project_id=project.id, declared_at=now)
        db.session.add(standing)
    standing.substitute_id = substitute.id if substitute is not None else standing.substitute_id
    db.session.flush()

    log.record(Act.RECUSE, actor, standing, at=now, project_id=project.id, substitute=standing.substitute_id)
    return standing


def recused_in(project_id: int) -> list[tuple[Recusal, Person]]:
    """Who stands aside in a case."""
    rows = db.session.execute(
        sa.select(Recusal, Person)
        .join(Person, Person.id == Recusal.person_id)
        .where(Recusal.project_id == project_id, Recusal.lifted_at.is_(None))
    )
    return [(recusal, person) for recusal, person in rows]
