"""The rule table is dated data: changed from a day on, never for what has been announced (RE-05, RP-28)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.decisions import law
from participation.decisions.announce import announce_decision
from participation.decisions.queries import complaint_words
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.projects.announce import announce_project
from participation.projects.gates import gaps
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.policy import Actor, NotAllowed
from participation.statutes import queries
from participation.statutes.amend import NothingChanged, ReasonMissing, TooEarly, amend_rule
from participation.statutes.model import RuleChange
from tests.decided import AFTER, MEETING, decide
from tests.persons import NOW
from tests.projects.plans import declared

TODAY = dates.local_day(NOW)
LATER = TODAY + timedelta(days=30)


def amend(
    administrator: Actor, from_day: date = TODAY, key: str = "none", reason: str = "Ny politik.", **values: object
):
    with settling():
        return amend_rule(administrator, key, values, from_day, reason, now=NOW)


def test_a_change_holds_from_its_day(administrator: Actor) -> None:
    amend(administrator, LATER, minimum_days=21)
    assert queries.bases(LATER - timedelta(days=1))["none"].minimum_days == 0
    assert queries.bases(LATER)["none"].minimum_days == 21


def test_on_the_same_day_the_later_act_wins_and_other_fields_stand(administrator: Actor) -> None:
    amend(administrator, minimum_days=21, source="Byrådet, 1. december")
    amend(administrator, minimum_days=14)
    assert (queries.bases(TODAY)["none"].minimum_days, queries.bases(TODAY)["none"].source) == (
        14,
        "Byrådet, 1. december",
    )


def test_a_rule_is_never_changed_for_days_that_have_passed(administrator: Actor) -> None:
    with pytest.raises(TooEarly):
        amend(administrator, TODAY - timedelta(days=1), minimum_days=21)


@pytest.mark.parametrize(
    ("values", "reason", "error"),
    [({"minimum_days": 0}, "Samme.", NothingChanged), ({"minimum_days": 21}, " ", ReasonMissing)],
)
def test_a_change_says_what_and_why(administrator: Actor, values: dict, reason: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        amend(administrator, reason=reason, **values)


def test_a_change_is_logged_with_its_day_and_its_numbers(administrator: Actor) -> None:
    amend(administrator, LATER, minimum_days=21)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "rule:amend")).one()
    assert entry.facts == {
        "rule": "none",
        "from_day": LATER.isoformat(),
        "fields": ["minimum_days"],
        "became": ["minimum_days=21"],
    }


def test_only_an_administrator_changes_a_rule(planner: Actor, leader: Actor) -> None:
    for actor in (planner, leader):
        with pytest.raises(NotAllowed):
            amend(actor, minimum_days=21)


def test_the_database_itself_refuses_to_rewrite_a_change(administrator: Actor) -> None:
    amend(administrator, minimum_days=21)
    for statement in ("UPDATE rule_change SET reason = 'x'", "DELETE FROM rule_change"):
        with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert db.session.scalar(sa.select(sa.func.count(RuleChange.id))) == 1


def test_a_round_is_judged_by_the_table_of_the_day_it_is_announced(
    administrator: Actor, planner: Actor, roads: object
) -> None:
    project = declared(planner, roads)
    amend(administrator, minimum_days=60)
    found = {gap.key: gap for gap in gaps(project, project.rounds[0], NOW)}
    assert found["too-short"].hard
    assert found["too-short"].values["minimum"] == 60
    assert found["too-short"].source == "kommunens egen politik"


def test_a_round_keeps_the_rule_it_was_announced_under(administrator: Actor, planner: Actor, roads: object) -> None:
    project = declared(planner, roads)
    with settling():
        announce_project(planner, project, anyway=True, now=NOW)
    amend(administrator, section="kommunens nye politik", waiting_days=90)
    rule = queries.rule_of(project.rounds[0])
    assert rule is not None
    assert (rule.section, rule.waiting_days) == ("kommunens egen politik", 0)
    assert law.basis_of(project) == rule
    last = dates.last_day(project.rounds[0].closes_at)
    assert law.earliest(project) == last + timedelta(days=1)


def test_a_round_announced_before_it_kept_its_rule_has_the_table_of_that_day(
    administrator: Actor, hearing: Round
) -> None:
    amend(administrator, waiting_days=90)
    assert hearing.rule is None
    rule = queries.rule_of(hearing)
    assert rule is not None
    assert rule.waiting_days == 0


def test_guidance_that_was_told_stands_as_it_was_told(administrator: Actor, clerk: Actor, hearing: Round) -> None:
    """RP-27."""
    decide(clerk, hearing.project)
    step = hearing.project.steps[-1]
    with settling():
        announce_decision(clerk, step, MEETING, "planklagenaevnet", now=AFTER)
    told = complaint_words(step)
    with settling():
        amend_rule(
            administrator,
            "planklagenaevnet",
            {"words": "Klag senest %(last_day)s."},
            dates.local_day(AFTER),
            "Nyt.",
            now=AFTER,
        )
    db.session.expire_all()
    assert complaint_words(step) == told
    assert queries.complaints(dates.local_day(AFTER))["planklagenaevnet"].words == "Klag senest %(last_day)s."


def test_every_row_survives_being_kept_as_plain_facts() -> None:
    from participation.rules import legal

    for row in (*legal.LEGAL_BASES.values(), *legal.COMPLAINTS.values()):
        assert type(row)(**legal.from_facts(legal.facts_of(row))) == row


def test_a_fact_that_no_row_knows_any_more_is_left_out(hearing: Round) -> None:
    with settling():
        hearing.rule = {"key": "none", "name": "Høring", "section": "§ 1", "old": 3}
    assert queries.rule_of(hearing).name == "Høring"
