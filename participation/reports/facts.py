"""The parts of a white paper that tell of the case: facts, who was heard, figures, method, changes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from participation.people.municipality import municipality
from participation.projects.model import Step
from participation.reports.paper import (
    Assessment,
    Changed,
    Entry,
    Facts,
    Figures,
    Fixed,
    Invited,
    Method,
    Period,
    Section,
    StepFact,
)
from participation.reports.reading import Case
from participation.reports.sorting import count_senders, counted
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.kinds import PRIVATE, Channel, Frame, Kind, Known
from participation.rules.outcomes import Recommendation
from participation.rules.phases import Arrival
from participation.statutes import queries as statutes

#: Postal districts with fewer private citizens are counted together, so that nobody is singled out (P3).
FEWEST_IN_AREA = 5
#: Sections whose rows are told and counted with a recommendation.
_WEIGHED = (Section.BODY, Section.LATE, Section.ADDENDUM, Section.QUESTION, Section.HIDDEN)


def facts(case: Case) -> Facts:
    """What the case is, at which level and by which law, who decides, and who can be asked."""
    project = case.project
    return Facts(
        title=project.title,
        slug=project.slug,
        case_type=project.case_type,
        level=project.level,
        level_reason=project.level_reason,
        summary=project.summary,
        municipality=municipality().name,
        periods=tuple(
            Period(
                kind=round_.kind,
                level=round_.level,
                basis=basis.name if (basis := statutes.rule_of(round_)) else "",
                section=basis.section if basis else "",
                opens_on=_day(round_.opens_at),
                last_day=dates.last_day(round_.closes_at) if round_.closes_at else None,
            )
            for round_ in project.rounds
            if round_.announced_at is not None
        ),
        open=tuple(line.words for line in case.frame if line.kind is Frame.OPEN),
        fixed=tuple(Fixed(line.words, line.constraint, line.source) for line in case.frame if line.kind is Frame.FIXED),
        decided_by=project.decided_by,
        steps=tuple(map(_step, case.steps)),
        history=project.history,
        register_id=project.register_id,
        materials=tuple(one.title for one in case.materials),
        department=project.department.name,
        contact_name=project.contact_name,
        contact_phone=project.contact_phone,
        contact_email=project.contact_email,
        contact_hours=project.contact_hours,
    )


def _step(one: Step) -> StepFact:
    return StepFact(
        one.kind,
        one.body,
        one.planned_on,
        one.met_on,
        one.result,
        grounds=one.grounds,
        legal_ground=one.legal_ground,
        votes=one.votes,
        dissent=one.dissent,
    )


def invited(case: Case) -> tuple[Invited, ...]:
    """Who must be heard, and whether they were asked, reminded and have answered (RL-61)."""
    return tuple(
        Invited(
            one.name,
            one.capacity,
            _day(one.invited_at),
            _day(one.reminded_at),
            _day(one.answered_at),
            one.agreed_on,
        )
        for one in case.parties
    )


def _day(at: datetime | None) -> date | None:
    return dates.local_day(at) if at is not None else None


def figures(case: Case, entries: Sequence[Entry]) -> Figures:
    """How many, by kind, capacity, channel and arrival; areas with few senders are counted together."""
    there = [one for one in case.written if one.handling is not Handling.WITHDRAWN]
    recommended = (
        row.reply.recommendation
        for entry in entries
        if entry.section in _WEIGHED
        for row in entry.rows
        if row.reply is not None and row.reply.recommendation is not None
    )
    areas = Counter(one.postal for one in there if one.postal)
    private = Counter(one.postal for one in there if one.postal and one.capacity in PRIVATE)
    large = {area: many for area, many in sorted(areas.items()) if not 0 < private[area] < FEWEST_IN_AREA}
    return Figures(
        received=len(there),
        withdrawn=len(case.written) - len(there),
        kinds=counted(Kind, (one.kind for one in there)),
        capacities=count_senders(there),
        channels=counted(Channel, (one.channel for one in there)),
        arrivals=counted(Arrival, (one.arrival for one in there)),
        recommendations=counted(Recommendation, recommended),
        areas=tuple(large.items()),
        elsewhere=len(there) - sum(large.values()),
        known=counted(Known, (one.known for one in there)),
    )


def method(case: Case) -> Method | None:
    """How the points came under their topics; nothing when there are no topics."""
    if not case.answers.theme_of:
        return None
    points = [point.id for one in case.written if one.is_owed for point in case.points.get(one.id, ())]
    themes = {theme.id for theme in case.themes}
    used = {case.answers.theme_of.get(point) for point in points} & themes
    return Method(
        contributions=sum(one.is_owed for one in case.written),
        points=len(points),
        topics=len(used),
        moved=case.placed_by_person,
        left_over=sum(case.answers.theme_of.get(point) not in themes for point in points),
        by_machine=case.run is not None,
        digest=case.run.digest if case.run is not None else "",
    )


def changes(case: Case) -> tuple[Changed, ...]:
    """The changes in the material, each with its cause and the numbers that caused it."""
    there = {one.id: one.number for one in case.written if one.handling is not Handling.WITHDRAWN}
    caused: dict[int, set[int]] = {one.id: set() for one in case.changes}
    for contribution_id, number in there.items():
        for point in case.points.get(contribution_id, ()):
            answer = case.answers.of_point(point.id, contribution_id)
            for change in case.answers.changes.get(answer.id, ()) if answer is not None else ():
                caused[change.id].add(number)
    return tuple(
        Changed(one.place, one.before, one.after, one.cause, tuple(sorted(caused[one.id]))) for one in case.changes
    )


def needs_assessment(case: Case) -> bool:
    """Whether planloven § 27(2) asks if the changes concern others: a plan under § 24."""
    return any(round_.legal_basis.startswith("planloven-24-") for round_ in case.project.rounds)


def assessment(case: Case) -> Assessment | None:
    """The assessment under planloven § 27(2), where that law asks for it."""
    if not needs_assessment(case):
        return None
    draft = case.draft
    return Assessment(draft.materially_changed if draft else None, draft.materially_changed_reason if draft else "")
