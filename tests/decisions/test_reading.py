"""A councillor reads a matter on one page, and two clicks from the agenda lie a citizen's own words (RP-31, RP-49)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from participation.decisions.attach import attach_report
from participation.decisions.reading import deviations
from participation.foundation import clock
from participation.foundation.db import settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.reports.publish import publish_paper
from participation.rules.kinds import ApprovalRule
from participation.rules.outcomes import Outcome, Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import ADOPTED, AFTER, WEIGHING, answer_all, decide
from tests.persons import sign_in
from tests.queries import counted
from tests.reports.rich import rich_case

PAGE = "/arbejde/raad/ny-skolevej-ved-engparken"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)


def publish(planner: Actor, clerk: Actor, hearing: Round) -> None:
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    with settling():
        paper = publish_paper(planner, hearing.project, now=WEIGHING + timedelta(days=1))
    with settling():
        attach_report(clerk, paper, hearing.project.steps, now=WEIGHING + timedelta(days=2))


def test_from_the_agenda_to_a_citizens_own_words_are_two_clicks(
    client: FlaskClient, planner: Actor, clerk: Actor, councillor_person: Person, hearing: Round
) -> None:
    rich_case(planner, hearing)
    publish(planner, clerk, hearing)
    sign_in(client, councillor_person)
    assert f'href="{PAGE}"' in client.get("/arbejde/raad").text
    page = client.get(PAGE).text
    for heading in ("Kort fortalt", "Her skal I vælge", "Spørgsmål til forvaltningen", "Kun til dig selv"):
        assert heading in page
    link = re.search(r'href="(/arbejde/hvidbog/[^"]*/bilag\?nr=1#nr-1)"', page)
    assert link is not None
    assert "Overgangen skal ligge ved kirken, ikke ved tanken." in client.get(link[1]).text


def test_a_few_answers_open_in_place_down_to_the_whole_words(
    client: FlaskClient, planner: Actor, clerk: Actor, councillor_person: Person, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den til kirken.", "Mere lys på stien."))
    publish(planner, clerk, hearing)
    sign_in(client, councillor_person)
    page = client.get(PAGE).text
    assert "Flyt den til kirken." in page
    assert "Svar på 1." in page


def test_the_page_asks_as_much_for_two_letters_as_for_twenty(
    client: FlaskClient, planner: Actor, clerk: Actor, councillor_person: Person, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys."))
    publish(planner, clerk, hearing)
    sign_in(client, councillor_person)
    with counted() as few:
        client.get(PAGE)
    answer_all(planner, receive(hearing, *(f"Ord {number}." for number in range(18))))
    publish(planner, clerk, hearing)
    with counted() as many:
        assert "Ord 17." in client.get(PAGE).text
    assert len(many) == len(few)


def test_what_was_settled_otherwise_stands_beside_the_recommendation(
    client: FlaskClient, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """RP-49: the body's own assessment per topic, deviations shown in public."""
    answer_all(planner, receive(hearing, "Flyt den.", "Mere lys.", "Lavere fart."))
    exceptions = {
        2: (Outcome.NOT_ACCOMMODATED, "Der er ikke råd."),
        3: (Outcome.ACCOMMODATED, ""),  # the same as was recommended
    }
    decide(clerk, hearing.project, replace(ADOPTED, exceptions=exceptions))
    (one,) = deviations(hearing.project_id)
    assert (one.recommended, one.outcome) == (Recommendation.ACCOMMODATED, Outcome.NOT_ACCOMMODATED)
    page = client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text
    part = page[page.index("Her blev det anderledes end indstillet") :]
    assert "Høringssvar nr. 2" in part
    assert "Der er ikke råd." in part


def test_what_was_adopted_as_recommended_has_no_deviation(
    client: FlaskClient, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    answer_all(planner, receive(hearing, "Flyt den."))
    decide(clerk, hearing.project)
    assert deviations(hearing.project_id) == []
    assert "anderledes end indstillet" not in client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text


def test_the_decision_is_public_from_the_moment_it_is_recorded(
    client: FlaskClient, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """RP-26: result, grounds, votes and how each voice was weighed, at once and for everybody."""
    answer_all(planner, receive(hearing, "Flyt den."))
    decide(clerk, hearing.project, replace(ADOPTED, dissent="Liste Ø vil vente."))
    page = client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text
    for words in ("Vejen gør det trygt at gå i skole.", "Alle stemte for", "Liste Ø vil vente.", "vejloven § 8"):
        assert words in page
