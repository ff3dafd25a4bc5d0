"""The forms of a page, filled in as a stranger would: words in every field that takes words, the rest as it stands."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from flask.testing import FlaskClient
from lxml.html import FormElement, HtmlElement
from werkzeug.test import TestResponse

from participation.foundation.db import SettledFlask

#: Types of an input that take any words; a browser holds an e-mail address or a day to its form, a stranger does not.
WORDS = {"text", "search", "tel", "url", "email", "password", "date", "time", "number"}
#: Forms that end the visit.
ENDS = {"people.sign_out", "people.leave_everywhere"}


def is_mark(name: str) -> bool:
    """Whether a field holds the mark against other sites or the key of a citizen's form."""
    return name.endswith("csrf_token") or name == "key"


@dataclass(frozen=True)
class Form:
    """A form that stands on a page.

    Args:
        door: the view it is sent to. names: its fields that take words. hidden: its hidden fields but the marks.
    """

    page: str
    door: str
    where: str
    method: str
    names: tuple[str, ...]
    hidden: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    def send(self, client: FlaskClient, words: dict[str, Any]) -> TestResponse:
        """Send it with some fields' words put in the place of what stands there."""
        data: dict[str, list[Any]] = {}
        for name, value in self.values:
            data.setdefault(name, []).append(value)
        data.update({name: [one] for name, one in words.items()})
        if self.method == "GET":
            return client.get(self.where, query_string=data, buffered=True)
        return client.post(self.where, data=data, content_type="multipart/form-data", buffered=True)


def forms_of(app: SettledFlask, page: str, html: str) -> Iterator[Form]:
    """All forms of a page, also through a second button that leads elsewhere."""
    for form in lxml.html.fromstring(html).forms:
        buttons = [one for one in form.iter("button", "input") if one.get("type", "submit") == "submit"]
        for where in dict.fromkeys([form.get("action") or page, *(one.get("formaction") or "" for one in buttons)]):
            if where:
                yield _form(app, page, form, where)


def _form(app: SettledFlask, page: str, form: FormElement, where: str) -> Form:
    fields: list[HtmlElement] = [one for one in form.inputs if one.get("name") and one.get("name") != "website"]
    path = urlsplit(where).path or urlsplit(page).path
    names = [one.get("name") for one in fields if one.tag == "textarea" or one.get("type", "text") in WORDS]
    hidden = [one.get("name") for one in fields if one.get("type") == "hidden"]
    door, _places = app.url_map.bind("localhost").match(path, method=form.method)
    return Form(
        page=page,
        door=door,
        where=path,
        method=form.method,
        names=tuple(dict.fromkeys(names)),
        hidden=tuple(name for name in dict.fromkeys(hidden) if not is_mark(name)),
        values=tuple((name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in form.form_values()),
        files=tuple(dict.fromkeys(one.get("name") for one in fields if one.get("type") == "file")),
    )


def file_of(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    """A file as the client sends it."""
    return io.BytesIO(content), name
