"""A citizen writes for another with their authority, or with a companion, who gets copies (RE-44, RE-45)."""

import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from participation.contributions.attach import file_row
from participation.contributions.copy_letters import COPIED
from participation.contributions.dispute import dispute_contribution
from participation.contributions.export import COLUMNS, contribution_rows
from participation.contributions.model import Contact, Contribution, CopyReader
from participation.contributions.tell import tell_sender
from participation.contributions.tell_all import tell_contributors
from participation.foundation import jobs, letters, log
from participation.foundation.db import db, settling
from participation.foundation.files import store
from participation.foundation.model import File, Letter, LogEntry
from participation.rules.acts import Act
from participation.rules.kinds import CopyPart, PublicationRule
from tests.contributions.sending import WORDS, csrf, form_key, holder_of, send, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.queries import counted

PROXY = {"name": "Ida Holm", "email": "ida@borger.example", "represents": "Inger Holm"}
COMPANION = {"companion": "Bo Friis", "companion_email": "bo@borger.example"}
BOTH = {**PROXY, "represents_email": "inger@borger.example", "authority": "Fuldmagt fra min mor", **COMPANION}
EVERYBODY = ["bo@borger.example", "ida@borger.example", "inger@borger.example"]
#: What opens the sender's own page: a link of a letter, a code in fours.
OPENS = re.compile(r"/l/[\w-]{22}|[0-9A-Z]{4}(-[0-9A-Z]{4}){3}")


def sent_letters() -> dict[str, str]:
    """What each has got, codes and links and all."""
    jobs.run_all(None, NOW)
    db.session.rollback()
    found = db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    assert [one.failure for one in found] == [None] * len(found)
    return {one.recipient or "": letters.read_in_full(one).words for one in found}


def stop_link(words: str) -> str:
    found = re.search(r"/kopi/\d+/[\w-]{22}", words)
    assert found is not None
    return found[0]


def only() -> Contribution:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def owed() -> list[tuple[str, str | None]]:
    """Kind and reader of every letter, in order."""
    db.session.rollback()
    return [(one.kind, one.recipient) for one in db.session.scalars(sa.select(Letter).order_by(Letter.id))]


# -- the letters go to the right ones ---------------------------------------------------------------------------------


def test_the_proxy_gets_the_receipt_and_both_others_a_copy_without_code_and_links(hearing):
    submitted(hearing, **BOTH)
    got = sent_letters()
    assert sorted(got) == EVERYBODY
    assert OPENS.search(got["ida@borger.example"])
    for whom in ("bo@borger.example", "inger@borger.example"):
        assert "Tak. Vi har modtaget dit høringssvar" in got[whom]
        assert "Her er brevet til Ida Holm:" in got[whom]
        assert OPENS.search(got[whom]) is None
        assert "****" not in got[whom]
    assert "fordi Ida Holm har skrevet, at du er bisidder" in got["bo@borger.example"]
    assert "har skrevet til os på dine vegne" in got["inger@borger.example"]


def test_a_companion_gets_copies_also_where_the_sender_has_only_the_code(hearing):
    submitted(hearing, **COMPANION)
    got = sent_letters()
    assert list(got) == ["bo@borger.example"]
    assert "fordi afsenderen har skrevet" in got["bo@borger.example"]


@pytest.mark.parametrize("kind", sorted(set(COPIED.values())))
def test_every_letter_that_is_copied_keeps_words_and_no_secret(kind, app):
    """Each secret is a sign until the letter is written; the paragraph around it goes, whatever it says."""
    source = (Path(app.root_path).parent / "templates" / "letters" / f"{kind}.txt").read_text(encoding="utf-8")
    printed = re.sub(r"{%.*?%}|{#.*?#}", "", source, flags=re.DOTALL)
    signs = re.sub(r"{{ (?:link|email_link) }}|code=code\b", "https://\ue002x12345678x0\ue001", printed)
    assert signs != printed, "it has no link of the sender's own"
    copied = letters.for_others(signs)
    assert "\ue002" not in copied["words"] + copied["subject"]
    assert len(copied["words"]) > 100


def test_what_is_between_the_sender_and_us_is_not_copied(hearing):
    one = submitted(hearing, **BOTH)
    with settling():
        tell_sender("guided", one, at=NOW)
    assert [kind for kind, _whom in owed()] == ["copy", "copy", "receipt", "guided"]


def test_news_of_the_case_is_copied_also_where_the_sender_has_only_the_code(hearing):
    submitted(hearing, **COMPANION)
    arguments = {"project": hearing.project_id, "kind": "decided", "at": NOW.isoformat()}
    with settling():
        tell_contributors(arguments, lambda *_: None, NOW)
    assert owed() == [("copy", "bo@borger.example")] * 2
    assert "Alle, der har skrevet til os, får besked" in sent_letters()["bo@borger.example"]


def test_a_dispute_stops_the_copies_too(hearing):
    one = submitted(hearing, **BOTH)
    with settling():
        dispute_contribution(holder_of(one), one, now=NOW)
        assert tell_sender("question_answered", one, at=NOW) is False
    assert sum(kind == "copy" for kind, _whom in owed()) == 2


# -- who gets copies may say no ---------------------------------------------------------------------------------------


def test_the_link_of_a_copy_stops_them_in_one_step_and_forgets_the_address(client, hearing):
    one = submitted(hearing, **BOTH)
    link = stop_link(sent_letters()["bo@borger.example"])
    page = client.get(link).text
    assert "Nogen har skrevet, at du er bisidder" in page
    assert WORDS not in page
    assert "Ida Holm" not in page
    assert client.get("/mit-svar/ret").status_code == 403, "the link opens nothing of the sender's"
    assert "Du får ikke flere kopier" in client.post(link, follow_redirects=True).text
    assert client.post(link).status_code == 303
    contact = only().contact
    assert (contact.companion.email, contact.companion.name, contact.companion.stopped_at) == ("", "Bo Friis", NOW)
    assert contact.represented.email == "inger@borger.example"
    entries = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.STOP_COPIES)).all()
    assert [(entry.subject, entry.facts["part"]) for entry in entries] == [(f"contribution:{one.id}", "companion")]
    with settling():
        tell_sender("question_answered", only(), at=NOW)
    copies = [whom for kind, whom in owed() if kind == "copy"]
    assert copies == ["inger@borger.example", "bo@borger.example", "inger@borger.example"]


@pytest.mark.parametrize("token", ["x" * 22, "ø" * 22])
def test_another_token_stops_nothing(client, hearing, token):
    submitted(hearing, **COMPANION)
    reader = only().contact.companion
    assert client.get(f"/kopi/{reader.id}/{token}").status_code == 404
    assert client.post(f"/kopi/{reader.id}/{token}").status_code == 404
    assert only().contact.companion.email == "bo@borger.example"


def test_a_copy_that_is_kept_has_no_link_of_anybody(hearing):
    submitted(hearing, **COMPANION)
    jobs.run_all(None, NOW)
    db.session.rollback()
    copy = db.session.scalars(sa.select(Letter).where(Letter.kind == "copy")).one()
    assert "/kopi/" not in copy.words
    assert "****" in copy.words


# -- the form ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(hearing):
    return f"/projekter/{hearing.project.slug}/svar"


def authority(content=b"Jeg giver Ida Holm fuldmagt."):
    return io.BytesIO(content), "fuldmagt.txt"


def test_both_parties_stand_on_the_receipt_and_on_the_senders_page(client, path):
    assert send(client, path, authority_file=authority(), **BOTH).status_code == 303
    for page in (client.get("/kvittering").text, client.get("/mit-svar/hvor").text):
        assert "Du skriver på vegne af Inger Holm." in page
        assert "Din bisidder er Bo Friis." in page
        assert "Vi sender en kopi af brevene til bo@borger.example, men uden din kode." in page


def test_both_parties_stand_on_the_staffs_pages_and_on_no_public_one(client, roads, planner_person):
    """DESIGN: names of private citizens are shown only on wish; nobody has asked the represented."""
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    submitted(round_, **BOTH, authority_file=store(*authority()))
    slug = round_.project.slug
    for public in (f"/projekter/{slug}/hoeringssvar/1", f"/projekter/{slug}/hoeringssvar"):
        page = client.get(public)
        assert page.status_code == 200
        assert not any(name in page.text for name in ("Inger Holm", "Bo Friis", "Fuldmagt fra min mor", "fuldmagt.txt"))
    sign_in(client, planner_person)
    for inner in (f"/arbejde/projekter/{slug}/svar/1", f"/arbejde/projekter/{slug}/indbakke/1"):
        page = client.get(inner)
        assert "Inger Holm (får kopi af brevene på inger@borger.example)" in page.text
        assert "Bo Friis (får kopi af brevene på bo@borger.example)" in page.text
        assert "Fuldmagt fra min mor" in page.text
        assert "Åbn fuldmagten" in page.text


def test_a_proxy_without_authority_is_pointed_out_and_never_stopped(client, hearing, planner_person):
    submitted(hearing, **PROXY)
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/svar/1").text
    assert re.search(r"<dt>Fuldmagt</dt><dd>(?:(?!</dd>).)*Ikke oplyst", page, re.DOTALL)


@pytest.mark.parametrize(
    ("who", "status"),
    [("planner", 200), ("leader", 200), ("councillor", 403), ("clerk", 403), ("administrator", 403), (None, 302)],
)
def test_only_who_may_read_originals_opens_the_authority_and_it_is_logged(request, client, hearing, who, status):
    submitted(hearing, **PROXY, authority_file=store(*authority()))
    key = only().contact.represented.authority_file_id
    if who is not None:
        sign_in(client, request.getfixturevalue(f"{who}_person"))
    answer = client.get(f"/arbejde/filer/{key}")
    assert answer.status_code == status
    assert (b"Jeg giver Ida Holm fuldmagt." in answer.data) is (status == 200)
    db.session.rollback()
    read = db.session.scalar(sa.select(sa.func.count()).where(LogEntry.act == Act.READ_ORIGINAL))
    assert read == (status == 200)


def test_the_authority_is_no_file_of_the_contribution(client, path):
    """It is neither read for points nor shown as an enclosure."""
    send(client, path, authority_file=authority(), **PROXY)
    jobs.run_all(None, NOW)
    one = only()
    assert one.attachments == []
    assert [text.words for text in one.texts] == [WORDS]


def test_an_authority_without_a_name_is_asked_for_the_name_and_nothing_is_lost(client, path):
    page = send(client, path, authority_file=authority(), companion="Bo Friis")
    assert page.status_code == 422
    assert "Skriv navnet på den, der skrives for." in page.text
    assert 'value="Bo Friis"' in page.text
    assert WORDS in page.text


def test_an_authority_of_a_kind_we_do_not_take_says_so(client, path):
    page = send(client, path, authority_file=(io.BytesIO(b"MZ"), "fuldmagt.exe"), represents="Inger Holm")
    assert page.status_code == 422
    assert "fuldmagt.exe" in page.text


@pytest.mark.parametrize("field", ["represents", "authority", "companion"])
def test_a_cpr_number_in_any_of_the_fields_is_told_first(client, path, field):
    """RE-26; told once, never stopped."""
    page = send(client, path, tell_first="1", **{"represents": "Inger Holm", field: "Inger, 010180-0008"})
    assert page.status_code == 422
    assert "ligner et CPR-nummer" in page.text
    assert send(client, path, **{"represents": "Inger Holm", field: "Inger, 010180-0008"}).status_code == 303


def test_whoever_names_nobody_pays_nothing(client, path):
    """The same questions as ever; a proxy with a companion costs a row and a letter for each."""
    key = form_key(client, path)
    with counted() as asked:
        assert send(client, path, key=key, represents="Inger Holm", authority="Fuldmagt").status_code == 303
    assert len(asked) <= 13, "\n".join(asked)
    key = form_key(client, path)
    with counted() as more:
        assert send(client, path, key=key, **BOTH).status_code == 303
    assert len(more) <= 22, "\n".join(more)


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_an_exchanged_authority_is_found_by_the_log(hearing):
    submitted(hearing, **PROXY, authority_file=store(*authority()))
    while log.seal(NOW):
        pass
    assert log.verify().sound
    with settling():
        other = File(**file_row(store(b"En anden fuldmagt.", "anden.txt"), NOW))
        db.session.add(other)
        db.session.flush()
        db.session.scalars(sa.select(CopyReader)).one().authority_file_id = other.id
    assert not log.verify().sound


def test_all_of_it_goes_when_the_contact_is_erased(hearing):
    submitted(hearing, **BOTH)
    with settling():
        db.session.execute(sa.delete(Contact))
    assert db.session.scalars(sa.select(CopyReader)).all() == []


def test_the_sheet_says_that_somebody_takes_part_and_not_who(hearing):
    submitted(hearing, **BOTH)
    submitted(hearing)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in contribution_rows(hearing.project_id)]
    assert [(row["by_proxy"], row["has_companion"]) for row in rows] == [(True, True), (False, False)]
    assert "Inger" not in str(rows)
    assert "Friis" not in str(rows)


def test_an_officer_writes_both_down_on_the_telephone(client, hearing, planner_person):
    """RE-45: a companion is named by phone, too."""
    sign_in(client, planner_person)
    screen = f"/arbejde/projekter/{hearing.project.slug}/indbakke/skriv-ind"
    values = {"channel": "phone", "kind": "response", "capacity": "citizen", "words": WORDS, **BOTH}
    mark = csrf(client, screen)
    assert client.post(screen, data={"csrf_token": mark, "authority_file": authority(), **values}).status_code == 303
    contact = only().contact
    assert [(one.part, one.name, one.email) for one in contact.company] == [
        (CopyPart.REPRESENTED, "Inger Holm", "inger@borger.example"),
        (CopyPart.COMPANION, "Bo Friis", "bo@borger.example"),
    ]
    assert contact.represented.authority_file_id is not None
    assert sorted(sent_letters()) == EVERYBODY
