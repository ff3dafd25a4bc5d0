"""The mildest rungs: a friendly word, and a wish for an edit that also holds after the deadline (RE-33)."""

import pytest

from participation.contributions.correct import correct_contribution
from participation.contributions.guide import ask_for_edit, guide_sender
from participation.contributions.ladder import steps_of
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import log
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason
from participation.rules.policy import NotAllowed
from tests.contributions.laddered import WORDS, letter
from tests.contributions.sending import holder_of
from tests.persons import NOW

WHY = HidingReason.OTHER_PERSONS


def asked(planner, one):
    with settling():
        ask_for_edit(planner, one, WHY, WORDS, now=NOW)
    return one


def test_a_friendly_word_takes_nothing_off_the_page(planner, shown):
    with settling():
        guide_sender(
            planner, shown, HidingReason.THREATS, "Skriv gerne, hvad du mener, uden at kalde nogen noget.", now=NOW
        )
    assert shown.handling is Handling.PUBLISHED
    said = letter("guided")
    assert "indeholder trusler eller hån" in said
    assert "uden at kalde nogen noget" in said


def test_a_wish_for_an_edit_holds_back_what_is_not_on_the_page(planner, waiting):
    asked(planner, waiting)
    assert (waiting.held_back, waiting.cleared_by_id, waiting.edit_asked_at) == (True, None, NOW)
    assert "Fjern naboens navn" in letter("edit_wanted")


def test_what_is_on_the_page_stays_there_meanwhile(planner, shown):
    asked(planner, shown)
    assert (shown.handling, shown.held_back) == (Handling.PUBLISHED, False)


def test_the_sender_may_mend_it_after_the_deadline_when_asked(planner, waiting):
    after = waiting.round.closes_at
    with pytest.raises(NotAllowed), settling():
        correct_contribution(holder_of(waiting), waiting, "Uden navn.", now=after)
    asked(planner, waiting)
    with settling():
        correct_contribution(holder_of(waiting), waiting, "Uden navn.", now=after)
    assert (waiting.words, waiting.edit_asked_at, waiting.held_back) == ("Uden navn.", None, False)
    with pytest.raises(NotAllowed), settling():
        correct_contribution(holder_of(waiting), waiting, "Endnu en gang.", now=after)


def test_every_step_is_in_the_log(planner, shown):
    with settling():
        guide_sender(planner, shown, WHY, WORDS, now=NOW)
    asked(planner, shown)
    acts = [entry.act for entry in log.entries_of(shown)]
    assert acts[1:] == [Act.GUIDE_SENDER, Act.ASK_FOR_EDIT]
    assert [step.reason for step in steps_of(shown.id)] == [WHY, WHY]


@pytest.mark.parametrize("verb", [guide_sender, ask_for_edit])
def test_the_sender_is_owed_own_words(planner, shown, verb):
    with pytest.raises(Wrong), settling():
        verb(planner, shown, WHY, " ", now=NOW)


@pytest.mark.parametrize("verb", [guide_sender, ask_for_edit])
def test_what_is_withdrawn_is_left_alone(planner, shown, verb):
    with settling():
        withdraw_contribution(holder_of(shown), shown, now=NOW)
    with pytest.raises(Wrong), settling():
        verb(planner, shown, WHY, WORDS, now=NOW)


@pytest.mark.parametrize("verb", [guide_sender, ask_for_edit])
@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_takes_a_step(request, shown, verb, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), settling():
        verb(actor, shown, WHY, WORDS, now=NOW)
