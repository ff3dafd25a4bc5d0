"""How a contribution is handled: a table of steps. Nothing is ever deleted by moderation."""

from enum import StrEnum
from typing import Final


class Handling(StrEnum):
    """Where a contribution stands between arrival and the page."""

    RECEIVED = "received"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class HidingReason(StrEnum):
    """The published list of reasons for not showing a contribution (RE-33)."""

    PERSONAL_DATA = "personal_data"
    OTHER_PERSONS = "other_persons"
    THREATS = "threats"
    UNLAWFUL = "unlawful"
    ADVERTISING = "advertising"
    NO_CONTENT = "no_content"


class Rung(StrEnum):
    """The ladder of moderation, the least intrusive first (RE-33)."""

    GUIDE = "guide"
    ASK_EDIT = "ask_edit"
    MASK = "mask"
    HIDE = "hide"
    BLOCK = "block"


STEPS: Final[dict[Handling, frozenset[Handling]]] = {
    Handling.RECEIVED: frozenset({Handling.PUBLISHED, Handling.HIDDEN, Handling.WITHDRAWN}),
    Handling.PUBLISHED: frozenset({Handling.HIDDEN, Handling.WITHDRAWN}),
    Handling.HIDDEN: frozenset({Handling.RECEIVED, Handling.PUBLISHED, Handling.WITHDRAWN}),
    Handling.WITHDRAWN: frozenset(),
}


class NoSuchStep(Exception):
    """A contribution cannot go from the one state to the other."""

    def __init__(self, now: Handling, to: Handling):
        super().__init__(f"{now} -> {to}")
        self.now, self.to = now, to


def step(now: Handling, to: Handling) -> Handling:
    """Take one step.

    Raises:
        NoSuchStep: the table has no such step.
    """
    if to not in STEPS[now]:
        raise NoSuchStep(now, to)
    return to


#: States that are owed an answer; a withdrawn contribution is no longer counted.
OWED = frozenset({Handling.RECEIVED, Handling.PUBLISHED, Handling.HIDDEN})
