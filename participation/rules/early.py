"""How early citizens were let in: the share of a project's time that was left when they were first asked (RL-43)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Early:
    """Days of a project, from its beginning to its decision.

    Attributes:
        left: days left until the decision on the day citizens were first asked.
        whole: days from the beginning to the decision; at least one.
    """

    left: int
    whole: int

    @property
    def per_cent(self) -> int:
        """The share in whole per cent, rounded down: 0 is too late, 100 is from the first day."""
        return 100 * self.left // self.whole


def time_left(began_on: date, asked_on: date | None, decides_on: date | None) -> Early | None:
    """The figure of a project; nothing while citizens were not asked or the day of the decision is unknown.

    Whoever asks before the project begins counts as asking on its first day, and after the decision as on its last.
    """
    if asked_on is None or decides_on is None or decides_on <= began_on:
        return None
    whole = (decides_on - began_on).days
    return Early(left=min(max((decides_on - asked_on).days, 0), whole), whole=whole)
