"""Files that come with a contribution: kept as they came, shown to staff only, their text read after the commit."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from participation.contributions.model import Attachment, Contribution, Text
from participation.foundation import files, jobs
from participation.foundation.db import begin_write, db, put
from participation.foundation.documents import Document, Unreadable, read_document
from participation.foundation.files import Stored
from participation.foundation.model import File
from participation.rules.kinds import TextSource

#: How many files one contribution brings along.
MOST_FILES = 10
#: What a citizen may send along.
ENDINGS = (".pdf", ".docx", ".odt", ".txt", ".jpg", ".jpeg", ".png")
#: Whose text is read, so that a planner can mark points in it.
_READ = (".pdf", ".docx", ".odt", ".txt")
_JOB = "contributions:read_files"


def file_row(stored: Stored, now: datetime) -> File:
    """The row of a file that lies in the store; restricted, as all that comes from outside."""
    return File(
        sha256=stored.sha256,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        restricted=True,
        stored_at=now,
    )


def attach_files(
    contribution: Contribution, stored: Sequence[Stored], *, original: bool = False, now: datetime
) -> list[Attachment]:
    """Hang files on a contribution, and owe the reading of their text.

    Args:
        original: the first one is the letter or mail itself, whose words the contribution has already.
    """
    rows = []
    for number, one in enumerate(stored):
        file = put(file_row(one, now))
        row = Attachment(contribution_id=contribution.id, file_id=file.id, is_original=original and number == 0)
        rows.append(put(row))
        set_committed_value(row, "file", file)
    if any(_is_read(row) for row in rows):
        jobs.owe(_JOB, {"contribution": contribution.id}, at=now)
    return rows


@jobs.job(_JOB)
def read_files(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Keep the text of what was attached, page by page where there are pages. A second time adds nothing."""
    waiting = db.session.scalars(
        sa.select(Attachment)
        .where(
            Attachment.contribution_id == arguments["contribution"],
            ~sa.exists().where(Text.attachment_id == Attachment.id),
        )
        .order_by(Attachment.id)
    ).all()
    read = [(row.contribution_id, row.id, page) for row in waiting if _is_read(row) for page in _pages(row.file)]
    begin_write()  # only now: nothing is read while the lock is held
    db.session.add_all(
        Text(contribution_id=of, source=TextSource.FILE, attachment_id=came_in, page=page, words=words, made_at=now)
        for of, came_in, (page, words) in read
    )


def _is_read(row: Attachment) -> bool:
    return not row.is_original and row.file.name.lower().endswith(_READ)


def _pages(file: File) -> list[tuple[int | None, str]]:
    """The text of a file by page; nothing where it cannot be read: the file itself is there to be opened."""
    with files.open_(file.sha256) as content:
        data = content.read()
    try:
        found: Document = read_document(file.name, data)
    except Unreadable:
        return []
    if not found.pages:
        return [(None, found.words)] if found.words.strip() else []
    pages = [(page, found.words[start:end]) for page, start, end in found.pages]
    return [(page, words) for page, words in pages if words.strip()]
