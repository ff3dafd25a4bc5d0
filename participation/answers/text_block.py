"""Text blocks (tekstblokke): what a department writes often, with places that are filled in where it is used."""

import re
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from participation.answers.model import TextBlock
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Department
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: A place to fill in: small letters and blanks between braces.
_PLACE = re.compile(r"\{([a-zæøå][a-zæøå ]{0,40})\}")
#: Text blocks that a department sees at once.
MOST = 200


def keep_block(
    actor: Actor, department: Department, block: TextBlock | None, title: str, words: str, *, now: datetime
) -> TextBlock:
    """Write a text block, or a new wording of one; answers that used it keep the words they have.

    Raises:
        NotAllowed: the actor does not work in the department.
        Wrong: it has no title or no words, or belongs to another department.
    """
    permission.require(actor, Act.EDIT_TEXT_BLOCK, department, now)
    if not (title.strip() and words.strip()):
        raise Wrong(mark("Skriv både en titel og en tekst."))
    if block is not None:
        _same_department(block, department)
        block.retired_at = now
    kept = TextBlock(
        department_id=department.id,
        title=title.strip(),
        words=words.strip(),
        written_by_id=actor.person_id,
        written_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    log.record(Act.EDIT_TEXT_BLOCK, actor, kept, at=now, replaces=block.id if block is not None else None)
    return kept


def retire_block(actor: Actor, department: Department, block: TextBlock, *, now: datetime) -> None:
    """Take a text block off the list.

    Raises:
        NotAllowed: the actor does not work in the department.
        Wrong: it belongs to another department.
    """
    permission.require(actor, Act.EDIT_TEXT_BLOCK, department, now)
    _same_department(block, department)
    block.retired_at = now
    db.session.flush()
    log.record(Act.EDIT_TEXT_BLOCK, actor, block, at=now, retired=True)


def blocks_of(department_id: int) -> list[TextBlock]:
    """The text blocks of a department, by title."""
    return list(
        db.session.scalars(
            sa.select(TextBlock)
            .where(TextBlock.department_id == department_id, TextBlock.retired_at.is_(None))
            .order_by(TextBlock.title, TextBlock.id)
            .limit(MOST)
        )
    )


def filled(words: str, values: Mapping[str, str]) -> str:
    """A text with its places filled in where the value is known; the others stay, for the planner to see."""
    return _PLACE.sub(lambda place: values.get(place[1]) or place[0], words)


def unfilled(words: str) -> list[str]:
    """The places of a text that nobody has filled in, as they stand there."""
    return [place[0] for place in _PLACE.finditer(words)]


def _same_department(block: TextBlock, department: Department) -> None:
    if block.department_id != department.id or block.retired_at is not None:
        raise Wrong(mark("Tekstblokken er ændret eller fjernet imens. Hent siden igen."))
