"""A time for a talk: offered by a planner, taken in one step, held by one alone, forgotten afterwards (RP-15)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError

from participation.contributions.model import Contribution
from participation.foundation import jobs, letters
from participation.foundation.db import db, settling
from participation.foundation.model import Letter, LogEntry
from participation.projects import talk
from participation.projects.model import TalkBooking, TalkSlot
from participation.projects.talk import KEPT_DAYS, SlotTaken, book_talk, cancel_talk, leave_talk, offer_talks
from participation.rules.kinds import Channel, TalkEnd, TalkWay
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of

PUBLIC = "/projekter/ny-skolevej-ved-engparken"
PAGE = f"{PUBLIC}/tal-med-os"
DESK = "/arbejde/projekter/ny-skolevej-ved-engparken/samtaler"
IDA = {"name": "Ida Holm", "phone": "70 00 00 08", "email": "ida@borger.example", "about": "Lyset på stien"}
AT = NOW.replace(day=25, hour=9, minute=0, second=0)


@pytest.fixture(autouse=True)
def clock_stands_still(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def slots(planner, hearing):
    """Three times on Wednesday from 10.00, twenty minutes each, by phone."""
    each = timedelta(minutes=20)
    with settling():
        offer_talks(
            planner,
            hearing.project,
            [(AT + each * n, AT + each * (n + 1)) for n in range(3)],
            TalkWay.PHONE,
            "",
            now=NOW,
        )
    return list(db.session.scalars(sa.select(TalkSlot).order_by(TalkSlot.starts_at)))


@pytest.fixture
def booked(slots):
    with settling():
        return book_talk(VISITOR, slots[0], **IDA, now=NOW)


def bookings():
    db.session.rollback()
    return list(db.session.scalars(sa.select(TalkBooking).order_by(TalkBooking.id)))


def told(kind):
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def take(client, chosen, **other):
    key = re.search(r'name="key"[^>]*value="([^"]+)"', client.get(PAGE).text)
    assert key is not None
    return client.post(PAGE, data={"key": key[1], "slot": str(chosen.id), **IDA, **other})


# -- offering --------------------------------------------------------------------------------------------------------


def test_a_planner_offers_several_at_once_in_danish_time(client, hearing, planner_person):
    sign_in(client, planner_person)
    told = {
        "day": "2026-11-25",
        "begins": "10:00",
        "ends": "11:10",
        "minutes": "20",
        "way": "place",
        "place": "Rådhuset",
    }
    assert "Bestil en tid" not in client.get(PUBLIC).text
    answer = client.post(DESK, data={"csrf_token": csrf(client, DESK), **told})
    assert answer.status_code == 303
    starts = list(db.session.scalars(sa.select(TalkSlot.starts_at).order_by(TalkSlot.starts_at)))
    assert starts == [AT, AT + timedelta(minutes=20), AT + timedelta(minutes=40)]
    assert "25. november 2026 kl. 10.00–10.20" in words_of(client, DESK)
    assert "Bestil en tid til en snak" in words_of(client, PUBLIC)
    client.post(DESK, data={"csrf_token": csrf(client, DESK), **told})
    assert db.session.scalar(sa.select(sa.func.count(TalkSlot.id))) == 3, "what is offered already adds nothing"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ends": "09:00"}, "Der er ikke plads til en tid."),
        ({"day": "2026-11-20"}, "De tider er gået."),
        ({"way": "video", "place": ""}, "Skriv stedet eller linket"),
        ({"minutes": "1"}, "Skriv et tal fra 5 til 240."),
        ({"begins": "00:00", "ends": "23:00", "minutes": "5"}, "Det er mange tider"),
    ],
)
def test_what_is_wrong_is_told(client, hearing, planner_person, wrong, says):
    sign_in(client, planner_person)
    told = {"day": "2026-11-25", "begins": "10:00", "ends": "11:00", "minutes": "20", "way": "phone", "place": ""}
    answer = client.post(DESK, data={"csrf_token": csrf(client, DESK), **told, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert db.session.scalar(sa.select(sa.func.count(TalkSlot.id))) == 0


def test_nobody_else_offers_cancels_or_sees_who_comes(client, hearing, other_planner, councillor_person, booked):
    with pytest.raises(NotAllowed):
        offer_talks(other_planner, hearing.project, [(AT, AT)], TalkWay.PHONE, "", now=NOW)
    with pytest.raises(NotAllowed):
        cancel_talk(other_planner, booked.slot, "Syg", now=NOW)
    sign_in(client, councillor_person)
    assert client.get(DESK).status_code == 403


# -- taking ----------------------------------------------------------------------------------------------------------


def test_one_step_takes_a_time_and_a_letter_brings_it_to_the_calendar(client, slots, planner_person, hearing, app):
    with settling():
        hearing.project.owner_id = planner_person.id
    assert "25. november 2026 kl. 10.00–10.20, i telefonen" in words_of(client, PAGE)
    answer = take(client, slots[0], companion="Bo Holm")
    assert answer.status_code == 303
    words = words_of(client, answer.location)
    assert "onsdag 25. november 2026 kl. 10.00–10.20" in words
    assert "Vi ringer på 70 00 00 08." in words
    (one,) = bookings()
    assert (one.name, one.companion, one.holds_id) == ("Ida Holm", "Bo Holm", slots[0].id)
    assert "10.00" not in words_of(client.application.test_client(), PAGE).split("Navn")[0], "it is no longer free"
    jobs.run_all(app, NOW)
    (letter,) = told("talk_booked")
    mail = message_from_bytes(letters.exact_copy(letter), policy=default)
    (file,) = [part for part in mail.walk() if part.get_filename()]
    ics = file.get_content()
    ics = ics if isinstance(ics, str) else ics.decode()
    assert "DTSTART:20261125T090000Z" in ics
    assert "DTEND:20261125T092000Z" in ics
    assert letters.exact_copy(letter) == letters.exact_copy(letter)
    body = mail.get_body(("plain",)).get_content()
    assert talk.link(one) in body
    assert talk.link(one) not in letter.words, "no copy that we keep holds the link"
    (owner,) = told("talk_booked_staff")
    assert "Ida" not in str(owner.facts)
    assert "Ida" not in str([entry.facts for entry in db.session.scalars(sa.select(LogEntry))])


def test_two_at_the_same_moment_and_one_gets_it(app, slots):
    """The database lets one in, on both databases."""
    key = slots[0].id

    def book(name):
        with app.app_context():
            try:
                with settling():
                    book_talk(VISITOR, db.session.get(TalkSlot, key), name=name, phone="70 00 00 08", now=NOW)
            except SlotTaken:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(book, ["Ida", "Bo", "Eva", "Kim"]))
    assert sorted(got) == [False, False, False, True]
    assert len(bookings()) == 1


def test_the_database_itself_refuses_a_second_holder(booked):
    db.session.add(TalkBooking(slot_id=booked.slot_id, holds_id=booked.slot_id, name="Bo", booked_at=NOW))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_same_person_twice_has_it_once(slots, booked):
    with settling():
        again = book_talk(VISITOR, slots[0], **IDA, now=NOW)
    assert again.id == booked.id
    assert len(told("talk_booked")) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "Skriv dit navn"),
        ({"phone": ""}, "Skriv det nummer, vi skal ringe til."),
        ({"phone": "12"}, "Skriv nummeret med alle cifre"),
        ({"email": "ida"}, "hel e-mailadresse"),
        ({"slot": ""}, "Vælg en tid."),
        ({"slot": "999"}, "Tiden er lige blevet taget."),
        ({"about": "Mit nummer er 010170-1234"}, "Det ligner et CPR-nummer."),
    ],
)
def test_what_is_missing_is_told_and_the_words_stay(client, slots, wrong, says):
    answer = take(client, slots[0], **wrong)
    assert answer.status_code == 422
    assert says in answer.text
    assert wrong.get("about", IDA["about"]) in answer.text
    assert bookings() == []


def test_a_time_gone_by_is_not_shown_and_not_taken(client, slots, clock_stands_still):
    clock_stands_still.move_to(AT + timedelta(minutes=25), tick=False)
    words = words_of(client, PAGE)
    assert "kl. 10.00" not in words
    assert "kl. 10.40" in words
    with pytest.raises(SlotTaken):
        book_talk(VISITOR, slots[0], **IDA, now=AT + timedelta(minutes=25))
    clock_stands_still.move_to(AT + timedelta(days=1), tick=False)
    assert "Der er ingen ledige tider lige nu" in words_of(client, PAGE)
    assert "Bestil en tid" not in client.get(PUBLIC).text


# -- leaving, cancelling, talking -------------------------------------------------------------------------------------


def test_the_letters_link_gives_the_time_back_and_forgets_who_it_was(client, slots, booked):
    path = talk.link(booked).removeprefix("http://localhost")
    assert "Din tid" in words_of(client, path)
    assert client.get(f"{path}/aftale.ics").mimetype == "text/calendar"
    assert client.get(path[:-1] + ("a" if path[-1] != "a" else "b")).status_code == 404
    assert bookings()[0].ended is None, "opening it changes nothing"
    assert client.post(path).status_code == 303
    (one,) = bookings()
    assert (one.ended, one.name, one.phone, one.email, one.about) == (TalkEnd.LEFT, "", "", "", "")
    assert "Du har ikke længere en tid" in words_of(client, path)
    assert take(client, slots[0], name="Bo Lund").status_code == 303


def test_a_cancelled_time_is_told_with_its_reason(client, slots, booked, planner_person):
    sign_in(client, planner_person)
    path = f"{DESK}/{slots[0].id}/aflys"
    assert client.post(path, data={"csrf_token": csrf(client, path), "words": ""}).status_code == 422
    answer = client.post(path, data={"csrf_token": csrf(client, path), "words": "Asta er syg."})
    assert answer.status_code == 303
    (letter,) = told("talk_cancelled")
    assert (letter.recipient, letter.facts["why"]) == ("ida@borger.example", "Asta er syg.")
    assert bookings()[0].name == ""
    assert "10.00–10.20" not in words_of(client, DESK)
    assert "Asta er syg." in words_of(client, talk.link(booked).removeprefix("http://localhost"))


def test_whoever_gave_no_address_is_rung_up_and_then_forgotten(client, slots, planner_person):
    with settling():
        book_talk(VISITOR, slots[0], name="Ida Holm", phone="70 00 00 08", now=NOW)
    sign_in(client, planner_person)
    path = f"{DESK}/{slots[0].id}/aflys"
    client.post(path, data={"csrf_token": csrf(client, path), "words": "Asta er syg."})
    words = words_of(client, DESK)
    assert "Ring og sig, at tiden er aflyst" in words
    assert "70 00 00 08" in words
    client.post(f"{DESK}/{bookings()[0].id}/ringet", data={"csrf_token": csrf(client, DESK)})
    assert (bookings()[0].name, bookings()[0].ended) == ("", TalkEnd.CANCELLED)
    assert "70 00 00 08" not in words_of(client, DESK)


def test_what_was_said_is_written_down_prefilled_and_settles_the_talk(
    client, booked, planner_person, clock_stands_still
):
    """RP-06: it gets the number, receipt and answer of every other contribution."""
    clock_stands_still.move_to(AT + timedelta(minutes=30), tick=False)
    sign_in(client, planner_person)
    link = f"/arbejde/projekter/ny-skolevej-ved-engparken/indbakke/skriv-ind?samtale={booked.id}"
    assert link in client.get(DESK).text.replace("&amp;", "&")
    page = client.get(link).text
    assert all(f'value="{one}"' in page for one in ("Ida Holm", "70 00 00 08", "ida@borger.example", "2026-11-25"))
    said = {
        "channel": "phone",
        "kind": "response",
        "words": "Lys på stien, tak.",
        "capacity": "citizen",
        "talk": str(booked.id),
    }
    said |= {"name": "Ida Holm", "email": "ida@borger.example", "csrf_token": csrf(client, DESK)}
    assert client.post(link, data=said).status_code == 303
    (one,) = db.session.scalars(sa.select(Contribution))
    assert (one.number, one.channel, one.retold) == (1, Channel.PHONE, True)
    assert [letter.recipient for letter in told("receipt")] == ["ida@borger.example"]
    assert (bookings()[0].ended, bookings()[0].name) == (TalkEnd.HELD, "")
    assert client.get(link).status_code == 404


def test_nobody_came_is_said_and_forgets_too(client, booked, planner_person, clock_stands_still):
    clock_stands_still.move_to(AT + timedelta(hours=1), tick=False)
    sign_in(client, planner_person)
    assert client.post(f"{DESK}/{booked.id}/udeblevet", data={"csrf_token": csrf(client, DESK)}).status_code == 303
    assert (bookings()[0].ended, bookings()[0].name) == (TalkEnd.MISSED, "")


def test_a_month_after_a_talk_that_nobody_settled_it_is_forgotten(app, booked):
    jobs.run_all(app, AT + timedelta(days=KEPT_DAYS - 1))
    assert bookings()[0].name == "Ida Holm"
    talk._forget_old({}, None, AT + timedelta(days=KEPT_DAYS + 1))
    assert (bookings()[0].name, bookings()[0].phone, bookings()[0].email, told("talk_booked")) == ("", "", "", [])


def test_leaving_twice_changes_nothing(booked):
    with settling():
        leave_talk(VISITOR, booked, now=NOW)
        leave_talk(VISITOR, booked, now=NOW)
    assert len([one for one in db.session.scalars(sa.select(LogEntry)) if one.act == "talk:leave"]) == 1
