"""When the deadline has passed: when it was, how much came in, where the answers are, and what a late one becomes.

Said alike on the project's page and where somebody meant to write (RP-21, RE-05; DESIGN: late).
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from participation.foundation import clock
from participation.projects.model import Project, Round
from participation.rules import dates
from participation.rules.levels import Level
from participation.rules.phases import TAKES_IN, Phase, phase


@dataclass(frozen=True)
class AfterDeadline:
    """What a round says of itself when it is over.

    Attributes:
        when: when it closed.
        came_in: how much came in.
        answers, answers_href: where the municipality's answers are, or when they are expected.
        late: what becomes of words that come now; empty where none are taken in.
        act, act_href: the way to send them.
    """

    when: str
    came_in: str
    answers: str
    answers_href: str = ""
    late: str = ""
    act: str = ""
    act_href: str = ""


def after_deadline(round_: Round, now: datetime) -> AfterDeadline | None:
    """What to say of a round whose deadline has passed; nothing while it is open, or was never open."""
    project, at = round_.project, phase(round_, now)
    if at in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN):
        return None
    asks = round_.level is Level.ORIENTATION
    number = project.question_count if asks else project.response_count
    late, act = _late(round_.level, at)
    takes_in = at in TAKES_IN
    answers, place = _answers(project, round_, at)
    return AfterDeadline(
        when=_("Fristen var %(day)s", day=clock.day(dates.last_day(round_.closes_at))) if round_.closes_at else "",
        came_in=_("Der kom %(many)s.", many=in_words(round_.level, number)) if number else _("Der kom ikke noget ind."),
        answers=answers,
        answers_href=f"/projekter/{project.slug}{place}" if place else "",
        late=late if takes_in else "",
        act=act if takes_in else "",
        act_href=f"/projekter/{project.slug}/{'spoerg' if asks else 'svar'}" if takes_in else "",
    )


def in_words(level: Level, number: int) -> str:
    """A number of what a level takes in: ``48 høringssvar``."""
    if level is Level.ORIENTATION:
        return ngettext("%(num)s spørgsmål", "%(num)s spørgsmål", number)
    if level is Level.COCREATION:
        return ngettext("%(num)s forslag", "%(num)s forslag", number)
    return ngettext("%(num)s høringssvar", "%(num)s høringssvar", number)


def _answers(project: Project, round_: Round, at: Phase) -> tuple[str, str]:
    if at is Phase.CANCELLED:
        return _("Projektet er aflyst. På projektets side kan du læse hvorfor."), "#"
    if round_.level is Level.ORIENTATION:
        return _("Spørgsmål og svar står på projektets side."), "#spoergsmaal"
    if round_.reported_at is not None:
        return _("Kommunens samlede svar er klar."), "/hvidbog"
    if round_.report_on is not None:
        return (
            _("Kommunens samlede svar kommer her på siden, forventet senest %(day)s.", day=clock.day(round_.report_on)),
            "",
        )
    return _("Kommunens samlede svar kommer her på siden."), ""


def _late(level: Level, at: Phase) -> tuple[str, str]:
    if level is Level.ORIENTATION:
        return _("Du kan stadig stille et spørgsmål. Du får svar."), _("Stil et spørgsmål")
    words = {
        Phase.WEIGHING: _("Du kan stadig skrive til os. Vi læser det og mærker det som modtaget efter fristen."),
        Phase.REPORTED: _(
            "Du kan stadig skrive til os. Vi sender det videre til dem, der beslutter, som et tillæg til vores svar."
        ),
    }.get(at, _("Du kan stadig skrive til os. Vi svarer dig, men beslutningen er truffet."))
    return words, _("Skriv alligevel")
