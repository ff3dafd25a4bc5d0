"""Looking for words in a case: contributions, points and answers that hold all of them, the latest first.

A page is found by the full-text index and begins where the last one ended, so it costs the same in a case of 200 and of
20,000. What was changed a moment ago is left out until it has been read again: nobody finds a letter by covered words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from participation.answers.model import Answer
from participation.contributions.model import Contribution, Point
from participation.contributions.shown import Masks, masks_of, shown
from participation.foundation.db import db, dialect
from participation.projects.model import Project
from participation.queue.index import scope
from participation.queue.model import Found, SearchEntry, SearchStale
from participation.queue.stems import asked, hits
from participation.rules.handling import MaskField
from participation.rules.kinds import TextSource

PAGE = 25
#: Characters of a snippet, and how many of them stand before the first word that was found.
_SNIPPET, _BEFORE = 260, 80


@dataclass(frozen=True)
class Snippet:
    """A piece of a text around the words that were found; ``spans`` are where they stand in ``words``."""

    words: str
    spans: Sequence[tuple[int, int]] = ()
    begins: bool = True
    ends: bool = True


@dataclass(frozen=True)
class Hit:
    """Something that was found: a contribution, a point of one, or an answer."""

    key: int
    contribution: Contribution | None
    answer: Answer | None
    name: str
    snippet: Snippet


@dataclass(frozen=True)
class Hits:
    """A page of what was found.

    Attributes:
        older: where the next page begins; None on the last.
        waiting: something in the case was changed a moment ago and cannot be found yet.
    """

    rows: Sequence[Hit]
    older: int | None
    waiting: bool


def search(project: Project, typed: str, kind: Found, *, sender: bool, below: int | None = None) -> Hits:
    """What holds every word that was typed, or a word that begins so; nothing where no word was typed.

    Args:
        sender: also look into the names of senders, and show them; for those who may see them.
        below: the id of the entry that the last page ended with.
    """
    wanted = asked(typed)
    if not wanted:
        return Hits([], None, waiting=False)
    query = _entries(project.id, wanted, kind, sender=sender)
    if below is not None:
        query = query.where(SearchEntry.id < below)
    found = list(db.session.scalars(query.order_by(_ORDER[dialect()].desc()).limit(PAGE + 1)))
    older = found[PAGE - 1] if len(found) > PAGE else None
    keys = [key // 4 for key in found[:PAGE]]
    rows = {
        Found.CONTRIBUTION: _contributions,
        Found.POINT: _points,
        Found.ANSWER: _answers,
    }[kind](keys, wanted, sender)
    by_key = {row.key: row for row in rows}
    return Hits([by_key[key] for key in keys if key in by_key], older, _waiting(project.id))


def points_with(project_id: int, typed: str) -> sa.Select[int]:
    """The ids of the points that hold what was typed, as a query to stand in another."""
    query = _entries(project_id, asked(typed), Found.POINT, sender=False)
    return sa.select((query.subquery().c.id // 4).label("id"))


def _entries(project_id: int, wanted: Sequence[str], kind: Found, *, sender: bool) -> sa.Select[int]:
    """The entries that hold all the stems, or words that begin with them."""
    where = scope(project_id, kind)
    if dialect() == "sqlite":
        columns = "{words sender}" if sender else "words"
        match = " AND ".join([f'scope : "{where}"', *(f'{columns} : "{stem}" *' for stem in wanted)])
        index = sa.table("search_words", sa.column("rowid"), sa.column("search_words"))
        query = (
            sa.select(SearchEntry.id)
            .join_from(index, SearchEntry, SearchEntry.id == index.c.rowid)
            .where(index.c.search_words.op("MATCH")(match))
        )
    else:
        held = "search_entry.words || ' ' || search_entry.sender" if sender else "search_entry.words"
        lexemes = f"array_to_tsvector(string_to_array(trim({held}), ' '))"
        ask = sa.text(f"{lexemes} @@ CAST(:asked AS tsquery)").bindparams(
            asked=" & ".join(f"'{stem}':*" for stem in wanted)
        )
        query = sa.select(SearchEntry.id).where(SearchEntry.scope == where, ask)
    changed = sa.select(SearchStale.id).where(SearchStale.contribution_id == SearchEntry.contribution_id)
    return query.where(~sa.exists(changed))


#: The full-text index of SQLite gives its rows in order only by its own name for them.
_ORDER: dict[str, Any] = {"sqlite": sa.literal_column("search_words.rowid"), "postgresql": SearchEntry.id}


def _waiting(project_id: int) -> bool:
    changed = (
        sa.select(SearchStale.id)
        .join(Contribution, Contribution.id == SearchStale.contribution_id)
        .where(Contribution.project_id == project_id)
        .limit(1)
    )
    return db.session.scalar(changed) is not None


def _contributions(keys: Sequence[int], wanted: Sequence[str], named: bool) -> list[Hit]:
    rows = db.session.scalars(
        sa.select(Contribution).where(Contribution.id.in_(keys)).options(*_whole(Contribution.texts))
    ).all()
    masks = masks_of([one.id for one in rows if one.is_masked])
    found = []
    for one in rows:
        words = [
            masks.of(text.id, text.words, one.cleared_reason).words
            for text in one.texts
            if text.source is TextSource.FILE or text in one.standing
        ]
        words = [text for text in words if hits(text, wanted)] or words
        found.append(Hit(one.id, one, None, _name(one, named, masks), _snippet(words[0] if words else "", wanted)))
    return found


def _points(keys: Sequence[int], wanted: Sequence[str], named: bool) -> list[Hit]:
    rows = db.session.scalars(
        sa.select(Point)
        .where(Point.id.in_(keys))
        .options(joinedload(Point.contribution).options(*_whole()), selectinload(Point.spans))
    ).all()
    masks = masks_of([one.contribution_id for one in rows if one.contribution.is_masked])
    return [
        Hit(
            point.id,
            point.contribution,
            None,
            _name(point.contribution, named, masks),
            _snippet(
                "\n".join(
                    masks.of(span.text_id, span.text.words, point.contribution.cleared_reason).cut(span.start, span.end)
                    for span in point.spans
                ),
                wanted,
            ),
        )
        for point in rows
    ]


def _answers(keys: Sequence[int], wanted: Sequence[str], named: bool) -> list[Hit]:
    rows = db.session.scalars(
        sa.select(Answer)
        .where(Answer.id.in_(keys))
        .options(
            lazyload(Answer.project),
            joinedload(Answer.theme),
            joinedload(Answer.contribution).options(*_whole()),
            joinedload(Answer.point).joinedload(Point.contribution).options(*_whole()),
        )
    ).all()
    found = []
    for one in rows:
        texts = (one.words, one.reason, one.alternative, one.professional_reason)
        text = next((text for text in texts if hits(text, wanted)), one.words)
        about = one.contribution or (one.point.contribution if one.point is not None else None)
        found.append(Hit(one.id, about, one, one.theme.title if one.theme is not None else "", _snippet(text, wanted)))
    return found


def _whole(*lists: Any) -> list[Any]:
    return [
        lazyload(Contribution.project),
        lazyload(Contribution.round),
        joinedload(Contribution.contact),
        *(selectinload(one) for one in lists),
    ]


def _name(one: Contribution, named: bool, masks: Masks) -> str:
    """Who sent it, for those who may see it; a covered name is not shown here."""
    covered = {MaskField.NAME, MaskField.ORGANISATION} & set(masks.fields.get(one.id, ()))
    return one.staff_name if named and not covered else ""


def _snippet(text: str, wanted: Sequence[str]) -> Snippet:
    """The first place where a word was found, with some words around it."""
    safe = shown(text).words
    places = hits(safe, wanted)
    start = max(0, places[0][0] - _BEFORE) if places else 0
    if start:
        start = safe.find(" ", start, places[0][0]) + 1 or places[0][0]
    end = min(len(safe), start + _SNIPPET)
    return Snippet(
        safe[start:end],
        [(left - start, min(right, end) - start) for left, right in places if left >= start and left < end],
        begins=start == 0,
        ends=end == len(safe),
    )
