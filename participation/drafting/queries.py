"""What may be read of workspaces: by a member, whose link was opened in this session, and by nobody else."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from participation.drafting.model import Member, Opinion, TogetherVersion, Workspace
from participation.foundation import codes
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.plain import mark

#: One person alone is not together.
FEWEST = 2


def member_by_token(token: str) -> Member | None:
    """The member with this link."""
    return db.session.scalar(sa.select(Member).where(Member.token_hash == codes.token_hash(token)))


def member_with(workspace_id: int, seed: str) -> Member | None:
    """The member that a session has shown the link of, with all that their page tells."""
    within = selectinload(Member.workspace)
    return db.session.scalar(
        sa.select(Member)
        .where(Member.workspace_id == workspace_id, Member.seed == seed)
        .options(
            within.selectinload(Workspace.members).lazyload(Member.workspace),
            within.selectinload(Workspace.versions).selectinload(TogetherVersion.opinions),
        )
    )


def locked(workspace_id: int, *, may_be_sent: bool = False) -> Workspace:
    """A workspace as it stands now, for one act at a time.

    Raises:
        Wrong: its text is sent.
    """
    workspace = db.session.scalars(
        sa.select(Workspace)
        .where(Workspace.id == workspace_id)
        .with_for_update(of=Workspace)
        .execution_options(populate_existing=True)
    ).one()
    if workspace.sent_at is not None and not may_be_sent:
        raise Wrong(mark("Jeres tekst er sendt. Derfor kan den ikke ændres her mere."))
    return workspace


@dataclass(frozen=True)
class Standing:
    """How far a workspace has come.

    Attributes:
        approved: those who are with them and have said yes to the text as it stands.
        against: those who have said no to it. silent: those who have said nothing yet.
        needed: how many must approve.
    """

    approved: tuple[Opinion, ...]
    against: tuple[Opinion, ...]
    silent: tuple[Member, ...]
    needed: int

    @property
    def is_ready(self) -> bool:
        """Whether the text may be sent."""
        return len(self.approved) >= self.needed


def standing(workspace: Workspace) -> Standing:
    """Who has approved the text as it stands; a changed text begins anew."""
    present = [one for one in workspace.members if one.is_with]
    said = {one.member_id: one for one in workspace.latest.opinions} if workspace.latest is not None else {}
    opinions = [said[one.id] for one in present if one.id in said]
    return Standing(
        approved=tuple(one for one in opinions if one.approves),
        against=tuple(one for one in opinions if not one.approves),
        silent=tuple(one for one in present if one.id not in said),
        needed=max(FEWEST, workspace.quorum or len(present)),
    )
