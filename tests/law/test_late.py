"""Late words by the house's rule, over the whole table: before the white paper, after it, after the decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import pytest

from participation.foundation.db import settling
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.levels import Level
from participation.rules.phases import TAKES_IN, Arrival, arrival, phase
from tests.contributed import receive
from tests.law.conftest import Figure
from tests.matters import LAST_DAY

CLOSES = dates.local_day_end(LAST_DAY)
REPORTED, DECIDED = CLOSES + timedelta(days=20), CLOSES + timedelta(days=40)
TICK = timedelta(microseconds=1)


@dataclass
class Dated:
    """A round's dates and facts."""

    closes_at: datetime | None
    reported_at: datetime | None
    decided_at: datetime | None
    level: Level = Level.HEARING
    announced_at: datetime | None = CLOSES - timedelta(days=30)
    opens_at: datetime | None = CLOSES - timedelta(days=30)
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None


def meant(round_: Dated, at: datetime) -> Arrival:
    """The place after the last of the facts that lies behind (DESIGN: late)."""
    facts = (round_.closes_at, round_.reported_at, round_.decided_at)
    places = (Arrival.LATE, Arrival.AFTER_REPORT, Arrival.AFTER_DECISION)
    behind = [place for fact, place in zip(facts, places, strict=True) if fact is not None and fact <= at]
    return behind[-1] if behind else Arrival.IN_TIME


#: What came in when, written out by hand: with neither, one and both of the later facts.
TABLE = {
    (CLOSES - TICK, None, None): Arrival.IN_TIME,
    (CLOSES, None, None): Arrival.LATE,
    (REPORTED, None, None): Arrival.LATE,
    (REPORTED - TICK, REPORTED, None): Arrival.LATE,
    (REPORTED, REPORTED, None): Arrival.AFTER_REPORT,
    (DECIDED - TICK, REPORTED, DECIDED): Arrival.AFTER_REPORT,
    (DECIDED, REPORTED, DECIDED): Arrival.AFTER_DECISION,
    (DECIDED, None, DECIDED): Arrival.AFTER_DECISION,
    (CLOSES - TICK, REPORTED, DECIDED): Arrival.IN_TIME,
}


def test_every_moment_of_the_table_has_its_place(figure: Figure) -> None:
    moments = [fact + step for fact, step in product((CLOSES, REPORTED, DECIDED), (-TICK, TICK - TICK, TICK))]
    facts = list(product((CLOSES, None), (REPORTED, None), (DECIDED, None)))
    wrong = [
        f"{at}: {dates_}"
        for at, dates_ in product(moments, facts)
        if arrival(Dated(*dates_), at) is not meant(Dated(*dates_), at)
    ]
    assert not figure("late by the rule", wrong, len(moments) * len(facts))


@pytest.mark.parametrize(("at", "reported_at", "decided_at"), TABLE)
def test_words_get_their_place_by_the_verb_and_are_never_refused(
    hearing: Round, at: datetime, reported_at: datetime | None, decided_at: datetime | None
) -> None:
    """RP-12: what comes after the deadline is marked and kept."""
    with settling():
        hearing.reported_at, hearing.decided_at = reported_at, decided_at
    assert phase(hearing, at) in TAKES_IN
    assert receive(hearing, "Jeg nåede det ikke før.", at=at)[0].arrival is TABLE[at, reported_at, decided_at]
