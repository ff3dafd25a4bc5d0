"""Read a LibreOffice document (.odt): zip and XML from the standard library, with bounded sizes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from .archive import Archive
from .model import Fault, Note, Reading, Unread
from .plain import tidy

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_GONE = frozenset(
    {
        f"{_TEXT}tracked-changes",
        f"{_OFFICE}annotation",
        f"{_TEXT}sequence-decls",
        f"{_OFFICE}forms",
        f"{_TEXT}note-citation",
    }
)
_MOST_BLANKS = 200


def read_office(data: bytes) -> Reading:
    """The words of an ODT document, in reading order.

    Raises:
        Unread: the file is damaged, locked, or unpacks to too much.
    """
    archive = Archive(data)
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.xml("META-INF/manifest.xml"):
        raise Unread(Fault.LOCKED)
    try:
        body = ElementTree.fromstring(archive.xml("content.xml")).find(f"{_OFFICE}body/{_OFFICE}text")  # noqa: S314
        meta = ElementTree.fromstring(archive.xml("meta.xml")) if "meta.xml" in archive.names else None  # noqa: S314
    except ElementTree.ParseError as broken:
        raise Unread(Fault.DAMAGED) from broken
    if body is None:
        raise Unread(Fault.DAMAGED)
    words = tidy("\n".join(_lines(body)))
    notes = (
        [(Note.PICTURES, "")] if any(n.startswith("Pictures/") and not n.endswith("/") for n in archive.names) else []
    )
    if not words:
        notes.append((Note.NO_WORDS, ""))
    return Reading(
        kind="odt",
        words=words,
        sender_name=_meta(meta, "creator"),
        subject=_meta(meta, "title"),
        notes=tuple(notes),
    )


def _meta(meta: ElementTree.Element | None, name: str) -> str | None:
    return tidy(meta.findtext(f".//{_DC}{name}") or "") or None if meta is not None else None


def _lines(parent: ElementTree.Element, depth: int = 0) -> Iterator[str]:
    for child in parent:
        if child.tag in _GONE:
            continue
        if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield _text(child)
            if child.tag == f"{_TEXT}h":
                yield ""
        elif child.tag == f"{_TEXT}list":
            yield from _items(child, depth)
        elif child.tag == f"{_TABLE}table":
            for row in child.iter(f"{_TABLE}table-row"):
                yield " | ".join(
                    " ".join(line for line in _lines(cell) if line).strip()
                    for cell in row.findall(f"{_TABLE}table-cell")
                )
            yield ""
        else:
            yield from _lines(child, depth)


def _items(list_: ElementTree.Element, depth: int) -> Iterator[str]:
    for item in list_:
        first = True
        for line in _lines(item, depth + 1):
            yield f"{'  ' * min(depth, 8)}- {line}" if first else line
            first = False


def _text(paragraph: ElementTree.Element) -> str:
    pieces = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            pieces.append(" " * min(int(count) if count.isdigit() else 1, _MOST_BLANKS))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag == f"{_TEXT}note":
            note = " ".join(_text(p) for p in child.iter(f"{_TEXT}p"))
            pieces.append(f" [{note}]")
        elif child.tag not in _GONE:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
