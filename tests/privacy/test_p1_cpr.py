"""P1: a CPR number is found wherever it may stand, nothing else is taken for one, and none leaves the house (T15)."""

import csv
import io
import json
import re

import openpyxl
import pytest
import typst
from docx import Document as new_docx
from PIL import ExifTags, Image

from participation.contributions.clear import clear_contribution
from participation.contributions.model import Contribution
from participation.contributions.publish import publish_contributions
from participation.foundation import documents, files, jobs, letters, observe
from participation.foundation.db import db, settling
from participation.foundation.exports import Tab, csv_rows, json_rows, xlsx_file
from participation.foundation.personal import cpr_numbers, details, struck
from participation.rules.handling import ClearReason, Handling, MaskReason
from participation.rules.kinds import PublicationRule
from tests.contributions.sending import send, submitted
from tests.law.conftest import Figure
from tests.matters import make_project
from tests.persons import NOW
from tests.shared import corpus

pytestmark = pytest.mark.shared


def rows(expect: str) -> list[str]:
    return [row["text"] for row in corpus("cpr.jsonl") if row["expect"] == expect]


def missed(flagged: list[str], passed: list[str]) -> list[str]:
    """Flag rows in which nothing was found as they came out, and pass rows in which something was."""
    return [text for text in flagged if not cpr_numbers(text)] + [text for text in passed if cpr_numbers(text)]


def left(came_out: list[str], went_in: list[str]) -> list[str]:
    """Texts that came out with a number, or changed where there was none."""
    pairs = zip(came_out, went_in, strict=True)
    return [out for out, text in pairs if cpr_numbers(out) or (not cpr_numbers(text) and out != text)]


def test_in_words(figure: Figure) -> None:
    flagged, passed = rows("flag"), rows("pass")
    assert not figure("P1 words", missed(flagged, passed), len(flagged) + len(passed))


def test_in_file_names(figure: Figure) -> None:
    """A name with a stroke in it is only what stands behind the stroke, so those rows are put without one."""
    flagged, passed = ([re.sub(r"[/\n]", "-", text) for text in rows(expect)] for expect in ("flag", "pass"))
    shown = [[files.shown_name(f"{text}.pdf") for text in texts] for texts in (flagged, passed)]
    assert not figure("P1 file names", missed(*shown), len(flagged) + len(passed))


def paragraphs(words: str) -> list[str]:
    return [one for one in words.split("¤") if one.strip()]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_in_the_text_of_files(kind: str, figure: Figure, tmp_path) -> None:
    flagged, passed = rows("flag"), rows("pass")
    found = []
    for texts in (flagged, passed):
        if kind == "pdf":
            (tmp_path / "a.json").write_text(json.dumps([*texts]))
            source = '#for text in json("a.json") [#block(raw(text + " ¤"))]'
            (tmp_path / "a.typ").write_text(f"#set page(width: 40cm)\n{source}")
            data = typst.compile(tmp_path / "a.typ")
        else:
            document, kept = new_docx(), io.BytesIO()
            for text in texts:
                document.add_paragraph(f"{text} ¤")
            document.save(kept)
            data = kept.getvalue()
        found.append(paragraphs(documents.parse(f"brev.{kind}", data).words))
    assert [len(one) for one in found] == [len(flagged), len(passed)]
    assert not figure(f"P1 {kind}", missed(*found), len(flagged) + len(passed))


def test_in_what_a_camera_has_written(app, figure: Figure) -> None:
    """Exif holds ASCII, so the rows with other letters are left to the words and the files."""
    flagged, passed = ([text for text in rows(expect) if text.isascii()] for expect in ("flag", "pass"))
    found = []
    for texts in (flagged, passed):
        told = []
        for number, text in enumerate(texts):
            exif, kept = Image.Exif(), io.BytesIO()
            exif[ExifTags.Base.ImageDescription] = text
            Image.new("RGB", (8, 8), f"#{number:06x}").save(kept, "JPEG", exif=exif)
            told.append(files.about_picture(files.store(kept.getvalue(), "a.jpg").sha256)["description"])
        found.append(told)
    assert not figure("P1 picture metadata", missed(*found), len(flagged) + len(passed))


def test_in_sheets_and_json(figure: Figure) -> None:
    texts = rows("flag") + rows("pass")
    body = [(text,) for text in texts]
    sheet = list(csv.reader(io.StringIO("".join(csv_rows(("x",), body))[1:], newline=""), delimiter=";"))[1:]
    with xlsx_file([Tab("Svar", ("x",), body)]) as file:
        cells = [row[0].value or "" for row in list(openpyxl.load_workbook(file).worksheets[0].iter_rows())[1:]]
    objects = [row["x"] for row in json.loads("".join(json_rows(("x",), body)))]
    plain = [text.removeprefix("'") for (text,) in sheet]
    wrong = [one for out in (plain, cells, objects) for one in left(out, texts)]
    assert not figure("P1 CSV, XLSX, JSON", wrong, 3 * len(texts))


def test_in_the_log_of_the_machine_room(figure: Figure) -> None:
    flagged = rows("flag")
    assert not figure("P1 log", [text for text in flagged if cpr_numbers(observe.redact(text))], len(flagged))


def test_in_letters(hearing, figure: Figure) -> None:
    one, texts = submitted(hearing), rows("flag")
    wrong = []
    for text in texts:
        written = letters.preview("masked", contribution=one.id, reasons=[MaskReason.CPR], why=text, may_appeal=False)
        wrong += [text for part in (written.subject, written.words, written.html) if cpr_numbers(part)]
    assert not figure("P1 letters", wrong, len(texts))


def test_on_the_page_before_sending_the_citizen_is_told_and_never_stopped(client, hearing) -> None:
    path = f"/projekter/{hearing.project.slug}/svar"
    seen = send(client, path, "En linje.\nMit nummer er 010101-1234.", name="Ib 010101-1234", preview="1").text
    assert "CPR-nummer i linje 2" in seen
    assert "CPR-nummer i feltet Navn" in seen
    assert send(client, path, "Mit nummer er 010101-1234.").status_code == 303


def test_nothing_flagged_reaches_a_public_page_before_or_after_a_person_has_looked(
    client, planner, roads, figure: Figure
) -> None:
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    texts = rows("flag")[::4]
    made = [submitted(round_, text) for text in texts]
    assert all(one.handling is Handling.RECEIVED and one.held_back for one in made)
    with settling():
        publish_contributions(planner, round_.project, [one.id for one in made], now=NOW)
    assert all(one.handling is Handling.RECEIVED for one in made)
    with settling():
        for one in made:
            clear_contribution(planner, one, ClearReason.COVERED, now=NOW)
    wrong = []
    for one, text in zip(made, texts, strict=True):
        page = client.get(f"/projekter/{round_.project.slug}/hoeringssvar/{one.number}")
        stretch = cpr_numbers(text)[0]
        if page.status_code != 200 or text[stretch.start : stretch.end] in page.text:
            wrong.append(text)
    assert not figure("P1 public page", wrong, len(texts))


def test_a_file_with_a_number_in_its_text_or_its_name_waits_for_a_person(hearing) -> None:
    body = files.store(b"Mit nummer er 010101-1234.", "brev.txt")
    named = files.store(b"Intet privat her.", "010101-1234.txt")
    one = submitted(hearing, "Se filerne.", files=(body, named))
    jobs.run_all(None, NOW)
    db.session.expire_all()
    again = db.session.get_one(Contribution, one.id)
    assert [file.held_back for file in again.attachments] == [True, True]
    assert again.held_back


def test_the_net_lets_everything_else_through() -> None:
    for text in rows("pass"):
        assert struck(text) == text
        assert not [one for one in details(text) if one.detail == "cpr"]
