"""A plan made backwards (baglæns tidsplan): from the day of the decision to the day the hearing must open.

Each day is the latest that lets the next one come in time. Nothing here changes a plan: a planner takes it over.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from participation.rules import dates
from participation.rules.dates import DAY, Closed
from participation.rules.kinds import StepKind
from participation.rules.legal import HOLIDAYS, LegalBasis, earliest_decision
from participation.rules.legal_table import WEEK
from participation.rules.plain import mark

#: An agenda is public at least so many days before the meeting (RP-32).
AGENDA_DAYS: Final = 7
#: Steps without a meeting that has a public agenda.
NO_AGENDA: Final = frozenset({StepKind.DELEGATED, StepKind.OTHER_AUTHORITY})
#: How far ahead a day that holds is looked for, in days.
_FAR: Final = 3 * 366


class Stage(StrEnum):
    """What happens on a day of the plan."""

    MEETING = "meeting"
    AGENDA = "agenda"
    OPENS = "opens"
    LAST_DAY = "last_day"
    REPORT = "report"


@dataclass(frozen=True)
class Body:
    """Somebody who treats the matter; ``HEARING`` is who sends the proposal out to be heard."""

    kind: StepKind
    name: str


@dataclass(frozen=True)
class Reason:
    """Why a day lies where it lies: ``template`` is a msgid and ``values`` what goes into it, days as dates."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def words(self) -> str:
        """The reason in plain Danish."""
        return self.template % {
            name: dates.in_danish(value) if isinstance(value, date) else value for name, value in self.values.items()
        }


@dataclass(frozen=True)
class Wish:
    """What the plan is made from.

    Args:
        decides_on: the day of the final decision, as it was typed.
        today: no day of the plan lies before it.
        bodies: who treats the matter, in order; the last one decides.
        basis: the rule of the round.
        hearing_days: how long the hearing should at least be, in days; never below the law and what is advised.
        weighing_days: working days from the deadline to the white paper; at least one.
        environmental_report: asks for eight weeks.
        period: first and last day of a round that is announced; it stands as it was told.
        report_on: the day of the white paper that citizens were told with it.
        closed: closed days, as in ``dates``.
    """

    decides_on: date
    today: date
    bodies: tuple[Body, ...]
    basis: LegalBasis
    hearing_days: int = 0
    weighing_days: int = 1
    environmental_report: bool = False
    period: tuple[date, date] | None = None
    report_on: date | None = None
    closed: Closed = frozenset()

    @property
    def length(self) -> int:
        """Days that the hearing runs at least, holidays aside; the day it opens is not counted."""
        eight_weeks = 8 * WEEK if self.environmental_report else 0
        return max(self.hearing_days, self.basis.minimum_days, self.basis.advised_days, eight_weeks, 1)


@dataclass(frozen=True)
class Line:
    """One day of the plan, and why it lies there. ``body`` is the place among the bodies, where it is one's."""

    stage: Stage
    on: date
    reasons: tuple[Reason, ...]
    body: int | None = None


@dataclass(frozen=True)
class Backwards:
    """A proposed plan.

    Attributes:
        lines: its days, the first one first.
        opens_on, last_day: the hearing.
        longer: days that the hearing was made longer for holidays.
        report_on: the day of the white paper.
        meets: the day of each body that is planned, by its place; who sends an announced round out is not planned.
        too_late: why it cannot be reached; nothing when it holds.
        earliest: the first day of the decision that holds; the typed day when it does, nothing when none is near.
    """

    lines: tuple[Line, ...]
    opens_on: date
    last_day: date
    longer: int
    report_on: date
    meets: Mapping[int, date]
    too_late: Reason | None = None
    earliest: date | None = None

    @property
    def holds(self) -> bool:
        """Whether it can be reached and keeps every rule."""
        return self.too_late is None


_MEETS: Final = mark("Den dag, du har skrevet.")
_BEFORE: Final = mark("%(body)s skal være færdig, før den næste dagsorden bliver offentlig %(day)s.")
_SENDS_OUT: Final = mark("%(body)s sender forslaget ud, før høringen åbner.")
_AGENDA: Final = mark("Dagsordenen skal være offentlig mindst %(days)s dage før mødet.")
_REPORT: Final = mark("Kommunens samlede svar skal ligge ved den første dagsorden %(day)s.")
_REPORT_TOLD: Final = mark("Den dag, borgerne har fået at vide.")
_WEIGHING: Final = mark("I skal bruge %(days)s arbejdsdage, fra fristen er gået, til kommunens samlede svar er klar.")
_WAITING: Final = mark("Der skal gå mindst %(days)s dage fra fristen til beslutningen, når nogen har gjort indsigelse.")
_DEADLINE: Final = mark("Beslutningen kan først træffes, når fristen er gået.")
_LENGTH: Final = mark("Høringen skal vare mindst %(days)s dage (%(section)s).")
_WISHED: Final = mark("Høringen skal vare %(days)s dage.")
_LONGER: Final = mark("Den varer %(days)s dage længere, fordi en del af den ligger %(holiday)s.")
_STANDS: Final = mark("Runden er offentliggjort, så perioden ligger fast.")
_CLOSED: Final = mark("Den seneste dag ville være %(day)s, men da har kommunen lukket.")
_IN_HOLIDAY: Final = mark("Den seneste dag ville være %(day)s, men den ligger %(holiday)s.")

_NOT_A_DAY: Final = mark("Kommunen har lukket %(day)s. Vælg en dag, hvor der kan være møde.")
_TOO_LATE: Final = mark("Det kan ikke nås. Planen skulle være begyndt %(day)s.")
_ENDS_TOO_LATE: Final = mark("Det kan ikke nås. Høringen slutter %(last)s, og den skulle være slut senest %(day)s.")
_REPORT_TOO_LATE: Final = mark(
    "Det kan ikke nås. Kommunens samlede svar er lovet %(last)s. Det skal ligge klar %(day)s."
)

#: The sentences of this module, for the catalogue and for the test that they are easy to read.
WORDS: Final = (
    *(_MEETS, _BEFORE, _SENDS_OUT, _AGENDA, _REPORT, _REPORT_TOLD, _WEIGHING, _WAITING, _DEADLINE, _LENGTH, _WISHED),
    *(_LONGER, _STANDS, _CLOSED, _IN_HOLIDAY, _NOT_A_DAY, _TOO_LATE, _ENDS_TOO_LATE, _REPORT_TOO_LATE),
)
#: Why a hearing may run over a holiday, as citizens read it when nobody has written a reason of their own.
OVERLAP: Final = mark("Høringen rammer ferie eller helligdage. Derfor varer den %(days)s dage længere.")


def overlap_reason(written: str, longer: int) -> str:
    """Why the hearing may run over a holiday: what somebody wrote, else what the plan does about it.

    Args:
        written: what stands there; a sentence of an earlier plan is nobody's own.
        longer: days that the plan made the hearing longer.
    """
    before, after = OVERLAP.split("%(days)s")
    own = written.strip() and not (written.startswith(before) and written.endswith(after))
    return written if own else OVERLAP % {"days": longer} if longer else ""


def plan_backwards(wish: Wish) -> Backwards:
    """The plan that reaches the decision on its day, or why none does and the first day that one does.

    Raises:
        ValueError: nobody decides.
    """
    if not wish.bodies:
        raise ValueError("somebody must decide")
    plan = _plan(wish)
    if plan.holds:
        return replace(plan, earliest=wish.decides_on)
    return replace(plan, earliest=_earliest(wish))


def meets(day: date, closed: Closed) -> bool:
    """Whether a body can be expected to meet: a working day outside the holidays and the schools' summer weeks."""
    return dates.is_working_day(day, closed) and not dates.holiday_overlap(day, day, closed)


def _earliest(wish: Wish) -> date | None:
    """The first day that holds, found by halves: a later day of decision never makes the plan begin earlier."""
    first = max(wish.today, wish.decides_on)

    def fits(away: int) -> bool:
        return _plan(replace(wish, decides_on=first + away * DAY), any_day=True).holds

    away = bisect_left(range(_FAR), True, key=fits)
    if away == _FAR:
        return None
    day = first + away * DAY
    while not meets(day, wish.closed):
        day += DAY
    return day


def _plan(wish: Wish, *, any_day: bool = False) -> Backwards:
    """The plan of one day of decision. ``any_day``: also where it is no day to meet."""
    lines: list[Line] = []
    met: dict[int, date] = {}
    bound = _bodies(wish, lines, met)
    report_on, by_report = _report(wish, bound, lines)
    latest, why = _latest_last_day(wish, report_on)
    if wish.period is not None:
        (opens_on, last_day), longer = wish.period, 0
        stands = (Reason(_STANDS),)
        lines += [Line(Stage.LAST_DAY, last_day, stands), Line(Stage.OPENS, opens_on, stands)]
    else:
        last_day, opens_on = latest, _opens(wish, latest)
        longer = _overlap(wish, opens_on, last_day)
        lines += [Line(Stage.LAST_DAY, last_day, why), Line(Stage.OPENS, opens_on, _why_length(wish, opens_on, latest))]
        _sent_out(wish, opens_on, lines, met)
    lines.sort(key=lambda line: line.on)
    too_late = _too_late(wish, lines, latest, by_report)
    if too_late is None and not any_day and not dates.is_working_day(wish.decides_on, wish.closed):
        too_late = Reason(_NOT_A_DAY, {"day": wish.decides_on})
    return Backwards(tuple(lines), opens_on, last_day, longer, report_on, met, too_late)


def _bodies(wish: Wish, lines: list[Line], met: dict[int, date]) -> date:
    """Plan who treats the matter after the hearing, the last first; the day by which the first agenda is public."""
    last = len(wish.bodies) - 1
    why: tuple[Reason, ...] = (Reason(_MEETS),)
    on = bound = wish.decides_on
    for place in range(last, -1, -1):
        body = wish.bodies[place]
        if place != last:
            if body.kind is StepKind.HEARING:
                continue
            on, moved = _back(bound - DAY, wish, meeting=True)
            why = (Reason(_BEFORE, {"body": body.name, "day": bound}), *moved)
        bound = _meeting(wish, place, on, why, lines, met)
    return bound


def _meeting(
    wish: Wish, place: int, on: date, why: tuple[Reason, ...], lines: list[Line], met: dict[int, date]
) -> date:
    """One body and its agenda; the day by which what it treats must be there."""
    met[place] = on
    lines.append(Line(Stage.MEETING, on, why, place))
    if wish.bodies[place].kind in NO_AGENDA:
        return on
    public, moved = _back(on - AGENDA_DAYS * DAY, wish)
    lines.append(Line(Stage.AGENDA, public, (Reason(_AGENDA, {"days": AGENDA_DAYS}), *moved), place))
    return public


def _sent_out(wish: Wish, opens_on: date, lines: list[Line], met: dict[int, date]) -> None:
    """Plan who sends the proposal out to be heard, before it opens."""
    bound = opens_on
    for place in range(len(wish.bodies) - 2, -1, -1):
        body = wish.bodies[place]
        if body.kind is StepKind.HEARING:
            on, moved = _back(bound - DAY, wish, meeting=True)
            bound = _meeting(wish, place, on, (Reason(_SENDS_OUT, {"body": body.name}), *moved), lines, met)


def _report(wish: Wish, bound: date, lines: list[Line]) -> tuple[date, date]:
    """The day of the white paper, and the latest it can be; who was told a day is told no other one here."""
    latest, moved = _back(bound - DAY, wish)
    if wish.period is not None and wish.report_on is not None:
        lines.append(Line(Stage.REPORT, wish.report_on, (Reason(_REPORT_TOLD),)))
        return wish.report_on, latest
    lines.append(Line(Stage.REPORT, latest, (Reason(_REPORT, {"day": bound}), *moved)))
    return latest, latest


def _latest_last_day(wish: Wish, report_on: date) -> tuple[date, tuple[Reason, ...]]:
    """The latest lawful last day that leaves time to weigh, and why."""
    weighing = max(wish.weighing_days, 1)
    if wish.period is not None and wish.report_on is not None:
        weighing = 1
    by_work = report_on
    for _ in range(weighing):
        by_work, _moved = _back(by_work - DAY, wish)
    waiting = max((earliest_decision(wish.basis, wish.decides_on, 1) - wish.decides_on).days, 1)
    by_law, moved = _back(wish.decides_on - waiting * DAY, wish)
    if by_work <= by_law:
        return by_work, (Reason(_WEIGHING, {"days": weighing}),)
    if waiting > 1:
        section = "planloven § 27, stk. 1" if wish.basis.key.startswith("planloven") else wish.basis.section
        return by_law, (Reason(_WAITING, {"days": waiting}, section), *moved)
    return by_law, (Reason(_DEADLINE), *moved)


def _opens(wish: Wish, last_day: date) -> date:
    """The latest working day on which the hearing can open and be long enough, holidays not counted."""
    day = last_day - wish.length * DAY
    while (lacking := wish.length + _overlap(wish, day, last_day) - (last_day - day).days) > 0:
        day -= lacking * DAY
    while not dates.is_working_day(day, wish.closed):
        day -= DAY
    return day


def _overlap(wish: Wish, opens_on: date, last_day: date) -> int:
    """How many days of the hearing lie in holidays; telling people something has no length of its own."""
    if wish.basis.key == "orientation":
        return 0
    return sum(days for _kind, days in dates.holiday_overlap(opens_on, last_day, wish.closed))


def _why_length(wish: Wish, opens_on: date, last_day: date) -> tuple[Reason, ...]:
    by_law = wish.length == wish.basis.minimum_days
    length = Reason(
        _LENGTH if by_law else _WISHED,
        {"days": wish.length, "section": wish.basis.section},
        "" if by_law else wish.basis.source if wish.length == wish.basis.advised_days else "",
    )
    if not _overlap(wish, opens_on, last_day):
        return (length,)
    spells = dates.holiday_overlap(opens_on, last_day, wish.closed)
    longer = (
        Reason(_LONGER, {"days": days, "holiday": HOLIDAYS[kind]}, "planloven § 24, stk. 7") for kind, days in spells
    )
    return (length, *longer)


def _back(day: date, wish: Wish, *, meeting: bool = False) -> tuple[date, tuple[Reason, ...]]:
    """The day itself or the last one before it that can be used, and why it moved."""
    on = day
    while not (meets(on, wish.closed) if meeting else dates.is_working_day(on, wish.closed)):
        on -= DAY
    return on, tuple(_why_moved(day, on, wish))


def _why_moved(day: date, on: date, wish: Wish) -> Iterator[Reason]:
    if on == day or (day.weekday() >= 5 and on >= day - 2 * DAY):
        return  # that nothing happens in a weekend needs no words
    spells = dates.holiday_overlap(day, day, wish.closed)
    if spells:
        yield Reason(_IN_HOLIDAY, {"day": day, "holiday": HOLIDAYS[spells[0][0]]})
    else:
        yield Reason(_CLOSED, {"day": day})


def _too_late(wish: Wish, lines: list[Line], latest: date, by_report: date) -> Reason | None:
    """Why the plan cannot be reached, if it cannot; ``lines`` are in the order of their days."""
    if wish.period is not None:
        if wish.report_on is not None and wish.report_on > by_report:
            return Reason(_REPORT_TOO_LATE, {"last": wish.report_on, "day": by_report})
        if wish.period[1] > latest:
            return Reason(_ENDS_TOO_LATE, {"last": wish.period[1], "day": latest})
        lines = [line for line in lines if line.stage in (Stage.MEETING, Stage.AGENDA, Stage.REPORT)]
        if wish.report_on is not None:
            lines = [line for line in lines if line.stage is not Stage.REPORT]
    first = min((line.on for line in lines), default=wish.today)
    return Reason(_TOO_LATE, {"day": first}) if first < wish.today else None
