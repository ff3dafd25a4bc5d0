"""What the law says to a hearing or a decision that is planned, by the rule table of ``legal_table``.

What is *planned* is blocked, or warned about and asked a reason for. What has *happened* is always recorded, with a
warning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from participation.rules import dates
from participation.rules.dates import Closed
from participation.rules.legal_table import (
    COMPLAINTS,
    LEGAL_BASES,
    WEEK,
    Ask,
    Complaint,
    LegalBasis,
    edited,
    facts_of,
    from_facts,
)
from participation.rules.plain import mark

__all__ = [
    "COMPLAINTS",
    "LEGAL_BASES",
    "WORDS",
    "Adoption",
    "Ask",
    "Complaint",
    "Finding",
    "LegalBasis",
    "Plan",
    "adoption_findings",
    "announce_findings",
    "earliest_decision",
    "edited",
    "facts_of",
    "from_facts",
]


@dataclass(frozen=True)
class Finding:
    """Something that stands in the way of a plan (``block``) or should be thought over (``warn``).

    ``template`` is a msgid and ``values`` what goes into it, days as dates, so that a page can say it in another
    language; ``words`` says it in Danish. ``anchor`` is the field that mends it.
    """

    key: str
    kind: Literal["block", "warn"]
    template: str
    requirement: str
    anchor: str
    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether it lets nobody through before a reason is written: the law asks for longer over holidays."""
        return self.kind == "warn" and self.anchor == "overlap_reason"

    @property
    def words(self) -> str:
        """The finding in plain Danish: what is wrong, and what to do."""
        return self.template % {
            name: dates.in_danish(value) if isinstance(value, date) else value for name, value in self.values.items()
        }


@dataclass(frozen=True)
class Plan:
    """A round as it is planned, before it is announced; texts and numbers only, so that it can be judged anywhere.

    Args:
        basis: key of the legal basis.
        published_on: the day the round will be announced.
        opens_on: its first day, when that is later than the announcement.
        audience: ``everyone``, ``circle`` or ``neighbours``.
        overlap_reason: why the round may run over a holiday, as the planner wrote it.
        recipients: how many are to be told by name.
        closed: closed days, as in ``dates``.
    """

    basis: str
    published_on: date | None = None
    last_day: date | None = None
    opens_on: date | None = None
    audience: str = "everyone"
    has_register_id: bool = False
    has_statement: bool = False
    has_legal_text: bool = False
    has_board_statement: bool = False
    minor_reason: str = ""
    overlap_reason: str = ""
    recipients: int = 0
    environmental_report: bool = False
    closed: Closed = frozenset()

    @property
    def starts_on(self) -> date | None:
        """The day the length is counted from: the announcement, or the first day when that is later."""
        return max(self.published_on, self.opens_on or self.published_on) if self.published_on else None


@dataclass(frozen=True)
class Adoption:
    """A decision as it is planned, or as it was made when ``recorded``.

    Args:
        basis: key of the legal basis of the round.
        last_day: the last day of the round.
        decides_on: the day of the final decision.
        timely_objections: how many objected in time, anonymous and withdrawn ones counted.
        published_on: when the proposal was published.
        takes_effect_on: when the change takes effect, where the basis has a date to be decided before.
        open_vetoes: vetoes by authorities that are not lifted (planloven § 28).
        changed: whether the decision changes the proposal so that it concerns others (planloven § 27(2)).
        change_considered: what the planner wrote about hearing those others.
    """

    basis: str
    last_day: date
    decides_on: date
    timely_objections: int = 0
    published_on: date | None = None
    takes_effect_on: date | None = None
    open_vetoes: int = 0
    changed: bool = False
    change_considered: str = ""
    recorded: bool = False


class _Said(NamedTuple):
    kind: Literal["block", "warn"]
    anchor: str
    template: str
    source: str = ""
    requirement: str = "RE-05"


_FINDINGS = {
    "no-start": _Said("block", "published_on", mark("Vælg den dag, høringen bliver offentliggjort.")),
    "no-deadline": _Said("block", "last_day", mark("Vælg den sidste dag, man kan svare.")),
    "ends-before-start": _Said(
        "block", "last_day", mark("Høringen slutter, før den begynder. Vælg en senere sidste dag.")
    ),
    "too-short": _Said(
        "block",
        "last_day",
        mark(
            "Høringen er for kort: %(days)s dage. Den skal vare mindst %(minimum)s dage (%(section)s). "
            "Den sidste dag kan tidligst være %(earliest)s. Vi foreslår %(suggested)s."
        ),
    ),
    "shorter-than-advised": _Said(
        "warn",
        "last_day",
        mark(
            "Høringen varer kun %(days)s dage. Vi anbefaler mindst %(advised)s dage, så alle kan nå at svare. "
            "Vi foreslår, at den slutter %(suggested)s."
        ),
    ),
    "ends-on-closed-day": _Said(
        "warn",
        "last_day",
        mark("Den sidste dag er %(last_day)s, hvor kommunen har lukket. Vi foreslår %(suggested)s."),
        "Justitsministeriets vejledning nr. 9533 af 26. juni 2018",
    ),
    "environmental-report": _Said(
        "warn",
        "last_day",
        mark("Der hører en miljørapport til. Så kan fristen være 8 uger. Spørg juristen, før du offentliggør."),
        "miljøvurderingsloven",
    ),
    "missing-register_id": _Said(
        "block", "register_id", mark("Skriv planens nummer i Plandata.dk. Planen skal være offentliggjort der.")
    ),
    "missing-statement": _Said(
        "block", "statement", mark("Læg redegørelsen ved. Den skal offentliggøres sammen med forslaget.")
    ),
    "missing-legal_text": _Said(
        "block",
        "legal_text",
        mark("Skriv, hvad forslaget betyder for dem, der bor eller ejer noget i området, mens det er i høring."),
    ),
    "missing-minor_reason": _Said(
        "block",
        "minor_reason",
        mark("Skriv, hvorfor planen er af mindre betydning. Ellers skal høringen vare længere."),
    ),
    "missing-recipients": _Said(
        "block",
        "recipients",
        mark("Skriv, hvem der skal høres. En naboorientering sendes til navngivne naboer."),
        requirement="RE-28",
    ),
    "missing-board_statement": _Said(
        "block",
        "board_statement",
        mark("Spørg skolens bestyrelse, og læg det ved, som den udtaler. Det skal med, når høringen begynder."),
    ),
    "open-to-everyone": _Said(
        "block",
        "audience",
        mark("En naboorientering er for en navngiven kreds. Vælg naboer eller en kreds som deltagere."),
        requirement="RE-28",
    ),
    "empty-circle": _Said(
        "warn",
        "recipients",
        mark("Der er ingen i kredsen endnu. Skriv, hvem der skal inviteres, ellers kan ingen svare."),
        requirement="RE-28",
    ),
    "nobody-notified": _Said(
        "warn",
        "recipients",
        mark(
            "Ejere, lejere, naboer og foreninger i området skal have besked, når høringen begynder. "
            "Skriv, hvem der skal have den."
        ),
        "planloven § 26",
    ),
    "over-holiday": _Said(
        "warn",
        "overlap_reason",
        mark("%(days)s af høringens dage ligger %(holiday)s. Giv mere tid, eller skriv, hvorfor det ikke kan vente."),
        "planloven § 24, stk. 7",
    ),
    "too-early": _Said(
        "block",
        "decides_on",
        mark("Beslutningen kan tidligst træffes %(earliest)s. Fristen var %(last_day)s. Vælg et senere møde."),
    ),
    "veto": _Said(
        "block",
        "open_vetoes",
        mark("En myndighed har gjort indsigelse med veto. Planen kan først vedtages, når myndigheden har trukket det."),
        "planloven § 28",
    ),
    "too-late-in-the-year": _Said(
        "block",
        "decides_on",
        mark(
            "Beslutningen skal træffes før %(before)s, når ændringen træder i kraft %(effect)s. "
            "Vælg et tidligere møde, eller lad ændringen vente et år."
        ),
    ),
    "no-effect-day": _Said(
        "warn",
        "takes_effect_on",
        mark("Skriv, hvornår ændringen træder i kraft. Så kan vi se, hvornår den senest skal besluttes."),
    ),
    "lapsed": _Said(
        "warn",
        "decides_on",
        mark(
            "Forslaget faldt bort %(lapses)s, %(years)s år efter at det blev offentliggjort. "
            "Spørg juristen, om det skal i høring igen."
        ),
        "planloven § 32",
    ),
    "changed": _Said(
        "warn",
        "change_considered",
        mark(
            "Forslaget er ændret. Skriv, om ændringen berører andre væsentligt. Gør den det, skal de høres, før planen "
            "vedtages. Er det blevet en anden plan, skal den i høring igen."
        ),
        "planloven § 27, stk. 2",
    ),
}

#: What is said instead when the decision has been made.
_RECORDED = {
    "too-early": mark(
        "Det blev besluttet for tidligt. Den første lovlige dag var %(earliest)s. Vi har skrevet det ned. "
        "Kontakt en jurist, og skriv en rettelse i sagen."
    ),
    "veto": mark(
        "Planen er vedtaget, selv om en myndighed har gjort indsigelse med veto. Vi har skrevet det ned. "
        "Kontakt en jurist, og skriv en rettelse i sagen."
    ),
    "too-late-in-the-year": mark(
        "Beslutningen skulle være truffet før %(before)s, når ændringen træder i kraft %(effect)s. "
        "Vi har skrevet den ned. Kontakt en jurist, og skriv en rettelse i sagen."
    ),
}

#: All words of this module, for the catalogue and for the test that they are easy to read.
WORDS = (*(said.template for said in _FINDINGS.values()), *_RECORDED.values())

#: Where the days lie, as it stands in the middle of a sentence.
HOLIDAYS = {
    "summer": mark("i skolernes sommerferie"),
    "christmas": mark("i julen"),
    "easter": mark("i påsken"),
    "ascension": mark("på Kristi himmelfartsdag"),
    "pentecost": mark("i pinsen"),
}


def announce_findings(plan: Plan, bases: Mapping[str, LegalBasis] = LEGAL_BASES) -> tuple[Finding, ...]:
    """What the law says to a round that somebody wants to announce, blocks first.

    Raises:
        KeyError: the plan names a legal basis that is not in the table.
    """
    basis = bases[plan.basis]
    found = [*_period(plan, basis), *_missing(plan, basis), *_people(plan, basis)]
    return tuple(sorted(found, key=lambda finding: finding.kind))


def adoption_findings(adoption: Adoption, bases: Mapping[str, LegalBasis] = LEGAL_BASES) -> tuple[Finding, ...]:
    """What the law says to a decision, blocks first; one that has been made is warned about and never blocked.

    Raises:
        KeyError: the adoption names a legal basis that is not in the table.
    """
    found = _adoption(adoption, bases[adoption.basis])
    if adoption.recorded:
        found = (
            replace(finding, kind="warn", template=_RECORDED.get(finding.key, finding.template)) for finding in found
        )
    return tuple(sorted(found, key=lambda finding: finding.kind))


def earliest_decision(basis: LegalBasis, last_day: date, timely_objections: int) -> date:
    """The first day the deciding body can decide, by the legal basis of the round (planloven § 27(1))."""
    waiting = max(basis.waiting_days, basis.waiting_days_after_objections if timely_objections else 0)
    return dates.earliest_adoption(last_day, waiting > 0, waiting)


def _found(key: str, source: str = "", **values: Any) -> Finding:
    said = _FINDINGS[key]
    return Finding(key, said.kind, said.template, said.requirement, said.anchor, values, said.source or source)


def _period(plan: Plan, basis: LegalBasis) -> Iterator[Finding]:
    starts, last = plan.starts_on, plan.last_day
    if starts is None:
        yield _found("no-start")
    if last is None:
        yield _found("no-deadline")
    if starts is None or last is None:
        return
    if last < starts:
        yield _found("ends-before-start")
        return
    yield from _length(plan, basis, starts, last)
    if basis.key != "orientation" and not plan.overlap_reason.strip():
        for kind, days in dates.holiday_overlap(starts, last, plan.closed):
            yield _found("over-holiday", days=days, holiday=HOLIDAYS[kind])


def _length(plan: Plan, basis: LegalBasis, starts: date, last: date) -> Iterator[Finding]:
    days = (last - starts).days
    if days < basis.minimum_days:
        yield _found(
            "too-short",
            basis.section,
            days=days,
            minimum=basis.minimum_days,
            section=basis.section,
            earliest=dates.earliest_last_day(starts, basis.minimum_days),
            suggested=dates.suggested_last_day(starts, basis.minimum_days, plan.closed),
        )
    elif days < basis.advised_days:
        suggested = dates.suggested_last_day(starts, basis.advised_days, plan.closed)
        yield _found("shorter-than-advised", basis.source, days=days, advised=basis.advised_days, suggested=suggested)
    elif not dates.is_working_day(last, plan.closed):
        yield _found("ends-on-closed-day", last_day=last, suggested=dates.next_working_day(last, plan.closed))
    if plan.environmental_report and not basis.environmental_report and days < 8 * WEEK:
        yield _found("environmental-report")


def _missing(plan: Plan, basis: LegalBasis) -> Iterator[Finding]:
    there = {
        Ask.REGISTER_ID: plan.has_register_id,
        Ask.STATEMENT: plan.has_statement,
        Ask.LEGAL_TEXT: plan.has_legal_text,
        Ask.MINOR_REASON: bool(plan.minor_reason.strip()),
        Ask.CIRCLE: plan.recipients > 0,
        Ask.BOARD_STATEMENT: plan.has_board_statement,
    }
    for ask in Ask:
        if ask in basis.asks and not there[ask]:
            yield _found(f"missing-{ask.value}", basis.section)


def _people(plan: Plan, basis: LegalBasis) -> Iterator[Finding]:
    if basis.needs_circle and plan.audience == "everyone":
        yield _found("open-to-everyone", basis.section)
    elif plan.audience != "everyone" and plan.recipients == 0 and not basis.needs_circle:
        yield _found("empty-circle")
    if basis.notice_required and plan.recipients == 0:
        yield _found("nobody-notified")


def _adoption(adoption: Adoption, basis: LegalBasis) -> Iterator[Finding]:
    earliest = earliest_decision(basis, adoption.last_day, adoption.timely_objections)
    if adoption.decides_on < earliest:
        section = "planloven § 27, stk. 1" if basis.key.startswith("planloven") else basis.section
        yield _found("too-early", section, earliest=earliest, last_day=adoption.last_day)
    if adoption.open_vetoes:
        yield _found("veto")
    if basis.decide_before is not None:
        yield from _in_the_year(adoption, basis, *basis.decide_before)
    if basis.lapses_after_years is not None and adoption.published_on is not None:
        lapses = dates.months_after(adoption.published_on, 12 * basis.lapses_after_years)
        if adoption.decides_on >= lapses:
            yield _found("lapsed", lapses=lapses, years=basis.lapses_after_years)
    if adoption.changed and not adoption.change_considered.strip():
        yield _found("changed")


def _in_the_year(adoption: Adoption, basis: LegalBasis, month: int, day: int) -> Iterator[Finding]:
    if adoption.takes_effect_on is None:
        yield _found("no-effect-day", basis.section)
    elif adoption.decides_on >= (before := date(adoption.takes_effect_on.year, month, day)):
        yield _found("too-late-in-the-year", basis.section, before=before, effect=adoption.takes_effect_on)
