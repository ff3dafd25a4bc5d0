"""Read a mail that was dragged out of Outlook (.msg): an OLE file with numbered properties.

Source: MS-OXMSG and MS-OXPROPS.
"""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import NamedTuple

import olefile

from .hypertext import text_of
from .mail import decode_words
from .model import Attached, Fault, Note, Reading, Unread
from .plain import decode, safe_name, tidy
from .quoting import find_quoted
from .rtf import decompress, rtf_text

SUBJECT, HEADERS, BODY, RTF, HTML = 0x0037, 0x007D, 0x1000, 0x1009, 0x1013
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
FOR_NAME, FOR_ADDRESS, FOR_SMTP = 0x0042, 0x0065, 0x5D02
SUBMITTED, DELIVERED, CODE_PAGE, MESSAGE_PAGE = 0x0039, 0x0E06, 0x3FDE, 0x3FFD
FILE_DATA, LONG_NAME, SHORT_NAME, SHOWN_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_TEXT, _TEXT8, _BYTES, _OBJECT, _TIME, _LONG = 0x001F, 0x001E, 0x0102, 0x000D, 0x0040, 0x0003
_MOST_FILES = 200


def read_outlook(data: bytes) -> Reading:
    """The words, sender and files of one Outlook mail.

    Raises:
        Unread: the file is damaged or is some other OLE file.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if not ole.exists("__properties_version1.0"):
                raise Unread(Fault.DAMAGED)
            return _read(_Storage(ole, ()), depth=0)
    except Unread:
        raise
    except Exception as broken:  # olefile falls in many ways over a damaged file
        raise Unread(Fault.DAMAGED) from broken


def is_outlook(data: bytes) -> bool:
    """Whether an OLE file is a mail (and not an old Word or Excel file)."""
    return "__properties_version1.0".encode("utf-16-le") in data


class _Storage(NamedTuple):
    """One folder of the OLE file: the mail itself, a file that came along, or a mail inside it."""

    ole: olefile.OleFileIO
    path: tuple[str, ...]

    def raw(self, tag: int, kind: int) -> bytes | None:
        at = [*self.path, f"__substg1.0_{tag:04X}{kind:04X}"]
        if not self.ole.exists(at) or self.ole.get_type(at) != olefile.STGTY_STREAM:
            return None
        content: bytes = self.ole.openstream(at).read()
        return content

    def fixed(self, *, header: int) -> dict[int, bytes]:
        """Properties of fixed size: tag → eight bytes."""
        at = [*self.path, "__properties_version1.0"]
        table: bytes = self.ole.openstream(at).read() if self.ole.exists(at) else b""
        found = {}
        for i in range(header, len(table) - 15, 16):
            found[struct.unpack_from("<I", table, i)[0]] = table[i + 8 : i + 16]
        return found

    def text(self, tag: int, page: str = "cp1252") -> str | None:
        if (wide := self.raw(tag, _TEXT)) is not None:
            return tidy(wide[: len(wide) // 2 * 2].decode("utf-16-le", "replace")) or None
        if (narrow := self.raw(tag, _TEXT8)) is not None:
            return tidy(decode(narrow, page)) or None
        return None

    def below(self, start: str) -> list[str]:
        depth = len(self.path)
        names = {
            entry[depth]
            for entry in self.ole.listdir(streams=True, storages=True)
            if len(entry) > depth and tuple(entry[:depth]) == self.path and entry[depth].startswith(start)
        }
        return sorted(names)[:_MOST_FILES]


def _read(mail: _Storage, *, depth: int) -> Reading:
    fixed = mail.fixed(header=32 if depth == 0 else 24)
    page = _page(fixed)
    words, notes = _words(mail, page)
    name, address = _sender(mail, page)
    sent_at = _sent(mail, fixed, page)
    attachments = _attachments(mail, page, notes, depth)
    quoted_from, more = find_quoted(words)
    notes += more
    if "\ufffd" in words:
        notes.append((Note.MISREAD, ""))
    if not words:
        notes.append((Note.NO_WORDS, ""))
    if name is None and address is None:
        notes.append((Note.NO_SENDER, ""))
    if sent_at is None:
        notes.append((Note.NO_DATE, ""))
    subject = mail.text(SUBJECT, page)
    return Reading(
        kind="msg",
        words=words,
        sender_name=name,
        sender_email=address,
        subject=" ".join(subject.split())[:500] if subject else None,
        sent_at=sent_at,
        quoted_from=quoted_from,
        attachments=attachments,
        notes=tuple(dict.fromkeys(notes)),
    )


def _words(mail: _Storage, page: str) -> tuple[str, list[tuple[Note, str]]]:
    """The body as text; else from HTML; else from RTF."""
    notes: list[tuple[Note, str]] = []
    if body := mail.text(BODY, page):
        return body, notes
    html = mail.raw(HTML, _BYTES)
    shown = decode(html, page) if html else mail.text(HTML, page)
    if shown and (words := tidy(text_of(shown))):
        return words, notes
    if packed := mail.raw(RTF, _BYTES):
        try:
            return tidy(rtf_text(decompress(packed))), notes
        except Unread:
            notes.append((Note.NOT_WHOLE, ""))
    return "", notes


def _sender(mail: _Storage, page: str) -> tuple[str | None, str | None]:
    """The person the mail is sent for; an Exchange path ("/O=…") is no address."""
    header = _headers(mail, page).get("from")
    name, address = parseaddr(str(header)) if header else ("", "")
    names = (mail.text(FOR_NAME, page), mail.text(SENDER_NAME, page), decode_words(name))
    addresses = (
        *(mail.text(tag, page) for tag in (FOR_SMTP, FOR_ADDRESS, SENDER_SMTP, SENDER_ADDRESS)),
        address,
    )
    found = next((a.strip() for a in addresses if a and "@" in a and not a.startswith("/")), None)
    shown = next((n.strip("'\" ") for n in names if n and n.strip("'\" ")), None)
    return (None if shown == found else shown), found


def _sent(mail: _Storage, fixed: dict[int, bytes], page: str) -> datetime | None:
    for tag in (SUBMITTED, DELIVERED):
        ticks = int.from_bytes(fixed.get(tag << 16 | _TIME, b""), "little")
        if ticks:
            try:
                return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
            except OverflowError:
                continue
    try:
        when = parsedate_to_datetime(str(_headers(mail, page)["date"]))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def _headers(mail: _Storage, page: str) -> Message:
    return message_from_string(mail.text(HEADERS, page) or "", policy=policy.compat32)


def _attachments(mail: _Storage, page: str, notes: list[tuple[Note, str]], depth: int) -> tuple[Attached, ...]:
    found = []
    for number, folder in enumerate(mail.below("__attach_version1.0_"), 1):
        file = _Storage(mail.ole, (*mail.path, folder))
        name = next((n for tag in (LONG_NAME, SHORT_NAME, SHOWN_NAME) if (n := file.text(tag, page))), None)
        inner = _Storage(mail.ole, (*file.path, f"__substg1.0_{FILE_DATA:04X}{_OBJECT:04X}"))
        if (content := file.raw(FILE_DATA, _BYTES)) is not None:
            if content:
                found.append(Attached(safe_name(name, f"vedhæftet-{number}"), content))
        elif mail.ole.exists([*inner.path, "__properties_version1.0"]) and depth < 3:
            notes.append((Note.NESTED, ""))
            found += _as_files(_read(inner, depth=depth + 1))
    return tuple(found)


def _as_files(mail: Reading) -> list[Attached]:
    """A mail inside the mail, as a text file with its heading, and the files of its own."""
    who = " ".join(filter(None, (mail.sender_name, f"<{mail.sender_email}>" if mail.sender_email else None)))
    heading = [
        f"Fra: {who}",
        f"Emne: {mail.subject or ''}",
        *([f"Sendt: {mail.sent_at:%Y-%m-%d %H:%M} UTC"] if mail.sent_at else []),
    ]
    text = "\n".join([*heading, "", mail.words])
    return [Attached(safe_name(f"{mail.subject or 'mail'}.txt", "mail.txt"), text.encode()), *mail.attachments]


def _page(fixed: dict[int, bytes]) -> str:
    """The code page of 8-bit strings."""
    for tag in (MESSAGE_PAGE, CODE_PAGE):
        number = int.from_bytes(fixed.get(tag << 16 | _LONG, b"")[:4], "little")
        name = {65001: "utf-8", 20127: "ascii", 28591: "iso8859-1", 28605: "iso8859-15"}.get(number, f"cp{number}")
        try:
            b"".decode(name)
        except LookupError:
            continue
        return name
    return "cp1252"
