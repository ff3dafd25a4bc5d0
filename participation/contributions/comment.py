"""In co-creation, citizens comment on each other's proposals."""

from dataclasses import replace
from datetime import datetime

from participation.contributions.block import refuse_blocked
from participation.contributions.model import Contribution
from participation.contributions.receive import Sent
from participation.contributions.submit import receive_once
from participation.foundation import permission
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.policy import Actor


def comment_contribution(actor: Actor, proposal: Contribution, sent: Sent, *, now: datetime) -> Contribution:
    """Receive a comment on a proposal; it has its own number, receipt and answer.

    Raises:
        NotAllowed: the level has no comments, or the round is not open.
        OtherWords: the key was used before with other words.
        Blocked: comments are closed to the sender for a time.
    """
    permission.require(actor, Act.COMMENT_CONTRIBUTION, proposal, now)
    refuse_blocked(actor, proposal.project, sent.sender.email, now)
    about = replace(sent, kind=Kind.COMMENT, parent_id=proposal.id)
    return receive_once(actor, Act.COMMENT_CONTRIBUTION, proposal.round, about, now=now)
