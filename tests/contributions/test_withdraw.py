"""The sender takes it back: neither shown nor counted, but in the case."""

import pytest

from participation.contributions.withdraw import withdraw_contribution
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PublicationRule
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import WORDS, holder_of, submitted
from tests.matters import make_project


def withdrawn(contribution, now):
    with settling():
        withdraw_contribution(holder_of(contribution), contribution, now=now)
    return contribution


def test_a_withdrawn_contribution_stays_in_the_case_with_its_words(hearing, now):
    one = withdrawn(submitted(hearing), now)
    assert (one.handling, one.withdrawn_at, one.words) == (Handling.WITHDRAWN, now, WORDS)


def test_it_is_no_longer_counted(roads, now):
    project = make_project(roads, publication=PublicationRule.IMMEDIATELY)
    withdrawn(submitted(project.rounds[0]), now)
    assert (project.last_number, project.received_count, project.published_count) == (1, 0, 0)


def test_a_withdrawn_question_is_not_counted_as_one(hearing, now):
    withdrawn(submitted(hearing, kind=Kind.QUESTION), now)
    assert (hearing.project.question_count, hearing.project.response_count) == (0, 0)


def test_only_who_holds_the_code_takes_it_back(hearing, planner, now):
    one = submitted(hearing)
    for actor in (VISITOR, planner):
        with pytest.raises(NotAllowed, match="owner"):
            withdraw_contribution(actor, one, now=now)


def test_it_is_taken_back_once(hearing, now):
    one = withdrawn(submitted(hearing), now)
    with pytest.raises(Wrong):
        withdrawn(one, now)


def test_it_can_be_taken_back_long_after_the_deadline(hearing, now):
    one = submitted(hearing)
    assert withdrawn(one, hearing.closes_at).handling is Handling.WITHDRAWN
