"""One person at a browser without JavaScript: opens pages, fills in the fields that stand there, presses the buttons.

Nothing is sent that the page does not have: a field or a button that is missing fails the test with the page's words.
Every form is sent with all that stands in it, as a browser does.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from flask.testing import FlaskClient
from lxml.html import FormElement, HtmlElement

from participation.foundation.db import SettledFlask, db
from participation.people.model import Person
from tests.conftest import Browser
from tests.persons import sign_in


class Visit:
    """A visit to the site; ``acts`` counts what was sent by POST.

    Args:
        person: who is signed in, or nobody.
    """

    def __init__(self, app: SettledFlask, person: Person | None = None) -> None:
        self.client: FlaskClient = Browser(app, app.response_class)
        self.acts = 0
        self.path, self.html, self.status, self.policy = "", "", 0, ""
        if person is not None:
            sign_in(self.client, person)

    def open(self, path: str, status: int = 200) -> "Visit":
        """Open a page by its address."""
        db.session.rollback()
        return self._came(self.client.get(path), path, status)

    def follow(self, link: str) -> "Visit":
        """Click the first link with these words."""
        for one in self.tree.iter("a"):
            if link in _words(one) and one.get("href"):
                return self.open(_absolute(self.path, one.get("href", "")))
        raise AssertionError(f"no link »{link}« on {self.path}:\n{self.words}")

    def press(self, button: str, fields: dict[str, Any] | None = None, *, status: int = 200) -> "Visit":
        """Fill fields of the button's form and press it; None takes a tick away.

        Where several forms have such a button, it is the first with all these fields.

        Args:
            status: of the page that the browser shows in the end.
        """
        form, pressed = self._button(button, fields or {})
        given = fields or {}
        values: dict[str, list[Any]] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\n", "\r\n"))
        for name, value in given.items():
            values[name] = [] if value is None else value if isinstance(value, list) else [value]
        if pressed.get("name"):
            values[pressed.get("name", "")] = [pressed.get("value", "")]
        where = _absolute(self.path, pressed.get("formaction") or form.get("action") or self.path)
        db.session.rollback()
        if form.method == "GET":
            return self._came(self.client.get(where, query_string=values), where, status)
        self.acts += 1
        kind = form.get("enctype") or "application/x-www-form-urlencoded"
        return self._came(self.client.post(where, data=values, content_type=kind), where, status)

    def _came(self, answer: Any, path: str, status: int) -> "Visit":
        self.path = path
        for _hop in range(4):
            if answer.status_code not in (302, 303):
                break
            self.path = _absolute(self.path, answer.headers["Location"])
            answer = self.client.get(self.path)
        self.html, self.status = answer.text, answer.status_code
        self.policy = answer.headers.get("Content-Security-Policy", "")
        assert self.status == status, f"{self.path} answers {self.status}:\n{self.words}"
        db.session.rollback()
        return self

    def _button(self, words: str, given: dict[str, Any]) -> tuple[FormElement, HtmlElement]:
        buttons = [(form, one) for form in self.tree.forms for one in form.iter("button") if _words(one) == words]
        assert buttons, f"no button »{words}« on {self.path}:\n{self.words}"
        for form, button in buttons:
            if all(name in form.inputs for name in given):
                return form, button
        named = [list(form.inputs.keys()) for form, _button in buttons]
        raise AssertionError(f"no field {list(given)} in the form of »{words}« on {self.path}: {named}")

    @property
    def tree(self) -> HtmlElement:
        """The page as it stands; a browser leaves out the line break that a text field begins with, lxml does not."""
        page = lxml.html.fromstring(self.html)
        for field in page.iter("textarea"):
            field.text = re.sub(r"\A\r?\n", "", field.text or "")
        return page

    @property
    def words(self) -> str:
        """What can be read on the page, in one line."""
        return _words(self.tree.find(".//main")) if self.tree.find(".//main") is not None else _words(self.tree)

    def fields(self, ending: str) -> list[str]:
        """The names of the page's fields with this ending, in the order they stand."""
        names = (one.get("name", "") for one in self.tree.iter("input", "select", "textarea"))
        return list(dict.fromkeys(name for name in names if name.endswith(ending)))

    def value(self, name: str) -> str:
        """What stands in the first field of this name."""
        for one in self.tree.iter("input", "select", "textarea"):
            if one.get("name") == name:
                return (one.value or "").replace("\r\n", "\n")
        raise AssertionError(f"no field {name} on {self.path}")

    def says(self, *words: str) -> "Visit":
        """The page says each of these."""
        for one in words:
            assert one in self.words, f"»{one}« is not on {self.path}:\n{self.words}"
        return self


def _words(element: HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def _absolute(page: str, link: str) -> str:
    """An address on the site from a link on a page of it."""
    parts = urlsplit(link)
    path = parts.path or urlsplit(page).path
    return path + (f"?{parts.query}" if parts.query else "")
