"""A note of a call, a meeting or a thought that matters to the case (notatpligt, offentlighedsloven § 13, RE-36)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.contributions.model import Contribution, Note
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import NoteKind
from participation.rules.policy import Actor


def write_note(
    actor: Actor,
    project: Project,
    kind: NoteKind,
    words: str,
    contribution: Contribution | None = None,
    *,
    now: datetime,
) -> Note:
    """Write a note into the case, on one contribution or on the case as a whole. It cannot be edited afterwards.

    Raises:
        NotAllowed: the actor may not work in this case.
        ValueError: the contribution belongs to another project.
    """
    permission.require(actor, Act.WRITE_NOTE, project, now)
    if contribution is not None and contribution.project_id != project.id:
        raise ValueError("a contribution of another project")

    note = Note(
        project_id=project.id,
        contribution_id=contribution.id if contribution is not None else None,
        person_id=actor.person_id,
        kind=kind,
        words=words,
        at=now,
    )
    db.session.add(note)
    db.session.flush()

    log.record(
        Act.WRITE_NOTE,
        actor,
        contribution if contribution is not None else project,
        at=now,
        project_id=project.id,
        digest=log.digest(f"note:{note.id}", words),
        note=note.id,
        kind=kind,
    )
    return note


@log.witness(Act.WRITE_NOTE)
def notes_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The notes behind the digests of the log; erased ones are left out."""
    of = {entry.id: entry.facts["note"] for entry in entries}
    rows = db.session.execute(sa.select(Note.id, Note.words).where(Note.id.in_(of.values())))
    words = {row.id: row.words for row in rows}
    return {entry: (f"note:{note}", words[note]) for entry, note in of.items() if note in words}
