"""The rule table: what the law asks of each kind of hearing, and where its decision can be complained of.

The table is data. Its values are the defaults of a table that an administrator edits from a day on (``statutes``); a
municipal lawyer must have read it before a municipality relies on it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from participation.rules import dates
from participation.rules.dates import Closed
from participation.rules.plain import mark

WEEK = 7
_SEEN = date(2026, 11, 22)


class Ask(StrEnum):
    """What a legal basis wants to be there before the hearing is announced; the value is the field it is kept in."""

    REGISTER_ID = "register_id"
    STATEMENT = "statement"
    LEGAL_TEXT = "legal_text"
    MINOR_REASON = "minor_reason"
    CIRCLE = "recipients"
    BOARD_STATEMENT = "board_statement"


@dataclass(frozen=True)
class LegalBasis:
    """One row of the rule table: a legal basis (retsgrundlag) for a round.

    Args:
        minimum_days: the shortest lawful length in days, the day of publication not counted; shorter is blocked.
        advised_days: shorter than this is warned about.
        asks: what must be there before announcing.
        notice_required: owners, tenants and neighbours get a notice at the start; an empty list is warned about.
        waiting_days: days between the deadline and the decision, whatever came in.
        waiting_days_after_objections: the same when somebody objected in time.
        decide_before: ``(month, day)`` of the year the change takes effect; the decision must be made before it.
        lapses_after_years: a proposal that is older than this has lapsed.
        legal_text: the legal effect that must be told, as a default text.
        complaints: keys of ``COMPLAINTS`` that fit, the usual one first.
        checked: when the text of the source was last read; nothing where the row is from memory and awaits a lawyer.
        unsure: what a lawyer must still confirm; nothing where the row is certain.
    """

    key: str
    name: str
    section: str
    minimum_days: int = 0
    advised_days: int = 0
    asks: frozenset[Ask] = frozenset()
    notice_required: bool = False
    environmental_report: bool = False
    waiting_days: int = 0
    waiting_days_after_objections: int = 0
    decide_before: tuple[int, int] | None = None
    lapses_after_years: int | None = None
    legal_text: str = ""
    complaints: tuple[str, ...] = ("kan-ikke-paaklages",)
    source: str = ""
    checked: date | None = None
    unsure: str = ""

    @property
    def needs_minor_reason(self) -> bool:
        """Whether somebody must write down why the matter is of minor importance."""
        return Ask.MINOR_REASON in self.asks

    @property
    def needs_circle(self) -> bool:
        """Whether the round is for named recipients and not for everyone."""
        return Ask.CIRCLE in self.asks


_PLAN = frozenset({Ask.REGISTER_ID, Ask.STATEMENT, Ask.LEGAL_TEXT})
_PLAN_COMPLAINTS = ("planklagenaevnet", "kan-ikke-paaklages", "domstol")
_MUNICIPAL_PLAN_TEXT = (
    "Når forslaget er offentliggjort, kan kommunen modsætte sig byggeri og ny brug, der er i strid med det "
    "(planloven § 12, stk. 2 og 3)."
)
_LOCAL_PLAN_TEXT = (
    "Indtil byrådet har besluttet den endelige lokalplan, må ingen bygge eller ændre noget i området på en måde, der "
    "foregriber planen. Det gælder i højst et år, fra forslaget er offentliggjort (planloven § 17)."
)

#: What a lawyer must still confirm.
_FROM_MEMORY = "Rækken er skrevet efter hukommelsen."
_NOT_READ = "§ 17, § 26 og § 32 er skrevet efter hukommelsen."

_ROWS = (
    LegalBasis(
        key="planloven-24-3",
        name="Kommuneplan eller større kommuneplantillæg",
        section="planloven § 24, stk. 3",
        minimum_days=8 * WEEK,
        asks=_PLAN,
        waiting_days_after_objections=4 * WEEK,
        legal_text=_MUNICIPAL_PLAN_TEXT,
        complaints=_PLAN_COMPLAINTS,
        source="planloven § 24, stk. 1, 3 og 7, § 12, § 27, § 54 b",
        checked=_SEEN,
    ),
    LegalBasis(
        key="planloven-24-4",
        name="Mindre ændring af kommuneplanen",
        section="planloven § 24, stk. 4",
        minimum_days=4 * WEEK,
        asks=_PLAN,
        waiting_days_after_objections=4 * WEEK,
        legal_text=_MUNICIPAL_PLAN_TEXT,
        complaints=_PLAN_COMPLAINTS,
        source="planloven § 24, stk. 1, 4 og 7, § 12, § 27, § 54 b",
        checked=_SEEN,
    ),
    LegalBasis(
        key="planloven-24-5",
        name="Lokalplan",
        section="planloven § 24, stk. 5",
        minimum_days=4 * WEEK,
        asks=_PLAN,
        notice_required=True,
        waiting_days_after_objections=4 * WEEK,
        lapses_after_years=3,
        legal_text=_LOCAL_PLAN_TEXT,
        complaints=_PLAN_COMPLAINTS,
        source="planloven § 17, § 24, stk. 1, 5 og 7, § 26, § 27, § 32, § 54 b",
        checked=_SEEN,
        unsure=_NOT_READ,
    ),
    LegalBasis(
        key="planloven-24-6",
        name="Lokalplan af mindre betydning",
        section="planloven § 24, stk. 6",
        minimum_days=2 * WEEK,
        asks=_PLAN | {Ask.MINOR_REASON},
        notice_required=True,
        waiting_days_after_objections=4 * WEEK,
        lapses_after_years=3,
        legal_text=_LOCAL_PLAN_TEXT,
        complaints=_PLAN_COMPLAINTS,
        source="planloven § 17, § 24, stk. 1, 6 og 7, § 26, § 27, § 32, § 54 b",
        checked=_SEEN,
        unsure=_NOT_READ,
    ),
    LegalBasis(
        key="planloven-23c",
        name="Indkaldelse af idéer og forslag før en ændring af kommuneplanen",
        section="planloven § 23 c",
        advised_days=2 * WEEK,
        complaints=("kan-ikke-paaklages", "planklagenaevnet"),
        source="planloven § 23 c; de 14 dage er kommunens egen politik",
        checked=_SEEN,
    ),
    LegalBasis(
        key="planloven-20",
        name="Naboorientering før en dispensation",
        section="planloven § 20",
        minimum_days=2 * WEEK,
        asks=frozenset({Ask.CIRCLE}),
        complaints=_PLAN_COMPLAINTS,
        source="planloven § 20",
        unsure=_FROM_MEMORY,
    ),
    LegalBasis(
        key="skole-700",
        name="Nedlæggelse eller sammenlægning af en skole",
        section="bekendtgørelse nr. 700 af 2014",
        minimum_days=8 * WEEK,
        asks=frozenset({Ask.BOARD_STATEMENT}),
        waiting_days=4 * WEEK,
        waiting_days_after_objections=4 * WEEK,
        decide_before=(3, 1),
        complaints=("kan-ikke-paaklages", "domstol"),
        source="bekendtgørelse nr. 700 af 2014",
        unsure=_FROM_MEMORY,
    ),
    LegalBasis(
        key="miljoe-8-uger",
        name="Plan eller program med miljørapport",
        section="miljøvurderingsloven",
        advised_days=8 * WEEK,
        environmental_report=True,
        complaints=("miljoe-og-foedevareklagenaevnet", "planklagenaevnet", "domstol"),
        source="miljøvurderingsloven",
        unsure="Paragraffen mangler, og det er ikke afklaret, om planlovens kortere frister gælder.",
    ),
    LegalBasis(
        key="none",
        name="Kommunens egen høring",
        section="kommunens egen politik",
        advised_days=2 * WEEK,
        source="kommunens politik for borgerinddragelse",
        checked=_SEEN,
    ),
    LegalBasis(
        key="orientation",
        name="Orientering",
        section="kommunens egen politik",
        source="kommunens politik for borgerinddragelse",
        checked=_SEEN,
    ),
)

#: The rule table with its default values, by key.
LEGAL_BASES: Mapping[str, LegalBasis] = MappingProxyType({row.key: row for row in _ROWS})


FEE = mark("Det koster %(fee)s kr. at klage. Du får pengene igen, hvis du får medhold.")
FEE_UNKNOWN = mark("Det koster et gebyr at klage. Du får pengene igen, hvis du får medhold.")


@dataclass(frozen=True)
class Complaint:
    """One choice of complaint guidance (klagevejledning): where, by when, and the words of it.

    ``words`` is a template for gettext; ``%(last_day)s`` is the last day in words. The fee changes yearly and is a
    setting, said in words of its own.
    """

    key: str
    name: str
    words: str
    weeks: int = 0
    months: int = 0
    has_fee: bool = False
    source: str = ""
    checked: date | None = None
    unsure: str = ""

    def last_day(self, announced_on: date | None, closed: Closed) -> date | None:
        """The last day to complain; nothing when there is no deadline or the decision is not announced yet."""
        if announced_on is None:
            return None
        if self.weeks:
            return dates.complaint_deadline(announced_on, self.weeks, closed)
        return dates.court_deadline(announced_on, self.months, closed) if self.months else None

    def guidance(self, announced_on: date | None, closed: Closed, fee: str = "") -> str | None:
        """The guidance in Danish; nothing while its deadline awaits the announcement (planloven § 60).

        Args:
            fee: the fee of the year in kroner, from the settings.
        """
        last = self.last_day(announced_on, closed)
        if last is None and (self.weeks or self.months):
            return None
        words = self.words % {"last_day": dates.in_danish(last) if last else ""}
        return f"{words} {(FEE if fee else FEE_UNKNOWN) % {'fee': fee}}" if self.has_fee else words


_COMPLAINT_ROWS = (
    Complaint(
        key="kan-ikke-paaklages",
        name="Kan ikke påklages",
        words=mark(
            "Du kan ikke klage over denne beslutning til et klagenævn. Har du spørgsmål, kan du altid kontakte os."
        ),
        source="forvaltningsloven § 25",
        checked=_SEEN,
    ),
    Complaint(
        key="planklagenaevnet",
        name="Planklagenævnet",
        words=mark(
            "Er du klageberettiget, kan du klage til Planklagenævnet senest %(last_day)s. Du kan klage over, om "
            "kommunen har fulgt loven, men ikke over, om planen er god. Du klager på klageportalen hos Nævnenes Hus."
        ),
        weeks=4,
        has_fee=True,
        source="planloven §§ 58 og 60",
        checked=_SEEN,
    ),
    Complaint(
        key="miljoe-og-foedevareklagenaevnet",
        name="Miljø- og Fødevareklagenævnet",
        words=mark(
            "Er du klageberettiget, kan du klage til Miljø- og Fødevareklagenævnet senest %(last_day)s. Du klager på "
            "klageportalen hos Nævnenes Hus."
        ),
        weeks=4,
        has_fee=True,
        source="miljøvurderingsloven",
        unsure="Paragraffen mangler, og fristen er skrevet efter hukommelsen.",
    ),
    Complaint(
        key="byggeklage",
        name="Byggeklage",
        words=mark(
            "Er du klageberettiget, kan du klage til Byggeklageenheden senest %(last_day)s. Du kan klage over, om "
            "kommunen har fulgt loven."
        ),
        weeks=4,
        source="byggeloven",
        unsure="Paragraffen mangler, og fristen er skrevet efter hukommelsen.",
    ),
    Complaint(
        key="domstol",
        name="Domstolene",
        words=mark("Vil du have sagen prøvet ved en domstol, skal du anlægge den senest %(last_day)s."),
        months=6,
        source="planloven § 62",
        unsure=_FROM_MEMORY,
    ),
)

#: The choices of complaint guidance with their default words, by key.
COMPLAINTS: Mapping[str, Complaint] = MappingProxyType({row.key: row for row in _COMPLAINT_ROWS})


Row = TypeVar("Row", LegalBasis, Complaint)


def edited(table: Mapping[str, Row], changes: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Row]:
    """A table with an administrator's changes, row by row and field by field; no row is added or removed.

    Raises:
        KeyError: there is no row of that key.
        TypeError: a row has no field of that name.
    """
    return MappingProxyType(dict(table) | {key: replace(table[key], **values) for key, values in changes.items()})


def facts_of(row: LegalBasis | Complaint) -> dict[str, Any]:
    """A row as plain facts that JSON can keep, so that a round keeps the rule it was announced under."""
    return {name: _plain(value) for name, value in asdict(row).items()}


def from_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of plain facts again; a fact that no row knows any more is left out."""
    return {name: _READ.get(name, _same)(value) for name, value in facts.items() if name in _KNOWN}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _same(value: Any) -> Any:
    return value


_READ: Mapping[str, Any] = {
    "asks": lambda value: frozenset(Ask(one) for one in value),
    "complaints": tuple,
    "decide_before": lambda value: tuple(value) if value else None,
    "checked": lambda value: date.fromisoformat(value) if value else None,
}
_KNOWN = {one.name for row in (LegalBasis, Complaint) for one in fields(row)}
