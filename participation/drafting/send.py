"""What enough members have approved is sent as one contribution from the body: the ordinary way in, exactly once."""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.contributions.receive import Approval, Sender, Sent
from participation.contributions.submit import kind_sent_in, submit_contribution
from participation.drafting import queries
from participation.drafting.invite import owe
from participation.drafting.model import Member, Workspace
from participation.drafting.versions import Overtaken
from participation.drafting.write import refuse_stranger
from participation.foundation import permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


def send_together(
    actor: Actor, member: Member, number: int, *, came_from: str = "", language: str = "da", now: datetime
) -> Contribution:
    """Send the text as it stands from the body, with those who have approved it; the others are told by letter.

    Whoever sends it gets the receipt (RP-21). A second sending is the first one's contribution.

    Args:
        number: the version that the member has read.

    Raises:
        NotAllowed: the deadline has passed.
        Overtaken: another version stands now.
        Wrong: too few have approved it, or somebody has thought better of it meanwhile.
    """
    sent = _sent(member, came_from, language, now)
    sent.look()
    permission.require(actor, Act.SEND_TOGETHER, member.workspace, now)
    workspace = queries.locked(member.workspace_id, may_be_sent=True)
    if workspace.contribution_id is not None:
        return db.session.get_one(Contribution, workspace.contribution_id)
    refuse_stranger(member)
    latest = workspace.latest
    if latest is None or latest.number != number or latest.words != sent.words:
        raise Overtaken(latest.number if latest is not None else 0)
    if not queries.standing(workspace).is_ready or _approvals(workspace) != sent.approvals:
        raise Wrong(mark("Der er ikke nok, der har godkendt teksten endnu."))

    contribution = submit_contribution(actor, workspace.round, sent, now=now)
    workspace.sent_at, workspace.contribution_id = now, contribution.id
    db.session.flush()
    for one in workspace.members:
        if one.is_with and one.id != member.id:
            owe("workspace_sent", one, now=now, number=contribution.number, by=member.name)
    return contribution


def _sent(member: Member, came_from: str, language: str, now: datetime) -> Sent:
    """What is sent, as the member has it before them; looked at before anybody has to wait for it."""
    workspace = member.workspace
    return Sent(
        words=workspace.latest.words if workspace.latest is not None else "",
        kind=kind_sent_in(workspace.round),
        received_at=now,
        key=workspace.seed,
        language=language,
        came_from=came_from,
        approvals=_approvals(workspace),
        sender=Sender(
            name=member.name,
            email=member.email,
            organisation=workspace.organisation,
            capacity=workspace.capacity,
            cvr=workspace.cvr,
        ),
    )


def _approvals(workspace: Workspace) -> tuple[Approval, ...]:
    approved = queries.standing(workspace).approved
    return tuple(Approval(one.member.name, one.show_name, one.at) for one in approved)
