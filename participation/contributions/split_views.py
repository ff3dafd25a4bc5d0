"""The staff's doors to [Del op]: a contribution is divided by its sentences, or by the words a planner marks."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from participation.contributions import desk_queries as queries
from participation.contributions.shown import masks_on
from participation.contributions.split import lift_out, split_contribution
from participation.contributions.suggest import proposal, sentences
from participation.foundation import clock
from participation.foundation.forms import number_in, whole
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.kinds import SpanKind, TextSource

blueprint = Blueprint("splitting", __name__, url_prefix="/arbejde/projekter/<slug>/svar/<int:number>/del")

#: The most points that one contribution is divided into.
MOST = 40
BACKGROUND = 0


@dataclass(frozen=True)
class Piece:
    """A text of the contribution that can be divided by itself: the letter, or a page of a file."""

    key: int
    name: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of the text, and the number of the point it belongs to; 0 is background."""

    key: str
    words: str
    point: int


@blueprint.get("")
@allows(Act.SPLIT_CONTRIBUTION)
def divide(slug: str, number: int) -> ResponseReturnValue:
    """The contribution sentence by sentence, each with its point; ``forslag`` shows what the machine would do.

    ``tekst`` names one of its texts, such as a page of a file; else it is the letter itself.
    """
    project, one = _found(slug, number)
    policy.require(current_actor(), Act.SPLIT_CONTRIBUTION, one, clock.arrival())
    text, suggested = _chosen(one, request.args), "forslag" in request.args
    numbers = _suggested(one, text) if suggested else _standing(one, text)
    return _page(project, one, text, _sentences(one, text, numbers), suggested=suggested)


@blueprint.post("")
@allows(Act.SPLIT_CONTRIBUTION)
def keep(slug: str, number: int) -> ResponseReturnValue:
    """Keep the points as chosen for each sentence."""
    _project, one = _found(slug, number)
    text = _chosen(one, request.form)
    pieces: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for sentence in _sentences(one, text, _standing(one, text)):
        chosen = request.form.get(f"s-{sentence.key}", str(sentence.point))
        typed = number_in(chosen)
        point = typed if typed is not None and 0 <= typed <= MOST else sentence.point
        _add(pieces[point], text, sentence.key)
    for at, stretch in _elsewhere(one, text):
        pieces[at].append(stretch)
    background = pieces.pop(BACKGROUND, [])
    points = split_contribution(
        current_actor(), one, [pieces[key] for key in sorted(pieces)], background, now=clock.arrival()
    )
    flash(ngettext("Det er nu %(num)s punkt.", "Det er nu %(num)s punkter.", len(points)), "success")
    return redirect(url_for(".divide", slug=slug, number=number, tekst=request.form.get("tekst") or None), 303)


@blueprint.post("/ord")
@allows(Act.SPLIT_CONTRIBUTION)
def lift(slug: str, number: int) -> ResponseReturnValue:
    """Make the marked words a point of their own; they come as a segment and a quote."""
    _project, one = _found(slug, number)
    segment = request.form.get("segment", type=whole) or (one.body.id if one.body is not None else 0)
    after = max(0, request.form.get("after", default=0, type=whole))
    lift_out(current_actor(), one, segment, request.form.get("quote", ""), after=after, now=clock.arrival())
    flash(_("De ord er nu et punkt for sig."), "success")
    return redirect(url_for(".divide", slug=slug, number=number, tekst=request.form.get("tekst") or None), 303)


def _found(slug: str, number: int) -> tuple[Any, Any]:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    return project, queries.contribution(project, number)


def _chosen(one: Any, asked: Any) -> Any:
    """The text that is divided: the one that is named, else the letter, else what its files say first."""
    texts = {text.id: text for text in _texts(one)}
    return texts.get(asked.get("tekst", type=whole)) or next(iter(texts.values()), None)


def _texts(one: Any) -> list[Any]:
    """The letter itself, unless it is empty, and the pages of its files."""
    files = [text for text in one.texts if text.source is TextSource.FILE]
    return ([one.body] if one.words.strip() or (one.body is not None and not files) else []) + files


def _pieces_of(one: Any) -> list[Piece]:
    """The texts to choose between, by what they are called; none where there is only one."""
    names, texts, found = {came.id: came.file.name for came in one.attachments}, _texts(one), list[Piece]()
    for at, text in enumerate(texts):
        name = names.get(text.attachment_id, "")
        part = sum(before.attachment_id == text.attachment_id for before in texts[:at]) + 1
        if text.attachment_id is None:
            name = _("Selve brevet")
        elif text.page:
            name = _("%(name)s, side %(page)s", name=name, page=text.page)
        elif part > 1:
            name = _("%(name)s, del %(part)s", name=name, part=part)
        found.append(Piece(text.id, name))
    return found if any(text.attachment_id for text in texts) else []


def _page(project: Any, one: Any, text: Any, rows: list[Sentence], *, suggested: bool) -> str:
    said = [point for point in one.points if point.kind is SpanKind.SAID]
    here = {row.point for row in rows}
    return render_template(
        "contributions/divide.html",
        project=project,
        phase=phases.phase(project.round, clock.arrival()),
        contribution=one,
        rows=rows,
        text=text,
        pieces=_pieces_of(one),
        others=[(at, point) for at, point in enumerate(said, start=1) if at not in here and point.spans],
        most=min(MOST, max([len(said), *here]) + 5),
        suggested=suggested,
    )


def _pieces(one: Any, text: Any) -> list[tuple[int, int, int]]:
    """The sentences of the text, cut further where a point begins or ends inside one: ``(text, start, end)``."""
    if text is None:
        return []
    cuts = sorted(
        {
            edge
            for point in one.points
            for span in point.spans
            if span.text_id == text.id
            for edge in (span.start, span.end)
        }
    )
    pieces = []
    for start, end in sentences(text.words):
        edges = [start, *(cut for cut in cuts if start < cut < end), end]
        for left, right in pairwise(edges):
            words = text.words[left:right]
            if words.strip():
                lead = len(words) - len(words.lstrip())
                pieces.append((text.id, left + lead, left + lead + len(words.strip())))
    return pieces


def _sentences(one: Any, text: Any, numbers: list[tuple[int, int, int]]) -> list[Sentence]:
    """Each piece with the number of the point that covers its beginning."""
    masks = masks_on(one)
    return [
        Sentence(f"{start}-{end}", masks.stretch(key, start, text.words[start:end]), _number(numbers, start))
        for key, start, end in _pieces(one, text)
    ]


def _elsewhere(one: Any, text: Any) -> list[tuple[int, tuple[int, int, int]]]:
    """Stretches of points in other texts, which the list of sentences does not show; they stay where they are."""
    said = [point for point in one.points if point.kind is SpanKind.SAID]
    numbered = [(said.index(point) + 1 if point in said else BACKGROUND, point) for point in one.points]
    return [
        (number, (span.text_id, span.start, span.end))
        for number, point in numbered
        for span in point.spans
        if text is None or span.text_id != text.id
    ]


def _number(numbers: list[tuple[int, int, int]], at: int) -> int:
    return next((number for start, end, number in numbers if start <= at < end), BACKGROUND)


def _standing(one: Any, text: Any) -> list[tuple[int, int, int]]:
    """The points as they are: ``(start, end, number)``."""
    said = [point for point in one.points if point.kind is SpanKind.SAID]
    return [
        (span.start, span.end, number)
        for number, point in enumerate(said, start=1)
        for span in point.spans
        if text is not None and span.text_id == text.id
    ]


def _suggested(one: Any, text: Any) -> list[tuple[int, int, int]]:
    """What the machine would do with this text; the numbers of points in other texts are theirs."""
    said, _background = proposal(text.words) if text is not None else ([], [])
    taken = {number for number, _stretch in _elsewhere(one, text)}
    free = (number for number in count(1) if number not in taken)
    return [(start, end, number) for number, piece in zip(free, said, strict=False) for start, end in piece]


def _add(piece: list[tuple[int, int, int]], text: Any, key: str) -> None:
    """Put a sentence to a point; neighbours with nothing but blanks between them become one stretch."""
    start, _dash, end = key.partition("-")
    if piece and not text.words[piece[-1][2] : int(start)].strip():
        piece[-1] = (text.id, piece[-1][1], int(end))
    else:
        piece.append((text.id, int(start), int(end)))
