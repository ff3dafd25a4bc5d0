"""A citizen's own page: nobody needs it, a link opens it once, and nothing of others stands on it (GDPR 15, 20)."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from participation.contributions.dispute import confirm_email, dispute_contribution
from participation.contributions.model import Contribution
from participation.contributions.save_draft import mail_draft, save_draft
from participation.foundation import jobs, letters
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.people import account as accounts
from participation.people.account import LINK, SESSION, TO_ONE, UNUSED
from participation.people.model import Account, AccountLink, EndedSession, Person
from participation.projects.follow import confirm_follow, follow_project
from participation.projects.model import Follow
from participation.rules.kinds import Kind
from participation.rules.policy import RIGHTS, VISITOR
from tests.contributions.sending import csrf, holder_of, submitted
from tests.house.test_routes import acts_of, doors, is_staffs
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of
from tests.queries import counted

IDA, BO = "ida@borger.example", "bo@borger.example"


@pytest.fixture(autouse=True)
def clock_stands_still(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def links(app):
    """The links of the letters, the newest last."""
    jobs.run_all(app, NOW)
    db.session.rollback()
    sent = db.session.scalars(sa.select(Letter).where(Letter.kind == "account_link").order_by(Letter.id)).all()
    return [re.search(r"/min-side/ind/\S+", letters.read_in_full(one).words)[0] for one in sent]


def ask(client, email=IDA):
    return client.post("/min-side/link", data={"csrf_token": csrf(client, "/min-side"), "email": email})


def entered(app, email=IDA, client=None):
    """A browser in which the page of an address stands open."""
    client = client or app.test_client()
    ask(client, email)
    path = links(app)[-1]
    assert client.post(path, data={"csrf_token": csrf(client, path)}).status_code == 303
    return client


def sent_by(round_, words, email=IDA, *, confirmed=True, **facts):
    one = submitted(round_, words, email=email, **facts)
    if confirmed:
        with settling():
            confirm_email(holder_of(one), one, now=NOW)
    return one


def post(client, path):
    return client.post(path, data={"csrf_token": csrf(client, "/min-side")})


# -- the link --------------------------------------------------------------------------------------------------------


def test_a_link_opens_the_page_and_only_its_hash_is_kept(app, client):
    client = entered(app)
    assert f"Du er her som {IDA}." in words_of(client, "/min-side")
    token = links(app)[0].rsplit("/", 1)[1]
    (link,) = db.session.scalars(sa.select(AccountLink))
    (letter,) = db.session.scalars(sa.select(Letter))
    assert token not in str([link.token_hash, letter.words, letter.snapshot, letter.facts])


def test_the_answer_is_the_same_for_every_address(app, client):
    entered(app)
    known, unknown = ask(client, IDA), ask(client, "ukendt@borger.example")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/min-side/link")
    assert known.text == unknown.text


def test_a_link_is_used_once(app, client):
    ask(client)
    (path,) = links(app)
    stranger = app.test_client()
    token = csrf(client, path)
    other = csrf(stranger, path)
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    assert stranger.post(path, data={"csrf_token": other}).status_code == 409
    assert stranger.get(path).status_code == 409
    assert IDA not in stranger.get("/min-side").text


def test_opening_the_link_alone_changes_nothing(app, client):
    """Mail programs look at links before their owner does."""
    ask(client)
    (path,) = links(app)
    assert app.test_client().get(path).status_code == 200
    assert db.session.scalars(sa.select(AccountLink.used_at)).all() == [None]


def test_a_link_is_too_old_after_half_an_hour(app, client, clock_stands_still):
    ask(client)
    (path,) = links(app)
    clock_stands_still.move_to(NOW + LINK, tick=False)
    assert client.get(path).status_code == 409


@pytest.mark.parametrize("token", ["x", "A" * 22, "%00", "../.."])
def test_a_made_up_link_opens_nothing(client, token):
    assert client.get(f"/min-side/ind/{token}").status_code in (404, 409)


def test_many_questions_to_one_address_get_the_same_answer_and_no_more_letters(app, client):
    for _ in range(TO_ONE + 2):
        assert ask(client).status_code == 303
    assert len(links(app)) == TO_ONE


def test_the_address_in_capitals_is_the_same_account(app):
    entered(app, "IDA@Borger.example")
    entered(app, IDA)
    assert db.session.scalars(sa.select(Account.email)).all() == [IDA]


# -- what stands there -----------------------------------------------------------------------------------------------


def test_what_i_have_sent_with_a_confirmed_address_stands_there_and_leads_on(app, hearing):
    one = sent_by(hearing, "Lys på stien, tak.", "Ida@Borger.example")
    client = entered(app)
    words = words_of(client, "/min-side")
    assert "Lys på stien, tak." in words
    answer = post(client, f"/min-side/svar/{one.id}")
    assert answer.location == "/mit-svar/hvor"
    assert "Lys på stien, tak." in words_of(client, answer.location)


def test_what_somebody_else_sent_with_my_unconfirmed_address_is_not_mine(app, hearing):
    one = sent_by(hearing, "Det har jeg ikke skrevet.", confirmed=False)
    client = entered(app)
    assert "Det har jeg ikke skrevet." not in client.get("/min-side").text
    assert "Det har jeg ikke skrevet." not in client.get("/min-side/data.json").text
    assert post(client, f"/min-side/svar/{one.id}").status_code == 404


def test_what_i_have_disputed_is_not_mine(app, hearing):
    one = sent_by(hearing, "Det har jeg ikke skrevet.")
    with settling():
        dispute_contribution(holder_of(one), one, now=NOW)
    assert "Det har jeg ikke skrevet." not in entered(app).get("/min-side").text


def test_two_accounts_see_nothing_of_each_other(app, hearing):
    theirs = sent_by(hearing, "Bos ord.", BO)
    with settling():
        follow = follow_project(VISITOR, hearing.project, BO, now=NOW)
        confirm_follow(VISITOR, follow, now=NOW)
    client = entered(app)
    for path in ("/min-side", "/min-side/data.json", "/min-side/data.txt"):
        assert "Bos ord." not in client.get(path).text
        assert BO not in client.get(path).text
    assert post(client, f"/min-side/svar/{theirs.id}").status_code == 404
    assert post(client, f"/min-side/foelger/{follow.id}/stop").status_code == 404
    assert db.session.scalar(sa.select(sa.func.count(Follow.id))) == 1
    assert "Bos ord." in entered(app, BO).get("/min-side").text


def test_drafts_and_follows_stand_there_and_a_follow_is_ended(app, hearing):
    with settling():
        kept = {"purpose": f"write:{hearing.id}", "address": "/projekter/x/svar", "now": NOW}
        draft = save_draft(VISITOR, hearing, Kind.RESPONSE, {"words": ["Halvt"]}, **kept)
        mail_draft(VISITOR, draft, "Ida@borger.example", now=NOW)
        confirm_follow(VISITOR, follow_project(VISITOR, hearing.project, " Ida@Borger.Example", now=NOW), now=NOW)
        follow_project(VISITOR, hearing.project, BO, now=NOW)
    client = entered(app)
    page = client.get("/min-side").text
    assert "/kladde/" in page
    assert "Følg ikke længere" in page
    (mine,) = db.session.scalars(sa.select(Follow).where(Follow.email == IDA))
    assert post(client, f"/min-side/foelger/{mine.id}/stop").status_code == 303
    assert db.session.scalars(sa.select(Follow.email)).all() == [BO]


def test_the_file_holds_all_of_it_and_can_be_read(app, hearing):
    """GDPR articles 15 and 20."""
    sent_by(hearing, "Lys på stien, tak. 😀\r\nOg en bænk.", name="Ida Holm", phone="70 00 00 08")
    client = entered(app)
    answer = client.get("/min-side/data.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    told = json.loads(answer.text)
    assert told["e-mail"] == IDA
    (one,) = told["svar"]
    assert (one["navn"], one["telefon"], one["nummer"]) == ("Ida Holm", "70 00 00 08", 1)
    assert one["tekster"][0]["ord"] == "Lys på stien, tak. 😀\r\nOg en bænk."
    assert [letter["emne"] != "" for letter in one["breve"]] == [True]
    readable = client.get("/min-side/data.txt")
    assert readable.mimetype == "text/plain"
    assert "navn: Ida Holm" in readable.text


def test_the_language_is_chosen_for_pages_and_letters(app, hearing):
    with settling():
        for email in (IDA, BO):
            confirm_follow(VISITOR, follow_project(VISITOR, hearing.project, email, now=NOW), now=NOW)
    client = entered(app)
    client.post("/min-side/sprog", data={"csrf_token": csrf(client, "/min-side"), "sprog": "en"})
    assert "My page" in client.get("/min-side").text
    assert db.session.scalars(sa.select(Account.language)).all() == ["en"]
    assert dict(db.session.execute(sa.select(Follow.email, Follow.language)).all()) == {IDA: "en", BO: "da"}


def test_as_many_questions_to_the_database_for_one_as_for_many(app, hearing):
    sent_by(hearing, "Et.")
    client = entered(app)
    with counted() as few:
        client.get("/min-side")
    for number in range(6):
        sent_by(hearing, f"Svar {number}.")
    db.session.rollback()
    with counted() as many:
        client.get("/min-side")
    assert client.get("/min-side").text.count("Se, hvor nr.") == 7
    assert len(few) <= 8
    assert len(many) == len(few)


# -- the way out, and who never gets in ------------------------------------------------------------------------------


def test_signing_out_ends_a_copied_cookie_too(app):
    client = entered(app)
    cookie = client.get_cookie("session").value
    assert post(client, "/min-side/log-ud").status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    assert IDA not in thief.get("/min-side").text
    assert db.session.scalar(sa.select(sa.func.count(EndedSession.key_hash))) == 1


def test_a_session_ends_after_some_hours(app, clock_stands_still):
    client = entered(app)
    clock_stands_still.move_to(NOW + SESSION, tick=False)
    assert IDA not in client.get("/min-side").text


@pytest.mark.parametrize("forged", ["1:1:x", "999:1795355587:x", "x", "1", "1::", ":::", "-1:0:a"])
def test_a_forged_or_foreign_session_opens_nothing(app, client, forged):
    entered(app)
    with client.session_transaction() as session:
        session["account"] = forged
    assert IDA not in client.get("/min-side").text
    client.set_cookie("session", "eyJhY2NvdW50IjoiMToxOngifQ.x.y")
    assert IDA not in client.get("/min-side").text
    assert client.get("/min-side/data.json").status_code == 404


def test_a_deleted_account_and_its_links_open_nothing(app, hearing):
    sent_by(hearing, "Lys på stien, tak.")
    client = entered(app)
    ask(client)
    waiting, cookie = links(app)[-1], client.get_cookie("session").value
    assert post(client, "/min-side/slet").status_code == 303
    assert db.session.scalars(sa.select(Account)).all() == []
    assert app.test_client().get(waiting).status_code == 409
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    assert IDA not in thief.get("/min-side").text
    assert db.session.scalar(sa.select(sa.func.count(Contribution.id))) == 1, "it belongs to the case"


def test_on_a_shared_screen_it_does_not_open(app, client):
    """SK-12."""
    ask(client)
    (path,) = links(app)
    client.set_cookie("faelles_skaerm", "1")
    assert "Denne skærm er fælles. Derfor kan Min side ikke åbnes her." in words_of(client, "/min-side")
    assert client.get(path).location == "/min-side"
    assert db.session.scalars(sa.select(Account)).all() == []


def test_a_citizens_page_opens_no_staff_page(app, planner_person):
    """T10: not one route of the staff, also for the address of somebody of the staff."""
    client = entered(app, planner_person.email)
    answered = []
    for rule in (one for one in doors(app) if is_staffs(app, one)):
        path = re.sub(r"<(\w+(\([^)]*\))?:)?\w+>", "1", rule.rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            response = client.open(path, method=method)
            to_sign_in = response.status_code == 302 and "/log-ind" in response.headers["Location"]
            if not to_sign_in and response.status_code not in (400, 401, 403, 404):
                answered.append(f"{method} {path}: {response.status_code}")
    assert len([one for one in doors(app) if is_staffs(app, one)]) > 100
    assert answered == []


def test_staff_and_citizen_are_never_signed_in_at_once(app, client, planner_person: Person):
    sign_in(client, planner_person)
    assert client.get("/arbejde").status_code == 200
    entered(app, client=client)
    assert client.get("/arbejde").status_code == 302
    sign_in(client, planner_person)
    other = app.test_client()
    sign_in(other, planner_person)
    assert IDA not in other.get("/min-side").text


def test_nothing_of_it_is_open_without_the_account(app, client):
    """Each door of the page, by the URL map."""
    own = [rule for rule in doors(app) if any(act.startswith("account:") for act in acts_of(app, rule))]
    assert len(own) >= 9
    for rule in own:
        path = re.sub(r"<(\w+:)?\w+>", "1", rule.rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            status = client.open(path, method=method).status_code
            assert status in (400, 404, 409) or rule.rule == "/min-side", (method, path, status)
    assert all(RIGHTS[act] for rule in own for act in acts_of(app, rule))


def test_links_are_let_go_after_a_day_and_unused_accounts_after_two_years(app):
    entered(app)
    accounts._forget({}, None, NOW + timedelta(days=2))
    assert (db.session.scalars(sa.select(AccountLink)).all(), db.session.scalars(sa.select(Letter)).all()) == ([], [])
    assert len(db.session.scalars(sa.select(Account)).all()) == 1
    accounts._forget({}, None, NOW + UNUSED + timedelta(days=1))
    assert db.session.scalars(sa.select(Account)).all() == []
