"""Proposals stand in a neutral order: another one first for each visitor and day, never the popular (RE-15, RL-50)."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import Traveller

from participation.contributions.model import Contribution
from participation.foundation.db import db, settling
from participation.portal.cards import first_in_turn
from participation.portal.queries import in_turn
from participation.projects.model import Round
from participation.rules.handling import Handling
from tests.contributed import receive
from tests.persons import NOW
from tests.portal.pages import shown, words_of

pytestmark = pytest.mark.database

LIST = "/projekter/{}/hoeringssvar"


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"Bænk (\d+)\b", text)]


def pages(client: FlaskClient, path: str) -> list[int]:
    """The numbers on a list, from its first page to its last, by the button that leads on."""
    seen: list[int] = []
    while path:
        response = client.get(path)
        assert response.status_code == 200
        seen += numbers(response.text)
        on = re.search(r'href="([^"]*videre=\d+)"', response.text)
        path = on[1].replace("&amp;", "&") if on else ""
    return seen


@pytest.mark.parametrize("first", [1, 7, 26, 60])
def test_every_proposal_comes_once_and_the_round_begins_where_it_was_drawn(
    client: FlaskClient, cocreation: Round, first: int
) -> None:
    shown(cocreation, *(f"Bænk {number}" for number in range(1, 61)))
    around = pages(client, f"{LIST.format(cocreation.project.slug)}?fra={first}")
    assert around == [*range(first, 61), *range(1, first)]


def test_a_proposal_that_is_not_shown_is_passed_over(cocreation: Round) -> None:
    received = receive(cocreation, *(f"Bænk {number}" for number in range(1, 8)))
    with settling():
        for one in received:
            if one.number in (2, 3, 6):
                one.handling, one.published_at = Handling.PUBLISHED, NOW
        db.session.flush()
    assert [one.number for one in in_turn(cocreation.project_id, 5).rows] == [6, 2, 3]
    page = in_turn(cocreation.project_id, 3, size=2)
    assert ([one.number for one in page.rows], page.older) == ([3, 6], 6)
    assert [one.number for one in in_turn(cocreation.project_id, 3, page.older).rows] == [2]


def test_a_visitor_meets_the_same_order_all_day_and_another_the_next(
    client: FlaskClient, cocreation: Round, stopped_clock: Traveller
) -> None:
    shown(cocreation, *(f"Bænk {number}" for number in range(1, 61)))
    path = LIST.format(cocreation.project.slug)
    today = pages(client, path)
    assert pages(client, path) == today
    others = [
        pages(client.application.test_client(), f"{path}?fra={first_in_turn(60, NOW.date(), f'10.0.0.{n}')}")
        for n in range(5)
    ]
    assert len({order[0] for order in others}) > 1
    days = set()
    for _ in range(5):
        stopped_clock.shift(timedelta(days=1))
        days.add(pages(client, path)[0])
    assert len(days) > 1


def test_each_proposal_is_as_likely_to_stand_first() -> None:
    drawn = [first_in_turn(10, date(2026, 11, 22), f"10.1.{n // 250}.{n % 250}") for n in range(5000)]
    counted = [drawn.count(number) for number in range(1, 11)]
    assert min(counted) > 400
    assert max(counted) < 600


def test_much_supported_proposals_stand_no_higher(client: FlaskClient, cocreation: Round) -> None:
    received = shown(cocreation, *(f"Bænk {number}" for number in range(1, 11)))
    path = LIST.format(cocreation.project.slug)
    before = pages(client, path)
    with settling():
        db.session.get_one(Contribution, received[-1].id).support_count = 500
    assert pages(client, path) == before


def test_the_newest_first_is_one_press_away_and_a_hearing_keeps_it(
    client: FlaskClient, cocreation: Round, hearing: Round
) -> None:
    shown(cocreation, *(f"Bænk {number}" for number in range(1, 31)))
    path = LIST.format(cocreation.project.slug)
    assert "tilfældigt og skifter hver dag" in words_of(client, path)
    newest = client.get(f"{path}?vis=nyeste").text
    assert numbers(newest) == list(range(30, 5, -1))
    assert f'href="{path}"' in newest
    shown(hearing, "Stemme 1", "Stemme 2")
    words = words_of(client, LIST.format(hearing.project.slug))
    assert words.index("Stemme 2") < words.index("Stemme 1")
