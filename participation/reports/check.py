"""Nobody is left out: every contribution stands in the paper exactly once, and every count adds up (L6)."""

from collections import Counter
from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import gettext as _

from participation.foundation.forms import Wrong
from participation.reports.paper import Heading, Paper, Topic
from participation.reports.reading import Case
from participation.reports.sorting import is_timely
from participation.rules.kinds import PaperForm
from participation.rules.plain import mark


class LeftOut(Wrong):
    """A contribution would stand nowhere in the paper, or twice; such a paper is never published."""

    def __init__(self, numbers: Iterable[int], what: str, **values: str):
        self.numbers = tuple(sorted(set(numbers)))
        named = ", ".join(map(str, self.numbers))
        what = gettext(what, **values)
        super().__init__(_("Hvidbogen går ikke op: %(what)s (nr. %(numbers)s).", what=what, numbers=named))


def require_everybody(paper: Paper, case: Case) -> None:
    """Refuse a paper that leaves somebody out, tells somebody twice, or counts wrong.

    Raises:
        LeftOut: naming the numbers.
    """
    received = [one.number for one in case.written]
    told = Counter(number for _section, numbers in paper.sections for number in numbers)
    _refuse((number for number in received if told[number] != 1), mark("hvert svar skal stå ét sted"))
    _refuse((number for number in told if number not in set(received)), mark("et svar findes ikke i sagen"))
    _refuse(set(range(1, case.project.last_number + 1)) ^ set(received), mark("numrene har huller"))
    entries = Counter(entry.number for entry in paper.entries)
    _refuse((number for number in received if entries[number] != 1), mark("hvert svar skal stå én gang i bilaget"))
    _require_points(paper, case)
    _require_counts(paper)


def _require_points(paper: Paper, case: Case) -> None:
    """Each point has one row among the entries and, by topic, one place under the topics."""
    number_of = {one.id: one.number for one in case.written}
    owed = {point.id: number_of[of] for of, said in case.points.items() for point in said if of in number_of}
    withdrawn = {number for section, numbers in paper.sections if section == "withdrawn" for number in numbers}
    rows = Counter(point for entry in paper.entries for row in entry.rows for point in row.points)
    _refuse(
        (number for point, number in owed.items() if rows[point] != (number not in withdrawn)),
        mark("hvert punkt skal have én række"),
    )
    if paper.form is not PaperForm.BY_TOPIC:
        return
    timely = {point.id for one in case.written if is_timely(one) for point in case.points.get(one.id, ())}
    placed = Counter(point for heading in paper.headings for topic in heading.topics for point in topic.points)
    placed.update(point for one in paper.alone for point in one.points)
    _refuse((owed[point] for point in timely if placed[point] != 1), mark("hvert punkt skal stå under ét emne"))
    _refuse((owed[point] for point in placed if point not in timely), mark("et punkt hører ikke til her"))


def _require_counts(paper: Paper) -> None:
    """Counts by capacity add up to the numbers that they count."""
    for heading in paper.headings:
        groups: tuple[Heading | Topic, ...] = (heading, *heading.topics)
        for group in groups:
            if sum(many for _capacity, many in group.counts) != len(set(group.numbers)):
                raise LeftOut(group.numbers, mark("tallene under »%(title)s« passer ikke"), title=group.title)
        inside = {number for topic in heading.topics for number in topic.numbers}
        _refuse(inside ^ set(heading.numbers), mark("emnerne under »%(title)s« passer ikke"), title=heading.title)
    figures = paper.figures
    for counts in (figures.kinds, figures.capacities, figures.channels, figures.arrivals, figures.known):
        if sum(many for _member, many in counts) != figures.received:
            raise LeftOut((), mark("tallene passer ikke med antallet af svar"))
    if figures.received + figures.withdrawn != sum(len(numbers) for _section, numbers in paper.sections):
        raise LeftOut((), mark("tallene passer ikke med antallet af svar"))


def _refuse(numbers: Iterable[int], what: str, **values: str) -> None:
    if found := tuple(numbers):
        raise LeftOut(found, what, **values)
