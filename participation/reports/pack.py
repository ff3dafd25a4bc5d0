"""A white paper and every contribution as a package for the case system: PDF files, their metadata, and checksums.

``docs/case-system.md`` tells what lies in it. Equal papers give equal bytes, so a package can be sent again.
"""

import hashlib
import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from participation.contributions.model import Attachment, Contribution
from participation.foundation import clock, files, scanner
from participation.foundation.db import db
from participation.foundation.exports import for_xml
from participation.foundation.model import File
from participation.foundation.pdf import typeset
from participation.reports import queries, wording
from participation.reports.model import WhitePaper
from participation.reports.paper import Entry, Met, Paper, Section
from participation.rules import dates
from participation.rules.kinds import Rendition

#: The version of what lies in a package; see ``docs/case-system.md``.
FORMAT = 1
_STAMP = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20

Report = Callable[[float], None]


class _Piece(NamedTuple):
    """A document of the package, and what is told of it."""

    told: dict[str, Any]
    content: Callable[[], BinaryIO]


def name_of(paper: WhitePaper) -> str:
    """What the package is called: ``medspil-ny-skolevej-2.zip``."""
    return f"medspil-{paper.project.slug}-{paper.version}.zip"


def key_of(paper: WhitePaper) -> str:
    """By what the receiver knows it again, however often it is tried: of the frozen bytes themselves."""
    frozen = queries.document(paper, Rendition.CASE, "json").sha256
    return f"{paper.project.slug}-{paper.version}-{frozen[:16]}"


def pack_paper(paper: WhitePaper, into: BinaryIO, report: Report) -> None:
    """Write the package of a frozen version. The case's own language is Danish.

    Args:
        report: is told how far it is, as a share.

    Raises:
        ValueError: the version was taken back.
    """
    told = queries.read_whole(paper, Rendition.CASE)
    if told is None or paper.withdrawn_at is not None:
        raise ValueError("a version that was taken back")
    with force_locale("da"), zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        listed: list[dict[str, Any]] = []
        for piece in _pieces(paper, told):
            size, sha256 = _put(archive, piece.told["file"], piece.content)
            listed.append({**piece.told, "size": size, "sha256": sha256})
            report(len(listed) / (len(told.entries) + len(told.meetings) + 3))
        about = _about(paper, told, listed)
        contents = {
            "indhold.json": (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode(),
            "indhold.xml": _as_xml(about),
        }
        sums = [(one["sha256"], one["file"]) for one in listed]
        for name, content in contents.items():
            _size, sha256 = _put(archive, name, partial(io.BytesIO, content))
            sums.append((sha256, name))
        lines = "".join(f"{sha256}  {name}\n" for sha256, name in sums)
        _put(archive, "SHA256SUMS", partial(io.BytesIO, lines.encode()))


def _pieces(paper: WhitePaper, told: Paper) -> Iterator[_Piece]:
    frozen_at = paper.frozen_at.isoformat()
    for rendition, name in ((Rendition.CASE, "hvidbog-sag.pdf"), (Rendition.PUBLIC, "hvidbog-offentlig.pdf")):
        sha256 = queries.document(paper, rendition, "pdf").sha256
        title = f"{wording.title(told)}, {wording.word(rendition)}"
        facts: dict[str, Any] = {"kind": "white_paper", "dated": frozen_at, "confidential": rendition is Rendition.CASE}
        yield _Piece(_told(name, title, facts), partial(files.open_, sha256))
    for place, met in enumerate((one for one in told.meetings if one.minutes), start=1):
        facts = {"kind": "minutes", "dated": met.starts_at.isoformat(), "confidential": False}
        yield _Piece(_told(f"referat/{place:02d}.pdf", met.title, facts), partial(_minutes, told, met))
    attached = _attached(paper)
    refused = scanner.refusals({sha256 for along in attached.values() for sha256, _name, _type in along})
    for entry in told.entries:
        if entry.section is Section.WITHDRAWN or not entry.shown:
            continue
        number = f"svar/{entry.number:05d}"
        facts = {
            "number": entry.number,
            "dated": entry.received_at.isoformat(),
            "sender": wording.sender(entry),
            "speaks_as": entry.capacity.value,
            "channel": entry.channel.value,
            "arrival": entry.arrival.value,
        }
        label = wording.label(entry)
        yield _Piece(
            _told(f"{number}.pdf", label, facts | {"kind": "contribution"}),
            partial(_letter, told, entry),
        )
        for place, (sha256, name, media_type) in enumerate(attached.get(entry.number, ()), start=1):
            ending = Path(name).suffix.lower()
            ending = ending if ending[1:].isalnum() and ending.isascii() else ""
            content: Callable[[], BinaryIO] = partial(files.open_, sha256)
            if sha256 in refused:  # it stays in the case; what stands in its place says why
                ending, media_type = ".txt", "text/plain"
                content = partial(io.BytesIO, f"{name}\n\n{refused[sha256]}\n".encode())
            yield _Piece(
                _told(
                    f"{number}-bilag-{place}{ending}",
                    f"{label}: {name}",
                    facts | {"kind": "attachment", "media_type": media_type},
                ),
                content,
            )


def _told(file: str, title: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What is told of a document: the same fields of each, in the same order."""
    nothing = {"kind": "", "media_type": "application/pdf", "number": None, "sender": "", "speaks_as": ""}
    return {"file": file, "title": title, **nothing, "channel": "", "arrival": "", "confidential": True, **facts}


def _template() -> str:
    return (Path(str(current_app.template_folder)) / "typst" / "contribution.typ").read_text(encoding="utf-8")


def _minutes(paper: Paper, met: Met) -> BinaryIO:
    """What was said at a meeting as a tagged PDF of its own."""
    came = [[_("Deltog"), str(met.attendance)]] if met.attendance is not None else []
    pdf = typeset(
        _template(),
        {
            "heading": met.title,
            "facts": [[_("Sag"), paper.facts.title], [_("Møde"), clock.held(met.starts_at)], *came]
            + ([[_("Sted"), met.place]] if met.place else []),
            "words": met.minutes,
            "files": [],
        },
        title=f"{met.title}: {paper.facts.title}",
        created=dates.local_day(met.starts_at),
    )
    return io.BytesIO(pdf)


def _letter(paper: Paper, entry: Entry) -> BinaryIO:
    return io.BytesIO(letter_pdf(paper, entry))


def letter_pdf(paper: Paper, entry: Entry) -> bytes:
    """One contribution as a tagged PDF of its own: who, when and how, every word, and what came along."""
    return typeset(
        _template(),
        {
            "heading": f"{wording.label(entry)}, {wording.sender(entry)}",
            "facts": [
                [_("Sag"), paper.facts.title],
                [_("Modtaget"), wording.about(entry)],
                *([[_("Organisation"), entry.organisation]] if entry.organisation else []),
                *([[_("Sted"), entry.place]] if entry.place else []),
                *([[_("Filer"), ", ".join(entry.files)]] if entry.files else []),
            ],
            "words": entry.words or wording.silence(entry),
            "files": [[_("Fra filen %(name)s:", name=name), words] for name, words in entry.file_words],
        },
        title=f"{wording.label(entry)}: {paper.facts.title}",
        created=dates.local_day(entry.received_at),
    )


def _attached(paper: WhitePaper) -> dict[int, list[tuple[str, str, str]]]:
    """What came along, by number: hash, name and type; a letter that was typed in comes with its own original."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    rows = db.session.execute(
        sa.select(Contribution.number, File.sha256, File.name, File.media_type)
        .join(Attachment, Attachment.contribution_id == Contribution.id)
        .join(File, File.id == Attachment.file_id)
        .where(Contribution.project_id == paper.project_id)
        .order_by(Attachment.id)
    )
    for number, sha256, name, media_type in rows:
        found.setdefault(number, []).append((sha256, name, media_type))
    return found


def _about(paper: WhitePaper, told: Paper, listed: list[dict[str, Any]]) -> dict[str, Any]:
    facts = told.facts
    return {
        "format": "medspil-case-package",
        "format_version": FORMAT,
        "key": key_of(paper),
        "municipality": facts.municipality,
        "department": facts.department,
        "project": facts.slug,
        "title": facts.title,
        "case_type": facts.case_type.value,
        "register_id": facts.register_id,
        "version": paper.version,
        "frozen_at": paper.frozen_at.isoformat(),
        "documents": listed,
    }


def _as_xml(about: dict[str, Any]) -> bytes:
    """The same as XML: an element for each field, ``document`` for each document."""
    root = ElementTree.Element("package")
    for name, value in about.items():
        if name != "documents":
            ElementTree.SubElement(root, name).text = _text(value)
    documents = ElementTree.SubElement(root, "documents")
    for one in about["documents"]:
        document = ElementTree.SubElement(documents, "document")
        for name, value in one.items():
            ElementTree.SubElement(document, name).text = _text(value)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return for_xml("" if value is None else str(value))


def _put(archive: zipfile.ZipFile, name: str, content: Callable[[], BinaryIO]) -> tuple[int, str]:
    """Write a file into the archive piece by piece: its size and SHA-256."""
    seen, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    with content() as source, archive.open(info, "w", force_zip64=True) as file:
        while piece := source.read(_PIECE):
            seen.update(piece)
            size += len(piece)
            file.write(piece)
    return size, seen.hexdigest()
