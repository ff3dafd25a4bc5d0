"""Read a Word document (.docx): paragraphs, lists, tables, text boxes and notes in reading order."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from docx import Document as open_docx
from docx.oxml.ns import qn
from lxml import etree

from .archive import Archive
from .model import Barrier, Fault, Note, Reading, Unread
from .plain import tidy

_P, _TBL, _TR, _TC, _BOX = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "txbxContent"))
_T, _TAB, _BR, _CR, _HYPHEN = (qn(f"w:{tag}") for tag in ("t", "tab", "br", "cr", "noBreakHyphen"))
_ENDED = qn("w:lastRenderedPageBreak")
_GONE = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:pPr"),
    qn("w:rPr"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
#: Where a page ended when Word last laid the document out, and a break that somebody put in.
_PAGE_END, _PAGE_BREAK = "\f", "\v"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_MARK = qn("w:footnoteReference"), qn("w:endnoteReference")


def read_word(data: bytes) -> Reading:
    """The words of a Word document as its reader sees them: inserted text is in, deleted text is out.

    Raises:
        Unread: the file is damaged, unpacks to too much, or is no Word document.
    """
    archive = Archive(data)
    if "word/document.xml" not in archive.names:
        raise Unread(Fault.DAMAGED)
    archive.xml("word/document.xml")
    try:
        document = open_docx(io.BytesIO(data))
        lines = _Lines(document)
        silent = _silent(document.element.body)
        words, pages = _by_page(tidy("\n".join([*lines.of(document.element.body), *lines.notes()])))
    except Exception as broken:  # python-docx falls in many ways over a damaged file
        raise Unread(Fault.DAMAGED) from broken
    notes = [(Note.PICTURES, "")] if any(name.startswith("word/media/") for name in archive.names) else []
    if not words:
        notes.append((Note.NO_WORDS, ""))
    return Reading(
        kind="docx",
        words=words,
        pages=pages,
        sender_name=tidy(document.core_properties.author or "") or None,
        subject=tidy(document.core_properties.title or "") or None,
        notes=tuple(notes),
        barriers=((Barrier.NO_ALTERNATIVE, silent),) if silent else (),
    )


def _by_page(marked: str) -> tuple[str, tuple[tuple[int, int, int], ...]]:
    """The words without the marks of pages, and where each page stands in them; no pages where nothing tells of any.

    Word notes where its pages ended; a program that does not still writes the breaks that somebody put in.
    """
    marked = marked.replace(_PAGE_BREAK, "") if _PAGE_END in marked else marked.replace(_PAGE_BREAK, _PAGE_END)
    words, pages = "", []
    for number, page in enumerate(marked.split(_PAGE_END), 1):
        piece = page if words else page.lstrip("\n ")
        start = len(words) + len(piece) - len(piece.lstrip())
        if piece.strip():
            pages.append((number, start, start + len(piece.strip())))
        words += piece
    return words.rstrip("\n "), tuple(pages) if _PAGE_END in marked else ()


def _silent(body: Any) -> int:
    """How many pictures have no words, and are not said to be for show alone."""
    return sum(
        not (one.get("descr") or one.get("title") or "").strip()
        and not any(mark.get("val") in ("1", "true") for mark in one.iter(_DECORATIVE))
        for drawing in body.iter(qn("w:drawing"))
        for one in drawing.iter(qn("wp:docPr"))
    )


class _Lines:
    def __init__(self, document: Any) -> None:
        self._part = document.part
        self._counts: Counter[tuple[str, str]] = Counter()
        self._formats = _list_formats(document)
        self._styles = {style.style_id: style.element for style in document.styles}

    def of(self, parent: Any) -> Iterator[str]:
        """Lines of a body, a cell or a text box."""
        for child in parent:
            if child.tag == _P:
                yield self._marker(child) + _text(child)
                if self._is_heading(child):
                    yield ""
                for box in child.iter(_BOX):
                    if not any(up.tag in _GONE for up in box.iterancestors()):
                        yield from self.of(box)
            elif child.tag == _TBL:
                yield from self._rows(child)
                yield ""
            elif child.tag not in _GONE and len(child) and child.tag != qn("w:sectPr"):
                yield from self.of(child)  # content controls, custom XML, tracked insertions

    def notes(self) -> Iterator[str]:
        """Footnotes and endnotes, last."""
        for relation in self._part.rels.values():
            if relation.reltype.rsplit("/", 1)[-1] not in ("footnotes", "endnotes") or relation.is_external:
                continue
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            for note in root:
                if note.get(qn("w:type")) not in ("separator", "continuationSeparator", "continuationNotice"):
                    text = " ".join(filter(None, (_text(p).strip() for p in note.iter(_P))))
                    if text:
                        yield f"[{note.get(qn('w:id'))}] {text}"

    def _rows(self, table: Any) -> Iterator[str]:
        for row in table.iter(_TR):
            if next(row.iterancestors(_TBL)) is not table:
                continue
            cells = [" ".join(line for line in self.of(cell) if line).strip(" \n\t") for cell in row if cell.tag == _TC]
            yield " | ".join(cells)

    def _is_heading(self, paragraph: Any) -> bool:
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return style is not None and (style.get(qn("w:val")) or "").lower().startswith(
            ("heading", "overskrift", "title")
        )

    def _marker(self, paragraph: Any) -> str:
        """The dash or number that Word puts before a line of a list."""
        properties = paragraph.find(qn("w:pPr"))
        numbering = properties.find(qn("w:numPr")) if properties is not None else None
        if numbering is None and properties is not None and (style := properties.find(qn("w:pStyle"))) is not None:
            element = self._styles.get(style.get(qn("w:val")))
            numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") if element is not None else None
        identity = numbering.find(qn("w:numId")) if numbering is not None else None
        if numbering is None or identity is None or identity.get(qn("w:val")) == "0":
            return ""
        level_mark = numbering.find(qn("w:ilvl"))
        level = level_mark.get(qn("w:val")) if level_mark is not None else "0"
        key = identity.get(qn("w:val")), level
        indent = "  " * min(int(level), 8)
        if self._formats.get(key, "bullet") in ("bullet", "none"):
            return f"{indent}- "
        self._counts[key] += 1
        return f"{indent}{self._counts[key]}. "


def _text(paragraph: Any) -> str:
    """The letters of a paragraph, without those of text boxes in it (they follow on lines of their own)."""
    pieces: list[str] = []

    def walk(element: Any) -> None:
        for child in element:
            if child.tag in _GONE or child.tag == _BOX:
                continue
            if child.tag == _T:
                pieces.append(child.text or "")
            elif child.tag == _TAB:
                pieces.append("\t")
            elif child.tag in (_BR, _CR):
                pieces.append("\n" + (_PAGE_BREAK if child.get(qn("w:type")) == "page" else ""))
            elif child.tag == _ENDED:
                pieces.append(_PAGE_END)
            elif child.tag == _HYPHEN:
                pieces.append("-")
            elif child.tag in _MARK:
                pieces.append(f"[{child.get(qn('w:id'))}]")
            else:
                walk(child)

    walk(paragraph)
    return "".join(pieces)


def _list_formats(document: Any) -> dict[tuple[str, str], str]:
    """(list, level) → how it is numbered."""
    relation = next((r for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
    if relation is None or relation.is_external:
        return {}
    root = relation.target_part.element
    abstract = {a.get(qn("w:abstractNumId")): a for a in root.findall(qn("w:abstractNum"))}
    found = {}
    for number in root.findall(qn("w:num")):
        link = number.find(qn("w:abstractNumId"))
        for level in abstract.get(link.get(qn("w:val")), ()) if link is not None else ():
            form = level.find(qn("w:numFmt")) if level.tag == qn("w:lvl") else None
            if form is not None:
                found[number.get(qn("w:numId")), level.get(qn("w:ilvl"))] = form.get(qn("w:val"))
    return found
