"""The pages at the end of a case: telling everybody, the decision for all to read, the verdict, and closing."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.publish import publish_contributions
from participation.contributions.receive import Sender
from participation.decisions.announce import announce_decision
from participation.feedback.model import Verdict
from participation.foundation import clock, jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import AFTER, WEIGHING, answer_all, decide
from tests.persons import sign_in
from tests.queries import counted

BY_POST = Sender(name="Ove Holm", address="Møllevej 4, 9999 Engelund", wants_post=True)


@pytest.fixture(autouse=True)
def _after(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day after the meeting."""
    monkeypatch.setattr(clock, "now", lambda: AFTER)


@pytest.fixture
def decided(planner: Actor, clerk: Actor, hearing: Round) -> Project:
    """One letter and one contribution by code, answered, shown and decided."""
    contributions = [*receive(hearing, "Flyt den hen til kirken.", sender=BY_POST), *receive(hearing, "Mere lys.")]
    answer_all(planner, contributions)
    with settling():
        publish_contributions(planner, hearing.project, now=WEIGHING)
    decide(clerk, hearing.project)
    return hearing.project


def token(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]


def post(client: FlaskClient, page: str, to: str | None = None, **fields: object):
    """Fill the form of a page and send it."""
    sent = {key.replace("__", "-"): value for key, value in fields.items()}
    return client.post(to or page, data={"csrf_token": token(client.get(page).text), **sent})


BASE = "/arbejde/projekter/ny-skolevej-ved-engparken"


def test_a_planner_tells_everybody_prints_and_closes_in_three_acts(
    app: SettledFlask, client: FlaskClient, planner_person: Person, decided: Project
) -> None:
    """RL-46: [Send til alle] in one act; "ingen opfølgning" goes with closing."""
    sign_in(client, planner_person)
    page = client.get(f"{BASE}/besked").text
    assert "2 skal have besked om, hvordan det blev brugt." in page
    assert post(client, f"{BASE}/besked").status_code == 303
    jobs.run_all(app, AFTER)
    sheet = client.get(f"{BASE}/besked/print").text
    assert "Møllevej 4, 9999 Engelund" in sheet
    keys = re.findall(r'name="letter" value="(\d+)"', sheet)
    assert post(client, f"{BASE}/besked/print", letter=keys).status_code == 303
    assert "Alle har fået svar. Sagen kan afsluttes." in client.get(f"{BASE}/besked").text
    assert post(client, f"{BASE}/besked", f"{BASE}/afslut", nothing_follows="y").status_code == 303
    assert db.session.scalars(sa.select(Project.closed_at)).one() == AFTER


def test_the_preview_shows_the_letter_without_its_secrets(
    client: FlaskClient, planner_person: Person, decided: Project
) -> None:
    sign_in(client, planner_person)
    page = client.get(f"{BASE}/besked").text
    assert "Nu kan du se, hvad dit høringssvar nr. 1 blev til." in page
    assert "****" in page


def test_a_case_that_cannot_be_closed_says_why(client: FlaskClient, planner_person: Person, decided: Project) -> None:
    """FU-04."""
    sign_in(client, planner_person)
    page = client.get(f"{BASE}/besked").text
    assert "Har ikke fået besked: nr. 1, 2." in page
    refused = post(client, f"{BASE}/besked", f"{BASE}/afslut")
    assert refused.status_code == 409
    assert "Sagen kan ikke afsluttes endnu." in refused.text


def test_a_follow_up_is_planned_handed_over_and_done(
    client: FlaskClient, planner_person: Person, decided: Project
) -> None:
    """FU-17."""
    sign_in(client, planner_person)
    page = f"{BASE}/besked"
    assert "Skriv, hvem der gør det." in post(client, page, f"{BASE}/opfoelgning", words="Mal striberne op.").text
    kept = post(client, page, f"{BASE}/opfoelgning", words="Mal striberne op.", owner="Veje", due_on="2027-05-03")
    assert kept.status_code == 303
    assert "senest mandag 3. maj 2027" in client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text
    assert post(client, page, f"{BASE}/opfoelgning/1/videre", h1__to="Parken").status_code == 303
    assert "Nu hos Parken" in client.get(page).text
    assert post(client, page, f"{BASE}/opfoelgning/1/gjort").status_code == 303
    assert "Gjort 25. februar 2027" in client.get(page).text


def test_a_contributor_says_no_once_and_reads_the_reply(
    app: SettledFlask, client: FlaskClient, planner_person: Person, decided: Project
) -> None:
    """FU-22."""
    sign_in(client, planner_person)
    post(client, f"{BASE}/besked")
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["held"] = [2]
    page = visitor.get("/mit-svar/hvor").text
    assert "Byrådet besluttede:" in page
    assert "Sig til senest torsdag 11. marts 2027." in page
    assert "Skriv, hvad du mangler svar på." in post(visitor, "/mit-svar/hvor").text
    assert post(visitor, "/mit-svar/hvor", missing="Hvad med cyklerne?").status_code == 303
    assert "Vi svarer senest torsdag 4. marts 2027." in visitor.get("/mit-svar/hvor").text
    assert post(client, f"{BASE}/besked", f"{BASE}/besked/svar/2", r2__words="De får en sti.").status_code == 303
    assert "De får en sti." in visitor.get("/mit-svar/hvor").text
    assert "0 siger ja, og 1 siger nej." in client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text


def test_a_yes_is_one_press(app: SettledFlask, client: FlaskClient, planner_person: Person, decided: Project) -> None:
    sign_in(client, planner_person)
    post(client, f"{BASE}/besked")
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["held"] = [2]
    post(visitor, "/mit-svar/hvor", yes="1")
    assert db.session.scalars(sa.select(Verdict.answered)).one() is True


def test_from_the_decision_to_a_citizens_own_words_is_one_link(client: FlaskClient, decided: Project) -> None:
    """RP-26: documents, weighing, reasons, votes and date; from the decision back to the words in two clicks."""
    page = client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text
    for words in ("vedtaget", "onsdag 24. februar 2027", "Vejen gør det trygt", "Alle stemte for", "vejloven § 8"):
        assert words in page
    assert 'href="/projekter/ny-skolevej-ved-engparken/hoeringssvar/1"' in page
    assert "Flyt den hen til kirken." in client.get("/projekter/ny-skolevej-ved-engparken/hoeringssvar/1").text


def test_how_to_complain_is_told_when_the_decision_is_announced(
    client: FlaskClient, clerk: Actor, decided: Project
) -> None:
    """RP-27, planloven § 60."""
    assert "Planklagenævnet" not in client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text
    with settling():
        announce_decision(clerk, decided.steps[0], date(2027, 2, 25), "planklagenaevnet", now=AFTER)
    assert "senest tirsdag 30. marts 2027" in client.get("/projekter/ny-skolevej-ved-engparken/beslutning").text


def test_the_decision_asks_as_much_for_two_voices_as_for_sixty(
    client: FlaskClient, planner: Actor, decided: Project
) -> None:
    def asked() -> int:
        with counted() as statements:
            assert client.get("/projekter/ny-skolevej-ved-engparken/beslutning").status_code == 200
        return len(statements)

    few, round_id = asked(), decided.rounds[0].id
    more = receive(db.session.get_one(Round, round_id), *(f"Nummer {n}." for n in range(58)), at=WEIGHING)
    answer_all(planner, more)
    with settling():
        publish_contributions(planner, more[0].project, now=WEIGHING)
    assert asked() == few <= 9


def test_a_draft_has_no_decision_to_read(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.announced_at = hearing.project.announced_at = None
    assert client.get("/projekter/ny-skolevej-ved-engparken/beslutning").status_code == 404


def test_an_orientation_has_only_its_end(client: FlaskClient, planner_person: Person, orientation: Round) -> None:
    sign_in(client, planner_person)
    page = client.get("/arbejde/projekter/nye-affaldsspande/besked").text
    assert "Send til alle" not in page
    assert "Alle har fået svar. Sagen kan afsluttes." in page


def test_a_clerk_reads_the_end_and_is_offered_nothing_they_may_not_do(
    client: FlaskClient, clerk_person: Person, decided: Project
) -> None:
    sign_in(client, clerk_person)
    page = client.get(f"{BASE}/besked").text
    assert "2 skal have besked" in page
    assert f'action="{BASE}' not in page
