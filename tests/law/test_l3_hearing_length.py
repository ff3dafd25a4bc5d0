"""L3: a hearing that is too short is not announced, one over holidays wants its reason, and more time is for all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from participation.foundation.db import settling
from participation.people.model import Department
from participation.projects.announce import NotReady, announce_project
from participation.projects.attach import Piece, attach_material
from participation.projects.gates import gaps
from participation.projects.model import Project
from participation.rules import dates
from participation.rules.kinds import MaterialPurpose
from participation.rules.policy import Actor
from tests.law.conftest import Figure
from tests.persons import NOW
from tests.projects.plans import SAID, declared, planned
from tests.shared import corpus

KEYS = {
    "kommuneplan or major": "planloven-24-3",
    "minor kommuneplan": "planloven-24-4",
    "local plan, ": "planloven-24-5",
    "local plan of minor": "planloven-24-6",
    "plan with environmental": "miljoe-8-uger",
}
#: What the length is called when it is too short; the environmental report's eight weeks await a lawyer and only warn.
SHORT = {"miljoe-8-uger": "shorter-than-advised"}


@pytest.fixture
def plan(planner: Actor, roads: Department) -> Project:
    """A local plan with everything but its dates."""
    project = declared(planner, roads, replace(SAID, register_id="4711", round=planned(legal_text="Ingen må bygge.")))
    with settling():
        for purpose in (MaterialPurpose.PROPOSAL, MaterialPurpose.STATEMENT):
            attach_material(planner, project, Piece(purpose.value, purpose, "Ord."), now=NOW)
        project.rounds[0].minor_reason = "Kun et skur."
    return project


def found(project: Project, basis: str, published: date, last_day: date) -> dict[str, bool]:
    """What stands in the way of announcing it that morning, and whether it blocks."""
    round_, morning = project.rounds[0], dates.opens_at(published) + timedelta(hours=9)
    with settling():
        round_.legal_basis, round_.closes_at = basis, dates.local_day_end(last_day)
    return {gap.key: gap.hard for gap in gaps(project, round_, morning)}


@pytest.mark.shared
def test_one_day_too_short_is_blocked_and_the_earliest_lawful_day_is_suggested(plan: Project, figure: Figure) -> None:
    """RE-05, planloven § 24(3)-(6): whole weeks, the day of publication not counted."""
    rows, wrong = corpus("hearing_minimum.jsonl"), []
    for row in rows:
        basis = next(key for kind, key in KEYS.items() if row["kind"].startswith(kind))
        published, key = date.fromisoformat(row["published"]), SHORT.get(basis, "too-short")
        short = found(plan, basis, published, date.fromisoformat(row["one_day_short"]))
        suggestion = next(
            gap.values["suggested"]
            for gap in gaps(plan, plan.rounds[0], dates.opens_at(published) + timedelta(hours=9))
            if gap.key == key
        )
        lawful = found(plan, basis, published, date.fromisoformat(row["earliest_lawful_last_day"]))
        right = (
            short.get(key) is (basis not in SHORT)
            and suggestion == date.fromisoformat(row["suggested_last_day"])
            and {"too-short", "shorter-than-advised"}.isdisjoint(lawful)
            and ("ends-on-closed-day" in lawful) is row["last_day_is_closed"]
        )
        wrong += [] if right else [f"{row}: {short} {lawful}"]
    assert not figure("L3 hearing length", wrong, len(rows))


#: First and last day of a local plan's hearing, and whether it wants a reason.
OVERLAPS = {
    (date(2026, 6, 15), date(2026, 8, 17)): True,  # school summer weeks 27 to 32
    (date(2026, 6, 1), date(2026, 6, 29)): True,  # the first day of week 27
    (date(2026, 8, 10), date(2026, 9, 7)): False,
    (date(2026, 12, 1), date(2027, 1, 29)): True,  # Christmas and New Year
    (date(2027, 1, 4), date(2027, 2, 1)): False,
    (date(2026, 3, 16), date(2026, 4, 13)): True,  # Easter
    (date(2026, 4, 20), date(2026, 5, 18)): True,  # Ascension Day
    (date(2026, 5, 15), date(2026, 6, 15)): True,  # Whitsun
}


def test_over_holidays_nobody_announces_before_the_reason_is_written(
    plan: Project, planner: Actor, figure: Figure
) -> None:
    """Planloven § 24(7): "anyway" is no reason."""
    wrong = []
    for (first, last), wants in OVERLAPS.items():
        if found(plan, "planloven-24-5", first, last).get("over-holiday", False) is not wants:
            wrong.append(f"{first} to {last}")
        plan.rounds[0].overlap_reason = "Byggeriet venter på planen."
        if "over-holiday" in found(plan, "planloven-24-5", first, last):
            wrong.append(f"{first} to {last} with a reason")
        with settling():
            plan.rounds[0].overlap_reason = ""
    assert not figure("L3 overlap with holidays", wrong, 2 * len(OVERLAPS))


def test_the_blocked_hearing_stays_unannounced(plan: Project, planner: Actor) -> None:
    found(plan, "planloven-24-5", date(2026, 12, 1), date(2027, 1, 29))
    with pytest.raises(NotReady):
        announce_project(planner, plan, anyway=True, now=dates.opens_at(date(2026, 12, 1)))
    assert plan.announced_at is None
