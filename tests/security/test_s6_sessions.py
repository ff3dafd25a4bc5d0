"""S6: a session is made anew at sign-in, ends on the server, and never outlives the role it was for (T9)."""

import re

import pytest

from participation.foundation.db import db, settling
from participation.people import passwords
from participation.people.edit import edit_person
from participation.people.invite import accept_invitation, invite_person
from participation.people.model import EndedSession
from participation.rules.kinds import Role
from tests.conftest import Browser
from tests.contributions.sending import send
from tests.law.conftest import Figure
from tests.persons import NOW

PASSWORD = "hest batteri cykelsti tagsten"


@pytest.fixture
def person(planner_person):
    """A planner with a password."""
    with settling():
        planner_person.password_hash = passwords.hash_password(PASSWORD)
    return planner_person


def mark(client, path="/log-ind") -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)[1]


def enter(client, person):
    values = {"csrf_token": mark(client), "email": person.email, "password": PASSWORD}
    answer = client.post("/log-ind", data=values)
    assert answer.status_code == 303
    return answer


def cookie(client) -> str:
    return client.get_cookie("session").value


def thief(app, stolen: str) -> Browser:
    """Another browser with a copy of the cookie."""
    client = Browser(app, app.response_class)
    client.set_cookie("session", stolen)
    return client


def is_in(client) -> bool:
    return client.get("/arbejde").status_code == 200


def test_what_somebody_put_in_the_session_before_sign_in_is_gone_after_it(client, person, hearing) -> None:
    """Fixation: neither the mark of the forms nor the contributions that were held before come along."""
    send(client, f"/projekter/{hearing.project.slug}/svar")
    with client.session_transaction() as before:
        before["planted"], held, old = "here", before["held"], before.get("csrf_token")
    enter(client, person)
    with client.session_transaction() as after:
        assert held
        assert {"planted", "held"} & set(after) == set()
        assert after.get("csrf_token", "new") != old


def test_a_cookie_from_before_sign_in_never_becomes_one_that_is_signed_in(app, client, person) -> None:
    client.get("/log-ind")
    planted = cookie(client)
    enter(client, person)
    assert is_in(client)
    assert not is_in(thief(app, planted))


def test_signing_out_ends_the_session_on_the_server_and_no_other(app, client, person, figure: Figure) -> None:
    """T9: a copy of the cookie opens nothing after signing out; another device stays signed in."""
    other = Browser(app, app.response_class)
    enter(other, person)
    wrong = []
    for time in range(3):
        enter(client, person)
        stolen = cookie(client)
        assert is_in(thief(app, stolen))
        assert client.post("/log-ud", data={"csrf_token": mark(client, "/arbejde")}).status_code == 303
        wrong += [f"copy {time} is in"] * is_in(thief(app, stolen)) + [f"{time}: the other is out"] * (not is_in(other))
    assert db.session.query(EndedSession).count() == 3
    assert figure("S6 signing out", wrong, 6) == []


def test_nobody_revives_an_ended_session_by_changing_it(app, client, person) -> None:
    """A language chosen afterwards signs the copied cookie anew."""
    enter(client, person)
    stolen = thief(app, cookie(client))
    client.post("/log-ud", data={"csrf_token": mark(client, "/arbejde")})
    stolen.get("/?sprog=en")
    assert not is_in(stolen)


@pytest.mark.parametrize("active", [True, False])
def test_a_change_of_roles_ends_every_session(app, client, person, administrator, active) -> None:
    enter(client, person)
    stolen = cookie(client)
    with settling():
        edit_person(administrator, person, {(Role.CLERK, None)}, active=active, now=NOW)
    assert not is_in(client)
    assert not is_in(thief(app, stolen))


def test_a_new_role_by_invitation_ends_every_session(client, person, administrator) -> None:
    enter(client, person)
    with settling():
        token = invite_person(administrator, person.name, person.email, Role.CLERK, now=NOW)
    with settling():
        accept_invitation(token, "nye ord i en lang remse", now=NOW)
    assert not is_in(client)


def test_the_cookie_is_not_for_scripts_nor_for_other_sites_nor_for_long(client, person) -> None:
    told = enter(client, person).headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Path=/" in told
    assert "Expires" not in told
    assert "Domain" not in told


@pytest.mark.parametrize("key", ["", "1", "1:", ":", "²:1:x", "1:²:x", "-1:1:x", "1:1", "a:b:c"])
def test_an_odd_key_of_a_session_is_nobody(client, person, key) -> None:
    with settling():
        person.sessions = 7
    with client.session_transaction() as session:
        session["_user_id"] = key
    assert client.get("/arbejde").status_code == 302
