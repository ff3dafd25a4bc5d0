"""``medspil import FILE --project …`` brings a sheet in from the command line."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from participation import cli
from participation.contributions.model import Contribution
from participation.foundation.db import db


@pytest.fixture
def medspil(app, monkeypatch):
    """The command on the test's own database."""
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)

    def run(*words):
        done = CliRunner().invoke(cli.main, list(words))
        db.session.rollback()  # what the test has read before is old now
        return done

    return run


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "svar.csv"
    path.write_text("farve;tekst\nrød;Ja tak.\nblå;\n", encoding="utf-8")
    return str(path)


def test_it_says_what_came_in_and_what_was_rejected(medspil, hearing, sheet):
    done = medspil("import", sheet, "--project", hearing.project.slug)
    assert done.exit_code == 0, done.output
    assert "1 brought in, 1 rejected, 0 known" in done.output
    assert "row 3: Teksten er tom." in done.output


def test_a_column_is_named_by_hand(medspil, hearing, sheet):
    done = medspil("import", sheet, "--project", hearing.project.slug, "--column", "text=farve")
    assert "2 brought in" in done.output
    assert list(db.session.scalars(sa.select(Contribution.number))) == [1, 2]


@pytest.mark.parametrize(
    "words",
    [("--project", "findes-ikke"), ("--column", "vrøvl"), ("--column", "vrøvl=farve"), ("--column", "text=grøn")],
)
def test_a_mistake_is_one_line_and_changes_nothing(medspil, hearing, sheet, words):
    done = medspil("import", sheet, *(() if "--project" in words else ("--project", hearing.project.slug)), *words)
    assert done.exit_code == 1
    assert len([line for line in done.stderr.splitlines() if line.startswith("medspil: ")]) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 0
