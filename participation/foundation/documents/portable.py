"""Read a PDF page by page, so that a quote can say which page it stands on."""

from __future__ import annotations

import ctypes
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from .model import Barrier, Fault, Note, Reading, Unread
from .plain import LONGEST, tidy

_MOST_PAGES = 2_000
#: Pages, and parts of one page, in which figures are looked for.
_MOST_LOOKED_AT, _MOST_PARTS = 300, 20_000
_EMPTY = 2  # bytes of an empty text as PDFium counts them: its end alone
_WRONG_CODE = 4  # FPDF_ERR_PASSWORD


def read_pdf(data: bytes) -> Reading:
    """The words of a PDF with the page of each; a scan without a text layer gives no pages and a note.

    Raises:
        Unread: the file is damaged, locked, or has more than 2,000 pages.
    """
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as broken:
        raise Unread(Fault.LOCKED if getattr(broken, "err_code", None) == _WRONG_CODE else Fault.DAMAGED) from broken
    try:
        if len(pdf) == 0:
            raise Unread(Fault.DAMAGED)
        if len(pdf) > _MOST_PAGES:
            raise Unread(Fault.TOO_HEAVY)
        texts = _texts(pdf)
        barriers = _barriers(pdf) if any(texts) else ((Barrier.SCAN, 0),)
        about = pdf.get_metadata_dict(skip_empty=True)
    finally:
        pdf.close()
    if not any(text for text in texts):
        return Reading(kind="pdf", words="", notes=((Note.NO_TEXT, ""),), barriers=barriers)
    words, pages = "", []
    for number, text in enumerate(texts, 1):
        if text:
            words += "\n\n" if words else ""
            pages.append((number, len(words), len(words) + len(text)))
            words += text
    blank = [str(number) for number, text in enumerate(texts, 1) if not text]
    return Reading(
        kind="pdf",
        words=words,
        sender_name=tidy(about.get("Author", "")) or None,
        subject=tidy(about.get("Title", ""))[:500] or None,
        sent_at=_date(about.get("CreationDate", "")),
        pages=tuple(pages),
        notes=((Note.BLANK_PAGES, ", ".join(blank[:20])),) if blank else (),
        barriers=barriers,
    )


def _barriers(pdf: pdfium.PdfDocument) -> tuple[tuple[Barrier, int], ...]:
    """What a screen reader cannot tell: the order and headings of an untagged file, and figures without words."""
    if not raw.FPDFCatalog_IsTagged(pdf):
        return ((Barrier.UNTAGGED, 0),)
    silent = 0
    for page in map(pdf.get_page, range(min(len(pdf), _MOST_LOOKED_AT))):
        if tree := raw.FPDF_StructTree_GetForPage(page):
            many = max(0, raw.FPDF_StructTree_CountChildren(tree))
            silent += _silent([raw.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(many)])
            raw.FPDF_StructTree_Close(tree)
        page.close()
    return ((Barrier.NO_ALTERNATIVE, silent),) if silent else ()


def _silent(waiting: list[Any]) -> int:
    """How many figures among these parts of a page, and within them, have neither alternative nor actual text."""
    silent = looked = 0
    while waiting and looked < _MOST_PARTS:
        part, looked = waiting.pop(), looked + 1
        if not part:
            continue
        kind = ctypes.create_string_buffer(64)
        raw.FPDF_StructElement_GetType(part, kind, 64)
        if kind.raw.decode("utf-16-le", "replace").partition("\0")[0] == "Figure":
            alternative = raw.FPDF_StructElement_GetAltText(part, None, 0) > _EMPTY
            silent += not alternative and raw.FPDF_StructElement_GetActualText(part, None, 0) <= _EMPTY
        else:
            many = max(0, raw.FPDF_StructElement_CountChildren(part))
            waiting += [raw.FPDF_StructElement_GetChildAtIndex(part, n) for n in range(many)]
    return silent


def _texts(pdf: pdfium.PdfDocument) -> list[str]:
    """The text of every page; at most two million code points in all."""
    texts, total = [], 0
    for page in pdf:
        try:
            layer = page.get_textpage()
            text = _joined(layer.get_text_range()) if total < LONGEST else ""
            layer.close()
        except pdfium.PdfiumError:
            text = ""
        finally:
            page.close()
        total += len(text)
        texts.append(text)
    return texts


def _joined(text: str) -> str:
    """A word that was divided at the end of a line is one word again (PDFium marks the place with U+FFFE or STX)."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = re.sub(r"[\ufffe\x02]\r?\n?", "", text)
    text = tidy(text)
    return text if re.search(r"\w", text) else ""


def _date(written: str) -> datetime | None:
    """``D:20261203143300+01'00'`` as UTC."""
    found = re.match(r"D:(\d{14})(?:Z|([+-])(\d{2})'?(\d{2})?)?", written)
    if not found:
        return None
    try:
        when = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    offset = timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
    return when - offset if found[2] == "+" else when + offset
