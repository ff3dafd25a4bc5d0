"""Mail comes in by itself, from the mail server's pipe or a mailbox folder, into the queue with a receipt (RP-06)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from participation.contributions.intake import open_dropped, own_words, take_in
from participation.contributions.model import DroppedFile
from participation.contributions.queries import round_of
from participation.foundation.db import settling
from participation.foundation.files import MOST_BYTES
from participation.foundation.forms import Wrong
from participation.projects.model import Round
from participation.rules.plain import mark
from participation.rules.policy import WORKER

#: Where a mail says to whom it was delivered, the surest first.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
#: The project in an address such as ``hoering+ny-skolevej@kommune.example`` (RFC 5233, subaddress).
_PROJECT = re.compile(r"^[^+@]+\+([a-z0-9-]+)@", re.IGNORECASE)
#: The most of a mail that is looked at for its header.
_HEADER = 256 * 1024


class NotTakenIn(Wrong):
    """A mail that stays where it is; the words are one line for whoever looks after the mail server."""


class NoProject(NotTakenIn):
    """No announced project is named by the command or by an address of the mail."""

    def __init__(self) -> None:
        super().__init__(mark("Mailen nævner ingen sag, der er offentliggjort."))


class TooLarge(NotTakenIn):
    """Larger than what is kept."""

    def __init__(self) -> None:
        super().__init__(mark("Mailen er større end 20 MB. Den er ikke taget ind."))


def mail_in(data: bytes, slug: str | None = None, *, arrived_at: datetime, now: datetime) -> DroppedFile:
    """Register one mail: a contribution, or a file that a person must look at; the same mail again adds nothing.

    A mail that a machine has sent, such as a notice that a receipt could not be delivered, is kept for a person and
    gets no receipt, so that two machines never write to each other (RFC 3834).

    Args:
        data: the mail as the mail server has it.
        slug: the project; else it stands behind the plus in an address that the mail was sent to.
        arrived_at: when it reached the municipality's mail server. What the mail itself says is a claim (T12).

    Returns:
        What became of it.

    Raises:
        NotTakenIn: it names no announced project, or it is too large to be kept.
        NotAllowed: the project takes nothing in.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge
    header = _header(data)
    round_ = _round(header, slug)
    (opened,) = open_dropped([(f"{_name(header)}.eml", data)])
    if _is_by_machine(header):
        told = _("Det ligner et automatisk svar. Se efter, om der er noget, vi skal svare på.")
        opened = replace(opened, document=None, enclosed=(), problems=(*opened.problems, told))
    elif opened.document is not None and not (own_words(opened.document).strip() or opened.enclosed):
        opened = replace(opened, document=None)
    if opened.stored is None:  # it could not be kept: the mail server still has it
        raise NotTakenIn(opened.problems[0])
    with settling():
        (row,) = take_in(WORKER, round_, [opened], received_at=min(arrived_at, now), now=now)
    return row


def waiting_mails(folder: Path) -> Iterator[tuple[Path, datetime]]:
    """The mails of a folder, the oldest first, and when each was laid there: those of a Maildir's ``new``, else all
    that end in ``.eml``.

    Raises:
        OSError: the folder cannot be read.
    """
    is_maildir = (folder / "new").is_dir()
    found = (folder / "new").iterdir() if is_maildir else folder.glob("*.eml")
    mails = [(path.stat().st_mtime, path) for path in found if path.is_file() and not path.name.startswith(".")]
    for laid, path in sorted(mails):
        yield path, datetime.fromtimestamp(laid, UTC)


def put_aside(mail: Path) -> None:
    """Mark a mail of a Maildir as seen, by its own rules; any other file is left as it lies."""
    if mail.parent.name == "new" and (seen := mail.parent.parent / "cur").is_dir():
        mail.rename(seen / f"{mail.name}:2,S")


def _header(data: bytes) -> EmailMessage:
    try:
        found = message_from_bytes(data[:_HEADER], policy=policy.default)
    except (MessageError, ValueError):
        return EmailMessage()
    assert isinstance(found, EmailMessage)
    return found


def _said(header: EmailMessage, name: str) -> list[str]:
    """What stands in the header, as far as it can be read."""
    try:
        return [str(value) for value in header.get_all(name, [])]
    except (MessageError, ValueError, IndexError, AttributeError):  # the parser falls over some broken headers
        return []


def _round(header: EmailMessage, slug: str | None) -> Round:
    named = [slug] if slug is not None else []
    if slug is None:
        addresses = [
            address for _name, address in getaddresses([one for key in _DELIVERED for one in _said(header, key)])
        ]
        named = [found[1].lower() for address in addresses if (found := _PROJECT.match(address))]
    for one in named:
        try:
            return round_of(one)
        except NotFound:
            continue
    raise NoProject


def _is_by_machine(header: EmailMessage) -> bool:
    """Whether nobody wrote it: an answer by itself, a report of delivery, or a mail without a sender (RFC 3834)."""
    automatic = [value.partition(";")[0].strip().lower() for value in _said(header, "auto-submitted")]
    return (
        any(value != "no" for value in automatic)
        or "<>" in [value.strip() for value in _said(header, "return-path")]
        or any(value.strip().lower() in ("auto_reply", "bulk", "junk") for value in _said(header, "precedence"))
        or header.get_content_type() == "multipart/report"
    )


def _name(header: EmailMessage) -> str:
    """What the file is called in the case: the mail's subject, or what it is."""
    return " ".join(" ".join(_said(header, "subject")[:1]).split())[:80] or "mail"
