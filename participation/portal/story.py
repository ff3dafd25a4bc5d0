"""A project page in sentences: the deadline and the one thing to do, the line of time, and what we promise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext

from participation.contributions.after import AfterDeadline, after_deadline
from participation.contributions.story import after_decision
from participation.foundation import clock
from participation.portal import cards
from participation.projects.model import Project, Round, Step
from participation.rules import dates, legal
from participation.rules.kinds import FINAL, RoundKind, StepKind
from participation.rules.legal_table import WEEK, LegalBasis
from participation.rules.levels import Level
from participation.rules.phases import Phase
from participation.rules.words import danish


@dataclass(frozen=True)
class Deadline:
    """The box nobody can miss.

    Attributes:
        when: the sentence with the date.
        days: whole days left; none where nothing runs out.
        act, act_href, ease: the main button and the line beside it.
        next: what happens afterwards.
        over: what came in, where the answers are, and what a late one becomes, after closing.
    """

    when: str
    state: Literal["open", "soon", "closed"]
    days: int | None = None
    act: str = ""
    act_href: str = ""
    ease: str = ""
    next: str = ""
    over: AfterDeadline | None = None


@dataclass(frozen=True)
class Mark:
    """A mark on the line of time."""

    name: str
    when: str
    state: Literal["done", "now", "coming"]
    note: str = ""


def deadline(project: Project, now: datetime) -> Deadline | None:
    """What can be done now, until when, and what happens next; nothing for a cancelled project."""
    round_, at = project.round, cards.phase_of(project, now)
    if round_ is None or at is Phase.CANCELLED:
        return None
    if at in (Phase.DRAFT, Phase.ANNOUNCED):
        words = _("Åbner %(day)s", day=clock.day(round_.opens_at)) if round_.opens_at else _("Åbner snart")
        return Deadline(when=words, state="soon", next=_after(project, round_, at))
    if at is Phase.OPEN:
        return _open(project, round_, now)
    return _closed(project, round_, at, now)


def _open(project: Project, round_: Round, now: datetime) -> Deadline:
    act, ease = {
        Level.ORIENTATION: (_("Stil et spørgsmål"), _("uden login · du får svar fra kommunen")),
        Level.HEARING: (
            _("Skriv dit høringssvar"),
            _("ca. 5 minutter · uden login · du får kvittering med det samme"),
        ),
        Level.COCREATION: (
            _("Kom med et forslag"),
            _("ca. 5 minutter · uden login · du får kvittering med det samme"),
        ),
    }[round_.level]
    when = cards.until(round_)
    days = None
    if round_.closes_at is not None:
        when = _("%(until)s kl. 23.59", until=when)
        days = (dates.last_day(round_.closes_at) - dates.local_day(now)).days
    return Deadline(
        when=when,
        state="open",
        days=days,
        act=act,
        act_href=cards.what_to_do(project, Phase.OPEN)[1],
        ease=ease,
        next=_after(project, round_, Phase.OPEN),
    )


def _closed(project: Project, round_: Round, at: Phase, now: datetime) -> Deadline:
    over = after_deadline(round_, now)
    assert over is not None
    when = cards.when(project, at)
    if at in (Phase.WEIGHING, Phase.REPORTED) and over.when:
        when = over.when
    return Deadline(when=when, state="closed", next=_after(project, round_, at), over=over)


def _after(project: Project, round_: Round, at: Phase) -> str:
    """What happens next, and when."""
    if round_.level is Level.ORIENTATION:
        if at in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
            days = project.department.question_days
            return ngettext(
                "Vi svarer på dit spørgsmål inden for %(num)s arbejdsdag.",
                "Vi svarer på dit spørgsmål inden for %(num)s arbejdsdage.",
                days,
            )
        return _("Du kan læse spørgsmål og svar længere nede.")
    if at is Phase.WEIGHING:
        if round_.report_on:
            return _(
                "Kommunens samlede svar kommer her på siden, forventet senest %(day)s.", day=clock.day(round_.report_on)
            )
        return _("Kommunens samlede svar kommer her på siden.")
    if at is Phase.DECIDED:
        return _("Alle, der har skrevet, får besked om, hvordan det blev brugt.")
    if at is Phase.CLOSED:
        return _("Du kan læse, hvad der kom ind, og hvad det blev til, her på siden.")
    return cards.decides(project, round_)


# -- the line of time -------------------------------------------------------------------------------------------------


def timeline(project: Project, now: datetime) -> tuple[Mark, ...]:
    """Where the matter is, from the announcement to what comes after the decision."""
    round_, at = project.round, cards.phase_of(project, now)
    if round_ is None:
        return ()
    reached = _reached(round_, at)
    marks = [(_("Offentliggjort"), clock.short_day(project.announced_at or round_.announced_at), "")]
    marks += [_period(one) for one in project.rounds if one.announced_at is not None]
    if round_.level is Level.ORIENTATION:
        marks.append((_("Afsluttet"), clock.short_day(project.closed_at), ""))
    else:
        expected = _("senest %(day)s", day=clock.short_day(round_.report_on)) if round_.report_on else ""
        marks.append((_("Vi svarer samlet"), clock.short_day(round_.reported_at) or expected, ""))
        marks.append(_decision(project, round_))
        days = project.department.feedback_days
        marks.append((_("Besked til alle, der skrev"), after_decision(days), ""))
    announced_rounds = sum(one.announced_at is not None for one in project.rounds)
    here = 0 if announced_rounds == 0 or reached < 0 else announced_rounds + reached
    states: list[Literal["done", "now", "coming"]] = [
        "done" if number < here or at is Phase.CLOSED else "now" if number == here else "coming"
        for number in range(len(marks))
    ]
    return tuple(Mark(name, when, state, note) for (name, when, note), state in zip(marks, states, strict=True))


def _reached(round_: Round, at: Phase) -> int:
    """How many marks after its own period a round has come; -1 before it opens."""
    if round_.level is Level.ORIENTATION:
        return {Phase.DRAFT: -1, Phase.ANNOUNCED: -1, Phase.OPEN: 0}.get(at, 1)
    return {
        Phase.DRAFT: -1,
        Phase.ANNOUNCED: -1,
        Phase.OPEN: 0,
        Phase.WEIGHING: 1,
        Phase.REPORTED: 2,
        Phase.DECIDED: 3,
    }.get(at, 3)


def _period(round_: Round) -> tuple[str, str, str]:
    name = {
        Level.ORIENTATION: _("Åben for spørgsmål"),
        Level.HEARING: _("Åben for høringssvar"),
        Level.COCREATION: _("Åben for forslag"),
    }[round_.level]
    if round_.kind in (RoundKind.IDEAS, RoundKind.SUPPLEMENTARY, RoundKind.NEIGHBOURS):
        name = _(danish(round_.kind))
    first = clock.short_day(round_.opens_at)
    last = clock.short_day(cards.last_moment(round_))
    return name, _("%(first)s til %(last)s", first=first, last=last) if last else first, ""


def _decision(project: Project, round_: Round) -> tuple[str, str, str]:
    final = next((step for step in project.steps if step.result in FINAL), None)
    body = cards.capital(_(project.decided_by))
    if final is not None:
        return (
            _("%(body)s har besluttet", body=final.body),
            clock.short_day(final.met_on or round_.decided_at),
            _(danish(final.result)) if final.result else "",
        )
    expected = _("forventet %(day)s", day=clock.short_day(round_.decision_on)) if round_.decision_on else ""
    return _("%(body)s beslutter", body=body), clock.short_day(round_.decided_at) or expected, ""


def steps(project: Project) -> list[Step]:
    """The steps of the decision that are worth their own line: more than the one body that decides."""
    kept = [step for step in project.steps if step.kind is not StepKind.HEARING or step.met_on is not None]
    return kept if len(kept) > 1 or any(step.result is not None for step in kept) else []


def promises(project: Project, level: Level) -> list[str]:
    """What binds us, one sentence each (RP-21)."""
    department = project.department
    answer = ngettext(
        "Vi svarer på spørgsmål inden for %(num)s arbejdsdag.",
        "Vi svarer på spørgsmål inden for %(num)s arbejdsdage.",
        department.question_days,
    )
    if level is Level.ORIENTATION:
        return [answer]
    told = ngettext(
        "Alle, der skriver, får besked senest %(num)s arbejdsdag efter beslutningen.",
        "Alle, der skriver, får besked senest %(num)s arbejdsdage efter beslutningen.",
        department.feedback_days,
    )
    return [_("Du får en kvittering med det samme."), answer, told]


def law(round_: Round) -> tuple[str, list[str]] | None:
    """Which law a round stands under, and what that gives the reader, one plain sentence each (RP-40).

    Only what the rule table of the day it was announced says; nothing where the municipality asks of its own accord.
    """
    if round_.rule is None or not (rule := LegalBasis(**legal.from_facts(round_.rule))).minimum_days:
        return None
    told = [_("Loven giver dig mindst %(time)s til at svare.", time=_long(rule.minimum_days))]
    if round_.opens_at is not None and round_.closes_at is not None:
        days = (dates.local_day(round_.closes_at) - dates.local_day(round_.opens_at)).days
        told.append(ngettext("Her har du %(num)s dag.", "Her har du %(num)s dage.", days))
    if rule.waiting_days:
        told.append(_("Vi må først beslutte %(time)s efter fristen.", time=_long(rule.waiting_days)))
    elif rule.waiting_days_after_objections:
        told.append(
            _(
                "Er nogen imod, må vi først beslutte %(time)s efter fristen.",
                time=_long(rule.waiting_days_after_objections),
            )
        )
    if rule.needs_circle:
        told.append(_("Vi skal skrive direkte til dem, sagen gælder for."))
    return rule.section, told


def _long(days: int) -> str:
    """A number of days as the law counts it: in weeks where it is whole weeks."""
    if days % WEEK == 0:
        return ngettext("%(num)s uge", "%(num)s uger", days // WEEK)
    return ngettext("%(num)s dag", "%(num)s dage", days)
