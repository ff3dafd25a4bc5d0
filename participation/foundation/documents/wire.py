"""How a reading travels from the child to the web server: one line of JSON, then the attached files' bytes."""

from __future__ import annotations

import json
from datetime import datetime

from .model import Attached, Barrier, Fault, Note, Reading, Unread


def pack(reading: Reading) -> bytes:
    """One line of JSON and the bytes of the files in order."""
    head = {
        "kind": reading.kind,
        "words": reading.words,
        "sender_name": reading.sender_name,
        "sender_email": reading.sender_email,
        "subject": reading.subject,
        "sent_at": reading.sent_at.isoformat() if reading.sent_at else None,
        "quoted_from": reading.quoted_from,
        "pages": reading.pages,
        "attachments": [(file.name, len(file.data)) for file in reading.attachments],
        "notes": reading.notes,
        "barriers": reading.barriers,
    }
    return json.dumps(head).encode() + b"\n" + b"".join(file.data for file in reading.attachments)


def pack_fault(fault: Fault) -> bytes:
    """Why the file could not be read."""
    return json.dumps({"fault": fault}).encode() + b"\n"


def unpack(sent: bytes) -> Reading:
    """What the child found.

    Raises:
        Unread: the child gave up, or what it sent is not whole.
    """
    line, _, rest = sent.partition(b"\n")
    try:
        head = json.loads(line)
        if "fault" in head:
            raise Unread(Fault(head["fault"]))
        files = []
        for name, size in head.pop("attachments"):
            files.append(Attached(name, rest[:size]))
            rest = rest[size:]
        sent_at = datetime.fromisoformat(head["sent_at"]) if head["sent_at"] else None
        pages = tuple((page, start, end) for page, start, end in head["pages"])
        notes = tuple((Note(note), detail) for note, detail in head["notes"])
        barriers = tuple((Barrier(barrier), int(many)) for barrier, many in head["barriers"])
    except (ValueError, KeyError, TypeError) as broken:
        raise Unread(Fault.DAMAGED) from broken
    found = {"sent_at": sent_at, "pages": pages, "notes": notes, "barriers": barriers, "attachments": tuple(files)}
    return Reading(**{**head, **found})
