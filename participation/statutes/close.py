"""The town hall's closing days (lukkedage): answers and service targets are promised around them."""

from collections.abc import Collection
from datetime import date, datetime

from participation.foundation import clock, log, permission
from participation.foundation.settings import keep_setting
from participation.rules.acts import Act
from participation.rules.policy import Actor


def keep_closing_days(
    actor: Actor, every_year: Collection[str], own: Collection[tuple[date, str]], *, now: datetime
) -> None:
    """Set when the town hall is closed, besides weekends and public holidays (RE-26).

    Dates that were promised before stand as they were promised.

    Args:
        every_year: those of ``clock.OPTIONAL_DAYS`` that count here.
        own: single days and what they are called.

    Raises:
        NotAllowed: the actor is no administrator.
        ValueError: a day of every year is none of the optional ones.
    """
    permission.require(actor, Act.EDIT_CLOSING_DAYS, None, now)
    if unknown := set(every_year) - set(clock.OPTIONAL_DAYS):
        raise ValueError(f"no optional closing day: {sorted(unknown)}")
    listed = [[day.isoformat(), name] for day, name in sorted(set(own))]
    keep_setting(clock.CLOSING_DAYS, {"every_year": sorted(every_year), "own": listed}, now=now)

    days = [day for day, _name in listed]
    log.record(Act.EDIT_CLOSING_DAYS, actor, "setting:closing_days", at=now, every_year=sorted(every_year), own=days)
