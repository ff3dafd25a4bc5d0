"""Whatever goes wrong, the citizen's words stand on the next page, which says what happened and what to do (RP-12)."""

import errno
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.contributions.model import Contribution
from participation.foundation import files
from participation.foundation.db import SettledFlask, db
from participation.people.model import Person
from participation.projects.model import Round
from tests.broken import failing
from tests.contributions.sending import WORDS, csrf, form_key, send
from tests.persons import NOW, sign_in

PATH = "/projekter/ny-skolevej-ved-engparken/svar"
ODD = "Nej <script>alert(1)</script> & »tak«\r\n  indrykket"


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def shown(page: TestResponse) -> str:
    """The words in the page's own field, as the browser would send them again."""
    found = re.search(r"<textarea[^>]*>(?:\r?\n)?(.*?)</textarea>", page.text, re.S)
    assert found is not None, page.text
    return html.unescape(found[1])


def sent_again(client: FlaskClient, page: TestResponse, **changed: Any) -> TestResponse:
    """What a browser without JavaScript sends when the page's button is pressed."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    fields = {name: html.unescape(value) for name, value in hidden.items()}
    return client.post(PATH, data={**fields, "words": shown(page), **changed}, content_type="multipart/form-data")


def kept() -> list[str]:
    """The words that are in the database."""
    db.session.rollback()
    return [one.words for one in db.session.scalars(sa.select(Contribution).order_by(Contribution.number))]


def test_a_wrong_field_shows_the_words_again(client: FlaskClient, hearing: Round) -> None:
    page = send(client, PATH, ODD, email="ikke en adresse")
    assert (page.status_code, shown(page)) == (422, ODD)


def test_words_are_escaped_where_they_are_shown_again(client: FlaskClient, hearing: Round) -> None:
    assert "<script>alert" not in send(client, PATH, ODD, email="ikke en adresse").text


def test_an_old_key_costs_no_words_and_the_page_has_a_new_one(client: FlaskClient, hearing: Round) -> None:
    page = send(client, PATH, key="fra-en-anden-tid")
    assert page.status_code == 422
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page.text)
    assert key is not None
    assert send(client, PATH, shown(page), key=key[1]).status_code == 303


def test_a_file_that_is_too_large_costs_no_words(client: FlaskClient, hearing: Round) -> None:
    film = io.BytesIO(b"\xff\xd8" + b"\0" * files.MOST_BYTES)
    page = send(client, PATH, ODD, files=(film, "film.jpg"))
    assert (page.status_code, shown(page)) == (422, ODD)
    assert "mere end 20 MB" in page.text


def test_of_a_file_that_is_too_large_no_more_is_kept_on_the_way_in_than_a_file_may_have() -> None:
    coming = files.Coming()
    for _ in range(40):
        coming.write(b"\0" * 1024 * 1024)
    assert coming.tell() <= files.MOST_BYTES + 1024 * 1024


def test_a_file_with_no_room_on_the_disk_costs_no_words(
    client: FlaskClient, hearing: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.tempfile, "mkstemp", full)
    page = send(client, PATH, ODD, files=(io.BytesIO(b"Ord i en fil"), "fil.txt"))
    assert (page.status_code, shown(page), page.headers["Retry-After"]) == (503, ODD, "30")
    assert "Vælg dine filer igen." in page.text


@pytest.mark.parametrize(
    "error", [sa.exc.OperationalError("", {}, Exception("database is locked")), OSError(28, "full")]
)
def test_a_database_that_does_not_answer_costs_no_words(
    app: SettledFlask, client: FlaskClient, hearing: Round, error: Exception
) -> None:
    key = form_key(client, PATH)
    mended = failing(app, error)
    page = send(client, PATH, ODD, key=key)
    mended()
    assert (page.status_code, shown(page), kept()) == (503, ODD, [])


def test_a_fault_of_ours_costs_no_words(app: SettledFlask, client: FlaskClient, hearing: Round) -> None:
    app.config["RAISE_FAULTS"] = False
    key = form_key(client, PATH)
    mended = failing(app, RuntimeError("vores egen fejl"))
    page = send(client, PATH, ODD, key=key)
    mended()
    assert (page.status_code, shown(page)) == (500, ODD)
    assert "vores egen fejl" not in page.text


def test_the_page_of_a_fault_sends_the_words_again_and_they_count_once(
    app: SettledFlask, client: FlaskClient, hearing: Round
) -> None:
    key = form_key(client, PATH)
    mended = failing(app, sa.exc.OperationalError("", {}, Exception("disk is full")))
    page = send(client, PATH, ODD, key=key)
    mended()
    assert sent_again(client, page).status_code == 303
    assert sent_again(client, page).status_code == 303
    assert kept() == [ODD]


def test_even_without_its_own_page_the_fault_shows_the_words(
    app: SettledFlask, client: FlaskClient, hearing: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = form_key(client, PATH)
    mended = failing(app, sa.exc.OperationalError("", {}, Exception("gone")))
    monkeypatch.setitem(app.jinja_env.globals, "_", None)
    monkeypatch.setitem(app.jinja_env.globals, "gettext", None)
    page = send(client, PATH, ODD, key=key)
    mended()
    assert (page.status_code, shown(page)) == (503, ODD)
    assert "Der er en fejl hos os" in page.text


def test_other_words_with_the_same_key_are_a_conflict_and_both_texts_are_kept(
    client: FlaskClient, hearing: Round
) -> None:
    """R1c: two tabs, or the back button."""
    key = form_key(client, PATH)
    send(client, PATH, key=key)
    page = send(client, PATH, ODD, key=key)
    assert (page.status_code, shown(page), kept()) == (409, ODD, [WORDS])


def test_the_second_text_of_a_conflict_can_be_sent_as_a_new_one(client: FlaskClient, hearing: Round) -> None:
    key = form_key(client, PATH)
    send(client, PATH, key=key)
    assert sent_again(client, send(client, PATH, ODD, key=key)).status_code == 303
    assert kept() == [WORDS, ODD]


@pytest.mark.parametrize("other", [{"email": "asta@eksempel.dk"}, {"name": "Asta Lind"}])
def test_another_sender_with_the_same_key_is_a_conflict(
    client: FlaskClient, hearing: Round, other: dict[str, str]
) -> None:
    key = form_key(client, PATH)
    send(client, PATH, key=key)
    assert send(client, PATH, key=key, **other).status_code == 409


def test_another_file_with_the_same_key_is_a_conflict(client: FlaskClient, hearing: Round) -> None:
    key = form_key(client, PATH)
    send(client, PATH, key=key, files=(io.BytesIO(b"den ene"), "fil.txt"))
    assert send(client, PATH, key=key, files=(io.BytesIO(b"den anden"), "fil.txt")).status_code == 409


def test_a_second_sending_that_has_forgotten_its_file_is_the_same(client: FlaskClient, hearing: Round) -> None:
    """A browser does not choose the file again when the page is shown again."""
    key = form_key(client, PATH)
    send(client, PATH, key=key, files=(io.BytesIO(b"den ene"), "fil.txt"))
    assert send(client, PATH, key=key).status_code == 303
    assert len(kept()) == 1


def test_a_short_answer_is_kept_on_the_page_too(app: SettledFlask, client: FlaskClient, hearing: Round) -> None:
    key = form_key(client, PATH)
    mended = failing(app, sa.exc.OperationalError("", {}, Exception("gone")))
    page = send(client, PATH, "Nej", key=key)
    mended()
    assert shown(page) == "Nej"


def test_a_staff_form_without_its_mark_keeps_the_words(
    client: FlaskClient, hearing: Round, planner_person: Person
) -> None:
    sign_in(client, planner_person)
    page = client.post(
        "/arbejde/projekter/ny-skolevej-ved-engparken/indbakke/skriv-ind",
        data={"words": "Borgeren ringede og sagde nej.", "csrf_token": "gammelt"},
    )
    assert (page.status_code, shown(page)) == (400, "Borgeren ringede og sagde nej.")


def test_a_form_of_staff_is_never_made_ready_to_send_with_a_new_mark(
    client: FlaskClient, hearing: Round, planner_person: Person
) -> None:
    """Another site could have sent it (T9)."""
    sign_in(client, planner_person)
    page = client.post("/arbejde/projekter/ny-skolevej-ved-engparken/indbakke/skriv-ind", data={"words": "x" * 30})
    assert 'name="csrf_token"' not in page.text.split("<main")[1]


def test_who_was_signed_out_in_between_keeps_the_words(client: FlaskClient, hearing: Round) -> None:
    page = client.post(
        "/arbejde/projekter/ny-skolevej-ved-engparken/indbakke/skriv-ind",
        data={"words": "Borgeren ringede og sagde nej.", "csrf_token": csrf(client, "/log-ind")},
    )
    assert (page.status_code, shown(page)) == (401, "Borgeren ringede og sagde nej.")
