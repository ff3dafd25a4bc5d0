"""An answer that was changed behind our back is found by the log (RELIABILITY R7)."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from participation import cli
from participation.answers.draft import Draft, draft_answer
from participation.answers.question import answer_question
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.kinds import Kind
from participation.rules.outcomes import Recommendation
from tests.contributed import receive
from tests.persons import NOW
from tests.tampered import behind_our_back

YES = Recommendation.ACCOMMODATED


@pytest.fixture
def entries(planner, hearing):
    """The entries of an answer that was written twice and of an answer to a question, in order."""
    (one,) = receive(hearing, "Flyt overgangen.")
    (question,) = receive(hearing, "Hvornår?", kind=Kind.QUESTION)
    with settling():
        draft_answer(planner, Draft(one, "Vi flytter den.", YES), now=NOW)
        draft_answer(planner, Draft(one, "Vi flytter den til kirken.", YES, version=1), now=NOW)
        answer_question(planner, question, "Til maj.", publish=True, now=NOW)
    while log.seal(NOW):
        pass
    acts = (Act.DRAFT_ANSWER.value, Act.ANSWER_QUESTION.value)
    return list(db.session.scalars(sa.select(LogEntry.id).where(LogEntry.act.in_(acts)).order_by(LogEntry.id)))


def test_answers_as_they_were_written_hold(entries):
    assert log.verify().sound


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("UPDATE answer SET words = 'Nej.' WHERE version = 2", 1),
        ("UPDATE answer SET recommendation = 'noted' WHERE version = 2", 1),
        ("UPDATE answer SET version = 1 WHERE version = 2", 0),
        ("UPDATE answer_version SET words = 'Nej.' WHERE words = 'Vi flytter den.'", 0),
        ("UPDATE answer_version SET reason = 'Derfor.' WHERE version = 2", 1),
        ("DELETE FROM answer_version WHERE words = 'Vi flytter den.'", 0),
        ("UPDATE answer SET words = 'Til juni.' WHERE words = 'Til maj.'", 2),
    ],
)
def test_the_first_entry_whose_answer_was_changed_is_named(entries, change, place):
    behind_our_back(change)
    assert log.verify().first_bad == entries[place]


def test_the_command_says_where_and_why(entries, app, monkeypatch):
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)
    behind_our_back("UPDATE answer SET words = 'Nej.' WHERE version = 2")
    done = CliRunner().invoke(cli.main, ["log", "verify"])
    assert done.exit_code == 1
    assert done.stderr.strip() == (
        f"medspil: the log is broken at entry {entries[1]}: the words behind it were changed"
    )


def test_the_command_holds_the_log_against_a_head_that_was_kept(entries, app, monkeypatch):
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)
    head = log.verify().head
    assert CliRunner().invoke(cli.main, ["log", "verify", "--head", head]).exit_code == 0
    done = CliRunner().invoke(cli.main, ["log", "verify", "--head", "f" * 64])
    assert done.exit_code == 1
    assert "has lost its end" in done.stderr
