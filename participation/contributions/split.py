"""A contribution is divided into points, each owed its own answer (RP-23); a person's division stands for good.

A point is one or more stretches of the text that say one thing; background (a greeting, "jeg bor på nr. 12") owes no
answer. The words themselves are never touched: a stretch is code points of an immutable text.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from participation.contributions.model import Contribution, Point, Span
from participation.foundation import log, markup, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.kinds import SpanKind
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: A stretch of a text: its row, and code points ``[start, end)``.
Stretch = tuple[int, int, int]


def split_contribution(
    actor: Actor,
    contribution: Contribution,
    pieces: Sequence[Sequence[Stretch]],
    background: Sequence[Stretch] = (),
    *,
    now: datetime,
) -> list[Point]:
    """Divide a contribution into the points that a planner sees in it.

    A point whose stretches are as before stays the same point, with its answer; the others are retired and new ones
    made. No machine moves any of them again.

    Args:
        pieces: for each point its stretches, in the order the points are numbered.
        background: stretches that owe no answer.

    Returns:
        The points that say something, in order.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point is left, a stretch is empty, lies outside its text or in two points.
    """
    permission.require(actor, Act.SPLIT_CONTRIBUTION, contribution, now)
    wanted = [tuple(sorted(piece)) for piece in pieces if piece]
    _check(contribution, wanted, background)

    before = {(point.kind, _stretches(point)): point for point in contribution.points}
    plan = [(SpanKind.SAID, piece) for piece in wanted]
    plan += [(SpanKind.BACKGROUND, tuple(sorted(background)))] if background else []
    points, kept = [], set()
    for position, (kind, piece) in enumerate(plan, start=1):
        point = before.get((kind, piece))
        if point is None:
            point = Point(contribution_id=contribution.id, project_id=contribution.project_id, kind=kind, made_at=now)
            point.spans = [Span(text_id=text_id, start=start, end=end) for text_id, start, end in piece]
            db.session.add(point)
        point.position, point.by_person = position, True
        kept.add(id(point))
        points.append(point)
    for old in before.values():
        if id(old) not in kept:
            old.retired_at = now
    db.session.flush()
    db.session.expire(contribution, ["points"])

    log.record(
        Act.SPLIT_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        was=len(before),
        points=[point.id for point in points],
    )
    return [point for point in points if point.kind is SpanKind.SAID]


def join_points(actor: Actor, contribution: Contribution, joined: Sequence[Point], *, now: datetime) -> list[Point]:
    """Make one point of several.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: as for `split_contribution`.
    """
    together = {point.id for point in joined}
    said = [point for point in contribution.points if point.kind is SpanKind.SAID]
    pieces: list[list[Stretch]] = []
    place: int | None = None
    for point in said:
        if point.id not in together:
            pieces.append(list(_stretches(point)))
        elif place is None:
            place = len(pieces)
            pieces.append(list(_stretches(point)))
        else:
            pieces[place].extend(_stretches(point))
    background = [
        stretch for point in contribution.points if point.kind is SpanKind.BACKGROUND for stretch in _stretches(point)
    ]
    return split_contribution(actor, contribution, pieces, background, now=now)


def lift_out(
    actor: Actor, contribution: Contribution, segment: int, quote: str, *, after: int = 0, now: datetime
) -> list[Point]:
    """Make the words that a planner has marked in the browser a point of their own.

    Args:
        segment: the text they were marked in.
        quote: the words as the browser gives them; blanks and line ends may differ from the text's.
        after: where in the text to begin looking, in code points; the first place from there on is meant.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: the words do not stand in the text.
    """
    permission.require(actor, Act.SPLIT_CONTRIBUTION, contribution, now)
    words = next((text.words for text in contribution.texts if text.id == segment), "")
    found = place_of(quote, words, after) or place_of(quote, words)
    if found is None:
        raise Wrong(mark("De ord står ikke i teksten. Marker dem igen, og prøv så."))
    cut = (segment, *found)
    pieces: list[list[Stretch]] = []
    background: list[Stretch] = []
    for point in contribution.points:
        rest = [left for stretch in _stretches(point) for left in _without(stretch, cut, contribution)]
        if point.kind is SpanKind.SAID:
            pieces.append(rest)
        else:
            background += rest
    pieces.append([cut])
    return split_contribution(actor, contribution, pieces, background, now=now)


def place_of(quote: str, text: str, after: int = 0) -> tuple[int, int] | None:
    """Where a quote from the page stands in the stored text, in code points ``[start, end)``; None where it does not.

    A page shows CRLF as a line break, leaves control characters out and lets blanks run together, so runs of blanks
    match each other.
    """
    folded, places = _folded(text)
    wanted = _folded(quote)[0].strip(" ")
    found = folded.find(wanted, bisect_left(places, after)) if wanted else -1
    return (places[found], places[found + len(wanted) - 1] + 1) if found >= 0 else None


def _folded(text: str) -> tuple[str, list[int]]:
    """A text as it is read: runs of blanks as one, without what no page shows; and where each letter stands."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isspace():
            if letters[-1:] == [" "]:
                continue
            letter = " "
        elif not markup.visible(letter):
            continue
        letters.append(letter)
        places.append(place)
    return "".join(letters), places


def _stretches(point: Point) -> tuple[Stretch, ...]:
    return tuple(sorted((span.text_id, span.start, span.end) for span in point.spans))


def _without(whole: Stretch, cut: Stretch, contribution: Contribution) -> list[Stretch]:
    """What is left of a stretch when another is cut out of it, without blank ends."""
    text_id, start, end = whole
    if cut[0] != text_id or cut[2] <= start or end <= cut[1]:
        return [whole]
    words = next(text.words for text in contribution.texts if text.id == text_id)
    left = []
    for begin, stop in ((start, cut[1]), (cut[2], end)):
        piece = words[begin:stop] if begin < stop else ""
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            left.append((text_id, begin + lead, begin + lead + len(piece.strip())))
    return left


def _check(contribution: Contribution, pieces: Sequence[Sequence[Stretch]], background: Sequence[Stretch]) -> None:
    if not pieces:
        raise Wrong(mark("Der skal være mindst ét punkt, som får et svar."))
    lengths = {text.id: len(text.words) for text in contribution.texts}
    taken = sorted([stretch for piece in pieces for stretch in piece] + list(background))
    if any(text_id not in lengths or not 0 <= start < end <= lengths[text_id] for text_id, start, end in taken):
        raise Wrong(mark("Et af punkterne ligger uden for teksten. Hent siden igen, og prøv så."))
    if any(one[0] == two[0] and two[1] < one[2] for one, two in pairwise(taken)):
        raise Wrong(mark("De samme ord kan kun høre til ét punkt."))
