"""A late promise is explained with a new day, and stays late in every figure (RL-29, RL-30)."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation import app as roof
from participation.contributions.ask import ask_question
from participation.contributions.model import Contribution, Promise
from participation.contributions.receive import Sender, Sent
from participation.feedback.explain import NotAWorkingDay, NotLate, explain_delay, late_in
from participation.foundation import clock, jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people.model import Person
from participation.people.municipality import Municipality, keep
from participation.portal.promises import figures
from participation.projects.model import Round
from participation.rules import dates
from participation.rules.kinds import Kind, PromiseKind
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.decisions.test_pages import token
from tests.persons import NOW, sign_in

LATER = NOW + timedelta(days=30)
NEW = dates.next_working_day(dates.local_day(LATER) + timedelta(days=7), ())
BASE = "/arbejde/projekter/ny-skolevej-ved-engparken"
WHY = "Vi mangler en måling af støjen."


@pytest.fixture
def asked(hearing: Round) -> Contribution:
    """A question that was promised an answer a month ago, and has none."""
    sender = Sender(email="mia@borger.example")
    sent = Sent(words="Hvornår bygger I?", kind=Kind.QUESTION, received_at=NOW, key="a", sender=sender)
    with settling():
        return ask_question(VISITOR, hearing, sent, now=NOW)


def explain(actor: Actor, hearing: Round, day: date = NEW) -> int:
    with settling():
        return explain_delay(actor, hearing.project, PromiseKind.QUESTION_ANSWER, day, WHY, now=LATER)


def test_whoever_waits_is_told_why_and_when_and_the_promise_stands_as_it_was_made(
    app: SettledFlask, planner: Actor, hearing: Round, asked: Contribution
) -> None:
    mine = sa.select(Promise).where(Promise.contribution_id == asked.id)
    before = [(one.kind, one.due_on, one.kept_at, one.made_at) for one in db.session.scalars(mine)]
    late = figures(LATER).late_now
    assert (explain(planner, hearing), late) == (1, 1)
    for _ in range(2):
        jobs.run_all(app, LATER)
    (letter,) = db.session.scalars(sa.select(Letter).where(Letter.kind == "promise_moved")).all()
    composed = letters.read_in_full(letter)
    assert WHY in composed.words
    assert clock.day(NEW) in composed.words
    assert [(one.kind, one.due_on, one.kept_at, one.made_at) for one in db.session.scalars(mine)] == before
    assert figures(LATER).late_now == late


def test_what_is_not_late_is_not_explained(planner: Actor, hearing: Round) -> None:
    with pytest.raises(NotLate):
        explain(planner, hearing)


@pytest.mark.parametrize("day", [dates.local_day(LATER) - timedelta(days=1), date(2027, 1, 2)])
def test_the_new_day_is_a_working_day_ahead(planner: Actor, hearing: Round, asked: Contribution, day: date) -> None:
    with pytest.raises(NotAWorkingDay):
        explain(planner, hearing, day)


def test_only_who_works_in_the_case_explains(
    clerk: Actor, other_planner: Actor, hearing: Round, asked: Contribution
) -> None:
    for actor in (clerk, other_planner, VISITOR):
        with pytest.raises(NotAllowed):
            explain(actor, hearing)
    assert [one.new_on for one in late_in(hearing.project_id, dates.local_day(LATER))] == [None]


def test_a_planner_explains_on_the_page_and_everybody_reads_it(
    client: FlaskClient, planner_person: Person, asked: Contribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    with settling():
        keep(Municipality(promises_public=True), now=NOW)
    assert "Vi har ikke forklaret det endnu." in client.get("/loefter").text
    sign_in(client, planner_person)
    sent = {"csrf_token": token(client.get(f"{BASE}/besked").text), "question_answer-new_on": "2020-01-01"}
    wrong = client.post(f"{BASE}/forsinket/question_answer", data={**sent, "question_answer-reason": WHY})
    assert (wrong.status_code, WHY in wrong.text) == (422, True)
    sent |= {"question_answer-new_on": NEW.isoformat(), "question_answer-reason": WHY}
    assert client.post(f"{BASE}/forsinket/question_answer", data=sent).status_code == 303
    assert client.post(f"{BASE}/forsinket/decision", data=sent).status_code == 404
    assert WHY in client.get("/loefter").text


#: Who writes which column of a promise, once it is made: kept, moved, or set in motion by the decision.
WRITERS = {
    "answers/question.py": {"kept_at"},
    "contributions/tell_all.py": {"moved_to", "moved_reason"},
    "decisions/record.py": {"kept_at", "due_on"},
    "decisions/schedule.py": {"moved_to", "moved_reason"},
    "feedback/explain.py": {"moved_to", "moved_reason"},
    "feedback/publish.py": {"kept_at"},
    "reports/publish.py": {"kept_at"},
}


def written(path: Path) -> set[str]:
    """The columns of a promise that a module writes after the promise was made."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and ".values" in ast.unparse(node.func)
            and "update(Promise)" in ast.unparse(node)
        ):
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one for target in targets for one in ast.walk(target) if isinstance(one, ast.Attribute)]
            found |= {one.attr for one in names if ast.unparse(one.value) in ("promise", "one_promise")}
    return found


def test_no_route_edits_a_promise() -> None:
    """RL-30: outside these verbs nothing writes a promise, and only the decision sets the day it runs to."""
    package = Path(roof.__file__).parent
    found = {str(path.relative_to(package)): written(path) for path in package.rglob("*.py")}
    assert {path: columns for path, columns in found.items() if columns} == WRITERS
    deleted = [str(path) for path in package.rglob("*.py") if "delete(Promise)" in path.read_text(encoding="utf-8")]
    assert deleted == []
