"""A department's text blocks: written once, filled in where they are used, and never sent with a place left open."""

import pytest

from participation.answers.text_block import blocks_of, filled, keep_block, retire_block, unfilled
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.people.model import Department
from participation.rules.policy import Actor, NotAllowed
from tests.persons import NOW


def kept(actor: Actor, department: Department, words: str = "Tak for dit svar om {emne}.", block=None):
    with settling():
        return keep_block(actor, department, block, "Tak", words, now=NOW)


def test_a_new_wording_takes_the_place_of_the_old(planner, roads) -> None:
    first = kept(planner, roads)
    second = kept(planner, roads, "Tak.", first)
    assert [one.id for one in blocks_of(roads.id)] == [second.id]
    with pytest.raises(Wrong):
        kept(planner, roads, "Igen.", first)


def test_a_block_that_is_taken_away_is_offered_no_more(planner, roads) -> None:
    block = kept(planner, roads)
    with settling():
        retire_block(planner, roads, block, now=NOW)
    assert blocks_of(roads.id) == []


def test_another_departments_blocks_are_its_own(other_planner, planner, roads, schools) -> None:
    block = kept(planner, roads)
    with pytest.raises(NotAllowed):
        kept(other_planner, roads)
    with pytest.raises(Wrong):
        kept(other_planner, schools, "Vores.", block)


@pytest.mark.parametrize(("title", "words"), [("", "Tak."), ("Tak", "  ")])
def test_a_block_has_a_title_and_words(planner, roads, title, words) -> None:
    with pytest.raises(Wrong), settling():
        keep_block(planner, roads, None, title, words, now=NOW)


def test_what_is_known_is_filled_in_and_the_rest_stays_to_be_seen() -> None:
    words = filled("Om {emne} på {vejnavn}: se {emne}.", {"emne": "lys", "vejnavn": ""})
    assert words == "Om lys på {vejnavn}: se lys."
    assert unfilled(words) == ["{vejnavn}"]
    assert unfilled("{} {A} {1} { } a{b") == []
