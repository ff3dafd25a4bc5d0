"""What is written down without a connection counts once, however often it is sent (RP-06, RP-14)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation.db import db, settling
from participation.foundation.model import Letter, LogEntry
from participation.projects.model import Round
from participation.rules.acts import Act
from participation.rules.kinds import Channel, Role
from participation.rules.phases import Arrival
from tests.persons import NOW, make_person, sign_in

JSON = {"Accept": "application/json"}


@pytest.fixture
def page(client, hearing, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}/ude"


def told(client, page, words="Hun vil have lys.", key=None, **fields):
    """What was written down, as the page's script sends it."""
    ready = client.get(f"{page}/klar.json")
    assert ready.status_code == 200
    values = {
        "csrf_token": ready.json["csrf_token"],
        "key": key or str(uuid4()),
        "words": words,
        "kind": "response",
        "channel": "counter",
        "received_on": "2026-11-22",
        "received_at": "14:10",
        **fields,
    }
    return client.post(page, data=values, headers=JSON)


def kept():
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Contribution).order_by(Contribution.number)))


def test_it_has_number_code_point_and_receipt_as_all_others(client, page, planner_person):
    answer = told(client, page, name="Karen Holm", email="karen@borger.example", place="Ved kirken")
    assert (answer.status_code, answer.json["number"]) == (200, 1)
    assert len(answer.json["code"]) == 19
    one = kept()[0]
    assert (one.words, one.channel, one.retold, one.place) == ("Hun vil have lys.", Channel.COUNTER, True, "Ved kirken")
    assert (one.registered_by_id, one.registered_at) == (planner_person.id, NOW)
    assert len(db.session.scalars(sa.select(Point)).all()) == 1
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.kind, letter.recipient) == ("receipt", "karen@borger.example")
    assert client.get(answer.json["address"]).status_code == 200


def test_it_arrived_when_it_was_said_and_both_times_stand_in_the_log(client, page):
    told(client, page)
    one = kept()[0]
    assert one.received_at == NOW.replace(hour=13, minute=10, second=0)
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.REGISTER_CONTRIBUTION)).one()
    assert entry.at == NOW
    assert "2026-11-22T13:10:00" in str(entry.facts["received_at"])


def test_what_was_said_in_time_is_in_time_when_it_is_sent_after_the_deadline(client, page, clock_stands_still, hearing):
    clock_stands_still.move_to(hearing.closes_at + timedelta(hours=9), tick=False)
    last = (hearing.closes_at - timedelta(minutes=1)).astimezone()
    answer = told(client, page, received_on="2026-12-14", received_at="23:59")
    assert answer.status_code == 200, answer.json
    assert kept()[0].arrival is Arrival.IN_TIME
    assert kept()[0].received_at == last


def test_sent_twice_it_counts_once_and_has_the_same_number(client, page):
    key = str(uuid4())
    first = told(client, page, key=key, email="a@borger.example")
    second = told(client, page, key=key, email="a@borger.example")
    assert first.json == second.json
    assert len(kept()) == 1
    assert len(db.session.scalars(sa.select(Letter)).all()) == 1


def test_sent_again_when_the_next_round_is_announced_it_counts_once(client, page, hearing):
    key = str(uuid4())
    told(client, page, key=key)
    with settling():
        facts = {name: getattr(hearing, name) for name in ("kind", "level", "opens_at", "closes_at", "project_id")}
        db.session.add(Round(**facts, position=2, announced_at=NOW))
    db.session.expire_all()
    assert told(client, page, key=key).json["number"] == 1
    assert len(kept()) == 1


def test_the_same_key_with_other_words_is_told_and_changes_nothing(client, page):
    key = str(uuid4())
    told(client, page, key=key)
    answer = told(client, page, "Hun vil have en bom.", key=key)
    assert (answer.status_code, answer.json["known"]) == (409, True)
    assert "allerede modtaget" in answer.json["why"]
    assert [one.words for one in kept()] == ["Hun vil have lys."]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"words": "  "}, "Skriv, hvad der blev sagt"),
        ({"email": "karen"}, "hel e-mailadresse"),
        ({"received_on": "2026-11-23"}, "Skriv en dag, der har været"),
        ({"key": "1"}, "Invalid input"),
    ],
)
def test_what_is_refused_is_said_in_one_sentence(client, page, fields, says):
    answer = told(client, page, **fields)
    assert answer.status_code == 422
    assert says in answer.json["why"]
    assert kept() == []


def test_a_cpr_number_is_told_first_and_sent_anyway_held_back(client, page):
    key, words = str(uuid4()), "Tak.\nMit nummer er 010180-0008."
    answer = told(client, page, words, key=key)
    assert (answer.status_code, answer.json["anyway"]) == (422, True)
    assert "linje 2" in answer.json["why"]
    assert kept() == []
    assert told(client, page, words, key=key, anyway="y").status_code == 200
    assert kept()[0].held_back


def test_a_closed_case_says_why_and_its_page_still_opens(client, page, hearing):
    with settling():
        hearing.project.closed_at = NOW
    answer = told(client, page)
    assert (answer.status_code, answer.json["why"]) == (409, "Sagen er afsluttet.")
    assert "Sagen er afsluttet." in client.get(page).text
    assert kept() == []


def test_lines_of_dashes_divide_nothing_here(client, page):
    told(client, page, "En.\r\n---\r\nTo.", channel="meeting")
    assert [one.words for one in kept()] == ["En.\r\n---\r\nTo."]


def test_whoever_is_signed_out_is_told_so_by_number(app, page):
    visitor = app.test_client()
    answer = visitor.post(page, data={"words": "x"}, headers=JSON)
    assert answer.status_code in (400, 401)
    assert visitor.get(f"{page}/klar.json", headers=JSON).status_code == 302


def test_another_department_does_not_send_here(app, page, schools):
    other = app.test_client()
    sign_in(other, make_person("Per Planlægger", (Role.PLANNER, schools)))
    ready = other.get(f"{page}/klar.json")
    answer = told(other, page) if ready.status_code == 200 else ready
    assert answer.status_code == 403
    assert kept() == []


def test_the_worker_keeps_this_page_and_its_parts_alone(client, page):
    answer = client.get(f"{page}/arbejder.js")
    assert (answer.mimetype, answer.headers["Service-Worker-Allowed"]) == ("text/javascript", page)
    assert f'const PAGE = "{page}"' in answer.text
    parts = next(line for line in answer.text.splitlines() if line.startswith("const PARTS"))
    assert parts.count("/static/") == 4
    for part in parts.split('"')[1::2]:
        assert client.get(part).status_code == 200


def test_a_shared_screen_keeps_nothing(client, page):
    """SK-12: it is cleared for the next person, and what lay there would be lost."""
    client.set_cookie("faelles_skaerm", "1")
    said = client.get(page).text
    assert "Denne skærm er fælles" in said
    assert "data-away=" not in said


def test_without_javascript_the_page_says_so_and_leads_to_the_other_one(client, page):
    said = client.get(page).text
    assert "Siden her skal bruge JavaScript" in said
    assert "/indbakke/skriv-ind" in said.split("data-away-without")[1].split("</div>")[0]


def test_at_a_stand_people_stand_there(client, page):
    """RP-06: the page begins with the way that is usual there, not with the telephone."""
    shown = client.get(page).text
    assert '<option selected value="counter">' in shown
    assert '<option value="phone">' in shown
