"""Holder vi, hvad vi lover? Counted live; nobody can edit it (RL-29, RL-30)."""

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from participation.contributions.model import Promise
from participation.foundation.db import db, settling
from participation.portal.promises import figures
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.kinds import PromiseKind
from tests.contributed import receive
from tests.persons import NOW
from tests.portal.pages import words_of
from tests.queries import counted

FRIDAY = date(2026, 11, 20)


def _promise(
    round_: Round, due_on: date, kept_at: datetime | None, kind: PromiseKind = PromiseKind.FEEDBACK, **facts: object
) -> None:
    contribution = receive(round_, f"Ord {db.session.query(Promise).count()}")[0]
    with settling():
        for promise in db.session.query(Promise).filter_by(contribution_id=contribution.id, due_on=None):
            db.session.delete(promise)
        db.session.add(
            Promise(
                contribution_id=contribution.id,
                project_id=round_.project_id,
                kind=kind,
                due_on=due_on,
                made_at=NOW - timedelta(days=30),
                kept_at=kept_at,
                **facts,
            )
        )


def _feedback() -> tuple[int, int, int]:
    kept = next(one for one in figures(NOW).kinds if one.kind is PromiseKind.FEEDBACK)
    return kept.due, kept.in_time, kept.late_now


def test_the_last_second_of_the_day_keeps_a_promise_and_midnight_does_not(hearing: Round) -> None:
    midnight = dates.local_day_end(FRIDAY)
    _promise(hearing, FRIDAY, midnight - timedelta(seconds=1))
    assert _feedback() == (1, 1, 0)
    _promise(hearing, FRIDAY, midnight)
    assert _feedback() == (2, 1, 0)


def test_what_is_not_kept_after_its_day_is_late_now(hearing: Round) -> None:
    _promise(hearing, FRIDAY, None)
    assert _feedback() == (1, 0, 1)


def test_what_is_not_due_yet_is_not_counted(hearing: Round) -> None:
    _promise(hearing, date(2026, 12, 20), None)
    assert _feedback() == (0, 0, 0)


def test_what_is_older_than_a_year_is_left_out(hearing: Round) -> None:
    _promise(hearing, date(2025, 11, 1), None)
    assert _feedback() == (0, 0, 0)


def test_what_politics_moved_is_counted_apart(hearing: Round) -> None:
    _promise(hearing, FRIDAY, None, PromiseKind.DECISION, moved_to=date(2027, 3, 1))
    assert _feedback() == (0, 0, 0)
    assert figures(NOW).moved == 1


@pytest.mark.parametrize(("number", "words"), [(9, "9 af 9"), (10, "10 af 10 (100 %)")])
def test_a_share_is_shown_from_ten_cases_on(client: FlaskClient, hearing: Round, number: int, words: str) -> None:
    for _ in range(number):
        _promise(hearing, FRIDAY, NOW - timedelta(days=3))
    page = words_of(client, "/loefter")
    assert words in page
    assert ("%" in page) == (number >= 10)


def test_the_figures_come_as_a_file_too(client: FlaskClient, hearing: Round) -> None:
    _promise(hearing, FRIDAY, None)
    response = client.get("/loefter.csv")
    assert "Besked om, hvordan det blev brugt;1;0;1" in response.text
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_page_asks_a_fixed_number_of_questions(client: FlaskClient, hearing: Round) -> None:
    for number in range(40):
        _promise(hearing, FRIDAY - timedelta(days=number % 5), NOW - timedelta(days=number % 7))
    with counted() as asked:
        client.get("/loefter")
    assert len(asked) <= 6
