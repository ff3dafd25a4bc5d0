"""Read what people drop on the intake page: mails, letters and notes, one document each (RP-06).

A file from outside may be hostile, so it is read by a child process with little memory, little time and none of our
secrets; the worst it can do is to end its own reader.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .model import Attached, Fault, Reading, Unread

__all__ = ["LARGEST", "Attached", "Document", "Unreadable", "parse", "read_document"]

#: The largest file that is read. Bytes.
LARGEST = 50_000_000
#: What the child may use: bytes of memory, seconds of processor, seconds on the clock.
MEMORY, PROCESSOR, WALL = 512_000_000, 10, 20

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Document:
    """A file as a caseworker meets it.

    Attributes:
        kind: eml, msg, pdf, docx, odt, rtf or txt.
        sent_at: when it says it was sent or made; aware, UTC. A claim of the file, not the time of arrival.
        words: what the sender wrote; line ends are ``\\n``. A mail keeps the history it quotes.
        quoted_from: code point in ``words`` where an earlier mail is quoted from, or None.
        pages: ``(page, start, end)``: pages from 1, code points into ``words``; empty for anything but a PDF
            with text and a Word document that tells where its pages end.
        problems: one Danish sentence for each thing that a person must look at.
        barriers: one Danish sentence for each thing that keeps some people from a file that is laid out for all.
    """

    kind: str
    sender_name: str | None
    sender_email: str | None
    subject: str | None
    sent_at: datetime | None
    words: str
    quoted_from: int | None
    pages: tuple[tuple[int, int, int], ...]
    attachments: tuple[Attached, ...]
    problems: tuple[str, ...]
    barriers: tuple[str, ...] = ()


class Unreadable(Exception):
    """The file cannot be read; ``words`` is one Danish sentence on what is wrong and what to do.

    The caller still has the original and keeps it.
    """

    def __init__(self, words: str, reason: str = Fault.DAMAGED) -> None:
        super().__init__(words)
        self.words = words
        self.reason = str(reason)


def read_document(name: str, data: bytes) -> Document:
    """Read one dropped file at arm's length: at most 512 MB, 10 s of processor and 20 s on the clock.

    Raises:
        Unreadable: it is damaged, locked, too heavy or of a kind that is not read.
    """
    if len(data) > LARGEST:
        raise _unreadable(Fault.TOO_HEAVY)
    return _told(lambda: _read_in_child(name, data))


def parse(name: str, data: bytes) -> Document:
    """The same in this process, without bounds on memory and time: for files that we made ourselves."""
    from .reading import read

    return _told(lambda: read(name, data))


def _read_in_child(name: str, data: bytes) -> Reading:
    from .wire import unpack

    command = [sys.executable, "-P", "-B", "-m", __name__]
    surroundings = {"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    sent = json.dumps({"name": name}).encode() + b"\n" + data
    try:
        done = subprocess.run(command, input=sent, capture_output=True, env=surroundings, timeout=WALL, check=False)
    except subprocess.TimeoutExpired as slow:
        raise Unread(Fault.TOO_HEAVY) from slow
    if done.returncode < 0:  # ended by a signal: a limit was passed, or a reader fell
        raise Unread(Fault.TOO_HEAVY)
    return unpack(done.stdout)


def _told(reader: Callable[[], Reading]) -> Document:
    from .sentences import barrier_words, note_words

    try:
        found = reader()
    except Unread as given_up:
        raise _unreadable(given_up.fault) from given_up
    return Document(
        kind=found.kind,
        sender_name=found.sender_name,
        sender_email=found.sender_email,
        subject=found.subject,
        sent_at=found.sent_at,
        words=found.words,
        quoted_from=found.quoted_from,
        pages=found.pages,
        attachments=found.attachments,
        problems=tuple(note_words(note, detail) for note, detail in found.notes),
        barriers=tuple(barrier_words(barrier, many) for barrier, many in found.barriers),
    )


def _unreadable(fault: Fault) -> Unreadable:
    from .sentences import fault_words

    return Unreadable(fault_words(fault), fault)
