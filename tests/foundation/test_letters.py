"""Letters: owed with the act, written once, delivered by a real mail server, and never twice where it confirmed."""

import asyncio
import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from participation.foundation import clock, jobs, letters, log
from participation.foundation.db import SettledFlask, begin_write, db, settling
from participation.foundation.letters import composing, delivering
from participation.foundation.model import File, Job, Letter
from participation.rules.acts import Act
from participation.rules.levels import Level
from participation.rules.policy import VISITOR, Actor
from tests.persons import NOW

HOUR = timedelta(hours=1)
ASTA = "asta@engelund.example"
CODE = "K7QF-2M9X-4TRA-8HWD"

TEMPLATES = {
    "letters/news.txt": (
        'Subject: {{ _("%(title)s: nyt", title=title) }}\n\n{{ words }}\n\nLæs mere:\n{{ base_url }}/projekter/park\n\n'
        "- én ting\n- en anden ting\n\nSe også {{ base_url }}/om.\n"
    ),
    "letters/code.txt": (
        "Subject: Din kode\n\nDin kode er {{ code_for }}. Gem den.\n\n"
        "Følg den her:\n{{ link }}\n\n{{ code_for }} igen, til {{ greeting }}.\n"
    ),
    "letters/facts.txt": (
        "Subject: {{ level | danish }}\n\n{{ on | day }} · {{ at_moment | moment }} · "
        "{% for a, b in pairs %}{{ a }}{{ b }} {% endfor %}· {{ more.one }}{% if phone %} · {{ phone }}{% endif %}\n"
    ),
    "letters/own.txt": "Subject: Egen\n\nOrd\n",
    "letters/own.html": (
        "{% extends 'letters/_shell.html' %}{% block words %}<table><tr><td>{{ words }}</td></tr></table>{% endblock %}"
    ),
    "letters/broken.txt": "Hello\n",
}


@pytest.fixture(autouse=True)
def templates(app: SettledFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Letters of the tests' own, beside the real ones."""
    loader = app.jinja_env.loader
    assert loader is not None
    app.extensions.pop("letters", None)  # the letters' own environment is made with the loader of the moment
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(TEMPLATES), loader]))
    monkeypatch.setattr(composing, "_providers", {})

    def code(contribution_id: int) -> letters.Composed | dict[str, Any]:
        link = f"http://localhost/k/{contribution_id}?a=1&b=2"
        return {"code_for": letters.Secret(CODE), "link": letters.Secret(link), "greeting": "dig"}

    letters.provider("code_for")(code)  # type: ignore[arg-type]
    yield
    app.extensions.pop("letters", None)


@pytest.fixture
def about(app: SettledFlask) -> File:
    """What the letters are about."""
    with settling():
        file = File(sha256="0" * 64, name="plan.pdf", media_type="application/pdf", size=1, stored_at=NOW)
        db.session.add(file)
    return file


def owe(about: File, kind: str = "news", to: str | None = ASTA, at: datetime = NOW, **facts: Any) -> Letter:
    """A committed letter."""
    facts = {"title": "Ny park", "words": "Nu er planen klar."} | facts if kind == "news" else facts
    with settling():
        letter = letters.owe(kind, about, to=to, at=at, **facts)
    assert letter is not None
    return letter


def fresh(letter: Letter) -> Letter:
    """The letter as it stands in the database now."""
    db.session.rollback()
    db.session.refresh(letter)
    return letter


def parsed(message: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# -- a real mail server -----------------------------------------------------------------------------------------------


class Post:
    """What a real mail server on this machine has got, and how it behaves: answers to RCPT and DATA, in turn."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], EmailMessage]] = []
        self.rcpt: list[str] = []
        self.data: list[str] = []
        self.hold = threading.Event()
        self.has_got = threading.Event()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("2") or answer in ("drop", "hold"):
            assert isinstance(envelope.content, bytes)
            self.got.append((envelope.mail_from or "", envelope.rcpt_tos, parsed(envelope.content)))
            self.has_got.set()
        if answer == "drop":
            server.transport.abort()
        while answer == "hold" and not self.hold.is_set():
            await asyncio.sleep(0.02)
        return answer if answer[0].isdigit() else "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for _, _, message in self.got]


@pytest.fixture
def post(app: SettledFlask) -> Iterator[Post]:
    """A real mail server on loopback that the app delivers to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=port, MAIL_FROM="svar@engelund.example")
    yield post
    post.hold.set()
    controller.stop()


# -- owing ------------------------------------------------------------------------------------------------------------


def test_a_letter_is_owed_with_the_act_and_gone_with_it(app: SettledFlask, about: File) -> None:
    letters.owe("news", about, to=ASTA, at=NOW, title="x", words="y")
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_the_same_letter_is_owed_once_to_each(app: SettledFlask, about: File) -> None:
    first = owe(about)
    assert owe(about).id == first.id
    assert owe(about, to=ASTA.upper()).id == first.id
    assert owe(about, to="bo@engelund.example").id != first.id
    with settling():
        again = letters.owe("news", about, to=ASTA, at=NOW, dedupe="news:second", title="x", words="y")
    assert again is not None
    assert again.id != first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 3


def test_nobody_is_owed_a_letter_without_an_address(app: SettledFlask, about: File) -> None:
    for nothing in (None, "", "  "):
        assert letters.owe("news", about, to=nothing, at=NOW) is None


@pytest.mark.parametrize(
    "address",
    [
        "asta",
        "a@b@c",
        "a b@c.dk",
        "a@c.dk\r\nBcc: all@c.dk",
        "a@c.dk,b@c.dk",
        "<a@c.dk>",
        "a@c.dk\0",
        "x" * 250 + "@c.dk",
    ],
)
def test_a_bad_address_is_a_failure_that_can_be_seen_and_not_a_fault(
    app: SettledFlask, about: File, address: str
) -> None:
    letter = owe(about, to=address)
    assert letter.failure == "Mailadressen kan ikke bruges."
    assert letters.failed() == [letter]
    assert jobs.run_all(app, NOW) == 0


@pytest.mark.parametrize("fact", [object(), File(name="x"), {1, 2}, b"x"])
def test_only_plain_facts_stand_in_a_letter(app: SettledFlask, about: File, fact: object) -> None:
    with pytest.raises(TypeError, match="'words'"):
        letters.owe("news", about, to=ASTA, at=NOW, title="x", words=fact)


# -- writing ----------------------------------------------------------------------------------------------------------


def test_a_letter_says_the_same_in_plain_words_and_in_html(app: SettledFlask, about: File) -> None:
    letter = owe(about, title="Træer & <buske>")
    jobs.run_all(app, NOW)
    message = parsed(letters.exact_copy(fresh(letter)))
    assert message["Subject"] == "Træer & <buske>: nyt"
    assert text_of(message) == (
        "Nu er planen klar.\n\nLæs mere:\nhttp://localhost/projekter/park\n\n- én ting\n- en anden ting\n\n"
        "Se også http://localhost/om.\n"
    )
    page = text_of(message, "html")
    assert '<a href="http://localhost/projekter/park">Læs mere</a>' in page
    assert "<li>én ting</li>" in page
    assert 'Se også <a href="http://localhost/om">http://localhost/om</a>.' in page
    assert '<html lang="da">' in page
    assert "<title>Træer &amp; &lt;buske&gt;: nyt</title>" in page


def test_words_of_others_cannot_become_markup_in_a_letter(app: SettledFlask, about: File) -> None:
    """T4, S1."""
    letter = owe(about, words="<script>alert(1)</script> javascript:alert(1) http://x.dk/\"onclick='a'")
    jobs.run_all(app, NOW)
    page = text_of(parsed(letters.exact_copy(fresh(letter))), "html")
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert "onclick='" not in page


def test_facts_come_back_as_what_they_were(app: SettledFlask, about: File) -> None:
    facts = {
        "level": Level.HEARING,
        "on": date(2026, 12, 14),
        "at_moment": NOW,
        "pairs": [("a", 1)],
        "more": {"one": 1},
    }
    letter = owe(about, "facts", **facts)
    jobs.run_all(app, NOW)
    assert fresh(letter).subject == "Høring"
    assert letter.words == "mandag 14. december 2026 · 22. november 2026 kl. 14.33 · a1 · 1\n"


def test_a_letter_is_written_in_the_readers_language(app: SettledFlask, about: File) -> None:
    facts = {"level": Level.HEARING, "on": date(2026, 12, 14), "at_moment": NOW, "pairs": [], "more": {"one": 1}}
    english = owe(about, "facts", language="en", **facts)
    jobs.run_all(app, NOW)
    assert (fresh(english).words or "").startswith("Monday 14 December 2026")
    message = parsed(letters.exact_copy(english))
    assert message["Content-Language"] == "en"
    assert '<html lang="en">' in text_of(message, "html")


def test_a_provider_speaks_the_readers_language(app: SettledFlask, about: File) -> None:
    letters.provider("when")(lambda number: {"words": clock.day(NOW), "title": str(number)})
    with settling():
        letter = letters.owe("news", about, to=ASTA, at=NOW, language="en", when=7)
    jobs.run_all(app, NOW)
    assert letter is not None
    assert (fresh(letter).words or "").startswith("Sunday 22 November 2026")


def test_a_missing_fact_is_a_fault_and_not_half_a_letter(app: SettledFlask, about: File) -> None:
    with settling():
        letter = letters.owe("news", about, to=ASTA, at=NOW, title="x")
    assert letter is not None
    with pytest.raises(UndefinedError, match="words"):
        jobs.run_all(app, NOW)
    assert fresh(letter).failure == "Brevet kunne ikke skrives."
    assert letter.failed_at is None


def test_a_template_without_a_subject_is_a_fault(app: SettledFlask, about: File) -> None:
    owe(about, "broken")
    with pytest.raises(ValueError, match="Subject"):
        jobs.run_all(app, NOW)


def test_a_kind_may_have_html_of_its_own(app: SettledFlask, about: File) -> None:
    letter = owe(about, "own", words="<b>")
    jobs.run_all(app, NOW)
    assert "<td>&lt;b&gt;</td>" in text_of(parsed(letters.exact_copy(fresh(letter))), "html")


def test_a_code_is_in_the_letter_but_not_in_what_we_keep(app: SettledFlask, about: File, post: Post) -> None:
    letter = owe(about, "code", code_for=49)
    jobs.run_all(app, NOW)
    (_, _, message), row = post.got[0], fresh(letter)
    assert text_of(message) == (
        f"Din kode er {CODE}. Gem den.\n\nFølg den her:\nhttp://localhost/k/49?a=1&b=2\n\n{CODE} igen, til dig.\n"
    )
    assert '<a href="http://localhost/k/49?a=1&amp;b=2">Følg den her</a>' in text_of(message, "html")
    assert row.words == "Din kode er ****. Gem den.\n\nFølg den her:\n****\n\n**** igen, til dig.\n"
    kept = str([getattr(row, column.key) for column in sa.inspect(Letter).columns])
    assert CODE not in kept
    assert "/k/49" not in kept
    assert letters.read_in_full(row).words == text_of(message)


def test_an_exact_copy_can_be_made_again(app: SettledFlask, about: File, post: Post) -> None:
    """L8."""
    letter = owe(about, "code", code_for=49)
    jobs.run_all(app, NOW)
    row = fresh(letter)
    copy = letters.exact_copy(row)
    assert copy == letters.exact_copy(row)
    assert log.digest(row.salt, copy.decode()) == row.digest
    (entry,) = log.entries_of(row)
    assert (entry.act, entry.actor, entry.digest) == ("letter:send", "worker", row.digest)
    assert parsed(copy).as_bytes() == post.got[0][2].as_bytes() or text_of(parsed(copy)) == text_of(post.got[0][2])
    TEMPLATES["letters/code.txt"], before = "Subject: Anden\n\nAnden tekst\n", TEMPLATES["letters/code.txt"]
    try:
        app.config["MAIL_FROM"] = "another@engelund.example"
        assert letters.exact_copy(row) == copy
    finally:
        TEMPLATES["letters/code.txt"] = before


def test_a_letter_can_be_looked_at_before_it_is_owed(app: SettledFlask) -> None:
    seen = letters.preview("code", code_for=1)
    assert (seen.subject, seen.words.splitlines()[0]) == ("Din kode", "Din kode er ****. Gem den.")


# -- delivering -------------------------------------------------------------------------------------------------------


def test_a_real_mail_server_receives_the_letter(app: SettledFlask, about: File, post: Post) -> None:
    letter = owe(about, reply_to="lokalplan@engelund.example")
    assert jobs.run_all(app, NOW) == 1
    ((sender, to, message),) = post.got
    assert (sender, to) == ("svar@engelund.example", [ASTA])
    assert message["To"] == ASTA
    assert "svar@engelund.example" in message["From"]
    assert message["Reply-To"] == "lokalplan@engelund.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"
    assert fresh(letter).sent_at == NOW
    assert jobs.run_all(app, NOW + HOUR) == 0
    assert len(post.got) == 1


@pytest.mark.parametrize(
    "address", ["bodil@blåbærgrød.example", "asta+park@engelund.example", "o'hara@engelund.example"]
)
def test_unusual_addresses_are_reached(app: SettledFlask, about: File, post: Post, address: str) -> None:
    letter = owe(about, to=address)
    jobs.run_all(app, NOW)
    assert fresh(letter).sent_at == NOW
    assert post.got[0][1] == [composing.postal(address)]


def test_an_address_in_danish_letters_is_reached_where_the_server_can(
    app: SettledFlask, about: File, post: Post
) -> None:
    letter = owe(about, to="søren@engelund.example")
    jobs.run_all(app, NOW)
    assert fresh(letter).sent_at == NOW or fresh(letter).failure == delivering.NO_SUCH_ADDRESS


def test_words_arrive_as_they_are_but_for_what_no_letter_can_carry(app: SettledFlask, about: File, post: Post) -> None:
    """T20."""
    owe(about, title="\u202eTræ 👩‍👧", words="æøå 👩‍👧\tTab\0NUL\x07\ud800 slut")
    jobs.run_all(app, NOW)
    message = post.got[0][2]
    assert message["Subject"] == "Træ 👩‍👧: nyt"
    assert text_of(message).startswith("æøå 👩‍👧\tTabNUL\ufffd slut\n")


def test_a_line_that_begins_with_a_dot_arrives_as_it_is(app: SettledFlask, about: File, post: Post) -> None:
    owe(about, words=".\n..\n.com\n" + "x" * 2000)
    jobs.run_all(app, NOW)
    assert text_of(post.got[0][2]).startswith(".\n..\n.com\nxxx")


@pytest.mark.parametrize(
    "title", ["x\r\nBcc: all@engelund.example", "x\nX-Evil: 1\n\nbody", "x\x0bBcc: a\x85b\u2028c\0"]
)
def test_a_title_cannot_add_a_header(app: SettledFlask, about: File, post: Post, title: str) -> None:
    """S2: header injection in what becomes the subject."""
    owe(about, title=title)
    jobs.run_all(app, NOW)
    ((_, to, message),) = post.got
    assert to == [ASTA]
    assert "Bcc" not in message
    assert "X-Evil" not in message
    assert str(message["Subject"]).startswith("x")


def test_a_reply_address_cannot_add_a_header(app: SettledFlask, about: File, post: Post) -> None:
    owe(about, reply_to="a@b.dk\r\nBcc: all@engelund.example")
    jobs.run_all(app, NOW)
    assert "Reply-To" not in post.got[0][2]
    assert "Bcc" not in post.got[0][2]


def test_a_server_that_says_not_now_is_asked_again_and_gets_one_letter(
    app: SettledFlask, about: File, post: Post
) -> None:
    """R4: 4xx, then success."""
    post.rcpt = ["451 4.7.1 Greylisted"]
    post.data = ["452 4.3.1 Out of space", "421 4.3.2 Closing"]
    letter, now = owe(about), NOW
    for _ in range(3):
        jobs.run_all(app, now)
        assert fresh(letter).sent_at is None
        assert letter.failure == "Mailserveren har ikke taget imod brevet endnu."
        now += HOUR
    assert letters.backlog().waiting == 1
    jobs.run_all(app, now)
    assert fresh(letter).sent_at == now
    assert len(post.got) == 1
    assert (letter.failure, letter.unconfirmed) == (None, 1)
    assert letters.backlog() == letters.Backlog(0, None, 0, 0)


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "550 no mailbox", "553 not allowed"])
def test_an_address_that_does_not_exist_is_a_failure_at_once(
    app: SettledFlask, about: File, post: Post, answer: str
) -> None:
    post.rcpt = [answer]
    letter = owe(about)
    jobs.run_all(app, NOW)
    assert fresh(letter).failed_at is not None
    assert letter.failure == "Mailserveren siger, at adressen ikke findes."
    assert jobs.run_all(app, NOW + 100 * HOUR) == 0
    with settling():
        letters.send_again(letter, at=NOW + HOUR)
    jobs.run_all(app, NOW + HOUR)
    assert fresh(letter).sent_at == NOW + HOUR


def test_a_server_that_does_not_want_us_is_tried_for_72_hours(app: SettledFlask, about: File, post: Post) -> None:
    """R4: give up only after 72 hours, and visibly. A refused relay is our fault, not the address's."""
    post.rcpt = ["550 5.7.1 Relaying denied"] * 200
    letter, now = owe(about), NOW
    while (job := db.session.scalars(sa.select(Job)).one()).state == "waiting":
        now = job.run_at
        jobs.run_all(app, now)
        db.session.rollback()
    assert now == NOW + 72 * HOUR
    assert fresh(letter).failed_at is not None
    assert letters.failed() == [letter]
    assert post.got == []


def test_a_server_that_is_not_there_costs_nothing_but_time(app: SettledFlask, about: File) -> None:
    app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=1)
    letter = owe(about)
    jobs.run_all(app, NOW)
    assert (fresh(letter).unconfirmed, letter.sent_at, letter.failed_at) == (0, None, None)
    app.config["SMTP_HOST"] = ""
    jobs.run_all(app, NOW + HOUR)
    assert fresh(letter).sent_at == NOW + HOUR


def test_a_lost_answer_leads_to_one_repeat_with_the_same_id(app: SettledFlask, about: File, post: Post) -> None:
    """R4: dropped after DATA, before the answer."""
    post.data = ["drop"]
    letter = owe(about)
    jobs.run_all(app, NOW)
    assert fresh(letter).sent_at is None
    assert letter.failure == "Vi har sendt brevet, men mailserveren svarede ikke."
    jobs.run_all(app, NOW + HOUR)
    assert fresh(letter).sent_at == NOW + HOUR
    assert len(post.got) == 2
    assert len(set(post.ids)) == 1


def test_answers_that_are_always_lost_never_lead_to_a_third_copy(app: SettledFlask, about: File, post: Post) -> None:
    post.data = ["drop"] * 10
    letter = owe(about)
    for hours in range(0, 80, 2):
        jobs.run_all(app, NOW + hours * HOUR)
    assert len(post.got) == 2
    assert len(set(post.ids)) == 1
    assert fresh(letter).failed_at is not None
    assert letter.failure == "Vi har sendt brevet, men mailserveren svarede ikke."


def test_letters_to_one_reader_keep_their_order(app: SettledFlask, about: File, post: Post) -> None:
    """R4."""
    post.rcpt = ["451 4.3.0 Later"]
    first = owe(about)
    second = owe(about, "own", words="")
    other = owe(about, "own", to="bo@engelund.example", words="")
    jobs.run_all(app, NOW)
    assert [to for _, to, _ in post.got] == [["bo@engelund.example"]]
    assert (fresh(second).sent_at, fresh(other).sent_at) == (None, NOW)
    for minutes in (2, 4):
        jobs.run_all(app, NOW + timedelta(minutes=minutes))
    assert [str(message["Subject"]) for _, to, message in post.got if to == [ASTA]] == ["Ny park: nyt", "Egen"]
    assert fresh(first).sent_at is not None


def test_a_letter_that_cannot_be_written_stops_no_other(app: SettledFlask, about: File, post: Post) -> None:
    owe(about, "broken")
    second = owe(about)
    with pytest.raises(ValueError, match="Subject"):
        jobs.run_all(app, NOW)
    assert fresh(second).sent_at == NOW


def test_no_lock_is_held_while_the_mail_server_is_waited_for(app: SettledFlask, about: File, post: Post) -> None:
    post.data = ["hold"]
    letter = owe(about)
    db.session.rollback()
    thread = threading.Thread(target=jobs.run_all, args=(app, NOW))
    thread.start()
    try:
        assert post.has_got.wait(60)
        with settling():
            begin_write()
            log.record(Act.EDIT_PROJECT, VISITOR, about, at=NOW)
        assert thread.is_alive()  # written while the server still had not answered
        assert fresh(letter).sent_at is None
    finally:
        post.hold.set()
        thread.join(60)
    assert fresh(letter).sent_at is not None


def test_without_a_mail_server_letters_lie_in_the_outbox(app: SettledFlask, about: File) -> None:
    letter = owe(about)
    jobs.run_all(app, NOW)
    (path,) = Path(app.config["OUTBOX"]).iterdir()
    assert path.name == f"{letter.id:06d}-news.eml"
    assert path.read_bytes() == letters.exact_copy(fresh(letter))
    assert letter.sent_at == NOW


def test_a_letter_on_paper_waits_for_the_printer(app: SettledFlask, about: File) -> None:
    with settling():
        letter = letters.owe("code", about, to="Asta Lind\nMøllevej 4", channel="print", at=NOW, code_for=49)
        without = letters.owe("own", about, to=None, channel="print", at=NOW, words="")
    assert letter is not None
    assert without is not None
    assert letters.waiting_for_print() == []
    jobs.run_all(app, NOW)
    assert letters.waiting_for_print() == [letter, without]
    assert CODE in letters.read_in_full(letter).words
    assert CODE not in (letter.words or "")
    assert letters.backlog().to_print == 2
    with settling():
        begin_write()
        letters.mark_printed(Actor(person_id=5), letter, at=NOW + HOUR)
    assert letters.waiting_for_print() == [without]
    assert [(entry.act, entry.actor) for entry in log.entries_of(letter)] == [("letter:send", "person:5")]
    assert letters.letters_of(about) == [letter, without]


WORKER_PROGRAM = """
import sys
from jinja2 import ChoiceLoader, DictLoader
from participation.app import create_app
from participation.foundation import jobs, letters

app = create_app({"DATABASE_URL": sys.argv[2], "INSTANCE": sys.argv[1], "JOB_LEASE": 2.0, "JOB_POLL": 0.05,
                  "SMTP_HOST": "127.0.0.1", "SMTP_PORT": int(sys.argv[3]),
                  "SECRET_KEY": "a-key-that-is-only-used-in-the-tests-of-the-house"})
own = DictLoader({"letters/own.txt": "Subject: Egen\\n\\nOrd\\n"})
app.jinja_env.loader = ChoiceLoader([own, app.jinja_env.loader])
jobs.work(app)
"""


@pytest.fixture
def start_worker(app: SettledFlask, tmp_path: Path, post: Post) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as a process of its own."""
    started: list[subprocess.Popen[bytes]] = []
    root = Path(__file__).parents[2]

    def start() -> subprocess.Popen[bytes]:
        where = [str(tmp_path), app.config["SQLALCHEMY_DATABASE_URI"], str(app.config["SMTP_PORT"])]
        command = [sys.executable, "-c", WORKER_PROGRAM, *where]
        started.append(subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def test_a_worker_killed_while_the_server_answers_leads_to_one_repeat_with_the_same_id(
    about: File, post: Post, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """R4 with ``kill -9`` at the worst moment."""
    post.data = ["hold"]
    letter = owe(about, "own", at=clock.now())
    db.session.rollback()
    first = start_worker()
    wait_for(lambda: len(post.got) == 1)
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    post.hold.set()
    assert (fresh(letter).unconfirmed, letter.sent_at) == (1, None)
    db.session.rollback()
    start_worker()
    wait_for(lambda: fresh(letter).sent_at is not None)
    assert len(post.got) == 2
    assert len(set(post.ids)) == 1


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
