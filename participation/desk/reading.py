"""What stands around a point while it is read: the whole contribution with its points, its theme, notes and history."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from markupsafe import Markup

from participation.contributions.model import Contribution, Note, Point
from participation.contributions.shown import masks_on
from participation.desk import queries
from participation.foundation import log, markup
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.rules.kinds import NoteKind, SpanKind
from participation.themes.counts import SAID
from participation.themes.model import Placement, Theme
from participation.themes.queries import Row
from participation.themes.tree import standing

#: What stands for each covered letter, so that points keep their places.
COVERED = "█"
#: Acts of the history that are shown.
HISTORY = 100


@dataclass(frozen=True)
class Reading:
    """A point in its contribution.

    Attributes:
        words: the whole text with the points marked by their numbers.
        points: those that say something, in order. number: which of them is read, from 1.
        before, after: the point before and after, across contributions; by id.
        earlier, later: the first point of the contribution before and after.
        row: where the point lies, and why. titles: the themes by id.
        called: whether somebody has noted a call, a meeting or a letter with the sender.
        history: what was done with it, each with who did it.
    """

    contribution: Contribution
    words: Markup
    points: Sequence[Point]
    number: int
    before: int | None
    after: int | None
    earlier: int | None
    later: int | None
    row: Row
    themes: Sequence[Theme]
    notes: Sequence[Note]
    called: bool
    history: Sequence[tuple[LogEntry, str]]

    @property
    def titles(self) -> dict[int, str]:
        """The names of the themes that stand."""
        return {theme.id: theme.title for theme in self.themes}


def reading(point: Point) -> Reading:
    """Everything that stands around a point, in a fixed number of queries."""
    whole = queries.contribution_of(point.project, point.contribution.number)
    points = [one for one in whole.points if one.kind is SpanKind.SAID]
    place = next(at for at, one in enumerate(points) if one.id == point.id)
    earlier, later = _first_of(whole, before=True), _first_of(whole, before=False)
    notes = queries.notes_of(whole)
    return Reading(
        contribution=whole,
        words=_marked(whole, points),
        points=points,
        number=place + 1,
        before=points[place - 1].id if place else earlier,
        after=points[place + 1].id if place + 1 < len(points) else later,
        earlier=earlier,
        later=later,
        row=Row(point, db.session.get(Placement, point.id)),
        themes=standing(whole.project_id),
        notes=notes,
        called=any(note.kind in (NoteKind.CALL, NoteKind.MEETING, NoteKind.LETTER) for note in notes),
        history=_history(whole),
    )


def _marked(whole: Contribution, points: Sequence[Point]) -> Markup:
    body = whole.body
    if body is None:
        return markup.marked("", ())
    spans = [
        (span.start, span.end, number)
        for number, point in enumerate(points, start=1)
        for span in point.spans
        if span.text_id == body.id
    ]
    text = masks_on(whole).blanked(body.id, 0, body.words, COVERED)
    return markup.marked(text, spans)


def _first_of(whole: Contribution, *, before: bool) -> int | None:
    """The first point of the nearest contribution before or after this one that says something."""
    number = Contribution.number
    query = sa.select(Point.id).join(Contribution, Contribution.id == Point.contribution_id)
    query = query.where(Contribution.project_id == whole.project_id, SAID).limit(1)
    if before:
        return db.session.scalar(query.where(number < whole.number).order_by(number.desc(), Point.position))
    return db.session.scalar(query.where(number > whole.number).order_by(number, Point.position))


def _history(whole: Contribution) -> list[tuple[LogEntry, str]]:
    entries = log.entries_of(whole, limit=HISTORY)
    keys = [entry.actor.partition(":")[2] for entry in entries]
    people = {int(key) for key in keys if key.isdecimal()}
    names = dict(db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(people))).all())
    by = {str(key): name for key, name in names.items()}
    return [(entry, by.get(key, "")) for entry, key in zip(entries, keys, strict=True)]
