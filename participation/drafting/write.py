"""A member changes the text: a new version with the member's name. Two at once lose nothing."""

from datetime import datetime

from participation.drafting import queries
from participation.drafting.model import Member, TogetherVersion
from participation.drafting.versions import says_anew
from participation.foundation import permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


def write_version(actor: Actor, member: Member, words: str, *, based_on: int, now: datetime) -> TogetherVersion | None:
    """Keep a new version; nothing where the words are those that stand. Nobody has approved it yet.

    Args:
        based_on: the number of the version that the member had before them; 0 where there was none.

    Raises:
        NotAllowed: the deadline has passed.
        Overtaken: another member has kept a version meanwhile.
        Wrong: the member has not said yes yet, or the text is sent.
    """
    permission.require(actor, Act.WRITE_VERSION, member.workspace, now)
    workspace = queries.locked(member.workspace_id)
    refuse_stranger(member)

    if not says_anew(workspace.latest, based_on, words):
        return None
    version = TogetherVersion(
        workspace_id=workspace.id,
        number=based_on + 1,
        based_on=based_on or None,
        words=words,
        name=member.name,
        made_at=now,
    )
    db.session.add(version)
    db.session.flush()
    return version


def refuse_stranger(member: Member) -> None:
    """Let only those write and judge who have said that they are with them.

    Raises:
        Wrong: the member has not.
    """
    if not member.is_with:
        raise Wrong(mark("Sig først ja til at være med."))
