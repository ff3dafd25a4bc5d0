"""Writing a letter: from its template and facts to the very bytes that are sent, and to the copy that is kept."""

import html
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Any, NamedTuple
from unicodedata import category
from urllib.parse import urlsplit

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError
from flask import current_app
from flask_babel import force_locale
from icalendar import Calendar, Event
from jinja2 import StrictUndefined, TemplateNotFound
from jinja2.environment import Environment

from participation.foundation.db import db
from participation.foundation.letters.facts import is_address, recall
from participation.foundation.model import Letter, Setting
from participation.foundation.personal import struck

#: What stands in the kept copy where a code or a one-time link was.
MARK = "****"

Provided = str | Mapping[str, Any]
_providers: dict[str, Callable[[Any], Provided]] = {}
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: The signs that stand for a secret until the very end.
_SECRET = re.compile("[\ue000-\ue002]")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


class Secret(str):
    """Words that stand in the letter but never in our copy of it: a tracking code, a one-time link."""

    __slots__ = ()


def provider(name: str) -> Callable[[Callable[[Any], Provided]], Callable[[Any], Provided]]:
    """Register who gives a letter what must not be stored.

    A fact of this name holds an id; when the letter is written the provider gets the id and returns the secret words,
    or a map of further variables in which those that are secret are a `Secret`.
    """

    def register(find: Callable[[Any], Provided]) -> Callable[[Any], Provided]:
        _providers[name] = find
        return find

    return register


class Composed(NamedTuple):
    """A letter in words. In the kept copy each secret is a mark; ``marks`` says where which one stood."""

    subject: str
    words: str
    html: str
    marks: dict[str, list[list[Any]]]


# -- from facts to words ----------------------------------------------------------------------------------------------


def compose(kind: str, facts: Mapping[str, Any], language: str) -> Composed:
    """Write a letter in the reader's language, with marks for its secrets.

    Raises:
        LookupError: there is no such kind of letter.
        jinja2.UndefinedError: the template prints a fact that it was not given.
        ValueError: the template does not begin with its subject.
    """
    given = {name: recall(fact) for name, fact in facts.items()}
    veil = _Veil()
    variables = {"base_url": current_app.config["BASE_URL"], **given, **veil.over(_provided(given, language))}
    with _reading(language):
        current_app.update_template_context(variables)
        text = struck(_environment().get_template(f"letters/{kind}.txt").render(variables))  # RP-12: no CPR in a mail
        head, _, body = text.partition("\n")
        if not head.startswith("Subject:"):
            raise ValueError(f"letters/{kind}.txt must begin with Subject:")
        subject = " ".join(_printable(head.removeprefix("Subject:")).split())[:300]
        body = _printable(body, kept="\n\t")
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in body.strip().splitlines())) + "\n"
        variables |= {"subject": subject, "blocks": _blocks(body), "language": _known(language)}
        page = _page(kind).render(variables)
    marks: dict[str, list[list[Any]]] = {}
    kept = {"subject": subject, "words": body, "html": page}
    for part, veiled in kept.items():
        kept[part], marks[part] = veil.lift(veiled)
    return Composed(kept["subject"], kept["words"], kept["html"], marks)


def for_others(whole: str) -> dict[str, str]:
    """A letter's ``subject`` and ``words`` for somebody else than its reader: no paragraph with a secret is left."""
    head, _, body = whole.strip().partition("\n")
    paragraphs = re.split(r"\n[ \t]*\n", body.strip())
    words = "\n\n".join(one for one in paragraphs if not _SECRET.search(one))
    return {"subject": _SECRET.sub("", head.removeprefix("Subject:")).strip(), "words": words}


def preview(kind: str, *, language: str = "da", **facts: Any) -> Composed:
    """How a letter would read, for whoever is about to owe it; secrets are marks."""
    return compose(kind, facts, language)


def _page(kind: str) -> Any:
    try:
        return _environment().get_template(f"letters/{kind}.html")
    except TemplateNotFound:
        return _environment().get_template("letters/_shell.html")


class _Needed(StrictUndefined):
    """A fact that the template may ask about but not print when it is missing: no half letters."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


def _environment() -> Environment:
    if "letters" not in current_app.extensions:
        current_app.extensions["letters"] = current_app.jinja_env.overlay(undefined=_Needed)
    return current_app.extensions["letters"]


def _known(language: str) -> str:
    try:
        return str(Locale.parse(language).language)
    except (UnknownLocaleError, ValueError):
        return "da"


def _provided(given: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The variables that the providers give in the reader's language, by ``name`` or ``provider.name``."""
    found: dict[str, Any] = {}
    with _reading(language):
        for name in [one for one in given if one in _providers]:
            provided = _providers[name](given[name])
            if isinstance(provided, str):
                found[name] = Secret(provided)
            else:
                found |= {f"{name}.{key}": one for key, one in provided.items()}
    return found


@contextmanager
def _reading(language: str) -> Iterator[None]:
    """As if the reader opened a page: in their language, at our public address."""
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]), force_locale(_known(language)):
        yield


class _Veil:
    """Keeps secrets out of the template's sight: each is a sign of the private use area until the very end."""

    def __init__(self) -> None:
        self._nonce, self._names = f"x{secrets.token_hex(4)}x", list[str]()

    def over(self, provided: Mapping[str, Any]) -> dict[str, Any]:
        """The variables with a sign for each secret; a secret link looks like a link."""
        seen = {}
        for name, value in provided.items():
            if isinstance(value, Secret):
                self._names.append(name)
                sign = f"{self._nonce}{len(self._names) - 1}\ue001"
                value = f"https://\ue002{sign}" if value.startswith(("http://", "https://")) else f"\ue000{sign}"
            seen[name.rpartition(".")[2]] = value
        return seen

    def lift(self, veiled: str) -> tuple[str, list[list[Any]]]:
        """The words with marks, and at which offset the mark of which secret stands."""
        marks: list[list[Any]] = []
        kept, end = "", 0
        for sign in re.finditer(rf"(?:https://\ue002|\ue000){self._nonce}(\d+)\ue001", veiled):
            kept += veiled[end : sign.start()]
            marks.append([len(kept), self._names[int(sign[1])]])
            kept, end = kept + MARK, sign.end()
        return kept + veiled[end:], marks


class _Piece(NamedTuple):
    words: str
    link: str | None = None


def _blocks(body: str) -> list[tuple[str, list[list[_Piece]]]]:
    """The plain words as paragraphs (``p``) and lists (``ul``) of lines, with the links found."""
    blocks: list[tuple[str, list[list[_Piece]]]] = []
    for paragraph in body.strip().split("\n\n"):
        lines = paragraph.splitlines()
        kind = "ul" if all(line.startswith("- ") for line in lines) else "p"
        if kind == "p" and len(lines) > 1 and lines[-2].endswith(":") and _LINK.fullmatch(lines[-1]):
            pieces = [[_Piece(line)] for line in lines[:-2]] + [[_Piece(lines[-2].removesuffix(":"), lines[-1])]]
        else:
            pieces = [_pieces(line.removeprefix("- ") if kind == "ul" else line) for line in lines]
        if blocks and kind == blocks[-1][0] == "ul":
            blocks[-1][1].extend(pieces)
        else:
            blocks.append((kind, pieces))
    return blocks


def _pieces(line: str) -> list[_Piece]:
    pieces, end = [], 0
    for link in _LINK.finditer(line):
        pieces += [_Piece(line[end : link.start()]), _Piece(link[0], link[0])]
        end = link.end()
    return [piece for piece in [*pieces, _Piece(line[end:])] if piece.words]


def _printable(text: str, kept: str = "") -> str:
    """The text without control characters, lone surrogates, odd line breaks and turned writing directions."""
    return "".join(
        letter if letter in kept or (category(letter) not in _CONTROLS and letter not in _TURNS) else " "
        for letter in text
    )


# -- from words to the letter -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sender:
    """Who the letter comes from, as the mail program shows it."""

    name: str
    address: str


def snapshot(letter: Letter, composed: Composed, now: datetime) -> dict[str, Any]:
    """Everything else that the letter's bytes depend on, so that they can be made again unchanged (L8)."""
    sender = _sender()
    key = sha256(f"{current_app.config['SECRET_KEY']}:{letter.id}:{letter.dedupe}".encode()).hexdigest()[:20]
    return {
        "from": [sender.name, sender.address],
        "id": f"<letter-{letter.id}.{key}@{sender.address.rpartition('@')[2]}>",
        "date": format_datetime(now),
        "reply_to": postal(reply_to) if is_address(reply_to := letter.facts.get("reply_to")) else None,
        "html": composed.html,
        "marks": composed.marks,
        "calendar": _calendar(letter, now) if "calendar" in letter.facts else None,
    }


def _calendar(letter: Letter, now: datetime) -> str:
    """The appointment that a letter is about, for the calendar on the phone: its fact ``calendar`` as iCal."""
    told = recall(letter.facts["calendar"])
    return appointment(letter.subject_key, told["title"], told["starts"], told["ends"], told["place"], now)


def appointment(key: str, title: str, starts: datetime, ends: datetime, place: str, now: datetime) -> str:
    """One appointment as a calendar file (iCal)."""
    event = Event()
    event.add("uid", f"{key}@{urlsplit(current_app.config['BASE_URL']).netloc}")
    event.add("dtstamp", now)
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("summary", title)
    if place:
        event.add("location", place)
    made = Calendar()
    made.add("prodid", "-//Medspil//Medspil//DA")
    made.add("version", "2.0")
    made.add_component(event)
    return made.to_ical().decode()


def _sender() -> Sender:
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    if not name:
        name = db.session.scalar(sa.select(Setting.value).where(Setting.key == "name")) or "Medspil"
    return Sender(" ".join(_printable(name).split()), address)


def read_in_full(letter: Letter) -> Composed:
    """The letter as its reader gets it, codes and all: for printing, and for an exact copy.

    Raises:
        ValueError: it has not been written yet.
    """
    if letter.subject is None or letter.words is None or letter.snapshot is None:
        raise ValueError("this letter has not been written yet")
    kept = Composed(letter.subject, letter.words, letter.snapshot["html"], letter.snapshot["marks"])
    return fill(kept, letter.facts, letter.language)


def exact_copy(letter: Letter) -> bytes:
    """The very bytes that were or will be sent; `log.digest` of them with the row's salt is the row's digest (L8).

    Raises:
        ValueError: it has not been written yet, or it goes on paper.
    """
    full = read_in_full(letter)
    if letter.channel != "email" or letter.recipient is None or letter.snapshot is None:
        raise ValueError("this letter is not sent by e-mail")
    return message(full, letter.snapshot, letter.recipient, letter.language)


def fill(kept: Composed, facts: Mapping[str, Any], language: str) -> Composed:
    """The letter with its secrets in place of the marks."""
    if not any(kept.marks.values()):
        return kept
    secret = _provided({name: recall(fact) for name, fact in facts.items()}, language)
    safe = {name: html.escape(str(one)) for name, one in secret.items()}
    subject = " ".join(_printable(_fill(kept.subject, kept.marks["subject"], secret)).split())
    words = _fill(kept.words, kept.marks["words"], secret)
    return Composed(subject, words, _fill(kept.html, kept.marks["html"], safe), {})


def _fill(kept: str, marks: list[list[Any]], secret: Mapping[str, Any]) -> str:
    for offset, name in reversed(marks):
        kept = f"{kept[:offset]}{secret[name]}{kept[offset + len(MARK) :]}"
    return kept


def message(full: Composed, kept: Mapping[str, Any], recipient: str, language: str) -> bytes:
    """The bytes of an e-mail, the same every time: plain words and simple HTML that say the same.

    Args:
        kept: what `snapshot` gave.
    """
    wide = not recipient.rpartition("@")[0].isascii()
    mail = EmailMessage(policy=SMTPUTF8 if wide else SMTP)
    mail["From"] = _address(kept["from"][1], kept["from"][0])
    mail["To"] = _address(postal(recipient))
    if kept["reply_to"]:
        mail["Reply-To"] = _address(kept["reply_to"])
    mail["Subject"] = full.subject
    mail["Date"] = kept["date"]
    mail["Message-ID"] = kept["id"]
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(full.words, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(full.html, subtype="html", charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = language
    if kept.get("calendar"):
        mail.add_attachment(kept["calendar"].encode(), maintype="text", subtype="calendar", filename="aftale.ics")
    for depth, part in enumerate(one for one in mail.walk() if one.is_multipart()):
        part.set_boundary("=_" + sha256(f"{kept['id']}{depth or ''}".encode()).hexdigest()[:40])
    return mail.as_bytes()


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def postal(address: str) -> str:
    """The address as mail servers know it: a domain with æ, ø or å in its ASCII form."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        return address
