"""With a proposal people say what they can do themselves (RL-06, RL-39)."""

import csv
import io

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PublicationRule, Role, TextSource
from tests.contributions.sending import csrf, send, submitted
from tests.persons import make_person, sign_in
from tests.queries import counted

pytestmark = pytest.mark.database

OFFER = '  Jeg kan plante & vande –\r\n"hver" lørdag. 🌱 '


def path(round_: Round) -> str:
    return f"/projekter/{round_.project.slug}/svar"


def came_in() -> Contribution:
    db.session.rollback()
    return db.session.scalars(sa.select(Contribution).order_by(Contribution.id)).one()


def offered(round_: Round, words: str = OFFER, **facts) -> Contribution:
    return submitted(round_, "En have.", kind=Kind.PROPOSAL, apart=((TextSource.OFFER, words),), **facts)


def test_it_is_kept_to_the_byte_with_a_point_of_its_own(client, cocreation: Round) -> None:
    assert "Jeg kan bidrage med" in client.get(path(cocreation)).text
    assert send(client, path(cocreation), "En have ved åen.", help_offer=OFFER).status_code == 303
    one = came_in()
    assert [(text.source, text.words) for text in one.apart] == [(TextSource.OFFER, OFFER)]
    assert [(point.apart, point.words) for point in one.points] == [
        (None, "En have ved åen."),
        (TextSource.OFFER, OFFER),
    ]


def test_a_hearing_does_not_ask_for_it(client, hearing: Round) -> None:
    assert "Jeg kan bidrage med" not in client.get(path(hearing)).text
    send(client, path(hearing), "Ja tak.", help_offer=OFFER)
    assert came_in().apart == []


def test_it_is_shown_with_the_proposal_by_the_projects_rule(client, cocreation: Round) -> None:
    offered(cocreation)
    page = f"/projekter/{cocreation.project.slug}/hoeringssvar/1"
    assert client.get(page).status_code == 404
    with settling():
        one = db.session.merge(came_in())
        one.handling, one.project.published_count = Handling.PUBLISHED, 1
    shown = client.get(page).text
    assert "Kan bidrage med" in shown
    assert "Jeg kan plante &amp; vande –" in shown


def test_a_cpr_number_in_it_holds_it_back(client, cocreation: Round) -> None:
    """RE-26."""
    with settling():
        cocreation.project.publication = PublicationRule.IMMEDIATELY
    send(client, path(cocreation), "En have.", help_offer="Ring til 010180-0008.")
    assert came_in().held_back


def test_it_stays_when_the_sender_corrects_something_else(client, cocreation: Round) -> None:
    send(client, path(cocreation), "En have.", help_offer="Jeg kan vande.")
    page = client.get("/mit-svar/ret")
    assert "Jeg kan vande." in page.text
    data = {"csrf_token": csrf(client, "/mit-svar/ret"), "words": "To haver.", "help_offer": "Jeg kan vande."}
    assert client.post("/mit-svar/ret", data=data).status_code == 303
    one = came_in()
    assert (one.words, [text.words for text in one.apart]) == ("To haver.", ["Jeg kan vande."])


def test_officers_see_all_of_it_with_the_way_to_reach_them_and_nobody_else(client, cocreation: Round, roads) -> None:
    offered(cocreation, "Jeg kan vande.", name="Ida Holm", email="ida@borger.example")
    offered(cocreation, "Jeg kan bygge.")
    page = f"/arbejde/projekter/{cocreation.project.slug}/bidrag"
    assert client.get(page).status_code == 302
    sign_in(client, make_person("Karim", (Role.COUNCILLOR, None)))
    assert client.get(page).status_code == 403
    sign_in(client, make_person("Maja", (Role.PLANNER, roads)))
    shown = client.get(page).text
    assert shown.index("Jeg kan vande.") < shown.index("ida@borger.example") < shown.index("Jeg kan bygge.")
    assert f'href="{page}"' in client.get(f"/arbejde/projekter/{cocreation.project.slug}").text
    rows = list(csv.reader(io.StringIO(client.get(page.replace("bidrag", "indbakke/alle.csv")).text), delimiter=";"))
    at = rows[0].index("Kan bidrage med")
    assert [row[at] for row in rows[1:]] == ["Jeg kan vande.", "Jeg kan bygge."]


def test_the_page_asks_the_same_few_times_however_many_there_are(client, cocreation: Round, planner_person) -> None:
    sign_in(client, planner_person)
    page = f"/arbejde/projekter/{cocreation.project.slug}/bidrag"

    def asked() -> int:
        db.session.rollback()
        with counted() as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    offered(cocreation)
    few = asked()
    for _ in range(8):
        offered(cocreation)
    assert asked() == few
    assert client.get(f"{page}?efter=8").text.count("<tr>") == 2
