"""What somebody has begun to write is kept until they go on: for themselves alone, for a month (RP-13, SK-24)."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from participation.contributions.model import SavedDraft
from participation.foundation import codes, jobs, letters, permission
from participation.foundation.db import apart, db
from participation.foundation.letters import Secret
from participation.foundation.model import Letter
from participation.projects.model import Round
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.policy import Actor

#: Days that a draft is kept after it was saved last.
DAYS = 30
_SENT_BY = {Kind.QUESTION: Act.ASK_QUESTION, Kind.COMMENT: Act.COMMENT_CONTRIBUTION}


def save_draft(
    actor: Actor,
    round_: Round,
    kind: Kind,
    fields: Mapping[str, list[str]],
    *,
    purpose: str,
    address: str,
    seed: str | None = None,
    language: str = "da",
    now: datetime,
) -> SavedDraft:
    """Keep what was typed, unsent; saving it again keeps it in the same place, a month more.

    No line in the log tells of it: what somebody has not sent is nobody's business.

    Args:
        fields: what was typed or chosen, by the name of the form's field, as it was sent; no files.
        purpose: which form it is, as its signed key says. address: where the form stands.
        seed: of the draft that this person goes on with, if any.

    Raises:
        NotAllowed: what was typed could not be sent now either.
    """
    permission.require(actor, Act.SAVE_DRAFT, round_, now)
    policy.require(actor, _SENT_BY.get(kind, Act.SUBMIT_CONTRIBUTION), round_, now)

    draft = draft_with(seed, purpose, now=now) if seed else None
    if draft is None:
        seed, version = secrets.token_hex(16), codes.latest_version()
        token = codes.link_token(f"draft:{seed}", version)
        draft = SavedDraft(seed=seed, code_version=version, token_hash=codes.token_hash(token), purpose=purpose)
        db.session.add(draft)
    draft.round_id, draft.address, draft.language, draft.fields = round_.id, address, language, dict(fields)
    draft.saved_at, draft.expires_at = now, dates.local_day_end(dates.local_day(now) + timedelta(days=DAYS))
    db.session.flush()
    return draft


def mail_draft(actor: Actor, draft: SavedDraft, email: str, language: str = "da", *, now: datetime) -> None:
    """Owe its writer a letter with the link; at most one a day to an address.

    Raises:
        NotAllowed: nothing is taken in any more.
    """
    permission.require(actor, Act.SAVE_DRAFT, draft.round, now)
    letters.owe(
        "draft_link",
        draft,
        to=email,
        language=language,
        at=now,
        dedupe=f"draft_link:{draft.seed}:{dates.local_day(now)}",
        title=draft.round.project.title,
        until=dates.last_day(draft.expires_at),
        draft=draft.id,
    )


def delete_draft(actor: Actor, draft: SavedDraft, *, now: datetime) -> None:
    """Forget what was typed, and its link."""
    permission.require(actor, Act.DELETE_DRAFT, None, now)
    db.session.delete(draft)
    db.session.flush()


def link(draft: SavedDraft) -> str:
    """Its address for whoever wrote it: derived, so that it need not be kept."""
    token = codes.link_token(f"draft:{draft.seed}", draft.code_version)
    return f"{current_app.config['BASE_URL']}/kladde/{token}"


def draft_by_token(token: str, *, now: datetime) -> SavedDraft | None:
    """The draft with this link, while it is kept."""
    return _kept(SavedDraft.token_hash == codes.token_hash(token), now)


def draft_with(seed: str, purpose: str, *, now: datetime) -> SavedDraft | None:
    """The draft of a form that a session goes on with, while it is kept."""
    return _kept(sa.and_(SavedDraft.seed == seed, SavedDraft.purpose == purpose), now)


def _kept(condition: sa.ColumnElement[bool], now: datetime) -> SavedDraft | None:
    return db.session.scalar(sa.select(SavedDraft).where(condition, SavedDraft.expires_at > now))


@letters.provider("draft")
def _own_page(draft_id: int) -> dict[str, Any]:
    """The writer's link, for the letter; it stands in no copy that we keep, and is empty when the draft is gone."""
    draft = db.session.get(SavedDraft, draft_id)
    return {"own_page": Secret(link(draft)) if draft is not None else ""}


@jobs.periodic("drafts:forget", every=timedelta(days=1))
def _forget(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Let go of drafts that nobody came back to, and of the addresses that their links were sent to."""
    with apart() as session:
        session.execute(sa.delete(SavedDraft).where(SavedDraft.expires_at <= now))
        session.execute(
            sa.delete(Letter).where(Letter.kind == "draft_link", Letter.owed_at < now - timedelta(days=DAYS))
        )
