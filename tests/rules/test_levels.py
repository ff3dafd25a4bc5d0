"""The level is a contract: every act at every level, over the whole table (RP-47)."""

from types import SimpleNamespace

import pytest

from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.levels import LEVEL_ALLOWS, LEVEL_BOUND, Level, allows
from participation.rules.policy import Actor, Door
from tests.persons import NOW

#: Somebody who may everything that a role can give, and holds the code.
EVERYBODY = Actor(person_id=1, is_worker=True, roles=frozenset((role, None) for role in Role), held=frozenset({7}))


def matter(level: Level) -> SimpleNamespace:
    """A round that was never announced, so that the phase shuts what the level would let through."""
    round_ = SimpleNamespace(level=level, announced_at=None, opens_at=None, closes_at=None)
    round_.reported_at = round_.decided_at = round_.closed_at = round_.cancelled_at = None
    project = SimpleNamespace(id=1, department_id=1, level=level, cancelled_at=None, closed_at=None)
    round_.project = project
    return SimpleNamespace(id=7, round=round_, project=project, department_id=1)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("level", Level)
def test_the_level_shuts_its_door_for_what_it_does_not_promise_and_for_nothing_else(level: Level, act: Act) -> None:
    promised = act not in LEVEL_BOUND or act in LEVEL_ALLOWS[level]
    refusal = policy.refusal(EVERYBODY, act, matter(level), NOW)
    assert (refusal is not None and refusal.door is Door.LEVEL) is not promised
    assert allows(level, act) is promised


def test_each_level_lets_in_what_the_one_below_it_does_and_more() -> None:
    """RP-47: raising a level takes nothing away."""
    assert LEVEL_ALLOWS[Level.ORIENTATION] < LEVEL_ALLOWS[Level.HEARING] < LEVEL_ALLOWS[Level.COCREATION]
