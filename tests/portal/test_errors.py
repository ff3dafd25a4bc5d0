"""The page for what went wrong says whole sentences, however much the municipality has told about itself."""

import pytest
from flask.testing import FlaskClient

from participation.foundation.db import settling
from participation.people.municipality import Municipality, keep
from tests.persons import NOW, sign_in


@pytest.fixture(params=["70 00 00 00", ""], ids=["a phone", "no phone"])
def phone(app, request, monkeypatch):
    """The municipality's number, and a page that breaks."""
    with settling():
        keep(Municipality(phone=request.param), now=NOW)
    monkeypatch.setitem(app.view_functions, "portal.front", lambda: 1 // 0)
    monkeypatch.setitem(app.config, "RAISE_FAULTS", False)
    return request.param


def lede(page: str) -> str:
    return page.partition('<p class="lede">')[2].partition("</p>")[0]


def test_a_broken_page_asks_only_for_what_can_be_done(client: FlaskClient, phone: str) -> None:
    answer = client.get("/")
    assert answer.status_code == 500
    assert lede(answer.text) == (f"Prøv igen om lidt, eller ring på {phone}." if phone else "Prøv igen om lidt.")


def test_no_sentence_of_the_page_ends_in_nothing(client: FlaskClient, phone: str) -> None:
    page = client.get("/").text
    assert "på ." not in page
    assert "til ." not in page


def test_a_no_that_will_last_leads_to_the_case_and_not_to_the_same_door_again(client: FlaskClient, hearing) -> None:
    path = f"/projekter/{hearing.project.slug}"
    with settling():
        hearing.project.cancelled_at = NOW
    page = client.get(f"{path}/svar")
    assert (page.status_code, f'href="{path}">Gå til sagen' in page.text) == (409, True)
    assert "Prøv igen" not in page.text


def test_staff_at_a_shut_door_stay_at_work(client: FlaskClient, planner_person) -> None:
    sign_in(client, planner_person)
    page = client.get("/arbejde/opsaetning")
    assert (page.status_code, 'href="/arbejde">Gå til dit arbejde' in page.text) == (403, True)
    assert "Prøv igen" not in page.text


def test_the_number_to_call_can_be_pressed(client: FlaskClient) -> None:
    with settling():
        keep(Municipality(phone="70 00 00 00"), now=NOW)
    assert 'href="tel:70000000"' in client.get("/findes-ikke").text.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(("language", "size"), [("da", "1,1 kB"), ("en", "1.1 kB")])
def test_a_file_is_measured_as_people_write_it_in_the_language_of_the_page(app, language: str, size: str) -> None:
    with app.test_request_context(f"/?sprog={language}"):
        assert app.jinja_env.filters["filesizeformat"](1_100) == size
