"""Mails and letters are dropped: one contribution each, in one act (RP-06)."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.intake import known_files, open_dropped, set_aside, take_in
from participation.contributions.model import Attachment, Contribution, DroppedFile, Text
from participation.foundation import files, jobs
from participation.foundation.db import db, settling
from participation.foundation.model import File, Letter
from participation.rules.kinds import Channel, Kind, TextSource
from participation.rules.phases import Arrival
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.mails import ANSWERED, mail
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in


def dropped(actor, round_, *brought, now=NOW, **said):
    opened = list(open_dropped(brought, known_files(round_.project)))
    with settling():
        return take_in(actor, round_, opened, now=now, **said)


def all_of(model):
    return db.session.scalars(sa.select(model).order_by(model.id)).all()


def test_a_mail_becomes_a_contribution_from_its_sender(planner, hearing):
    row = dropped(planner, hearing, ("svar.eml", mail()))[0]
    one = row.contribution
    assert (one.number, one.words, one.channel, one.kind) == (
        1,
        "Jeg vil have lys på stien.",
        Channel.EMAIL,
        Kind.RESPONSE,
    )
    assert (one.contact.name, one.contact.email) == ("Karen Holm", "karen@borger.example")
    assert one.registered_by_id == planner.person_id


def test_its_sender_is_owed_a_receipt(planner, hearing):
    dropped(planner, hearing, ("svar.eml", mail()))
    assert [(letter.kind, letter.recipient) for letter in all_of(Letter)] == [("receipt", "karen@borger.example")]


def test_a_mail_came_in_when_it_was_sent(planner, hearing):
    one = dropped(planner, hearing, ("svar.eml", mail()))[0].contribution
    assert one.received_at == datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


def test_a_mail_sent_before_the_deadline_is_in_time_when_it_is_dropped_after_it(planner, hearing):
    late = hearing.closes_at + timedelta(days=2)
    one = dropped(planner, hearing, ("svar.eml", mail()), now=late)[0].contribution
    assert one.arrival is Arrival.IN_TIME


def test_a_mail_from_the_future_came_now(planner, hearing):
    one = dropped(planner, hearing, ("svar.eml", mail(date="Fri, 20 Nov 2099 09:15:00 +0100")))[0].contribution
    assert one.received_at == NOW


def test_a_letter_came_when_the_officer_says(planner, hearing):
    day = hearing.closes_at - timedelta(days=1)
    later = hearing.closes_at + timedelta(days=1)
    one = dropped(planner, hearing, ("brev.txt", b"Nej tak."), received_at=day, now=later)[0].contribution
    assert (one.received_at, one.arrival, one.channel) == (day, Arrival.IN_TIME, Channel.LETTER)


def test_only_the_senders_own_words_are_theirs_and_the_whole_mail_is_kept(planner, hearing):
    whole = mail(ANSWERED)
    one = dropped(planner, hearing, ("svar.eml", whole))[0].contribution
    assert one.words == "Overgangen skal ligge ved kirken."
    assert files.open_(one.attachments[0].file.sha256).read() == whole
    assert one.attachments[0].is_original


def test_what_came_along_with_a_mail_is_kept_and_read(planner, hearing):
    one = dropped(planner, hearing, ("svar.eml", mail(attached=[("bilag.txt", b"Se kortet.")])))[0].contribution
    assert [(row.file.name, row.is_original) for row in one.attachments] == [("svar.eml", True), ("bilag.txt", False)]
    jobs.run_all(None, NOW)
    read = db.session.scalars(sa.select(Text).where(Text.source == TextSource.FILE)).all()
    assert [text.words for text in read] == ["Se kortet."]


def test_a_file_that_came_along_and_cannot_be_kept_is_named(planner, hearing):
    row = dropped(planner, hearing, ("svar.eml", mail(attached=[("spil.exe", b"MZ")])))[0]
    assert any("spil.exe" in problem for problem in row.problems)
    assert row.contribution is not None


def test_a_damaged_file_says_so_the_others_go_through_and_the_original_is_kept(planner, hearing):
    bad = b"%PDF-1.4 torn"
    rows = dropped(planner, hearing, ("a.eml", mail("Et.")), ("brev.pdf", bad), ("b.txt", b"To."))
    assert [row.contribution is not None for row in rows] == [True, False, True]
    assert [one.number for one in all_of(Contribution)] == [1, 2]
    assert rows[1].problems[0].endswith(".")
    assert files.open_(db.session.get_one(File, rows[1].file_id).sha256).read() == bad


@pytest.mark.parametrize(
    ("name", "data"), [("tom.eml", b""), ("program.exe", b"MZ"), ("billede.png", b"x"), ("stor.txt", b"x" * 21_000_000)]
)
def test_what_is_no_letter_says_so_and_changes_nothing(planner, hearing, name, data):
    row = dropped(planner, hearing, (name, data))[0]
    assert (row.contribution_id, row.file_id) == (None, None)
    assert row.problems
    assert all_of(Contribution) == []


@pytest.mark.parametrize("words_left", [0, 1, 40, 120])
def test_a_mail_that_was_cut_in_its_header_is_no_contribution_and_is_kept_for_a_person(planner, hearing, words_left):
    """Whatever stands of the header, nothing of it is taken for the sender's words."""
    header = mail().partition(b"\n\n")[0]
    cut = header[: len(header) - words_left]
    rows = dropped(planner, hearing, ("halv.eml", cut), ("hel.eml", mail()))
    assert [row.contribution is not None for row in rows] == [False, True]
    assert rows[0].name == "halv.eml"
    assert rows[0].problems[0].startswith("Mailen er skåret af før teksten, så gem ")
    assert [one.number for one in all_of(Contribution)] == [1]
    assert files.open_(db.session.get_one(File, rows[0].file_id).sha256).read() == cut


def test_the_same_file_twice_adds_nothing_and_says_so(planner, hearing):
    dropped(planner, hearing, ("a.eml", mail()))
    again = dropped(planner, hearing, ("kopi af a.eml", mail()))[0]
    assert (again.known, again.contribution.number) == (True, 1)
    assert len(all_of(Contribution)) == len(all_of(Letter)) == 1


def test_the_same_file_twice_in_one_drop_is_one_contribution(planner, hearing):
    rows = dropped(planner, hearing, ("a.txt", b"Nej."), ("b.txt", b"Nej."))
    assert [row.known for row in rows] == [False, True]
    assert len(all_of(Contribution)) == 1


def test_two_letters_with_the_same_words_from_two_people_are_two(planner, hearing):
    dropped(planner, hearing, ("a.eml", mail()), ("b.eml", mail(sender="Ole Bech <ole@borger.example>")))
    assert len(all_of(Contribution)) == 2


def test_in_an_orientation_a_mail_is_a_question(planner, orientation):
    assert dropped(planner, orientation, ("a.eml", mail("Hvornår?")))[0].contribution.kind is Kind.QUESTION


def test_a_file_is_set_aside_and_stays(planner, hearing, now):
    row = dropped(planner, hearing, ("brev.pdf", b"%PDF-1.4 torn"))[0]
    with settling():
        set_aside(planner, row, now=now)
    assert (row.settled_at, row.file_id is not None) == (now, True)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_takes_letters_in(request, hearing, who, now):
    actor = VISITOR if who == "visitor" else request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        take_in(actor, hearing, [], now=now)


def test_a_planner_who_stands_aside_takes_nothing_in(planner, hearing, now):
    from dataclasses import replace

    aside = replace(planner, conflicts=frozenset({hearing.project_id}))
    with pytest.raises(NotAllowed, match="impartial"):
        take_in(aside, hearing, [], now=now)


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def inbox(client, hearing, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}/indbakke"


def test_many_files_are_dropped_in_one_act_and_each_says_what_became_of_it(client, inbox):
    brought = [(io.BytesIO(mail()), "a.eml"), (io.BytesIO(b"%PDF-1.4 torn"), "b.pdf"), (io.BytesIO(mail()), "c.eml")]
    values = {"csrf_token": csrf(client, inbox), "files": brought}
    answer = client.post(inbox, data=values, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "Nr. 1" in page
    assert "Ikke læst ind" in page
    assert "Lå her i forvejen som nr. 1" in page
    assert "Filer, vi ikke kunne læse" in page


def test_a_drop_of_nothing_is_a_422(client, inbox):
    answer = client.post(inbox, data={"csrf_token": csrf(client, inbox)})
    assert answer.status_code == 422
    assert "Vælg mindst én fil" in answer.text


def test_a_day_that_has_not_been_is_a_422(client, inbox):
    values = {"csrf_token": csrf(client, inbox), "files": [(io.BytesIO(b"Nej."), "a.txt")], "received_on": "2027-01-01"}
    answer = client.post(inbox, data=values, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Skriv en dag, der har været" in answer.text
    assert db.session.scalars(sa.select(DroppedFile)).all() == []


def test_the_original_is_handed_out_to_staff(client, inbox):
    values = {"csrf_token": csrf(client, inbox), "files": [(io.BytesIO(b"%PDF-1.4 torn"), "b.pdf")]}
    client.post(inbox, data=values, content_type="multipart/form-data")
    row = db.session.scalars(sa.select(DroppedFile)).one()
    answer = client.get(f"/arbejde/filer/{row.file_id}")
    assert (answer.data, answer.mimetype) == (b"%PDF-1.4 torn", "application/octet-stream")
    mark = csrf(client, inbox)
    assert client.post(f"{inbox}/filer/{row.id}", data={"csrf_token": mark}).status_code == 303
    assert "Filer, vi ikke kunne læse" not in client.get(inbox).text


def test_a_file_that_could_not_be_read_is_typed_in(client, inbox):
    values = {"csrf_token": csrf(client, inbox), "files": [(io.BytesIO(b"%PDF-1.4 torn"), "b.pdf")]}
    client.post(inbox, data=values, content_type="multipart/form-data")
    row = db.session.scalars(sa.select(DroppedFile)).one()
    form = f"{inbox}/skriv-ind?fil={row.id}"
    fields = {"csrf_token": csrf(client, form), "dropped": row.id, "words": "Afskrift.", "channel": "letter"}
    answer = client.post(f"{inbox}/skriv-ind", data={**fields, "kind": "response", "capacity": "citizen"})
    assert answer.status_code == 303
    db.session.expire_all()
    assert (row.contribution.words, row.settled_at is not None) == ("Afskrift.", True)
    assert db.session.scalars(sa.select(Attachment)).one().file.name == "b.pdf"
