"""A changed word is found by the log, an erased one proves nothing (RELIABILITY R7)."""

import pytest
import sqlalchemy as sa

from participation.contributions.correct import correct_contribution
from participation.contributions.import_ import import_contributions
from participation.contributions.model import Contact, Note
from participation.contributions.note import write_note
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.kinds import NoteKind
from tests.contributions.sending import holder_of, submitted
from tests.persons import NOW
from tests.tampered import behind_our_back


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


@pytest.mark.parametrize(
    ("change", "act"),
    [
        ("UPDATE text SET words = 'Noget andet.' WHERE version = 1", Act.SUBMIT_CONTRIBUTION),
        ("UPDATE text SET words = 'Noget andet.' WHERE version = 2", Act.CORRECT_CONTRIBUTION),
        ("UPDATE text SET source = 'file' WHERE version = 2", Act.CORRECT_CONTRIBUTION),
        ("UPDATE note SET words = 'Hun ringede ikke.'", Act.WRITE_NOTE),
    ],
)
def test_the_first_entry_whose_words_were_changed_is_named(case, change, act):
    behind_our_back(change)
    verdict = log.verify()
    assert (verdict.first_bad, verdict.why) == (entry_of(act), "the words behind it were changed")


def test_a_text_that_is_taken_away_is_found(case):
    behind_our_back("DELETE FROM span", "DELETE FROM text WHERE version = 1")
    assert log.verify().first_bad == entry_of(Act.SUBMIT_CONTRIBUTION)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE text SET words = 'Nej tak.' WHERE words = 'Ja tak.'",
        "DELETE FROM text WHERE words = 'Ja tak.'",
        "INSERT INTO text (contribution_id, source, version, words, made_at)"
        " SELECT contribution_id, 'body', 1, 'Også mig.', made_at FROM text WHERE words = 'Ja tak.'",
    ],
)
def test_an_import_stands_for_the_words_it_brought_in(planner, hearing, tmp_path, change):
    sheet = tmp_path / "svar.csv"
    sheet.write_text("tekst\nJa tak.\nMere lys.\n", encoding="utf-8")
    import_contributions(planner, hearing, sheet, now=NOW)
    while log.seal(NOW):
        pass
    assert log.verify().sound
    entry = db.session.scalar(sa.select(LogEntry.id).where(LogEntry.digest.is_not(None)))
    behind_our_back("DELETE FROM span", change)
    assert log.verify().first_bad == entry


def entry_of(act):
    return db.session.scalar(sa.select(LogEntry.id).where(LogEntry.act == act.value))


def test_when_the_sender_is_erased_nothing_is_proved_and_nothing_breaks(case):
    with settling():
        db.session.execute(sa.delete(Contact))
        db.session.execute(sa.delete(Note))
    assert log.verify().sound
