"""Which reader a file needs: what it is weighs more than what it is called."""

from __future__ import annotations

from dataclasses import replace

from .model import Fault, Note, Reading, Unread
from .plain import LONGEST, decode, tidy

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NAMES = (".txt", ".md", ".markdown", ".text")


def read(name: str, data: bytes) -> Reading:
    """Read one file in this process. ``documents.read_document`` does the same at arm's length.

    Raises:
        Unread: it cannot be read.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise Unread(Fault.EMPTY)
    try:
        found = _read(name.lower().strip(), data)
    except (MemoryError, RecursionError) as heavy:
        raise Unread(Fault.TOO_HEAVY) from heavy
    if len(found.words) > LONGEST:
        return _cut(found)
    return found


def _read(name: str, data: bytes) -> Reading:
    # Readers are brought in where they are used: the child process starts in a third of the time.
    if b"%PDF-" in data[:1024] and not name.endswith((".eml", *_TEXT_NAMES)):
        from .portable import read_pdf

        return read_pdf(data)
    if data.startswith(_OLE):
        from .outlook import is_outlook, read_outlook

        if is_outlook(data):
            return read_outlook(data)
        raise Unread(Fault.LOCKED if "EncryptedPackage".encode("utf-16-le") in data else Fault.OLD_WORD)
    if data.startswith(b"PK"):
        return _read_zipped(data)
    if data.lstrip().startswith(b"{\\rtf"):
        from .rtf import rtf_text

        return _as_text("rtf", rtf_text(data))
    if name.endswith(".eml"):
        from .mail import read_mail

        return read_mail(data)
    if name.endswith(_TEXT_NAMES):
        return _as_text("txt", _letters(data))
    known = name.endswith((".pdf", ".msg", ".docx", ".odt", ".rtf"))
    raise Unread(Fault.DAMAGED if known else Fault.UNKNOWN)


def _read_zipped(data: bytes) -> Reading:
    from .archive import Archive

    names = Archive(data).names
    if "word/document.xml" in names:
        from .word import read_word

        return read_word(data)
    if "content.xml" in names:
        from .office import read_office

        return read_office(data)
    raise Unread(Fault.UNKNOWN)


def _letters(data: bytes) -> str:
    """Text; many control characters mean that the file is something else under a false name."""
    text = decode(data)
    odd = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 12, 13))
    if odd > len(text) / 100:
        raise Unread(Fault.DAMAGED)
    return text


def _as_text(kind: str, text: str) -> Reading:
    words = tidy(text)
    notes = [(Note.MISREAD, "")] if "\ufffd" in words else []
    if not words:
        notes.append((Note.NO_WORDS, ""))
    return Reading(kind=kind, words=words, notes=tuple(notes))


def _cut(found: Reading) -> Reading:
    keep = found.quoted_from if found.quoted_from is not None and found.quoted_from < LONGEST else None
    pages = tuple((page, start, min(end, LONGEST)) for page, start, end in found.pages if start < LONGEST)
    notes = (*found.notes, (Note.CUT, ""))
    return replace(found, words=found.words[:LONGEST], quoted_from=keep, pages=pages, notes=notes)
