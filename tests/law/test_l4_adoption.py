"""L4: a final decision waits for the deadline and the four weeks; what has happened is kept and put right in public."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.decisions.attach import attach_report
from participation.decisions.record import record_result
from participation.decisions.schedule import NotLawful, check_lawful
from participation.foundation.db import db, settling
from participation.projects.model import Notice, Round
from participation.rules import dates
from participation.rules.kinds import NoticeKind
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import ADOPTED, make_paper
from tests.law.conftest import Figure
from tests.shared import corpus

pytestmark = pytest.mark.shared


def stand(hearing: Round, row: dict) -> datetime:
    """The hearing as the row tells of it: a local plan with its deadline; the answer is when the period opened."""
    closes = dates.local_day_end(date.fromisoformat(row["deadline"]))
    opened = closes - timedelta(days=30)
    with settling():
        hearing.legal_basis, hearing.announced_at, hearing.project.announced_at = "planloven-24-5", opened, opened
        hearing.opens_at, hearing.closes_at = opened, closes
        hearing.reported_at = hearing.decided_at = None
    return opened


@pytest.mark.parametrize("place", range(6))
def test_a_planned_day_is_blocked_until_the_law_lets_it_through(hearing: Round, figure: Figure, place: int) -> None:
    """RE-05, planloven § 27(1)."""
    row = corpus("adoption_wait.jsonl")[place]
    opened = stand(hearing, row)
    receive(hearing, *["Nej tak."] * row["timely_objections"], at=opened + timedelta(days=1))
    try:
        check_lawful(hearing.project, date.fromisoformat(row["adoption"]))
        verdict = "allow"
    except NotLawful:
        verdict = "block"
    figure(f"L4 planned, row {place + 1}", [] if verdict == row["expect"] else [str(row)], 1)


@pytest.mark.parametrize("place", range(6))
def test_a_decision_that_was_made_is_always_kept(hearing: Round, clerk: Actor, figure: Figure, place: int) -> None:
    """Too early a decision is kept, warned about, and put right in public (RP-28)."""
    row = corpus("adoption_wait.jsonl")[place]
    opened, met_on = stand(hearing, row), date.fromisoformat(row["adoption"])
    receive(hearing, *["Nej tak."] * row["timely_objections"], at=opened + timedelta(days=1))
    step, after = hearing.project.steps[0], dates.local_day_end(met_on) + timedelta(hours=9)
    paper = make_paper(hearing.project, at=dates.opens_at(met_on))
    with settling():
        attach_report(clerk, paper, hearing.project.steps, now=dates.opens_at(met_on))
    with settling():
        record_result(clerk, step, replace(ADOPTED, met_on=met_on), now=after)
    told = db.session.scalars(sa.select(Notice.words).where(Notice.kind == NoticeKind.CORRECTION)).all()
    right = step.met_on == met_on and len(told) == (row["expect"] == "block")
    figure(f"L4 recorded, row {place + 1}", [] if right else [f"{row}: {told}"], 1)


def test_the_corpus_has_no_more_rows_than_are_tried() -> None:
    assert len(corpus("adoption_wait.jsonl")) == 6
