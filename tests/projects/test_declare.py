"""A matter is declared: first how far citizens are let in, then what is being decided."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department
from participation.projects.declare import BadPeriod, LevelTooLow, declare_project
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import Frame
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor, NotAllowed
from tests.persons import NOW
from tests.projects.plans import declared, planned, said


def test_a_declaration_is_kept_whole_and_nobody_sees_it(planner: Actor, roads: Department) -> None:
    """RP-36: level, reason, who and when. RP-03, RP-37, RL-04."""
    project = declared(planner, roads)
    assert (project.level, project.level_reason) == (Level.HEARING, "De, der går der, ved mest.")
    assert (project.owner_id, project.created_at) == (planner.person_id, NOW)
    assert [line.kind for line in project.frame] == [Frame.OPEN, Frame.FIXED]
    assert project.meanings[0].words == "Dit barn får en kortere vej."
    assert [party.name for party in project.parties] == ["Politiet", "Ældrerådet"]
    assert phase(project.round, NOW) is Phase.DRAFT


def test_days_are_kept_as_the_half_open_period_they_mean(planner: Actor, roads: Department) -> None:
    plan = planned(opens_on=date(2026, 12, 1))
    project = declared(planner, roads, said(round=plan))
    assert project.rounds[0].opens_at == dates.opens_at(date(2026, 12, 1))
    assert project.rounds[0].closes_at == dates.opens_at(date(2026, 12, 15))


def test_the_log_has_ids_and_plain_facts_only(planner: Actor, roads: Department) -> None:
    project = declared(planner, roads)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.DECLARE_PROJECT)).one()
    assert (entry.subject, entry.project_id) == (f"project:{project.id}", project.id)
    assert entry.facts["level"] == "hearing"
    assert "skolevej" not in str(entry.facts)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ny skolevej på Åvej – øst for æblelunden", "ny-skolevej-paa-aavej-oest-for-aeblelunden"),
        ("Café Ørsted & Zoë!", "cafe-oersted-zoe"),
        ("???", "projekt"),
        ("Nyt", "nyt-2"),
        ("a" * 150, "a" * 60),
    ],
)
def test_an_address_is_made_of_the_title_with_danish_letters_spelt_out(
    planner: Actor, roads: Department, title: str, slug: str
) -> None:
    assert declared(planner, roads, said(title=title)).slug == slug


def test_the_same_title_gets_an_address_of_its_own(planner: Actor, roads: Department) -> None:
    slugs = [declared(planner, roads, said(title="Ny sti")).slug for _ in range(3)]
    assert slugs == ["ny-sti", "ny-sti-2", "ny-sti-3"]


def test_a_matter_of_wide_interest_cannot_only_be_told(planner: Actor, roads: Department) -> None:
    """RP-48."""
    only_told = said(level=Level.ORIENTATION, round=planned(level=Level.ORIENTATION, legal_basis="orientation"))
    with pytest.raises(LevelTooLow):
        declare_project(planner, roads, only_told, now=NOW)


def test_a_round_cannot_end_before_it_begins(planner: Actor, roads: Department) -> None:
    wrong = said(round=planned(opens_on=date(2026, 12, 15)))
    with pytest.raises(BadPeriod):
        declare_project(planner, roads, wrong, now=NOW)


@pytest.mark.parametrize("who", ["visitor", "clerk", "councillor", "administrator", "other_planner"])
def test_only_the_departments_own_officers_declare(request: pytest.FixtureRequest, roads: Department, who: str) -> None:
    with pytest.raises(NotAllowed):
        declare_project(request.getfixturevalue(who), roads, said(), now=NOW)


def test_a_copy_brings_the_roles_and_switches_along_and_no_contributions(planner: Actor, roads: Department) -> None:
    old = declared(planner, roads)
    with settling():
        old.support_on, old.last_number = True, 7
        old.meanings.append(type(old.meanings[0])(audience="Jeg bor tæt på", words="Der bliver gravet.", position=1))
    with settling():
        new = declare_project(planner, roads, said(title="Igen"), old, now=NOW + timedelta(days=1))
    assert new.copied_from_id == old.id
    assert new.support_on
    assert new.last_number == 0
    assert [line.audience for line in new.meanings] == ["", "Jeg bor tæt på"]
