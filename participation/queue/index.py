"""The search is kept in step: what the database says was changed is read again, as staff may read it, and written anew.

Every act that touches words, covers or senders is noted by the database itself (``search_stale``), so that no act can
forget it, and no citizen waits for it. The worker comes round a few times a minute.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.model import Attachment, Contact, Contribution, Mask, Point, Span, Text
from participation.contributions.shown import Masks, Shown, masks_of
from participation.foundation import jobs
from participation.foundation.db import begin_write, db, settling
from participation.queue.model import Found, SearchEntry, SearchStale
from participation.queue.stems import stems
from participation.rules.handling import MaskField
from participation.rules.kinds import MAIN, TextSource

#: How many notes are read at a time.
CHUNK = 200
OFTEN = timedelta(seconds=15)

Row = dict[str, Any]


def entry_id(kind: Found, key: int) -> int:
    """The id of the entry of a contribution, point or answer."""
    return 4 * key + kind


def scope(project_id: int, kind: Found) -> str:
    """The word that stands for one kind of thing in one case."""
    return f"p{project_id}k{kind.value}"


@jobs.periodic("search:index", every=OFTEN)
def _come_round(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    while index_changes():
        pass


def index_changes(most: int = CHUNK) -> int:
    """Write the entries of what was changed anew, and say how many notes that settled.

    All is read before the write lock is taken; what is changed meanwhile has a note of its own, which stays.
    """
    notes = db.session.execute(
        sa.select(SearchStale.id, SearchStale.contribution_id, SearchStale.answer_id)
        .order_by(SearchStale.id)
        .limit(most)
    ).all()
    if not notes:
        db.session.rollback()
        return 0
    contributions = {note.contribution_id for note in notes if note.contribution_id is not None}
    answers = {note.answer_id for note in notes if note.answer_id is not None}
    rows = [*_entries_of(contributions), *_answers(answers)]
    with settling():
        begin_write()
        gone = sa.or_(
            SearchEntry.contribution_id.in_(contributions),
            SearchEntry.id.in_([entry_id(Found.ANSWER, key) for key in answers]),
        )
        db.session.execute(sa.delete(SearchEntry).where(gone))
        if rows:
            db.session.execute(sa.insert(SearchEntry), rows)
        db.session.execute(sa.delete(SearchStale).where(SearchStale.id.in_([note.id for note in notes])))
    return len(notes)


def _entries_of(ids: Collection[int]) -> Iterator[Row]:
    """The entries of some contributions and of their points."""
    if not ids:
        return
    masks = masks_of(ids)
    texts = _texts(ids, masks)
    said: dict[int, list[str]] = defaultdict(list)
    for (contribution_id, _key), text in texts.items():
        said[contribution_id].append(_uncovered(text, 0, len(text.text)))
    for one in db.session.execute(
        sa.select(Contribution.id, Contribution.project_id, Contribution.organisation, Contact)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.id.in_(ids))
    ):
        yield {
            "id": entry_id(Found.CONTRIBUTION, one.id),
            "contribution_id": one.id,
            "scope": scope(one.project_id, Found.CONTRIBUTION),
            "words": stems(*said[one.id]),
            "sender": stems(*_sender(one.id, one.organisation, one.Contact, masks)),
        }
    spans: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for row in db.session.execute(
        sa.select(Point.id, Point.contribution_id, Point.project_id, Span.text_id, Span.start, Span.end)
        .join(Span, Span.point_id == Point.id)
        .where(Point.contribution_id.in_(ids), Point.retired_at.is_(None))
    ):
        if (around := texts.get((row.contribution_id, row.text_id))) is not None:
            spans[row.id, row.contribution_id, row.project_id].append(_uncovered(around, row.start, row.end))
    for (point, contribution, project), words in spans.items():
        yield {
            "id": entry_id(Found.POINT, point),
            "contribution_id": contribution,
            "scope": scope(project, Found.POINT),
            "words": stems(*words),
            "sender": "",
        }


def _texts(ids: Collection[int], masks: Masks) -> Mapping[tuple[int, int], Shown]:
    """What stands of some contributions: the latest wording of each, and its files where nothing in them is covered."""
    covered = sa.select(Mask.attachment_id).where(Mask.attachment_id.is_not(None), Mask.lifted_at.is_(None))
    rows = db.session.execute(
        sa.select(Text.id, Text.contribution_id, Text.source, Text.words, Contribution.cleared_reason)
        .join(Contribution, Contribution.id == Text.contribution_id)
        .outerjoin(Attachment, Attachment.id == Text.attachment_id)
        .where(
            Text.contribution_id.in_(ids),
            sa.or_(Text.attachment_id.is_(None), sa.and_(~Attachment.held_back, Attachment.id.not_in(covered))),
        )
        .order_by(Text.id)
    ).all()
    last = {(row.contribution_id, _part(row.source)): row.id for row in rows}
    return {
        (row.contribution_id, row.id): masks.of(row.id, row.words, row.cleared_reason)
        for row in rows
        if row.source is TextSource.FILE or row.id == last[row.contribution_id, _part(row.source)]
    }


def _part(source: TextSource) -> TextSource:
    """What a text is a version of: the words, a heading of its own, or a file."""
    return TextSource.BODY if source in MAIN else source


def _uncovered(one: Shown, start: int, end: int) -> str:
    """A stretch of a text without what is covered in it: no word of it, and no word that says so."""
    return " ".join(one.text[left:right] for left, right in _between(one, start, end))


def _between(one: Shown, start: int, end: int) -> Iterator[tuple[int, int]]:
    for left, right, _reason in one.covers:
        if left < end and start < right:
            yield start, max(start, left)
            start = min(max(start, right), end)
    yield start, end


def _sender(key: int, organisation: str, contact: Contact | None, masks: Masks) -> list[str]:
    """What staff may look for a sender by; a covered name or organisation is none of it."""
    words = [masks.field(key, MaskField.ORGANISATION, organisation)]
    if contact is not None:
        words.append(masks.field(key, MaskField.NAME, contact.name))
        words += [contact.email, contact.address, contact.represents]
        words += [one.name for one in contact.company]
    return words


def _answers(ids: Collection[int]) -> Iterator[Row]:
    """The entries of some answers; one that says nothing has none."""
    if not ids:
        return
    for one in db.session.execute(
        sa.select(
            Answer.id, Answer.project_id, Answer.words, Answer.reason, Answer.alternative, Answer.professional_reason
        ).where(Answer.id.in_(ids))
    ):
        yield {
            "id": entry_id(Found.ANSWER, one.id),
            "contribution_id": None,
            "scope": scope(one.project_id, Found.ANSWER),
            "words": stems(one.words, one.reason, one.alternative, one.professional_reason),
            "sender": "",
        }
