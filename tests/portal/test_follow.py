"""Following a project: asked for, confirmed by a letter's link, ended by another; nothing is told of who follows."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.foundation import letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.projects.follow import confirm_follow, follow_project, token
from participation.projects.model import Follow, Round
from participation.rules.policy import VISITOR, NotAllowed
from tests.persons import NOW
from tests.portal.pages import words_of

SCHOOL_ROAD = "/projekter/ny-skolevej-ved-engparken"


def _sent_form(client: FlaskClient, email: str) -> dict[str, str]:
    key = re.search(r'name="key"[^>]*value="([^"]+)"', client.get(SCHOOL_ROAD).text)
    assert key is not None
    return {"key": key[1], "email": email}


def _follows() -> list[Follow]:
    return list(db.session.scalars(sa.select(Follow)))


def test_asking_owes_a_letter_and_counts_only_when_its_link_is_opened(client: FlaskClient, hearing: Round) -> None:
    """RP-19."""
    response = client.post(f"{SCHOOL_ROAD}/foelg", data=_sent_form(client, " Ida@Eksempel.dk "))
    assert response.status_code == 303
    (follow,) = _follows()
    assert follow.email == "ida@eksempel.dk"
    assert follow.confirmed_at is None
    (letter,) = db.session.scalars(sa.select(Letter))
    assert (letter.kind, letter.recipient) == ("follow_confirm", "ida@eksempel.dk")
    assert token(follow) not in str(letter.facts)


def test_the_link_begins_by_a_press_and_not_by_being_opened(client: FlaskClient, hearing: Round) -> None:
    client.post(f"{SCHOOL_ROAD}/foelg", data=_sent_form(client, "ida@eksempel.dk"))
    (follow,) = _follows()
    link = f"/foelg/{follow.id}/{token(follow)}"
    assert "Vil du følge sagen?" in words_of(client, link)
    assert _follows()[0].confirmed_at is None
    assert client.post(link).status_code == 303
    assert _follows()[0].confirmed_at == NOW
    assert "Du følger sagen" in words_of(client, link)


def test_stopping_forgets_the_address(client: FlaskClient, hearing: Round) -> None:
    client.post(f"{SCHOOL_ROAD}/foelg", data=_sent_form(client, "ida@eksempel.dk"))
    (follow,) = _follows()
    assert client.post(f"/foelg/{follow.id}/{token(follow)}/stop").status_code == 200
    assert _follows() == []


def test_a_wrong_token_opens_nothing(client: FlaskClient, hearing: Round) -> None:
    client.post(f"{SCHOOL_ROAD}/foelg", data=_sent_form(client, "ida@eksempel.dk"))
    (follow,) = _follows()
    for wrong in ("x" * 22, "æøå", token(follow)[:-1]):
        assert client.get(f"/foelg/{follow.id}/{wrong}").status_code == 404
        assert client.post(f"/foelg/{follow.id}/{wrong}/stop").status_code == 404
    assert len(_follows()) == 1


@pytest.mark.parametrize("address", ["", "ikke en adresse", "a@b"])
def test_a_bad_address_is_told_and_kept(client: FlaskClient, hearing: Round, address: str) -> None:
    response = client.post(f"{SCHOOL_ROAD}/foelg", data=_sent_form(client, address))
    assert response.status_code == 422
    assert "Der er én ting at rette" in response.text
    assert f'value="{address}"' in response.text
    assert _follows() == []


def test_a_form_without_our_key_follows_nothing(client: FlaskClient, hearing: Round) -> None:
    response = client.post(f"{SCHOOL_ROAD}/foelg", data={"email": "ida@eksempel.dk", "key": "forged"})
    assert response.status_code == 422
    assert _follows() == []


def test_asking_twice_a_day_owes_one_letter(app: SettledFlask, hearing: Round) -> None:
    for _ in range(3):
        with settling():
            follow_project(VISITOR, hearing.project, "ida@eksempel.dk", now=NOW)
    assert len(_follows()) == 1
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 1


def test_a_cancelled_project_cannot_be_followed(app: SettledFlask, hearing: Round) -> None:
    with settling():
        hearing.project.cancelled_at = NOW
    with pytest.raises(NotAllowed):
        follow_project(VISITOR, hearing.project, "ida@eksempel.dk", now=NOW)


def test_the_letter_holds_the_link_and_our_copy_does_not(app: SettledFlask, hearing: Round) -> None:
    with settling():
        follow = follow_project(VISITOR, hearing.project, "ida@eksempel.dk", now=NOW)
    run_all(app, NOW)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.subject == "Ny skolevej ved Engparken: vil du følge sagen?"
    assert f"/foelg/{follow.id}/{token(follow)}" in letters.read_in_full(letter).words
    assert token(follow) not in (letter.words or "")


def test_confirming_twice_changes_nothing(app: SettledFlask, hearing: Round) -> None:
    with settling():
        follow = follow_project(VISITOR, hearing.project, "ida@eksempel.dk", now=NOW)
    for _ in range(2):
        with settling():
            confirm_follow(VISITOR, follow, now=NOW)
    assert follow.confirmed_at == NOW
