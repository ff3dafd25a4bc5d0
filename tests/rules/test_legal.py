"""What the law says to a plan (RE-05, RE-28, RP-27; RELIABILITY L3, L4, L7)."""

from dataclasses import replace
from datetime import date

import holidays
import pytest

from participation.foundation.plain import lix
from participation.rules import dates, legal
from participation.rules.legal import COMPLAINTS, LEGAL_BASES, Adoption, Plan, adoption_findings, announce_findings
from tests.shared import corpus

YEARS = range(2016, 2031)
CLOSED = frozenset(holidays.country_holidays("DK", years=YEARS)) | {
    date(year, *day) for year in YEARS for day in ((6, 5), (12, 24), (12, 31))
}
#: A local plan of four weeks with nothing to remark on.
GOOD = Plan(
    basis="planloven-24-5",
    published_on=date(2026, 9, 1),
    last_day=date(2026, 9, 29),
    has_register_id=True,
    has_statement=True,
    has_legal_text=True,
    recipients=12,
    closed=CLOSED,
)
KEYS = {
    "kommuneplan or major": "planloven-24-3",
    "minor kommuneplan": "planloven-24-4",
    "local plan, ": "planloven-24-5",
    "local plan of minor": "planloven-24-6",
}


def found(plan: Plan, **changes) -> dict[str, str]:
    return {finding.key: finding.kind for finding in announce_findings(replace(plan, **changes))}


def decided(**values) -> dict[str, str]:
    adoption = Adoption(**{"basis": "planloven-24-5", "last_day": date(2026, 4, 30)} | values)
    return {finding.key: finding.kind for finding in adoption_findings(adoption)}


def test_a_plan_in_order_has_no_findings():
    assert announce_findings(GOOD) == ()


@pytest.mark.shared
def test_a_hearing_one_day_too_short_is_blocked_and_the_lawful_one_is_not():
    seen = set()
    for row in corpus("hearing_minimum.jsonl"):
        basis = next((key for kind, key in KEYS.items() if row["kind"].startswith(kind)), "miljoe-8-uger")
        seen.add(basis)
        plan = replace(
            GOOD, basis=basis, published_on=date.fromisoformat(row["published"]), minor_reason="Kun et skur."
        )
        short = found(plan, last_day=date.fromisoformat(row["one_day_short"]))
        lawful = found(plan, last_day=date.fromisoformat(row["earliest_lawful_last_day"]))
        if basis == "miljoe-8-uger":
            assert short["shorter-than-advised"] == "warn"
        else:
            assert short["too-short"] == "block"
        assert {"too-short", "shorter-than-advised"}.isdisjoint(lawful)
        assert ("ends-on-closed-day" in lawful) is row["last_day_is_closed"]
    assert len(seen) == 5


@pytest.mark.parametrize(
    ("basis", "days"),
    [
        ("planloven-24-3", 56),
        ("planloven-24-4", 28),
        ("planloven-24-5", 28),
        ("planloven-24-6", 14),
        ("planloven-20", 14),
        ("skole-700", 56),
        ("planloven-23c", 0),
        ("miljoe-8-uger", 0),
        ("none", 0),
        ("orientation", 0),
    ],
)
def test_the_minimum_of_each_legal_basis(basis, days):
    assert LEGAL_BASES[basis].minimum_days == days


def test_the_table_has_every_basis_and_each_can_be_complained_of_or_says_that_it_cannot():
    assert len(LEGAL_BASES) == 10
    for key, basis in LEGAL_BASES.items():
        assert basis.key == key
        assert basis.name
        assert basis.section
        assert basis.source
        assert set(basis.complaints) <= set(COMPLAINTS)
        assert basis.complaints


def test_a_hearing_that_is_too_short_is_told_the_first_lawful_and_a_better_day():
    (finding,) = announce_findings(replace(GOOD, published_on=date(2026, 11, 27), last_day=date(2026, 12, 18)))
    assert finding.kind == "block"
    assert finding.anchor == "last_day"
    assert finding.requirement == "RE-05"
    assert finding.words == (
        "Høringen er for kort: 21 dage. Den skal vare mindst 28 dage (planloven § 24, stk. 5). Den sidste dag kan "
        "tidligst være fredag 25. december 2026. Vi foreslår mandag 28. december 2026."
    )


def test_the_length_counts_from_the_opening_when_that_is_later():
    assert found(GOOD, opens_on=date(2026, 9, 2)) == {"too-short": "block"}
    assert found(GOOD, opens_on=date(2026, 8, 1)) == {}


def test_own_policy_only_warns():
    plan = replace(GOOD, last_day=date(2026, 9, 14))
    for basis in ("none", "planloven-23c"):
        assert found(plan, basis=basis) == {"shorter-than-advised": "warn"}
        assert found(plan, basis=basis, last_day=date(2026, 9, 15)) == {}
    assert found(plan, basis="orientation", last_day=date(2026, 9, 2)) == {}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"published_on": None}, "no-start"),
        ({"last_day": None}, "no-deadline"),
        ({"last_day": date(2026, 8, 31)}, "ends-before-start"),
        ({"has_register_id": False}, "missing-register_id"),
        ({"has_statement": False}, "missing-statement"),
        ({"has_legal_text": False}, "missing-legal_text"),
        ({"basis": "planloven-24-6", "minor_reason": "  "}, "missing-minor_reason"),
        ({"basis": "planloven-20", "audience": "neighbours", "recipients": 0}, "missing-recipients"),
        ({"basis": "planloven-20"}, "open-to-everyone"),
        ({"basis": "skole-700", "last_day": date(2026, 10, 27), "overlap_reason": "x"}, "missing-board_statement"),
    ],
)
def test_what_the_law_wants_is_a_block_when_it_is_not_there(changes, key):
    assert found(GOOD, **changes) == {key: "block"}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"recipients": 0}, "nobody-notified"),
        ({"environmental_report": True}, "environmental-report"),
        ({"basis": "none", "audience": "circle", "recipients": 0}, "empty-circle"),
        ({"last_day": date(2026, 10, 3)}, "ends-on-closed-day"),
    ],
)
def test_what_is_only_wise_is_a_warning(changes, key):
    assert found(GOOD, **changes) == {key: "warn"}


def test_a_hearing_over_the_summer_wants_a_reason():
    summer = replace(GOOD, published_on=date(2026, 6, 15), last_day=date(2026, 8, 17))
    (finding,) = announce_findings(summer)
    assert (finding.key, finding.kind, finding.anchor) == ("over-holiday", "warn", "overlap_reason")
    assert finding.words.startswith("42 af høringens dage ligger i skolernes sommerferie.")
    assert found(summer, overlap_reason="Byggeriet venter på planen.") == {}


def test_blocks_come_first():
    kinds = [finding.kind for finding in announce_findings(replace(GOOD, recipients=0, has_statement=False))]
    assert kinds == ["block", "warn"]


def test_an_edited_row_rules():
    table = legal.edited(LEGAL_BASES, {"none": {"minimum_days": 21}})
    plan = replace(GOOD, basis="none", last_day=date(2026, 9, 21))
    assert [finding.key for finding in announce_findings(plan, table)] == ["too-short"]
    assert LEGAL_BASES["none"].minimum_days == 0
    with pytest.raises(KeyError):
        legal.edited(LEGAL_BASES, {"unknown": {}})
    with pytest.raises(TypeError):
        legal.edited(LEGAL_BASES, {"none": {"minimum_weeks": 3}})


@pytest.mark.shared
def test_a_plan_may_be_adopted_only_after_the_wait():
    for row in corpus("adoption_wait.jsonl"):
        last_day, decides_on = date.fromisoformat(row["deadline"]), date.fromisoformat(row["adoption"])
        verdict = decided(last_day=last_day, decides_on=decides_on, timely_objections=row["timely_objections"])
        assert verdict == ({"too-early": "block"} if row["expect"] == "block" else {}), row


def test_an_early_adoption_that_has_happened_is_recorded_with_a_warning():
    adoption = Adoption("planloven-24-5", date(2017, 11, 12), date(2017, 11, 29), timely_objections=13, recorded=True)
    (finding,) = adoption_findings(adoption)
    assert finding.kind == "warn"
    assert finding.words == (
        "Det blev besluttet for tidligt. Den første lovlige dag var søndag 10. december 2017. Vi har skrevet "
        "det ned. Kontakt en jurist, og skriv en rettelse i sagen."
    )


def test_a_veto_stops_the_adoption_until_it_is_lifted():
    assert decided(decides_on=date(2026, 5, 1), open_vetoes=1) == {"veto": "block"}
    assert decided(decides_on=date(2026, 5, 1), open_vetoes=1, recorded=True) == {"veto": "warn"}
    assert decided(decides_on=date(2026, 5, 1)) == {}


def test_a_material_change_is_considered_in_writing():
    assert decided(decides_on=date(2026, 5, 1), changed=True) == {"changed": "warn"}
    assert decided(decides_on=date(2026, 5, 1), changed=True, change_considered="Kun vejens navn.") == {}


def test_a_proposal_lapses_after_three_years():
    values = {"last_day": date(2023, 3, 1), "published_on": date(2023, 1, 31)}
    assert decided(decides_on=date(2026, 1, 30), **values) == {}
    assert decided(decides_on=date(2026, 1, 31), **values) == {"lapsed": "warn"}


@pytest.mark.parametrize(
    ("decides_on", "takes_effect_on", "expected"),
    [
        (date(2026, 2, 28), date(2026, 8, 1), {}),
        (date(2026, 3, 1), date(2026, 8, 1), {"too-late-in-the-year": "block"}),
        (date(2026, 3, 1), date(2027, 8, 1), {}),
        (date(2026, 2, 28), None, {"no-effect-day": "warn"}),
        (date(2026, 1, 27), date(2026, 8, 1), {"too-early": "block"}),
    ],
)
def test_a_school_is_closed_four_weeks_after_the_deadline_and_before_march(decides_on, takes_effect_on, expected):
    values = {"basis": "skole-700", "last_day": date(2025, 12, 31), "decides_on": decides_on}
    assert decided(takes_effect_on=takes_effect_on, **values) == expected


def test_a_basis_without_a_wait_decides_the_day_after_the_deadline():
    for basis in ("none", "planloven-20", "planloven-23c"):
        assert legal.earliest_decision(LEGAL_BASES[basis], date(2026, 4, 30), 5) == date(2026, 5, 1)


def test_complaint_guidance_waits_for_the_announcement():
    for complaint in COMPLAINTS.values():
        if complaint.weeks or complaint.months:
            assert complaint.guidance(None, CLOSED) is None
    assert "ikke klage" in str(COMPLAINTS["kan-ikke-paaklages"].guidance(None, CLOSED))


def test_complaint_guidance_says_the_last_day_and_the_fee_of_the_settings():
    board = COMPLAINTS["planklagenaevnet"]
    words = str(board.guidance(date(2026, 11, 26), CLOSED, fee="1.000"))
    assert "senest mandag 28. december 2026" in words
    assert "Det koster 1.000 kr. at klage." in words
    assert "Det koster et gebyr at klage." in str(board.guidance(date(2026, 11, 26), CLOSED))
    court = str(COMPLAINTS["domstol"].guidance(date(2026, 8, 31), CLOSED))
    assert "senest mandag 1. marts 2027" in court
    assert "koster" not in court


def test_every_choice_of_complaint_is_a_full_sentence_for_citizens():
    for complaint in COMPLAINTS.values():
        words = str(complaint.guidance(date(2026, 9, 1), CLOSED))
        assert words.endswith(".")
        assert "%" not in words
        assert lix(words) <= 40, (lix(words), words)


def test_findings_are_in_plain_danish():
    scores = sorted(lix(words) for words in legal.WORDS)
    assert scores[len(scores) // 2] <= 35
    assert scores[-1] <= 40


def test_days_in_findings_are_dates_for_pages_in_other_languages():
    (finding,) = announce_findings(replace(GOOD, last_day=date(2026, 9, 28)))
    assert finding.values["earliest"] == date(2026, 9, 29)
    assert finding.template % {**finding.values, "earliest": "X", "suggested": "Y"} != finding.words
    assert dates.in_danish(date(2026, 9, 29)) in finding.words
