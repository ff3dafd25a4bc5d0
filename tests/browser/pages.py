"""The pages that are looked at: all that a walk through the practice municipality finds, and states named here."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from participation.foundation.db import SettledFlask
from participation.rules.kinds import Role
from tests.walk import WALKERS, Stop, Walk, client_of, person_of

#: Views whose page differs so much from one case to the next that several are looked at.
MANY = {"portal.project": 8, "desk.answers": 4}


@dataclass(frozen=True)
class Place:
    """A page or a state of one that no link leads to.

    Args:
        name: what it is called among the pictures.
        role: who sees it.
        path: where it stands.
        form: what is typed and sent there first, field → words; the answer is the page.
    """

    name: str
    role: Role
    path: str
    form: tuple[tuple[str, str], ...] = ()


PLACES: tuple[Place, ...] = (
    Place("not-found", Role.VISITOR, "/findes-ikke"),
    Place("wrong-code", Role.VISITOR, "/mit-svar", (("code", "K7QF-2M9X-4TRA-8HWD"),)),
    Place("wrong-password", Role.VISITOR, "/log-ind", (("email", "ingen@engelund.example"), ("password", "forkert"))),
)


def all_pages(app: SettledFlask) -> Iterator[Stop]:
    """One example of every page for each role that is the first to see it, and all named places.

    A page that a visitor sees is not shown again for staff.
    """
    seen: set[str] = set()
    for role in WALKERS:
        found = Walk(app, role, each=max(MANY.values())).go().stops
        for stop in found:
            view, _, number = stop.name.partition("-")
            if stop.name not in seen and int(number or 1) <= MANY.get(view, 1):
                seen.add(stop.name)
                yield stop
    for place in PLACES:
        if not place.form:
            html = client_of(app, place.role).get(place.path).text
            yield Stop(place.name, place.role, place.path, html)


def enter(page: Page, app: SettledFlask, role: Role) -> None:
    """Sign somebody of the role in, without typing the password."""
    key = person_of(app, role)
    if key is None:
        return
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = serializer.dumps({"_user_id": key, "_fresh": True})
    page.context.add_cookies([{"name": "session", "value": cookie, "domain": "localhost", "path": "/"}])


def fill(page: Page, place: Place) -> None:
    """Type the words of a place and send its form."""
    page.goto(place.path)
    for name, words in place.form:
        page.locator(f"[name={name}]").first.fill(words)
    page.locator(f"form:has([name={place.form[0][0]}]) button").last.click()
    page.wait_for_load_state("networkidle")
