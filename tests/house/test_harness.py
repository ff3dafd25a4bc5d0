"""The harness judges: what may be skipped at home fails where nothing may be skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TESTS = """
import pytest

@pytest.fixture
def migrated(): ...

def test_stands(): assert 1 + 1 == 2
def test_lacks_something(): pytest.skip("no such thing here")
@pytest.mark.xfail(strict=True)
def test_known_fault(): assert 1 + 1 == 3
@pytest.mark.only("postgresql")
def test_of_postgres(migrated): assert "kept"
@pytest.mark.only("sqlite")
def test_of_sqlite(migrated): assert "kept"
"""


def run(folder: Path, *arguments: str, **environ: str) -> str:
    """Run the small tests above with the harness; gives what pytest said."""
    (folder / "test_small.py").write_text(TESTS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDSPIL_", "PYTEST_"))}
    call = [sys.executable, "-m", "pytest", "-p", "tests.harness", "-p", "no:cacheprovider", "-rs", *arguments]
    done = subprocess.run(
        [*call, str(folder)],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_at_home_a_skip_is_told_and_passes(tmp_path):
    said = run(tmp_path)
    assert "2 passed, 1 skipped, 1 deselected, 1 xfailed" in said
    assert "no such thing here" in said


def test_in_ci_a_skip_is_a_failure_with_its_reason(tmp_path):
    said = run(tmp_path, MEDSPIL_CI="1")
    assert "1 failed, 2 passed, 1 deselected, 1 xfailed" in said
    assert "nothing may be skipped here. Skipped: no such thing here" in said


@pytest.mark.parametrize(("database", "kept"), [("sqlite", "test_of_sqlite"), ("postgresql", "test_of_postgres")])
def test_a_test_about_one_database_runs_on_it_alone(tmp_path, database, kept):
    said = run(tmp_path, "-m", "database", "-v", MEDSPIL_TEST_DATABASE=database, TEST_DATABASE_URL="")
    assert "1 passed, 4 deselected" in said
    assert f"{kept} PASSED" in said


def test_in_ci_a_missing_postgres_stops_the_run(tmp_path):
    nowhere = "postgresql://nobody@127.0.0.1:1/nowhere"
    said = run(tmp_path, MEDSPIL_CI="1", MEDSPIL_TEST_DATABASE="postgresql", TEST_DATABASE_URL=nowhere)
    assert "TEST_DATABASE_URL does not serve" in said
    assert "passed" not in said
