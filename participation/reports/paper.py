"""What a white paper (hvidbog, høringsnotat) says: plain facts without sentences, so that a version can be frozen.

The same ``Paper`` is shown on the page and printed as PDF, Word and sheet. Citizens' words stand as they were written.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from participation.rules.handling import HidingReason
from participation.rules.kinds import (
    Capacity,
    CaseType,
    ChangeCause,
    Channel,
    Constraint,
    Kind,
    Known,
    NoticeKind,
    PaperForm,
    Rendition,
    RoundKind,
    StepKind,
    StepResult,
)
from participation.rules.levels import Level
from participation.rules.outcomes import Recommendation
from participation.rules.phases import Arrival

#: How many senders, by what they speak as, in the order of ``Capacity``.
Counts = tuple[tuple[Capacity, int], ...]


class Section(StrEnum):
    """Where in the paper a contribution stands; each stands in exactly one."""

    BODY = "body"
    LATE = "late"
    ADDENDUM = "addendum"
    QUESTION = "question"
    HIDDEN = "hidden"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    AFTERWARDS = "afterwards"


# -- what a reply is --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """Forvaltningens bemærkninger and its recommendation.

    Attributes:
        key: the answer's id: rows with the same key have one answer in common.
        changes: places in ``Paper.changes``, counted from 1.
    """

    key: int
    words: str
    recommendation: Recommendation | None
    reason: str
    alternative: str
    professional_reason: str
    passed_on_to: str
    changes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Row:
    """One or more points of a contribution that have one answer in common.

    Attributes:
        quotes: the citizen's own words, point by point; empty where they are not shown or are the whole contribution.
        topic: where the point stands in the form *pr. emne*.
        points: ids of the points.
    """

    quotes: tuple[str, ...]
    topic: str
    reply: Reply | None
    points: tuple[int, ...]


@dataclass(frozen=True)
class Entry:
    """One contribution as this rendition may show it.

    Attributes:
        received_at: to the second for the case, the day alone for everybody.
        sender: a name where one may stand there; else empty, and the capacity speaks for itself.
        shown: whether its words may be read in this rendition.
        files: names of what came along; the case rendition only.
        file_words: pairs of file name and the text that was read from it; the case rendition only.
        also: numbers of near-identical letters with the same answer, told in this one's row (a campaign).
        told_in: the number in whose row this one is told, when that is another.
        sent_on_to: who has it now.
        disputed: the owner of the e-mail has not sent it; no name stands there.
    """

    number: int
    section: Section
    kind: Kind
    received_at: datetime
    arrival: Arrival
    channel: Channel
    capacity: Capacity
    sender: str
    organisation: str
    represents: str
    retold: bool
    shown: bool
    words: str
    resume: str
    rows: tuple[Row, ...]
    place: str = ""
    material_place: str = ""
    files: tuple[str, ...] = ()
    file_words: tuple[tuple[str, str], ...] = ()
    hidden_reason: HidingReason | None = None
    duplicate_of: int | None = None
    parent: int | None = None
    sent_on_to: str = ""
    disputed: bool = False
    campaign: int | None = None
    also: tuple[int, ...] = ()
    told_in: int | None = None


@dataclass(frozen=True)
class Unshown:
    """A contribution that this rendition tells by number and reason alone, with the recommendation it got.

    Attributes:
        replies: without remarks, which may repeat what is not shown.
    """

    number: int
    reason: HidingReason
    replies: tuple[Reply, ...]


# -- the form pr. emne ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quote:
    """A citizen's own words and the number they are found by."""

    number: int
    words: str
    sender: str
    capacity: Capacity


@dataclass(frozen=True)
class Own:
    """A point with an answer of its own, under the topic where it stands; or a point without a topic."""

    number: int
    quote: str
    resume: str
    capacity: Capacity
    sender: str
    reply: Reply | None
    points: tuple[int, ...]


@dataclass(frozen=True)
class Alike:
    """Near-identical letters: one text, many senders (T2)."""

    title: str
    words: str
    numbers: tuple[int, ...]
    counts: Counts


@dataclass(frozen=True)
class Alternative:
    """Another solution than the proposed one, as somebody wrote it, and the answer it got (RP-33)."""

    number: int
    words: str
    sender: str
    capacity: Capacity
    reply: Reply | None


@dataclass(frozen=True)
class Unlike:
    """Contributions that ask for the same and are advised differently, and why (RE-30).

    Attributes:
        points: ids of the points that are meant.
    """

    numbers: tuple[int, ...]
    words: str
    points: tuple[int, ...]


@dataclass(frozen=True)
class Topic:
    """An emne, or a hovedemne that has points of its own.

    Attributes:
        numbers: every timely contribution with a point here, each once.
        points: ids of the points that are told here, whatever answer they have.
        unlike: differences in treatment that concern points here, explained.
    """

    key: int
    title: str
    numbers: tuple[int, ...]
    counts: Counts
    points: tuple[int, ...]
    quotes: tuple[Quote, ...]
    resume: str
    reply: Reply | None
    own: tuple[Own, ...] = ()
    unlike: tuple[Unlike, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A hovedemne with its topics, the largest first."""

    key: int
    title: str
    numbers: tuple[int, ...]
    counts: Counts
    resume: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Method:
    """How the points were gathered into topics; there only when topics are used.

    Attributes:
        moved: points that a person has placed.
        left_over: points without a topic.
        digest: of the machine's proposal; the same words give the same one.
    """

    contributions: int
    points: int
    topics: int
    moved: int
    left_over: int
    by_machine: bool
    digest: str = ""


# -- the case itself --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fixed:
    """What cannot be changed, why, and by what source."""

    words: str
    constraint: Constraint | None
    source: str


@dataclass(frozen=True)
class Period:
    """A round: what it was for, its level, its legal basis and its days."""

    kind: RoundKind
    level: Level
    basis: str
    section: str
    opens_on: date | None
    last_day: date | None


@dataclass(frozen=True)
class StepFact:
    """A step of the decision as known when the paper was made: what came of it, on what grounds, and who disagreed."""

    kind: StepKind
    body: str
    planned_on: date | None
    met_on: date | None
    result: StepResult | None
    grounds: str = ""
    legal_ground: str = ""
    votes: str = ""
    dissent: str = ""


@dataclass(frozen=True)
class Facts:
    """What the case is: level, law, frame, who decides, its political history and who can be asked."""

    title: str
    slug: str
    case_type: CaseType
    level: Level
    level_reason: str
    summary: str
    municipality: str
    periods: tuple[Period, ...]
    open: tuple[str, ...]
    fixed: tuple[Fixed, ...]
    decided_by: str
    steps: tuple[StepFact, ...]
    history: str
    register_id: str
    materials: tuple[str, ...]
    department: str
    contact_name: str
    contact_phone: str
    contact_email: str
    contact_hours: str


@dataclass(frozen=True)
class Invited:
    """Somebody who must be heard, and what came of it (RL-61)."""

    name: str
    capacity: Capacity
    invited_on: date | None
    reminded_on: date | None
    answered_on: date | None
    agreed_on: date | None


@dataclass(frozen=True)
class Met:
    """A meeting with citizens."""

    title: str
    starts_at: datetime
    place: str
    attendance: int | None
    minutes: str


@dataclass(frozen=True)
class Figures:
    """How many, counted over everything that was not withdrawn.

    Attributes:
        received: of every kind, withdrawn ones left out.
        known: by how well we know who sent it: verified, confirmed and unconfirmed e-mail apart (T2, T3).
        areas: postal districts, but for those with one to four private citizens; ``elsewhere`` holds the rest together.
    """

    received: int
    withdrawn: int
    kinds: tuple[tuple[Kind, int], ...]
    capacities: Counts
    channels: tuple[tuple[Channel, int], ...]
    arrivals: tuple[tuple[Arrival, int], ...]
    recommendations: tuple[tuple[Recommendation, int], ...]
    areas: tuple[tuple[str, int], ...]
    elsewhere: int
    known: tuple[tuple[Known, int], ...] = ()


@dataclass(frozen=True)
class Changed:
    """A change in the material, its cause, and the numbers that caused it."""

    place: str
    before: str
    after: str
    cause: ChangeCause
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """ "Her skal I vælge": where we say no to many, to a council or to an authority.

    Attributes:
        why: "many", "body" (a council, a committee or an authority) or "both".
    """

    title: str
    numbers: tuple[int, ...]
    counts: Counts
    why: str
    reply: Reply


@dataclass(frozen=True)
class Noticed:
    """A public line in the project's own story: a correction, a longer deadline, another date."""

    kind: NoticeKind
    on: date
    words: str
    was: str
    became: str


@dataclass(frozen=True)
class Assessment:
    """Whether the changes make another plan or concern others, so that they must be heard (planloven § 27(2))."""

    changed: bool | None
    reason: str


@dataclass(frozen=True)
class Approved:
    """Who approved the note, when, and whether it was the department's only employee."""

    by: str
    on: date
    words: str
    own: bool


@dataclass(frozen=True)
class Leaf:
    """Where a page of entries lies in the frozen file of entries: numbers from and to, and bytes."""

    first: int
    last: int
    start: int
    size: int


@dataclass(frozen=True)
class Paper:
    """A whole white paper in one rendition and one form.

    Attributes:
        made_at: when it was compiled.
        version: None while it is only a draft.
        since: what changed since the version before; see ``compare``.
        hidden: what this rendition tells by number and reason alone.
        twins: pairs of a number that was sent twice and the one it is the same as.
        alternatives: other solutions than the proposed one, by number, whatever was recommended.
        unlike: explained differences in treatment that stand under no topic.
        entries: every contribution of the project, by number; empty when read back without them.
        leaves: where the pages of entries lie in a frozen version.
    """

    rendition: Rendition
    form: PaperForm
    made_at: datetime
    version: int | None
    facts: Facts
    invited: tuple[Invited, ...]
    meetings: tuple[Met, ...]
    figures: Figures
    method: Method | None
    overall: str
    headings: tuple[Heading, ...]
    alone: tuple[Own, ...]
    alike: tuple[Alike, ...]
    changes: tuple[Changed, ...]
    choices: tuple[Choice, ...]
    few: tuple[Quote, ...]
    notices: tuple[Noticed, ...]
    assessment: Assessment | None
    approved: Approved | None
    short_codes: bool
    sections: tuple[tuple[Section, tuple[int, ...]], ...]
    hidden: tuple[Unshown, ...]
    twins: tuple[tuple[int, int], ...]
    entries: tuple[Entry, ...] = ()
    since: tuple[tuple[str, tuple[int, ...]], ...] = ()
    leaves: tuple[Leaf, ...] = field(default=())
    unlike: tuple[Unlike, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    def numbers(self, section: Section) -> tuple[int, ...]:
        """The numbers that stand in a section."""
        return dict(self.sections).get(section, ())

    def entries_of(self, section: Section) -> tuple[Entry, ...]:
        """The entries of a section, by number."""
        return tuple(entry for entry in self.entries if entry.section is section)

    @property
    def lines(self) -> tuple[Entry, ...]:
        """The rows of the form *svar for svar*: timely entries, near-identical letters told once."""
        return tuple(entry for entry in self.entries_of(Section.BODY) if entry.told_in is None)

    @property
    def nobody_wrote(self) -> bool:
        """Whether nothing came in at all: "Der kom ingen høringssvar"."""
        return not any(numbers for _, numbers in self.sections)
