"""Signing in and out: budgets, sessions, and no word on who exists."""

from urllib.parse import quote

import pytest
import time_machine
from flask.testing import FlaskClient

from participation.foundation.db import settling
from participation.people import passwords
from participation.people.model import Person
from tests.persons import NOW, sign_in

PASSWORD = "hest batteri cykelsti tagsten"


@pytest.fixture
def with_password(planner_person: Person) -> Person:
    """A planner who has chosen a password."""
    with settling():
        planner_person.password_hash = passwords.hash_password(PASSWORD)
    return planner_person


def enter(client: FlaskClient, email: str, password: str, path: str = "/log-ind"):  # type: ignore[no-untyped-def]
    mark = client.get("/log-ind").text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": mark, "email": email, "password": password})


def test_the_right_password_opens_the_workbench(client: FlaskClient, with_password: Person) -> None:
    assert enter(client, with_password.email.upper(), PASSWORD).headers["Location"] == "/arbejde"
    assert client.get("/arbejde").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: FlaskClient, with_password: Person
) -> None:
    wrong = enter(client, with_password.email, "noget helt andet her")
    unknown = enter(client, "ingen@engelund.example", "noget helt andet her")
    assert wrong.status_code == unknown.status_code == 422
    assert "passer ikke" in wrong.text
    assert "passer ikke" in unknown.text


def test_many_guesses_at_one_account_use_up_its_budget(client: FlaskClient, with_password: Person) -> None:
    """At a moment that stands still: a new window begins by the clock."""
    with time_machine.travel(NOW):
        for _ in range(10):
            enter(client, with_password.email, "forkert kodeord her")
        assert enter(client, with_password.email, PASSWORD).status_code == 422


def test_signing_out_everywhere_ends_every_session(client: FlaskClient, with_password: Person, app: object) -> None:
    other = client.application.test_client()
    sign_in(client, with_password)
    sign_in(other, with_password)
    mark = client.get("/arbejde").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/log-ud/alle-steder", data={"csrf_token": mark}).status_code == 303
    assert other.get("/arbejde").status_code == 302


def test_somebody_made_inactive_is_out_at_once(client: FlaskClient, with_password: Person) -> None:
    sign_in(client, with_password)
    with settling():
        with_password.active = False
    assert client.get("/arbejde").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["https://ond.example", "//ond.example", "/\\ond.example", "javascript:alert(1)", "/\tond", "ond.example"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(
    client: FlaskClient, with_password: Person, wanted: str
) -> None:
    answer = enter(client, with_password.email, PASSWORD, f"/log-ind?next={quote(wanted)}")
    assert answer.headers["Location"] == "/arbejde"


def test_a_path_of_our_own_is_returned_to(client: FlaskClient, with_password: Person) -> None:
    answer = enter(client, with_password.email, PASSWORD, "/log-ind?next=/arbejde/opsaetning")
    assert answer.headers["Location"] == "/arbejde/opsaetning"


@pytest.mark.parametrize(
    "password",
    ["kort", "aaaaaaaaaaaaaaaa", "123456789012", "abcdefghijkl", "passwordpassword", "Sommer2026!!", "planlægger2026"],
)
def test_short_and_common_passwords_are_refused(app: object, password: str) -> None:
    assert passwords.objection(password, "Pia Planlægger", "pia@engelund.example")


def test_a_few_words_in_a_row_are_a_good_password(app: object) -> None:
    assert passwords.objection(PASSWORD, "Pia Planlægger", "pia@engelund.example") is None
