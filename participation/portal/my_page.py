"""What stands on a citizen's own page and in the file with their data, and nothing of anybody else (GDPR 15 and 20).

A contribution is theirs when it was sent with their address and the owner of the address has said so by the link in its
receipt: an address that somebody else has typed proves nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from participation.contributions.model import Contact, Contribution, SavedDraft
from participation.contributions.save_draft import link
from participation.foundation import clock
from participation.foundation.db import db
from participation.foundation.model import Letter
from participation.people.model import Account
from participation.projects.model import Follow, Project
from participation.rules import phases


@dataclass(frozen=True)
class Mine:
    """What belongs to an account."""

    contributions: list[Contribution]
    follows: list[Follow]
    drafts: list[SavedDraft]


def mine(account: Account, *, now: datetime) -> Mine:
    """All that belongs to an account, the newest first; as many queries for a line as for a hundred."""
    contributions = sa.select(Contribution).where(*_own(account)).join(Contribution.contact)
    contributions = contributions.options(contains_eager(Contribution.contact), selectinload(Contribution.texts))
    follows = sa.select(Follow).where(Follow.email == account.email, Follow.confirmed_at.is_not(None))
    return Mine(
        list(db.session.scalars(contributions.order_by(Contribution.received_at.desc(), Contribution.id.desc()))),
        list(
            db.session.scalars(
                follows.join(Follow.project).order_by(Project.title).options(contains_eager(Follow.project))
            )
        ),
        _drafts(account, now),
    )


def own_contribution(account: Account, key: int) -> Contribution | None:
    """One contribution of the account, or nothing when it is not theirs."""
    own = sa.select(Contribution).join(Contribution.contact).where(*_own(account))
    return db.session.scalar(own.where(Contribution.id == key))


def own_follow(account: Account, key: int) -> Follow | None:
    """A case that the account follows, or nothing when it is not theirs."""
    return db.session.scalar(sa.select(Follow).where(Follow.id == key, Follow.email == account.email))


def write_in(account: Account, language: str) -> None:
    """The letters about the cases that the account follows come in this language; part of `choose_language`."""
    mine = sa.update(Follow).where(Follow.email == account.email, Follow.confirmed_at.is_not(None))
    db.session.execute(mine.values(language=language))


def exported(account: Account, *, now: datetime) -> dict[str, Any]:
    """All that belongs to an account as plain data, by Danish names that a person can read."""
    found = mine(account, now=now)
    keys = {f"contribution:{one.id}": one.id for one in found.contributions}
    sent = db.session.scalars(
        sa.select(Letter)
        .where(Letter.subject_key.in_(keys), sa.func.lower(Letter.recipient) == account.email)
        .order_by(Letter.id)
    ).all()
    written: dict[int, list[dict[str, Any]]] = {}
    for letter in sent:
        told = {"emne": letter.subject or "", "sendt": clock.iso(letter.sent_at) if letter.sent_at else ""}
        written.setdefault(keys[letter.subject_key], []).append(told)
    return {
        "e-mail": account.email,
        "sprog": account.language,
        "oprettet": clock.iso(account.made_at),
        "svar": [_told(one, written.get(one.id, [])) for one in found.contributions],
        "følger": [{"sag": one.project.title, "siden": clock.iso(one.confirmed_at)} for one in found.follows],
        "kladder": [
            {"sag": one.round.project.title, "gemt": clock.iso(one.saved_at), "link": link(one), "felter": one.fields}
            for one in found.drafts
        ],
    }


def _told(one: Contribution, letters: list[dict[str, Any]]) -> dict[str, Any]:
    contact = one.contact
    assert contact is not None
    return {
        "sag": one.project.title,
        "nummer": one.number,
        "modtaget": clock.iso(one.received_at),
        "tekster": [{"version": text.version, "ord": text.words} for text in one.texts],
        "sted": one.place,
        "sted på kortet": one.geometry,
        "navn": contact.name,
        "e-mail": contact.email,
        "telefon": contact.phone,
        "adresse": contact.address,
        "organisation": one.organisation,
        "vist med navn": one.show_name,
        "breve": letters,
    }


def standing(one: Contribution, now: datetime) -> phases.Phase:
    """Where the case of a contribution is now."""
    return phases.phase(one.round, now)


def _own(account: Account) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        sa.func.lower(Contact.email) == account.email,
        Contact.email_confirmed_at.is_not(None),
        Contribution.disputed_at.is_(None),
    )


def _drafts(account: Account, now: datetime) -> list[SavedDraft]:
    """Drafts whose link was sent to the address of the account."""
    sent = sa.select(Letter.facts).where(Letter.kind == "draft_link", sa.func.lower(Letter.recipient) == account.email)
    keys = {facts["draft"] for facts in db.session.scalars(sent.order_by(Letter.id)) if "draft" in facts}
    if not keys:
        return []
    kept = sa.select(SavedDraft).where(SavedDraft.id.in_(keys), SavedDraft.expires_at > now)
    return list(db.session.scalars(kept.order_by(SavedDraft.saved_at.desc()).options(selectinload(SavedDraft.round))))
