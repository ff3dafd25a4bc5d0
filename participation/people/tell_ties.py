"""Somebody of the municipality says where they live and where they are a member, so that they can be warned in time."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Person, Tie
from participation.rules.acts import Act
from participation.rules.kinds import TieKind
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Ties of one person, and characters of one.
MOST, LONGEST = 30, 200


def tell_ties(actor: Actor, addresses: Sequence[str], organisations: Sequence[str], *, now: datetime) -> list[Tie]:
    """Keep a person's own ties in place of those they told of before; nobody else reads them (RE-41).

    Raises:
        NotAllowed: nobody of the municipality is signed in.
        Wrong: there are too many, or one is too long.
    """
    permission.require(actor, Act.TELL_TIES, None, now)
    told = [(TieKind.ADDRESS, one) for one in addresses] + [(TieKind.ORGANISATION, one) for one in organisations]
    told = [(kind, words.strip()) for kind, words in told if words.strip()]
    if len(told) > MOST or any(len(words) > LONGEST for _, words in told):
        raise Wrong(mark("Skriv højst 30 linjer, og højst 200 tegn på hver."))
    db.session.execute(sa.delete(Tie).where(Tie.person_id == actor.person_id))
    ties = [Tie(person_id=actor.person_id, kind=kind, words=words) for kind, words in dict.fromkeys(told)]
    db.session.add_all(ties)
    db.session.flush()
    log.record(Act.TELL_TIES, actor, db.session.get_one(Person, actor.person_id), at=now, ties=len(ties))
    return ties


def ties_of(person_id: int | None) -> list[Tie]:
    """What a person has told of themselves."""
    return list(db.session.scalars(sa.select(Tie).where(Tie.person_id == person_id).order_by(Tie.id)))
