"""Staff sign in with e-mail and password, and sign out everywhere at once."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_login import UserMixin

from participation.foundation import budgets, log, permission
from participation.foundation.db import db
from participation.people import passwords
from participation.people.model import Person
from participation.rules.acts import Act
from participation.rules.policy import VISITOR, Actor

WINDOW = timedelta(minutes=15)
TRIES = 10


class SignedIn(UserMixin):
    """A person as the session knows them: the key holds until they sign out everywhere."""

    def __init__(self, person: Person):
        self.person = person

    def get_id(self) -> str:
        """The session's key: the person and how often they have signed out everywhere."""
        return f"{self.person.id}:{self.person.sessions}"


def load_signed_in(key: str) -> SignedIn | None:
    """The person of a session's key, unless they have signed out everywhere or been made inactive."""
    person_id, _, sessions = key.partition(":")
    if not (person_id.isdigit() and sessions.isdigit()):
        return None
    person = db.session.get(Person, int(person_id))
    if person is None or not person.active or person.sessions != int(sessions):
        return None
    return SignedIn(person)


def check_password(email: str, password: str, *, address: str, now: datetime) -> Person | None:
    """The person with this e-mail and password, or nothing.

    Guessing has a budget per network address and per account, kept outside the request; an unknown e-mail takes as
    long as a wrong password.
    """
    email = email.strip().casefold()
    within = budgets.spend(f"sign_in:{address}", TRIES * 3, WINDOW, now) & budgets.spend(
        f"sign_in:{email}", TRIES, WINDOW, now
    )
    if not within:
        log.record_apart(Act.SIGN_IN, VISITOR, "sign_in:budget", at=now, fits=False)
        return None
    person = db.session.scalar(sa.select(Person).where(Person.email == email, Person.active))
    if not passwords.fits(password, person.password_hash if person else None):
        log.record_apart(Act.SIGN_IN, VISITOR, person or "person:unknown", at=now, fits=False)
        return None
    return person


def sign_in(person: Person, password: str, *, now: datetime) -> SignedIn:
    """Let a person in whose password was just checked; an outdated hash is renewed."""
    permission.require(VISITOR, Act.SIGN_IN, person, now)
    if person.password_hash is not None and passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hash_password(password)
    log.record(Act.SIGN_IN, Actor(person_id=person.id), person, at=now, fits=True)
    return SignedIn(person)


def sign_out_everywhere(actor: Actor, person: Person, *, now: datetime) -> None:
    """End every session of the person, on every device.

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.SIGN_OUT, person, now)
    person.sessions += 1
    log.record(Act.SIGN_OUT, actor, person, at=now)
