"""A member says yes or no to a version of the text, with a note to the others."""

from datetime import datetime

import sqlalchemy as sa

from participation.drafting import queries
from participation.drafting.model import Member, Opinion
from participation.drafting.versions import Overtaken
from participation.drafting.write import refuse_stranger
from participation.foundation import permission
from participation.foundation.db import db
from participation.rules.acts import Act
from participation.rules.policy import Actor


def judge_version(
    actor: Actor, member: Member, number: int, approves: bool, note: str = "", show_name: bool = False, *, now: datetime
) -> Opinion:
    """Keep what a member says to the text as it stands; saying it again takes the place of the first.

    Args:
        number: the version that the member has read.
        show_name: the member's own wish: named on the page as one of those who approved.

    Raises:
        NotAllowed: the deadline has passed.
        Overtaken: another version stands now, which the member has not read.
        Wrong: the member has not said yes to be with them, or the text is sent.
    """
    permission.require(actor, Act.JUDGE_VERSION, member.workspace, now)
    workspace = queries.locked(member.workspace_id)
    refuse_stranger(member)
    latest = workspace.latest
    if latest is None or latest.number != number:
        raise Overtaken(latest.number if latest is not None else 0)

    opinion = db.session.scalar(
        sa.select(Opinion).where(Opinion.version_id == latest.id, Opinion.member_id == member.id)
    )
    if opinion is None:
        opinion = Opinion(version_id=latest.id, member_id=member.id)
        db.session.add(opinion)
    opinion.approves, opinion.note, opinion.show_name, opinion.at = approves, note, approves and show_name, now
    db.session.flush()
    return opinion
