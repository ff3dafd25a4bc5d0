"""The revisions: upwards, downwards and up again, equal to the models; and the log cannot be rewritten after them."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from participation.foundation import schema
from participation.foundation.db import Base, SettledFlask, db
from participation.foundation.model import LogEntry
from participation.projects.model import Round
from tests.contributed import receive


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether a model says it: the full-text index is the database's own, with tables that only it reads."""
    return not (name or "").startswith("search_words")


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names())


def test_the_newest_revision_is_what_the_models_say(app: SettledFlask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": is_ours})
        assert compare_metadata(context, Base.metadata) == []


def test_every_revision_goes_down_and_up_again_with_data(app: SettledFlask, hearing: Round) -> None:
    receive(hearing, "Flyt overgangen.", "Lad den ligge.")
    before = tables()
    db.session.remove()
    schema.downgrade("base")
    assert tables() == {"alembic_version"}
    schema.upgrade()
    assert tables() == before
    assert schema.is_current()


@pytest.mark.parametrize("statement", ["UPDATE log SET act = 'x'", "DELETE FROM log", "DELETE FROM text"])
def test_what_only_grows_cannot_be_rewritten(app: SettledFlask, hearing: Round, statement: str) -> None:
    receive(hearing, "Flyt overgangen.")
    with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert db.session.scalar(sa.select(sa.func.count(LogEntry.id))) == 1


@pytest.mark.only("postgresql")
def test_the_log_cannot_be_truncated(app: SettledFlask, hearing: Round) -> None:
    receive(hearing, "Flyt overgangen.")
    with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE log CASCADE"))


def test_what_was_covered_before_masks_were_a_step_becomes_one_and_a_cpr_number_does_not(
    app: SettledFlask, hearing: Round
) -> None:
    receive(hearing, "Ring 12345678.")
    db.session.remove()
    schema.downgrade("0005")
    with db.engine.begin() as connection:
        for reason, start in (("contact", 5), ("contact", 6), ("cpr", 7)):
            connection.execute(
                sa.text(
                    'INSERT INTO mask (contribution_id, text_id, start, "end", reason, words, made_at)'
                    " SELECT contribution_id, id, :start, 13, :reason, '', made_at FROM text"
                ),
                {"reason": reason, "start": start},
            )
    schema.upgrade()
    steps = db.session.execute(sa.text("SELECT id, rung, reason FROM moderation")).all()
    assert [tuple(step)[1:] for step in steps] == [("mask", "contact")]
    assert db.session.scalars(sa.text("SELECT step_id FROM mask ORDER BY id")).all() == [steps[0][0]] * 2 + [None]
