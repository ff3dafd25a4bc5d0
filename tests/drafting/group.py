"""The allotment association of the tests: its members, each in a browser without JavaScript."""

import re

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.drafting.invite import link
from participation.drafting.model import Member, Workspace
from participation.foundation.db import SettledFlask, db
from participation.projects.model import Round
from tests.contributions.sending import csrf

BODY = "Haveforeningen Solsikken"
TEXT = "Vi vil gerne beholde stien.\r\n\r\nDen bruges af 40 haver. 🌻"


def workspaces() -> list[Workspace]:
    """What is kept."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Workspace).order_by(Workspace.id)))


def member(email: str) -> Member:
    """A member as they are kept."""
    db.session.rollback()
    return db.session.scalars(sa.select(Member).where(Member.email == email)).one()


def way_in(email: str) -> str:
    """The address of a member's own link."""
    return link(member(email)).removeprefix("http://localhost")


def begun(client: FlaskClient, round_: Round, email: str = "ida@borger.example", **fields: str) -> TestResponse:
    """Fill in the form that opens a workspace."""
    path = f"/projekter/{round_.project.slug}/skriv-sammen"
    data = {"organisation": BODY, "capacity": "association", "name": "Ida Holm", "email": email, **fields}
    return client.post(path, data={"csrf_token": csrf(client, path), **data})


class Group:
    """An association that writes together; the first is who opened it."""

    def __init__(self, app: SettledFlask, round_: Round, *others: tuple[str, str], **fields: str):
        self.app, self.browsers = app, {}
        first = app.test_client()
        assert begun(first, round_, **fields).status_code == 303
        self.id = workspaces()[-1].id
        self.home = f"/skriv-sammen/{self.id}"
        self._enter("ida@borger.example")
        for name, email in others:
            assert self.post("ida", "inviter", email=email).status_code == 303
            who = self._enter(email)
            assert self.post(who, "med", name=name).status_code == 303

    def _enter(self, email: str) -> str:
        browser = self.app.test_client()
        answer = browser.get(way_in(email))
        assert (answer.status_code, answer.location) == (303, self.home)
        who = email.partition("@")[0]
        self.browsers[who] = browser
        return who

    def page(self, who: str) -> str:
        """The workspace as one of them sees it."""
        answer = self.browsers[who].get(self.home)
        assert answer.status_code == 200
        return answer.text

    def post(self, who: str, place: str, **fields: str) -> TestResponse:
        """Send one of the page's forms."""
        data = {"csrf_token": csrf(self.browsers[who], self.home), **fields}
        return self.browsers[who].post(f"{self.home}/{place}", data=data)

    def write(self, who: str, words: str, based_on: int | None = None) -> TestResponse:
        """Save a version, on the one that the page shows or on an older one."""
        shown = re.search(r'name="based_on" value="(\d+)"', self.page(who))
        assert shown is not None
        return self.post(who, "tekst", words=words, based_on=shown[1] if based_on is None else str(based_on))

    def judge(self, who: str, number: int, yes: bool = True, **fields: str) -> TestResponse:
        """Say yes or no to a version."""
        return self.post(who, f"versioner/{number}/mening", godkend="1" if yes else "0", **fields)

    def send(self, who: str, number: int) -> TestResponse:
        """Press Send."""
        return self.post(who, f"versioner/{number}/send")


BO, EVA = ("Bo Krag", "bo@borger.example"), ("Eva Lund", "eva@borger.example")
