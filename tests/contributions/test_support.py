"""A visitor supports a proposal once, where the project has switched it on."""

import pytest

from participation.contributions.support import support_contribution
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.rules.handling import Handling
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import submitted


@pytest.fixture
def proposal(cocreation, now):
    one = submitted(cocreation, kind=Kind.PROPOSAL)
    with settling():
        one.handling, one.published_at = Handling.PUBLISHED, now
    return one


def supported(proposal, visitor, now):
    with settling():
        return support_contribution(VISITOR, proposal, visitor, now=now)


def test_support_is_counted_once_for_each_visitor(proposal, now):
    assert [supported(proposal, visitor, now) for visitor in ("a", "a", "b")] == [True, False, True]
    assert proposal.support_count == 2


def test_where_it_is_switched_off_nobody_supports(proposal, now):
    with settling():
        proposal.project.support_on = False
    with pytest.raises(Wrong):
        supported(proposal, "a", now)


def test_what_is_not_shown_is_not_supported(proposal, cocreation, now):
    unseen = submitted(cocreation, kind=Kind.PROPOSAL)
    with pytest.raises(Wrong):
        supported(unseen, "a", now)


def test_after_the_deadline_nobody_supports(proposal, cocreation):
    with pytest.raises(NotAllowed, match="phase"):
        supported(proposal, "a", cocreation.closes_at)
