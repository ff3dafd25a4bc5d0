"""How well two readers agree about where points belong: one of them a person, the other the machine.

Cohen's kappa is the share of agreement beyond what two readers reach by chance when each keeps to their own habits
(Cohen 1960, Educational and Psychological Measurement 20:37-46): 1 is full agreement, 0 is chance, below it is worse.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from participation.rules.plain import mark

Where = TypeVar("Where", bound=Hashable)

#: Fewer points than this say too little to give a figure.
FEWEST: Final = 10

#: From this kappa on, in the words of the page; the last is for what lies below all of them.
WORDS: Final = (
    (0.8, mark("I er næsten helt enige.")),
    (0.6, mark("I er enige om det meste.")),
    (0.4, mark("I er enige om en del. Se de punkter igennem, hvor I er uenige.")),
    (-1.0, mark("I er enige om for lidt. Ret emnerne, eller saml dem igen, før I bruger dem.")),
)


@dataclass(frozen=True)
class Agreement(Generic[Where]):
    """What two readers agreed about.

    Attributes:
        points: how many both have placed. same: in how many of them at the same place.
        kappa: -1 to 1; None where both put everything in one place, so that there is no chance to beat.
        f1: for each place the harmonic mean of precision and recall, 0 to 1, the machine held against the person.
    """

    points: int
    same: int
    kappa: float | None
    f1: dict[Where, float]

    @property
    def share(self) -> float:
        """Share of the points that both put in the same place, 0 to 1."""
        return self.same / self.points if self.points else 0.0

    @property
    def words(self) -> str:
        """What the kappa means, in a Danish sentence."""
        shown = 1.0 if self.kappa is None else round(self.kappa, 2)
        return next(words for least, words in WORDS if shown >= least)


def agreement(pairs: Sequence[tuple[Where, Where]]) -> Agreement[Where]:
    """How well two readers agree.

    Args:
        pairs: for each point where the person and where the machine put it; nowhere is a place, too.
    """
    many = len(pairs)
    same = sum(person == machine for person, machine in pairs)
    persons, machines = Counter(person for person, _ in pairs), Counter(machine for _, machine in pairs)
    both = Counter(person for person, machine in pairs if person == machine)
    by_chance = sum(persons[where] * machines[where] for where in persons) / (many * many) if many else 1.0
    kappa = (same / many - by_chance) / (1 - by_chance) if by_chance < 1 else None
    places = dict.fromkeys([where for pair in pairs for where in pair])
    return Agreement(
        many, same, kappa, {where: 2 * both[where] / (persons[where] + machines[where]) for where in places}
    )
