"""Need, wish and alternative stand apart from the stance, and are words like all others (RP-33, FU-06)."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from lxml import html

from participation.answers.draft import Draft, draft_answers
from participation.contributions.clear import clear_contribution, still_open
from participation.contributions.correct import correct_contribution
from participation.contributions.model import Contribution
from participation.contributions.suggest import split_all
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.queue.index import index_changes
from participation.queue.model import Found
from participation.queue.search import search
from participation.reports.compile import compile_paper
from participation.reports.kept import digest, freeze, thaw
from participation.reports.render_docx import render_docx
from participation.rules.handling import ClearReason, Handling
from participation.rules.kinds import APART, Kind, PublicationRule, Rendition, SpanKind, Stance, TextSource
from participation.rules.outcomes import Recommendation
from tests.contributions.sending import WORDS, form_key, holder_of, send, submitted
from tests.contributions.test_suggest import LETTER
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.tampered import behind_our_back

NEED = " Mine børn skal\r\nkunne cykle i skole 🙂. "
WISH = "Sæt farten ned til 30."
OTHER = "Læg stien nord om søen i stedet."
GIVEN = {"need": NEED, "wish": WISH, "alternative": OTHER}
SAID = tuple(zip(APART[:3], (NEED, WISH, OTHER), strict=True))


@pytest.fixture
def path(hearing) -> str:
    return f"/projekter/{hearing.project.slug}"


@pytest.fixture
def shown(hearing) -> Contribution:
    """One that said all three, on the page at once."""
    with settling():
        db.session.merge(hearing.project).publication = PublicationRule.IMMEDIATELY
    one = submitted(hearing, apart=SAID, stance=Stance.AGAINST, email="a@borger.example")
    assert one.handling is Handling.PUBLISHED
    return one


def only() -> Contribution:
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def test_the_fields_lie_closed_under_more_and_ask_plainly(client, path) -> None:
    """FU-06: need and wished solution apart; none of them has to be filled."""
    page = html.fromstring(client.get(f"{path}/svar").text)
    (box,) = [one for one in page.iter("details") if one.xpath(".//*[@name='need']")]
    assert box.get("open") is None
    labels = [box.xpath(f".//label[@for='{name}']")[0].text_content() for name in GIVEN]
    assert labels == ["Hvad har du brug for? (valgfrit)", "Hvad foreslår du? (valgfrit)", "Et alternativ (valgfrit)"]
    assert 'name="need"' not in client.get(f"{path}/spoerg").text


def test_each_is_kept_to_the_byte_and_is_a_point_of_its_own(client, path) -> None:
    assert send(client, f"{path}/svar", **GIVEN).status_code == 303
    one = only()
    assert one.words == WORDS
    assert [(text.source, text.words) for text in one.apart] == list(SAID)
    assert [point.words for point in one.points] == [WORDS, NEED, WISH, OTHER]
    assert [point.apart for point in one.points] == [None, *APART[:3]]


def test_a_need_alone_is_enough_and_nothing_at_all_is_not(client, path) -> None:
    assert send(client, f"{path}/svar", " ", need=" \r\n").status_code == 422
    assert send(client, f"{path}/svar", "", need=NEED).status_code == 303
    one = only()
    assert (one.words, [point.words for point in one.points]) == ("", [NEED])
    assert "kunne cykle i skole" in client.get("/mit-svar/hvor").text


def test_they_stay_when_the_form_comes_back_and_open_what_hid_them(client, path) -> None:
    wrong = send(client, f"{path}/svar", capacity="business", **GIVEN)
    assert wrong.status_code == 422
    page = html.fromstring(wrong.text)
    (box,) = [one for one in page.iter("details") if one.xpath(".//*[@name='need']")]
    assert box.get("open") is not None
    assert page.xpath("//textarea[@name='wish']")[0].text.strip() == WISH
    preview = send(client, f"{path}/svar", preview="1", **GIVEN).text
    preview = preview[preview.index('id="offentligt"') : preview.index('id="write"')]
    assert [preview.index(word) for word in ("Behov", "Ønske", OTHER)]


def test_another_need_under_the_same_words_is_another_sending(client, path) -> None:
    key = form_key(client, f"{path}/svar")
    answers = [send(client, f"{path}/svar", key=key, need=need).status_code for need in (NEED, NEED, "Noget andet.")]
    assert answers == [303, 303, 409]


def test_a_question_has_none(client, path) -> None:
    assert send(client, f"{path}/spoerg", **GIVEN).status_code == 303
    assert (only().kind, only().apart) == (Kind.QUESTION, [])


def test_sending_them_asks_three_more(client, path) -> None:
    key = form_key(client, f"{path}/svar")
    with counted() as asked:
        assert send(client, f"{path}/svar", key=key, email="a@borger.example", **GIVEN).status_code == 303
    assert len(asked) <= 18, "\n".join(asked)


def test_they_are_read_under_their_headings_by_everybody_by_the_sender_and_by_staff(
    app, client, path, shown, planner_person
) -> None:
    staff, sender = app.test_client(), app.test_client()
    sign_in(staff, planner_person)
    with sender.session_transaction() as session:
        session["held"] = [shown.id]
    base = path.replace("/projekter", "/arbejde/projekter")
    point = shown.points[-1].id
    for reader, page in (
        (client, f"{path}/hoeringssvar/1"),
        (client, f"{path}/hoeringssvar"),
        (client, path),
        (sender, "/mit-svar/hvor"),
        (staff, f"{base}/svar/1"),
        (staff, f"{base}/indbakke/1"),
        (staff, f"{base}/indbakke/1/privat"),
        (staff, f"{base}/punkter/{point}/svar"),
    ):
        words = " ".join(html.fromstring(reader.get(page).text).text_content().split())
        assert WORDS in words, page
        for heading, said in zip(("Behov", "Ønske", "Alternativ"), (NEED, WISH, OTHER), strict=True):
            assert re.search(f"{heading}:? ?{re.escape(' '.join(said.split()))}", words), (page, heading)


def test_the_exports_keep_them_apart(app, path, shown, planner_person) -> None:
    staff = app.test_client()
    sign_in(staff, planner_person)
    base = path.replace("/projekter", "/arbejde/projekter") + "/indbakke"
    (row,) = json.loads(staff.get(f"{base}/alle.json").text)
    assert [row[name] for name in ("words", *GIVEN)] == [WORDS, NEED, WISH, OTHER]
    (line,) = csv.DictReader(io.StringIO(staff.get(f"{base}/alle.csv").text.lstrip("\ufeff")), delimiter=";")
    assert (line["Ønske"], line["Alternativ"]) == (WISH, OTHER)


def test_a_number_in_a_need_holds_it_back_is_told_and_is_covered(client, path, planner, hearing) -> None:
    """RE-26."""
    need = "Ring til mig, 010190-1234."
    told = send(client, f"{path}/svar", need=need, tell_first="1")
    assert told.status_code == 422
    assert "CPR-nummer i feltet Hvad har du brug for?" in told.text
    assert send(client, f"{path}/svar", need=need).status_code == 303
    one = only()
    assert one.held_back
    found = still_open(one)
    assert [one.apart[0].words[where.start : where.end] for where, _why in found] == ["010190-1234"]
    with settling():
        clear_contribution(planner, one, ClearReason.COVERED, found, now=NOW)
    with settling():
        one = db.session.merge(one)
        one.handling, one.published_at = Handling.PUBLISHED, NOW
    page = client.get(f"{path}/hoeringssvar/1").text
    assert "Ring til mig" in page
    assert "010190" not in page
    assert one.apart[0].words == need


def test_a_correction_of_the_words_leaves_them_and_what_is_private_in_them_holds_it_back(hearing) -> None:
    one = submitted(hearing, apart=((TextSource.NEED, "Ring til mig på 70 00 00 01."), SAID[2]))
    with settling():
        correct_contribution(holder_of(one), db.session.merge(one), "Rettet.", now=NOW)
    one = only()
    assert (one.words, one.held_back) == ("Rettet.", True)
    assert [point.words for point in one.points] == ["Rettet.", "Ring til mig på 70 00 00 01.", OTHER]


def test_whoever_corrects_finds_it_all_in_the_fields(client, path) -> None:
    send(client, f"{path}/svar", **GIVEN)
    page = client.get("/mit-svar/ret").text
    assert all(words in page for words in ("kunne cykle i skole", "Sæt farten ned til 30.", OTHER))


def test_the_machine_divides_the_words_and_leaves_what_the_sender_divided(hearing) -> None:
    key = submitted(hearing, LETTER, apart=SAID[2:]).id
    assert split_all(hearing.project_id, now=NOW) == 1
    db.session.expire_all()
    said = [point for point in db.session.get_one(Contribution, key).points if point.kind is SpanKind.SAID]
    assert len(said) == 3
    assert said[-1].words == OTHER
    assert all(point.words in LETTER for point in said[:-1])
    assert split_all(hearing.project_id, now=NOW) == 0


def test_they_are_found_by_their_words(hearing, shown) -> None:
    db.session.rollback()
    while index_changes():
        pass
    for typed in ("nord om søen", "cykle", "farten"):
        hits = search(hearing.project, typed, Found.CONTRIBUTION, sender=False)
        assert [hit.contribution.number for hit in hits.rows if hit.contribution is not None] == [1], typed


def test_a_need_that_was_changed_behind_our_back_is_seen_by_the_log(shown) -> None:
    while log.seal(NOW):
        pass
    assert log.verify().sound
    behind_our_back("UPDATE text SET words = 'Noget andet.' WHERE source = 'need'")
    assert not log.verify().sound


def test_the_white_paper_lays_the_alternatives_side_by_side_with_what_is_recommended(hearing, planner, shown) -> None:
    """RP-33."""
    other = submitted(hearing, apart=((TextSource.ALTERNATIVE, "Brug den gamle bane."),))
    no = Draft(
        db.session.get_one(Contribution, shown.id).points[-1],
        "Det er for dyrt.",
        Recommendation.NOT_ACCOMMODATED,
        "Der er ikke penge til det.",
    )
    with settling():
        draft_answers(planner, hearing.project, [no], now=NOW)
    paper = compile_paper(hearing.project, Rendition.PUBLIC, now=NOW)
    rows = [
        (one.number, one.words, one.reply.recommendation if one.reply else None, one.sender)
        for one in paper.alternatives
    ]
    assert rows == [
        (1, OTHER, Recommendation.NOT_ACCOMMODATED, ""),
        (other.number, "Brug den gamle bane.", None, ""),
    ]
    assert thaw(freeze(paper).paper).alternatives == paper.alternatives
    assert digest(paper) != digest(replace(paper, alternatives=()))
    (entry, _second) = paper.entries
    assert entry.words.startswith(WORDS)
    assert f"Alternativ:\n{OTHER}" in entry.words
    assert render_docx(paper)


def test_the_draft_of_the_white_paper_shows_the_table(app, hearing, shown, planner_person) -> None:
    staff = app.test_client()
    sign_in(staff, planner_person)
    with settling():
        db.session.merge(hearing).closes_at = NOW - timedelta(days=1)
    page = staff.get(f"/arbejde/projekter/{hearing.project.slug}/rapport/udkast").text
    assert "Andre løsninger" in page
    assert OTHER in page[page.index('id="alternativer"') :]
