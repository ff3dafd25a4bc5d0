"""A deadline is extended: later, in public, with a reason, and the same for everybody."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution, Promise
from participation.contributions.receive import Sender
from participation.foundation import letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.projects.extend import NotLater, extend_round
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.model import Notice, Project
from participation.rules import dates
from participation.rules.kinds import NoticeKind, PromiseKind
from participation.rules.phases import Arrival, Phase, phase
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.contributed import receive
from tests.persons import NOW

LATER = date(2026, 12, 21)


def _extend(planner: Actor, project: Project, last_day: date = LATER, now: datetime = NOW, **dates_: date) -> None:
    with settling():
        extend_round(planner, project.rounds[0], last_day, "Posten var forsinket.", now=now, **dates_)


def test_everybody_gets_more_time_and_the_reason_is_public(planner: Actor, public: Project) -> None:
    """RP-28."""
    _extend(planner, public)
    assert public.rounds[0].closes_at == dates.local_day_end(LATER)
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.words) == (NoticeKind.EXTENDED, "Posten var forsinket.")
    assert (notice.was, notice.became) == ("mandag 14. december 2026", "mandag 21. december 2026")


@pytest.mark.parametrize("day", [date(2026, 12, 13), date(2026, 12, 14), date(2026, 11, 1)])
def test_a_deadline_is_never_shortened(planner: Actor, public: Project, day: date) -> None:
    with pytest.raises(NotLater):
        extend_round(planner, public.rounds[0], day, "Nej.", now=NOW)


def test_a_day_that_has_passed_is_no_extension(planner: Actor, public: Project) -> None:
    with pytest.raises(NotLater):
        extend_round(planner, public.rounds[0], LATER, "For sent.", now=NOW + timedelta(days=40))


def test_after_closing_an_extension_opens_again_for_all(planner: Actor, public: Project) -> None:
    after = dates.local_day_end(date(2026, 12, 14)) + timedelta(hours=3)
    assert phase(public.rounds[0], after) is Phase.WEIGHING
    _extend(planner, public, now=after)
    assert phase(public.rounds[0], after) is Phase.OPEN


def test_a_reported_round_is_not_extended(planner: Actor, public: Project) -> None:
    with settling():
        public.rounds[0].reported_at = NOW
    with pytest.raises(NotAllowed):
        extend_round(planner, public.rounds[0], LATER, "Nej.", now=NOW)


def test_another_departments_planner_does_not_extend(other_planner: Actor, public: Project) -> None:
    with pytest.raises(NotAllowed):
        extend_round(other_planner, public.rounds[0], LATER, "Nej.", now=NOW)


def test_who_wrote_and_who_follows_is_told_once(app: SettledFlask, planner: Actor, public: Project) -> None:
    receive(public.rounds[0], "Ved kirken.", sender=Sender(name="Ida", email="ida@eksempel.dk"))
    receive(public.rounds[0], "Uden adresse.")
    with settling():
        follow = follow_project(VISITOR, public, "finn@eksempel.dk", now=NOW)
        confirm_follow(VISITOR, follow, now=NOW)
        follow_project(VISITOR, public, "ubekraeftet@eksempel.dk", now=NOW)
    _extend(planner, public)
    run_all(app, NOW)
    owed = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_extended")).all()
    assert {letter.recipient for letter in owed} == {"ida@eksempel.dk", "finn@eksempel.dk"}
    words = {letter.recipient: letters.read_in_full(letter).words for letter in owed}
    assert "Du kan svare til og med mandag 21. december 2026." in words["ida@eksempel.dk"]
    assert "Posten var forsinket." in words["finn@eksempel.dk"]
    assert "Se dit eget svar her" in words["ida@eksempel.dk"]
    assert "Vil du stoppe" in words["finn@eksempel.dk"]
    assert "Vil du stoppe" not in words["ida@eksempel.dk"]


def test_what_came_between_the_two_deadlines_is_in_time(app: SettledFlask, planner: Actor, public: Project) -> None:
    between = dates.local_day_end(date(2026, 12, 14)) + timedelta(minutes=5)
    receive(public.rounds[0], "Fem minutter over tolv.", at=between)
    assert db.session.scalars(sa.select(Contribution.arrival)).one() is Arrival.LATE
    _extend(planner, public, now=between + timedelta(hours=1))
    run_all(app, between + timedelta(hours=1))
    assert db.session.scalars(sa.select(Contribution.arrival)).one() is Arrival.IN_TIME


def test_expected_dates_move_with_the_reason_and_the_promise_stands(
    app: SettledFlask, planner: Actor, public: Project
) -> None:
    """RP-21: a date in a receipt is never rewritten."""
    receive(public.rounds[0], "Ved kirken.")
    _extend(planner, public, report_on=date(2027, 2, 8))
    run_all(app, NOW)
    promise = db.session.scalars(sa.select(Promise).where(Promise.kind == PromiseKind.REPORT)).one()
    assert (promise.due_on, promise.moved_to) == (date(2027, 1, 29), date(2027, 2, 8))
    assert promise.moved_reason == "Posten var forsinket."
