"""The front page says what is about to be decided, and what can be said to it now."""

from datetime import date, timedelta

from flask.testing import FlaskClient

from participation.answers.model import Answer, AnswerPoint, Change
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Department
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.kinds import AnswerState
from participation.rules.levels import Level
from participation.rules.outcomes import Recommendation
from tests.matters import make_project
from tests.persons import NOW
from tests.portal.pages import shown, words_of
from tests.queries import counted


def test_without_projects_the_page_says_what_comes_next(client: FlaskClient, app: SettledFlask) -> None:
    words = words_of(client, "/")
    assert "Hvad er vi ved at beslutte?" in words
    assert "Når vi skal beslutte noget nyt, kan du læse om det her" in words


def test_an_open_hearing_stands_with_its_level_deadline_and_form(client: FlaskClient, hearing: Round) -> None:
    """RP-47: the level stands on the card."""
    page = client.get("/").text
    words = words_of(client, "/")
    assert "Høring Ny skolevej ved Engparken" in words
    assert "Svar senest mandag 14. december 2026" in words
    assert "22 dage tilbage" in words
    assert 'href="/projekter/ny-skolevej-ved-engparken/svar"' in page


def test_what_closes_soonest_stands_first(client: FlaskClient, hearing: Round, cocreation: Round) -> None:
    with settling():
        cocreation.closes_at = hearing.closes_at - timedelta(days=3)
        db.session.add(cocreation)
    words = words_of(client, "/")
    assert words.index("En park til alle aldre") < words.index("Ny skolevej ved Engparken")


def test_the_last_day_is_said(client: FlaskClient, hearing: Round, stopped_clock) -> None:
    stopped_clock.move_to(hearing.closes_at - timedelta(seconds=1))
    assert "i dag er sidste dag" in words_of(client, "/")


def test_after_the_deadline_the_expected_answer_has_a_date(client: FlaskClient, hearing: Round, stopped_clock) -> None:
    stopped_clock.move_to(hearing.closes_at)
    words = words_of(client, "/")
    assert "Vi behandler svarene" in words
    assert "Kommunens samlede svar ventes senest fredag 29. januar 2027" in words


def test_an_orientation_is_never_weighed(client: FlaskClient, orientation: Round, stopped_clock) -> None:
    stopped_clock.move_to(orientation.closes_at)
    words = words_of(client, "/")
    assert "Vi behandler svarene" not in words
    assert "Besluttet og afsluttet" in words


def test_what_opens_later_is_coming(client: FlaskClient, roads: Department) -> None:
    project = make_project(roads)
    with settling():
        project.rounds[0].opens_at = dates.opens_at(date(2026, 12, 1))
        db.session.add(project)
    words = words_of(client, "/")
    assert "Kommer snart" in words
    assert "Åbner tirsdag 1. december 2026" in words


def test_a_draft_is_not_there(client: FlaskClient, roads: Department) -> None:
    make_project(roads, announced_at=None)
    assert "Ny skolevej" not in words_of(client, "/")


def test_the_number_of_responses_leaves_questions_out(client: FlaskClient, roads: Department) -> None:
    make_project(roads, last_number=5, question_count=2, withdrawn_count=1)
    assert "2 høringssvar" in words_of(client, "/")


def test_changed_because_of_you_quotes_the_words_that_did_it(client: FlaskClient, hearing: Round) -> None:
    """RL-11."""
    contribution = shown(hearing, "Mine børn tør ikke cykle her.")[0]
    _change(hearing, contribution.points[0].id)
    words = words_of(client, "/")
    assert "Det har I været med til at ændre" in words
    assert "Mine børn tør ikke cykle her." in words
    assert "Det ændrede § 4.1" in words


def test_what_is_only_proposed_has_changed_nothing_yet(client: FlaskClient, hearing: Round) -> None:
    contribution = shown(hearing, "Mine børn tør ikke cykle her.")[0]
    _change(hearing, contribution.points[0].id)
    with settling():
        hearing.decided_at = None
        db.session.add(hearing)
    assert "Det har I været med til at ændre" not in words_of(client, "/")


def test_words_that_are_not_shown_are_not_quoted(client: FlaskClient, hearing: Round) -> None:
    from tests.contributed import receive

    contribution = receive(hearing, "Det her er ikke vist endnu.")[0]
    _change(hearing, contribution.points[0].id)
    assert "Det her er ikke vist endnu." not in words_of(client, "/")


def _change(round_: Round, point_id: int) -> None:
    with settling():
        answer = Answer(
            project_id=round_.project_id,
            point_id=point_id,
            words="Enig.",
            recommendation=Recommendation.ACCOMMODATED,
            state=AnswerState.APPROVED,
            written_at=NOW,
        )
        db.session.add(answer)
        db.session.flush()
        db.session.add(AnswerPoint(answer_id=answer.id, point_id=point_id, approved_at=NOW))
        db.session.add(
            Change(project_id=round_.project_id, place="§ 4.1", after="En cykelsti", written_at=NOW, answers=[answer])
        )
        round_.reported_at = round_.decided_at = NOW
        db.session.add(round_)


def test_the_front_page_asks_as_much_for_sixty_projects_as_for_one(client: FlaskClient, roads: Department) -> None:
    make_project(roads)
    with counted() as one:
        client.get("/")
    for number in range(60):
        make_project(roads, Level.COCREATION, slug=f"park-{number}")
    with counted() as many:
        client.get("/")
    assert len(many) == len(one) <= 6
