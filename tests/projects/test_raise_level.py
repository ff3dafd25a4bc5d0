"""The level is a contract: raised in public, never lowered; a plain mistake is put right while nobody has written."""

import pytest
import sqlalchemy as sa

from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.people.model import Department
from participation.projects.declare import LevelTooLow
from participation.projects.edit import AlreadyAnnounced, edit_level
from participation.projects.model import Notice, Project, Round
from participation.projects.raise_level import NeverLowered, TooLateToCorrect, correct_level, raise_level
from participation.rules.kinds import NoticeKind, RoundKind
from participation.rules.levels import Level
from participation.rules.policy import Actor, NotAllowed
from tests.contributed import receive
from tests.matters import make_project
from tests.persons import NOW

_PAIRS = [(old, new) for old in Level for new in Level]


@pytest.mark.parametrize(("old", "new"), _PAIRS)
def test_a_public_level_goes_up_and_never_down(planner: Actor, roads: Department, old: Level, new: Level) -> None:
    """RP-47."""
    project = make_project(roads, old)
    if new.rank > old.rank:
        with settling():
            raise_level(planner, project, new, "Mange vil gerne være med.", now=NOW)
        assert project.level is project.rounds[0].level is new
    else:
        with pytest.raises(NeverLowered):
            raise_level(planner, project, new, "Det er nemmere.", now=NOW)


def test_raising_is_told_in_public_with_its_reason(app: SettledFlask, planner: Actor, orientation: Round) -> None:
    with settling():
        raise_level(planner, orientation.project, Level.HEARING, "Mange vil gerne være med.", now=NOW)
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.was, notice.became) == (NoticeKind.LEVEL_RAISED, "Orientering", "Høring")
    assert notice.words == "Mange vil gerne være med."
    assert (orientation.kind, orientation.legal_basis) == (RoundKind.HEARING, "none")
    assert run_all(app, NOW) == 2


def test_a_mistake_is_corrected_in_public_until_the_first_words(planner: Actor, cocreation: Round) -> None:
    project = cocreation.project
    with settling():
        correct_level(planner, project, Level.HEARING, "Vi valgte forkert.", now=NOW)
    assert project.level is cocreation.level is Level.HEARING
    assert db.session.scalars(sa.select(Notice)).one().kind is NoticeKind.LEVEL_CORRECTED
    receive(cocreation, "Jeg har et forslag.")
    with pytest.raises(TooLateToCorrect):
        correct_level(planner, project, Level.ORIENTATION, "Igen.", now=NOW)


def test_a_correction_never_goes_below_what_is_owed(planner: Actor, roads: Department) -> None:
    """RP-48."""
    project = make_project(roads, wide_interest=True)
    with pytest.raises(LevelTooLow):
        correct_level(planner, project, Level.ORIENTATION, "Det er kun til orientering.", now=NOW)


def test_a_draft_thinks_its_level_over_in_silence(planner: Actor, draft: Project) -> None:
    with settling():
        edit_level(planner, draft, Level.COCREATION, "Vi har ikke tegnet noget endnu.", True, now=NOW)
    assert draft.level is draft.rounds[0].level is Level.COCREATION
    assert draft.level_reason == "Vi har ikke tegnet noget endnu."
    assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 0
    with pytest.raises(LevelTooLow):
        edit_level(planner, draft, Level.ORIENTATION, "Nej.", True, now=NOW)


def test_a_public_level_is_not_edited(planner: Actor, public: Project) -> None:
    with pytest.raises(AlreadyAnnounced):
        edit_level(planner, public, Level.COCREATION, "Nej.", True, now=NOW)


def test_another_departments_planner_raises_nothing(other_planner: Actor, orientation: Round) -> None:
    with pytest.raises(NotAllowed):
        raise_level(other_planner, orientation.project, Level.HEARING, "Ja.", now=NOW)


def test_a_draft_that_is_raised_tells_nobody(planner: Actor, draft: Project) -> None:
    with settling():
        raise_level(planner, draft, Level.COCREATION, "Vi vil have idéer.", now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 0
    assert draft.level_reason == "Vi vil have idéer."
