"""Whoever takes part besides the sender gets copies of the letters, without the sender's code and links (RE-44, RE-45).

A copy is the sender's own letter, less every paragraph with something that opens the sender's page; on top it says why
it came, and at the end how to say no.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from participation.contributions.model import Contribution, CopyReader
from participation.foundation import codes, letters, log, permission
from participation.foundation.db import db
from participation.foundation.letters import Secret
from participation.rules.acts import Act
from participation.rules.plain import LANGUAGES
from participation.rules.policy import Actor

#: What is copied, and after which template: what is received, answered and decided. What only the sender can do
#: something about, such as our steps on the ladder of moderation, is between them and us. A letter on paper quotes the
#: sender's words; its copy goes by e-mail and does not.
COPIED: Mapping[str, str] = {
    **dict.fromkeys(["feedback", "feedback_print"], "feedback"),
    **{kind: kind for kind in ("receipt", "question_answered", "decision", "reopened", "forwarded", "promise_moved")},
    **{kind: kind for kind in ("built", "news_cancelled", "news_corrected", "news_decided", "news_done")},
    **{kind: kind for kind in ("news_extended", "news_level_corrected", "news_level_raised", "news_moved")},
    **{kind: kind for kind in ("news_new_round", "news_reported")},
}


def owe_copies(
    kind: str, contribution: Contribution, facts: Mapping[str, Any], *, at: datetime, dedupe: str | None = None
) -> None:
    """Owe a copy of a letter to each who takes part, has an address and has not said no.

    Args:
        kind, facts, dedupe: of the sender's own letter.
    """
    company = contribution.contact.company if contribution.contact is not None else []
    for reader in company if kind in COPIED else ():
        if reader.email and reader.stopped_at is None:
            letters.owe(
                "copy",
                contribution,
                to=reader.email,
                language=contribution.language if contribution.language in LANGUAGES else "da",
                at=at,
                dedupe=f"{kind}:{dedupe or log.subject_key(contribution)}",
                project_id=contribution.project_id,
                contribution=contribution.id,
                copy_reader=reader.id,
                original=f"letters/{COPIED[kind]}.txt",
                **facts,
            )


def stop_copies(actor: Actor, reader: CopyReader, *, now: datetime) -> None:
    """Send no more copies, and forget the address; a second time changes nothing.

    Raises:
        NotAllowed: never; whoever has the link may say no.
    """
    contribution = reader.contact.contribution
    permission.require(actor, Act.STOP_COPIES, contribution, now)
    if reader.stopped_at is not None:
        return
    reader.stopped_at, reader.email = now, ""
    db.session.flush()

    log.record(Act.STOP_COPIES, actor, contribution, at=now, project_id=contribution.project_id, part=reader.part)


def by_token(reader_id: int, given: str) -> CopyReader | None:
    """Who gets copies by this link, if the token is the right one, made with whichever server key."""
    reader = db.session.get(CopyReader, reader_id)
    versions = range(1, codes.latest_version() + 1) if reader is not None else ()
    right = any(hmac.compare_digest(_token(reader_id, version).encode(), given.encode()) for version in versions)
    return reader if right else None


def _token(reader_id: int, version: int) -> str:
    return codes.link_token(f"copy:{reader_id}", version)


@letters.provider("copy_reader")
def _reader(reader_id: int) -> dict[str, Any]:
    """Why the copy comes, and the reader's own link; it is derived when needed and in no copy that we keep."""
    reader = db.session.get(CopyReader, reader_id)
    token = _token(reader_id, codes.latest_version())
    return {
        "part": reader.part.value if reader is not None else "",
        "sender": (reader.contact.name if reader is not None else "") or _("afsenderen"),
        "stop_link": Secret(url_for("contributions.sender.copies", reader_id=reader_id, token=token, _external=True)),
    }
