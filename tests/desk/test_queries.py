"""How many questions a page of the daily work asks the database: no more for ninety voices than for thirty."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from tests.conftest import Browser
from tests.contributed import receive
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted

CASE = "/arbejde/projekter/ny-skolevej-ved-engparken"
BY_PLANNER = [
    "/arbejde",
    "/arbejde/projekter",
    "/arbejde/indbakke",
    CASE,
    f"{CASE}/indbakke",
    f"{CASE}/indbakke/1",
    f"{CASE}/svar",
    f"{CASE}/svar/1",
    f"{CASE}/emner",
    f"{CASE}/emner/uden",
    f"{CASE}/spoergsmaal",
    f"{CASE}/aendringer",
    f"{CASE}/klar",
    f"{CASE}/rapport",
    f"{CASE}/rapport/udkast",
    f"{CASE}/beslutning",
    f"{CASE}/besked",
]
PAGES = [(Role.PLANNER, page) for page in BY_PLANNER] + [
    (Role.LEADER, "/arbejde"),
    (Role.CLERK, "/arbejde/moeder"),
    (Role.COUNCILLOR, "/arbejde/raad"),
]


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The deadline has passed."""
    with time_machine.travel(NOW + timedelta(days=40), tick=False) as traveller:
        yield traveller


@pytest.fixture
def weighed(hearing: Round) -> Round:
    """A hearing whose deadline has passed, with voices that were read, enough to be worked on in topics."""
    voices(hearing, 30)
    return hearing


def voices(round_: Round, number: int) -> None:
    """Contributions that somebody has read."""
    round_ = db.session.merge(round_)
    received = receive(round_, *(f"Der mangler lys, siger nummer {one}." for one in range(number)))
    with settling():
        for one in received:
            one.read_at = NOW


def asked(client: FlaskClient, page: str) -> int:
    with counted() as questions:
        assert client.get(page).status_code == 200, page
    return len(questions)


def test_every_page_of_the_daily_work_asks_as_much_for_ninety_voices_as_for_thirty(
    app: SettledFlask, weighed: Round, planner_person: Person, leader_person: Person
) -> None:
    at = {Role.PLANNER: planner_person, Role.LEADER: leader_person}
    at |= {role: make_person(f"Ene {role}", (role, None)) for role in (Role.CLERK, Role.COUNCILLOR)}
    browsers = {role: Browser(app, app.response_class) for role in at}
    for role, person in at.items():
        sign_in(browsers[role], person)
        asked(browsers[role], "/persondata")
    few = {(role, page): asked(browsers[role], page) for role, page in PAGES}
    voices(weighed, 60)
    many = {(role, page): asked(browsers[role], page) for role, page in PAGES}
    assert many == few
