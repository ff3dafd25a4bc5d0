"""In co-creation citizens comment on each other's proposals; each comment has its own number and receipt."""

from datetime import timedelta

import pytest

from participation.contributions.comment import comment_contribution
from participation.foundation.db import settling
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import sent, submitted


def test_a_comment_belongs_to_its_proposal_and_has_its_own_number(cocreation, now):
    proposal = submitted(cocreation, kind=Kind.PROPOSAL)
    with settling():
        comment = comment_contribution(VISITOR, proposal, sent("God idé."), now=now)
    assert (comment.kind, comment.parent_id, comment.number) == (Kind.COMMENT, proposal.id, 2)


def test_a_comment_is_counted_apart_from_the_proposals(cocreation, now):
    proposal = submitted(cocreation, kind=Kind.PROPOSAL)
    with settling():
        comment_contribution(VISITOR, proposal, sent("God idé."), now=now)
    assert (cocreation.project.received_count, cocreation.project.response_count) == (2, 1)


def test_after_the_deadline_nobody_comments(cocreation):
    proposal = submitted(cocreation, kind=Kind.PROPOSAL)
    with pytest.raises(NotAllowed, match="phase"):
        comment_contribution(VISITOR, proposal, sent("For sent."), now=cocreation.closes_at)


def test_the_last_second_is_in_time(cocreation):
    proposal = submitted(cocreation, kind=Kind.PROPOSAL)
    last = cocreation.closes_at - timedelta(microseconds=1)
    with settling():
        assert comment_contribution(VISITOR, proposal, sent("Nået.", received_at=last), now=last).number == 2
