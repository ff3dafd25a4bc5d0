"""Of a file only a copy is shown: repainted, no text under the paint, and the original's readers are known (T15)."""

import io

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
import typst
from PIL import ExifTags, Image

from participation.contributions.mask import Area, lift_mask, mask_contribution
from participation.contributions.model import Attachment
from participation.contributions.show_file import show_file
from participation.foundation import copies, files, jobs
from participation.foundation.db import db, settling
from participation.foundation.files import Stored
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.rules.handling import MaskReason
from participation.rules.kinds import PublicationRule
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in

SECRET = "Torvald Prøve bor her"


@pytest.fixture
def at_once(roads):
    return make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]


@pytest.fixture
def letter(app, tmp_path) -> Stored:
    """A PDF of two pages that names somebody on each."""
    pages = f"= Kort\n{SECRET}.\n#pagebreak()\n{SECRET}."
    source = f'#set document(author: "Torvald Prøve")\n#set page(width: 20cm, height: 10cm)\n{pages}'
    (tmp_path / "a.typ").write_text(source)
    return files.store(typst.compile(tmp_path / "a.typ"), "kort.pdf")


def with_file(round_, stored):
    one = submitted(round_, "Se kortet.", files=(stored,))
    return one, db.session.scalars(sa.select(Attachment)).one()


def covered(actor, one, attachment):
    boxes = copies.boxes_of(attachment.file.sha256, attachment.file.media_type, SECRET)
    with settling():
        areas = [Area(attachment.id, page, *box) for page, box in boxes]
        return mask_contribution(actor, one, areas, MaskReason.OTHER_PERSON, now=NOW)


def shown_copy(client, actor, one, attachment) -> bytes:
    with settling():
        show_file(actor, one, attachment, now=NOW)
    answer = client.get(f"/projekter/{one.project.slug}/hoeringssvar/{one.number}/fil/{attachment.id}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Torvald" not in answer.headers["Content-Disposition"]
    return answer.data


def raw(pdf: bytes) -> bytes:
    """Every byte of a PDF, streams unpacked."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [
            one.read_bytes()
            for one in opened.objects
            if isinstance(one, pikepdf.Stream) and "/DCTDecode" not in str(one.get("/Filter"))
        ]
    return pdf + b"".join(streams)


def test_the_copy_has_no_text_and_is_black_where_it_is_covered(client, planner, at_once, letter):
    one, attachment = with_file(at_once, letter)
    assert {mask.page for mask in covered(planner, one, attachment)} == {1, 2}
    copy = shown_copy(client, planner, one, attachment)
    pages = list(pypdfium2.PdfDocument(copy))
    assert [page.get_textpage().get_text_range() for page in pages] == ["", ""]
    assert b"Torvald" not in raw(copy)
    assert b"Torvald" not in raw(copy).decode("utf-16-be", "ignore").encode()
    (_page, box), *_rest = copies.boxes_of(letter.sha256, letter.media_type, SECRET)
    image = pages[0].render(scale=2).to_pil()
    middle = ((box.left + box.right) / 2 * image.width, (box.top + box.bottom) / 2 * image.height)
    assert max(image.getpixel((int(middle[0]), int(middle[1])))) < 40


def test_a_new_cover_or_a_lifted_one_takes_the_old_copy_down(client, planner, at_once, letter):
    one, attachment = with_file(at_once, letter)
    masks = covered(planner, one, attachment)
    shown_copy(client, planner, one, attachment)
    old = attachment.public_file.sha256
    with settling():
        lift_mask(planner, masks[0], now=NOW)
    jobs.run_all(None, NOW)
    assert client.get(f"/projekter/{one.project.slug}/hoeringssvar/{one.number}/fil/{attachment.id}").status_code == 404
    with pytest.raises(FileNotFoundError):
        files.open_(old)


def test_a_picture_loses_what_the_camera_wrote_and_what_is_covered(client, planner, at_once):
    exif, kept = Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Artist] = "Torvald Prøve".encode().decode("latin-1")
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (55.0, 30.0, 0.0), 3: "E", 4: (12.0, 15.0, 0.0)})
    Image.new("RGB", (100, 100), "white").save(kept, "JPEG", exif=exif)
    one, attachment = with_file(at_once, files.store(kept.getvalue(), "hus.jpg"))
    jobs.run_all(None, NOW)
    db.session.expire_all()
    assert (attachment.held_back, attachment.about["place"]) == (True, "55.5000, 12.2500")
    with pytest.raises(Wrong), settling():
        show_file(planner, one, attachment, now=NOW)
    with settling():
        mask_contribution(planner, one, [Area(attachment.id, 1, 0, 0, 0.5, 0.5)], MaskReason.CONTACT, now=NOW)
        attachment.held_back = False
    image = Image.open(io.BytesIO(shown_copy(client, planner, one, attachment)))
    assert dict(image.getexif()) == {}
    assert max(image.getpixel((20, 20))) < 40 < min(image.getpixel((80, 80)))


def test_whoever_opens_the_original_is_in_the_log_and_a_councillor_may_not(
    client, planner_person, councillor_person, planner, at_once, letter
):
    one, attachment = with_file(at_once, letter)
    covered(planner, one, attachment)
    for person, status in ((councillor_person, 403), (planner_person, 200)):
        sign_in(client, person)
        assert client.get(f"/arbejde/filer/{attachment.file_id}").status_code == status
    db.session.rollback()
    read = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "contribution:read_original")).one()
    assert (read.actor, read.subject) == (f"person:{planner_person.id}", f"file:{attachment.file_id}")


def test_a_page_that_a_file_does_not_have_is_not_looked_at(client, planner_person, at_once, letter):
    one, attachment = with_file(at_once, letter)
    sign_in(client, planner_person)
    page = f"/arbejde/projekter/{one.project.slug}/indbakke/{one.number}/privat/fil/{attachment.id}/"
    assert [client.get(f"{page}{number}").status_code for number in (1, 2, 3)] == [200, 200, 409]
    assert client.get(f"{page}2/billede").mimetype == "image/png"
