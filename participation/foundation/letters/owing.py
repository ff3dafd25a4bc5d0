"""Owing a letter: a row and its job, in the transaction of the act."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from participation.foundation import jobs, log
from participation.foundation.db import db, put_unless, server_key
from participation.foundation.letters.facts import is_address, keep
from participation.foundation.model import Letter
from participation.rules.plain import mark

#: How long a letter is tried before a person has to see to it.
TRIED_FOR = timedelta(hours=72)

BAD_ADDRESS = mark("Mailadressen kan ikke bruges.")


@dataclass(frozen=True)
class Owed:
    """One letter of many that are owed at once; the fields are those of `owe`."""

    subject: log.Subject
    to: str
    dedupe: str
    facts: Mapping[str, Any]
    language: str = "da"
    channel: Literal["email", "print"] = "email"


def owe_many(kind: str, many: Sequence[Owed], *, at: datetime, project_id: int) -> int:
    """Owe many people a letter of one kind; so many statements, however many they are.

    Returns:
        How many letters are new; one that is owed already, or that has no address, is none.
    """
    rows = [
        _values(kind, one.subject, one.to, at, one.language, one.channel, one.dedupe, project_id, one.facts)
        for one in many
        if one.channel == "print" or one.to.strip()
    ]
    if not rows:
        return 0
    known = set(db.session.scalars(sa.select(Letter.dedupe).where(Letter.dedupe.in_([row["dedupe"] for row in rows]))))
    rows = list({row["dedupe"]: {"failed_at": None, "failure": None} | row for row in rows}.values())
    new = [row for row in rows if row["dedupe"] not in known]
    if new:
        db.session.execute(sa.insert(Letter), new)
        made = sa.select(Letter.id).where(Letter.dedupe.in_([row["dedupe"] for row in new]), Letter.failed_at.is_(None))
        ids = db.session.scalars(made.order_by(Letter.id))
        jobs.owe_many("letter", [{"letter": key} for key in ids], at=at, give_up_after=TRIED_FOR)
    return len(new)


def owe(
    kind: str,
    subject: log.Subject,
    *,
    to: str | None,
    at: datetime,
    language: str = "da",
    channel: Literal["email", "print"] = "email",
    dedupe: str | None = None,
    project_id: int | None = None,
    **facts: Any,
) -> Letter | None:
    """Owe somebody a letter, in the transaction of the act that it tells of.

    Args:
        kind: names the template.
        subject: what the letter is about, flushed before.
        to: an e-mail address, or on paper a name and an address.
        dedupe: the same kind, subject and recipient are owed one letter; this takes the subject's place.
        facts: what the template needs: words, numbers, days, moments, enums of the rules, and lists or maps of them.
            One that is named as a provider is given to it when the letter is written; ``reply_to`` is where an answer
            to the letter goes, ``calendar`` (title, starts, ends, place) comes along as a calendar file.

    Returns:
        The letter, the earlier one if it is owed already; nothing where there is no address to write to.

    Raises:
        TypeError: a fact cannot stand in a letter.
    """
    if channel == "email" and not (to and to.strip()):
        return None
    about = project_id if project_id is not None else log.project_of(subject)
    values = _values(kind, subject, to, at, language, channel, dedupe, about, facts)
    usable = "failed_at" not in values
    letter = put_unless(Letter, "dedupe", **values)
    if letter is None:
        return db.session.scalars(sa.select(Letter).where(Letter.dedupe == values["dedupe"])).one()
    if usable:
        jobs.owe("letter", {"letter": letter.id}, at=at, give_up_after=TRIED_FOR)
    return letter


def _values(
    kind: str,
    subject: log.Subject,
    to: str | None,
    at: datetime,
    language: str,
    channel: str,
    dedupe: str | None,
    project_id: int | None,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    to = to.strip().replace("\0", "\ufffd") if to else None
    values = {
        "kind": kind,
        "dedupe": _dedupe(kind, dedupe or log.subject_key(subject), channel, to),
        "project_id": project_id,
        "subject_key": log.subject_key(subject),
        "channel": channel,
        "recipient": to[:320] if to else None,
        "language": language[:5],
        "facts": {name: keep(name, fact) for name, fact in facts.items()},
        "owed_at": at,
    }
    if channel != "print" and not is_address(to):
        values |= {"failed_at": at, "failure": BAD_ADDRESS}
    return values


def _dedupe(kind: str, about: str, channel: str, to: str | None) -> str:
    if len(about) > 60:
        about = hashlib.sha256(about.encode()).hexdigest()[:40]
    whom = hmac.digest(server_key(), f"letter:{channel}:{(to or '').casefold()}".encode(), "sha256").hex()
    return f"{kind[:38]}:{about}:{whom[:20]}"
