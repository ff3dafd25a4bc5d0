"""How many questions a public page asks the database: at most nine, and no more for many voices than for few."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from participation.contributions.ask import ask_question
from participation.contributions.model import Contribution
from participation.contributions.receive import Sent
from participation.foundation.db import SettledFlask, db, settling
from participation.people.municipality import Municipality, keep
from participation.projects.model import Material, Meeting, Round
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, MaterialKind
from participation.rules.policy import VISITOR
from tests.persons import NOW
from tests.portal.pages import shown
from tests.queries import counted

ROAD = "/projekter/ny-skolevej-ved-engparken"
PAGES = [
    "/",
    "/projekter",
    "/projekter?q=lys",
    "/projekter.atom",
    ROAD,
    f"{ROAD}/hoeringssvar",
    f"{ROAD}/hoeringssvar/1",
    f"{ROAD}/spoergsmaal",
    f"{ROAD}/materiale/1",
    f"{ROAD}/moeder/1.ics",
    f"{ROAD}/moeder.ics",
    f"{ROAD}/svar",
    f"{ROAD}/spoerg",
    "/mit-svar",
    "/loefter",
    "/saadan-deltager-du",
    "/persondata",
    "/was",
    "/log-ind",
]


@pytest.fixture(autouse=True)
def _public(app: SettledFlask) -> None:
    """The municipality has switched every page on."""
    with settling():
        keep(Municipality(promises_public=True), now=NOW)


def asked(client: FlaskClient, page: str) -> int:
    with counted() as questions:
        assert client.get(page).status_code == 200, page
    return len(questions)


def voices(round_: Round, number: int) -> list[Contribution]:
    """Contributions on the page, and as many questions."""
    received = shown(round_, *(f"Der mangler lys, siger nummer {one}." for one in range(number)))
    for one in range(number):
        sent = Sent(words=f"Hvornår kommer nr. {one}?", kind=Kind.QUESTION, received_at=NOW, key=uuid4().hex)
        with settling():
            question = ask_question(VISITOR, round_, sent, now=NOW)
            question.handling, question.published_at = Handling.PUBLISHED, NOW
    return received


@pytest.fixture
def told(hearing: Round) -> Round:
    """A hearing with a meeting, a paper to read and two voices."""
    with settling():
        paper = Material(
            project_id=hearing.project_id, kind=MaterialKind.TEXT, title="Planen", words="Vej", added_at=NOW
        )
        meeting = Meeting(project_id=hearing.project_id, title="Borgermøde", starts_at=NOW, place="Salen")
        db.session.add_all((paper, meeting))
    voices(hearing, 2)
    return hearing


def test_every_public_page_asks_as_much_for_sixty_voices_as_for_two(client: FlaskClient, told: Round) -> None:
    few = {page: asked(client, page) for page in PAGES}
    voices(told, 58)
    many = {page: asked(client, page) for page in PAGES}
    assert many == few
    assert {page: count for page, count in many.items() if count > 8} == {}
