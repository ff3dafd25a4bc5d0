"""Contributions are shown in batch by the project's rule; what looks private waits for a named person (P2)."""

from datetime import timedelta

import pytest

from participation.contributions.clear import clear_contribution
from participation.contributions.publish import (
    NotYet,
    publish_after_deadlines,
    publish_contributions,
)
from participation.contributions.read import read_contributions
from participation.foundation.db import db, settling
from participation.rules.handling import ClearReason, Handling
from participation.rules.kinds import Kind, PublicationRule
from participation.rules.policy import WORKER, NotAllowed
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW


def shown(actor, project, ids=None, now=NOW):
    with settling():
        return publish_contributions(actor, project, ids, now=now)


def read(actor, *contributions):
    with settling():
        read_contributions(actor, contributions[0].project, contributions, now=NOW)


def test_all_that_are_read_are_shown_in_one_act_and_counted(planner, hearing):
    first, second, unread = (submitted(hearing, f"Svar {n}") for n in range(3))
    read(planner, first, second)
    assert shown(planner, hearing.project) == 2
    assert [one.handling for one in (first, second, unread)] == [Handling.PUBLISHED] * 2 + [Handling.RECEIVED]
    assert hearing.project.published_count == 2


def test_the_chosen_ones_are_shown_whether_they_are_marked_as_read_or_not(planner, hearing):
    first, second = submitted(hearing, "Et"), submitted(hearing, "To")
    assert shown(planner, hearing.project, [second.id]) == 1
    assert (first.handling, second.handling) == (Handling.RECEIVED, Handling.PUBLISHED)


def test_showing_twice_shows_once(planner, hearing):
    one = submitted(hearing)
    assert [shown(planner, hearing.project, [one.id]) for _ in range(2)] == [1, 0]
    assert hearing.project.published_count == 1


def test_what_is_held_back_is_never_shown_before_a_person_has_looked(planner, hearing):
    one = submitted(hearing, "Mit nummer er 010101-1234.")
    read(planner, one)
    assert shown(planner, hearing.project) == shown(planner, hearing.project, [one.id]) == 0
    with settling():
        clear_contribution(planner, one, ClearReason.COVERED, now=NOW)
    assert shown(planner, hearing.project, [one.id]) == 1
    assert one.cleared_by_id == planner.person_id


def test_the_worker_is_no_named_person(hearing):
    with pytest.raises(NotAllowed):
        clear_contribution(WORKER, submitted(hearing, "010101-1234"), ClearReason.COVERED, now=NOW)


def test_a_question_is_shown_with_its_answer_only(planner, hearing):
    one = submitted(hearing, kind=Kind.QUESTION)
    assert shown(planner, hearing.project, [one.id]) == 0


def test_the_contributions_of_another_project_are_left_alone(planner, hearing, roads):
    other = make_project(roads, slug="en-anden-sag").rounds[0]
    foreign = submitted(other)
    assert shown(planner, hearing.project, [foreign.id]) == 0
    assert foreign.handling is Handling.RECEIVED


def test_a_project_that_never_shows_them_says_so(planner, roads):
    project = make_project(roads, publication=PublicationRule.NEVER)
    with pytest.raises(NotYet):
        shown(planner, project)


def test_after_the_deadline_means_after_the_deadline(planner, roads):
    project = make_project(roads, publication=PublicationRule.AFTER_DEADLINE)
    submitted(project.rounds[0])
    closes = project.rounds[0].closes_at
    with pytest.raises(NotYet):
        shown(planner, project, now=closes - timedelta(microseconds=1))
    assert shown(planner, project, now=closes) == 1


def test_when_the_deadline_has_passed_the_worker_shows_them(roads):
    project = make_project(roads, publication=PublicationRule.AFTER_DEADLINE)
    one, private = submitted(project.rounds[0]), submitted(project.rounds[0], "010101-1234")
    for at in (project.rounds[0].closes_at - timedelta(seconds=1), project.rounds[0].closes_at):
        before = one.handling
        publish_after_deadlines({}, lambda share, words: None, at)
        db.session.commit()
    assert (before, one.handling, private.handling) == (Handling.RECEIVED, Handling.PUBLISHED, Handling.RECEIVED)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_shows_them(request, hearing, who):
    with pytest.raises(NotAllowed):
        shown(request.getfixturevalue(who), hearing.project)
