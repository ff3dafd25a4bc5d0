"""Staff sign in with e-mail and password, and sign out here or everywhere at once."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from flask_login import UserMixin

from participation.foundation import budgets, log, permission
from participation.foundation.db import db
from participation.people import passwords
from participation.people.model import EndedSession, Person
from participation.rules.acts import Act
from participation.rules.policy import VISITOR, Actor

WINDOW = timedelta(minutes=15)
TRIES = 10


class SignedIn(UserMixin):
    """A person as the session knows them: the key holds until they sign out of it, or everywhere."""

    def __init__(self, person: Person, mark: str | None = None):
        self.person, self.mark = person, secrets.token_urlsafe(12) if mark is None else mark

    def get_id(self) -> str:
        """The session's key: the person, how often they signed out everywhere, and the mark of this one session."""
        return f"{self.person.id}:{self.person.sessions}:{self.mark}"


def load_signed_in(key: str) -> SignedIn | None:
    """The person of a session's key, unless they have signed out of it or everywhere, or been made inactive."""
    person_id, _, rest = key.partition(":")
    sessions, _, mark = rest.partition(":")
    if not (person_id.isdecimal() and sessions.isdecimal()):
        return None
    ended = sa.exists().where(EndedSession.key_hash == _hash(f"{person_id}:{sessions}:{mark}"))
    person = db.session.scalar(sa.select(Person).where(Person.id == int(person_id), Person.active, ~ended))
    if person is None or person.sessions != int(sessions):
        return None
    return SignedIn(person, mark)


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


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


def sign_out(actor: Actor, signed_in: SignedIn, *, now: datetime) -> None:
    """End this session for good: the server remembers that it is over, so a copied cookie opens nothing (T9).

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.SIGN_OUT, signed_in.person, now)
    db.session.merge(EndedSession(key_hash=_hash(signed_in.get_id()), ended_at=now))
    log.record(Act.SIGN_OUT, actor, signed_in.person, at=now)


def sign_out_everywhere(actor: Actor, person: Person, *, now: datetime) -> None:
    """End every session of the person, on every device.

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.SIGN_OUT, person, now)
    person.sessions += 1
    log.record(Act.SIGN_OUT, actor, person, at=now)
