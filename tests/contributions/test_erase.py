"""A sender asks to have name and address erased and is answered; the words stay in the case (GDPR art. 17, RE-26)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.erase import ask_erasure, erase_sender, refuse_erasure
from participation.contributions.model import Contact, Contribution
from participation.foundation import jobs, log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter, LogEntry
from participation.people.model import Person
from participation.rules.acts import Act
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import csrf, holder_of, send, submitted
from tests.persons import NOW, sign_in

pytestmark = pytest.mark.database
NAME, EMAIL = "Torvald Prøve", "torvald@example.dk"
WORDS = "Lyset på stien skal blive."


@pytest.fixture
def one(hearing) -> Contribution:
    return submitted(hearing, WORDS, name=NAME, email=EMAIL, address="Prøvevej 1", phone="70 00 00 01", show_name=True)


@pytest.fixture
def asked(one) -> Contribution:
    with settling():
        ask_erasure(holder_of(one), one, now=NOW)
    return one


def letter(kind: str) -> Letter:
    return db.session.scalars(sa.select(Letter).where(Letter.kind == kind)).one()


def here(one: Contribution) -> str:
    return f"/arbejde/projekter/{one.project.slug}/indbakke/{one.number}"


def test_one_press_asks_and_the_page_says_when_the_answer_comes(client, hearing):
    send(client, f"/projekter/{hearing.project.slug}/svar", WORDS, name=NAME, email=EMAIL)
    page = client.get("/mit-svar/hvor").text
    assert "Bed os slette dem" in page
    token = csrf(client, "/mit-svar/hvor")
    assert client.post("/mit-svar/slet-navn", data={"csrf_token": token}).status_code == 303
    page = client.get("/mit-svar/hvor").text
    assert "Vi svarer inden for en måned." in page
    assert "Bed os slette dem" not in page
    assert db.session.scalars(sa.select(Contact)).one().erasure_asked_at is not None


def test_the_department_is_told_with_the_last_day(asked):
    jobs.run_all(None, NOW)
    words = letter("erasure_asked").words or ""
    assert "22. december 2026" in words
    assert here(asked) in words
    assert NAME not in words


def test_asking_twice_is_one_request(asked):
    with settling():
        ask_erasure(holder_of(asked), asked, now=NOW + timedelta(days=1))
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.ASK_ERASURE)).all()
    assert len(entries) == 1
    assert asked.contact is not None
    assert asked.contact.erasure_asked_at == NOW


def test_a_yes_leaves_the_words_and_nothing_of_the_sender(asked, planner, client):
    with settling():
        erase_sender(planner, asked, now=NOW)
    jobs.run_all(None, NOW)
    assert db.session.scalars(sa.select(Contact)).all() == []
    assert "Dine ord bliver i sagen." in (letter("erased").words or "")
    sign_in(client, db.session.get_one(Person, planner.person_id))
    base = f"/arbejde/projekter/{asked.project.slug}"
    for door in (here(asked), f"{base}/svar/{asked.number}", f"{base}/indbakke", f"{base}/svar.json"):
        answer = client.get(door)
        assert answer.status_code in (200, 404), door
        assert NAME not in answer.text, door
        assert EMAIL not in answer.text, door
    assert WORDS in client.get(here(asked)).text


def test_the_own_page_still_opens_and_says_so(asked, planner, client):
    with settling():
        erase_sender(planner, asked, now=NOW)
    with client.session_transaction() as session:
        session.clear()
    from participation.foundation import codes

    token = codes.link_token(asked.id, asked.code_version)
    answer = client.get(f"/l/{token}", follow_redirects=True)
    assert "Vi har slettet dit navn og din adresse." in answer.text
    assert WORDS in answer.text


def test_afterwards_the_address_leaves_the_letters_too(asked, planner):
    with settling():
        erase_sender(planner, asked, now=NOW)
    jobs.run_all(None, NOW)
    assert letter("receipt").recipient == EMAIL
    jobs.run_all(None, NOW + timedelta(days=5))
    db.session.expire_all()
    kept = db.session.scalars(sa.select(Letter.recipient)).all()
    assert EMAIL not in kept
    assert letter("erasure_asked").recipient is not None


def test_the_log_stays_whole_and_names_nobody(asked, planner, app):
    with settling():
        erase_sender(planner, asked, now=NOW)
    log.seal(NOW)
    assert log.verify().first_bad is None
    facts = " ".join(str(entry.facts) for entry in db.session.scalars(sa.select(LogEntry)))
    assert NAME not in facts
    assert EMAIL not in facts


def test_a_no_says_why_which_law_and_where_to_complain(asked, planner, client):
    with settling():
        refuse_erasure(planner, asked, "Sagen kan være en klagesag.", now=NOW)
    jobs.run_all(None, NOW)
    words = letter("erasure_refused").words or ""
    assert "Sagen kan være en klagesag." in words
    assert "artikel 17, stk. 3, litra b og d" in words
    assert "Datatilsynet" in words
    assert asked.contact is not None
    assert asked.contact.name == NAME
    with pytest.raises(Wrong, match="Vi har svaret på det"), settling():
        ask_erasure(holder_of(asked), asked, now=NOW)


def test_a_no_without_a_reason_comes_back_and_nothing_is_lost(asked, planner, client):
    sign_in(client, db.session.get_one(Person, planner.person_id))
    token = csrf(client, here(asked))
    answer = client.post(f"{here(asked)}/slet-navn", data={"csrf_token": token, "erase-refuse": "1", "erase-words": ""})
    assert answer.status_code == 422
    assert "Skriv til afsenderen, hvorfor I skal gemme det." in answer.text
    answer = client.post(f"{here(asked)}/slet-navn", data={"csrf_token": token, "erase-erase": "1", "erase-words": ""})
    assert answer.status_code == 303
    assert db.session.scalars(sa.select(Contact)).all() == []


def test_nobody_erases_who_was_not_asked_and_nobody_else_asks(one, planner, councillor):
    with pytest.raises(Wrong, match="ikke noget at svare på"), settling():
        erase_sender(planner, one, now=NOW)
    for stranger in (VISITOR, councillor):
        with pytest.raises(NotAllowed), settling():
            ask_erasure(stranger, one, now=NOW)
    with settling():
        ask_erasure(holder_of(one), one, now=NOW)
    with pytest.raises(NotAllowed), settling():
        erase_sender(councillor, one, now=NOW)
