"""Notes of calls and meetings are acts of their own (notatpligt, RE-36)."""

import pytest
import sqlalchemy as sa

from participation.contributions.note import write_note
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.kinds import NoteKind
from participation.rules.policy import NotAllowed
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW


def test_a_note_stands_on_its_contribution_and_the_log_knows_its_digest_only(planner, hearing):
    one = submitted(hearing)
    with settling():
        note = write_note(planner, hearing.project, NoteKind.CALL, "Hun ringede igen.", one, now=NOW)
    assert (note.contribution_id, note.person_id, note.at) == (one.id, planner.person_id, NOW)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.WRITE_NOTE)).one()
    assert entry.digest is not None
    assert "ringede" not in str(entry.facts)


def test_a_note_may_stand_on_the_whole_case(clerk, hearing):
    with settling():
        assert write_note(clerk, hearing.project, NoteKind.MEETING, "Talt om dato.", now=NOW).contribution_id is None


def test_a_note_on_a_contribution_of_another_case_is_an_error(planner, hearing, roads):
    foreign = submitted(make_project(roads, slug="en-anden-sag").rounds[0])
    with pytest.raises(ValueError, match="another project"):
        write_note(planner, hearing.project, NoteKind.CALL, "Forkert.", foreign, now=NOW)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "councillor", "administrator"])
def test_nobody_else_writes_notes(request, hearing, who):
    with pytest.raises(NotAllowed):
        write_note(request.getfixturevalue(who), hearing.project, NoteKind.CALL, "Nej.", now=NOW)
