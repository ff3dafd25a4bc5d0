"""A promise falls on the working day that it was promised for, and nobody edits it at any door (RL-29, RL-30)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from participation.contributions.ask import ask_question
from participation.contributions.model import Promise
from participation.contributions.receive import Sent, promise_rows
from participation.decisions.record import record_result
from participation.foundation import clock
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Department
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.kinds import Kind, PromiseKind, Role
from participation.rules.policy import VISITOR, Actor
from participation.statutes.close import keep_closing_days
from tests.contributed import receive
from tests.contributions.sending import csrf
from tests.decided import ADOPTED, AFTER, decide
from tests.house.test_routes import doors
from tests.persons import NOW, make_person, sign_in
from tests.security.doors import filled
from tests.shared import corpus

LATER = NOW + timedelta(days=30)
CLOSED = {
    "due_with_5jun_24dec_31dec_closed": clock.OPTIONAL_DAYS,
    "due_public_holidays_only": (),
}
#: Doors by which somebody leaves the house or the case, so that the ones after them would be shut.
LEAVING = {"/faerdig", "/log-ud", "/log-ud/alle-steder", "/arbejde/projekter/<slug>/inhabil"}
STOOD = (Promise.id, Promise.kind, Promise.due_on, Promise.days_after, Promise.made_at, Promise.kept_at)


def close_on(administrator: Actor, *every_year: str, own: tuple[date, ...] = ()) -> None:
    with settling():
        keep_closing_days(administrator, every_year, [(day, "Lukket") for day in own], now=NOW)


def promised(round_: Round, on: date, days: int) -> date:
    """The day that the receipt of a question names, as the verb that receives it promises it."""
    round_.project.department.question_days = days
    at = dates.opens_at(on) + timedelta(hours=13)
    with db.session.no_autoflush:
        (row,) = promise_rows(1, Kind.QUESTION, round_.project, round_, at)
    return row["due_on"]


@pytest.mark.shared
@pytest.mark.parametrize("column", CLOSED)
def test_an_answer_is_promised_for_the_day_that_the_corpus_says(
    administrator: Actor, hearing: Round, column: str
) -> None:
    """RE-26: on each of its days, whichever of the optional days the town hall is closed."""
    close_on(administrator, *CLOSED[column])
    for row in corpus("working_days.jsonl"):
        due = promised(hearing, date.fromisoformat(row["received"]), row["working_days"])
        assert due == date.fromisoformat(row[column]), row


@pytest.mark.shared
def test_feedback_is_promised_for_the_day_that_the_corpus_says(clerk: Actor, hearing: Round) -> None:
    """RL-47: the days run from the meeting, wherever in the year it lies."""
    receive(hearing, "Flyt den.")
    decide(clerk, hearing.project)
    rows = [row for row in corpus("working_days.jsonl") if row["received"] > "2026-12-20"]
    told = dates.opens_at(date(2028, 1, 10))
    for row in rows[::12]:
        with settling():
            mine = sa.update(Promise).where(Promise.kind == PromiseKind.FEEDBACK)
            db.session.execute(mine.values(days_after=row["working_days"]))
        met_on = date.fromisoformat(row["received"])
        with settling():
            result = replace(ADOPTED, met_on=met_on, correction="Dagen var forkert.")
            record_result(clerk, hearing.project.steps[-1], result, now=told)
        due = db.session.scalars(sa.select(Promise.due_on).where(Promise.kind == PromiseKind.FEEDBACK)).one()
        assert due == date.fromisoformat(row["due_with_5jun_24dec_31dec_closed"]), row


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    on=some.dates(date(2024, 1, 1), date(2030, 1, 1)),
    days=some.integers(1, 30),
    own=some.sets(some.integers(1, 40), max_size=6),
)
def test_a_promised_day_has_as_many_working_days_before_it_as_were_promised(
    administrator: Actor, hearing: Round, on: date, days: int, own: set[int]
) -> None:
    """With the town hall's own closing days on the way there, counted anew day by day."""
    db.session.rollback()
    shut = tuple(on + timedelta(days=number) for number in sorted(own))
    close_on(administrator, *clock.OPTIONAL_DAYS, own=shut)
    due = promised(hearing, on, days)
    passed = [on + timedelta(days=number) for number in range(1, (due - on).days + 1)]
    holidays = clock.closed_days({day.year for day in passed}, closing_days=clock.OPTIONAL_DAYS)
    worked = [day for day in passed if day.weekday() < 5 and day not in holidays and day not in shut]
    assert len(worked) == days
    assert worked[-1] == due


# -- no door edits it -------------------------------------------------------------------------------------------------


@pytest.fixture
def late(hearing: Round) -> list[tuple[Any, ...]]:
    """What was promised to who wrote and who asked, a month ago, as it stood then."""
    sent = Sent(words="Hvornår bygger I?", kind=Kind.QUESTION, received_at=NOW, key="a")
    with settling():
        ask_question(VISITOR, hearing, sent, now=NOW)
    receive(hearing, "Flyt den.")
    return standing()


def standing() -> list[tuple[Any, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(sa.select(*STOOD).order_by(Promise.id))]


def test_no_door_takes_a_promise_that_somebody_wants_otherwise(
    app: SettledFlask, client: FlaskClient, roads: Department, late: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-30: every door that takes a form is knocked at with the columns of a promise, by one who holds every role."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    person = make_person(
        "Alt Muligmand", *((role, roads) for role in (Role.PLANNER, Role.LEADER)),
        (Role.CLERK, None), (Role.COUNCILLOR, None), (Role.ADMINISTRATOR, None),
    )  # fmt: skip
    sign_in(client, person)
    forged = {
        "csrf_token": csrf(client, "/"),
        "id": "1",
        "promise": "1",
        "kind": "question_answer",
        "due_on": "2030-01-01",
        "made_at": "2020-01-01",
        "kept_at": "2026-11-24",
        "days_after": "900",
        "moved_to": "2030-01-01",
    }
    forged |= {f"{kind.value}-{name}": "2030-01-01" for kind in PromiseKind for name in ("due_on", "kept_at")}
    taking = [rule for rule in doors(app) if rule.methods - {"GET", "HEAD", "OPTIONS"}]
    for rule in taking:
        if rule.rule not in LEAVING:
            client.open(filled(rule), method="POST", data=forged, buffered=True)
            assert standing() == late, rule.rule
    assert len(taking) > 100
    assert client.get("/arbejde").status_code == 200  # signed in to the end


def test_the_page_of_promises_takes_no_form(app: SettledFlask, client: FlaskClient) -> None:
    shown = [rule for rule in doors(app) if rule.rule.startswith("/loefter")]
    assert shown
    assert {method for rule in shown for method in rule.methods} == {"GET", "HEAD", "OPTIONS"}


def test_a_decision_that_is_put_right_moves_no_promise_that_was_kept(clerk: Actor, hearing: Round) -> None:
    """RL-47: who was told, was told; only what is still owed runs from the right day."""
    receive(hearing, "Flyt den.", "Mere lys.")
    decide(clerk, hearing.project)
    first = db.session.scalars(sa.select(Promise).where(Promise.kind == PromiseKind.FEEDBACK)).first()
    assert first is not None
    kept, due = first.id, first.due_on
    with settling():
        first.kept_at = AFTER
    told = AFTER + timedelta(days=20)
    with settling():
        result = replace(ADOPTED, met_on=ADOPTED.met_on + timedelta(days=14), correction="Dagen var forkert.")
        record_result(clerk, hearing.project.steps[-1], result, now=told)
    after = {row.id: row.due_on for row in db.session.scalars(sa.select(Promise)) if row.kind is PromiseKind.FEEDBACK}
    assert after.pop(kept) == due
    assert all(day > due for day in after.values())
