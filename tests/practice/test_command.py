"""``medspil practice`` fills an empty installation, and says in one line why it leaves another alone."""

import pytest
from click.testing import CliRunner, Result

from participation.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDSPIL_INSTANCE", str(tmp_path))
    monkeypatch.delenv("MEDSPIL_DATABASE_URL", raising=False)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return invoke


def test_a_database_in_use_is_refused_in_one_line(run):
    assert run("db", "upgrade").exit_code == 0
    assert run("administrator", "anne@example.org", "--password", "kaffe trappe ugle sand").exit_code == 0
    for command in ("practice", "demo"):
        refused = run(command)
        assert refused.exit_code == 1
        assert refused.stderr.strip().splitlines()[-1] == (
            "medspil: the practice municipality needs an empty database, and this one is in use"
        )
        assert "Traceback" not in refused.output


def test_a_database_that_was_never_made_is_told_how(run):
    refused = run("practice")
    assert refused.exit_code == 1
    assert "medspil db upgrade" in refused.stderr
