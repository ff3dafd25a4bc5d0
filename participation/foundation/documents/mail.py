"""Read a saved mail (.eml): RFC 5322 and MIME as mail programs really write them."""

from __future__ import annotations

import email
import email.errors
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from .hypertext import text_of
from .model import Attached, Fault, Note, Reading, Unread
from .plain import decode, safe_name, tidy
from .quoting import find_quoted

_MARKS = ("from", "date", "subject", "received", "to", "content-type", "mime-version", "message-id")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_BROKEN = (
    email.errors.StartBoundaryNotFoundDefect,
    email.errors.CloseBoundaryNotFoundDefect,
    email.errors.InvalidBase64LengthDefect,
    email.errors.InvalidBase64PaddingDefect,
    email.errors.InvalidBase64CharactersDefect,
)
#: The blank line between the header and the words (RFC 5322, section 2.1); a mail without words has it too.
_END_OF_HEADER = re.compile(rb"(?:\r\n|\n|\r)(?:\r\n|\n|\r)")
_MOST_PARTS = 500
_LONGEST_HEADER = 5_000


def read_mail(data: bytes) -> Reading:
    """The words, sender and files of one mail.

    Raises:
        Unread: the bytes are no mail, they end before its words begin, or it has more than 500 parts.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data).encode("utf-8")
    message = email.message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=policy.compat32)
    if not any(message.get(mark) is not None for mark in _MARKS):
        raise Unread(Fault.NOT_MAIL)
    if not _END_OF_HEADER.search(data):
        raise Unread(Fault.CUT_MAIL)
    parts = _Parts()
    parts.take(message)
    words = tidy("\n\n".join(text for text in parts.texts if text.strip()))
    name, address = _sender(message)
    sent_at = _date(message)
    quoted_from, notes = find_quoted(words)
    found = [*parts.notes, *notes]
    if "\ufffd" in words:
        found.append((Note.MISREAD, ""))
    if not words:
        found.append((Note.NO_WORDS, ""))
    if address is None and name is None:
        found.append((Note.NO_SENDER, ""))
    if sent_at is None:
        found.append((Note.NO_DATE, ""))
    return Reading(
        kind="eml",
        words=words,
        sender_name=name,
        sender_email=address,
        subject=_header(message, "subject"),
        sent_at=sent_at,
        quoted_from=quoted_from,
        attachments=tuple(parts.attachments),
        notes=tuple(dict.fromkeys(found)),
    )


def decode_words(raw: str) -> str:
    """A header as a person reads it: RFC 2047 words and raw 8-bit letters decoded, folding undone."""
    raw = raw[:_LONGEST_HEADER]
    try:
        pieces = decode_header(re.sub(r"\r?\n[ \t]*", " ", raw))
    except (email.errors.HeaderParseError, ValueError):
        pieces = [(raw, None)]
    text = ""
    for piece, charset in pieces:
        text += decode(piece, charset) if isinstance(piece, bytes) else piece
    return " ".join(tidy(_unsmuggle(text)).split())


class _Parts:
    """Walks the parts of a mail once, in order."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.attachments: list[Attached] = []
        self.notes: list[tuple[Note, str]] = []
        self._seen = 0

    def take(self, part: Message) -> None:
        self._seen += 1
        if self._seen > _MOST_PARTS:
            raise Unread(Fault.TOO_HEAVY)
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._take_nested(part)
        elif part.is_multipart():
            self._take_many(part, kind)
        elif kind in _SEALED:
            self.notes.append((Note.ENCRYPTED, ""))
            self._attach(part)
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            self.texts.append(_text(part))
        elif kind not in _SIGNATURES:
            self._attach(part)
        if any(isinstance(defect, _BROKEN) for defect in part.defects):
            self.notes.append((Note.NOT_WHOLE, ""))

    def _take_many(self, part: Message, kind: str) -> None:
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind == "multipart/alternative":
            children = _best_of(children)
        for child in children:
            self.take(child)

    def _take_nested(self, part: Message) -> None:
        inner = part.get_payload()
        if not isinstance(inner, list) or not inner or not isinstance(inner[0], Message):
            self._attach(part)
            return
        subject = _header(inner[0], "subject")
        self.attachments.append(Attached(safe_name(f"{subject or 'mail'}.eml", "mail.eml"), inner[0].as_bytes()))
        self.notes.append((Note.NESTED, ""))

    def _attach(self, part: Message) -> None:
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            number = len(self.attachments) + 1
            self.attachments.append(Attached(safe_name(_file_name(part), f"vedhæftet-{number}"), content))


def _best_of(children: list[Message]) -> list[Message]:
    """Of alternatives that say the same, the plain one if it has words; files beside them are kept."""
    plain = [c for c in children if c.get_content_type() == "text/plain" and not _is_file(c) and _text(c).strip()]
    texts = [c for c in children if c.get_content_maintype() in ("text", "multipart") and not _is_file(c)]
    others = [c for c in children if c not in texts]
    if plain:
        with_files = [c for c in texts if c.is_multipart()]
        for container in with_files:  # pictures in the HTML form are files of the mail all the same
            others += [c for c in container.walk() if not c.is_multipart() and c.get_content_maintype() != "text"]
        return [plain[0], *others]
    wordy = [c for c in texts if c.get_content_type() != "text/calendar"]
    return [*wordy[-1:], *others]


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_param("charset")
    text = decode(payload, charset if isinstance(charset, str) else None)
    if part.get_content_type() == "text/html":
        return text_of(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        return _unflow(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _unflow(text: str, *, delsp: bool) -> str:
    """RFC 3676: a line that ends in a space goes on in the next."""
    out: list[str] = []
    open_ = False
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        same = open_ and out and len(out[-1]) - len(out[-1].lstrip(">")) == depth
        body = line[depth:].removeprefix(" ") if depth or line.startswith(" ") else line
        if same and line != "-- ":
            out[-1] += body
        else:
            out.append(">" * depth + (" " if depth else "") + body)
        open_ = line.endswith(" ") and line != "-- "
        if open_ and delsp:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def _file_name(part: Message) -> str | None:
    for name, header in (("filename", "content-disposition"), ("name", "content-type")):
        raw = next((v for k, v in part.raw_items() if k.lower() == header), None)
        if raw is None:
            continue
        holder = Message()
        holder[header] = _unsmuggle(str(raw))
        found = holder.get_param(name, header=header)
        if isinstance(found, tuple):
            charset, _, value = found
            return decode(value.encode("latin-1", "replace"), charset) if value else None
        if isinstance(found, str) and found:
            return decode_words(found)
    return None


def _header(message: Message, name: str) -> str | None:
    raw = next((str(v) for k, v in message.raw_items() if k.lower() == name), None)
    return decode_words(raw)[:500] or None if raw is not None else None


def _sender(message: Message) -> tuple[str | None, str | None]:
    """Name and address of the From line, or of Reply-To or Sender where it is missing."""
    for header in ("from", "reply-to", "sender"):
        raw = next((str(v) for k, v in message.raw_items() if k.lower() == header), None)
        if not raw:
            continue
        raw = re.sub(r"\r?\n[ \t]*", " ", _unsmuggle(raw[:_LONGEST_HEADER]))
        name, address = parseaddr(raw)
        if "@" not in address:
            name, address = parseaddr(decode_words(raw))
        name = decode_words(name).strip("'\" ")
        if "@" in address or name or address:
            return (name or None, address) if "@" in address else (name or decode_words(address) or None, None)
    return None, None


def _date(message: Message) -> datetime | None:
    raw = message.get("date")
    if raw is None:
        return None
    try:
        when = parsedate_to_datetime(str(raw))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _unsmuggle(text: str) -> str:
    """Raw 8-bit bytes that the parser carried along as surrogates, as letters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return decode(text.encode("utf-8", "surrogateescape"))
    return text
