"""A row of the rule table is changed from a day on. What was announced before keeps the rule it was announced under."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from participation.foundation import log, permission
from participation.foundation.db import db, forget
from participation.foundation.forms import Wrong
from participation.rules import dates, legal
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.statutes import queries
from participation.statutes.model import RuleChange


class TooEarly(Wrong):
    """What has been announced is never changed afterwards."""

    def __init__(self) -> None:
        super().__init__(
            mark("Ændringen kan tidligst gælde fra i dag. Det, der er offentliggjort, beholder sine regler.")
        )


class NothingChanged(Wrong):
    """Every field is as it was."""

    def __init__(self) -> None:
        super().__init__(mark("Der er ikke ændret noget. Ret et af felterne, eller gå tilbage."))


class ReasonMissing(Wrong):
    """Somebody will ask one day why the rule was changed."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv, hvorfor reglen bliver ændret, og hvor det står."))


def amend_rule(
    actor: Actor, key: str, values: Mapping[str, Any], from_day: date, reason: str, *, now: datetime
) -> RuleChange:
    """Change a row of the rule table from a day on.

    Args:
        key: of a legal basis or of a choice of complaint.
        values: the row's fields as they shall be; what is as it was is left alone.
        from_day: the first Danish day on which it holds, today or later.

    Raises:
        NotAllowed: the actor is no administrator.
        TooEarly, ReasonMissing, NothingChanged: see there.
        NotFound: there is no such row.
    """
    permission.require(actor, Act.AMEND_RULE, None, now)
    if from_day < dates.local_day(now):
        raise TooEarly
    if not reason.strip():
        raise ReasonMissing
    was = queries.row(key, from_day)
    became = legal.facts_of(type(was)(**legal.from_facts(legal.facts_of(was)) | dict(values)))
    facts = {name: fact for name, fact in became.items() if fact != legal.facts_of(was)[name]}
    if not facts:
        raise NothingChanged

    change = RuleChange(
        rule=key, from_day=from_day, facts=facts, reason=reason.strip(), made_at=now, made_by_id=actor.person_id
    )
    db.session.add(change)
    db.session.flush()
    forget("rule changes")

    numbers = [f"{name}={fact}" for name, fact in sorted(facts.items()) if isinstance(fact, int)]
    log.record(Act.AMEND_RULE, actor, change, at=now, rule=key, from_day=from_day, fields=sorted(facts), became=numbers)
    return change
