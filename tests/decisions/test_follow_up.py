"""What is to be done after the decision, shown until it is done (FU-17)."""

from datetime import date

import pytest

from participation.decisions.follow_up import (
    StillOpen,
    finish_follow_up,
    hand_over_follow_up,
    no_follow_up,
    plan_follow_up,
)
from participation.decisions.queries import open_follow_ups
from participation.foundation.db import settling
from participation.projects.model import Round
from participation.rules.policy import Actor, Door, NotAllowed
from tests.decided import AFTER, decide


def test_nothing_to_follow_up_is_one_act(planner: Actor, clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with settling():
        no_follow_up(planner, hearing.project, now=AFTER)
    assert hearing.project.follow_up_none_at == AFTER


def test_ingen_is_refused_while_something_is_to_be_done(planner: Actor, clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with settling():
        plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", date(2027, 5, 1), now=AFTER)
    with pytest.raises(StillOpen), settling():
        no_follow_up(planner, hearing.project, now=AFTER)


@pytest.mark.parametrize("settle", [finish_follow_up, lambda *args, now: hand_over_follow_up(*args, "Parken", now=now)])
def test_what_is_done_or_handed_over_is_no_longer_open(planner: Actor, clerk: Actor, hearing: Round, settle) -> None:
    decide(clerk, hearing.project)
    with settling():
        action = plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", now=AFTER)
    assert open_follow_ups(hearing.project_id) == 1
    with settling():
        settle(planner, action, now=AFTER)
    assert open_follow_ups(hearing.project_id) == 0
    assert action.is_settled


def test_nothing_is_followed_up_while_the_hearing_is_open(planner: Actor, hearing: Round, now) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        plan_follow_up(planner, hearing.project, "Mal striberne op.", "Vejafdelingen", now=now)
    assert refused.value.refusal.door is Door.PHASE


def test_a_clerk_plans_no_follow_up(clerk: Actor, hearing: Round) -> None:
    decide(clerk, hearing.project)
    with pytest.raises(NotAllowed), settling():
        plan_follow_up(clerk, hearing.project, "Mal striberne op.", "Vejafdelingen", now=AFTER)
