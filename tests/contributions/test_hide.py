"""A contribution is hidden for a reason from the list, the sender is told, and it can be shown again (RE-33)."""

import pytest
import sqlalchemy as sa

from participation.contributions.hide import hide_contribution, restore_contribution
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import PublicationRule
from participation.rules.policy import NotAllowed
from tests.contributions.sending import WORDS, holder_of, submitted
from tests.matters import make_project
from tests.persons import NOW


@pytest.fixture
def shown(roads):
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    return submitted(round_, email="a@borger.example")


def hidden(actor, one, words="Fjern naboens navn."):
    with settling():
        hide_contribution(actor, one, HidingReason.OTHER_PERSONS, words, now=NOW)
    return one


def test_it_leaves_the_page_with_its_reason_and_stays_in_the_case(planner, shown):
    hidden(planner, shown)
    assert (shown.handling, shown.hidden_reason, shown.words) == (
        Handling.HIDDEN,
        HidingReason.OTHER_PERSONS,
        WORDS,
    )
    assert (shown.project.published_count, shown.project.received_count) == (0, 1)


def test_the_sender_hears_why_and_whom_to_turn_to(planner, shown):
    hidden(planner, shown)
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "hidden")).one()
    assert "fortæller om andre personer" in letter.words
    assert "Fjern naboens navn." in letter.words
    assert "70 00 00 01" in letter.words


def test_it_is_shown_again_and_counted(planner, shown):
    hidden(planner, shown)
    with settling():
        restore_contribution(planner, shown, now=NOW)
    assert (shown.handling, shown.hidden_reason) == (Handling.PUBLISHED, None)
    assert shown.project.published_count == 1
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "restored")).one()
    assert "Nu står dit høringssvar nr. 1 igen på siden" in letter.words


def test_hidden_a_second_time_the_sender_is_told_a_second_time(planner, shown):
    for _ in range(2):
        hidden(planner, shown)
        with settling():
            restore_contribution(planner, shown, now=NOW)
    kinds = sorted(db.session.scalars(sa.select(Letter.kind)))
    assert kinds == ["hidden", "hidden", "receipt", "restored", "restored"]


def test_what_is_hidden_is_not_hidden_again(planner, shown):
    hidden(planner, shown)
    with pytest.raises(Wrong):
        hidden(planner, shown)


def test_what_is_not_hidden_is_not_restored(planner, shown):
    with pytest.raises(Wrong):
        restore_contribution(planner, shown, now=NOW)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_hides(request, shown, who):
    with pytest.raises(NotAllowed):
        hidden(request.getfixturevalue(who), shown)


def test_not_even_its_sender_hides_it(shown):
    with pytest.raises(NotAllowed):
        hidden(holder_of(shown), shown)
