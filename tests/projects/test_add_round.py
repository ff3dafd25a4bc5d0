"""A project gets another round, with its own level and law."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.projects.add_round import AboveTheProject, OneAtATime, add_round
from participation.projects.announce import announce_project
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.gates import gaps
from participation.projects.model import Project
from participation.rules.kinds import RoundKind
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase
from participation.rules.policy import VISITOR, Actor
from tests.persons import NOW
from tests.projects.plans import planned

SECOND = planned(kind=RoundKind.SUPPLEMENTARY, opens_on=None, last_day=date(2027, 2, 15), overlap_reason="Ja.")
AFTER = NOW + timedelta(days=40)


def test_a_second_round_is_planned_in_silence_and_announced_by_an_act_of_its_own(
    app: SettledFlask, planner: Actor, public: Project
) -> None:
    with settling():
        confirm_follow(VISITOR, follow_project(VISITOR, public, "finn@eksempel.dk", now=NOW), now=NOW)
        second = add_round(planner, public, SECOND, now=AFTER)
    assert second.position == 2
    assert public.round is public.rounds[0]
    assert phase(public.round, AFTER) is Phase.WEIGHING
    with settling():
        announce_project(planner, public, anyway=True, now=AFTER)
    assert public.round is second
    assert phase(second, AFTER) is Phase.OPEN
    assert public.announced_at == NOW
    run_all(app, AFTER)
    told = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_new_round")).one()
    assert told.recipient == "finn@eksempel.dk"


def test_a_round_is_never_above_its_project(planner: Actor, public: Project) -> None:
    with pytest.raises(AboveTheProject):
        add_round(planner, public, planned(level=Level.COCREATION), now=AFTER)


def test_one_round_is_planned_at_a_time(planner: Actor, public: Project) -> None:
    with settling():
        add_round(planner, public, SECOND, now=AFTER)
    with pytest.raises(OneAtATime):
        add_round(planner, public, SECOND, now=AFTER)


def test_the_law_is_asked_of_the_second_round_too(planner: Actor, public: Project) -> None:
    """RE-05."""
    with settling():
        second = add_round(planner, public, planned(legal_basis="planloven-24-5", last_day=date(2027, 1, 8)), now=AFTER)
    assert "too-short" in {gap.key for gap in gaps(public, second, AFTER)}
