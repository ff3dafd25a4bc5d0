"""Open data of a white paper: figures that anybody may count on, and that tell of no single person (T17, P3).

Words, names, numbers, addresses and days are left out. Private citizens stand in groups of at least five; a group
that is smaller gives up what it tells, one thing at a time, until it is large enough. ``docs/open-data.md`` is the
schema.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from participation.foundation.exports import csv_rows
from participation.reports.paper import Paper, Topic
from participation.reports.reading import Case, Written
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.kinds import PRIVATE, StepKind

#: The schema's own version: a field that is added leaves it, one that means something else raises it.
FORMAT = 1
#: No group of private citizens is smaller (k-anonymity).
SMALLEST = 5

#: A text for each column of ``CONTRIBUTIONS``; None where it is not told.
Traits = tuple[str | None, ...]

#: The columns of a group, the one that is given up first at the end.
CONTRIBUTIONS = ("kind", "speaks_as", "arrival", "channel", "week", "area")
TOPICS = ("heading", "topic", "recommendation", "private", "organisations")


class Group(NamedTuple):
    """How many contributions have the same traits."""

    traits: Traits
    many: int


def grouped(all_traits: Iterable[Traits], smallest: int = SMALLEST) -> list[Group]:
    """Groups of at least ``smallest``, as finely as that allows; nothing at all when there are too few in all.

    A group that is too small gives up its last trait and joins whoever has the others in common, again and again.
    What is left at the end takes the smallest other groups in, so that nobody can be found by subtraction.
    """
    counts = Counter(all_traits)
    if sum(counts.values()) < smallest:
        return []
    for place in reversed(range(max(map(len, counts), default=0))):
        for traits, many in list(counts.items()):
            if many < smallest and traits[place] is not None:
                del counts[traits]
                counts[(*traits[:place], *(None for _given_up in traits[place:]))] += many
    while few := [traits for traits, many in counts.items() if many < smallest]:
        rest = few[0]
        other = min((one for one in counts if one != rest), key=lambda one: (counts[one], repr(one)))
        together = counts.pop(rest) + counts.pop(other)
        counts[_common(rest, other)] += together
    return [Group(traits, counts[traits]) for traits in sorted(counts, key=_in_order)]


def _common(one: Traits, other: Traits) -> Traits:
    return tuple(mine if mine == theirs else None for mine, theirs in zip(one, other, strict=True))


def _in_order(traits: Traits) -> tuple[str, ...]:
    return tuple(trait or "" for trait in traits)


def open_data(case: Case, paper: Paper) -> dict[str, Any]:
    """What the public rendition tells in figures, as JSON can hold it, and the districts of those who wrote."""
    facts = paper.facts
    contributions = list(_contributions(case))
    told = sum(group.many for group in contributions)
    return {
        "format": "medspil-open-data",
        "format_version": FORMAT,
        "municipality": facts.municipality,
        "project": facts.slug,
        "title": facts.title,
        "case_type": facts.case_type.value,
        "level": facts.level.value,
        "version": paper.version,
        "made_on": dates.local_day(paper.made_at).isoformat(),
        "smallest_group": SMALLEST,
        "periods": [
            {
                "kind": one.kind.value,
                "level": one.level.value,
                "opens_on": one.opens_on.isoformat() if one.opens_on else None,
                "last_day": one.last_day.isoformat() if one.last_day else None,
            }
            for one in facts.periods
        ],
        "decision": [
            {
                "kind": one.kind.value,
                "met_on": one.met_on.isoformat() if one.met_on else None,
                "result": one.result.value,
            }
            for one in facts.steps
            if one.result is not None and one.kind is not StepKind.HEARING
        ],
        "received": told if told == paper.figures.received else None,
        "contributions": [
            {**dict(zip(CONTRIBUTIONS, group.traits, strict=True)), "count": group.many} for group in contributions
        ],
        "topics": [dict(zip(TOPICS, row, strict=True)) for row in _topics(paper)],
        "answers": [
            {"recommendation": one.value, "count": many} for one, many in paper.figures.recommendations
        ],
    }  # fmt: skip


def as_json(data: dict[str, Any]) -> bytes:
    """The whole as one JSON document; equal data give equal bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(data: dict[str, Any], table: str) -> bytes:
    """One of its tables, ``contributions`` or ``topics``, as Danish Excel opens it."""
    columns: Sequence[str] = (*CONTRIBUTIONS, "count") if table == "contributions" else TOPICS
    return "".join(csv_rows(columns, ([row[name] for name in columns] for row in data[table]))).encode()


def _contributions(case: Case) -> Iterable[Group]:
    """Private citizens in groups; the others, who are named in the paper, as they are but without a place."""
    there = [one for one in case.written if one.handling is not Handling.WITHDRAWN]
    yield from grouped(_traits(one, one.postal) for one in there if one.capacity in PRIVATE)
    named = Counter(_traits(one, "") for one in there if one.capacity not in PRIVATE)
    yield from (Group(traits, named[traits]) for traits in sorted(named, key=_in_order))


def _traits(one: Written, area: str) -> Traits:
    year, week, _weekday = dates.local_day(one.received_at).isocalendar()
    return (
        one.kind.value, one.capacity.value, one.arrival.value, one.channel.value, f"{year}-W{week:02}", area or None,
    )  # fmt: skip


def _topics(paper: Paper) -> Iterable[tuple[Any, ...]]:
    for heading in paper.headings:
        for topic in heading.topics:
            private, organisations = _senders(topic)
            advice = topic.reply.recommendation if topic.reply is not None else None
            shown = private if not 0 < private < SMALLEST else None
            yield heading.title, topic.title, advice.value if advice is not None else None, shown, organisations


def _senders(topic: Topic) -> tuple[int, int]:
    private = sum(many for capacity, many in topic.counts if capacity in PRIVATE)
    return private, sum(many for _capacity, many in topic.counts) - private
