"""The owner of an e-mail confirms it or says that they did not send it; arrival stays what it was (T3)."""

import re
from datetime import timedelta

import pytest

from participation.contributions.dispute import confirm_email, dispute_contribution, verify_sender
from participation.contributions.guide import guide_sender
from participation.foundation import codes, log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.handling import HidingReason
from participation.rules.kinds import Capacity, Known
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.laddered import letter
from tests.contributions.sending import WORDS, holder_of, submitted
from tests.persons import NOW, sign_in

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def one(hearing):
    return submitted(hearing, email="ida@borger.example", name="Ida Holm", show_name=True)


def link(one):
    return f"/l/{codes.link_token(one.id, one.code_version)}/e-mail"


def press(client, one, act=""):
    where = link(one)
    answer = client.post(where if not act else where.replace("/e-mail", act))
    db.session.rollback()
    return answer


def test_the_receipt_has_the_two_links_and_both_lead_to_one_page(one):
    said = letter("receipt")
    assert "Bekræft, at det er din e-mail" in said
    assert "Det har jeg ikke sendt" in said
    assert len(set(re.findall(r"/l/\S+/e-mail", said))) == 1


def test_without_an_address_the_code_confirms_nothing(hearing):
    one = submitted(hearing)
    with pytest.raises(Wrong), settling():
        confirm_email(holder_of(one), one, now=NOW)


def test_opening_the_link_does_nothing(client, one):
    """A mail program that looks at links confirms nothing."""
    page = client.get(link(one)).text
    db.session.rollback()
    assert "Det har jeg ikke sendt" in page
    assert WORDS not in page
    assert one.contact.known is Known.UNCONFIRMED


def test_confirming_changes_the_status_and_not_the_arrival(client, one, clock_stands_still):
    came = one.received_at
    clock_stands_still.move_to(LATER)
    assert press(client, one).status_code == 303
    assert (one.contact.known, one.contact.email_confirmed_at, one.received_at) == (Known.CONFIRMED, LATER, came)
    assert client.get("/mit-svar/hvor").status_code == 200


def test_the_code_alone_does_not_open_the_page(client, one):
    answer = client.get(f"/l/{codes.tracking_code(one.id, one.code_version)}/e-mail")
    assert (answer.status_code, "Kopiér hele linket fra mailen" in answer.text) == (404, True)


def test_who_did_not_send_it_says_so_and_the_name_goes(client, one):
    press(client, one, "/ikke-mig")
    assert (one.disputed_at, one.public_name, one.words) == (NOW, "", WORDS)
    assert "Du har sagt, at du ikke har sendt det" in client.get(link(one)).text
    said = letter("disputed")
    assert "Det har jeg ikke sendt" in said
    assert "ida" not in said.lower()


def test_an_organisation_that_did_not_send_it_is_not_named(client, hearing):
    one = submitted(hearing, email="k@forening.example", organisation="Cyklisterne", capacity=Capacity.ASSOCIATION)
    press(client, one, "/ikke-mig")
    assert one.public_name == ""


def test_no_more_letters_go_to_an_address_that_did_not_write(client, planner, one):
    press(client, one, "/ikke-mig")
    with settling():
        guide_sender(planner, one, HidingReason.THREATS, "Skriv om sagen.", now=NOW)
    with pytest.raises(Exception, match="No row"):
        letter("guided")


def test_it_was_a_mistake(client, one):
    press(client, one, "/ikke-mig")
    press(client, one)
    assert (one.disputed_at, one.contact.known, one.public_name) == (None, Known.CONFIRMED, "Ida Holm")
    acts = [entry.act for entry in log.entries_of(one)]
    assert acts[1:] == [Act.DISPUTE_CONTRIBUTION, Act.CONFIRM_EMAIL]


def test_a_planner_who_knows_the_sender_says_so(client, planner_person, one):
    sign_in(client, planner_person)
    where = f"/arbejde/projekter/{one.project.slug}/indbakke/{one.number}"
    page = client.get(where).text
    mark = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    assert client.post(f"{where}/kontrolleret", data={"csrf_token": mark}).status_code == 303
    db.session.rollback()
    assert (one.contact.known, one.contact.verified_by_id) == (Known.VERIFIED, planner_person.id)
    assert "kontrolleret af en medarbejder" in client.get(where).text


def test_a_disputed_sender_is_not_verified(client, planner, one):
    press(client, one, "/ikke-mig")
    with pytest.raises(Wrong), settling():
        verify_sender(planner, one, now=NOW)


@pytest.mark.parametrize("verb", [confirm_email, dispute_contribution])
def test_nobody_speaks_for_the_owner(planner, one, verb):
    for actor in (VISITOR, planner):
        with pytest.raises(NotAllowed), settling():
            verb(actor, one, now=NOW)
