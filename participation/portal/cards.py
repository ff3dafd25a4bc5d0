"""A project in a few words: what a card on the front page and a line in a list say about it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from participation.contributions.after import in_words
from participation.foundation import clock
from participation.projects.model import Project, Round
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase


@dataclass(frozen=True)
class Card:
    """What is shown of a project on a list.

    Attributes:
        when: the one dated sentence.
        status: small facts beside it.
        act, act_href: the one thing to do; empty where there is nothing to do now.
    """

    title: str
    href: str
    level: Level
    phase: Phase
    summary: str
    when: str
    status: tuple[str, ...]
    act: str
    act_href: str
    closes_at: datetime | None


def first_in_turn(many: int, day: date, address: str) -> int:
    """The number that stands first among a project's proposals, 1 to `many`: drawn for each visitor and day.

    Neutral (RE-15, RL-50). Nothing is kept of the visitor: the same address draws the same number for a day.
    """
    drawn = hashlib.sha256(f"{day.isoformat()}:{address}".encode()).digest()
    return 1 + int.from_bytes(drawn[:8], "big") % max(1, many)


@dataclass(frozen=True)
class Front:
    """The matters of the front page, each where a citizen would look for it."""

    open: tuple[Card, ...]
    weighed: tuple[Card, ...]
    coming: tuple[Card, ...]
    over: tuple[Card, ...]


def card(project: Project, now: datetime) -> Card:
    """A project as a card."""
    round_ = project.round
    at = phase_of(project, now)
    act, act_href = what_to_do(project, at)
    return Card(
        title=project.title,
        href=f"/projekter/{project.slug}",
        level=round_.level if round_ else project.level,
        phase=at,
        summary=first_sentences(project.summary),
        when=when(project, at),
        status=_status(project, at, now),
        act=act,
        act_href=act_href,
        closes_at=round_.closes_at if round_ else None,
    )


def front(projects: Iterable[Project], now: datetime) -> Front:
    """Sort projects into the sections of the front page; what closes soonest stands first."""
    cards = [card(project, now) for project in projects]
    open_ = [one for one in cards if one.phase is Phase.OPEN]
    coming = [one for one in cards if one.phase is Phase.ANNOUNCED]
    weighed = [one for one in cards if one.phase in (Phase.WEIGHING, Phase.REPORTED)]
    return Front(
        open=tuple(sorted(open_, key=lambda one: (one.closes_at is None, one.closes_at or now))),
        weighed=tuple(weighed),
        coming=tuple(coming),
        over=tuple(one for one in cards if one.phase in (Phase.DECIDED, Phase.CLOSED, Phase.CANCELLED))[:6],
    )


def phase_of(project: Project, now: datetime) -> Phase:
    """The phase of the round a project stands in; an orientation is not weighed, it is over when its period is."""
    round_ = project.round
    if round_ is None:
        return Phase.DRAFT
    at = phase(round_, now)
    return Phase.CLOSED if round_.level is Level.ORIENTATION and at in (Phase.WEIGHING, Phase.REPORTED) else at


def what_to_do(project: Project, at: Phase) -> tuple[str, str]:
    """The one thing a citizen can do now and where; empty when there is nothing."""
    round_ = project.round
    if round_ is None or at is not Phase.OPEN:
        return "", ""
    words = {
        Level.ORIENTATION: (_("Stil et spørgsmål"), "spoerg"),
        Level.HEARING: (_("Svar"), "svar"),
        Level.COCREATION: (_("Kom med et forslag"), "svar"),
    }[round_.level]
    return words[0], f"/projekter/{project.slug}/{words[1]}"


def when(project: Project, at: Phase) -> str:
    """The dated sentence: what happens next, and when."""
    round_ = project.round
    if round_ is None:
        return ""
    match at:
        case Phase.ANNOUNCED:
            return _("Åbner %(day)s", day=clock.day(round_.opens_at)) if round_.opens_at else ""
        case Phase.OPEN:
            return until(round_)
        case Phase.WEIGHING:
            if round_.report_on:
                return _("Kommunens samlede svar ventes senest %(day)s.", day=clock.day(round_.report_on))
            return _("Vi læser det, I har skrevet.")
        case Phase.REPORTED:
            return decides(project, round_)
        case Phase.DECIDED:
            return _("Besluttet %(day)s", day=clock.short_day(round_.decided_at))
        case Phase.CANCELLED:
            return _("Aflyst %(day)s", day=clock.short_day(project.cancelled_at))
        case _:
            over = project.closed_at or last_moment(round_)
            return _("Afsluttet %(day)s", day=clock.short_day(over)) if over else _("Afsluttet")


def until(round_: Round) -> str:
    """Until when words are taken in, as the level says it."""
    if round_.closes_at is None:
        return _("Du kan stille spørgsmål nu")
    last = clock.day(last_moment(round_))
    return {
        Level.ORIENTATION: _("Stil spørgsmål til og med %(day)s", day=last),
        Level.HEARING: _("Svar senest %(day)s", day=last),
        Level.COCREATION: _("Kom med forslag til og med %(day)s", day=last),
    }[round_.level]


def decides(project: Project, round_: Round) -> str:
    """Who decides and when it is expected."""
    body = capital(_(project.decided_by))
    if round_.decision_on:
        return _("%(body)s beslutter, forventet %(day)s", body=body, day=clock.short_day(round_.decision_on))
    return _("%(body)s beslutter", body=body)


def last_moment(round_: Round) -> datetime | None:
    """The last moment that is in time, so that its day is the last day; nothing where there is no deadline."""
    return round_.closes_at - timedelta(microseconds=1) if round_.closes_at else None


def latest_news(project: Project) -> datetime:
    """When something happened to a project that the public was told."""
    moments = [project.announced_at, project.closed_at, project.cancelled_at, project.created_at]
    for round_ in project.rounds:
        moments += [round_.announced_at, round_.reported_at, round_.decided_at]
    return max(moment for moment in moments if moment is not None)


def came_in(project: Project) -> str:
    """How much came in, by the name that the level gives it; empty when nothing did."""
    level = project.round.level if project.round else project.level
    number = project.question_count if level is Level.ORIENTATION else project.response_count
    return in_words(level, number) if number else ""


def first_sentences(text: str, most: int = 170) -> str:
    """The first whole sentences of a summary that fit on a card; at least one."""
    kept = ""
    for sentence in text.replace("\n", " ").split(". "):
        longer = f"{kept} {sentence.strip().removesuffix('.')}.".strip()
        if kept and len(longer) > most:
            break
        kept = longer
    return kept if text.strip() else ""


def capital(words: str) -> str:
    """The words with a capital first letter, the rest untouched."""
    return words[:1].upper() + words[1:]


def _status(project: Project, at: Phase, now: datetime) -> tuple[str, ...]:
    facts = []
    round_ = project.round
    if at is Phase.OPEN and round_ is not None and round_.closes_at is not None:
        facts.append(clock.days_left(round_.closes_at, now))
    if at is not Phase.ANNOUNCED and (number := came_in(project)):
        facts.append(number)
    return tuple(facts)
