"""Publishing freezes a version in both renditions, refuses to leave anybody out, and shows hidden words to nobody."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
from docx import Document as open_docx

from participation.answers.draft import Draft, draft_answer
from participation.answers.model import Answer
from participation.contributions.model import Promise
from participation.foundation import files, jobs, log
from participation.foundation.db import db, settling
from participation.foundation.model import Job, LogEntry
from participation.people.recuse import recuse
from participation.projects.meet import annex_notes
from participation.reports import queries
from participation.reports.approve import approve_own_report, approve_report, ask_approval, compile_digest
from participation.reports.draft import Added, draft_paper
from participation.reports.gate import NotReady
from participation.reports.model import WhitePaper
from participation.reports.publish import OPEN_DATA, PRESSES, Moved, owe_paper, publish_paper
from participation.reports.wording import since
from participation.rules.acts import Act
from participation.rules.handling import HidingReason
from participation.rules.kinds import ApprovalRule, PaperForm, PromiseKind, Rendition
from participation.rules.levels import Level
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Door, NotAllowed
from tests.contributed import receive
from tests.matters import make_project
from tests.persons import sign_in
from tests.reports.cases import answer, hide, publish, read
from tests.reports.rich import HIDDEN_WORDS, rich_case

PUBLIC, CASE = Rendition.PUBLIC, Rendition.CASE


def freeze(planner, round_, later) -> WhitePaper:
    with settling():
        return publish_paper(planner, round_.project, now=later)


def content(paper: WhitePaper, rendition: Rendition, format_: str) -> bytes:
    with files.open_(queries.document(paper, rendition, format_).sha256) as file:
        return file.read()


def pdf_text(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in opened)


def docx_text(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read("word/document.xml").decode()


@pytest.fixture
def two(planner, hearing):
    """Two answered, read and published letters."""
    written = receive(hearing, "Flyt overgangen.", "Mere lys.")
    publish(*written)
    answer(planner, *written)
    read(*written)
    return written


# -- the act ----------------------------------------------------------------------------------------------------------


def test_a_version_is_frozen_in_both_renditions_and_all_formats(planner, hearing, two, without_approval, later) -> None:
    paper = freeze(planner, hearing, later)
    formats = {"json", "jsonl", "pdf", "docx", "xlsx"}
    assert paper.version == 1
    assert {(one.rendition, one.format) for one in paper.documents} == {
        *((PUBLIC, name) for name in OPEN_DATA),
        *((rendition, name) for rendition in Rendition for name in formats),
    }
    assert all(one.file.restricted == (one.rendition is CASE) for one in paper.documents)


def test_the_round_is_reported_and_the_promise_of_a_report_is_kept(
    planner, hearing, two, without_approval, later
) -> None:
    """RP-21."""
    freeze(planner, hearing, later)
    assert hearing.reported_at == later
    kept = db.session.scalars(sa.select(Promise.kept_at).where(Promise.kind == PromiseKind.REPORT)).all()
    assert kept == [later, later]
    freeze(planner, hearing, later + timedelta(days=2))
    assert hearing.reported_at == later


def test_the_hash_of_every_file_stands_in_the_log(planner, hearing, two, without_approval, later) -> None:
    """L8: what was published can be proved later."""
    paper = freeze(planner, hearing, later)
    (entry,) = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.PUBLISH_REPORT))
    assert set(entry.facts["files"]) == {f"{one.rendition}.{one.format}:{one.sha256}" for one in paper.documents}
    while log.seal(later):
        pass
    assert log.verify().sound


def test_a_contribution_without_its_answer_is_named(planner, hearing, two, without_approval, later) -> None:
    """RP-23, RE-29: publishing is refused while a contribution lacks its answer."""
    (third,) = receive(hearing, "Hvad med støjen?")
    read(third)
    with pytest.raises(NotReady, match=r"nr\. 3"):
        freeze(planner, hearing, later)
    assert hearing.reported_at is None
    assert db.session.scalar(sa.select(sa.func.count(WhitePaper.id))) == 0


def test_an_unread_contribution_is_named(planner, hearing, two, without_approval, later) -> None:
    """RE-29."""
    with settling():
        two[1].read_at = None
    with pytest.raises(NotReady, match=r"Læs først: nr\. 2"):
        freeze(planner, hearing, later)


def test_a_hearing_without_answers_is_reported_in_one_act(planner, hearing, later) -> None:
    """Also where the department wants a note approved: there is nothing in it to approve."""
    paper = freeze(planner, hearing, later)
    assert hearing.reported_at == later
    assert "Der kom ingen høringssvar" in pdf_text(content(paper, PUBLIC, "pdf"))


# -- the three settings -----------------------------------------------------------------------------------------------


def test_by_default_the_leader_must_have_approved_the_note(planner, leader, leader_person, hearing, two, later) -> None:
    with pytest.raises(NotReady, match="ikke godkendt"):
        freeze(planner, hearing, later)
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    with settling():
        seen = compile_digest(hearing.project, later)
        approve_report(leader, queries.approval_by_token(token), approved=True, seen=seen, now=later)
    paper = freeze(planner, hearing, later)
    assert paper.approval_id is not None
    assert "Godkendt af Lone Leder" in pdf_text(content(paper, PUBLIC, "pdf"))


def test_an_approval_is_void_after_an_edit(planner, leader, leader_person, hearing, two, later) -> None:
    with settling():
        token = ask_approval(planner, hearing.project, leader_person, now=later)
    with settling():
        seen = compile_digest(hearing.project, later)
        approve_report(leader, queries.approval_by_token(token), approved=True, seen=seen, now=later)
    with settling():
        draft_paper(planner, hearing.project, Added(PaperForm.BY_CONTRIBUTION, overall="Vedtag det."), now=later)
    with pytest.raises(NotReady, match="ikke godkendt"):
        freeze(planner, hearing, later)


def test_where_each_answer_is_approved_one_that_is_not_is_named(planner, hearing, roads, two, later) -> None:
    with settling():
        roads.approval = ApprovalRule.ANSWER
    with pytest.raises(NotReady, match=r"Ikke godkendt endnu: nr\. 1, 2"):
        freeze(planner, hearing, later)


def test_a_department_of_one_is_told_of_in_print(planner, hearing, two, later) -> None:
    with settling():
        approve_own_report(planner, hearing.project, "Jeg er alene i afdelingen.", now=later)
    paper = freeze(planner, hearing, later)
    assert "Behandlet af én medarbejder" in pdf_text(content(paper, PUBLIC, "pdf"))


# -- who may, and when ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_others_may_not_publish(request, hearing, two, without_approval, later, who) -> None:
    with pytest.raises(NotAllowed):
        freeze(request.getfixturevalue(who), hearing, later)


def test_who_stands_aside_may_not_publish(planner, hearing, two, without_approval, later) -> None:
    """RE-41."""
    with settling():
        recuse(planner, hearing.project, None, now=later)
    with pytest.raises(NotAllowed) as no:
        freeze(replace(planner, conflicts=frozenset({hearing.project_id})), hearing, later)
    assert no.value.refusal.door is Door.IMPARTIAL


def test_nothing_is_published_before_the_deadline(planner, hearing, two, without_approval, now) -> None:
    with pytest.raises(NotAllowed) as no:
        freeze(planner, hearing, now)
    assert no.value.refusal.door is Door.PHASE


def test_an_orientation_has_no_white_paper(planner, roads, later) -> None:
    round_ = make_project(roads, Level.ORIENTATION).rounds[0]
    with pytest.raises(NotAllowed) as no:
        freeze(planner, round_, later)
    assert no.value.refusal.door is Door.LEVEL


def test_what_comes_in_while_it_is_printed_stops_it(
    planner, hearing, two, without_approval, later, monkeypatch
) -> None:
    """Nobody is left out by bad luck: the case as printed is the case as published."""
    name, kind, press = PRESSES[0]

    def slow(paper):
        db.session.rollback()
        receive(hearing, "Jeg nåede det lige.", at=later)
        return press(paper)

    monkeypatch.setattr("participation.reports.publish.PRESSES", ((name, kind, slow),))
    with pytest.raises(Moved):
        freeze(planner, hearing, later)
    assert db.session.scalar(sa.select(sa.func.count(WhitePaper.id))) == 0


# -- what is told to whom ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(PaperForm))
def test_hidden_words_stand_in_no_public_byte_and_in_the_council_s(
    planner, hearing, without_approval, later, form
) -> None:
    """T14: hidden is not left out: it goes to the council, and to nobody else."""
    rich_case(planner, hearing)
    with settling():
        queries.draft_of(hearing.project_id).form = form
    paper = freeze(planner, hearing, later)
    sheet = openpyxl.load_workbook(io.BytesIO(content(paper, PUBLIC, "xlsx")))
    cells = " ".join(str(cell) for tab in sheet for row in tab.iter_rows(values_only=True) for cell in row if cell)
    public = {
        "pdf": pdf_text(content(paper, PUBLIC, "pdf")),
        "docx": docx_text(content(paper, PUBLIC, "docx")),
        "xlsx": cells,
        "json": (content(paper, PUBLIC, "json") + content(paper, PUBLIC, "jsonl")).decode(),
    }
    for name, text in public.items():
        assert "drikker" not in text, name
        assert "Karen Vang" not in text, name
        assert "flagermus" in text, name
    assert HIDDEN_WORDS in " ".join(pdf_text(content(paper, CASE, "pdf")).split())
    assert "drikker" in docx_text(content(paper, CASE, "docx"))


@pytest.mark.parametrize("form", list(PaperForm))
def test_each_timely_contribution_is_in_the_printed_annex_once(planner, hearing, without_approval, later, form) -> None:
    """L6."""
    rich_case(planner, hearing)
    with settling():
        queries.draft_of(hearing.project_id).form = form
    paper = freeze(planner, hearing, later)
    text = pdf_text(content(paper, CASE, "pdf"))
    annex = text[text.rindex("Bilag: alle svar") :]
    told = [number for number in range(1, 18) if annex.count(f"svar nr. {number},") == 1]
    assert told == [*range(1, 15), 16]
    assert annex.count("Spørgsmål nr. 15,") == 1


def test_the_pdf_is_tagged_with_headings_tables_and_quotes(planner, hearing, without_approval, later) -> None:
    """A9: a screen reader finds its way."""
    rich_case(planner, hearing)
    paper = freeze(planner, hearing, later)
    with pikepdf.open(io.BytesIO(content(paper, PUBLIC, "pdf"))) as pdf:
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang) == "da-DK"
        assert str(pdf.docinfo.Title) == "Hvidbog: Ny skolevej ved Engparken"
        roles = {str(role) for role in _roles(pdf.Root.StructTreeRoot)}
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert {"/H1", "/H2", "/Table", "/TH", "/TOC", "/BlockQuote", "/Figure"} <= roles
    assert any("Kort fortalt" in title for title in titles)


def _roles(element, depth: int = 0):
    if isinstance(element, pikepdf.Array):
        for child in element:
            yield from _roles(child, depth + 1)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element.S
        if "/K" in element:
            yield from _roles(element.K, depth + 1)


def test_the_word_document_opens_with_headings_contents_and_tables(planner, hearing, without_approval, later) -> None:
    rich_case(planner, hearing)
    paper = freeze(planner, hearing, later)
    document = open_docx(io.BytesIO(content(paper, PUBLIC, "docx")))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "Kort fortalt"
    annexes = ["Bilag: ændringer i forslaget", "Bilag: referater fra møder", "Bilag: alle svar"]
    assert [one for one in headings if one.startswith("Bilag: ")] == annexes
    assert len(document.tables) >= 5
    assert "TOC" in docx_text(content(paper, PUBLIC, "docx"))


# -- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rendition", [PUBLIC, CASE])
def test_minutes_stand_among_the_annexes_and_are_not_counted(
    planner, hearing, two, without_approval, later, rendition
) -> None:
    """RP-06."""
    with settling():
        annex_notes(planner, hearing.project, "Mange spurgte til farten.", held_at=later, now=later)
    words = docx_text(content(freeze(planner, hearing, later), rendition, "docx"))
    assert words.index("Bilag: referater fra møder") < words.index("Mange spurgte til farten.")
    assert words.count("Mange spurgte til farten.") == 1
    assert hearing.project.last_number == 2


def test_a_version_never_changes_and_the_next_one_says_what_did(planner, hearing, two, without_approval, later) -> None:
    first = freeze(planner, hearing, later)
    before = {one.format: content(first, PUBLIC, one.format) for one in first.documents if one.rendition is PUBLIC}
    kept = db.session.scalar(sa.select(Answer).where(Answer.contribution_id == two[1].id))
    with settling():
        draft = Draft(two[1], "Nej.", Recommendation.NOT_ACCOMMODATED, "Det blænder.", version=kept.version)
        draft_answer(planner, draft, now=later)
    (third,) = receive(hearing, "Jeg så det først nu.", at=later + timedelta(days=1))
    publish(third)
    answer(planner, third)
    read(third)
    second = freeze(planner, hearing, later + timedelta(days=2))
    assert second.version == 2
    assert since((what, tuple(numbers)) for what, numbers in second.since) == [
        "Nye svar er kommet med: nr. 3.",
        "Indstillingen er ny for nr. 2.",
    ]
    assert before == {name: content(queries.version(hearing.project_id, 1), PUBLIC, name) for name in before}
    assert "Nyt siden sidste udgave" in pdf_text(content(second, PUBLIC, "pdf"))
    told = json.loads(content(second, PUBLIC, "json"))
    assert dict(told["sections"])["addendum"] == [3]


def test_a_hidden_letter_is_told_in_the_next_version(planner, hearing, two, without_approval, later) -> None:
    freeze(planner, hearing, later)
    hide(two[0], HidingReason.PERSONAL_DATA)
    second = freeze(planner, hearing, later + timedelta(days=1))
    assert ["hidden", [1]] in second.since


# -- the worker -------------------------------------------------------------------------------------------------------


def test_the_worker_prints_and_publishes_a_large_paper(planner, hearing, two, without_approval, app, later) -> None:
    with settling():
        owed = owe_paper(planner, hearing.project, now=later)
    assert hearing.reported_at is None
    jobs.run_all(None, later)
    db.session.expire_all()
    assert db.session.get(Job, owed.id).state == "done"
    assert hearing.reported_at == later
    assert queries.latest(hearing.project_id).frozen_by_id == planner.person_id


def test_the_worker_gives_up_with_the_reason_when_something_is_missing(
    planner, hearing, two, without_approval, app, later
) -> None:
    with settling():
        owed = owe_paper(planner, hearing.project, now=later)
    with settling():
        two[0].read_at = None
    jobs.run_all(None, later, loud=False)
    db.session.expire_all()
    assert (db.session.get(Job, owed.id).state, hearing.reported_at) == ("dead", None)
    assert "nr. 1" in db.session.get(Job, owed.id).last_error
    assert queries.running(hearing.project_id).id == owed.id


def test_a_printing_that_fails_says_so_and_is_done_when_it_is_pressed_again(
    planner, planner_person, client, hearing, two, without_approval, app, later
) -> None:
    """RL-29: the store of files is out of order; one press after it is mended gives one version."""
    store = Path(app.config["INSTANCE"]) / "files"
    with settling():
        owe_paper(planner, hearing.project, now=later)
    store.write_text("no folder")
    jobs.run_all(None, later, loud=False)
    assert queries.latest(hearing.project_id) is None
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/rapport").text
    assert "Noget gik i stykker hos os" in page
    assert "Error" not in page

    store.unlink()
    for minute in (1, 2):
        db.session.rollback()
        with settling():
            owe_paper(planner, hearing.project, now=later + timedelta(seconds=minute))
    jobs.run_all(None, later + timedelta(seconds=3))
    db.session.expire_all()
    assert [one.version for one in queries.versions(hearing.project_id)] == [1]
    assert "Noget gik i stykker" not in client.get(f"/arbejde/projekter/{hearing.project.slug}/rapport").text
