"""The file store (RELIABILITY T6, R1b, S5)."""

import hashlib
import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
from email.message import EmailMessage

import docx
import openpyxl
import pytest
from flask import Flask
from flask_babel import Babel
from PIL import Image

from participation.foundation import files
from participation.foundation.files import Refused
from tests.shared import shared

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer << /Size 1 >>\nstartxref\n9\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(tmp_path):
    app = Flask(__name__)
    app.config["FILES"] = str(tmp_path / "files")
    Babel(app, default_locale="da")
    with app.app_context():
        yield tmp_path / "files"


def saved(thing, *args) -> bytes:
    out = io.BytesIO()
    thing.save(out, *args)
    return out.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def mail() -> bytes:
    letter = EmailMessage()
    letter["Subject"] = "Høringssvar"
    letter.set_content("<script>alert(1)</script>")
    return letter.as_bytes()


def compound(stream: str) -> bytes:
    """The smallest compound file that holds one empty stream: a header, a sector of chains and one of names."""

    def entry(name: str, kind: int, child: int) -> bytes:
        text = name.encode("utf-16-le").ljust(64, b"\0")
        links = struct.pack("<HBBiii", 2 * len(name) + 2, kind, 1, -1, -1, child)
        return text + links + b"\0" * 36 + struct.pack("<iQ", -2, 0)

    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<109i", 0, *[-1] * 108)
    chains = struct.pack("<128i", -3, -2, *[-1] * 126)
    names = entry("Root Entry", 5, 1) + entry(stream, 2, -1) + b"\0" * 256
    return head + chains + names


def tried(content: bytes, name: str) -> files.Stored | None:
    """What became of a file: kept, or refused with words."""
    try:
        return files.store(content, name)
    except Refused as refused:
        if not refused.words.endswith("."):
            raise
        return None


GOOD = {
    "a.pdf": (PDF, "application/pdf"),
    "A.PDF": (b"\n\n" + PDF, "application/pdf"),
    "a.docx": (saved(docx.Document()), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (saved(openpyxl.Workbook()), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a.odt": (
        packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}),
        "application/vnd.oasis.opendocument.text",
    ),
    "a.txt": ("Kære kommune\n".encode(), "text/plain"),
    "windows.txt": ("Kære kommune\r\n".encode("cp1252"), "text/plain"),
    "notesblok.txt": ("Kære kommune\r\n".encode("utf-16"), "text/plain"),
    "a.csv": (b"nr;svar\n1;ja\n", "text/csv"),
    "a.eml": (mail(), "message/rfc822"),
    "a.msg": (compound("__properties_version1.0"), "application/vnd.ms-outlook"),
    "a.png": (saved(Image.new("RGB", (3, 2)), "PNG"), "image/png"),
    "a.jpg": (saved(Image.new("RGB", (3, 2)), "JPEG"), "image/jpeg"),
    "a.jpeg": (saved(Image.new("L", (3, 2)), "JPEG"), "image/jpeg"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_of_a_known_type_is_kept_unchanged_under_its_content(name, folder):
    content, media_type = GOOD[name]
    stored = files.store(content, name)
    assert stored == (hashlib.sha256(content).hexdigest(), len(content), media_type, name)
    with files.open_(stored.sha256) as file:
        assert file.read() == content
    assert list((folder / "coming").iterdir()) == []


@pytest.mark.parametrize("name", [name for name in GOOD if name != "a.csv"])
def test_no_file_passes_under_the_name_of_another_type(name):
    text = {"txt", "csv"}
    content, _ = GOOD[name]
    kind = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    for other in ("pdf", "docx", "xlsx", "odt", "eml", "msg", "png", "jpg"):
        if other != kind:
            with pytest.raises(Refused):
                files.store(content, f"b.{other}")
    if kind not in text | {"eml", "pdf"}:
        with pytest.raises(Refused):
            files.store(content, "b.txt")


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"<svg/>", "a.svg", "SVG"),
        (b"<p>", "a.html", "HTML"),
        (b"x", "a.heic", "JPG"),
        (b"MZ", "a.exe", "PDF, Word"),
        (b"x", "pdf", "PDF, Word"),
        (b"", "a.txt", "er tom"),
        (b"a\x00b", "a.txt", "ødelagt"),
        (b"\xff\xfea", "a.txt", "ødelagt"),
        (b"Bare tekst uden hoved", "a.eml", "ødelagt"),
        (PDF.replace(b"startxref", b"startxxxx"), "a.pdf", "ødelagt"),
        (packed({"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"}), "a.docx", "makroer"),
        (packed({"word/document.xml": b"<w>" + b"A" * 9_000_000}), "a.docx", "ikke kan åbne"),
        (packed({"word/document.xml": b" " * 5000 + b"<!DocType w>"}), "a.docx", "ødelagt"),
        (packed({"word/document.xml": "<!DOCTYPE w>".encode("utf-16")}), "a.docx", "ødelagt"),
        (packed({"word/document.xml": b"<w/>", "x.zip": b"x"}), "a.docx", "ikke kan åbne"),
        (packed({"word/document.xml": b"<w/>"} | {f"m{n}": b"" for n in range(2000)}), "a.docx", "ikke kan åbne"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.docx", "låst med en kode"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.msg", "ødelagt"),
        (compound("WordDocument"), "a.msg", "ødelagt"),
        (saved(Image.new("1", (8000, 7000)), "PNG"), "a.png", "ødelagt"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_words_and_leaves_nothing(content, name, says, folder):
    with pytest.raises(Refused) as refused:
        files.store(content, name)
    assert says in refused.value.words
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_while_it_is_read(folder):
    class Endless(io.RawIOBase):
        read_so_far = 0

        def read(self, size=-1):
            self.read_so_far += size
            return b"a" * size

    endless = Endless()
    with pytest.raises(Refused, match="20 MB"):
        files.store(endless, "a.txt")
    assert endless.read_so_far <= files.MOST_BYTES + 2 * 1024 * 1024
    assert list((folder / "coming").iterdir()) == []


def test_a_stream_that_breaks_leaves_nothing(folder):
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.store(Broken(), "a.txt")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_file_is_synced_before_it_gets_its_name_and_the_folder_after(monkeypatch, folder):
    seen = []
    fsync, replace = os.fsync, os.replace

    def spy_sync(descriptor):
        seen.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        fsync(descriptor)

    def spy_replace(*args):
        seen.append("name")
        replace(*args)

    monkeypatch.setattr(os, "fsync", spy_sync)
    monkeypatch.setattr(os, "replace", spy_replace)
    files.store(PDF, "a.pdf")
    assert seen == ["file", "name", "folder", "folder"]


def test_the_same_content_is_kept_once(folder):
    assert files.store(PDF, "a.pdf").sha256 == files.store(io.BytesIO(PDF), "b.pdf").sha256
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "A" * 64, "", "a" * 63, "a" * 64 + "\n"])
def test_only_a_hash_opens_a_file(sha256):
    with pytest.raises(ValueError, match="SHA-256"):
        files.open_(sha256)


def test_a_file_that_is_not_there_is_not_found():
    with pytest.raises(FileNotFoundError):
        files.open_("a" * 64)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\win.pdf", "win.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("  .pdf", "fil.pdf"),
        ("", "fil"),
        ("æøå Ærø.pdf", "æøå Ærø.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_shown_without_folders_and_hidden_signs(name, shown):
    assert files.shown_name(name) == shown


@pytest.mark.shared
def test_a_shown_picture_carries_nothing_but_its_pixels():
    paths = sorted(shared("corpora", "images").glob("*.jpg"))
    assert paths
    with_position = 0
    for path in paths:
        original = Image.open(path)
        with_position += bool(original.getexif().get_ifd(0x8825))
        assert original.getexif(), path
        shown = files.picture(files.store(path.read_bytes(), path.name).sha256, widest=300)
        copy = Image.open(io.BytesIO(shown.content))
        assert shown.media_type == "image/jpeg"
        assert max(copy.size) <= 300
        assert not copy.getexif()
        assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Exif" not in shown.content
    assert with_position


def test_a_picture_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    shown = files.picture(files.store(out.getvalue(), "a.jpg").sha256)
    assert Image.open(io.BytesIO(shown.content)).size == (20, 40)


def test_a_picture_that_is_cut_off_is_kept_but_not_shown():
    noise = random.Random(1).randbytes(300 * 300 * 3)
    whole = saved(Image.frombytes("RGB", (300, 300), noise), "JPEG")
    stored = files.store(whole[: len(whole) // 2], "a.jpg")
    with pytest.raises(Refused, match="ødelagt"):
        files.picture(stored.sha256)


def test_what_is_no_picture_is_not_shown():
    with pytest.raises(Refused):
        files.picture(files.store(PDF, "a.pdf").sha256)


@pytest.mark.shared
def test_hostile_files_are_refused_or_kept_as_what_they_say_they_are(tmp_path):
    subprocess.run(
        [sys.executable, shared("corpora", "tools", "make_hostile_files.py"), tmp_path / "hostile"], check=True
    )
    for row in json.loads((tmp_path / "hostile" / "manifest.json").read_text()):
        content = (tmp_path / "hostile" / row["file"]).read_bytes()
        stored = tried(content, row["client_name"])
        if stored is None:
            assert row["expect"] == "reject" or "name: " not in row["why"], row
            continue
        # the anti-virus string in a text file is for the scanner to find, not for the store
        assert row["expect"] != "reject" or row["why"] == "anti-virus test string, plain", row
        assert stored.media_type in ("application/pdf", "text/plain", "image/png")
        if stored.media_type == "image/png":
            assert b"Hans" not in files.picture(stored.sha256).content


def test_damaged_files_are_refused_and_never_crash():
    chance = random.Random(7)
    for name, (content, _media_type) in GOOD.items():
        for round_ in range(40):
            hurt = bytearray(content)
            for _hit in range(chance.randint(1, 12)):
                hurt[chance.randrange(len(hurt))] = chance.randrange(256)
            if round_ % 2:  # a torn zip is refused at its end; one that is flipped in places is unpacked first
                hurt = hurt[: chance.randint(1, len(hurt))]
            stored = tried(bytes(hurt), name)
            assert stored is None or stored.sha256 == hashlib.sha256(hurt).hexdigest()


def test_a_damaged_original_of_an_officer_is_kept_as_bytes_without_a_type():
    kept = files.keep(b"%PDF-1.4 torn", "brev.pdf")
    assert (kept.media_type, kept.name) == ("application/octet-stream", "brev.pdf")
    assert files.open_(kept.sha256).read() == b"%PDF-1.4 torn"


def test_a_sound_original_is_kept_with_its_type():
    assert files.keep(PDF, "brev.pdf").media_type == "application/pdf"


@pytest.mark.parametrize("content", [b"", b"x" * (files.MOST_BYTES + 1)])
def test_an_empty_or_too_large_original_is_not_kept(content):
    with pytest.raises(Refused):
        files.keep(content, "brev.pdf")
