"""In co-creation, where the project has switched it on, a visitor supports a proposal once."""

from datetime import datetime

import sqlalchemy as sa

from participation.contributions.block import refuse_blocked
from participation.contributions.model import Contribution, Support
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.plain import mark
from participation.rules.policy import Actor


def support_contribution(actor: Actor, proposal: Contribution, visitor: str, *, now: datetime) -> bool:
    """Count a visitor's support once.

    Args:
        visitor: a random id that the visitor's session keeps; 64 characters at most.

    Returns:
        Whether it was counted now; False when it was there already.

    Raises:
        NotAllowed: the level has no support, or the round is not open.
        Wrong: support is not switched on, or the proposal is not on the page.
        Blocked: support is closed to the visitor for a time.
    """
    permission.require(actor, Act.SUPPORT_CONTRIBUTION, proposal, now)
    refuse_blocked(actor, proposal.project, "", now)
    if not proposal.project.support_on or proposal.handling is not Handling.PUBLISHED:
        raise Wrong(mark("Man kan ikke støtte dette forslag."))

    known = db.session.scalar(
        sa.select(Support.id).where(Support.contribution_id == proposal.id, Support.visitor == visitor)
    )
    if known is not None:
        return False
    db.session.add(Support(contribution_id=proposal.id, visitor=visitor, at=now))
    proposal.support_count = Contribution.support_count + 1
    db.session.flush()

    log.record(Act.SUPPORT_CONTRIBUTION, actor, proposal, at=now, project_id=proposal.project_id)
    return True
