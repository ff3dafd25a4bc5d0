"""Mails and letters are dropped on the intake page: one contribution each, in one act (RP-06).

The files are opened and kept first, without the write lock; then all that can be read is registered at once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser
from secrets import token_hex

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.contributions import queries
from participation.contributions.attach import file_row
from participation.contributions.model import Contribution, DroppedFile
from participation.contributions.receive import Sender, Sent, receive
from participation.contributions.register import kind_of
from participation.contributions.submit import owe_receipt
from participation.foundation import files, log, permission, scanner
from participation.foundation.db import db
from participation.foundation.documents import Document, Unreadable, read_document
from participation.foundation.files import Refused, Stored
from participation.foundation.model import File
from participation.projects.model import Project, Round
from participation.rules.acts import Act
from participation.rules.kinds import Channel
from participation.rules.policy import Actor

#: What may be dropped.
ENDINGS = (".eml", ".msg", ".pdf", ".docx", ".odt", ".rtf", ".txt")
_MAILS = ("eml", "msg")
MOST_DROPPED = 500
#: The most bytes of a mail that are looked at for its header.
_HEADER = 256 * 1024


@dataclass(frozen=True)
class Opened:
    """A dropped file, opened and kept, before anything is registered.

    Attributes:
        stored: the original in the file store; None when it could not be kept either.
        document: what was read in it; None when it could not be read.
        enclosed: what came along in a mail.
        problems: Danish sentences for the officer.
        key: of a mail, by which it is known when it comes a second time by another way; None of anything else.
    """

    name: str
    stored: Stored | None = None
    document: Document | None = None
    enclosed: tuple[Stored, ...] = ()
    problems: tuple[str, ...] = field(default=())
    key: str | None = None


def open_dropped(dropped: Iterable[tuple[str, bytes]], known: Sequence[str] = ()) -> Iterator[Opened]:
    """Open and keep each dropped file; one that cannot be read says why, and the next is opened.

    Args:
        known: SHA-256 of the files that lie in the case already; they are not read again.
    """
    for name, data in dropped:
        shown = files.shown_name(name)
        if not name.lower().endswith(ENDINGS):
            yield Opened(
                shown, problems=(_("Den slags fil kan vi ikke tage imod. Gem den som PDF, Word, tekst eller mail."),)
            )
            continue
        yield _opened(shown, name, data, known)


def _opened(shown: str, name: str, data: bytes, known: Sequence[str]) -> Opened:
    try:
        stored = files.keep(data, name)
    except Refused as no:
        return Opened(shown, problems=(no.words,))
    if stored.sha256 in known:
        return Opened(shown, stored)
    try:
        document = read_document(name, data)
    except Unreadable as no:
        return Opened(shown, stored, problems=(no.words,))
    enclosed, problems = [], list(document.problems)
    for one in document.attachments:
        try:
            enclosed.append(files.store(one.data, one.name))
        except Refused:
            problems.append(_("Den vedhæftede fil »%(name)s« ligger kun i selve mailen.", name=one.name))
    return Opened(shown, stored, document, tuple(enclosed), tuple(problems), _mail_key(data, document))


def _mail_key(data: bytes, document: Document) -> str | None:
    """Of one mail, however it was carried: its own name with sender and words, since some programs repeat the name."""
    named = BytesHeaderParser().parsebytes(data[:_HEADER]).get("message-id") if document.kind == "eml" else None
    if named is None:
        return None
    told = (str(named).strip(), document.sender_email or "", document.words)
    return hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()


def known_files(project: Project) -> list[str]:
    """SHA-256 of the files that were dropped in this case before and are part of it."""
    return list(
        db.session.scalars(
            sa.select(DroppedFile.sha256).where(
                DroppedFile.project_id == project.id,
                DroppedFile.sha256 != "",
                sa.or_(DroppedFile.contribution_id.is_not(None), DroppedFile.file_id.is_not(None)),
            )
        )
    )


def take_in(
    actor: Actor, round_: Round, opened: Sequence[Opened], *, received_at: datetime | None = None, now: datetime
) -> list[DroppedFile]:
    """Register what was dropped: one contribution for each file that could be read.

    A file that could not be read is kept, so that somebody can open it and type it in. The same file twice in a case
    adds nothing.

    Args:
        received_at: when the letters came in, as the officer says; a mail says it itself, anything else came now.

    Returns:
        A row for each file, in order: what became of it.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
    """
    permission.require(actor, Act.REGISTER_CONTRIBUTION, round_, now)
    project = round_.project
    batch, rows = token_hex(16), []
    earlier = _earlier(project, [one.stored.sha256 for one in opened if one.stored is not None])
    for one in opened:
        row = DroppedFile(
            project_id=project.id,
            batch=batch,
            name=one.name,
            sha256=one.stored.sha256 if one.stored is not None else "",
            problems=list(one.problems),
            dropped_at=now,
            dropped_by_id=actor.person_id,
        )
        same = earlier.get(row.sha256)
        if same is not None:
            row.known, row.contribution_id = True, same.contribution_id
        elif one.key is not None and (carried := queries.by_key(round_, one.key)) is not None:
            row.known, row.contribution_id = True, carried.id
        elif one.document is not None and one.stored is not None:
            row.contribution_id = _register(actor, round_, one, received_at, now).id
        elif one.stored is not None:
            kept = File(**file_row(one.stored, now))
            db.session.add(kept)
            db.session.flush()
            row.file_id = kept.id
            scanner.owe([kept.sha256], at=now)
            log.record(Act.REGISTER_CONTRIBUTION, actor, kept, at=now, project_id=project.id, unread=True)
        if row.sha256 and same is None:
            earlier[row.sha256] = row
        rows.append(row)
    db.session.add_all(rows)
    db.session.flush()
    return rows


def set_aside(actor: Actor, dropped: DroppedFile, *, now: datetime) -> None:
    """A file that could not be read is no contribution, or came in otherwise; it stays in the case.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.REGISTER_CONTRIBUTION, dropped, now)
    dropped.settled_at = now
    db.session.flush()
    log.record(Act.REGISTER_CONTRIBUTION, actor, dropped, at=now, project_id=dropped.project_id, set_aside=True)


def _earlier(project: Project, hashes: Sequence[str]) -> dict[str, DroppedFile]:
    rows = db.session.scalars(
        sa.select(DroppedFile)
        .where(DroppedFile.project_id == project.id, DroppedFile.sha256.in_(hashes), ~DroppedFile.known)
        .order_by(DroppedFile.id.desc())
    )
    return {row.sha256: row for row in rows}


def _register(actor: Actor, round_: Round, one: Opened, received_at: datetime | None, now: datetime) -> Contribution:
    stored, document = one.stored, one.document
    assert stored is not None
    assert document is not None
    is_mail = document.kind in _MAILS
    sent = Sent(
        words=own_words(document),
        kind=kind_of(round_),
        received_at=_arrived(document, received_at, now) if is_mail else received_at or now,
        sender=Sender(name=(document.sender_name or "")[:160], email=_address(document)),
        channel=Channel.EMAIL if is_mail else Channel.LETTER,
        files=(stored, *one.enclosed),
        original=True,
        key=one.key,
    )
    contribution = receive(actor, Act.REGISTER_CONTRIBUTION, round_, sent, now=now)
    owe_receipt(contribution, at=now)
    return contribution


def own_words(document: Document) -> str:
    """What the sender wrote themselves: without the mails that it answers, which stay in the original."""
    words = document.words
    if document.quoted_from is not None and words[: document.quoted_from].strip():
        words = words[: document.quoted_from].rstrip()
    return words if words.strip() else (document.subject or "")


def _arrived(document: Document, said: datetime | None, now: datetime) -> datetime:
    """When a mail came in: as the officer says, else as the mail does, but never in the future."""
    if said is not None:
        return said
    return document.sent_at if document.sent_at is not None and document.sent_at <= now else now


def _address(document: Document) -> str:
    address = document.sender_email or ""
    return address if len(address) <= 254 else ""
