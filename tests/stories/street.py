"""The practice municipality with its doors open, and a window for everybody who comes by."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from playwright.sync_api import Locator, Page

from participation.foundation import clock, jobs
from participation.foundation.db import SettledFlask, db
from participation.people.model import Person
from participation.projects.model import Project
from participation.rules.kinds import Role
from tests.browser.chromium import OpenWindow
from tests.browser.pages import enter
from tests.walk import person_of

PUBLIC = "/projekter/trafikplan-nord"
DESK = f"/arbejde{PUBLIC}"
#: How wide the councillors' tablets are, in px.
TABLET = 820


@dataclass
class Street:
    """The site, and a window for everybody who comes by."""

    app: SettledFlask
    window: OpenWindow
    opened: dict[Role, Page] = field(default_factory=dict)

    def page(self, role: Role) -> Page:
        """The window of the role's first person, or a phone of somebody from the street."""
        if role not in self.opened:
            self.opened[role] = self.window(width=320 if role is Role.VISITOR else 1280)
            enter(self.opened[role], self.app, role)
        return self.opened[role]

    def tablet(self, role: Role, *, js: bool = True) -> Page:
        """A tablet of the role's first person."""
        page = self.window(width=TABLET, js=js)
        enter(page, self.app, role)
        return page

    def person(self, role: Role) -> Person:
        """The role's first person."""
        return db.session.get_one(Person, int((person_of(self.app, role) or "").partition(":")[0]))

    def work(self) -> None:
        """The worker does what is owed."""
        db.session.rollback()
        jobs.run_all(self.app, clock.now())
        db.session.rollback()


def matter() -> Project:
    """Trafikplan Nord, read afresh."""
    db.session.rollback()
    return db.session.scalars(sa.select(Project).where(Project.slug == "trafikplan-nord")).one()


def press(page: Page | Locator, button: str) -> None:
    """Press a button by the whole of its name."""
    page.get_by_role("button", name=button, exact=True).click()
