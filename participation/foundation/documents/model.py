"""What a dropped file turns into: who wrote it, when, which words, and what a person must look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    DAMAGED = "damaged"
    NOT_MAIL = "not_mail"
    CUT_MAIL = "cut_mail"
    LOCKED = "locked"
    OLD_WORD = "old_word"
    UNKNOWN = "unknown"
    TOO_HEAVY = "too_heavy"


class Note(StrEnum):
    """What a person must look at in a file that could be read."""

    NO_TEXT = "no_text"
    BLANK_PAGES = "blank_pages"
    NO_WORDS = "no_words"
    NO_SENDER = "no_sender"
    NO_DATE = "no_date"
    PICTURES = "pictures"
    CUT = "cut"
    MIXED = "mixed"
    FORWARDED = "forwarded"
    NESTED = "nested"
    ENCRYPTED = "encrypted"
    NOT_WHOLE = "not_whole"
    MISREAD = "misread"


class Barrier(StrEnum):
    """What keeps some people from a file that is laid out for everybody (WCAG 1.1.1, 1.3.1; EN 301 549, chapter 10)."""

    SCAN = "scan"
    UNTAGGED = "untagged"
    NO_ALTERNATIVE = "no_alternative"


class Unread(Exception):
    """A reader gave up; ``fault`` says why. The door turns it into ``Unreadable`` with Danish words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came along, with a name that is safe to show and to save under."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found; the same as ``Document`` but with notes as codes.

    Attributes:
        quoted_from: code point in ``words`` where an earlier mail is quoted from, or None.
        pages: ``(page, start, end)`` with pages from 1 and code points into ``words``.
        notes: ``(note, detail)``.
        barriers: ``(barrier, how many)``.
    """

    kind: str
    words: str
    sender_name: str | None = None
    sender_email: str | None = None
    subject: str | None = None
    sent_at: datetime | None = None
    quoted_from: int | None = None
    pages: tuple[tuple[int, int, int], ...] = ()
    attachments: tuple[Attached, ...] = ()
    notes: tuple[tuple[Note, str], ...] = field(default=())
    barriers: tuple[tuple[Barrier, int], ...] = field(default=())
