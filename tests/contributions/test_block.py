"""Comments and support are closed to a sender for some days; the right to be heard never is (RE-33, T14)."""

from datetime import timedelta

import pytest

from participation.contributions.block import Blocked, block_sender, lift_block
from participation.contributions.comment import comment_contribution
from participation.contributions.ladder import steps_of
from participation.contributions.submit import submit_contribution
from participation.contributions.support import support_contribution
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.laddered import letter
from tests.contributions.sending import holder_of, sent, submitted
from tests.persons import NOW

ADDRESS = "Vred@borger.example"


@pytest.fixture
def proposal(cocreation):
    one = submitted(cocreation, "Plant æbletræer.", kind=Kind.PROPOSAL)
    with settling():
        one.handling, one.published_at = Handling.PUBLISHED, NOW
    return one


@pytest.fixture
def angry(proposal):
    with settling():
        return comment_contribution(VISITOR, proposal, sent("Du er dum.", key="1", email=ADDRESS), now=NOW)


def block(actor, one, days=7):
    with settling():
        return block_sender(actor, one, HidingReason.THREATS, "Hold en pause, og skriv om sagen.", days, now=NOW)


def comments(proposal, actor=VISITOR, email="", now=NOW):
    with settling():
        return comment_contribution(actor, proposal, sent("Igen.", email=email, received_at=now), now=now)


@pytest.mark.parametrize("email", [ADDRESS, ADDRESS.lower(), f" {ADDRESS.upper()} "])
def test_the_same_address_does_not_comment(planner, proposal, angry, email):
    block(planner, angry)
    with pytest.raises(Blocked):
        comments(proposal, email=email)


def test_the_same_session_neither_comments_nor_supports(planner, proposal, angry):
    block(planner, angry)
    with pytest.raises(Blocked):
        comments(proposal, holder_of(angry))
    with pytest.raises(Blocked), settling():
        support_contribution(holder_of(angry), proposal, "a", now=NOW)


def test_others_do(planner, proposal, angry):
    block(planner, angry)
    assert comments(proposal, email="ida@borger.example").number == 3
    with settling():
        assert support_contribution(VISITOR, proposal, "b", now=NOW)


def test_a_proposal_of_their_own_is_always_taken_in(planner, cocreation, angry):
    block(planner, angry)
    with settling():
        own = submit_contribution(
            holder_of(angry), cocreation, sent("Lav en sti.", kind=Kind.PROPOSAL, email=ADDRESS), now=NOW
        )
    assert own.number == 3


def test_it_ends_by_itself(planner, proposal, angry):
    block(planner, angry, 3)
    with pytest.raises(Blocked):
        comments(proposal, email=ADDRESS, now=NOW + timedelta(days=3, seconds=-1))
    assert comments(proposal, email=ADDRESS, now=NOW + timedelta(days=3))


def test_it_is_lifted_before_its_time_and_the_sender_hears_it(planner, proposal, angry):
    step = block(planner, angry)
    with settling():
        lift_block(planner, step, now=NOW)
    assert comments(proposal, email=ADDRESS)
    assert "Nu kan du igen kommentere" in letter("unblocked")


def test_the_sender_hears_until_when_and_that_proposals_are_taken_in(planner, angry):
    block(planner, angry)
    said = letter("blocked")
    assert "29. november 2026" in said
    assert "Du kan stadig sende dine egne forslag" in said


def test_only_days_of_the_list(planner, angry):
    with pytest.raises(Wrong):
        block(planner, angry, 365)
    assert steps_of(angry.id) == []


def test_it_is_not_closed_twice(planner, angry):
    block(planner, angry)
    with pytest.raises(Wrong):
        block(planner, angry)


def test_a_hearing_knows_no_block(planner, hearing):
    with pytest.raises(NotAllowed):
        block(planner, submitted(hearing, email=ADDRESS))


def test_a_block_in_one_project_holds_in_no_other(planner, schools, angry):
    from participation.rules.levels import Level
    from tests.matters import make_project

    block(planner, angry)
    elsewhere = make_project(schools, Level.COCREATION, slug="en-anden").rounds[0]
    one = submitted(elsewhere, "Plant pæretræer.", kind=Kind.PROPOSAL)
    with settling():
        one.handling, one.published_at = Handling.PUBLISHED, NOW
    assert comments(one, email=ADDRESS)
