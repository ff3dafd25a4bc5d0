"""The municipality's case system (ESDH): one package at a time is handed over, to a folder or to an address.

The setting ``CASE_SYSTEM`` says which: ``folder:/path``, or an https address (http on this machine alone). A package
has a key that stays the same however often it is tried, so that its receiver can tell a second time from a new one.
"""

import http.client
import json
import os
import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from flask import current_app

from participation.rules.plain import mark

#: How long the case system may take over each answer, in seconds.
PATIENCE = 60.0
_LONGEST_ANSWER, _LONGEST_RECEIPT = 64_000, 120
#: Answers that may be better later.
_MAY_PASS = frozenset({408, 425, 429})
#: It has this very package already.
_THERE_ALREADY = 409


class NotTaken(Exception):
    """The package was not taken, for a reason that may pass.

    Attributes:
        words: what a planner is told.
        status: what an address answered; None where nothing came.
    """

    def __init__(self, words: str, status: int | None = None):
        super().__init__(f"{words} {status or ''}".strip())
        self.words, self.status = words, status


class Refused(NotTaken):
    """The package was not taken, and the same would come of trying again."""


@dataclass(frozen=True)
class Package:
    """A ZIP file that is ready to be handed over.

    Attributes:
        key: the same for the same white paper, always.
        sha256: of the whole file, hexadecimal.
    """

    path: Path
    name: str
    key: str
    sha256: str


class Adapter(Protocol):
    """A way into a case system."""

    def deliver(self, package: Package) -> str:
        """Hand a package over; when this returns it has been taken. Gives the case system's own number, if it has one.

        Raises:
            NotTaken: it was not, and may be later.
            Refused: it was not, and will not be.
        """


def adapter() -> Adapter | None:
    """The way that is set up; None where there is none."""
    where = str(current_app.config["CASE_SYSTEM"])
    if not where:
        return None
    if where.startswith("folder:"):
        return Folder(Path(where.removeprefix("folder:")))
    return Address(where, str(current_app.config["CASE_SYSTEM_TOKEN"]))


def flaw(where: str) -> str:
    """What is wrong with the setting; empty when it can be used."""
    if not where or (where.startswith("folder:/") and len(where) > len("folder:/")):
        return ""
    parts = urlsplit(where)
    if parts.scheme == "https" and parts.hostname:
        return ""
    if parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return ""
    return "must be folder:/path or an https address (http only to this machine)"


@dataclass(frozen=True)
class Folder:
    """A folder that the case system empties. A package is there whole or not at all, under its own name."""

    path: Path

    def deliver(self, package: Package) -> str:
        """Copy it under a passing name, make it safe on the disk, and give it its name."""
        place, part = self.path / package.name, self.path / f".{package.name}.part"
        try:
            with package.path.open("rb") as source, part.open("wb") as copy:
                shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
            part.replace(place)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise NotTaken(mark("Mappen til sagssystemet kan ikke bruges.")) from fault
        return ""


@dataclass(frozen=True)
class Address:
    """An address that takes a package by POST, with its name, key and checksum in the head of the request."""

    url: str
    token: str = ""

    def deliver(self, package: Package) -> str:
        """Send it. Any answer of 200–299 means taken, 409 that it was taken before; nobody is followed elsewhere."""
        try:
            status, answer = self._answer(package)
        except (OSError, http.client.HTTPException) as fault:
            raise NotTaken(mark("Sagssystemet svarer ikke.")) from fault
        if 200 <= status < 300 or status == _THERE_ALREADY:
            return _receipt(answer)
        if status >= 500 or status in _MAY_PASS:
            raise NotTaken(mark("Sagssystemet kan ikke tage imod pakken lige nu."), status)
        raise Refused(mark("Sagssystemet sagde nej til pakken."), status)

    def _answer(self, package: Package) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(parts.netloc, timeout=PATIENCE, context=context)
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = {
            "Content-Type": "application/zip",
            "Content-Length": str(package.path.stat().st_size),
            "Content-Disposition": f'attachment; filename="{package.name}"',
            "Idempotency-Key": package.key,
            "X-Content-SHA256": package.sha256,
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        try:
            with package.path.open("rb") as file:
                connection.request("POST", path, body=file, headers=head)
                answer = connection.getresponse()
                return answer.status, answer.read(_LONGEST_ANSWER)
        finally:
            connection.close()


def _receipt(answer: bytes) -> str:
    """``id`` of a JSON answer, as far as it is one plain line."""
    try:
        told = json.loads(answer)
    except ValueError:
        return ""
    found = str(told.get("id", "")) if isinstance(told, dict) else ""
    return "".join(sign for sign in found if sign.isprintable())[:_LONGEST_RECEIPT]
