"""A citizen proposes another version of a joint text, with a reason. Two at once lose nothing (RL-09)."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from participation.contributions import queries as contributions
from participation.contributions.block import refuse_blocked
from participation.contributions.model import Contribution, Text
from participation.contributions.receive import Sent, one_at_a_time
from participation.contributions.submit import receive_once
from participation.drafting.joint_queries import versions_shown
from participation.drafting.model import JointText, Revision
from participation.drafting.versions import says_anew
from participation.foundation import permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.kinds import Kind, TextSource
from participation.rules.plain import mark
from participation.rules.policy import Actor


def propose_revision(
    actor: Actor, joint: JointText, sent: Sent, words: str, *, based_on: int, now: datetime
) -> Contribution:
    """Receive a version as a contribution: its words are the reason, the whole text stands beside them.

    It is shown by the project's rule, and what looks private in it waits for a person, as with everything else.

    Args:
        sent: the reason, and who sends it. words: the whole text as the sender would have it.
        based_on: the number of the version that the sender had before them.

    Raises:
        NotAllowed: the level has no joint texts, or the round is not open.
        Blocked: comments are closed to the sender for a time.
        Overtaken: another version stands on the page now.
        OtherWords: the key was used before with other words.
        Wrong: the text is closed, or says the same as before.
    """
    sent = replace(sent, kind=Kind.REVISION, apart=((TextSource.REVISION, words),))
    sent.look()
    permission.require(actor, Act.PROPOSE_REVISION, joint, now)
    refuse_blocked(actor, joint.project, sent.sender.email, now)
    if sent.key is not None:
        one_at_a_time(sent.key)
        if contributions.by_key(joint.round, sent.key) is not None:
            return receive_once(actor, Act.PROPOSE_REVISION, joint.round, sent, now=now)
    db.session.execute(sa.select(JointText.id).where(JointText.id == joint.id).with_for_update())
    if joint.closed_at is not None:
        raise Wrong(mark("Den fælles tekst er lukket. Dine ord står her. Du kan sende dem som dit eget forslag."))
    if not says_anew(versions_shown(joint)[-1], based_on, words):
        raise Wrong(mark("Teksten er den samme som før. Ret noget i den, før du sender."))

    contribution = receive_once(actor, Act.PROPOSE_REVISION, joint.round, sent, now=now)
    last = db.session.scalar(sa.select(sa.func.max(Revision.number)).where(Revision.joint_text_id == joint.id))
    text_id = sa.select(Text.id).where(Text.contribution_id == contribution.id, Text.source == TextSource.REVISION)
    db.session.add(
        Revision(
            joint_text_id=joint.id,
            number=(last or 1) + 1,
            based_on=based_on,
            contribution_id=contribution.id,
            text_id=db.session.scalars(text_id).one(),
        )
    )
    db.session.flush()
    return contribution
