"""A walk through the house by its links: what each role reaches, and what leads nowhere."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from participation.foundation.db import SettledFlask, db
from participation.people.model import Membership, Person
from participation.rules.kinds import STAFF_ROLES, Role

#: Everybody who walks: a visitor, and one person of each role.
WALKERS: tuple[Role, ...] = (Role.VISITOR, *STAFF_ROLES)


@dataclass(frozen=True)
class Stop:
    """A page that was reached.

    Args:
        name: the view, such as ``portal.project``, with a number from the second example on.
        role: who came there.
        path: where it stands, from the root, with its query.
        html: the page as it was sent.
    """

    name: str
    role: Role
    path: str
    html: str = field(repr=False, default="")

    def __str__(self) -> str:
        return f"{self.name} as {self.role}"


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def person_of(app: SettledFlask, role: Role) -> str | None:
    """The session key of the first person of a role; nobody for a visitor."""
    if role == Role.VISITOR:
        return None
    with app.app_context():
        chosen = sa.select(Person).join(Membership).where(Membership.role == role, Person.active).order_by(Person.id)
        person = db.session.scalars(chosen).first()
        assert person is not None, f"nobody is {role} here"
        return f"{person.id}:{person.sessions}"


def client_of(app: SettledFlask, role: Role, language: str = "da") -> FlaskClient:
    """A client of the app with somebody of the role signed in, who reads the pages in a language."""
    client, key = app.test_client(), person_of(app, role)
    with client.session_transaction() as session:
        session["language"] = language
        if key:
            session["_user_id"], session["_fresh"] = key, True
    return client


@dataclass
class Walk:
    """What one role met, going from link to link; at most ``each`` addresses of one view are opened."""

    app: SettledFlask
    role: Role
    each: int = 1
    language: str = "da"
    stops: list[Stop] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def go(self, *starts: str) -> "Walk":
        """Walk from the front page, for staff from the workbench too, and from where else one is told."""
        client, opened, seen = client_of(self.app, self.role, self.language), Counter[str](), set[str]()
        begin = ["/", *([] if self.role == Role.VISITOR else ["/arbejde"]), *starts]
        waiting = deque((path, "the start") for path in begin)
        while waiting:
            path, source = waiting.popleft()
            if path in seen:
                continue
            seen.add(path)
            view = self._view(path)
            if view is None or opened[view] >= self.each:
                if view is None:
                    self.broken.append(f"{path} on {source} leads to no page")
                continue
            opened[view] += 1
            answer = client.get(path, buffered=True)
            if answer.status_code >= 400:
                self.broken.append(f"{path} on {source} answers {answer.status_code}")
            elif answer.status_code >= 300:
                waiting.extend((link, source) for link in self._links(path, [answer.headers["Location"]]))
            elif answer.mimetype == "text/html":
                number = f"-{opened[view]}" if opened[view] > 1 else ""
                self.stops.append(Stop(f"{view}{number}", self.role, path, answer.text))
                waiting.extend((link, path) for link in self._links(path, _Links(answer.text).found))
        return self

    def _view(self, path: str) -> str | None:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
        except HTTPException:
            return None
        return endpoint

    def _links(self, page: str, found: list[str]) -> Iterator[str]:
        """Links of this house, whole, without the part of a page and without a change of language."""
        for link in found:
            parts = urlsplit(urljoin(f"http://localhost{page}", link))
            ours = parts.netloc == "localhost" and parts.scheme == "http" and not parts.path.startswith("/static/")
            if ours and "sprog=" not in parts.query:
                yield parts.path + (f"?{parts.query}" if parts.query else "")
