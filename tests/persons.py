"""The people of the tests: one of each role, all made up."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from participation.foundation.db import SettledFlask, db, settling
from participation.people.actor import actor_of
from participation.people.model import Department, Membership, Person
from participation.rules.kinds import Role
from participation.rules.policy import VISITOR, Actor

#: Sunday 22 November 2026, 14.33.07 in Denmark.
NOW = datetime(2026, 11, 22, 13, 33, 7, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The moment the tests happen in."""
    return NOW


@pytest.fixture
def roads(app: SettledFlask) -> Department:
    """The department Veje og Trafik."""
    return make_department("Veje og Trafik")


@pytest.fixture
def schools(app: SettledFlask) -> Department:
    """Another department."""
    return make_department("Skoler og Børn")


def make_department(name: str) -> Department:
    """A department with a contact."""
    with settling():
        department = Department(
            name=name,
            contact_name="Asta Lind",
            phone="70 00 00 01",
            email="kontakt@engelund.example",
            hours="hverdage 9–14",
        )
        db.session.add(department)
    return department


def make_person(name: str, *roles: tuple[Role, Department | None]) -> Person:
    """A person with roles, who can be signed in with ``sign_in``."""
    with settling():
        person = Person(name=name, email=f"{name.lower().replace(' ', '.')}@engelund.example", created_at=NOW)
        person.memberships = [
            Membership(role=role, department_id=department.id if department else None) for role, department in roles
        ]
        db.session.add(person)
    return person


def sign_in(client: FlaskClient, person: Person) -> None:
    """Sign a person in without typing the password."""
    with client.session_transaction() as session:
        session["_user_id"] = f"{person.id}:{person.sessions}"
        session["_fresh"] = True


@pytest.fixture
def visitor() -> Actor:
    """Somebody who is not signed in."""
    return VISITOR


@pytest.fixture
def planner_person(roads: Department) -> Person:
    """The planner of Veje og Trafik."""
    return make_person("Pia Planlægger", (Role.PLANNER, roads))


@pytest.fixture
def planner(planner_person: Person) -> Actor:
    """The planner as an actor."""
    return actor_of(planner_person)


@pytest.fixture
def other_planner(schools: Department) -> Actor:
    """A planner of another department."""
    return actor_of(make_person("Otto Andersen", (Role.PLANNER, schools)))


@pytest.fixture
def leader_person(roads: Department) -> Person:
    """The leader of Veje og Trafik."""
    return make_person("Lone Leder", (Role.LEADER, roads))


@pytest.fixture
def leader(leader_person: Person) -> Actor:
    """The leader as an actor."""
    return actor_of(leader_person)


@pytest.fixture
def clerk_person(app: SettledFlask) -> Person:
    """The committee secretary."""
    return make_person("Carl Sekretær", (Role.CLERK, None))


@pytest.fixture
def clerk(clerk_person: Person) -> Actor:
    """The committee secretary as an actor."""
    return actor_of(clerk_person)


@pytest.fixture
def councillor_person(app: SettledFlask) -> Person:
    """A member of the council."""
    return make_person("Bodil Byrød", (Role.COUNCILLOR, None))


@pytest.fixture
def councillor(councillor_person: Person) -> Actor:
    """A member of the council as an actor."""
    return actor_of(councillor_person)


@pytest.fixture
def administrator_person(app: SettledFlask) -> Person:
    """The administrator."""
    return make_person("Adam Admin", (Role.ADMINISTRATOR, None))


@pytest.fixture
def administrator(administrator_person: Person) -> Actor:
    """The administrator as an actor."""
    return actor_of(administrator_person)
