"""Which contribution stands where in a rendition, which may be read there, and how senders are counted."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import TypeVar

from participation.reports.paper import Counts, Section
from participation.reports.reading import Written
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Capacity, Kind, Rendition
from participation.rules.phases import Arrival

Member = TypeVar("Member", bound=Enum)


def section_of(one: Written, rendition: Rendition) -> Section:
    """The one place in the paper where a contribution stands."""
    if one.handling is Handling.WITHDRAWN:
        return Section.WITHDRAWN
    if one.handling is Handling.HIDDEN and not readable(one, rendition):
        return Section.HIDDEN
    if one.arrival is Arrival.AFTER_DECISION:
        return Section.AFTERWARDS
    if one.duplicate_of_id is not None:
        return Section.DUPLICATE
    if one.kind is Kind.QUESTION:
        return Section.QUESTION
    return {Arrival.LATE: Section.LATE, Arrival.AFTER_REPORT: Section.ADDENDUM}.get(one.arrival, Section.BODY)


def readable(one: Written, rendition: Rendition) -> bool:
    """Whether this rendition may show the words: published ones in public, all but unlawful ones to the council."""
    if one.handling is Handling.WITHDRAWN:
        return False
    if rendition is Rendition.PUBLIC:
        return one.handling is Handling.PUBLISHED
    return one.hidden_reason is not HidingReason.UNLAWFUL


def is_timely(one: Written) -> bool:
    """Whether it came in time and is owed its place under the topics, shown or hidden."""
    return one.is_owed and one.kind is not Kind.QUESTION and one.arrival is Arrival.IN_TIME


def counted(order: type[Member], found: Iterable[Member]) -> tuple[tuple[Member, int], ...]:
    """How many of each, in the order of the list; what there is none of is left out."""
    many = Counter(found)
    return tuple((member, many[member]) for member in order if many[member])


def count_senders(written: Iterable[Written]) -> Counts:
    """How many contributions, by what they speak as."""
    return counted(Capacity, (one.capacity for one in written))


def cut(words: str, longest: int) -> str:
    """The beginning of a text, to the end of a sentence where there is one, else of a word."""
    words = words.strip()
    if len(words) <= longest:
        return words
    kept = words[:longest]
    stop = max(kept.rfind(sign) for sign in (". ", "! ", "? ", ".\n", "!\n", "?\n"))
    kept = kept[: stop + 1] if stop >= longest // 2 else kept.rsplit(None, 1)[0]
    return f"{kept} …"
