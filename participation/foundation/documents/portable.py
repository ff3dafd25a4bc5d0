"""Read a PDF page by page, so that a quote can say which page it stands on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pypdfium2 as pdfium

from .model import Fault, Note, Reading, Unread
from .plain import LONGEST, tidy

_MOST_PAGES = 2_000
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
        about = pdf.get_metadata_dict(skip_empty=True)
    finally:
        pdf.close()
    if not any(text for text in texts):
        return Reading(kind="pdf", words="", notes=((Note.NO_TEXT, ""),))
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
    )


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
