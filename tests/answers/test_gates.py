"""Er sagen klar? One screen says what is missing, with a way to mend it, and what is in place (RE-29)."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from participation.answers.gates import gates, in_place
from participation.foundation.db import settling
from participation.people.model import Person
from participation.projects.model import Round
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.reports.cases import answer

TODAY = NOW.date()


def missing(hearing: Round) -> dict[str, str]:
    return {one.key: one.door for one in gates(hearing.project, TODAY)}


def test_what_is_missing_is_no_longer_said_to_be_in_place(planner, hearing: Round) -> None:
    before = in_place(gates(hearing.project, TODAY))
    (one,) = receive(hearing, "Mere lys.")
    assert {"unread", "unanswered"} <= missing(hearing).keys()
    found = in_place(gates(hearing.project, TODAY))
    assert set(before) - set(found) == {"Alle høringssvar er læst.", "Alle punkter har et svar."}
    answer(planner, one)
    assert in_place(gates(hearing.project, TODAY)) == before


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"report_on": -1, "decision_on": 9}, {"report_late": "rapport"}),
        ({"report_on": 0, "decision_on": 0}, {}),
        ({"report_on": 5, "decision_on": None}, {"no_decision_day": "beslutning"}),
        ({"report_on": 5, "decision_on": -1}, {"decision_late": "beslutning"}),
    ],
)
def test_a_day_that_has_passed_or_was_never_set_is_told_of(hearing: Round, days: dict, expected: dict) -> None:
    """RP-21: it is advice, and keeps nothing back."""
    with settling():
        for name, away in days.items():
            setattr(hearing, name, TODAY + timedelta(days=away) if away is not None else None)
    found = [one for one in gates(hearing.project, TODAY) if one.requirement == "RP-21"]
    assert {one.key: one.door for one in found} == expected
    assert not any(one.blocks for one in found)


def test_the_page_says_both_with_a_link_to_mend_it(client: FlaskClient, planner_person: Person, hearing: Round) -> None:
    sign_in(client, planner_person)
    receive(hearing, "Mere lys.")
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/klar").text
    assert "Læs først: nr. 1." in page
    assert f"/arbejde/projekter/{hearing.project.slug}/svar/1" in page
    assert "Det er på plads" in page


def test_a_heap_is_told_by_its_first_and_how_many_more(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    """RE-29: behind the link all of them stand."""
    sign_in(client, planner_person)
    receive(hearing, *(f"Mere lys ved nummer {house}." for house in range(24)))
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/klar").text
    assert "Læs først: nr. 1, 2, 3," in page
    assert "19, 20 og 4 til." in page
    assert "21," not in page
