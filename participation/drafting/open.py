"""Somebody opens a workspace where a body writes its contribution together (RP-51, RP-38)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from participation.drafting.invite import ask
from participation.drafting.model import Workspace
from participation.foundation import permission
from participation.foundation.db import db
from participation.projects.model import Round
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Capacity
from participation.rules.policy import Actor


@dataclass(frozen=True)
class Body:
    """Who a workspace writes for.

    Attributes:
        quorum: how many must approve; nothing where it is all who are with them.
    """

    organisation: str
    capacity: Capacity
    cvr: str = ""
    quorum: int | None = None


def open_workspace(
    actor: Actor, round_: Round, body: Body, name: str, email: str, language: str = "da", *, now: datetime
) -> Workspace:
    """Make a workspace, and owe whoever opened it a letter with the way in: so the address is known to be theirs.

    No line in the log tells of it, as with a draft: what a body has not sent is nobody's business.

    Raises:
        NotAllowed: the round takes no contributions, or is not open.
    """
    permission.require(actor, Act.OPEN_WORKSPACE, round_, now)
    policy.require(actor, Act.SUBMIT_CONTRIBUTION, round_, now)

    workspace = Workspace(
        seed=secrets.token_hex(16),
        round_id=round_.id,
        capacity=body.capacity,
        organisation=body.organisation,
        cvr=body.cvr,
        quorum=body.quorum,
        opened_at=now,
    )
    db.session.add(workspace)
    db.session.flush()
    ask("workspace_opened", workspace, email, language, name=name, joined_at=now, now=now)
    return workspace
