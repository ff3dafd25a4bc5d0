"""How many of each kind have written, in words: "14 borgere, 1 myndighed, 2 lokaludvalg"."""

from collections.abc import Mapping

from flask_babel import ngettext

from participation.rules.kinds import Capacity


def senders(counts: Mapping[Capacity, int]) -> str:
    """The kinds in the order of the form, those with nobody left out; numbers are contributions."""
    return ", ".join(_told(capacity, counts[capacity]) for capacity in Capacity if counts.get(capacity))


def _told(capacity: Capacity, number: int) -> str:
    match capacity:
        case Capacity.CITIZEN:
            return ngettext("%(num)s borger", "%(num)s borgere", number)
        case Capacity.NEIGHBOUR:
            return ngettext("%(num)s nabo", "%(num)s naboer", number)
        case Capacity.BUSINESS:
            return ngettext("%(num)s virksomhed", "%(num)s virksomheder", number)
        case Capacity.ASSOCIATION:
            return ngettext("%(num)s forening", "%(num)s foreninger", number)
        case Capacity.AUTHORITY:
            return ngettext("%(num)s myndighed", "%(num)s myndigheder", number)
        case Capacity.LOCAL_COMMITTEE:
            return ngettext("%(num)s lokaludvalg", "%(num)s lokaludvalg", number)
        case Capacity.COUNCIL:
            return ngettext("%(num)s råd eller bestyrelse", "%(num)s råd og bestyrelser", number)
