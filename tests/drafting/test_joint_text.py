"""In co-creation a text is developed together: versions with names and dates, and what each changed (RL-09)."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from participation.contributions.block import block_sender
from participation.contributions.clear import clear_contribution, still_open
from participation.contributions.hide import hide_contribution
from participation.contributions.model import Contribution
from participation.drafting.joint_queries import revisions, versions_shown
from participation.drafting.model import JointText
from participation.drafting.open_joint import close_joint_text, open_joint_text
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.projects.model import Round
from participation.rules.handling import ClearReason, Handling, HidingReason
from participation.rules.kinds import Kind, PublicationRule
from participation.rules.policy import Actor, NotAllowed
from tests.contributions.sending import csrf, form_key
from tests.drafting.group import Group
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.tampered import behind_our_back

pytestmark = pytest.mark.database

START = "Parken skal være for alle.\r\n\r\nDer skal være en bænk ved søen. 🌳"


@pytest.fixture
def joint(cocreation: Round, planner: Actor) -> JointText:
    """A joint text that is open, in a project that shows what comes in at once."""
    with settling():
        cocreation.project.publication = PublicationRule.IMMEDIATELY
    with settling():
        return open_joint_text(planner, cocreation, "Hvad er en god park?", START, now=NOW)


def home(joint: JointText) -> str:
    return f"/projekter/{joint.project.slug}/faelles-tekst/{joint.id}"


def propose(client, joint: JointText, text: str, based_on: int = 1, **fields: str) -> TestResponse:
    data = {"key": fields.pop("key", None) or opened(client, joint), "text": text, "based_on": str(based_on)}
    return client.post(f"{home(joint)}/ret", data=data | {"words": "Fordi mange sidder der.", "email": ""} | fields)


def opened(client, joint: JointText) -> str:
    """The key of a form that was opened a minute ago, so that nobody is taken for a robot."""
    with time_machine.travel(NOW - timedelta(minutes=1), tick=False):
        return form_key(client, f"{home(joint)}/ret")


def shown(joint: JointText) -> list[tuple[int, int | None, str, str]]:
    db.session.rollback()
    return [(one.number, one.based_on, one.name, one.words) for one in versions_shown(joint)]


def came_in() -> list[Contribution]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Contribution).order_by(Contribution.number)))


def test_a_planner_begins_it_and_it_stands_on_the_projects_page(client, cocreation: Round, planner_person) -> None:
    sign_in(client, planner_person)
    desk = f"/arbejde/projekter/{cocreation.project.slug}/faelles-tekst"
    data = {"csrf_token": csrf(client, desk), "title": "Hvad er en god park?", "words": START}
    assert client.post(desk, data=data).status_code == 303
    (joint,) = db.session.scalars(sa.select(JointText))
    assert (joint.words, joint.opened_by_id) == (START, planner_person.id)
    client.post("/log-ud", data={"csrf_token": data["csrf_token"]})
    page = client.get(f"/projekter/{cocreation.project.slug}").text
    assert f'href="{home(joint)}"' in page
    read = client.get(home(joint)).text
    assert "Der skal være en bænk ved søen. 🌳" in read
    assert "Version 1 · Veje og Trafik" in read
    assert f'href="{home(joint)}/ret"' in read


def test_nothing_is_begun_without_a_title_and_a_beginning(client, cocreation: Round, planner_person) -> None:
    sign_in(client, planner_person)
    desk = f"/arbejde/projekter/{cocreation.project.slug}/faelles-tekst"
    answer = client.post(desk, data={"csrf_token": csrf(client, desk), "title": "Parken", "words": " "})
    assert answer.status_code == 422
    assert 'value="Parken"' in answer.text
    assert db.session.scalar(sa.select(JointText.id)) is None


def test_a_proposed_version_is_a_contribution_with_a_reason_a_number_and_a_receipt(client, joint: JointText) -> None:
    answer = propose(client, joint, START.replace("en bænk", "to bænke"), name="Ida Holm", show_name="y")
    assert (answer.status_code, answer.location) == (303, "/kvittering")
    assert "Tak. Vi har modtaget dit ændringsforslag." in client.get("/kvittering").text
    (one,) = came_in()
    assert (one.kind, one.number, one.words) == (Kind.REVISION, 1, "Fordi mange sidder der.")
    assert [point.words for point in one.points] == ["Fordi mange sidder der."]
    assert shown(joint) == [
        (1, None, "Veje og Trafik", START),
        (2, 1, "Ida Holm", START.replace("en bænk", "to bænke")),
    ]
    page = client.get(home(joint)).text
    assert "Der skal være to bænke ved søen" in page
    assert page.index("Version 2 · Ida Holm · 22. november 2026") < page.index("Version 1 · Veje og Trafik")


def test_a_name_is_shown_on_wish_alone(client, joint: JointText) -> None:
    propose(client, joint, "Parken er for alle.", name="Ida Holm")
    assert shown(joint)[1][2] == "borger"


def test_what_was_changed_between_any_two_is_shown_with_words(client, joint: JointText) -> None:
    propose(client, joint, START.replace("en bænk", "to bænke"))
    propose(client, joint, START.replace("en bænk", "tre bænke"), based_on=2)
    page = client.get(f"{home(joint)}/versioner/3").text
    assert "Ændret siden version 2" in page
    assert re.search(r"<del><span[^>]*>\[tages ud:\] </span>to<", page)
    assert re.search(r"<ins><span[^>]*>\[sættes ind:\] </span>tre<", page)
    first = client.get(f"{home(joint)}/versioner/3?fra=1").text
    assert "Ændret siden version 1" in first
    assert "Fordi mange sidder der." in first
    assert client.get(f"{home(joint)}/versioner/4").status_code == 404
    assert client.get(f"{home(joint)}/versioner/1").status_code == 200


def test_two_at_once_lose_nothing_and_both_are_shown(app, client, joint: JointText) -> None:
    other = app.test_client()
    key = opened(other, joint)
    assert propose(client, joint, START + " Og lys.").status_code == 303
    answer = propose(other, joint, START + " Og en gynge.", key=key, words="Børn kan lide det.")
    assert answer.status_code == 409
    assert "har foreslået version 2, mens du skrev" in answer.text
    assert "Og lys." in answer.text
    assert re.search(r"<textarea[^>]*name=\"text\"[^>]*>.*Og en gynge\.</textarea>", answer.text, re.S)
    assert "Børn kan lide det." in answer.text
    assert len(came_in()) == 1
    again = re.search(r'name="based_on" value="(\d+)"', answer.text)[1]
    assert propose(other, joint, START + " Og lys. Og en gynge.", int(again), key=key).status_code == 303
    assert [one[:2] for one in shown(joint)] == [(1, None), (2, 1), (3, 2)]


def test_the_same_form_twice_is_one_version(client, joint: JointText) -> None:
    key = opened(client, joint)
    assert propose(client, joint, "Parken er for alle.", key=key).status_code == 303
    assert propose(client, joint, "Parken er for alle.", key=key).status_code == 303
    assert len(came_in()) == 1
    assert propose(client, joint, "Parken er for børn.", key=key).status_code == 409
    assert len(shown(joint)) == 2


@pytest.mark.parametrize(("field", "typed"), [("words", ""), ("text", "  "), ("email", "ida@")])
def test_a_wrong_form_keeps_what_was_typed(client, joint: JointText, field: str, typed: str) -> None:
    answer = propose(client, joint, **({"text": "Parken er for børn.", "name": "Ida Holm"} | {field: typed}))
    assert answer.status_code == 422
    assert 'value="Ida Holm"' in answer.text
    assert came_in() == []


def test_nothing_changed_is_no_version(client, joint: JointText) -> None:
    assert propose(client, joint, START).status_code == 409
    assert came_in() == []


def test_a_cpr_number_is_told_and_then_waits_for_a_person_who_covers_it(client, joint: JointText, planner) -> None:
    """RE-26: in the text itself, as in every citizen's words."""
    text = START + " Ring til 010180-0008."
    told = propose(client, joint, text, tell_first="1")
    assert told.status_code == 422
    assert "ligner et CPR-nummer i linje 3" in told.text
    assert propose(client, joint, text).status_code == 303
    (one,) = came_in()
    assert (one.held_back, one.handling) == (True, Handling.RECEIVED)
    assert [row[0] for row in shown(joint)] == [1]
    with settling():
        one = db.session.merge(one)
        clear_contribution(planner, one, ClearReason.COVERED, still_open(one), now=NOW)
    assert "010180" not in shown(joint)[1][3]
    assert "[dækket: CPR-nummer]" in shown(joint)[1][3]
    assert "010180" not in client.get(home(joint)).text
    assert "010180" not in client.get(f"{home(joint)}/versioner/2").text


def test_what_is_hidden_is_not_shown_and_the_text_is_the_one_before(client, joint: JointText, planner) -> None:
    """RE-33: the ladder of moderation holds here too."""
    propose(client, joint, "Parken er for alle.")
    propose(client, joint, "Grimme ord om naboen.", based_on=2)
    with settling():
        hide_contribution(planner, came_in()[1], HidingReason.THREATS, "Skriv pænt.", now=NOW)
    assert [row[0] for row in shown(joint)] == [1, 2]
    assert "Grimme" not in client.get(home(joint)).text
    assert client.get(f"{home(joint)}/versioner/3").status_code == 404
    assert propose(client, joint, "Parken er for os.", based_on=2).status_code == 303
    assert [row[:2] for row in shown(joint)] == [(1, None), (2, 1), (4, 2)]


def test_who_is_closed_out_of_comments_is_closed_out_here(client, joint: JointText, planner) -> None:
    propose(client, joint, "Parken er for alle.", email="ida@borger.example")
    with settling():
        block_sender(planner, came_in()[0], HidingReason.THREATS, "Skriv pænt.", 3, now=NOW)
    answer = propose(client, joint, "Nej.", based_on=2, email="ida@borger.example")
    assert answer.status_code == 409
    assert len(came_in()) == 1


def test_under_the_rule_of_looking_first_it_waits(client, joint: JointText) -> None:
    with settling():
        db.session.merge(joint.project).publication = PublicationRule.AFTER_LOOK
    propose(client, joint, "Parken er for alle.")
    propose(client, joint, "Parken er for børn.")
    assert [row[0] for row in shown(joint)] == [1]
    db.session.rollback()
    assert [(one.number, one.based_on) for one in revisions(joint)] == [(2, 1), (3, 1)]


def test_the_planner_ends_the_work_and_all_versions_stay(client, joint: JointText, planner, planner_person) -> None:
    propose(client, joint, "Parken er for alle.")
    propose(client, joint, "Parken er for børn.", based_on=2)
    sign_in(client, planner_person)
    desk = f"/arbejde/projekter/{joint.project.slug}/faelles-tekst"
    page = client.get(desk).text
    assert "Version 3" in page
    data = {"csrf_token": csrf(client, desk), "final": "2"}
    assert client.post(f"{desk}/{joint.id}/luk", data=data).status_code == 303
    read = client.get(home(joint)).text
    assert "Den endte 22. november 2026 med version 2." in read
    assert re.search(r'<div class="words"[^>]*>\s*(<p[^>]*>)?Parken er for alle\.', read)
    assert "/ret" not in read
    assert client.get(f"{home(joint)}/versioner/3").status_code == 200
    assert propose(client, joint, "Sent.", based_on=3, key="x").status_code in (409, 422)
    assert client.get(f"{home(joint)}/ret").status_code == 302
    with pytest.raises(Wrong), settling():
        close_joint_text(planner, db.session.merge(joint), 3, now=NOW)


def test_it_ends_with_one_of_its_versions(joint: JointText, planner) -> None:
    with pytest.raises(Wrong), settling():
        close_joint_text(planner, joint, 7, now=NOW)


def test_a_planner_of_another_department_does_not_begin_one(cocreation: Round, other_planner: Actor) -> None:
    with pytest.raises(NotAllowed), settling():
        open_joint_text(other_planner, cocreation, "Parken", "Vi vil.", now=NOW)


def test_after_the_deadline_nothing_is_proposed_and_it_can_be_read(client, joint: JointText, clock) -> None:
    key = opened(client, joint)
    clock.move_to(joint.round.closes_at)
    assert propose(client, joint, "Sent ude.", key=key).status_code == 409
    page = client.get(home(joint))
    assert page.status_code == 200
    assert "Foreslå en ændring" not in page.text


def test_the_log_proves_the_reason_and_the_text(client, joint: JointText, clock) -> None:
    propose(client, joint, "Parken er for alle.")
    clock.shift(timedelta(minutes=1))
    log.seal(NOW + timedelta(minutes=1))
    assert log.verify().sound
    behind_our_back("UPDATE text SET words = 'Andet.' WHERE source = 'revision'")
    assert not log.verify().sound


@pytest.mark.parametrize("table", ["revision", "workspace_version"])
def test_the_database_itself_refuses_to_change_a_version(app, client, joint: JointText, table: str) -> None:
    propose(client, joint, "Parken er for alle.")
    Group(app, db.session.merge(joint).round).write("ida", "Vi vil.")
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), db.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET number = 9")


def test_the_pages_ask_the_same_few_times_however_many_versions_there_are(client, joint: JointText) -> None:
    def asked(path: str) -> int:
        db.session.rollback()
        with counted() as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    propose(client, joint, "Parken er for nummer 2.")
    pages = (home(joint), f"{home(joint)}/versioner/2", f"{home(joint)}/ret", f"/projekter/{joint.project.slug}")
    few = [asked(page) for page in pages]
    for number in range(3, 9):
        assert propose(client, joint, f"Parken er for nummer {number}.", based_on=number - 1).status_code == 303
    assert [asked(page) for page in pages] == few
    assert few[:3] == [5, 5, 5]
