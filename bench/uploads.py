"""Battery S5: thousands of damaged files through every door that a file from outside comes in by.

    .venv/bin/python bench/uploads.py --short
    .venv/bin/python bench/uploads.py --files 10000 --photographs ../shared/corpora/images

Each file is a sound one in which dice have changed, repeated, moved or cut away some bytes. It is judged and stored,
its text is read as for a letter, what it says of itself is read, and a copy to show is made. A refusal is an answer;
any other end is a fault. The last line is the figures as JSON; the command ends with 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docx
import pypdfium2 as pdfium
import typst
from flask import Flask
from flask_babel import Babel
from PIL import Image
from PIL.ExifTags import Base

from participation.foundation import copies, files
from participation.foundation.documents import Unreadable, read_document
from participation.foundation.files import Refused

#: Bars of S5: MB a process, seconds of processor at one door (the clock would also count what else the machine does).
MOST_MEMORY, MOST_SECONDS = 512, 10
AUTHOR = "Hans Hemmelig"
#: Kinds that only an officer brings in.
_LETTERS = (".eml", ".rtf")
_READ = (".pdf", ".docx", ".odt", ".txt", ".eml", ".rtf")
_ODT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
    "<text:p>Lys på stien, tak.</text:p></office:text></office:body></office:document-content>"
)


@dataclass
class Seen:
    """What became of some files: counts, the heaviest and slowest, and what should never happen."""

    counts: Counter[str] = field(default_factory=Counter)
    memory: float = 0.0
    seconds: float = 0.0
    slowest: str = ""
    faults: list[str] = field(default_factory=list)


def sound_files(photographs: Path | None) -> dict[str, bytes]:
    """One sound file of each kind that is taken in, with an author inside, and the photographs of a folder."""
    words = f"#set document(author: {json.dumps(AUTHOR)})\nLys på stien.\n#pagebreak()\nOg en bænk."
    word = docx.Document()
    word.core_properties.author = AUTHOR
    for number in range(20):
        word.add_paragraph(f"Afsnit {number}: Overgangen skal ligge ved kirken.")
    word.add_table(2, 2)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = f"{AUTHOR} <hans@borger.example>", "Høringssvar"
    mail.set_content("Jeg vil have lys på stien.")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    about = Image.Exif()
    about[Base.Artist] = AUTHOR
    about[Base.GPSInfo] = {1: "N", 2: (55.0, 50.0, 12.0), 3: "E", 4: (12.0, 30.0, 5.0)}
    picture = Image.radial_gradient("L").convert("RGB")
    found = {
        "svar.pdf": typst.compile(words.encode()),
        "svar.docx": _saved(word.save),
        "svar.odt": _packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": _ODT}),
        "svar.txt": "Kære kommune 🙂\r\nFlyt overgangen.".encode(),
        "svar.rtf": rb"{\rtf1\ansi K\'e6re \u8364? {\b byr\'e5d}}",
        "svar.eml": mail.as_bytes(),
        "sted.jpg": _saved(lambda out: picture.save(out, "JPEG", exif=about)),
        "sted.png": _saved(lambda out: picture.save(out, "PNG", exif=about)),
    }
    for path in sorted(photographs.glob("*.jpg")) if photographs else ():
        found[path.name] = path.read_bytes()
    return found


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def _packed(members: dict[str, str]) -> bytes:
    def pack(out: io.BytesIO) -> None:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return _saved(pack)


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """A file with some of its bytes changed, repeated, moved or cut away."""
    hurt = bytearray(whole)
    for _ in range(chance.randint(1, 12)):
        at, size = chance.randrange(len(hurt)), chance.randint(1, 64)
        match chance.randrange(6):
            case 0 | 1:
                hurt[at] = chance.randrange(256)
            case 2:
                hurt[at : at + size] = bytes(chance.randrange(256) for _ in range(size))
            case 3:
                hurt[at:at] = hurt[at : at + size] * chance.randint(1, 200)
            case 4:
                hurt[at : at + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
            case _:
                del hurt[at : at + size]
        if not hurt:
            hurt = bytearray(b"\0")
    return bytes(hurt[: chance.randint(1, len(hurt))]) if chance.random() < 0.1 else bytes(hurt)


def tried(name: str, content: bytes, seen: Seen) -> None:
    """Bring one file in by every door."""
    spent = _spent()
    try:
        stored = (files.keep if name.endswith(_LETTERS) else files.store)(content, name)
        seen.counts["kept"] += 1
    except Refused as no:
        stored = None
        seen.counts["refused"] += 1
        if not no.words.endswith("."):
            seen.faults.append(f"{name}: refused without a sentence")
    spent = _passed(seen, f"{name}, stored", spent)
    if name.endswith(_READ):
        try:
            read_document(name, content).words.encode("utf-8")
            seen.counts["read"] += 1
        except Unreadable:
            seen.counts["unreadable"] += 1
        spent = _passed(seen, f"{name}, read", spent)
    if stored is not None and stored.media_type.startswith(("image/", "application/pdf")):
        try:
            copy = copies.copy_of(stored.sha256, stored.media_type, {})
            seen.counts["copied"] += 1
            if told := _tells(copy, stored.media_type):
                seen.faults.append(f"{name}: the copy tells {told}")
        except Refused:
            seen.counts["not copied"] += 1
        if stored.media_type.startswith("image/"):
            files.about_picture(stored.sha256)
    if stored is not None:
        _passed(seen, f"{name}, copied", spent)
        files.drop(stored.sha256)


def _passed(seen: Seen, door: str, spent: float) -> float:
    """A door was passed: keep it, if it was the slowest so far; what is spent by now."""
    now = _spent()
    if now - spent > seen.seconds:
        seen.seconds, seen.slowest = now - spent, door
    return now


def _tells(copy: bytes, media_type: str) -> list[str]:
    """What a copy says of the place, the machine or the author; nothing, as it should be."""
    if media_type == "application/pdf":
        pdf = pdfium.PdfDocument(copy)
        try:
            about = pdf.get_metadata_dict(skip_empty=True)
            return [key for key in about if key in ("Author", "Title", "Subject", "Keywords")] + (
                ["words"] if any(page.get_textpage().get_text_range().strip() for page in pdf) else []
            )
        finally:
            pdf.close()
    with Image.open(io.BytesIO(copy)) as image:
        return [str(tag) for tag in image.getexif()] + [
            name for name in ("exif", "comment", "xmp") if name in image.info
        ]


def _spent() -> float:
    """Seconds of processor of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _share(job: tuple[int, int, Path | None]) -> Seen:
    """One hand's share of the files."""
    seed, many, photographs = job
    chance, whole, seen = random.Random(seed), sound_files(photographs), Seen()
    app = Flask(__name__)
    Babel(app, default_locale="da")
    with tempfile.TemporaryDirectory() as folder, app.app_context():
        app.config["FILES"] = folder
        for name, content in whole.items():  # the positive control: each is taken in whole
            before = seen.counts["refused"] + seen.counts["unreadable"] + seen.counts["not copied"]
            tried(name, content, seen)
            if seen.counts["refused"] + seen.counts["unreadable"] + seen.counts["not copied"] > before:
                seen.faults.append(f"{name}: the sound file is not taken in")
        names = list(whole)
        for number in range(many):
            name = names[number % len(names)]
            content = mutated(whole[name], chance)
            try:
                tried(name, content, seen)
            except Exception as fault:  # whatever it is: it would have been a page of error
                kept = Path(tempfile.gettempdir()) / f"s5-{seed}-{number}-{name}"
                kept.write_bytes(content)
                seen.faults.append(f"{kept}: {type(fault).__name__}: {fault}"[:300])
    seen.counts["files"] = many
    peak = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seen.memory = max(peak) / 1024
    return seen


def measured(many: int, seed: int, hands: int, photographs: Path | None) -> dict[str, object]:
    """The figures over all hands; ``missed`` names the bars that do not hold."""
    with multiprocessing.get_context("spawn").Pool(hands) as pool:
        found = pool.map(_share, [(seed * 1000 + hand, many // hands, photographs) for hand in range(hands)])
    counts = sum((one.counts for one in found), Counter[str]())
    memory, slow = max(one.memory for one in found), max(found, key=lambda one: one.seconds)
    faults = [fault for one in found for fault in one.faults]
    missed = [f"{len(faults)} faults"] if faults else []
    missed += [f"{memory:.0f} MB"] if memory > MOST_MEMORY else []
    missed += [f"{slow.seconds:.1f} s"] if slow.seconds > MOST_SECONDS else []
    figures = {"MB": round(memory), "seconds": round(slow.seconds, 2), "slowest": slow.slowest}
    return {**counts, **figures, "faults": faults[:20], "missed": missed}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="80 files, as the project's own checks do")
    parser.add_argument("--files", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hands", type=int, default=2, help="how many work at a time")
    parser.add_argument("--photographs", type=Path, metavar="FOLDER", help="JPEG files from real cameras")
    chosen = parser.parse_args(arguments)
    figures = measured(80 if chosen.short else chosen.files, chosen.seed, chosen.hands, chosen.photographs)
    print(json.dumps(figures, ensure_ascii=False))
    return bool(figures["missed"])


if __name__ == "__main__":
    sys.exit(main())
