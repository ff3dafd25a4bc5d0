"""``medspil mail-in`` brings mail in: one from the mail server's pipe, or all of a mailbox folder (RP-06)."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from participation import cli
from participation.contributions.intake import known_files, open_dropped, take_in
from participation.contributions.model import Contribution, DroppedFile
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.rules.kinds import Channel
from participation.rules.phases import Arrival
from tests.contributions.mails import mail
from tests.persons import NOW

ID = {"Message-ID": "<1@borger.example>"}


@pytest.fixture
def medspil(app, monkeypatch):
    """The command on the test's own database, at the tests' own time."""
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def run(*words, data=b""):
        done = CliRunner().invoke(cli.main, ["mail-in", *map(str, words)], input=data)
        db.session.rollback()  # what the test has read before is old now
        return done

    return run


def came() -> list[Contribution]:
    return list(db.session.scalars(sa.select(Contribution).order_by(Contribution.number)))


def kept() -> list[DroppedFile]:
    return list(db.session.scalars(sa.select(DroppedFile).order_by(DroppedFile.id)))


def letters() -> list[tuple[str, str | None]]:
    return [(one.kind, one.recipient) for one in db.session.scalars(sa.select(Letter))]


@pytest.fixture
def slug(hearing) -> str:
    return hearing.project.slug


def test_a_mail_from_the_pipe_is_a_contribution_with_number_and_receipt(medspil, slug):
    done = medspil("--project", slug, data=mail())
    assert (done.exit_code, done.output) == (0, "number 1\n")
    (one,) = came()
    assert (one.words, one.channel, one.received_at) == ("Jeg vil have lys på stien.", Channel.EMAIL, NOW)
    assert one.contact.email == "karen@borger.example"
    assert letters() == [("receipt", "karen@borger.example")]


@pytest.mark.parametrize("where", ["Delivered-To", "X-Original-To", "Cc"])
def test_the_project_stands_behind_the_plus_of_the_address(medspil, slug, where):
    done = medspil(data=mail(header={where: f"Engelund Kommune <hoering+{slug}@engelund.example>"}))
    assert done.exit_code == 0, done.output
    assert [one.project.slug for one in came()] == [slug]


def test_it_came_when_it_reached_us_whatever_the_mail_says_of_itself(medspil, hearing, slug, monkeypatch):
    late = hearing.closes_at + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    medspil("--project", slug, data=mail(date="Fri, 20 Nov 2026 09:15:00 +0100"))
    assert [(one.received_at, one.arrival) for one in came()] == [(late, Arrival.LATE)]


def test_the_same_mail_carried_twice_is_one_and_other_words_with_the_same_name_are_two(medspil, slug):
    first = medspil("--project", slug, data=mail(header=ID))
    again = medspil("--project", slug, data=mail(header=ID | {"Received": "from relay.example by mx.example"}))
    other = medspil("--project", slug, data=mail("Jeg vil have en bænk.", header=ID))
    assert [done.output for done in (first, again, other)] == [
        "number 1\n",
        "known from before, as number 1\n",
        "number 2\n",
    ]
    assert [one.words for one in came()] == ["Jeg vil have lys på stien.", "Jeg vil have en bænk."]
    assert len(letters()) == 2


def test_a_mail_that_came_by_itself_is_known_when_an_officer_drops_it(medspil, hearing, slug, planner):
    medspil("--project", slug, data=mail(header=ID))
    dropped = mail(header=ID | {"X-Mailer": "Outlook"})
    opened = list(open_dropped([("svar.eml", dropped)], known_files(hearing.project)))
    with settling():
        (row,) = take_in(planner, hearing, opened, now=NOW)
    assert (row.known, row.contribution.number) == (True, 1)
    assert len(came()) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Return-Path": "<>"},
        {"Precedence": "bulk"},
        {"Auto-Submitted": "auto-generated; x=y"},
    ],
)
def test_what_a_machine_has_sent_waits_for_a_person_and_gets_no_receipt(medspil, slug, header):
    done = medspil("--project", slug, data=mail("Din mail kunne ikke leveres.", header=header))
    assert (done.exit_code, done.output) == (0, "kept for a person to look at\n")
    assert came() == []
    assert letters() == []
    (row,) = kept()
    assert row.file_id is not None
    assert any("automatisk" in one for one in row.problems)


def test_a_mail_without_any_word_waits_for_a_person(medspil, slug):
    done = medspil("--project", slug, data=mail("", subject=""))
    assert done.output == "kept for a person to look at\n"
    assert came() == []
    assert [row.file_id is not None for row in kept()] == [True]


def test_a_mail_with_nothing_but_a_subject_says_what_the_subject_says(medspil, slug):
    medspil("--project", slug, data=mail("", subject="Nej til vejen"))
    assert [one.words for one in came()] == ["Nej til vejen"]


@pytest.mark.parametrize(
    ("words", "data", "told"),
    [
        ((), mail(), "nævner ingen sag"),
        (("--project", "findes-ikke"), mail(), "nævner ingen sag"),
        (("--project", "SLUG"), b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
        (("--project", "SLUG"), b"", "tom"),
    ],
)
def test_what_cannot_be_taken_in_is_one_line_and_goes_back_to_the_mail_server(medspil, slug, words, data, told):
    done = medspil(*(slug if word == "SLUG" else word for word in words), data=data)
    assert done.exit_code == os.EX_DATAERR
    assert told in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert came() == kept() == []


def test_a_fault_of_ours_makes_the_mail_server_try_again(medspil, slug, app):
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE contribution RENAME TO moved"))
    try:
        done = medspil("--project", slug, data=mail())
        assert done.exit_code == os.EX_TEMPFAIL
        assert "medspil: " in done.output
    finally:
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE moved RENAME TO contribution"))


def test_a_mailbox_is_emptied_in_the_order_the_mails_came_and_each_is_marked_as_seen(medspil, slug, tmp_path):
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    for at, words in enumerate(["Den anden.", "Den første."]):
        path = tmp_path / "new" / f"{at}.mail.example"
        path.write_bytes(mail(words))
        os.utime(path, (NOW.timestamp() - 60 * at,) * 2)
    (tmp_path / "new" / "9.mail.example").write_bytes(mail("Uden sag.", to="x+findes-ikke@engelund.example"))
    done = medspil(tmp_path, "--project", slug)
    assert done.exit_code == 0, done.output
    assert [one.words for one in came()][:2] == ["Den første.", "Den anden."]
    assert came()[0].received_at == NOW - timedelta(minutes=1)
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == [f"{at}.mail.example:2,S" for at in (0, 1, 9)]
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_of_mails_says_which_were_left_and_the_second_time_adds_nothing(medspil, slug, tmp_path):
    (tmp_path / "a.eml").write_bytes(mail(to=f"hoering+{slug}@engelund.example"))
    (tmp_path / "b.eml").write_bytes(mail("Uden sag."))
    for told in ("a.eml: number 1", "a.eml: known from before, as number 1"):
        done = medspil(tmp_path)
        assert done.exit_code == os.EX_DATAERR
        assert told in done.output
        assert "b.eml: Mailen nævner ingen sag" in done.output
    assert len(came()) == 1
    assert (tmp_path / "a.eml").exists()
