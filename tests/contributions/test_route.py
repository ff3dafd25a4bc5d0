"""What belongs elsewhere is sent on; the sender keeps number and page and hears who has it now (RP-08)."""

import pytest
import sqlalchemy as sa

from participation.contributions.route import route_contribution
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter, LogEntry
from participation.rules.acts import Act
from participation.rules.policy import NotAllowed
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW


def routed(actor, one, to, words="Det er jeres vej."):
    with settling():
        route_contribution(actor, one, to, words, now=NOW)
    return one


def test_it_keeps_number_project_and_code(planner, hearing, schools):
    one = submitted(hearing)
    before = (one.number, one.project_id, one.code_hash)
    routed(planner, one, schools)
    assert (one.number, one.project_id, one.code_hash) == before
    assert (one.forwarded_department_id, one.forwarded_at, one.hops) == (schools.id, NOW, 1)


def test_the_sender_and_the_new_office_are_told(planner, hearing, schools):
    routed(planner, submitted(hearing, email="a@borger.example"), schools)
    jobs.run_all(None, NOW)
    letters = {letter.kind: letter for letter in db.session.scalars(sa.select(Letter))}
    assert "Nu har Skoler og Børn det. Ring til Asta Lind på 70 00 00 01" in letters["forwarded"].words
    assert "Du beholder dit nummer" in letters["forwarded"].words
    assert letters["taken_over"].recipient == schools.email
    assert "Det er jeres vej." in letters["taken_over"].words


def test_it_can_be_sent_to_a_case(planner, hearing, schools):
    other = make_project(schools, slug="skolens-gaard", title="Skolens gård")
    one = routed(planner, submitted(hearing, email="a@borger.example"), other)
    assert (one.forwarded_project_id, one.forwarded_department_id) == (other.id, schools.id)
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "forwarded")).one()
    assert "Det hører til sagen Skolens gård." in letter.words


def test_each_hop_is_counted_and_logged(planner, hearing, schools):
    one = submitted(hearing)
    other = make_project(schools, slug="skolens-gaard")
    routed(planner, one, schools)
    routed(planner, one, other)
    facts = db.session.scalars(
        sa.select(LogEntry.facts).where(LogEntry.act == Act.ROUTE_CONTRIBUTION).order_by(LogEntry.id)
    )
    assert [(fact["hop"], fact["to_department"], fact.get("to_project")) for fact in facts] == [
        (1, schools.id, None),
        (2, schools.id, other.id),
    ]


def test_where_it_lies_it_is_not_sent(planner, hearing, schools, roads):
    one = submitted(hearing)
    with pytest.raises(Wrong):
        routed(planner, one, roads)
    routed(planner, one, schools)
    with pytest.raises(Wrong):
        routed(planner, one, schools)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_sends_it_on(request, hearing, schools, who):
    with pytest.raises(NotAllowed):
        routed(request.getfixturevalue(who), submitted(hearing), schools)
