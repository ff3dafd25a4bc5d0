"""The pages of white papers: the planner's desk, the leader's link, everybody's page, the council's."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from participation.answers.compare import compare_points
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.reports import queries
from participation.reports.approve import ask_approval
from participation.reports.model import Approval, PaperDraft
from participation.reports.publish import publish_paper
from participation.reports.withdraw import withdraw_paper
from participation.rules.acts import Act
from participation.rules.kinds import PaperForm
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.reports.cases import answer, publish, read, theme
from tests.reports.rich import HIDDEN_WORDS, rich_case

DESK = "/arbejde/projekter/ny-skolevej-ved-engparken/rapport"
PAPER = "/projekter/ny-skolevej-ved-engparken/hvidbog"
COUNCIL = "/arbejde/hvidbog/ny-skolevej-ved-engparken/1"


@pytest.fixture(autouse=True)
def a_month_later():
    """The requests of these tests happen when the round is over."""
    with time_machine.travel(NOW + timedelta(days=30), tick=True):
        yield


@pytest.fixture
def two(planner, hearing):
    """Two answered, read and published letters."""
    written = receive(hearing, "Flyt overgangen.", "Mere lys.")
    publish(*written)
    answer(planner, *written)
    read(*written)
    return written


# -- everybody's page -------------------------------------------------------------------------------------------------


def test_everybody_reads_the_latest_version_and_none_of_the_hidden_words(client, rich) -> None:
    page = client.get(PAPER).text
    assert "Kommunens samlede svar" in page
    assert "Vi flytter overgangen hen til kirken" in page
    assert HIDDEN_WORDS not in page
    assert "Karen Vang" not in page


def test_from_a_topic_to_a_citizens_own_words_in_two_clicks(client, rich) -> None:
    """The quote's number is a link to the words themselves."""
    page = client.get(PAPER).text
    assert 'href="#nr-1"' in page or f"{PAPER}/1/bilag?nr=1#nr-1" in page
    annex = client.get(f"{PAPER}/1/bilag?nr=1").text
    assert 'id="nr-1"' in annex
    assert "ikke ved tanken" in annex


@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx", "json", "jsonl"])
def test_the_files_are_downloads_in_a_sandbox(client, rich, name) -> None:
    answered = client.get(f"{PAPER}/1/{name}")
    assert answered.status_code == 200
    assert answered.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answered.headers["Content-Security-Policy"]
    assert b"drikker" not in answered.data


def test_there_is_no_page_before_there_is_a_paper(client, hearing) -> None:
    assert client.get(PAPER).status_code == 404
    assert client.get(f"{PAPER}/1").status_code == 404


def test_a_withdrawn_version_says_why_and_shows_nothing(client, planner, rich, later) -> None:
    with settling():
        withdraw_paper(planner, rich, "Der stod et navn, som ikke må vises.", now=later)
    answered = client.get(f"{PAPER}/1")
    assert answered.status_code == 410
    assert "Der stod et navn" in answered.text
    assert client.get(f"{PAPER}/1/pdf").status_code == 404
    assert client.get(f"{PAPER}/1/bilag").status_code == 404
    assert client.get(f"{PAPER}/1/bilag/aendringer").status_code == 404


def test_a_hearing_without_answers_has_a_page(client, planner, hearing, later) -> None:
    with settling():
        publish_paper(planner, hearing.project, now=later)
    assert "Der kom ingen høringssvar" in client.get(PAPER).text
    assert client.get(f"{PAPER}/1/bilag").status_code == 200


def test_the_queries_of_the_public_page_do_not_grow(client, planner, hearing, without_approval, later) -> None:
    """At most eight for a public page, however many wrote."""

    def asked(page: str) -> int:
        with counted() as queries_asked:
            assert client.get(page).status_code == 200
        return len(queries_asked)

    pages = [PAPER, f"{PAPER}/1", f"{PAPER}/1/bilag"]
    written = receive(hearing, "Et svar.")
    read(*written)
    publish(*written)
    answer(planner, *written)
    with settling():
        publish_paper(planner, hearing.project, now=later)
    few = [asked(page) for page in pages]
    db.session.add(hearing)
    written = receive(hearing, *(f"Svar {number} om lyset." for number in range(60)))
    read(*written)
    publish(*written)
    with settling():
        light = theme(hearing.project, "Lys", *written)
    answer(planner, light)
    compare_points(hearing.project_id, now=later)
    with settling():
        publish_paper(planner, hearing.project, now=later + timedelta(hours=1))
    many = [asked(page) for page in [PAPER, f"{PAPER}/2", f"{PAPER}/2/bilag"]]
    assert many == few
    assert max(many) <= 8


def test_the_annex_is_read_a_page_at_a_time(client, planner, hearing, without_approval, later) -> None:
    written = receive(hearing, *(f"Svar nummer {number} om lyset." for number in range(1, 61)))
    read(*written)
    publish(*written)
    answer(planner, *written)
    compare_points(hearing.project_id, now=later)
    with settling():
        publish_paper(planner, hearing.project, now=later)
    page = client.get(f"{PAPER}/1/bilag?nr=60").text
    assert 'id="nr-60"' in page
    assert 'id="nr-50"' not in page
    assert client.get(f"{PAPER}/1/bilag?side=9").status_code == 404


def test_the_changes_are_an_annex_of_their_own_with_the_words_that_go_and_come(client, rich, planner_person) -> None:
    """As municipalities attach it: place, what goes and comes, cause and the numbers that caused it."""
    assert f"{PAPER}/1/bilag/aendringer" in client.get(PAPER).text
    annex = client.get(f"{PAPER}/1/bilag/aendringer").text
    assert "§ 4.1 og kortbilag 2" in annex
    assert '<del><span class="visually-hidden">[tages ud:] </span>' in annex
    assert '<ins><span class="visually-hidden">[sættes ind:] </span>' in annex
    assert f"{PAPER}/1/bilag?nr=1#nr-1" in annex
    sign_in(client, planner_person)
    assert "§ 4.1 og kortbilag 2" in client.get(f"{COUNCIL}/bilag/aendringer").text


def test_a_paper_without_changes_has_no_annex_of_them(client, planner, hearing, later) -> None:
    with settling():
        publish_paper(planner, hearing.project, now=later)
    assert client.get(f"{PAPER}/1/bilag/aendringer").status_code == 404


# -- the council's ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["planner_person", "leader_person", "clerk_person", "councillor_person"])
def test_staff_and_council_read_the_case_rendition_and_it_is_logged(request, client, rich, who) -> None:
    """T14, T25: hidden words go to the council; that somebody read names is told in the log."""
    sign_in(client, request.getfixturevalue(who))
    page = client.get(COUNCIL).text
    assert "Her skal I vælge" in page
    assert HIDDEN_WORDS in page
    assert client.get(f"{COUNCIL}/bilag").status_code == 200
    assert client.get(f"{COUNCIL}/pdf").status_code == 200
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.READ_CASE)).all()
    assert {entry.subject for entry in entries} == {f"white_paper:{rich.id}"}


@pytest.mark.parametrize("page", ["", "/bilag", "/bilag/aendringer", "/pdf", "/json"])
def test_visitors_never_reach_the_case_rendition(client, rich, page) -> None:
    answered = client.get(COUNCIL + page)
    assert answered.status_code == 302
    assert "/log-ind" in answered.location


# -- the planner's desk -----------------------------------------------------------------------------------------------


def post(client, address: str, **fields: object):
    return client.post(address, data={"form": "by_contribution", **fields})


@pytest.fixture
def desk(client, app, planner_person):
    """The planner's browser."""
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, planner_person)
    return client


def test_what_is_missing_stands_there_with_its_number(desk, planner, hearing, two) -> None:
    (third,) = receive(hearing, "Hvad med støjen?")
    page = desk.get(DESK).text
    assert "Mangler svar: nr. 3." in page
    assert "offentliggoer" not in page
    answered = desk.post(f"{DESK}/offentliggoer")
    assert answered.status_code == 409
    assert "nr. 3" in answered.text
    assert third.id


def test_one_act_keeps_the_recommendation_and_asks_the_leader(desk, leader_person, hearing, two) -> None:
    answered = post(desk, DESK, then="ask", leader=leader_person.id, overall="Vedtag forslaget.", version=0)
    assert answered.status_code == 303
    assert db.session.scalar(sa.select(PaperDraft.overall)) == "Vedtag forslaget."
    assert db.session.scalar(sa.select(Approval.asked_of_id)) == leader_person.id
    assert "Venter på godkendelse" in desk.get(DESK).text


def test_the_leader_says_yes_on_the_phone_and_the_planner_publishes(
    desk, app, planner, leader_person, hearing, two, later
) -> None:
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    phone = app.test_client()
    sign_in(phone, leader_person)
    page = phone.get(f"/arbejde/godkend/{token}").text
    assert "Mere lys." in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    answered = phone.post(f"/arbejde/godkend/{token}", data={"seen": seen, "answer": "yes"})
    assert answered.status_code == 303
    assert "Offentliggør hvidbogen" in desk.get(DESK).text
    assert desk.post(f"{DESK}/offentliggoer").status_code == 303
    assert queries.latest(hearing.project_id).version == 1


def test_the_leader_must_say_what_is_to_be_done(app, planner, leader_person, client, hearing, two, later) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    sign_in(client, leader_person)
    assert client.post(f"/arbejde/godkend/{token}", data={"answer": "no", "words": ""}).status_code == 422
    answered = client.post(f"/arbejde/godkend/{token}", data={"answer": "no", "words": "Skriv om lyset."})
    assert answered.status_code == 303


def test_the_leaders_link_asks_for_a_sign_in_and_is_the_leaders(
    client, desk, planner, leader_person, hearing, two, later
) -> None:
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    assert desk.get(f"/arbejde/godkend/{token}").status_code == 403
    assert desk.get("/arbejde/godkend/not-a-token").status_code == 403
    desk.post("/log-ud")
    answered = desk.get(f"/arbejde/godkend/{token}")
    assert answered.status_code == 302
    assert "/log-ind" in answered.location


def test_a_colleagues_words_are_shown_beside_ones_own(desk, hearing, two) -> None:
    post(desk, DESK, overall="Min kollegas.", version=0)
    answered = post(desk, DESK, overall="Mine ord.", version=0)
    assert answered.status_code == 409
    assert "Min kollegas." in answered.text
    assert "Mine ord." in answered.text


def test_a_yes_or_no_under_the_law_needs_its_reason(desk, hearing, two) -> None:
    """Planloven § 27(2)."""
    with settling():
        hearing.legal_basis = "planloven-24-5"
    answered = post(desk, DESK, overall="Vedtag det.", materially_changed="nej", version=0)
    assert answered.status_code == 422
    assert "Vedtag det." in answered.text


def test_a_large_paper_is_printed_by_the_worker_and_the_page_shows_how_far(
    desk, hearing, two, without_approval, monkeypatch, later
) -> None:
    monkeypatch.setattr("participation.reports.views.AT_ONCE", 1)
    assert desk.post(f"{DESK}/offentliggoer").status_code == 303
    page = desk.get(DESK).text
    assert f'data-poll="{DESK}/fremdrift"' in page
    assert "data-poll" in desk.get(f"{DESK}/fremdrift").text
    jobs.run_all(None, later + timedelta(hours=1))
    assert "data-poll" not in desk.get(f"{DESK}/fremdrift").text
    assert desk.get(PAPER).status_code == 200


def test_a_version_is_taken_back_with_a_reason(desk, rich) -> None:
    address = f"{DESK}/1/traek-tilbage"
    assert desk.post(address, data={"v1-reason": ""}).status_code == 422
    assert desk.post(address, data={"v1-reason": "Der stod et navn."}).status_code == 303
    assert desk.get(f"{PAPER}/1").status_code == 410


@pytest.mark.parametrize("rendition", ["", "?udgave=offentlig"])
@pytest.mark.parametrize("form", list(PaperForm))
def test_the_draft_is_shown_live(desk, planner, hearing, form, rendition) -> None:
    rich_case(planner, hearing)
    with settling():
        queries.draft_of(hearing.project_id).form = form
    page = desk.get(f"{DESK}/udkast{rendition}").text
    assert (HIDDEN_WORDS in page) == (not rendition)
    assert "Vi flytter overgangen hen til kirken" in page


@pytest.mark.parametrize("page", ["", "/udkast", "/fremdrift"])
def test_another_departments_planner_is_refused(client, app, schools, hearing, two, page) -> None:
    from participation.rules.kinds import Role
    from tests.persons import make_person

    sign_in(client, make_person("Otto Anden", (Role.PLANNER, schools)))
    assert client.get(DESK + page).status_code == 403


def test_a_department_of_one_approves_itself_on_the_page(desk, hearing, two) -> None:
    assert "Godkend selv" in desk.get(DESK).text
    answered = post(desk, DESK, then="own", reason="Jeg er alene her.", version=0)
    assert answered.status_code == 303
    assert "Offentliggør hvidbogen" in desk.get(DESK).text
