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


class MaskReason(StrEnum):
    """The published list of reasons for covering some words or a place on a page (RE-33)."""

    CPR = "cpr"
    CONTACT = "contact"
    HEALTH = "health"
    OTHER_PERSON = "other_person"
    OWN_NAME = "own_name"
    BUSINESS = "business"
    ABUSE = "abuse"


#: Covered by law whatever the sender says (databeskyttelsesloven § 11): there is nothing to look at again.
ALWAYS_COVERED: Final = frozenset({MaskReason.CPR})
#: A judgement of the tone, which is told in our own words; the other reasons speak for themselves.
NEEDS_WORDS: Final = frozenset({MaskReason.ABUSE})


class SweepState(StrEnum):
    """How far one act on many contributions has come."""

    TAKING = "taking"
    TAKEN = "taken"
    CONFIRMING = "confirming"
    UNDOING = "undoing"
    UNDONE = "undone"


class ClearReason(StrEnum):
    """Why what looked private may be shown after all, as the person who looked says (P2)."""

    COVERED = "covered"
    NOT_PRIVATE = "not_private"
    OWN_WISH = "own_wish"
    KNOWN = "known"


class MaskField(StrEnum):
    """A short field of a contribution that can be covered as a whole."""

    NAME = "name"
    ORGANISATION = "organisation"
    PLACE = "place"
    MATERIAL_PLACE = "material_place"


STEPS: Final[dict[Handling, frozenset[Handling]]] = {
    Handling.RECEIVED: frozenset({Handling.PUBLISHED, Handling.HIDDEN, Handling.WITHDRAWN}),
    # Back to received: taken down at once, until somebody has looked (T16).
    Handling.PUBLISHED: frozenset({Handling.RECEIVED, Handling.HIDDEN, Handling.WITHDRAWN}),
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
