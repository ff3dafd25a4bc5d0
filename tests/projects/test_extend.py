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
from participation.projects.extend import Expected, NotLater, TooEarly, extend_round, following
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


# -- what citizens were told to expect ---------------------------------------------------------------------------------

FAR = date(2027, 3, 1)


@pytest.fixture
def plan(public: Project) -> Project:
    """A local plan: four weeks lie between the deadline and the decision when somebody has objected."""
    with settling():
        public.rounds[0].legal_basis, public.rounds[0].rule = "planloven-24-5", None
    return public


def test_a_day_of_the_decision_that_would_come_too_early_is_refused_and_nothing_moves(
    app: SettledFlask, planner: Actor, plan: Project
) -> None:
    """L4, planloven § 27(1): the wait after objections is counted from the new deadline."""
    receive(plan.rounds[0], "Ved kirken.")
    closes, decided = plan.rounds[0].closes_at, plan.rounds[0].decision_on
    assert decided is not None
    for expected in ({}, {"report_on": FAR + timedelta(days=20)}, {"decision_on": FAR + timedelta(days=60)}):
        with pytest.raises(TooEarly):
            _extend(planner, plan, FAR, **expected)
    db.session.rollback()
    run_all(app, NOW)
    assert (plan.rounds[0].closes_at, plan.rounds[0].decision_on) == (closes, decided)
    assert set(db.session.scalars(sa.select(Promise.moved_to))) == {None}


def test_the_first_lawful_day_is_let_through_and_the_day_before_is_not(planner: Actor, plan: Project) -> None:
    first = FAR + timedelta(weeks=4)
    with pytest.raises(TooEarly):
        _extend(planner, plan, FAR, report_on=FAR + timedelta(days=1), decision_on=first - timedelta(days=1))
    _extend(planner, plan, FAR, report_on=FAR + timedelta(days=1), decision_on=first)
    assert plan.rounds[0].decision_on == first


def test_the_suggestion_moves_along_and_keeps_the_law(planner: Actor, plan: Project) -> None:
    round_ = plan.rounds[0]
    round_.decision_on = date(2026, 12, 15)  # planned before the law lets it
    suggested = following(round_, FAR)
    assert suggested.decision_on is not None
    assert suggested.decision_on >= FAR + timedelta(weeks=4)
    assert dates.is_working_day(suggested.decision_on, frozenset())
    assert suggested.report_on == date(2027, 4, 16)  # 29 January and the 77 days that the deadline moved
    round_.report_on = None
    assert following(round_, FAR).report_on is None


def test_promises_the_meeting_the_page_and_the_letter_follow_a_new_day_of_the_decision(
    app: SettledFlask, planner: Actor, plan: Project
) -> None:
    """RP-21: whoever was told a date is told the new one, with the reason."""
    receive(plan.rounds[0], "Ved kirken.", sender=Sender(name="Ida", email="ida@eksempel.dk"))
    old = plan.rounds[0].decision_on
    with settling():
        plan.steps[-1].planned_on = old
    expected = following(plan.rounds[0], FAR)
    _extend(planner, plan, FAR, **vars(expected))
    run_all(app, NOW)
    promise = db.session.scalars(sa.select(Promise).where(Promise.kind == PromiseKind.DECISION)).one()
    assert (promise.due_on, promise.moved_to) == (old, expected.decision_on)
    assert plan.steps[-1].planned_on == expected.decision_on
    kinds = db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == [NoticeKind.EXTENDED, NoticeKind.MOVED]
    words = letters.read_in_full(db.session.scalars(sa.select(Letter).where(Letter.kind == "news_extended")).one())
    assert f"Beslutningen kan du vente {dates.in_danish(expected.decision_on)}." in words.words


def test_days_that_still_hold_stay_and_nothing_is_told_to_have_moved(planner: Actor, plan: Project) -> None:
    round_ = plan.rounds[0]
    before = Expected(round_.report_on, round_.decision_on)
    _extend(planner, plan, date(2026, 12, 16))
    assert Expected(round_.report_on, round_.decision_on) == before
    assert db.session.scalars(sa.select(Notice.kind)).all() == [NoticeKind.EXTENDED]
