"""The automatic warning: somebody who works on the case has the same name, address or organisation as a contributor."""

import sqlalchemy as sa

from participation.contributions.model import Contact, Contribution
from participation.foundation.db import db
from participation.people.model import Person
from participation.projects.model import Project
from participation.rules.policy import Actor


def may_be_partial(actor: Actor, project: Project) -> list[int]:
    """Numbers of contributions that share a name or an e-mail with the person; a warning, never a refusal (RE-41)."""
    person = db.session.get(Person, actor.person_id) if actor.person_id is not None else None
    if person is None or project.id in actor.conflicts:
        return []
    surname = person.name.split()[-1] if person.name.split() else person.name
    return list(
        db.session.scalars(
            sa.select(Contribution.number)
            .join(Contact, Contact.contribution_id == Contribution.id)
            .where(
                Contribution.project_id == project.id,
                sa.or_(
                    sa.func.lower(Contact.name) == person.name.lower(),
                    Contact.name.endswith(f" {surname}", autoescape=True),
                    Contact.email == person.email,
                ),
            )
            .order_by(Contribution.number)
            .limit(5)
        )
    )
