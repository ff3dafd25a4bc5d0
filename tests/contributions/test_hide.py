"""A contribution is hidden for a reason from the list, the sender is told, and it can be shown again (RE-33)."""

import pytest
import sqlalchemy as sa

from participation.answers.gates import gates
from participation.contributions.hide import confirm_hiding, hide_contribution, restore_contribution
from participation.contributions.ladder import steps_of
from participation.foundation import jobs, log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter
from participation.people.model import Recusal
from participation.rules.handling import Handling, HidingReason
from participation.rules.policy import NotAllowed
from tests.contributions.laddered import letter
from tests.contributions.sending import WORDS, holder_of
from tests.persons import NOW


def hidden(actor, one, words="Fjern naboens navn."):
    with settling():
        hide_contribution(actor, one, HidingReason.OTHER_PERSONS, words, now=NOW)
    return one


def of(one):
    return steps_of(one.id)[-1]


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


def test_without_a_word_to_the_sender_nothing_is_hidden(planner, shown):
    with pytest.raises(Wrong):
        hidden(planner, shown, "  ")


def test_a_department_of_one_hides_alone_and_the_log_says_so(planner, shown):
    hidden(planner, shown)
    assert not of(shown).waits
    entry = log.entries_of(shown)[-1]
    assert (entry.facts["alone"], entry.facts["reason"]) == (True, "other_persons")


def test_where_there_is_a_colleague_it_leaves_the_page_and_waits_for_a_second_person(planner, leader, shown):
    """T14 T16: what is dangerous leaves at once; it stands when another has seen it."""
    hidden(planner, shown)
    assert (shown.handling, of(shown).waits) == (Handling.HIDDEN, True)
    assert "En kollega ser det også igennem." in letter("hidden")


def test_the_white_paper_waits_for_the_second_person(planner, leader, shown):
    hidden(planner, shown)
    assert "unconfirmed" in {one.key for one in gates(shown.project, NOW.date()) if one.blocks}
    with settling():
        confirm_hiding(leader, of(shown), now=NOW)
    assert "unconfirmed" not in {one.key for one in gates(shown.project, NOW.date())}


def test_nobody_confirms_their_own_hiding(planner, leader, shown):
    hidden(planner, shown)
    with pytest.raises(Wrong), settling():
        confirm_hiding(planner, of(shown), now=NOW)


def test_a_colleague_who_stands_aside_is_no_second_person(planner, leader_person, shown):
    with settling():
        db.session.add(Recusal(person_id=leader_person.id, project_id=shown.project_id, declared_at=NOW))
    hidden(planner, shown)
    assert not of(shown).waits


def test_what_was_never_on_the_page_is_not_put_there_by_undoing(planner, waiting):
    hidden(planner, waiting)
    with settling():
        restore_contribution(planner, waiting, now=NOW)
    assert (waiting.handling, waiting.project.published_count) == (Handling.RECEIVED, 0)
    assert "ikke skjult mere" in letter("restored")


def test_the_step_stays_when_it_is_undone(planner, shown):
    hidden(planner, shown)
    with settling():
        restore_contribution(planner, shown, now=NOW)
    assert (of(shown).ended_at, of(shown).reason) == (NOW, HidingReason.OTHER_PERSONS)
