"""A round is announced, unless something blocks; the rest is advice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.foundation import letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter, LogEntry
from participation.people.model import Department
from participation.projects.announce import NotReady, announce_project
from participation.projects.declare import Fixed
from participation.projects.gates import gaps
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.dates import opens_at
from participation.rules.kinds import Audience, Constraint
from participation.rules.legal import LEGAL_BASES
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor, NotAllowed
from tests.persons import NOW
from tests.projects.plans import declared, planned, said


def test_what_lacks_nothing_opens_the_moment_it_is_announced(planner: Actor, draft: Project) -> None:
    assert gaps(draft, draft.rounds[0], NOW) == ()
    with settling():
        round_ = announce_project(planner, draft, now=NOW)
    assert (draft.announced_at, round_.announced_at, round_.opens_at) == (NOW, NOW, NOW)
    assert phase(round_, NOW) is Phase.OPEN


def test_a_round_that_opens_later_is_announced_and_waits(planner: Actor, roads: Department) -> None:
    project = declared(planner, roads, said(round=planned(opens_on=date(2026, 11, 27))))
    with settling():
        announce_project(planner, project, anyway=True, now=NOW)
    assert project.rounds[0].opens_at == opens_at(date(2026, 11, 27))
    assert phase(project.rounds[0], NOW) is Phase.ANNOUNCED


def test_those_who_must_be_heard_are_told_by_mail_or_on_paper(planner: Actor, public: Project) -> None:
    """RL-61."""
    owed = {letter.channel: letter for letter in db.session.scalars(sa.select(Letter))}
    assert owed["email"].recipient == "politi@engelund.example"
    assert owed["print"].recipient == "Ældrerådet\nRådhuspladsen 1"
    assert all(party.invited_at == NOW for party in public.parties)


def test_the_letter_says_the_level_the_deadline_and_where(app: SettledFlask, public: Project) -> None:
    run_all(app, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.channel == "print")).one()
    written = letters.read_in_full(letter)
    assert written.subject == f"{public.title}: vi vil gerne høre jer"
    assert "Til Ældrerådet" in written.words
    assert "I kan svare til og med mandag 14. december 2026." in written.words
    assert "Du bliver hørt, før byrådet beslutter." in written.words
    assert f"http://localhost/projekter/{public.slug}" in written.words


def test_the_log_tells_what_was_announced_and_in_spite_of_what(planner: Actor, roads: Department) -> None:
    project = declared(planner, roads)
    with settling():
        announce_project(planner, project, anyway=True, now=NOW)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.ANNOUNCE_PROJECT)).one()
    assert entry.facts["in_spite_of"] == ["no-material"]
    assert entry.facts["invited"] == 2


@pytest.mark.parametrize(
    ("changes", "gap", "requirement"),
    [
        ({"level_reason": " "}, "level-reason", "RP-36"),
        ({"contact_phone": "", "contact_email": ""}, "contact", "RP-04"),
        ({"contact_name": ""}, "contact", "RP-04"),
        ({"decided_by": ""}, "decider", "RP-39"),
        ({"open": ()}, "no-open-line", "RP-37"),
        ({"fixed": ()}, "no-fixed-line", "RP-37"),
        ({"fixed": (Fixed("vejens bredde", None),)}, "no-source", "RL-32"),
        ({"meaning": ""}, "no-meaning", "RL-04"),
        ({"round": planned(last_day=None)}, "no-deadline", "RE-05"),
        ({"round": planned(last_day=date(2026, 11, 20))}, "ends-before-start", "RE-05"),
        ({"round": planned(legal_basis="planloven-24-5")}, "too-short", "RE-05"),
        ({"round": planned(legal_basis="planloven-24-5", last_day=date(2027, 3, 1))}, "missing-register_id", "RE-05"),
        ({"round": planned(legal_basis="planloven-20"), "parties": ()}, "missing-recipients", "RE-28"),
        ({"round": planned(legal_basis="planloven-20")}, "open-to-everyone", "RE-28"),
    ],
)
def test_a_hard_gate_blocks_even_anyway(
    planner: Actor, roads: Department, changes: dict[str, object], gap: str, requirement: str
) -> None:
    project = declared(planner, roads, said(**changes))
    with pytest.raises(NotReady) as refused:
        announce_project(planner, project, anyway=True, now=NOW)
    found = {one.key: one for one in refused.value.gaps}
    assert found[gap].hard
    assert found[gap].requirement == requirement
    db.session.rollback()
    assert db.session.get_one(Project, project.id).announced_at is None


def test_a_matter_of_wide_interest_must_be_heard_at_least_once(planner: Actor, draft: Project) -> None:
    """RP-48."""
    with settling():
        draft.level = draft.rounds[0].level = Level.ORIENTATION
        draft.rounds[0].legal_basis = "orientation"
    with pytest.raises(NotReady) as refused:
        announce_project(planner, draft, anyway=True, now=NOW)
    assert "level-too-low" in {gap.key for gap in refused.value.gaps}


def test_advice_stops_until_somebody_says_anyway(planner: Actor, roads: Department) -> None:
    """RP-40, RP-41."""
    project = declared(planner, roads, said(round=planned(last_day=date(2026, 12, 2), report_on=None)))
    with pytest.raises(NotReady) as refused:
        announce_project(planner, project, now=NOW)
    assert {gap.key for gap in refused.value.gaps} == {"shorter-than-advised", "no-material", "no-report-day"}
    assert not any(gap.hard for gap in refused.value.gaps)
    with settling():
        announce_project(planner, project, anyway=True, now=NOW)
    assert project.announced_at == NOW


def test_a_holiday_needs_a_reason_that_is_kept(planner: Actor, roads: Department) -> None:
    """RP-40; planloven § 24(7)."""
    over = planned(last_day=date(2027, 1, 4), overlap_reason="")
    project = declared(planner, roads, said(round=over))
    assert "over-holiday" in {gap.key for gap in gaps(project, project.rounds[0], NOW)}
    reasoned = declared(planner, roads, said(round=planned(last_day=date(2027, 1, 4), overlap_reason="Anlægsfrist.")))
    assert "over-holiday" not in {gap.key for gap in gaps(reasoned, reasoned.rounds[0], NOW)}


@pytest.mark.parametrize("level", list(Level))
def test_the_statutory_minimum_holds_at_every_level(planner: Actor, roads: Department, level: Level) -> None:
    """RE-05."""
    basis = LEGAL_BASES["planloven-24-5"]
    for days, blocked in ((basis.minimum_days - 1, True), (basis.minimum_days, False)):
        plan = planned(level=level, legal_basis=basis.key, last_day=NOW.date() + timedelta(days=days))
        project = declared(planner, roads, said(level=level, wide_interest=False, round=plan))
        assert ("too-short" in {gap.key for gap in gaps(project, project.rounds[0], NOW)}) == blocked


def test_a_draft_that_has_lain_too_long_is_counted_from_the_day_it_is_announced(
    planner: Actor, roads: Department
) -> None:
    last = NOW.date() + timedelta(days=28)
    plan = planned(legal_basis="planloven-24-5", opens_on=NOW.date(), last_day=last)
    project = declared(planner, roads, said(round=plan))
    assert "too-short" not in {gap.key for gap in gaps(project, project.rounds[0], NOW)}
    later = NOW + timedelta(days=1)
    assert "too-short" in {gap.key for gap in gaps(project, project.rounds[0], later)}


@pytest.mark.parametrize("who", ["visitor", "clerk", "councillor", "administrator", "other_planner"])
def test_only_the_departments_own_officers_announce(request: pytest.FixtureRequest, draft: Project, who: str) -> None:
    with pytest.raises(NotAllowed):
        announce_project(request.getfixturevalue(who), draft, anyway=True, now=NOW)


def test_who_is_inhabil_does_not_announce(draft: Project, planner: Actor) -> None:
    """RE-41."""
    with pytest.raises(NotAllowed) as refused:
        announce_project(replace(planner, conflicts=frozenset({draft.id})), draft, now=NOW)
    assert refused.value.refusal.door == "impartial"


def test_what_is_announced_is_not_announced_again(planner: Actor, public: Project) -> None:
    with pytest.raises(NotAllowed):
        announce_project(planner, public, anyway=True, now=NOW)


def test_a_neighbour_notice_goes_to_the_named_circle(planner: Actor, roads: Department) -> None:
    """RE-28; planloven § 20."""
    plan = planned(legal_basis="planloven-20", audience=Audience.NEIGHBOURS)
    project = declared(planner, roads, said(round=plan, fixed=(Fixed("planen", Constraint.LEGAL, "Lokalplan 42"),)))
    with settling():
        announce_project(planner, project, anyway=True, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 2
