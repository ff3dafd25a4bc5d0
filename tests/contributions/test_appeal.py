"""The sender asks us once to look at a step again, and another person answers where there is one (RE-33)."""

import pytest

from participation.contributions.appeal import answer_appeal, appeal_step
from participation.contributions.guide import guide_sender
from participation.contributions.hide import confirm_hiding, hide_contribution
from participation.contributions.ladder import moderated
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.people.actor import actor_of
from participation.rules.handling import Handling, HidingReason, Rung
from participation.rules.kinds import Role
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.laddered import letter
from tests.contributions.sending import holder_of
from tests.persons import NOW, make_person


@pytest.fixture
def step(planner, shown):
    with settling():
        return hide_contribution(planner, shown, HidingReason.THREATS, "Ret tonen.", now=NOW)


def appeal(step, words="Jeg truer ingen."):
    with settling():
        appeal_step(holder_of(step.contribution), step, words, now=NOW)


def answered(actor, step, granted=True, words="Du har ret. Det var skrevet i vrede, men det er ingen trussel."):
    with settling():
        answer_appeal(actor, step, granted=granted, words=words, now=NOW)


def test_the_department_is_told(step):
    appeal(step)
    assert "beder os se på det igen" in letter("appealed")


def test_it_is_asked_only_once(step):
    appeal(step)
    with pytest.raises(Wrong):
        appeal(step)


def test_only_whoever_holds_the_code_asks(step):
    with pytest.raises(NotAllowed), settling():
        appeal_step(VISITOR, step, "Nej.", now=NOW)


def test_a_reason_is_asked_for(step):
    with pytest.raises(Wrong):
        appeal(step, " ")


def test_a_yes_shows_it_again_and_says_why(planner, step):
    appeal(step)
    answered(planner, step)
    assert step.contribution.handling is Handling.PUBLISHED
    assert (step.granted, step.ended_at) == (True, NOW)
    assert "Du fik ret" in letter("appeal_answered")


def test_a_no_leaves_it_and_says_why(planner, step):
    appeal(step)
    answered(planner, step, granted=False, words="Der står stadig en trussel i linje 2.")
    assert step.contribution.handling is Handling.HIDDEN
    assert "en trussel i linje 2" in letter("appeal_answered")


def test_an_answer_has_words(planner, step):
    appeal(step)
    with pytest.raises(Wrong):
        answered(planner, step, words=" ")


def test_it_is_answered_once(planner, step):
    appeal(step)
    answered(planner, step, granted=False)
    with pytest.raises(Wrong):
        answered(planner, step)


def test_whoever_did_it_or_confirmed_it_does_not_answer_when_there_is_another(planner, leader, shown):
    with settling():
        step = hide_contribution(planner, shown, HidingReason.THREATS, "Ret tonen.", now=NOW)
    appeal(step)
    with pytest.raises(Wrong):
        answered(planner, step)
    answered(leader, step)
    assert step.answered_by_id == leader.person_id


@pytest.fixture
def confirmed(planner, leader, shown):
    with settling():
        step = hide_contribution(planner, shown, HidingReason.THREATS, "Ret tonen.", now=NOW)
        confirm_hiding(leader, step, now=NOW)
    appeal(step)
    return step


def test_in_a_department_of_two_the_one_who_only_agreed_answers(planner, leader, confirmed):
    with pytest.raises(Wrong):
        answered(planner, confirmed)
    answered(leader, confirmed, granted=False)
    assert confirmed.answered_by_id == leader.person_id


def test_with_a_third_person_neither_of_the_two_answers(planner, leader, roads, confirmed):
    third = actor_of(make_person("Tora Tredje", (Role.PLANNER, roads)))
    for actor in (planner, leader):
        with pytest.raises(Wrong):
            answered(actor, confirmed)
    answered(third, confirmed)
    assert confirmed.granted


def test_a_friendly_word_is_appealed_like_the_rest(planner, shown):
    with settling():
        step = guide_sender(planner, shown, HidingReason.NO_CONTENT, "Skriv om sagen.", now=NOW)
    appeal(step)
    answered(planner, step)
    assert step.ended_at == NOW


def test_the_public_counts_name_reason_and_rung_and_nobody(planner, step):
    appeal(step)
    answered(planner, step)
    everywhere, by_project = moderated()
    assert everywhere.counts == {(HidingReason.THREATS, Rung.HIDE): 1}
    assert (everywhere.ended, everywhere.appealed, everywhere.granted) == (1, 1, 1)
    assert [(one.title, one.steps.total) for one in by_project] == [("Ny skolevej ved Engparken", 1)]
