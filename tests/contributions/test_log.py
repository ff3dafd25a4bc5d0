"""A changed word is found by the log, an erased one proves nothing (RELIABILITY R7)."""

import pytest
import sqlalchemy as sa

from participation.contributions.correct import correct_contribution
from participation.contributions.model import Contact, Note
from participation.contributions.note import write_note
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.rules.kinds import NoteKind
from tests.contributions.sending import holder_of, submitted
from tests.persons import NOW


@pytest.fixture
def case(hearing, planner):
    one = submitted(hearing, email="a@borger.example")
    with settling():
        correct_contribution(holder_of(one), one, "Rettet.", now=NOW)
        write_note(planner, hearing.project, NoteKind.CALL, "Hun ringede.", one, now=NOW)
    while log.seal(NOW):
        pass
    return one


def test_the_log_of_a_case_holds(case):
    assert log.verify().sound


def behind_our_back(statement):
    """What somebody with the database in hand does; the triggers of immutable tables are theirs to drop."""
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "sqlite":
            for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.exec_driver_sql("ALTER TABLE text DISABLE TRIGGER USER")
        connection.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE text SET words = 'Noget andet.' WHERE version = 1",
        "UPDATE text SET words = 'Noget andet.' WHERE version = 2",
        "UPDATE note SET words = 'Hun ringede ikke.'",
    ],
)
def test_a_changed_word_is_found(case, change):
    behind_our_back(sa.text(change))
    assert not log.verify().sound


def test_when_the_sender_is_erased_nothing_is_proved_and_nothing_breaks(case):
    with settling():
        db.session.execute(sa.delete(Contact))
        db.session.execute(sa.delete(Note))
    assert log.verify().sound
