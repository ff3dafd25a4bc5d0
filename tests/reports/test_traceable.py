"""From every line and number of a white paper to the points it tells of and back, over the whole practice hearing.

Everything is counted again from the rows of the database by a hand that knows nothing of how the paper was made.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.model import Contribution, Point, Span, Text
from participation.foundation import clock
from participation.foundation.db import SettledFlask, db
from participation.foundation.personal import struck
from participation.projects.model import Project
from participation.reports.compile import compiled
from participation.reports.paper import Counts, Own, Paper, Quote, Section
from participation.reports.reading import read_case
from participation.rules.handling import OWED, Handling
from participation.rules.kinds import APART, Capacity, Kind, PaperForm, Rendition, SpanKind, TextSource
from participation.rules.phases import Arrival
from participation.rules.words import danish
from participation.themes.model import Placement, Theme
from tests.law.conftest import Figure, figure

__all__ = ["figure"]

SLUGS = ("trafikplan-nord", "lokalplan-117-havnegrunden", "boernepolitik", "en-park-til-alle-aldre")
#: What may stand at the end of words that were cut for a row.
CUT = " …"


@dataclass(frozen=True)
class Ground:
    """The rows that the paper was made of, read one by one.

    Attributes:
        said: every point that says something and stands, by contribution.
        words: the stretches of a point, in their order, from the text rows themselves.
        bodies: every text of a contribution that is no file, by its number.
        theme: the topic of a point, as it stands.
    """

    rows: dict[int, Contribution]
    said: dict[int, list[int]]
    number_of: dict[int, int]
    words: dict[int, list[str]]
    bodies: dict[int, list[str]]
    theme: dict[int, int]

    def timely(self, one: Contribution) -> bool:
        return (
            one.handling in OWED
            and one.duplicate_of_id is None
            and one.arrival is Arrival.IN_TIME
            and one.kind is not Kind.QUESTION
        )

    def capacities(self, numbers: Iterable[int]) -> dict[Capacity, int]:
        return dict(Counter(self.rows[number].capacity for number in numbers))


def ground(project: Project) -> Ground:
    rows = {one.number: one for one in db.session.scalars(sa.select(Contribution).filter_by(project_id=project.id))}
    number = {one.id: one.number for one in rows.values()}
    points = db.session.scalars(sa.select(Point).filter_by(project_id=project.id, retired_at=None, kind=SpanKind.SAID))
    said, number_of = defaultdict[int, list[int]](list), dict[int, int]()
    for point in points:
        said[number[point.contribution_id]].append(point.id)
        number_of[point.id] = number[point.contribution_id]
    texts = {one.id: one for one in db.session.scalars(sa.select(Text).where(Text.contribution_id.in_(number)))}
    words, bodies = defaultdict[int, list[str]](list), defaultdict[int, list[str]](list)
    for span in db.session.scalars(sa.select(Span).where(Span.point_id.in_(number_of)).order_by(Span.id)):
        words[span.point_id].append(texts[span.text_id].words[span.start : span.end])
    for text in texts.values():
        if text.source is not TextSource.FILE:
            bodies[number[text.contribution_id]].append(text.words)
    standing = sa.select(Theme.id).filter_by(project_id=project.id, retired_at=None)
    placed = db.session.execute(
        sa.select(Placement.point_id, Placement.theme_id).where(
            Placement.point_id.in_(number_of), Placement.theme_id.in_(standing)
        )
    )
    return Ground(rows, dict(said), number_of, dict(words), dict(bodies), dict(iter(placed)))


@pytest.fixture(
    scope="module",
    params=[(slug, form, rendition) for slug in SLUGS for form in PaperForm for rendition in Rendition],
    ids=lambda given: "-".join(map(str, given)),
)
def told(request: pytest.FixtureRequest, practised: SettledFlask) -> Iterator[tuple[Paper, Ground]]:
    """A paper of the practice municipality, and its ground."""
    slug, form, rendition = request.param
    with practised.app_context(), practised.test_request_context():
        project = db.session.scalars(sa.select(Project).filter_by(slug=slug)).one()
        yield compiled(read_case(project), rendition, form, now=clock.now()), ground(project)
        db.session.remove()


# -- from the paper to the points and back ----------------------------------------------------------------------------


def test_every_line_leads_to_its_points_and_every_point_to_its_line(told: tuple[Paper, Ground], figure: Figure) -> None:
    """RP-26, RE-43, L6: one row each among the entries, and by topic one place under the topics."""
    paper, of = told
    owners = {point: entry.number for entry in paper.entries for row in entry.rows for point in row.points}
    here = [point for entry in paper.entries for row in entry.rows for point in row.points]
    live = {point for number, points in of.said.items() for point in points if not gone(of, number)}
    wrong = [
        f"point {point}: row of nr. {owners.get(point)}" for point in live if owners.get(point) != of.number_of[point]
    ]
    wrong += [f"point {point} in {many} rows" for point, many in Counter(here).items() if many != 1]
    wrong += [f"point {point} is no live one" for point in set(here) - live]
    if paper.form is PaperForm.BY_TOPIC:
        wrong += misplaced(paper, of)
    assert figure("traceability, lines and points", wrong, len(live) + len(here)) == []


def gone(of: Ground, number: int) -> bool:
    return of.rows[number].handling is Handling.WITHDRAWN


def misplaced(paper: Paper, of: Ground) -> list[str]:
    """Points that stand under another topic than their own, or nowhere, or twice."""
    under = [(point, topic.key) for heading in paper.headings for topic in heading.topics for point in topic.points]
    under += [(point, 0) for own in paper.alone for point in own.points]
    timely = {point for number, points in of.said.items() for point in points if of.timely(of.rows[number])}
    wrong = [f"point {point} stands under {key}" for point, key in under if of.theme.get(point, 0) != key]
    wrong += [
        f"point {point} {many} times" for point, many in Counter(point for point, _key in under).items() if many > 1
    ]
    return wrong + [f"point {point}" for point in timely ^ {point for point, _key in under}]


def test_every_reply_is_the_answer_of_its_points(told: tuple[Paper, Ground], figure: Figure) -> None:
    """RP-23: the row's remark and recommendation are those of the answer that its key names, word for word."""
    paper, _of = told
    answers = {one.id: one for one in db.session.scalars(sa.select(Answer))}
    replies = [row.reply for entry in paper.entries for row in entry.rows if row.reply is not None]
    replies += [one.reply for heading in paper.headings for one in heading.topics if one.reply is not None]
    wrong = [
        f"answer {one.key}"
        for one in replies
        if (one.recommendation, one.reason) != (answers[one.key].recommendation, struck(answers[one.key].reason))
        or (one.words and one.words != struck(answers[one.key].words))
    ]
    assert wrong == [] if not replies else figure("traceability, replies", wrong, len(replies)) == []


# -- every sum --------------------------------------------------------------------------------------------------------


def test_every_sum_is_recounted_from_ids(told: tuple[Paper, Ground], figure: Figure) -> None:
    """RP-31, T26."""
    paper, of = told
    there = [one for one in of.rows.values() if one.handling is not Handling.WITHDRAWN]
    figures = paper.figures
    sums: list[tuple[str, object, object]] = [
        ("received", figures.received, len(there)),
        ("withdrawn", figures.withdrawn, len(of.rows) - len(there)),
        ("kinds", dict(figures.kinds), dict(Counter(one.kind for one in there))),
        ("capacities", dict(figures.capacities), dict(Counter(one.capacity for one in there))),
        ("channels", dict(figures.channels), dict(Counter(one.channel for one in there))),
        ("arrivals", dict(figures.arrivals), dict(Counter(one.arrival for one in there))),
        ("known", sum(many for _known, many in figures.known), len(there)),
        ("areas", sum(many for _area, many in figures.areas) + figures.elsewhere, len(there)),
        ("recommendations", dict(figures.recommendations), recommended(paper)),
        ("sections", sorted(number for _at, numbers in paper.sections for number in numbers), sorted(of.rows)),
    ]
    for heading in paper.headings:
        inside = {of.number_of[point] for topic in heading.topics for point in topic.points}
        sums += counted(heading.title, heading.numbers, heading.counts, inside, of)
        for topic in heading.topics:
            inside = {of.number_of[point] for point in topic.points}
            sums += counted(topic.title, topic.numbers, topic.counts, inside, of)
    for choice in paper.choices:
        sums.append((f"choice {choice.title}", dict(choice.counts), of.capacities(choice.numbers)))
    for alike in paper.alike:
        sums.append((f"alike {alike.title}", dict(alike.counts), of.capacities(alike.numbers)))
    if paper.method is not None:
        owed = [one.number for one in there if one.handling in OWED and one.duplicate_of_id is None]
        sums.append(("method", paper.method.contributions, len(owed)))
        sums.append(("method points", paper.method.points, sum(len(of.said.get(number, ())) for number in owed)))
    wrong = [f"{name}: {said} is {counted_}" for name, said, counted_ in sums if said != counted_]
    assert figure("traceability, sums", wrong, len(sums)) == []


def recommended(paper: Paper) -> dict[object, int]:
    """Rows with a recommendation, where rows are weighed."""
    weighed = (Section.BODY, Section.LATE, Section.ADDENDUM, Section.QUESTION, Section.HIDDEN)
    answers = {one.id: one.recommendation for one in db.session.scalars(sa.select(Answer))}
    rows = [row for entry in paper.entries if entry.section in weighed for row in entry.rows if row.reply is not None]
    found = (answers[row.reply.key] for row in rows if row.reply is not None)
    return dict(Counter(one for one in found if one is not None))


def counted(
    title: str, numbers: tuple[int, ...], counts: Counts, inside: set[int], of: Ground
) -> list[tuple[str, object, object]]:
    return [(title, list(numbers), sorted(inside)), (f"{title}, who", dict(counts), of.capacities(inside))]


# -- every quote ------------------------------------------------------------------------------------------------------


def is_whole(words: str, bodies: Iterable[str]) -> bool:
    """Whether the words are texts of a contribution byte for byte, with nothing between them but their headings."""
    left = words
    for body in sorted(map(struck, bodies), key=len, reverse=True):
        if body:
            left = left.replace(body, "", 1)
    headings = {f"{danish(source).capitalize()}:" for source in APART}
    return left != words and all(line in headings for line in left.split("\n") if line)


def test_every_quote_is_byte_for_byte_its_source(told: tuple[Paper, Ground], figure: Figure) -> None:
    """RP-28: a citizen's words are cut at most, and only where the cut is shown; what is covered says so itself."""
    paper, of = told
    quotes = list(quoted(paper))
    wrong = [
        f"nr. {number}: {words[:60]!r}" for number, words, points in quotes if not stands(of, number, words, points)
    ]
    whole = [entry for entry in paper.entries if entry.shown and entry.words]
    if paper.rendition is Rendition.CASE:
        wrong += [f"nr. {one.number}, whole" for one in whole if not is_whole(one.words, of.bodies[one.number])]
    assert figure("traceability, quotes", wrong, len(quotes) + len(whole)) == []


def quoted(paper: Paper) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """Number, words and points of everything between quotation marks; a quote of a topic names no point of its own."""
    for entry in paper.entries:
        for row in entry.rows:
            yield from ((entry.number, words, row.points) for words in row.quotes if words)
    few: Iterable[Quote] = paper.few
    owns: Iterable[Own] = paper.alone
    for heading in paper.headings:
        for topic in heading.topics:
            few, owns = (*few, *topic.quotes), (*owns, *topic.own)
    yield from ((one.number, one.words, ()) for one in few if one.words)
    yield from ((one.number, one.quote, one.points) for one in owns if one.quote)


def stands(of: Ground, number: int, words: str, points: tuple[int, ...]) -> bool:
    """Whether the words are in the source, byte for byte; a cut and a cover are the only things between."""
    sources = ["\n".join(of.words.get(point, ())) for point in points or of.said.get(number, ())]
    sources += of.bodies.get(number, [])
    pieces = [piece for piece in re.split(r"\[[^\]]*\]", words.removesuffix(CUT).removesuffix("…")) if piece.strip()]
    covered = len(pieces) > 1 or "[" in words
    if not covered:
        return any(words.removesuffix(CUT) in struck(source) for source in sources)
    return any(_in_order(pieces, struck(source)) for source in sources)


def _in_order(pieces: list[str], source: str) -> bool:
    at = 0
    for piece in pieces:
        at = source.find(piece.strip(), at)
        if at < 0:
            return False
        at += len(piece.strip())
    return True


def test_the_recount_notices_a_quote_that_was_touched(told: tuple[Paper, Ground]) -> None:
    """The positive control."""
    paper, of = told
    for number, words, points in list(quoted(paper))[:20]:
        if "[" not in words:
            assert not stands(of, number, f"{words[:3]}¤{words[3:]}", points)
