"""What a case taught is written at will, and found by whoever starts one of the same kind (RP-43, RE-43)."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from participation.feedback.learn import write_lesson
from participation.feedback.queries import lesson_of, lessons
from participation.foundation import clock
from participation.foundation.db import settling
from participation.people.model import Department, Person
from participation.projects.model import Project, Round
from participation.rules.kinds import CaseType
from participation.rules.policy import Actor, Door, NotAllowed
from tests.decided import AFTER, decide
from tests.decisions.test_pages import token
from tests.matters import make_project
from tests.persons import sign_in
from tests.queries import counted

BASE = "/arbejde/projekter/ny-skolevej-ved-engparken"
TICKS: dict[str, Any] = {"asked_early": True, "reached": False, "mattered": True}


@pytest.fixture(autouse=True)
def _after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)


def learn(actor: Actor, project: Project, words: str) -> None:
    with settling():
        write_lesson(actor, project, **TICKS, words=words, now=AFTER)


def test_a_planner_ticks_and_writes_one_lesson_and_can_put_it_right(
    client: FlaskClient, clerk: Actor, planner_person: Person, hearing: Round
) -> None:
    decide(clerk, hearing.project)
    sign_in(client, planner_person)
    sent = {"csrf_token": token(client.get(f"{BASE}/besked").text), "mattered": "y"}
    for words in ("Begynd med skolen.", "Begynd med skolens elever."):
        assert client.post(f"{BASE}/laering", data={**sent, "words": words}).status_code == 303
    lesson = lesson_of(hearing.project_id)
    assert lesson is not None
    assert (lesson.asked_early, lesson.mattered, lesson.words) == (False, True, "Begynd med skolens elever.")


def test_the_log_is_searched_by_words_and_by_case_type(
    client: FlaskClient, planner: Actor, clerk: Actor, planner_person: Person, hearing: Round, roads: Department
) -> None:
    decide(clerk, hearing.project)
    learn(planner, hearing.project, "Tæl bilerne, før I spørger.")
    other = make_project(roads, slug="en-park", title="En park")
    with settling():
        other.case_type = CaseType.BUDGET
    decide(clerk, other)
    learn(planner, other, "Vis tallene.")
    assert [one.words for one in lessons("BILERNE")] == ["Tæl bilerne, før I spørger."]
    assert [one.words for one in lessons("tallene")] == ["Vis tallene."]
    assert [one.words for one in lessons(case_type=CaseType.BUDGET)] == ["Vis tallene."]
    assert lessons("100 %") == []
    sign_in(client, planner_person)
    page = client.get("/arbejde/laering?sagstype=budget").text
    assert ("Vis tallene." in page, "Tæl bilerne" in page) == (True, False)


def test_the_log_asks_as_much_for_one_lesson_as_for_many(
    client: FlaskClient, planner: Actor, clerk: Actor, planner_person: Person, hearing: Round, roads: Department
) -> None:
    decide(clerk, hearing.project)
    learn(planner, hearing.project, "Tæl bilerne.")
    sign_in(client, planner_person)
    with counted() as few:
        client.get("/arbejde/laering")
    for number in range(8):
        other = make_project(roads, slug=f"en-park-{number}", title=f"Park {number}")
        decide(clerk, other)
        learn(planner, other, f"Lære {number}.")
    with counted() as many:
        assert "Lære 7." in client.get("/arbejde/laering").text
    assert len(many) == len(few)


def test_nothing_is_learnt_before_the_decision_nor_by_who_does_not_work_there(
    planner: Actor, clerk: Actor, other_planner: Actor, councillor: Actor, hearing: Round, now: Any
) -> None:
    with pytest.raises(NotAllowed) as refused, settling():
        write_lesson(planner, hearing.project, **TICKS, words="", now=now)
    assert refused.value.refusal.door is Door.PHASE
    decide(clerk, hearing.project)
    for actor in (clerk, other_planner, councillor):
        with pytest.raises(NotAllowed):
            learn(actor, hearing.project, "Nej.")
    assert lesson_of(hearing.project_id) is None


def test_a_visitor_reads_no_lessons(client: FlaskClient) -> None:
    assert client.get("/arbejde/laering").status_code in (302, 303)
