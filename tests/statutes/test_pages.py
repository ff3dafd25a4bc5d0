"""The administrator's pages for the rule table and the closing days."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.foundation import clock
from participation.people.model import Person
from participation.rules import dates
from participation.rules.legal import COMPLAINTS, LEGAL_BASES
from participation.statutes import queries
from tests.persons import sign_in

#: What a browser sends of the row "none", with a new minimum.
NONE = {
    **dict.fromkeys(("waiting_days", "waiting_days_after_objections"), "0"),
    "name": LEGAL_BASES["none"].name,
    "section": LEGAL_BASES["none"].section,
    "minimum_days": "21",
    "advised_days": "28",
    "source": "Byrådet, 1. december 2026",
    "checked": "2026-12-01",
    "decide_before": "1.3.",
    "reason": "Byrådet har besluttet det.",
}


@pytest.fixture
def admin(client: FlaskClient, administrator_person: Person) -> FlaskClient:
    sign_in(client, administrator_person)
    return client


def post(admin: FlaskClient, path: str, data: dict) -> TestResponse:
    """Send a form with its token, as the page that shows it would."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', admin.get(path).text)
    assert token
    return admin.post(path, data={"csrf_token": token[1], **data})


def day(offset: int = 0) -> str:
    """A Danish day, counted from today."""
    return (dates.local_day(clock.now()) + timedelta(days=offset)).isoformat()


def test_the_whole_staff_may_read_the_table_with_sources_and_doubts(
    client: FlaskClient, planner_person: Person
) -> None:
    sign_in(client, planner_person)
    page = client.get("/arbejde/regler").text
    for row in (*LEGAL_BASES.values(), *COMPLAINTS.values()):
        assert row.name in page
        assert row.source in page
        assert row.unsure in page
    assert "/arbejde/regler/planloven-24-5" not in page


@pytest.mark.parametrize("key", [*LEGAL_BASES, *COMPLAINTS])
def test_every_row_has_its_page(admin: FlaskClient, key: str) -> None:
    assert admin.get(f"/arbejde/regler/{key}").status_code == 200


def test_a_rule_is_changed_on_its_page(admin: FlaskClient) -> None:
    answer = post(admin, "/arbejde/regler/none", data=NONE | {"from_day": day(1)})
    assert answer.status_code == 303
    tomorrow = queries.bases(date.fromisoformat(day(2)))["none"]
    assert (tomorrow.minimum_days, tomorrow.decide_before, tomorrow.source) == (21, (3, 1), NONE["source"])
    assert "Byrådet har besluttet det." in admin.get("/arbejde/regler/none").text
    assert "Ny regel fra" in admin.get("/arbejde/regler").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from_day": "2020-01-01"}, "tidligst gælde fra i dag"),
        ({"reason": ""}, "Skriv hvorfor."),
        ({"minimum_days": "-3"}, "Kortest lovlige høring, dage: "),
        ({"decide_before": "31.2."}, "Skriv det som 1.3."),
    ],
)
def test_what_cannot_be_is_said_and_the_words_stay(admin: FlaskClient, changes: dict, words: str) -> None:
    answer = post(admin, "/arbejde/regler/none", data=NONE | {"from_day": day()} | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert NONE["source"] in answer.text


def test_guidance_names_the_last_day(admin: FlaskClient) -> None:
    sent = {"name": "Nævnet", "weeks": "4", "months": "0", "source": "§ 1", "from_day": day(), "reason": "Nyt."}
    for words in ("Klag nu.", "Klag 100 % senest %(last_day)s.", "Klag senest %(day)s."):
        assert post(admin, "/arbejde/regler/byggeklage", data=sent | {"words": words}).status_code == 422
    sent["words"] = "Klag senest %(last_day)s."
    assert post(admin, "/arbejde/regler/byggeklage", data=sent).status_code == 303


def test_closing_days_are_typed_a_line_each(admin: FlaskClient) -> None:
    sent = {"every_year": ["12-24"], "own": "07.05.2027 Klemmedag\n2026-12-28"}
    assert post(admin, "/arbejde/opsaetning/lukkedage", data=sent).status_code == 303
    assert clock.closed(date(2027, 5, 7))
    assert clock.closed(date(2026, 12, 28))
    assert not clock.closed(date(2027, 6, 7))
    assert "07.05.2027 Klemmedag" in admin.get("/arbejde/opsaetning/lukkedage").text


def test_a_line_without_a_day_is_said(admin: FlaskClient) -> None:
    answer = post(admin, "/arbejde/opsaetning/lukkedage", data={"own": "Mellem jul og nytår"})
    assert answer.status_code == 422
    assert "Linje 1 begynder ikke med en dato" in answer.text
    assert "Mellem jul og nytår" in answer.text


@pytest.mark.parametrize("path", ["/arbejde/regler/none", "/arbejde/opsaetning/lukkedage"])
def test_nobody_else_gets_in(client: FlaskClient, planner_person: Person, path: str) -> None:
    sign_in(client, planner_person)
    assert client.get(path).status_code == 403
