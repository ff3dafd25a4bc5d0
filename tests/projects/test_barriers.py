"""Whoever lays a file out is told what keeps some people from it; it is advice, and the file lies there anyway."""

import io

import pikepdf
import pytest
import typst
from docx import Document
from flask.testing import FlaskClient
from PIL import Image

from participation.foundation.db import db
from participation.foundation.documents import read_document
from participation.people.model import Person
from participation.projects.model import Material, Round
from tests.contributions.sending import csrf
from tests.persons import sign_in

UNTAGGED = "PDF'en er ikke mærket op."
SCAN = "Siderne er billeder uden tekst."


@pytest.fixture
def picture(tmp_path):
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "a.png")
    return tmp_path / "a.png"


def pdf(folder, words: str) -> bytes:
    (folder / "a.typ").write_text(f'#set document(title: "Plan")\n{words}')
    return typst.compile(folder / "a.typ")


def without_tags(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        for name in ("/MarkInfo", "/StructTreeRoot"):
            if name in opened.Root:
                del opened.Root[name]
        opened.save(out)
    return out.getvalue()


def word(*pictures: str | None, at) -> bytes:
    """A Word file with a picture for each alternative text given."""
    document = Document()
    document.add_paragraph("En plan.")
    for alternative in pictures:
        shape = document.add_picture(str(at))
        if alternative is not None:
            shape._inline.docPr.set("descr", alternative)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def barriers(name: str, content: bytes) -> tuple[str, ...]:
    return read_document(name, content).barriers


def test_a_tagged_pdf_whose_figures_have_words_has_none(app, tmp_path, picture):
    assert barriers("plan.pdf", pdf(tmp_path, '= Plan\n#image("a.png", alt: "Et kort")\nTekst.')) == ()


def test_figures_without_words_are_counted(app, tmp_path, picture):
    words = '= Plan\n#image("a.png")\n#image("a.png", alt: "Et kort")\n#pagebreak()\n#image("a.png")\nTekst.'
    (told,) = barriers("plan.pdf", pdf(tmp_path, words))
    assert told.startswith("2 billeder har ingen alternativ tekst.")


def test_an_untagged_pdf_is_named(app, tmp_path):
    (told,) = barriers("plan.pdf", without_tags(pdf(tmp_path, "= Plan\nTekst.")))
    assert told.startswith(UNTAGGED)


def test_a_scan_is_named(app):
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(out, "PDF")
    (told,) = barriers("plan.pdf", out.getvalue())
    assert told.startswith(SCAN)


def test_pictures_in_word_are_counted(app, picture):
    (told,) = barriers("plan.docx", word(None, "Et kort", "", at=picture))
    assert told.startswith("2 billeder har ingen alternativ tekst.")
    assert barriers("plan.docx", word("Et kort", at=picture)) == ()


def test_a_letter_from_a_citizen_is_not_held_to_it(app, picture):
    """What a citizen sends is theirs; no problem is told for it."""
    assert not any("alternativ" in told for told in read_document("brev.docx", word(None, at=picture)).problems)


def test_the_planner_is_told_and_the_file_lies_there(
    client: FlaskClient, planner_person: Person, hearing: Round, tmp_path
):
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/materiale"
    content = without_tags(pdf(tmp_path, "= Plan\nTekst."))
    sent = {"csrf_token": csrf(client, door), "title": "Plan", "purpose": "proposal", "words": "", "url": ""}
    answer = client.post(door, data={**sent, "file": (io.BytesIO(content), "plan.pdf")})
    assert answer.status_code == 303, answer.text[:0]
    page = client.get(door).text
    assert "Ikke alle kan læse filen. PDF&#39;en er ikke mærket op." in page
    (material,) = db.session.query(Material).filter_by(project_id=hearing.project_id).all()
    assert material.file is not None
