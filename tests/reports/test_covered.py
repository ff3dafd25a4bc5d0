"""What is covered stands in no byte of the public white paper, and a CPR number in no rendition at all (RE-26, T15)."""

import io
import zipfile

import pikepdf
import pypdfium2
import pytest

from participation.answers.draft import Draft, draft_answers
from participation.contributions.mask import mask_contribution, place_of_quote
from participation.contributions.model import Contribution
from participation.foundation import files
from participation.foundation.db import settling
from participation.reports.gate import NotReady, missing
from participation.reports.publish import publish_paper
from participation.rules.handling import Handling, MaskReason
from participation.rules.kinds import PaperForm, Rendition
from participation.rules.outcomes import Recommendation
from tests.contributed import receive
from tests.persons import NOW
from tests.reports.cases import publish, read, theme

SECRET = "Torvald Prøvegaard"
NUMBER = "010101-1234"
WORDS = f"Overgangen skal ligge ved kirken. {SECRET} kører for stærkt. Mit nummer er {NUMBER}. Hele vejen."


@pytest.fixture
def case(planner, hearing, without_approval) -> Contribution:
    """One letter with something covered in it, answered and read."""
    (one,) = receive(hearing, WORDS)
    with settling():
        place = place_of_quote(one, one.body.id, SECRET)
        mask_contribution(planner, one, [place], MaskReason.OTHER_PERSON, now=NOW)
    publish(one)
    read(one)
    with settling():
        words = f"Tak. Se også {NUMBER}."
        draft_answers(planner, one.project, [Draft(one, words, Recommendation.ACCOMMODATED, "Udsyn.")], now=NOW)
    return one


def parts(paper, rendition: Rendition) -> dict[str, bytes]:
    """The bytes of each file, whatever is packed in them unpacked, and the words that a reader sees."""
    found = {}
    for document in paper.documents:
        if document.rendition is rendition:
            with files.open_(document.sha256) as file:
                found[document.format] = _unpacked(document.format, file.read())
    return found


def _unpacked(kind: str, content: bytes) -> bytes:
    if kind == "pdf":
        with pikepdf.open(io.BytesIO(content)) as opened:
            streams = b"".join(_stream(one) for one in opened.objects)
        read_ = "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
        return content + streams + " ".join(read_.split()).encode()
    if kind in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content + b"".join(archive.read(name) for name in archive.namelist())
    return content


def _stream(one) -> bytes:
    if not isinstance(one, pikepdf.Stream):
        return b""
    try:
        return one.read_bytes()
    except pikepdf.PdfError:
        return one.read_raw_bytes()


@pytest.mark.parametrize("form", list(PaperForm))
def test_no_public_byte_holds_what_is_covered_and_the_council_reads_it(planner, hearing, case, later, form):
    if form is PaperForm.BY_TOPIC:
        with settling():
            theme(hearing.project, "Udsyn", case)
    with settling():
        paper = publish_paper(planner, hearing.project, now=later)
    public, council = (parts(paper, rendition) for rendition in (Rendition.PUBLIC, Rendition.CASE))
    assert set(public) >= {"pdf", "docx", "xlsx", "json", "jsonl"}
    for kind, content in public.items():
        assert b"Torvald" not in content, kind
        assert NUMBER.encode() not in content, kind
    assert b"kirken" in public["pdf"]
    assert b"kirken" in public["xlsx"]
    for kind, content in council.items():
        assert NUMBER.encode() not in content, kind
    assert any(b"Torvald" in council[kind] for kind in ("docx", "jsonl"))


def test_no_public_page_holds_it(client, planner, hearing, case, later):
    with settling():
        publish_paper(planner, hearing.project, now=later)
    home = f"/projekter/{hearing.project.slug}"
    for path in (
        home,
        f"{home}/hoeringssvar",
        f"{home}/hoeringssvar/{case.number}",
        f"{home}/hvidbog",
        "/",
        f"/projekter?q={SECRET}",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert NUMBER not in page.text, path
        assert SECRET not in page.text.replace(f'value="{SECRET}"', ""), path


def test_what_nobody_has_looked_at_keeps_the_paper_back_and_is_named_with_its_door(
    planner, hearing, without_approval, later
):
    (one,) = receive(hearing, "Ring på 46 11 00 00.")
    read(one)
    with pytest.raises(NotReady) as no, settling():
        publish_paper(planner, hearing.project, now=later)
    (held,) = [gap for gap in no.value.missing if gap.key == "held_back"]
    assert (held.numbers, held.door, held.blocks) == ((one.number,), f"indbakke/{one.number}/privat", True)
    with settling():
        one.handling, one.hidden_reason = Handling.HIDDEN, "personal_data"
    assert not [gap for gap in missing(hearing.project, later) if gap.key == "held_back"]
