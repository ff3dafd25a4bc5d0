"""The citizen's way in a browser without JavaScript: write, receipt, find, correct, take back."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.contributions import attach
from participation.contributions.model import Attachment, Contribution, Support, Text
from participation.foundation import codes, files, jobs, letters
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, Role, Stance, TextSource
from tests.contributions.sending import WORDS, csrf, form_key, send, submitted
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted


@pytest.fixture
def path(hearing):
    return f"/projekter/{hearing.project.slug}/svar"


def only() -> Contribution:
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def none_came() -> bool:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 0


def test_four_acts_are_enough(client, path):
    """Open, write, send, and the receipt stands there (issue 2: at most 4 acts)."""
    answer = send(client, path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kvittering")
    receipt = client.get("/kvittering").text
    assert "høringssvar nr. 1" in receipt.lower()
    assert "22. november 2026 kl. 14.33.07" in receipt
    assert "inden fristen" in receipt


def test_the_receipt_shows_the_code_that_finds_it_again(app, client, path):
    send(client, path)
    page = client.get("/kvittering").text
    one = only()
    code = codes.tracking_code(one.id, one.code_version)
    shown = re.search(r'class="letters"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert re.sub(r"<[^>]+>|\s", "", shown[1]) == code
    other = app.test_client()
    answer = other.post("/mit-svar", data={"code": code.lower(), "csrf_token": csrf(other, "/mit-svar")})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mit-svar/hvor")


def test_the_link_of_the_letter_leads_to_the_contribution_and_leaves_its_token_behind(client, hearing):
    one = submitted(hearing, email="a@borger.example")
    answer = client.get(f"/l/{codes.link_token(one.id, one.code_version)}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mit-svar/hvor")
    with client.session_transaction() as session:
        assert session["held"] == [one.id]


@pytest.mark.parametrize("token", ["x", "A" * 22, "%00", "🙂"])
def test_a_wrong_link_is_a_page_that_says_what_to_do(client, hearing, token):
    answer = client.get(f"/l/{token}")
    assert answer.status_code == 404
    assert "Skriv koden" in answer.text


@pytest.mark.parametrize("code", ["", "x", "K7QF-2M9X-4TRA-8HWD", "0" * 16, "🙂" * 100, "' OR 1=1"])
def test_every_wrong_code_gets_the_same_answer(client, hearing, code):
    submitted(hearing)
    mark = csrf(client, "/mit-svar")
    answer = client.post("/mit-svar", data={"code": code, "csrf_token": mark})
    assert answer.status_code == 422
    assert "Vi kender ikke den kode" in answer.text


def test_guessing_codes_has_a_budget(client, hearing):
    mark = csrf(client, "/mit-svar")
    seen = [client.post("/mit-svar", data={"code": "x", "csrf_token": mark}).status_code for _ in range(31)]
    assert seen == [422] * 30 + [429]


def test_words_travel_through_the_form_to_the_byte(client, path):
    """Browsers send CRLF; exactly what arrives is kept (RELIABILITY S8)."""
    words = "Hej 🙂👩‍👩‍👧\r\nDer mangler lys.\r\n\r\n\u202eabc æøå\t "
    assert send(client, path, words).status_code == 303
    assert only().words.encode() == words.encode()


def test_a_double_click_is_one_contribution(client, path):
    key = form_key(client, path)
    assert [send(client, path, key=key).status_code for _ in range(3)] == [303, 303, 303]
    assert only().number == 1


def test_other_words_with_the_same_key_are_a_409_that_keeps_them(client, path):
    key = form_key(client, path)
    send(client, path, key=key)
    answer = send(client, path, "Det her er noget helt andet end før.", key=key)
    assert answer.status_code == 409
    assert "Det her er noget helt andet end før." in answer.text
    assert only().words == WORDS


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Skriv, hvad du mener"),
        (" \r\n\t\u202e", "Skriv, hvad du mener"),
        ("Et nul-tegn \x00 her", "nul-tegn"),
        ("a" * 200_000, "200.000 tegn"),
        ("🙂" * 20_001, "20.001 tegn"),
    ],
)
def test_words_that_cannot_be_kept_are_a_422_that_keeps_them(client, path, words, says):
    answer = send(client, path, words)
    assert answer.status_code == 422
    assert says in answer.text
    assert words.replace("\x00", "").strip(" \r\n\t")[:2000].replace("\u202e", "") in answer.text.replace(
        "\x00", ""
    ).replace("\u202e", "")
    assert none_came()


def test_twenty_thousand_letters_are_taken_in(client, path):
    assert send(client, path, "a" * 20_000).status_code == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": "ikke en adresse"}, "Skriv en hel e-mailadresse"),
        ({"capacity": "association"}, "Skriv navnet på den forening"),
        ({"capacity": "konge"}, ""),
        ({"key": "forfalsket"}, "åben længe"),
        ({"name": "x" * 161}, ""),
    ],
)
def test_a_wrong_field_is_a_422_that_keeps_the_words(client, path, fields, says):
    answer = send(client, path, **({"key": form_key(client, path)} | fields))
    assert answer.status_code == 422
    assert says in answer.text
    assert WORDS in answer.text
    assert none_came()


def test_after_a_stale_key_the_same_words_go_through(client, path):
    fresh = re.search(r'name="key"[^>]*value="([^"]+)"', send(client, path, key="gammel").text)[1]
    assert send(client, path, key=fresh).status_code == 303


def test_the_key_of_one_form_does_not_open_another(client, hearing, path):
    key = form_key(client, f"/projekter/{hearing.project.slug}/spoerg")
    assert send(client, path, key=key).status_code == 422


@pytest.mark.parametrize("header", [{"Origin": "https://andet.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_from_another_site_is_not_taken(client, path, header):
    values = {"key": form_key(client, path), "words": WORDS, "capacity": "citizen"}
    assert client.post(path, data=values, headers=header).status_code == 422
    assert none_came()


def test_the_hidden_field_only_raises_a_flag(client, path):
    assert send(client, path, website="https://spam.example").status_code == 303
    assert only().suspicious


def test_a_person_who_takes_their_time_is_not_suspicious(client, path, clock_stands_still):
    key = form_key(client, path)
    clock_stands_still.shift(60)
    send(client, path, key=key)
    assert not only().suspicious


def test_the_preview_shows_what_will_be_public_and_sends_nothing(client, path):
    answer = send(client, path, preview="1", name="Test Testesen")
    assert answer.status_code == 200
    shown = re.search(r'aria-labelledby="preview-title">(.*?)</section>', answer.text, re.DOTALL)[1]
    assert WORDS in shown
    assert "Test Testesen" not in shown
    assert none_came()


def test_a_cpr_number_is_pointed_out_and_never_stops_anybody(client, path):
    words = "Hej\r\nmit nummer er\r\n010101-1234"
    assert "i linje 3" in send(client, path, words, preview="1").text
    assert send(client, path, words).status_code == 303
    assert only().held_back


NUMBER = "Hej\r\nmit nummer er\r\n010101-1234"


def test_before_it_is_sent_a_cpr_number_is_told_once(client, path):
    """RE-26: the page asks to be told; the page that has told does not ask again."""
    page = send(client, path, NUMBER, tell_first="1")
    assert page.status_code == 422
    assert "Det er ikke sendt endnu" in page.text
    assert "<title>Ikke sendt: " in page.text
    assert 'name="tell_first"' in client.get(path).text
    assert 'name="tell_first"' not in page.text
    assert none_came()


def test_a_corrected_text_is_told_of_in_the_same_way(client, path):
    """RE-26: once, with the new words still there; nothing is kept before."""
    send(client, path)
    corrected = {"words": NUMBER, "csrf_token": csrf(client, "/mit-svar/ret")}
    assert 'name="tell_first"' in client.get("/mit-svar/ret").text
    told = client.post("/mit-svar/ret", data=corrected | {"tell_first": "1"})
    assert told.status_code == 422
    assert "i linje 3" in told.text
    assert "010101-1234</textarea>" in told.text
    assert only().words == WORDS
    assert 'name="tell_first"' not in told.text
    assert client.post("/mit-svar/ret", data=corrected).status_code == 303
    assert only().held_back


def test_another_language_is_chosen_without_losing_a_word(client, path):
    """The switch is a button of the form, so it works without JavaScript and before anything is sent."""
    buttons = re.findall(r'<button[^>]* form="write"[^>]*>', client.get(path).text)
    assert "sprog" not in buttons[0], "Enter in a field presses the first button, and sends"
    assert [re.findall(r'name="sprog" value="(\w+)"', button) for button in buttons[1:3]] == [["en"], ["de"]]
    page = send(client, path, NUMBER, tell_first="1", sprog="en", email="nina@borger.example")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert "010101-1234</textarea>" in page.text
    assert "nina@borger.example" in page.text
    assert none_came()
    assert '<html lang="en">' in client.get(path).text


def test_whoever_writes_in_german_is_answered_in_german(client, path):
    """SK-25: the language of the page is kept with the contribution, and its letters are written in it."""
    client.get(f"{path}?sprog=de")
    assert send(client, path, "Der Weg soll an der Kirche liegen.", email="nina@borger.example").status_code == 303
    assert only().language == "de"
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.language == "de"
    assert "Stellungnahme" in letters.read_in_full(letter).words


def test_in_the_last_hour_nobody_is_kept_from_sending(client, path, hearing, clock_stands_still):
    clock_stands_still.move_to(hearing.closes_at - timedelta(minutes=59))
    assert send(client, path, NUMBER, tell_first="1").status_code == 303
    assert "ligner et CPR-nummer" in client.get("/kvittering").text


def test_whoever_is_told_is_asked_for_the_files_again(client, path):
    page = send(client, path, NUMBER, tell_first="1", files=(io.BytesIO(b"Ord i en fil"), "fil.txt"))
    assert "Vælg også dine filer igen." in page.text


def test_what_is_folded_stays_folded_when_the_page_is_shown_again(client, path):
    page = send(client, path, preview="1", files=(io.BytesIO(b""), ""))
    assert '<details class="more" open' not in page.text


def test_who_sees_what_is_told_in_the_open(client, path):
    """The three circles of the design, before anything is sent."""
    page = client.get(path).text
    circles = page[page.index('id="circles"') : page.index("</dl>", page.index('id="circles"'))]
    assert "<details" not in page[: page.index('id="circles"')].rpartition("</details>")[2]
    assert [word in circles for word in ("Alle på siden", "Byrådet og medarbejderne", "aktindsigt")] == [True] * 3


def test_after_the_deadline_the_form_says_so_and_takes_it_in(client, path, hearing, clock_stands_still):
    clock_stands_still.move_to(hearing.closes_at)
    assert "Fristen er gået" in client.get(path).text
    send(client, path)
    assert "modtaget efter fristen" in client.get("/kvittering").text


def test_a_cancelled_project_answers_in_danish_and_keeps_the_words(client, path, hearing):
    key = form_key(client, path)
    with settling():
        hearing.project.cancelled_at = NOW
    assert client.get(path).status_code == 409
    answer = send(client, path, key=key)
    assert answer.status_code == 409
    assert "Projektet er aflyst" in answer.text
    assert WORDS in answer.text
    assert none_came()


def test_a_project_that_is_not_announced_is_not_there(client, path, hearing):
    with settling():
        hearing.project.announced_at = hearing.announced_at = None
    assert client.get(path).status_code == 404


def test_an_orientation_leads_to_the_question(client, orientation):
    slug = orientation.project.slug
    assert client.get(f"/projekter/{slug}/svar").headers["Location"] == f"/projekter/{slug}/spoerg"
    assert send(client, f"/projekter/{slug}/spoerg", "Hvornår?").status_code == 303
    assert "dit spørgsmål" in client.get("/kvittering").text


def test_an_orientation_takes_no_response_even_by_hand(client, orientation):
    slug = orientation.project.slug
    assert client.post(f"/projekter/{slug}/svar", data={"words": "Jeg er imod."}).status_code in (409, 422)
    assert none_came()


def test_a_proposal_is_commented_on_and_supported(client, cocreation):
    one = submitted(cocreation, kind=Kind.PROPOSAL)
    base = f"/projekter/{cocreation.project.slug}/forslag/{one.number}"
    assert client.get(f"{base}/kommentar").status_code == 404
    with settling():
        one.handling, one.published_at = Handling.PUBLISHED, NOW
    assert send(client, f"{base}/kommentar", "God idé.").status_code == 303
    assert "din kommentar" in client.get("/kvittering").text
    mark = csrf(client, "/mit-svar")
    seen = [client.post(f"{base}/stoet", data={"csrf_token": mark}).status_code for _ in range(2)]
    assert seen == [303, 303]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Support)) == 1


def test_the_sender_corrects_and_takes_back(client, path):
    send(client, path)
    mark = csrf(client, "/mit-svar/ret")
    assert client.post("/mit-svar/ret", data={"words": "Nyt.", "csrf_token": mark}).status_code == 303
    assert only().words == "Nyt."
    assert client.post("/mit-svar/traek-tilbage", data={"csrf_token": mark}).status_code == 303
    assert only().handling is Handling.WITHDRAWN
    assert client.post("/mit-svar/traek-tilbage", data={"csrf_token": mark}).status_code == 409


def test_an_empty_correction_is_a_422(client, path):
    send(client, path)
    mark = csrf(client, "/mit-svar/ret")
    assert client.post("/mit-svar/ret", data={"words": " ", "csrf_token": mark}).status_code == 422


@pytest.mark.parametrize(("method", "where"), [("get", "/mit-svar/ret"), ("post", "/mit-svar/traek-tilbage")])
def test_without_a_code_nothing_of_ones_own_is_shown(client, hearing, method, where):
    submitted(hearing)
    mark = csrf(client, "/mit-svar")
    assert getattr(client, method)(where, data={"csrf_token": mark}).status_code == 403


def test_without_a_code_the_receipt_leads_to_the_search(client):
    assert client.get("/kvittering").headers["Location"] == "/mit-svar"


def test_a_code_stands_in_no_address_and_on_no_other_page(client, path):
    answer = send(client, path, email="a@borger.example")
    one = only()
    code = codes.tracking_code(one.id, one.code_version)
    assert code not in answer.headers["Location"]
    assert code not in client.get("/mit-svar").text


def test_the_form_asks_few_questions(client, path):
    with counted() as asked:
        assert client.get(path).status_code == 200
    assert len(asked) <= 8, asked


@pytest.mark.parametrize(("email", "most"), [("", 13), ("a@borger.example", 15)])
def test_sending_asks_few_questions(client, path, email, most):
    key = form_key(client, path)
    with counted() as asked:
        assert send(client, path, key=key, email=email).status_code == 303
    assert len(asked) <= most, "\n".join(asked)


# -- files -------------------------------------------------------------------------------------------------------------


def a_file(name="brev.txt", content=b"Se kortet: overgangen ligger forkert."):
    return io.BytesIO(content), name


def test_files_come_along_and_their_text_is_read_after_the_commit(client, path):
    assert send(client, path, files=[a_file(), a_file("to.txt", b"To.")]).status_code == 303
    rows = db.session.scalars(sa.select(Attachment)).all()
    assert [row.file.name for row in rows] == ["brev.txt", "to.txt"]
    assert files.open_(rows[0].file.sha256).read() == b"Se kortet: overgangen ligger forkert."
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Text)) == 1
    jobs.run_all(None, NOW)
    read = db.session.scalars(sa.select(Text).where(Text.source == TextSource.FILE).order_by(Text.id)).all()
    assert [(one.words, one.attachment_id) for one in read] == [
        ("Se kortet: overgangen ligger forkert.", rows[0].id),
        ("To.", rows[1].id),
    ]
    assert only().words == WORDS


def test_reading_files_a_second_time_adds_nothing(client, path):
    send(client, path, files=[a_file()])
    for _ in range(2):
        attach.read_files({"contribution": only().id}, lambda share, words: None, NOW)
        db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Text)) == 2


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ([("program.exe", b"MZ")], "program.exe"),
        ([("brev.pdf", b"ikke en pdf")], "passer ikke til navnet"),
        ([("tom.txt", b"")], "er tom"),
        ([("tegning.svg", b"<svg/>")], "tegning.svg"),
        ([("stor.txt", b"x" * (20 * 1024 * 1024 + 1))], "20 MB"),
        ([(f"{n}.txt", b"x") for n in range(11)], "højst sende 10 filer"),
    ],
)
def test_a_file_that_is_not_taken_keeps_the_words_and_says_why(client, path, chosen, says):
    answer = send(client, path, files=[a_file(*one) for one in chosen])
    assert answer.status_code == 422
    assert says in answer.text
    assert WORDS in answer.text
    assert none_came()


def test_a_file_is_handed_to_staff_only_and_never_shown_in_the_browser(client, path, planner_person):
    send(client, path, files=[a_file("brev.txt", b"<script>alert(1)</script>")])
    where = f"/arbejde/filer/{db.session.scalars(sa.select(Attachment)).one().file_id}"
    assert "/log-ind" in client.get(where).headers["Location"]
    sign_in(client, planner_person)
    answer = client.get(where)
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_department_is_not_handed_out(client, path, schools):
    send(client, path, files=[a_file()])
    where = f"/arbejde/filer/{db.session.scalars(sa.select(Attachment)).one().file_id}"
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    assert client.get(where).status_code == 403
    assert client.get("/arbejde/filer/9999").status_code == 404


# -- letters -----------------------------------------------------------------------------------------------------------


def test_the_receipt_mail_says_what_the_page_says(client, path):
    send(client, path, email="a@borger.example")
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.subject == "Ny skolevej ved Engparken: vi har modtaget dit høringssvar, nr. 1"
    assert "22. november 2026 kl. 14.33.07" in letter.words
    assert "forventet fredag 29. januar 2027" in letter.words


# -- when the deadline has passed --------------------------------------------------------------------------------------

LATE = {
    "closes_at": ("mærker det som modtaget efter fristen", "forventet senest fredag 29. januar 2027", None),
    "reported_at": ("som et tillæg til vores svar", "Kommunens samlede svar er klar.", "/hvidbog"),
    "decided_at": ("men beslutningen er truffet", "Kommunens samlede svar er klar.", "/hvidbog"),
}


@pytest.mark.parametrize("after", LATE)
def test_who_writes_late_reads_when_it_closed_what_came_in_and_what_a_late_one_becomes(
    client, hearing, clock_stands_still, after
):
    """RP-21, RE-05: also that it can still be sent, and by the rule it is kept by."""
    submitted(hearing, "Flyt den.")
    submitted(hearing, "Lad den ligge.")
    with settling():
        hearing.report_on = date(2027, 1, 29)
        for place, fact in enumerate(("reported_at", "decided_at"), start=1):
            if list(LATE).index(after) >= place:
                setattr(hearing, fact, hearing.closes_at + timedelta(days=20 * place))
    clock_stands_still.move_to(getattr(hearing, after) + timedelta(hours=1))
    page = client.get(f"/projekter/{hearing.project.slug}/svar")
    late, answers, place = LATE[after]
    assert page.status_code == 200
    assert "Fristen var mandag 14. december 2026" in page.text
    assert "Der kom 2 høringssvar." in page.text
    assert late in page.text
    assert answers in page.text
    assert (f'href="/projekter/{hearing.project.slug}/hvidbog"' in page.text) is (place is not None)
    assert 'name="words"' in page.text
    assert late in client.get(f"/projekter/{hearing.project.slug}").text


def test_before_the_deadline_nothing_of_that_is_said(client, hearing):
    page = client.get(f"/projekter/{hearing.project.slug}/svar").text
    assert "Fristen var" not in page
    assert "Du kan svare til og med" in page


@pytest.mark.parametrize("door", ["svar", "spoerg"])
def test_a_closed_case_says_what_came_of_it_and_whom_to_write_to(client, hearing, clock_stands_still, door):
    with settling():
        hearing.reported_at = hearing.decided_at = hearing.project.closed_at = NOW + timedelta(days=60)
    clock_stands_still.move_to(hearing.closed_at + timedelta(days=1))
    page = client.get(f"/projekter/{hearing.project.slug}/{door}")
    assert page.status_code == 409
    assert "Sagen er slut" in page.text
    assert "Fristen var mandag 14. december 2026" in page.text
    assert "Der kom ikke noget ind." in page.text
    assert f'href="/projekter/{hearing.project.slug}/hvidbog"' in page.text
    assert hearing.project.contact_name in page.text
    assert 'name="words"' not in page.text


def test_a_round_that_has_not_begun_is_refused_as_before(client, hearing):
    with settling():
        hearing.opens_at = NOW + timedelta(days=3)
    page = client.get(f"/projekter/{hearing.project.slug}/svar")
    assert page.status_code == 409
    assert "Sagen er slut" not in page.text


@pytest.mark.parametrize("typed", ["13585628", "DK 13 58 56 28", ""])
def test_a_business_may_say_its_cvr_number_however_it_is_written(client, path, typed):
    answer = send(client, path, capacity="business", organisation="Havnens Bådværft ApS", cvr=typed)
    assert answer.status_code == 303
    assert only().contact.cvr == ("13585628" if typed else "")


@pytest.mark.parametrize("typed", ["13585629", "1358562", "otte cifre", "135856288"])
def test_a_number_that_is_no_cvr_number_is_told_and_everything_typed_stays(client, path, typed):
    answer = send(client, path, capacity="business", organisation="Havnens Bådværft ApS", cvr=typed)
    assert answer.status_code == 422
    assert "Det er ikke et CVR-nummer" in answer.text
    assert f'value="{typed}"' in answer.text
    assert "Havnens Bådværft ApS" in answer.text
    assert none_came()


def test_a_private_citizen_has_no_cvr_number_and_is_not_stopped_by_one(client, path):
    assert send(client, path, cvr="12345678").status_code == 303
    assert only().contact.cvr == ""


def test_whoever_wants_to_says_for_or_against_and_staff_read_it_beside_the_words(client, path, hearing, planner_person):
    send(client, path, stance="against")
    assert only().stance is Stance.AGAINST
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/svar/1").text
    assert re.search(r"For eller imod</dt>\s*<dd>imod", page)
    told = client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke/alle.json", buffered=True).get_json()
    assert [row["stance"] for row in told] == ["against"]
    sheet = client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke/alle.csv", buffered=True)
    (row,) = csv.DictReader(io.StringIO(sheet.data.decode("utf-8-sig")), delimiter=";")
    assert row["For eller imod"] == "imod"


def test_a_side_that_is_none_is_told_and_the_words_stay(client, path):
    answer = send(client, path, stance="ved ikke")
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert none_came()


def test_nobody_has_to_take_a_side(client, path):
    send(client, path)
    assert only().stance is Stance.NONE
