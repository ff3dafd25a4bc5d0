"""The tests' own PostgreSQL: each test has a database of its own and leaves none behind."""

import pytest
from sqlalchemy import create_engine, text

from tests import postgres


def run(url: str, statement: str, scalar: bool = False):
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        value = result.scalar() if scalar else None
    engine.dispose()
    return value


@pytest.fixture
def template():
    name = postgres.make_template(lambda url: run(url, "CREATE TABLE word AS SELECT 'høring' AS danish"))
    yield name
    postgres.drop(name)


def test_a_copy_has_what_the_template_has_and_changes_nothing_in_it(template):
    with postgres.database(template) as first:
        run(first, "DELETE FROM word")
    with postgres.database(template) as second:
        assert run(second, "SELECT danish FROM word", scalar=True) == "høring"


def test_a_database_is_dropped_even_while_somebody_holds_it(template):
    with postgres.database(template) as url:
        held = create_engine(url).connect()
        name = held.scalar(text("SELECT current_database()"))
    held.invalidate()
    there = f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    assert run(postgres.server_url(), there, scalar=True) == 0


def test_only_databases_of_the_tests_are_ever_dropped():
    with pytest.raises(ValueError, match="not a database of the tests"):
        postgres.drop("postgres")


def test_a_template_that_could_not_be_filled_is_not_left_behind():
    made = []

    def breaks(url):
        made.append(url.rsplit("/", 1)[-1].split("?")[0])
        raise RuntimeError("the migration failed")

    with pytest.raises(RuntimeError, match="the migration failed"):
        postgres.make_template(breaks)
    there = f"SELECT count(*) FROM pg_database WHERE datname = '{made[0]}'"
    assert run(postgres.server_url(), there, scalar=True) == 0
