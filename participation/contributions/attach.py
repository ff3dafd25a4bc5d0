"""Files that come with a contribution: kept as they came, shown to staff only, their text read after the commit.

A file whose name, text or metadata looks private waits for a named person before any copy of it is shown (T15).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from participation.contributions.model import Attachment, Contact, Contribution, CopyReader, Span, Text
from participation.contributions.tell import tell_sender
from participation.foundation import files, jobs, log, markup, scanner
from participation.foundation.db import begin_write, db, put
from participation.foundation.documents import Document, Unreadable, read_document
from participation.foundation.files import Stored
from participation.foundation.model import File, LogEntry
from participation.foundation.personal import cpr_numbers, details
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import CopyPart, TextSource

#: How many files one contribution brings along.
MOST_FILES = 10
#: What a citizen may send along.
ENDINGS = (".pdf", ".docx", ".odt", ".txt", ".jpg", ".jpeg", ".png")
#: Whose text is read, so that a planner can mark points in it.
_READ = (".pdf", ".docx", ".odt", ".txt")
_JOB = "contributions:read_files"


def file_row(stored: Stored, now: datetime) -> dict[str, Any]:
    """The columns of a file that lies in the store; restricted, as all that comes from outside."""
    return {
        "sha256": stored.sha256,
        "name": stored.name,
        "media_type": stored.media_type,
        "size": stored.size,
        "restricted": True,
        "stored_at": now,
    }


def attach_files(
    contribution: Contribution, stored: Sequence[Stored], *, original: bool = False, now: datetime
) -> list[Attachment]:
    """Hang files on a contribution, and owe the reading of their text.

    Args:
        original: the first one is the letter or mail itself, whose words the contribution has already.
    """
    rows = []
    for number, one in enumerate(stored):
        file = put(File, **file_row(one, now))
        row = put(
            Attachment,
            contribution_id=contribution.id,
            file_id=file.id,
            is_original=original and number == 0,
            held_back=bool(cpr_numbers(one.name)),
        )
        rows.append(row)
        set_committed_value(row, "file", file)
    if any(_is_read(row) or _is_picture(row) for row in rows) or scanner.is_on():
        jobs.owe(_JOB, {"contribution": contribution.id}, at=now)
    return rows


def files_digest(salt: str, hashes: Iterable[str]) -> str:
    """What the log keeps of the files that came with words; it proves nothing once the salt is erased."""
    return log.digest(salt, "\n".join(hashes))


@log.inspector(Act.SUBMIT_CONTRIBUTION)
@log.inspector(Act.ASK_QUESTION)
@log.inspector(Act.COMMENT_CONTRIBUTION)
@log.inspector(Act.REGISTER_CONTRIBUTION)
def files_behind(entries: Sequence[LogEntry]) -> set[int]:
    """Entries whose files are not those that came: changed on the disk, exchanged, or taken away."""
    told = {int(entry.subject.partition(":")[2]): entry for entry in entries if "file_digest" in entry.facts}
    rows = db.session.execute(
        sa.select(Attachment.contribution_id, File.sha256)
        .join(File, File.id == Attachment.file_id)
        .where(Attachment.contribution_id.in_(told))
        .order_by(Attachment.id)
    )
    there: dict[int, list[str]] = {}
    for contribution, sha256 in rows:
        there.setdefault(contribution, []).append(sha256)
    salts = db.session.execute(
        sa.select(Contact.contribution_id, Contact.salt).where(Contact.contribution_id.in_(told))
    ).all()
    wrong = {
        told[contribution].id
        for contribution, salt in salts
        if files_digest(salt, _really(there.get(contribution, ()), told[contribution].facts["files"]))
        != told[contribution].facts["file_digest"]
    }
    return wrong | _authorities_behind(entries)


def _authorities_behind(entries: Sequence[LogEntry]) -> set[int]:
    """Entries whose written authority (fuldmagt) is not the one that came (RE-44)."""
    told = {int(entry.subject.partition(":")[2]): entry for entry in entries if "authority_digest" in entry.facts}
    if not told:
        return set()
    rows = db.session.execute(
        sa.select(Contact.contribution_id, Contact.salt, sa.func.coalesce(File.sha256, ""))
        .outerjoin(CopyReader, sa.and_(CopyReader.contact_id == Contact.id, CopyReader.part == CopyPart.REPRESENTED))
        .outerjoin(File, File.id == CopyReader.authority_file_id)
        .where(Contact.contribution_id.in_(told))
    )
    return {
        told[contribution].id
        for contribution, salt, sha256 in rows
        if files_digest(salt, _really([sha256], 1)) != told[contribution].facts["authority_digest"]
    }


def _really(named: Sequence[str], first: int) -> list[str]:
    """The hashes of what lies on the disk for the first files; a name that is no hash is as good as none."""
    return [files.hash_on_disk(one) if len(one) == 64 else "" for one in named[:first]]


@jobs.job(_JOB)
def read_files(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Keep the text of what was attached, page by page where there are pages, and what each file says of itself.

    Where there is a virus scanner it looks first; what it found something in is not read, and the sender is told once.
    What looks private holds the file back; a CPR number holds the contribution back, too, until somebody has looked.
    A letter without words of its own says what its files say. A second time adds nothing.
    """
    contribution = db.session.get_one(Contribution, arguments["contribution"])
    waiting = db.session.scalars(
        sa.select(Attachment)
        .where(
            Attachment.contribution_id == contribution.id,
            ~sa.exists().where(Text.attachment_id == Attachment.id),
        )
        .order_by(Attachment.id)
    ).all()
    came = {row.id: row.file.sha256 for row in contribution.attachments}
    harmful = scanner.scan_files(came.values(), now=now)
    db.session.commit()
    read = [
        (row.id, row.contribution_id, _read(row))
        for row in waiting
        if (_is_read(row) or _is_picture(row)) and row.file.sha256 not in harmful
    ]
    begin_write()  # only now: nothing is read while the lock is held
    if harmful:
        tell_sender("file_not_opened", contribution, at=now, dedupe=f"file_not_opened:{contribution.id}")
    for came_in, of, found in read:
        row = db.session.get_one(Attachment, came_in)
        db.session.add_all(
            Text(contribution_id=of, source=TextSource.FILE, attachment_id=came_in, page=page, words=words, made_at=now)
            for page, words in found.pages
        )
        row.about = found.about
        told = [row.file.name, *found.about.values(), *(words for _page, words in found.pages)]
        row.held_back = row.held_back or "place" in found.about or any(map(details, told))
        if any(map(cpr_numbers, told)) and contribution.handling is Handling.RECEIVED:
            contribution.held_back, contribution.cleared_by_id = True, None
    if read:
        _say_by_files(contribution)


def _say_by_files(contribution: Contribution) -> None:
    """A letter without words of its own says what stands in its files: its one point, still untouched, is their words.

    What is longer than a letter can be waits for a planner, who divides it page by page.
    """
    db.session.flush()
    db.session.refresh(contribution, ["texts", "points"])
    if contribution.words.strip() or len(contribution.points) != 1:
        return
    (point,) = contribution.points
    texts = [text for text in contribution.texts if text.source is TextSource.FILE]
    if point.spans or point.by_person or sum(len(text.words) for text in texts) > markup.LONGEST:
        return
    point.spans = [Span(text_id=text.id, start=0, end=len(text.words)) for text in texts]


@dataclass(frozen=True)
class _Found:
    """What was read in a file: its text by page, and what it says of itself."""

    pages: tuple[tuple[int | None, str], ...] = ()
    about: dict[str, str] = field(default_factory=dict)


def _is_read(row: Attachment) -> bool:
    return not row.is_original and row.file.name.lower().endswith(_READ)


def _is_picture(row: Attachment) -> bool:
    return row.file.media_type.startswith("image/")


def _read(row: Attachment) -> _Found:
    """The text of a file by page; nothing where it cannot be read: the file itself is there to be opened."""
    if _is_picture(row):
        return _Found(about=files.about_picture(row.file.sha256))
    with files.open_(row.file.sha256) as content:
        data = content.read()
    try:
        found: Document = read_document(row.file.name, data)
    except Unreadable:
        return _Found()
    said = {"author": found.sender_name, "title": found.subject}
    about = {name: words for name, words in said.items() if words}
    pages = found.pages or ((None, 0, len(found.words)),)
    return _Found(tuple((page, part) for page, start, end in pages for part in _parts(found.words[start:end])), about)


def _parts(words: str) -> Iterator[str]:
    """A page in parts of at most a letter's length, so that a planner can divide each; nothing of a blank one."""
    while words.strip():
        cut = len(words)
        if cut > markup.LONGEST:
            cut = max(words.rfind(end, 0, markup.LONGEST) for end in "\n ") + 1 or markup.LONGEST
        yield words[:cut]
        words = words[cut:]
