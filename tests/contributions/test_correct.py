"""The sender corrects their words before the deadline; what was sent first is kept (RE-12)."""

import pytest

from participation.contributions.correct import correct_contribution
from participation.contributions.split import split_contribution
from participation.foundation.db import settling
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import WORDS, holder_of, submitted


def corrected(contribution, words, now):
    with settling():
        return correct_contribution(holder_of(contribution), contribution, words, now=now)


def test_both_versions_are_kept_and_the_new_one_stands(hearing, now):
    one = submitted(hearing)
    corrected(one, "Den skal ligge ved skolen.", now)
    assert [(text.version, text.words) for text in one.texts] == [(1, WORDS), (2, "Den skal ligge ved skolen.")]
    assert one.words == "Den skal ligge ved skolen."


def test_the_point_is_the_new_words(hearing, now):
    one = submitted(hearing)
    corrected(one, "Den skal ligge ved skolen.", now)
    assert [point.words for point in one.points] == ["Den skal ligge ved skolen."]


def test_it_must_be_read_again(hearing, planner, now):
    one = submitted(hearing)
    with settling():
        one.read_at = now
    corrected(one, "Noget andet.", now)
    assert one.read_at is None


def test_a_point_that_a_planner_made_moves_along_when_its_words_still_stand(hearing, planner, now):
    one = submitted(hearing, "Flyt overgangen. Sæt lys op.")
    text = one.body.id
    with settling():
        light = split_contribution(planner, one, [[(text, 0, 16)], [(text, 17, 28)]], now=now)[1]
    corrected(one, "Hej. Sæt lys op. Flyt den til skolen.", now)
    assert light.retired_at is None
    assert light.words == "Sæt lys op."
    assert [point.words for point in one.points] == ["Hej.\nFlyt den til skolen.", "Sæt lys op."]


def test_a_new_cpr_number_holds_it_back(hearing, now):
    one = submitted(hearing)
    corrected(one, "Mit nummer er 010101-1234.", now)
    assert one.held_back


def test_after_the_deadline_nothing_is_corrected(hearing):
    one = submitted(hearing)
    with pytest.raises(NotAllowed, match="phase"):
        corrected(one, "For sent.", hearing.closes_at)


def test_only_who_holds_the_code_corrects(hearing, now):
    one = submitted(hearing)
    with pytest.raises(NotAllowed, match="owner"):
        correct_contribution(VISITOR, one, "Ikke mit.", now=now)
