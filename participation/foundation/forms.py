"""What every form shares: the guard against other sites, the signed key of a citizen's form, and a plain "no"."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import Gone, HTTPException
from wtforms import DateField, FieldList, Form, FormField, IntegerField, StringField, ValidationError
from wtforms.fields import Field, SelectChoice

from participation.foundation import markup
from participation.rules.words import danish

csrf = CSRFProtect()
#: The largest number that a column can hold.
LARGEST = 2**31 - 1

__all__ = [
    "CitizenForm",
    "DayField",
    "Hidden",
    "StaffForm",
    "Typed",
    "Wrong",
    "choices",
    "csrf",
    "fresh_key",
    "listed",
    "no_odd_characters",
    "number_in",
    "read_key",
    "renewed_key",
    "same_origin",
    "stripped",
    "whole",
]


def choices(members: Iterable[Enum]) -> list[SelectChoice]:
    """Words of the domain on a form's list: as they are sent, and as people read them in the language of the page."""
    return listed((member.value, LazyString(_capital, danish(member))) for member in members)


def listed(rows: Iterable[tuple[Any, str | LazyString]]) -> list[SelectChoice]:
    """What stands on a form's list: what is sent, and what people read."""
    return [SelectChoice(value, words) for value, words in rows]


def _capital(word: str) -> str:
    """A Danish word in the page's language, as it begins a line; what follows keeps its letters (VVM)."""
    words = _(word)
    return words[:1].upper() + words[1:]


def stripped(value: str | None) -> str:
    """What was typed in a line, without the blanks around it; nothing is an empty line. A form's filter."""
    return (value or "").strip()


class Wrong(Exception):
    """What was asked for cannot be done as things stand; the Danish sentence says why and what to do now.

    Attributes:
        may_send_anew: what was typed can be sent once more, as something new.
    """

    may_send_anew = False

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class Hidden(Gone):
    """What was asked for is there, and is not shown to everybody; the description says why."""


class _WhatCanBeKept(Form):
    """Whatever else a form asks: no field of it holds a character that cannot be kept as it was written (T20)."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and the fields of the rows within."""
        fine = super().validate(extra_validators)
        kept = [_can_be_kept(field) for field in self]  # each says its own
        return fine and all(kept)


class StaffForm(_WhatCanBeKept, FlaskForm):
    """A form on a staff page, guarded by the session's token."""


class CitizenForm(_WhatCanBeKept):
    """A form that anybody may send: guarded by its signed key and the Origin header, with no time limit."""


def whole(text: str) -> int:
    """A number of ours as it stands in an address or a form: the ``type`` of ``request.args.get``.

    Raises:
        ValueError: it is none, or larger than any the database has.
    """
    if abs(number := int(text)) > LARGEST:
        raise ValueError(text[:20])
    return number


def number_in(text: str | None) -> int | None:
    """The number that a form or an address holds, or nothing when it holds none of ours."""
    try:
        return whole(text or "")
    except ValueError:
        return None


class DayField(DateField):
    """A day, as a browser's date field sends it; also typed as 24.12.2026, where a browser has none."""

    def __init__(self, label: str | None = None, validators: Any = None, **kwargs: Any):
        super().__init__(label, validators, format=["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day, or say in Danish what a day looks like."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError as wrong:
            raise ValueError(_("Skriv datoen som 24.12.2026.")) from wrong


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="citizen form")


def fresh_key(purpose: str) -> str:
    """A new signed key for one sending of one form; the same key and words give the same contribution."""
    return _signer().dumps([purpose, secrets.token_hex(16)])


def read_key(signed: str, purpose: str) -> tuple[str, datetime] | None:
    """The key and when the form was made, or nothing when the key is not ours or is for another form."""
    try:
        (made_for, key), made_at = _signer().loads(signed, return_timestamp=True)
    except (BadSignature, ValueError, TypeError):
        return None
    return (key, made_at.astimezone(UTC)) if made_for == purpose else None


def renewed_key(signed: str) -> str:
    """A fresh key for the same form, to send other words as something new; empty when the old one is not ours."""
    try:
        return fresh_key(_signer().loads(signed)[0])
    except (BadSignature, ValueError, TypeError):
        return ""


@dataclass(frozen=True)
class Typed:
    """What a person typed into the form that was just sent, whatever became of it.

    Attributes:
        words: what they wrote, by the field's name.
        fields: all of it, so that a citizen's form can be sent again; empty for other forms.
        had_files: whether files came along; a browser cannot send them twice without being asked.
    """

    words: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)
    had_files: bool = False


#: Fields that hold no words of a person.
_NO_WORDS = frozenset(
    {"csrf_token", "key", "password", "website", "preview", "gem", "capacity", "shape", "corners", "area"}
)


def typed() -> Typed:
    """What was typed in this request; nothing where the body could not be read."""
    try:
        form, sent_files = request.form, request.files
    except (HTTPException, OSError, ValueError):
        return Typed()
    words = {
        name: value
        for name, value in form.items()
        if name not in _NO_WORDS and value.strip() and (name == "words" or len(value) > 20 or len(value.split()) > 1)
    }
    citizen = "key" in form and "csrf_token" not in form
    fields = [(name, value) for name, value in form.items(multi=True) if name not in ("key", "preview", "gem", "words")]
    return Typed(words, fields if citizen else [], any(one.filename for one in sent_files.values()))


def same_origin() -> bool:
    """Whether the form came from our own page, as far as the browser says."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return False
    origin = request.headers.get("Origin")
    return origin in (None, "null") or urlsplit(origin).netloc == request.host


def _can_be_kept(field: Any) -> bool:
    if isinstance(field, FormField | FieldList):
        kept = [_can_be_kept(one) for one in field]
        return all(kept)
    if isinstance(field, IntegerField) and abs(field.data or 0) > LARGEST:
        field.errors = [_("Tallet er for stort.")]
        return False
    if not (isinstance(field, StringField) and isinstance(field.data, str)):
        return True
    if (words := markup.odd(field.data)) is not None and not field.errors:
        field.errors = [words]
    return words is None


def no_odd_characters(form: Form, field: Field) -> None:
    """Refuse only what cannot be kept exactly: NUL, lone surrogates and too long a text."""
    if field.data and (words := markup.refuse(field.data)) is not None:
        raise ValidationError(words)


SENT_FROM_ELSEWHERE = _l("Formularen blev sendt fra en anden side. Dine ord står her. Tryk Send igen.")
OLD_KEY = _l("Siden havde været åben længe. Dine ord står her endnu. Tryk Send igen.")
