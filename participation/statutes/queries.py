"""What the rule table says on a day. A round keeps the rule it was announced under, whatever is changed later."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from participation.foundation import clock
from participation.foundation.db import db, once
from participation.rules import dates, legal
from participation.rules.legal import COMPLAINTS, LEGAL_BASES, Complaint, LegalBasis
from participation.statutes.model import RuleChange


class Ruled(Protocol):
    """A round, as the rule table asks for it: ``rule`` is what it was announced under, as plain facts."""

    @property
    def legal_basis(self) -> str: ...
    @property
    def rule(self) -> dict[str, Any] | None: ...
    @property
    def announced_at(self) -> datetime | None: ...


def bases(on: date | None = None) -> Mapping[str, LegalBasis]:
    """The legal bases as they stand on a day, today by default."""
    return legal.edited(LEGAL_BASES, _changed(on, LEGAL_BASES))


def complaints(on: date | None = None) -> Mapping[str, Complaint]:
    """The choices of complaint guidance as they stand on a day, today by default."""
    return legal.edited(COMPLAINTS, _changed(on, COMPLAINTS))


def complaint_choices() -> list[tuple[str, str]]:
    """The choices of complaint guidance for a form."""
    return [(one.key, one.name) for one in complaints().values()]


def rule_of(round_: Ruled) -> LegalBasis | None:
    """The rule that a round stands under: the one it was announced under, or today's while it is planned."""
    if round_.rule is not None:
        return LegalBasis(**legal.from_facts(round_.rule))
    on = dates.local_day(round_.announced_at) if round_.announced_at is not None else None
    return bases(on).get(round_.legal_basis)


def row(key: str, on: date | None = None) -> LegalBasis | Complaint:
    """A row of either part of the table, as it stands on a day.

    Raises:
        NotFound: there is none of that key.
    """
    found = bases(on).get(key) or complaints(on).get(key)
    if found is None:
        raise NotFound
    return found


def changes_of(key: str) -> list[RuleChange]:
    """What was changed in a row, the latest first."""
    return sorted((one for one in _all() if one.rule == key), key=lambda one: one.id, reverse=True)


def coming() -> list[RuleChange]:
    """Changes whose day has not come yet, the next first."""
    today = dates.local_day(clock.now())
    return [one for one in _all() if one.from_day > today]


def _changed(on: date | None, table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The latest word on each field: a later day wins, and on the same day the later act."""
    day, changed = on or dates.local_day(clock.now()), dict[str, dict[str, Any]]()
    for one in _all():
        if one.rule in table and one.from_day <= day:
            changed.setdefault(one.rule, {}).update(legal.from_facts(one.facts))
    return changed


def _all() -> list[RuleChange]:
    asked = sa.select(RuleChange).order_by(RuleChange.from_day, RuleChange.id)
    return once("rule changes", lambda: list(db.session.scalars(asked)))
