"""What is missing before a round can be announced: a few things block, the rest is advice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from participation.foundation import clock
from participation.projects.model import Project, Round
from participation.rules import dates, legal, levels
from participation.rules.kinds import Audience, Frame, MaterialPurpose
from participation.rules.plain import mark
from participation.statutes import queries as statutes

#: Where each thing is mended: the page under the project's desk page, and the field on it.
MENDED: Mapping[str, str] = {
    "published_on": "plan",
    "last_day": "plan#last_day",
    "overlap_reason": "plan#overlap_reason",
    "minor_reason": "plan#minor_reason",
    "register_id": "plan#register_id",
    "legal_text": "plan#legal_text",
    "audience": "plan#audience",
    "decided_by": "plan#decided_by",
    "report_on": "plan#report_on",
    "recipients": "kreds",
    "statement": "materiale",
    "board_statement": "materiale",
    "material": "materiale",
    "frame": "ramme",
    "meanings": "ramme#meaning",
    "summary": "ramme#summary",
    "contact": "kontakt",
    "level": "niveau",
    "meetings": "moeder",
}


@dataclass(frozen=True)
class Gap:
    """Something that is missing, with the sentence that says so and where to mend it.

    Attributes:
        hard: blocks the announcement; otherwise it is advice.
        template, values: the sentence as a msgid and what goes into it; days as dates.
        mended: the page under ``/arbejde/projekter/<slug>/``.
        source: where the law or guidance says so.
    """

    key: str
    hard: bool
    template: str
    requirement: str
    mended: str
    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


_HARD: Mapping[str, tuple[str, str, str]] = {
    "level-reason": (mark("Skriv, hvorfor I har valgt dette niveau."), "RP-36", "level"),
    "level-too-low": (
        mark("Sagen berører mange eller nogen direkte. Så skal den mindst være en høring. Hæv niveauet."),
        "RP-48",
        "level",
    ),
    "contact": (mark("Skriv, hvem borgerne kan kontakte, med telefon eller e-mail."), "RP-04", "contact"),
    "decider": (mark("Skriv, hvem der beslutter."), "RP-39", "decided_by"),
    "no-open-line": (mark("Skriv mindst én ting, som borgerne kan påvirke."), "RP-37", "frame"),
    "no-fixed-line": (mark("Skriv mindst én ting, der ikke kan ændres, og hvorfor."), "RP-37", "frame"),
    "no-source": (mark("Skriv, hvem eller hvad der har lagt det fast, som ikke kan ændres."), "RL-32", "frame"),
    "no-meaning": (mark("Svar på »Hvad betyder det for mig?« med mindst én linje."), "RL-04", "meanings"),
}
_ADVICE: Mapping[str, tuple[str, str, str]] = {
    "no-summary": (mark("Fortæl kort, hvad sagen handler om. Højst fem sætninger."), "RP-09", "summary"),
    "long-summary": (mark("Resuméet er langt. Fem sætninger er nok for de fleste."), "RP-09", "summary"),
    "no-material": (mark("Der er ikke noget materiale. Læg forslaget ved, så folk kan læse det."), "RP-41", "material"),
    "no-report-day": (mark("Skriv, hvornår borgerne kan vente jeres samlede svar."), "RP-21", "report_on"),
    "no-decision-day": (mark("Skriv, hvornår I venter, at der bliver besluttet noget."), "RP-21", "report_on"),
    "daytime-meetings": (
        mark("Alle møder ligger i arbejdstiden. Læg mindst ét, hvor de fleste har fri."),
        "RP-40",
        "meetings",
    ),
}
_LONG_SUMMARY = 5


def gaps(project: Project, round_: Round, now: datetime) -> tuple[Gap, ...]:
    """Everything that is missing for announcing a round now, what blocks first."""
    found = [*_promises(project, round_), *_legal(project, round_, now), *_advice(project, round_)]
    return tuple(sorted(found, key=lambda gap: not gap.hard))


def _gap(key: str) -> Gap:
    hard = key in _HARD
    template, requirement, anchor = _HARD[key] if hard else _ADVICE[key]
    return Gap(key, hard, template, requirement, MENDED[anchor])


def _promises(project: Project, round_: Round) -> Iterator[Gap]:
    """What citizens must be told before they are asked."""
    if not project.level_reason.strip():
        yield _gap("level-reason")
    if levels.lowest_right(project.wide_interest).rank > max(one.level.rank for one in project.rounds):
        yield _gap("level-too-low")
    if not project.contact_name.strip() or not (project.contact_phone.strip() or project.contact_email.strip()):
        yield _gap("contact")
    if not project.decided_by.strip():
        yield _gap("decider")
    fixed = [line for line in project.frame if line.kind is Frame.FIXED]
    if not any(line.kind is Frame.OPEN for line in project.frame):
        yield _gap("no-open-line")
    if not fixed:
        yield _gap("no-fixed-line")
    elif any(line.constraint is None and not line.source.strip() for line in fixed):
        yield _gap("no-source")
    if not project.meanings:
        yield _gap("no-meaning")


def _legal(project: Project, round_: Round, now: datetime) -> Iterator[Gap]:
    for finding in legal.announce_findings(plan_of(project, round_, now), statutes.bases(dates.local_day(now))):
        yield Gap(
            key=finding.key,
            hard=finding.kind == "block" or finding.needs_reason,
            template=finding.template,
            requirement=finding.requirement,
            mended=MENDED[finding.anchor],
            values=finding.values,
            source=finding.source,
        )


def plan_of(project: Project, round_: Round, now: datetime) -> legal.Plan:
    """The round as it would be announced now, for the rule table."""
    purposes = {material.purpose for material in project.materials}
    return legal.Plan(
        basis=round_.legal_basis,
        published_on=dates.local_day(round_.announced_at or now),
        last_day=dates.last_day(round_.closes_at) if round_.closes_at else None,
        opens_on=dates.local_day(round_.opens_at) if round_.opens_at else None,
        audience=round_.audience.value,
        has_register_id=bool(project.register_id.strip()),
        has_statement=MaterialPurpose.STATEMENT in purposes,
        has_legal_text=bool(round_.legal_text.strip()),
        has_board_statement=MaterialPurpose.BOARD_STATEMENT in purposes,
        minor_reason=round_.minor_reason,
        overlap_reason=round_.overlap_reason,
        recipients=sum(party.round_id in (None, round_.id) for party in project.parties),
        environmental_report=round_.environmental_report,
        closed=clock.closed,
    )


def _advice(project: Project, round_: Round) -> Iterator[Gap]:
    sentences = sum(project.summary.count(end) for end in ".!?")
    if not project.summary.strip():
        yield _gap("no-summary")
    elif sentences > _LONG_SUMMARY:
        yield _gap("long-summary")
    if not project.materials and round_.audience is Audience.EVERYONE and round_.level is not levels.Level.ORIENTATION:
        yield _gap("no-material")
    if round_.level is not levels.Level.ORIENTATION:
        if round_.report_on is None:
            yield _gap("no-report-day")
        if round_.decision_on is None:
            yield _gap("no-decision-day")
    if project.meetings and all(_in_working_hours(meeting.starts_at) for meeting in project.meetings):
        yield _gap("daytime-meetings")


def _in_working_hours(moment: datetime) -> bool:
    local = moment.astimezone(dates.COPENHAGEN)
    return dates.is_working_day(local.date(), clock.closed) and 8 <= local.hour < 16
