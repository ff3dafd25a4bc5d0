"""A virus scanner beside us looks at what comes from outside (T6): clamd's own protocol, asked by the worker.

The setting ``SCANNER`` says where it listens: ``tcp://host:port`` or ``unix:/path``. Without one nothing is looked at.
With one, a file is handed out, read and copied only when it was looked at and nothing was found; a sending never waits
for it. What something was found in stays in the case, and only its content is kept back.

A file is known by its content, so that the same one is looked at once however often it is sent.
"""

import contextlib
import socket
import struct
from collections.abc import Collection, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from participation.foundation import files, jobs
from participation.foundation.db import begin_write, db, insert
from participation.foundation.forms import Hidden
from participation.foundation.model import File, Scan

#: How long the scanner may take over one step of one file, in seconds.
PATIENCE = 60.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_JOB = "foundation:scan_files"


class NoAnswer(jobs.TryAgain):
    """The scanner is not there, or could not look; the file waits until it can."""


def flaw(setting: str) -> str:
    """What is wrong with the setting, after its name; empty when it can be used."""
    where = urlsplit(setting)
    try:
        fine = not setting or (where.scheme == "unix" and where.path) or (where.scheme == "tcp" and where.port)
    except ValueError:
        fine = False
    return "" if fine else "must be tcp://host:port or unix:/path of a clamd"


def is_on() -> bool:
    """Whether there is a scanner."""
    return bool(current_app.config["SCANNER"])


def owe(hashes: Collection[str], *, at: datetime) -> None:
    """Owe a look at files that came from outside, in the transaction that keeps them."""
    if hashes and is_on():
        jobs.owe(_JOB, {"files": sorted(set(hashes))}, at=at)


@jobs.job(_JOB)
def look(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Look at the files that were owed."""
    scan_files(arguments["files"], now=now)


def scan_files(hashes: Collection[str], *, now: datetime) -> set[str]:
    """Look at files that were not looked at before, outside any lock, and write down what was found.

    Returns:
        The hashes of those in which something was found, now or earlier.

    Raises:
        NoAnswer: the scanner could not look at one of them.
    """
    known = _threats(hashes)
    if is_on():
        found = {one: ask(one) for one in sorted(set(hashes) - known.keys())}
        if found:
            begin_write()
            rows = [{"sha256": one, "threat": threat[:200], "at": now} for one, threat in found.items()]
            db.session.execute(insert(Scan).values(rows).on_conflict_do_nothing(index_elements=["sha256"]))
        known |= found
    return {one for one, threat in known.items() if threat}


def waiting() -> list[str]:
    """The hashes of files from outside that nobody has looked at, such as those from before there was a scanner."""
    rows = sa.select(File.sha256).where(File.restricted, ~sa.exists().where(Scan.sha256 == File.sha256))
    return list(db.session.scalars(rows.distinct().order_by(File.sha256)))


def refusals(hashes: Collection[str], *, ours: bool = False) -> dict[str, str]:
    """Why files are not handed out, by hash, in plain words; those that may be are left out.

    Args:
        ours: they were laid out by staff, and are shown until something is found in them.
    """
    known = _threats(hashes)
    found = {one: _harmful(threat) for one, threat in known.items() if threat}
    if is_on() and not ours:
        found |= {one: _("Filen bliver set efter for virus. Prøv igen om lidt.") for one in set(hashes) - known.keys()}
    return found


def require_clean(sha256: str, *, ours: bool = False) -> None:
    """Ask before a file is handed out; see `refusals`.

    Raises:
        Hidden: something was found in it, or nobody has looked yet; its words say which.
    """
    if (why := refusals([sha256], ours=ours).get(sha256)) is not None:
        raise Hidden(why)


def _harmful(threat: str) -> str:
    return _("Filen kan ikke hentes. Virusscanneren fandt noget skadeligt i den: %(threat)s.", threat=threat)


def _threats(hashes: Collection[str]) -> dict[str, str]:
    """What was found in the files that were looked at; empty words where nothing was."""
    return dict(db.session.execute(sa.select(Scan.sha256, Scan.threat).where(Scan.sha256.in_(set(hashes)))).all())


def ask(sha256: str) -> str:
    """Let the scanner look at one file in the store: the name of what it found, or nothing.

    Raises:
        NoAnswer: it is not there, does not answer in time, or says that it could not look.
    """
    try:
        with _connected() as line, files.open_(sha256) as content:
            line.sendall(b"zINSTREAM\0")
            while piece := content.read(_CHUNK):
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as fault:
        raise NoAnswer(f"the scanner at {current_app.config['SCANNER']} did not answer: {fault}") from fault
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise NoAnswer(f"the scanner could not look: {answer[:200]}")


@contextlib.contextmanager
def _connected() -> Iterator[socket.socket]:
    where = urlsplit(current_app.config["SCANNER"])
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        with line:
            line.connect(where.path)
            yield line
    else:
        with socket.create_connection((where.hostname or "127.0.0.1", where.port), timeout=PATIENCE) as line:
            yield line


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _LONGEST_ANSWER and (more := line.recv(_LONGEST_ANSWER)):
        said += more
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
