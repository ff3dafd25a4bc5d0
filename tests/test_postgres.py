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


def name_of(url):
    return run(url, "SELECT current_database()", scalar=True)


@pytest.fixture
def lender():
    def prepare(url):
        run(url, "CREATE TABLE version AS SELECT '0001' AS number")
        run(url, "CREATE TABLE word (id serial PRIMARY KEY, danish text)")
        refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it only grows'; END $$"
        run(url, refuse)
        run(url, "CREATE TRIGGER grows BEFORE DELETE ON word FOR EACH STATEMENT EXECUTE FUNCTION refuse()")

    name = postgres.make_template(prepare)
    lender = postgres.Lender(name)
    yield lender
    lender.close()
    postgres.drop(name)


def test_a_lent_database_is_emptied_and_lent_again_with_its_numbers_from_one(lender):
    with lender.lend() as url:
        first = name_of(url)
        run(url, "INSERT INTO word (danish) VALUES ('høring'), ('svar')")
        held = create_engine(url).connect()
    held.invalidate()
    with lender.lend() as url:
        assert name_of(url) == first
        assert run(url, "SELECT count(*) FROM word", scalar=True) == 0
        assert run(url, "SELECT number FROM version", scalar=True) == "0001"
        assert run(url, "INSERT INTO word (danish) VALUES ('punkt') RETURNING id", scalar=True) == 1


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER grows ON word",
        "ALTER TABLE word DISABLE TRIGGER grows",
        "ALTER TABLE word ADD COLUMN english text",
        "CREATE TABLE other (id integer)",
        "UPDATE version SET number = '0000'",
    ],
)
def test_a_database_that_a_test_changed_is_not_lent_again(lender, change):
    with lender.lend() as url:
        first = name_of(url)
        run(url, change)
    with lender.lend() as url:
        assert name_of(url) != first


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
