"""Read bytes that nobody wrote: coverage-guided fuzzing (Atheris) of whatever reads a stranger's file.

    .venv/bin/pip install atheris
    .venv/bin/python bench/fuzz.py sheet -max_total_time=600
    .venv/bin/python bench/fuzz.py --seconds 600              every reader in turn, each in a process of its own

sheet     a CSV or XLSX of contributions, to its last row
mail      a message as ``medspil mail-in`` reads it: its head, its words, its files
picture   a PNG or JPEG as it is taken in, shown and asked for what its camera wrote
document  a letter as a file: DOCX, ODT, RTF, MSG, PDF, text
map       GeoJSON

What a reader may do with such bytes is read them or say that it cannot, in its own exception. Anything else, more than
10 seconds for one (being watched costs twenty times the time), or more than a gigabyte of memory is a fault: the bytes
are written to the folder of faults, and the exit code is not 0. What comes after the reader's name goes to libFuzzer.
The last line is one JSON object.
"""

import argparse
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

Reader = Callable[[bytes], None]
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-print_final_stats=1")
WATCHED = ["participation", "email", "csv", "openpyxl", "docx", "olefile", "PIL", "puremagic"]
_DONE = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_CORNERS = re.compile(r"cov: (\d+)")


# -- the readers ------------------------------------------------------------------------------------------------------


def sheet() -> Reader:
    """A sheet of contributions, read to its last row."""
    from participation.foundation.documents import Unreadable
    from participation.foundation.sheets import guess_mapping, read_rows, read_sheet

    def read(data: bytes) -> None:
        try:
            found = read_sheet("svar.csv", data)
            for _row in read_rows(found, guess_mapping(found.columns)):
                pass
        except Unreadable:
            pass

    return read


def mail() -> Reader:
    """A message: its head as the way in reads it, and all that is in it."""
    from participation.contributions import mail_in
    from participation.foundation.documents.model import Unread
    from participation.foundation.documents.reading import read as read_file

    def read(data: bytes) -> None:
        head = mail_in._header(data)
        mail_in._is_by_machine(head), mail_in._name(head)
        for place in mail_in._DELIVERED:
            mail_in._said(head, place)
        with contextlib.suppress(Unread):
            read_file("brev.eml", data)

    return read


def picture() -> Reader:
    """A picture: taken in, shown, and asked for what its camera wrote."""
    from participation.foundation import files

    def read(data: bytes) -> None:
        for name in ("billede.png", "billede.jpg"):
            try:
                stored = files.store(data, name)
            except files.Refused:
                continue
            files.about_picture(stored.sha256)
            with contextlib.suppress(files.Refused):
                files.picture(stored.sha256)
            files.drop(stored.sha256)

    return read


def document() -> Reader:
    """A letter as a file; the first byte says what it is called."""
    from participation.foundation.documents.model import Unread
    from participation.foundation.documents.reading import read as read_file

    names = ("brev.docx", "brev.odt", "brev.rtf", "brev.msg", "brev.pdf", "brev.txt")

    def read(data: bytes) -> None:
        if not data:
            return
        with contextlib.suppress(Unread):
            read_file(names[data[0] % len(names)], data[1:])

    return read


def map_() -> Reader:
    """Places, as GeoJSON."""
    from participation.foundation import maps

    def read(data: bytes) -> None:
        with contextlib.suppress(maps.Unreadable):
            maps.read_map(data)

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "sheet": sheet, "mail": mail, "picture": picture, "document": document, "map": map_,
}  # fmt: skip


# -- what they begin with ---------------------------------------------------------------------------------------------


def seeds(reader: str) -> list[bytes]:
    """Whole files of each kind, small, for the fuzzer to take apart."""
    if reader == "sheet":
        return [
            "Tekst;Navn;E-mail;Modtaget\r\nEn bænk, tak;Asta;asta@eksempel.dk;3. december 2026 kl. 14.33\r\n".encode(),
            'id,text,stance\n1,"two\nlines",for\n2,,against\n'.encode("utf-16"),
            _zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
        ]
    if reader == "mail":
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = (
            "Asta <asta@eksempel.dk>",
            "plan@eksempel.dk",
            "Bænken ved åen",
        )
        letter["Date"], letter["Message-ID"] = "Mon, 23 Nov 2026 10:00:00 +0100", "<1@eksempel.dk>"
        letter.set_content("Kære kommune\n\nEn bænk, tak.\n\n> Hvad mener du?\n")
        letter.add_alternative("<p>Kære kommune<br>En <b>bænk</b>, tak.</p>", subtype="html")
        letter.add_attachment(b"%PDF-1.4\nstartxref", maintype="application", subtype="pdf", filename="bænk.pdf")
        return [bytes(letter), b"Subject: =?utf-8?q?b=C3=A6nk?=\nContent-Type: text/plain; charset=x\n\n\xe6\xf8\xe5"]
    if reader == "picture":
        from PIL import ExifTags, Image

        exif = Image.Exif()
        exif[ExifTags.Base.Artist] = "Asta"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (55.0, 40.0, 30.0)
        kept = []
        for kind in ("PNG", "JPEG"):
            out = io.BytesIO()
            Image.new("RGB", (8, 8), "green").save(out, kind, exif=exif)
            kept.append(out.getvalue())
        return kept
    if reader == "map":
        spot = {"type": "Feature", "properties": {"name": "Å"}, "geometry": {"type": "Point", "coordinates": [10, 56]}}
        return [json.dumps({"type": "FeatureCollection", "features": [spot]}).encode()]
    from docx import Document

    out = io.BytesIO()
    letter_file = Document()
    letter_file.add_paragraph("En bænk, tak.", style="List Number")
    letter_file.save(out)
    odt = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a><b>En bænk</b></a>"}
    return [
        b"\x00" + out.getvalue(),
        b"\x01" + _zipped(odt),
        b"\x02{\\rtf1\\ansi En b\\'e6nk\\par}",
        b"\x03\xd0\xcf\x11\xe0",
        b"\x04%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n0\n%%EOF",
        "\x05En bænk, tak.".encode(),
    ]


def _zipped(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, words in members.items():
            archive.writestr(name, words)
    return out.getvalue()


# -- running ----------------------------------------------------------------------------------------------------------


def fuzz(name: str, more: Sequence[str]) -> None:
    """Fuzz one reader in this process; ends it."""
    import atheris

    with atheris.instrument_imports(include=WATCHED):
        from participation.app import create_app
        from participation.foundation.documents import hypertext, mail, office, outlook, portable, rtf, word  # noqa: F401

        read = READERS[name]()
    folder = Path(tempfile.mkdtemp(prefix="medspil-fuzz-"))
    (folder / "seeds").mkdir()
    for place, seed in enumerate(seeds(name)):
        (folder / "seeds" / str(place)).write_bytes(seed)
    app = create_app({"SECRET_KEY": "fuzz" * 8, "FILES": str(folder / "files"), "INSTANCE": str(folder / "instance"),
                      "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3", "BASE_URL": "http://127.0.0.1"})  # fmt: skip
    app.app_context().push()
    atheris.Setup([sys.argv[0], *LIMITS, *more, str(folder / "seeds")], read)
    atheris.Fuzz()


def fuzz_all(seconds: int, faults: Path) -> int:
    """Every reader in turn; the number of those with a fault."""
    faults.mkdir(parents=True, exist_ok=True)
    told = {}
    for name in READERS:
        ran = subprocess.run(
            [sys.executable, __file__, name, f"-max_total_time={seconds}", f"-artifact_prefix={faults}/{name}-"],
            capture_output=True, text=True, errors="replace",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        done, corners = _DONE.findall(ran.stderr), _CORNERS.findall(ran.stderr)
        told[name] = {"inputs": int(done[-1]) if done else 0, "covered": int(corners[-1]) if corners else 0,
                      "fault": ran.returncode != 0}  # fmt: skip
        print(f"{name}: {told[name]}", flush=True)
        if ran.returncode:
            print(ran.stdout[-1500:] + ran.stderr[-3000:], file=sys.stderr, flush=True)
    print(json.dumps({"seconds_each": seconds, "readers": told}))
    return sum(bool(one["fault"]) for one in told.values())


def main() -> None:
    """Fuzz one reader or all."""
    if len(sys.argv) > 1 and sys.argv[1] in READERS:
        fuzz(sys.argv[1], sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for each reader (default 600)")
    parser.add_argument("--faults", type=Path, default=Path(tempfile.gettempdir()) / "medspil-faults")
    given = parser.parse_args()
    sys.exit(1 if fuzz_all(given.seconds, given.faults) else 0)


if __name__ == "__main__":
    main()
