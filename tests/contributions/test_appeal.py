"""The sender asks us once to look at a step again, and another person answers where there is one (RE-33)."""

import pytest
import sqlalchemy as sa

from participation.contributions.appeal import answer_appeal, appeal_step
from participation.contributions.clear import clear_contribution, still_open
from participation.contributions.correct import correct_contribution
from participation.contributions.guide import guide_sender
from participation.contributions.hide import confirm_hiding, hide_contribution
from participation.contributions.ladder import masked, masks_appealed, moderated, steps_of
from participation.contributions.mask import lift_mask, mask_contribution, place_of_quote
from participation.contributions.shown import shown_words
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.people.actor import actor_of
from participation.rules.handling import ClearReason, Handling, HidingReason, MaskReason, Rung
from participation.rules.kinds import Role
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.laddered import letter
from tests.contributions.sending import holder_of, submitted
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


# -- the third rung: words that are covered ---------------------------------------------------------------------------


def cover(actor, one, quote, reason=MaskReason.ABUSE, words="Skriv det uden at håne naboen."):
    with settling():
        return mask_contribution(actor, one, [place_of_quote(one, one.body.id, quote)], reason, words, now=NOW)


@pytest.fixture
def covered(planner, waiting):
    cover(planner, waiting, waiting.words[:5])
    return steps_of(waiting.id)[0]


def test_the_sender_of_covered_words_is_told_why_and_how_to_ask_again(covered):
    told = letter("masked")
    assert "trusler eller hån" in told
    assert "Skriv det uden at håne naboen." in told
    assert "bed os se på det igen" in told


def test_a_judgement_of_the_tone_needs_words_and_a_telephone_number_does_not(planner, waiting):
    with pytest.raises(Wrong):
        cover(planner, waiting, waiting.words[:5], words=" ")
    cover(planner, waiting, waiting.words[:5], MaskReason.CONTACT, "")
    assert [(step.rung, step.reason) for step in steps_of(waiting.id)] == [(Rung.MASK, MaskReason.CONTACT)]


def test_a_mask_is_asked_about_once_and_another_person_answers(planner, leader, covered):
    appeal(covered)
    with pytest.raises(Wrong):
        appeal(covered)
    with pytest.raises(Wrong):
        answered(planner, covered)
    answered(leader, covered, granted=False, words="Ordet er stadig groft.")
    assert covered.contribution.is_masked
    assert "Ordet er stadig groft." in letter("appeal_answered")


def test_a_yes_lifts_all_that_the_step_covered_also_in_a_later_version(planner, leader, covered):
    one = covered.contribution
    secret = one.words[:5]
    with settling():
        correct_contribution(holder_of(one), one, f"{secret}, og igen: {secret}", now=NOW)
    assert secret not in shown_words(one)
    appeal(covered)
    answered(leader, covered)
    assert (shown_words(one), one.is_masked) == (f"{secret}, og igen: {secret}", False)
    assert (covered.granted, covered.ended_by_id) == (True, leader.person_id)
    entries = db.session.scalars(sa.select(LogEntry.facts).where(LogEntry.act == "contribution:mask"))
    assert [len(facts["lifted"]) for facts in entries if "lifted" in facts] == [3]


def test_the_last_cover_of_a_step_that_is_lifted_by_hand_undoes_it_and_is_told(planner, waiting):
    with settling():
        places = [place_of_quote(waiting, waiting.body.id, quote) for quote in (waiting.words[:3], waiting.words[-3:])]
        masks = mask_contribution(planner, waiting, places, MaskReason.CONTACT, now=NOW)
    (step,) = steps_of(waiting.id)
    with settling():
        lift_mask(planner, masks[0], now=NOW)
    assert step.ended_at is None
    with settling():
        lift_mask(planner, masks[1], now=NOW)
    assert step.ended_at == NOW
    assert "Det har vi gjort om" in letter("uncovered")


def test_a_cpr_number_is_covered_by_law_and_nothing_to_look_at_again(planner, hearing):
    one = submitted(hearing, "Mit nummer er 010101-1234.", email="a@borger.example")
    cover(planner, one, "010101-1234", MaskReason.CPR, "")
    assert steps_of(one.id) == []
    assert "bed os se på det igen" not in letter("masked")


def test_what_was_found_and_covered_in_one_act_is_one_step_for_each_reason_and_one_letter(planner, hearing):
    one = submitted(
        hearing, "Ring 46 11 00 00 eller skriv til a@b.example. Jeg bor på Møllevej 12.", email="a@b.example"
    )
    with settling():
        clear_contribution(planner, one, ClearReason.COVERED, still_open(one), now=NOW)
    assert [step.reason for step in steps_of(one.id)] == [MaskReason.CONTACT]
    assert len(steps_of(one.id)[0].masks) == 3
    assert letter("masked").count("telefon, e-mail eller adresse") == 1


def test_the_public_counts_masks_apart_with_those_who_asked_and_were_right(leader, covered):
    appeal(covered)
    answered(leader, covered)
    assert moderated()[0].total == 0
    assert masked() == [(MaskReason.ABUSE, 1)]
    assert masks_appealed() == (1, 1)
