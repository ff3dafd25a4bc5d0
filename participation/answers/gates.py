""" "Er sagen klar?" The report's gate in words: everything that is missing, with a place to mend it (RE-29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from participation.answers.compare import is_compared
from participation.answers.explain import unlike_numbers
from participation.answers.queries import OwedPoint, answers_of
from participation.contributions.ladder import to_look_at
from participation.contributions.model import Contribution
from participation.foundation.db import db
from participation.foundation.sums import summed
from participation.projects.model import Party, Project
from participation.rules.handling import OWED, Handling
from participation.rules.kinds import ApprovalRule
from participation.rules.phases import Arrival
from participation.rules.plain import mark

#: Numbers that are named at most of what is treated unlike.
MOST = 200

#: What can be said where nothing of a kind is missing, by the keys of what could be.
_IN_PLACE = (
    (("unread",), mark("Alle høringssvar er læst.")),
    (("unanswered",), mark("Alle punkter har et svar.")),
    (("comparing", "unlike"), mark("Ens ønsker er behandlet ens, eller forskellen er forklaret.")),
    (("held_back",), mark("Alt, der lignede noget privat, er set igennem.")),
    (("unconfirmed", "appealed"), mark("Alt, der er skjult, er bekræftet, og ingen venter på at blive set på igen.")),
    (("parties",), mark("De, der skal høres, har svaret eller er mindet om det.")),
    (("report_late", "no_decision_day", "decision_late"), mark("De dage, vi har givet borgerne, holder.")),
)


#: Numbers or names in a sentence; a heap of three hundred says no more than how many they are.
_TOLD = 20


@dataclass(frozen=True)
class Missing:
    """One thing that keeps the report back.

    Attributes:
        words: a Danish sentence with ``%(numbers)s`` or ``%(names)s`` in it.
        numbers: the contributions it is about.
        where: the part of the case where it is mended: "svar", "lige", "indbakke", "kreds", "klar" or "rapport".
        requirement: the id of the rule's requirement.
        blocks: False where it only warns.
    """

    key: str
    words: str
    where: str
    requirement: str
    numbers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    blocks: bool = True

    @property
    def said(self) -> str:
        """The sentence, with the first twenty of what it is about: the rest stands behind its door."""
        return str(gettext(self.words)) % {"numbers": _some(self.numbers), "names": _some(self.names)}

    @property
    def door(self) -> str:
        """Where it is mended, under the case's address: the one contribution itself where it is about one."""
        if len(self.numbers) != 1 or self.key == "unlike":
            return self.where
        return f"indbakke/{self.numbers[0]}/privat" if self.key == "held_back" else f"svar/{self.numbers[0]}"


def _some(values: Sequence[object]) -> str:
    told, more = ", ".join(map(str, values[:_TOLD])), len(values) - _TOLD
    return f"{told} {ngettext('og %(num)s til', 'og %(num)s til', more)}" if more > 0 else told


def gates(project: Project, today: date) -> list[Missing]:
    """Everything that is missing before the white paper can be published, most basic first.

    The approval of the whole note is asked by the room of reports; single approvals are asked here.
    """
    numbers = _of_each(project)
    found = [
        _unread(numbers["unread"]),
        _unanswered(numbers["unanswered"]),
        _unlike(project),
        _held_back(numbers["held_back"]),
        *_moderated(project),
        _parties(project, today),
        *_dates(project, today),
    ]
    if project.department.approval is ApprovalRule.ANSWER:
        found.append(_unapproved(numbers["unapproved"]))
    return [missing for missing in found if missing is not None]


def _of_each(project: Project) -> dict[str, tuple[int, ...]]:
    """The contributions that lack something, by what they lack."""

    def sum_up() -> dict[str, list[int]]:
        answers = answers_of(project.id)
        shown = Contribution.handling != Handling.HIDDEN
        return {
            "unread": _numbers(project, Contribution.read_at.is_(None)),
            "unanswered": _unique(answers.lacking()),
            "unapproved": _unique(answers.unapproved()),
            "held_back": _numbers(project, Contribution.held_back.is_(True), shown),
        }

    found = summed(project.id, "gates", project.last_number, sum_up)
    return {lack: tuple(numbers) for lack, numbers in found.items()}


def in_place(missing: list[Missing]) -> list[str]:
    """What is as it should be, in words, beside what is missing."""
    keys = {one.key for one in missing}
    return [words for about, words in _IN_PLACE if keys.isdisjoint(about)]


def _unread(numbers: tuple[int, ...]) -> Missing | None:
    words = mark("Læs først: nr. %(numbers)s.")
    return Missing("unread", words, "svar", "RE-29", numbers) if numbers else None


def _unanswered(numbers: tuple[int, ...]) -> Missing | None:
    words = mark("Mangler svar: nr. %(numbers)s.")
    return Missing("unanswered", words, "svar", "RP-23", numbers) if numbers else None


def _unapproved(numbers: tuple[int, ...]) -> Missing | None:
    words = mark("Ikke godkendt endnu: nr. %(numbers)s.")
    return Missing("unapproved", words, "svar", "RE-42", numbers) if numbers else None


def _unlike(project: Project) -> Missing | None:
    """Who asks for the same gets the same recommendation, or the note says why not (RE-30)."""
    if not is_compared(project):
        words = mark("Vi sammenligner stadig de punkter, der ligner hinanden. Vent et øjeblik, og hent siden igen.")
        return Missing("comparing", words, "klar", "RE-30")
    numbers = tuple(unlike_numbers(project.id, MOST))
    words = mark("Ens ønsker har fået forskellig indstilling: nr. %(numbers)s. Ret dem, eller forklar forskellen.")
    return Missing("unlike", words, "lige", "RE-30", numbers) if numbers else None


def _held_back(numbers: tuple[int, ...]) -> Missing | None:
    """Nothing personal goes out uncovered: what waits for a person is named (RE-26); what is hidden stays inside."""
    words = mark("Der kan stå private oplysninger i nr. %(numbers)s. Se dem igennem, og dæk det private.")
    return Missing("held_back", words, "indbakke?valg=held", "RE-26", numbers) if numbers else None


def _moderated(project: Project) -> list[Missing]:
    """What is hidden was seen by two where there are two; whoever asked us to look again is best answered (T14)."""
    waiting, asked = to_look_at(project.id)
    alone = mark("Skjult af én. En kollega skal bekræfte eller gøre det om: nr. %(numbers)s.")
    again = mark("Afsenderen har bedt jer se på det igen: nr. %(numbers)s.")
    return [
        *([Missing("unconfirmed", alone, "indbakke", "RE-33", waiting)] if waiting else []),
        *([Missing("appealed", again, "indbakke", "RE-33", asked, blocks=False)] if asked else []),
    ]


def _parties(project: Project, today: date) -> Missing | None:
    """Those who must be heard have answered, were reminded, or are past their agreed date (RL-61)."""
    waiting = db.session.scalars(
        sa.select(Party).where(Party.project_id == project.id, Party.answered_at.is_(None), Party.reminded_at.is_(None))
    ).all()
    names = tuple(
        party.name
        for party in waiting
        if party.invited_at is not None and not (party.agreed_on is not None and party.agreed_on < today)
    )
    words = mark("Har ikke svaret og er ikke mindet om det: %(names)s.")
    return Missing("parties", words, "kreds", "RL-61", names=names, blocks=False) if names else None


def _dates(project: Project, today: date) -> list[Missing]:
    """What citizens were told to expect: a day that nobody has set, or one that has passed (RP-21)."""
    round_ = project.round
    if round_ is None or round_.reported_at is not None:
        return []
    found = []
    if round_.report_on is not None and round_.report_on < today:
        late = mark("Dagen, vi gav borgerne for hvidbogen, er gået. Udgiv den, så snart sagen er klar.")
        found.append(Missing("report_late", late, "rapport", "RP-21", blocks=False))
    if round_.decision_on is None:
        unset = mark("Sæt sagen på dagsordenen, så borgerne ved, hvornår beslutningen ventes.")
        found.append(Missing("no_decision_day", unset, "beslutning", "RP-21", blocks=False))
    elif round_.decision_on < today:
        gone = mark("Dagen, vi gav borgerne for beslutningen, er gået. Sæt sagen på en ny dagsorden.")
        found.append(Missing("decision_late", gone, "beslutning", "RP-21", blocks=False))
    return found


def _numbers(project: Project, *conditions: sa.ColumnElement[bool]) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Contribution.number)
            .where(
                Contribution.project_id == project.id,
                Contribution.handling.in_(OWED),
                Contribution.arrival != Arrival.AFTER_DECISION,
                *conditions,
            )
            .order_by(Contribution.number)
        )
    )


def _unique(points: list[OwedPoint]) -> list[int]:
    return list(dict.fromkeys(point.number for point in points))
