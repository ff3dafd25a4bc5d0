""" "Her skal I vælge": where the administration says no to many, to a council or to an authority."""

from collections.abc import Iterable, Sequence

from participation.reports.paper import Choice, Counts, Entry, Heading, Own, Reply, Section
from participation.reports.sorting import counted, cut
from participation.rules.kinds import Capacity, PaperForm
from participation.rules.outcomes import Recommendation

#: From how many senders a no is one that the council should look at itself.
MANY = 5
#: Where the council may want it otherwise; what cannot be settled in this case is not theirs to choose here.
NO = frozenset({Recommendation.NOT_ACCOMMODATED, Recommendation.PARTLY})
#: Senders that the council wants to know about, however few they are.
BODIES = frozenset({Capacity.AUTHORITY, Capacity.LOCAL_COMMITTEE, Capacity.COUNCIL})

_TITLE = 90


def choices(
    form: PaperForm, headings: Sequence[Heading], alone: Sequence[Own], entries: Sequence[Entry]
) -> tuple[Choice, ...]:
    """What the council is asked to choose, the many first."""
    found = _of_topics(headings, alone) if form is PaperForm.BY_TOPIC else _of_lines(entries)
    return tuple(sorted(found, key=lambda one: (-len(one.numbers), one.numbers, one.title)))


def _of_topics(headings: Sequence[Heading], alone: Sequence[Own]) -> Iterable[Choice]:
    for heading in headings:
        for topic in heading.topics:
            if len(topic.points) > len(topic.own):
                yield from _choice(topic.title, topic.numbers, topic.counts, topic.reply)
            for one in topic.own:
                yield from _choice(topic.title, (one.number,), ((one.capacity, 1),), one.reply)
    for one in alone:
        yield from _choice(_title(one.resume or one.quote), (one.number,), ((one.capacity, 1),), one.reply)


def _of_lines(entries: Sequence[Entry]) -> Iterable[Choice]:
    by_number = {entry.number: entry for entry in entries}
    for entry in entries:
        if entry.section not in (Section.BODY, Section.LATE) or entry.told_in is not None:
            continue
        numbers = (entry.number, *entry.also)
        counts = counted(Capacity, (by_number[number].capacity for number in numbers))
        for row in entry.rows:
            title = row.topic or _title(" ".join(row.quotes) or entry.resume or entry.words)
            yield from _choice(title, numbers, counts, row.reply)


def _choice(title: str, numbers: tuple[int, ...], counts: Counts, reply: Reply | None) -> Iterable[Choice]:
    if reply is None or reply.recommendation not in NO:
        return
    many, body = len(numbers) >= MANY, any(capacity in BODIES for capacity, _ in counts)
    if many or body:
        yield Choice(title, numbers, counts, "both" if many and body else "many" if many else "body", reply)


def _title(words: str) -> str:
    """The first words, for a heading, without the dash of a list; the whole stands below."""
    line = " ".join(words.split())
    return cut(line.lstrip("-–—•*· ") or line, _TITLE)
