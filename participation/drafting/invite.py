"""A member of a workspace asks another one in, by a letter with a link of their own (RP-51)."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from participation.drafting import queries
from participation.drafting.model import Member, Workspace
from participation.foundation import codes, letters, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.letters import Secret
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: How many may be in a workspace.
MOST = 30


def invite_member(actor: Actor, member: Member, email: str, *, now: datetime) -> Member:
    """Ask somebody to write along. Whoever is in already gets their link once more; at most one letter a day.

    Raises:
        NotAllowed: the deadline has passed.
        Wrong: there is no room for more, or the text is sent.
    """
    permission.require(actor, Act.INVITE_MEMBER, member.workspace, now)
    workspace = queries.locked(member.workspace_id)

    known = db.session.scalar(
        sa.select(Member).where(Member.workspace_id == workspace.id, Member.email == email.lower())
    )
    if known is None and len(workspace.members) >= MOST:
        raise Wrong(mark("Der er ikke plads til flere i gruppen. Der kan være 30."))
    if known is not None:
        owe("workspace_invited", known, by=member.name, now=now)
        return known
    return ask("workspace_invited", workspace, email, member.language, by=member.name, now=now)


def ask(
    kind: str,
    workspace: Workspace,
    email: str,
    language: str,
    *,
    name: str = "",
    joined_at: datetime | None = None,
    by: str = "",
    now: datetime,
) -> Member:
    """Make a member with a link of their own, and owe the letter; for the verbs that have asked the policy."""
    seed, version = secrets.token_hex(16), codes.latest_version()
    member = Member(
        workspace_id=workspace.id,
        seed=seed,
        token_hash=codes.token_hash(_token(seed, version)),
        code_version=version,
        name=name,
        email=email.lower(),
        language=language,
        asked_at=now,
        joined_at=joined_at,
    )
    db.session.add(member)
    db.session.flush()
    owe(kind, member, by=by, now=now)
    return member


def owe(kind: str, member: Member, *, now: datetime, **facts: Any) -> None:
    """Owe a member a letter with their own link; at most one of a kind a day, and none that the staff could meet."""
    workspace = member.workspace
    letters.owe(
        kind,
        member,
        to=member.email,
        language=member.language,
        at=now,
        dedupe=f"{kind}:{member.seed}:{dates.local_day(now)}",
        title=workspace.project.title,
        organisation=workspace.organisation,
        closes=workspace.round.closes_at,
        until=dates.last_day(workspace.kept_until) if workspace.kept_until else None,
        member=member.id,
        **facts,
    )


def link(member: Member) -> str:
    """A member's own way in: derived, so that it need not be kept."""
    return f"{current_app.config['BASE_URL']}/skriv-sammen/link/{_token(member.seed, member.code_version)}"


def _token(seed: str, version: int) -> str:
    return codes.link_token(f"member:{seed}", version)


@letters.provider("member")
def _own_page(member_id: int) -> dict[str, Any]:
    """The member's link, for the letter; it stands in no copy that we keep, and is empty when they have left."""
    member = db.session.get(Member, member_id)
    return {"own_page": Secret(link(member)) if member is not None else ""}
