"""The plan made backwards keeps every rule, or says the first day that does (RP-27, RP-32, RP-35, RE-05)."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from participation.foundation.plain import lix
from participation.rules import backwards, dates
from participation.rules.backwards import AGENDA_DAYS, NO_AGENDA, Backwards, Body, Stage, Wish, meets, plan_backwards
from participation.rules.kinds import StepKind
from participation.rules.legal import LEGAL_BASES, Adoption, Plan, adoption_findings, announce_findings
from tests.rules.test_legal import CLOSED

COMMITTEE, COUNCIL = Body(StepKind.COMMITTEE, "Planudvalget"), Body(StepKind.COUNCIL, "Byrådet")
FINANCE = Body(StepKind.FINANCE, "Økonomiudvalget")
LOCAL_PLAN = Wish(
    decides_on=date(2027, 6, 23),
    today=date(2026, 11, 23),
    bodies=(COMMITTEE, FINANCE, COUNCIL),
    basis=LEGAL_BASES["planloven-24-5"],
    hearing_days=28,
    weighing_days=15,
    closed=CLOSED,
)


def days(plan: Backwards) -> list[tuple[str, date]]:
    return [(line.stage.value, line.on) for line in plan.lines]


def words(plan: Backwards, stage: Stage) -> str:
    return " ".join(reason.words for line in plan.lines if line.stage is stage for reason in line.reasons)


def test_a_local_plan_is_planned_back_from_the_councils_meeting() -> None:
    """RP-32: a week for each agenda; RP-35: the white paper before the first; planloven § 27: four weeks to wait."""
    plan = plan_backwards(LOCAL_PLAN)
    assert plan.holds
    assert days(plan) == [
        ("opens", date(2027, 4, 7)),
        ("last_day", date(2027, 5, 5)),
        ("report", date(2027, 5, 28)),
        ("agenda", date(2027, 5, 31)),
        ("meeting", date(2027, 6, 7)),
        ("agenda", date(2027, 6, 8)),
        ("meeting", date(2027, 6, 15)),
        ("agenda", date(2027, 6, 16)),
        ("meeting", date(2027, 6, 23)),
    ]


def test_a_hearing_over_easter_is_longer_by_the_days_it_loses() -> None:
    """Planloven § 24(7): the same for all, and the plan says so."""
    plan = plan_backwards(replace(LOCAL_PLAN, decides_on=date(2027, 5, 26)))
    lost = sum(number for _kind, number in dates.holiday_overlap(plan.opens_on, plan.last_day, CLOSED))
    assert plan.longer == lost > 0
    assert (plan.last_day - plan.opens_on).days - lost >= 28
    assert "i påsken" in words(plan, Stage.OPENS)


def test_nobody_meets_in_the_schools_summer_weeks() -> None:
    plan = plan_backwards(replace(LOCAL_PLAN, decides_on=date(2027, 8, 18)))
    assert all(dates.holiday_overlap(day, day, CLOSED) == [] for day in plan.meets.values())
    assert plan.meets[1] < date(2027, 7, 5)  # week 27 begins
    assert "i skolernes sommerferie" in words(plan, Stage.MEETING)


def test_the_wait_after_objections_says_where_it_stands_in_the_law() -> None:
    plan = plan_backwards(replace(LOCAL_PLAN, bodies=(COUNCIL,), weighing_days=2))
    assert plan.last_day == date(2027, 5, 26)
    assert "28 dage fra fristen til beslutningen" in words(plan, Stage.LAST_DAY)


def test_a_municipal_closing_day_moves_a_day_and_the_plan_says_so() -> None:
    ours = date(2027, 6, 15)
    plan = plan_backwards(replace(LOCAL_PLAN, closed=CLOSED | {ours}))
    assert plan.meets[1] == date(2027, 6, 14)
    assert "Den seneste dag ville være tirsdag 15. juni 2027, men da har kommunen lukket." in words(plan, Stage.MEETING)


def test_who_sends_the_proposal_out_meets_before_it_opens() -> None:
    sends = Body(StepKind.HEARING, "Planudvalget")
    plan = plan_backwards(replace(LOCAL_PLAN, bodies=(sends, *LOCAL_PLAN.bodies)))
    assert plan.meets[0] < plan.opens_on
    assert plan.lines[0].stage is Stage.AGENDA


def test_a_decision_by_the_administration_has_no_agenda() -> None:
    plan = plan_backwards(replace(LOCAL_PLAN, bodies=(Body(StepKind.DELEGATED, "Veje og Trafik"),)))
    assert [line.stage for line in plan.lines] == [Stage.OPENS, Stage.LAST_DAY, Stage.REPORT, Stage.MEETING]


def test_too_late_is_said_with_the_first_day_that_holds() -> None:
    plan = plan_backwards(replace(LOCAL_PLAN, decides_on=date(2027, 2, 3)))
    assert plan.too_late is not None
    assert "Det kan ikke nås." in plan.too_late.words
    assert plan.earliest is not None
    assert plan_backwards(replace(LOCAL_PLAN, decides_on=plan.earliest)).holds
    assert not plan_backwards(replace(LOCAL_PLAN, decides_on=plan.earliest - timedelta(days=1))).holds


def test_a_closed_day_is_no_day_to_decide() -> None:
    plan = plan_backwards(replace(LOCAL_PLAN, decides_on=date(2027, 5, 17)))  # Whit Monday
    assert not plan.holds
    assert plan.earliest == date(2027, 5, 18)


def test_a_period_that_citizens_were_told_is_never_shortened() -> None:
    """It stands, and a meeting that it does not leave time for is too late."""
    told = (date(2026, 11, 2), date(2027, 5, 10))
    announced = replace(LOCAL_PLAN, period=told)
    plan = plan_backwards(announced)
    assert plan.too_late is not None
    assert (plan.opens_on, plan.last_day) == told
    later = plan_backwards(replace(announced, decides_on=plan.earliest or date.max))
    assert later.holds
    assert (later.opens_on, later.last_day) == told


def test_a_day_that_citizens_were_told_for_the_white_paper_stands() -> None:
    announced = replace(LOCAL_PLAN, period=(date(2026, 11, 2), date(2027, 1, 4)), report_on=date(2027, 6, 1))
    plan = plan_backwards(announced)
    assert plan.report_on == date(2027, 6, 1)
    assert plan.too_late is not None
    assert "lovet" in plan.too_late.words
    assert plan_backwards(replace(announced, decides_on=plan.earliest or date.max)).holds


def test_somebody_must_decide() -> None:
    with pytest.raises(ValueError, match="decide"):
        plan_backwards(replace(LOCAL_PLAN, bodies=()))


def test_the_words_are_easy_to_read() -> None:
    assert lix(" ".join((*backwards.WORDS, backwards.OVERLAP))) <= 40


BODIES = st.lists(st.sampled_from([COMMITTEE, FINANCE, Body(StepKind.HEARING, "Udvalget")]), max_size=3)
WISHES = st.builds(
    lambda between, last, **rest: Wish(bodies=(*between, last), **rest),
    between=BODIES,
    last=st.sampled_from([COUNCIL, Body(StepKind.DELEGATED, "Veje")]),
    decides_on=st.dates(date(2026, 12, 1), date(2028, 6, 1)),
    today=st.dates(date(2026, 11, 1), date(2027, 3, 1)),
    basis=st.sampled_from(list(LEGAL_BASES.values())),
    hearing_days=st.integers(0, 70),
    weighing_days=st.integers(0, 30),
    environmental_report=st.booleans(),
    closed=st.frozensets(st.dates(date(2026, 11, 1), date(2028, 6, 1)), max_size=8).map(CLOSED.union),
)


@settings(max_examples=60, deadline=None)
@given(WISHES)
def test_every_plan_that_holds_keeps_every_rule(wish: Wish) -> None:
    """And one that does not hold names a day that does, from which on plans hold."""
    plan = plan_backwards(wish)
    if not plan.holds:
        assert plan.earliest is not None
        before = [
            day for day in _days(max(wish.decides_on, wish.today), plan.earliest)[-8:-1] if meets(day, wish.closed)
        ]
        assert not any(plan_backwards(replace(wish, decides_on=day)).holds for day in before)
        wish = replace(wish, decides_on=plan.earliest)
        plan = plan_backwards(wish)
    assert plan.holds
    assert plan.earliest == wish.decides_on
    _keeps_the_law(wish, plan)
    _keeps_its_order(wish, plan)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _keeps_the_law(wish: Wish, plan: Backwards) -> None:
    announced = Plan(
        wish.basis.key,
        published_on=plan.opens_on,
        opens_on=plan.opens_on,
        last_day=plan.last_day,
        environmental_report=wish.environmental_report,
        closed=wish.closed,
        overlap_reason="Længere." if plan.longer else "",
    )
    found = {finding.key for finding in announce_findings(announced)}
    assert not found & {"too-short", "shorter-than-advised", "ends-before-start", "ends-on-closed-day"}
    assert not found & {"environmental-report", "over-holiday"}
    decision = Adoption(wish.basis.key, plan.last_day, wish.decides_on, timely_objections=1)
    assert "too-early" not in {finding.key for finding in adoption_findings(decision)}


def _keeps_its_order(wish: Wish, plan: Backwards) -> None:
    assert all(line.on >= wish.today and dates.is_working_day(line.on, wish.closed) for line in plan.lines)
    assert all(line.reasons for line in plan.lines)
    last = len(wish.bodies) - 1
    assert set(plan.meets) == set(range(last + 1))
    assert all(meets(day, wish.closed) for place, day in plan.meets.items() if place != last)
    public = {line.body: line.on for line in plan.lines if line.stage is Stage.AGENDA}
    for place, day in plan.meets.items():
        if wish.bodies[place].kind not in NO_AGENDA:
            assert (day - public[place]).days >= AGENDA_DAYS
    after = [place for place in sorted(plan.meets) if wish.bodies[place].kind is not StepKind.HEARING]
    for place, then in itertools.pairwise(after):
        assert plan.meets[place] < public.get(then, plan.meets[then])
    assert plan.report_on < public.get(after[0], plan.meets[after[0]])
    weighing = max(wish.weighing_days, 1)
    assert dates.working_days_between(plan.last_day, plan.report_on, wish.closed) >= weighing
    sends = [plan.meets[place] for place in sorted(plan.meets) if wish.bodies[place].kind is StepKind.HEARING]
    assert all(day < plan.opens_on for day in sends)
    assert sends == sorted(sends)
