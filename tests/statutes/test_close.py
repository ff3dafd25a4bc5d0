"""Closing days: answers are promised around them, wherever a date is promised (RE-26)."""

from datetime import date

import pytest
import sqlalchemy as sa

from participation.contributions.ask import ask_question
from participation.contributions.model import Promise
from participation.contributions.receive import Sent
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.foundation.settings import settings
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.kinds import Kind, PromiseKind
from participation.rules.policy import VISITOR, Actor, NotAllowed
from participation.statutes.close import keep_closing_days
from tests.persons import NOW

CLAMP = date(2026, 11, 27)


def close(administrator: Actor, every_year: tuple[str, ...] = (), own: tuple[tuple[date, str], ...] = ()) -> None:
    with settling():
        keep_closing_days(administrator, every_year, own, now=NOW)


def test_a_closing_day_is_no_working_day(administrator: Actor) -> None:
    before = dates.add_working_days(dates.local_day(NOW), 5, clock.closed)
    close(administrator, own=((CLAMP, "Lukket"),))
    assert not dates.is_working_day(CLAMP, clock.closed)
    assert dates.add_working_days(dates.local_day(NOW), 5, clock.closed) == dates.next_working_day(
        before + dates.DAY, clock.closed
    )


def test_a_question_is_promised_its_answer_around_a_closing_day(administrator: Actor, hearing: Round) -> None:
    """RP-21: a date that was promised before stands."""
    for key in ("before", "after"):
        with settling():
            ask_question(VISITOR, hearing, Sent("Hvornår?", Kind.QUESTION, NOW, key=key), now=NOW)
        close(administrator, own=((CLAMP, "Lukket"),))
    asked = sa.select(Promise.due_on).where(Promise.kind == PromiseKind.QUESTION_ANSWER).order_by(Promise.id)
    assert db.session.scalars(asked).all() == [date(2026, 11, 27), date(2026, 11, 30)]


@pytest.mark.parametrize("chosen", [("06-05",), ("12-24", "12-31"), ()])
def test_the_three_optional_days_are_a_choice(administrator: Actor, chosen: tuple[str, ...]) -> None:
    close(administrator, chosen)
    closed = {day for day in clock.OPTIONAL_DAYS if clock.closed(date(2027, int(day[:2]), int(day[3:])))}
    assert closed == set(chosen)


def test_closing_days_are_logged_and_kept_in_order(administrator: Actor) -> None:
    close(administrator, ("12-24",), ((date(2027, 5, 7), "Klemmedag"), (CLAMP, "")))
    assert settings()[clock.CLOSING_DAYS]["own"] == [["2026-11-27", ""], ["2027-05-07", "Klemmedag"]]
    entry = db.session.scalars(sa.select(LogEntry)).one()
    assert entry.facts == {"every_year": ["12-24"], "own": ["2026-11-27", "2027-05-07"]}


def test_only_an_administrator_sets_closing_days(planner: Actor) -> None:
    with pytest.raises(NotAllowed):
        close(planner)


def test_no_other_day_is_closed_every_year(administrator: Actor) -> None:
    with pytest.raises(ValueError, match="04-01"):
        close(administrator, ("04-01",))
