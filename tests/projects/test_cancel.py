"""A project is stopped: it stays on its page with the reason, and takes nothing in."""

import pytest
import sqlalchemy as sa

from participation.contributions.receive import Sender
from participation.foundation import letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.projects.cancel import cancel_project
from participation.projects.model import Notice, Project
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor, NotAllowed
from tests.contributed import receive
from tests.persons import NOW


def test_everybody_who_wrote_is_told_why(app: SettledFlask, planner: Actor, public: Project) -> None:
    receive(public.rounds[0], "Ved kirken.", sender=Sender(email="ida@eksempel.dk"))
    with settling():
        cancel_project(planner, public, "Pengene er brugt.", now=NOW)
    run_all(app, NOW)
    assert phase(public.rounds[0], NOW) is Phase.CANCELLED
    assert db.session.scalars(sa.select(Notice)).one().words == "Pengene er brugt."
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_cancelled")).one()
    assert "Pengene er brugt." in letters.read_in_full(letter).words


def test_a_cancelled_project_takes_nothing_in(planner: Actor, public: Project) -> None:
    with settling():
        cancel_project(planner, public, "Pengene er brugt.", now=NOW)
    with pytest.raises(NotAllowed):
        receive(public.rounds[0], "Ved kirken.")


@pytest.mark.parametrize("who", ["visitor", "clerk", "other_planner"])
def test_only_the_departments_own_officers_cancel(request: pytest.FixtureRequest, public: Project, who: str) -> None:
    with pytest.raises(NotAllowed):
        cancel_project(request.getfixturevalue(who), public, "Nej.", now=NOW)


def test_a_draft_is_not_cancelled_and_nothing_is_cancelled_twice(planner: Actor, draft: Project) -> None:
    with pytest.raises(NotAllowed):
        cancel_project(planner, draft, "Nej.", now=NOW)
