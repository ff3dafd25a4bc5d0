"""A screen that many share: nothing of one person waits there for the next (SK-12)."""

import pytest

from tests.contributions.sending import csrf, send
from tests.persons import sign_in


@pytest.fixture
def shared(client):
    """A browser at the library."""
    client.post("/faelles-skaerm", data={"csrf_token": csrf(client, "/faelles-skaerm")})
    return client


def clear(client):
    return client.post("/faerdig", data={"csrf_token": csrf(client, "/faelles-skaerm")})


def test_a_screen_is_shared_until_somebody_says_that_it_is_not(client, shared):
    assert "data-kiosk" in client.get("/").text
    client.post("/faelles-skaerm", data={"slut": "1", "csrf_token": csrf(client, "/faelles-skaerm")})
    assert "data-kiosk" not in client.get("/").text


def test_nobody_elses_screen_is_shared(app, shared):
    assert "data-kiosk" not in app.test_client().get("/").text


def test_the_next_person_meets_no_receipt_and_no_words_of_the_one_before(shared, hearing):
    send(shared, f"/projekter/{hearing.project.slug}/svar", "Overgangen skal ligge ved kirken.")
    assert "data-kiosk" in shared.get("/kvittering").text
    answer = clear(shared)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert shared.get("/kvittering").headers["Location"] == "/mit-svar"
    assert "Skærmen er ryddet" in shared.get("/").text
    assert "Overgangen" not in shared.get("/mit-svar/hvor", follow_redirects=True).text


def test_whoever_signed_in_is_signed_out_and_the_screen_stays_shared(shared, planner_person):
    sign_in(shared, planner_person)
    assert shared.get("/arbejde").status_code == 200
    clear(shared)
    assert shared.get("/arbejde").status_code != 200
    assert "data-kiosk" in shared.get("/").text


def test_another_site_can_neither_share_nor_clear_a_screen(client):
    assert client.post("/faelles-skaerm").status_code == 400
    assert client.post("/faerdig").status_code == 400
