"""Owing a letter: a row and its job, in the transaction of the act."""

import hashlib
import hmac
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
            to the letter goes.

    Returns:
        The letter, the earlier one if it is owed already; nothing where there is no address to write to.

    Raises:
        TypeError: a fact cannot stand in a letter.
    """
    if channel == "email" and not (to and to.strip()):
        return None
    to = to.strip().replace("\0", "\ufffd") if to else None
    values = {
        "kind": kind,
        "dedupe": _dedupe(kind, dedupe or log.subject_key(subject), channel, to),
        "project_id": project_id if project_id is not None else log.project_of(subject),
        "subject_key": log.subject_key(subject),
        "channel": channel,
        "recipient": to[:320] if to else None,
        "language": language[:5],
        "facts": {name: keep(name, fact) for name, fact in facts.items()},
        "owed_at": at,
    }
    usable = channel == "print" or is_address(to)
    if not usable:
        values |= {"failed_at": at, "failure": BAD_ADDRESS}
    letter = put_unless(Letter, "dedupe", **values)
    if letter is None:
        return db.session.scalars(sa.select(Letter).where(Letter.dedupe == values["dedupe"])).one()
    if usable:
        jobs.owe("letter", {"letter": letter.id}, at=at, give_up_after=TRIED_FOR)
    return letter


def _dedupe(kind: str, about: str, channel: str, to: str | None) -> str:
    if len(about) > 60:
        about = hashlib.sha256(about.encode()).hexdigest()[:40]
    whom = hmac.digest(server_key(), f"letter:{channel}:{(to or '').casefold()}".encode(), "sha256").hex()
    return f"{kind[:38]}:{about}:{whom[:20]}"
