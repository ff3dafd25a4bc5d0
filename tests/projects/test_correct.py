"""A mistake is told in public and to everyone touched by it (RP-28)."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.receive import Sender
from participation.foundation import letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.jobs import run_all
from participation.foundation.model import Letter
from participation.people.model import Person
from participation.projects.correct import correct_mistake
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.model import Notice, Project, Round
from participation.rules.kinds import NoticeKind
from participation.rules.policy import VISITOR, Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decisions.test_pages import token
from tests.persons import NOW, sign_in

PAGE = "/arbejde/projekter/ny-skolevej-ved-engparken/ret-fejl"
WRONG, RIGHT = "Kortbilag 2 viste den gamle vej.", "Vi har lagt det rigtige kort på siden."


def correct(actor: Actor, project: Project) -> Notice:
    with settling():
        return correct_mistake(actor, project, WRONG, RIGHT, now=NOW)


def test_the_mistake_and_what_is_done_about_it_stand_in_public(
    client: FlaskClient, planner: Actor, hearing: Round
) -> None:
    notice = correct(planner, hearing.project)
    assert (notice.kind, notice.words) == (NoticeKind.CORRECTION, f"{WRONG}\n\n{RIGHT}")
    for path in ("", "/rettelser"):
        page = client.get(f"/projekter/ny-skolevej-ved-engparken{path}").text
        assert (WRONG in page, RIGHT in page) == (True, True)


def test_who_wrote_and_who_follows_is_told_once(app: SettledFlask, planner: Actor, hearing: Round) -> None:
    receive(hearing, "Flyt den.", sender=Sender(email="mia@borger.example"))
    with settling():
        follow = follow_project(VISITOR, hearing.project, "ove@borger.example", now=NOW)
    with settling():
        confirm_follow(VISITOR, follow, now=NOW)
    correct(planner, hearing.project)
    run_all(app, NOW)
    run_all(app, NOW)
    sent = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_corrected").order_by(Letter.recipient)).all()
    assert [one.recipient for one in sent] == ["mia@borger.example", "ove@borger.example"]
    for letter in sent:
        composed = letters.read_in_full(letter)
        assert WRONG in composed.words
        assert RIGHT in composed.words


def test_each_letter_tells_of_its_own_mistake(app: SettledFlask, planner: Actor, hearing: Round) -> None:
    receive(hearing, "Flyt den.", sender=Sender(email="mia@borger.example"))
    correct(planner, hearing.project)
    with settling():
        correct_mistake(planner, hearing.project, "Fristen stod forkert i avisen.", "Vi skriver igen.", now=NOW)
    run_all(app, NOW)
    found = db.session.scalars(sa.select(Letter).where(Letter.kind == "news_corrected").order_by(Letter.id)).all()
    assert len({letters.read_in_full(one).words for one in found}) == len(found)


def test_another_departments_planner_and_a_clerk_correct_nothing(
    other_planner: Actor, clerk: Actor, hearing: Round
) -> None:
    for actor, door in ((other_planner, Door.OWNER), (clerk, Door.ROLE)):
        with pytest.raises(NotAllowed) as refused:
            correct(actor, hearing.project)
        assert refused.value.refusal.door is door
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


def test_the_page_tells_what_is_missing_keeps_the_words_and_then_says_it(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    sign_in(client, planner_person)
    sent = {"csrf_token": token(client.get(PAGE).text), "wrong": WRONG}
    refused = client.post(PAGE, data={**sent, "put_right": ""})
    assert (refused.status_code, WRONG in refused.text, 'href="#put_right"' in refused.text) == (422, True, True)
    assert client.post(PAGE, data={**sent, "put_right": RIGHT}).status_code == 303
    assert RIGHT in client.get("/projekter/ny-skolevej-ved-engparken/rettelser").text


def test_a_draft_has_no_log_of_corrections(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.project.announced_at = None
        hearing.announced_at = None
    assert client.get("/projekter/ny-skolevej-ved-engparken/rettelser").status_code == 404
