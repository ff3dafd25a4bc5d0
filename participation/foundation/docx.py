"""A Word document in the house style, which staff can edit on: headings, contents, tables, quotes, page numbers.

The bytes are the same for the same words and date: Word's own stamps are fixed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from docx import Document as open_docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from flask_babel import gettext as _

__all__ = ["add_contents", "add_listing", "add_quote", "add_words", "new_document", "saved"]

_LANGUAGES = {"da": "da-DK", "en": "en-GB", "de": "de-DE"}
_ACCENT, _INK = RGBColor(0x0B, 0x55, 0x63), RGBColor(0x1D, 0x2B, 0x36)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def new_document(title: str, lang: str = "da", *, created: date = date(2000, 1, 1), author: str = "") -> Document:
    """An empty A4 document with its title, language, styles and page numbers.

    Args:
        lang: da, en or de: spelling and the voice of the screen reader.
        created: the report's own date, in the document's properties.
        author: the municipality.
    """
    document = open_docx()
    _paper(document)
    _styles(document, _LANGUAGES.get(lang, lang))
    _number_pages(document)
    about, stamp = document.core_properties, datetime(created.year, created.month, created.day, tzinfo=UTC)
    about.title, about.author, about.last_modified_by = _fit(title), _fit(author), _fit(author)
    about.created = about.modified = stamp.replace(tzinfo=None)
    about.language, about.comments, about.revision = _LANGUAGES.get(lang, lang), "", 1
    document.add_paragraph(_fit(title), style="Title")
    return document


def add_contents(document: Document, *, depth: int = 2) -> None:
    """A table of contents, on a page of its own; Word fills it in when the document is opened."""
    document.add_paragraph(_("Indhold"), style="TOC Heading")
    paragraph = document.add_paragraph()
    told = _("Højreklik her, og vælg Opdater felt, hvis indholdet ikke vises.")
    _field(paragraph, f'TOC \\o "1-{depth}" \\h \\z \\u', told, dirty=True)
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    settings = document.settings.element
    if settings.find(qn("w:updateFields")) is None:
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.append(update)


def add_words(document: Document, words: str, style: str | None = None) -> None:
    """Someone's words, with their own paragraphs and line breaks."""
    for paragraph in _fit(words).split("\n\n"):
        _append(document, paragraph, style)


def add_quote(document: Document, words: str, by: str | None = None) -> None:
    """A citizen's own words, with number or name underneath."""
    add_words(document, words, "Quote")
    if by:
        _append(document, f"– {_fit(by)}", "Attribution")


def add_listing(
    document: Document,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: Sequence[float] = (),
    caption: str = "",
) -> None:
    """A table whose heading is repeated on every page and whose rows are not torn.

    Args:
        widths: of the columns, in centimetres; without it they share the page.
        caption: told above the table, and to a screen reader.
    """
    if caption:
        document.add_paragraph(_fit(caption), style="Caption")
    lines = [[_fit("" if cell is None else str(cell)) for cell in row] for row in rows]
    table = document.add_table(1 + len(lines), len(head), style="Table Grid")
    table.autofit = not widths
    if caption:
        described = OxmlElement("w:tblCaption")
        described.set(qn("w:val"), _fit(caption))
        table._tbl.tblPr.append(described)
    for number, (row, cells) in enumerate(zip(table.rows, [[_fit(name) for name in head], *lines], strict=True)):
        _row_rule(row, "w:cantSplit")
        if number == 0:
            _row_rule(row, "w:tblHeader")
        for column, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            if column < len(widths):
                cell.width = Cm(widths[column])
            cell.text = text
            for paragraph in cell.paragraphs:
                paragraph._p.style = "TableHead" if number == 0 else "TableText"  # by id: by name it is looked up
    document.add_paragraph()


def _append(document: Document, text: str, style: str | None) -> None:
    """One more paragraph at the end.

    The library would look for the style and for the end of the body each time anew: minutes for thousands of letters.
    """
    element = OxmlElement("w:p")
    document.element.body[-1].addprevious(element)
    if style is not None:
        element.style = style.replace(" ", "")
    element.add_r().text = text


def saved(document: Document) -> bytes:
    """The document as a file; equal documents give equal bytes."""
    loose = io.BytesIO()
    document.save(loose)
    packed = io.BytesIO()
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _EPOCH), old.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _paper(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.5)


def _styles(document: Document, language: str) -> None:
    styles = document.styles
    base = styles["Normal"]
    base.font.name, base.font.size, base.font.color.rgb = "Calibri", Pt(11), _INK
    base.paragraph_format.space_after, base.paragraph_format.line_spacing = Pt(8), 1.15
    for properties in styles.element.iter(qn("w:rPr")):
        for spoken in properties.findall(qn("w:lang")):
            properties.remove(spoken)
    for properties in (
        styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"),
        base.element.rPr,
    ):
        spoken = OxmlElement("w:lang")
        for name in ("w:val", "w:eastAsia"):
            spoken.set(qn(name), language)
        properties.append(spoken)
    for name, size in (("Title", 26), ("Heading 1", 17), ("Heading 2", 13.5), ("Heading 3", 11.5), ("TOC Heading", 17)):
        style = styles[name] if name in styles else styles.add_style(name, 1)
        if name == "TOC Heading":
            style.base_style = base
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, _ACCENT
        _face(style, "Calibri")
        style.paragraph_format.keep_with_next = True
    quote = styles["Quote"]
    quote.font.italic, quote.font.color.rgb = False, _INK
    quote.paragraph_format.left_indent, quote.paragraph_format.space_after = Cm(1), Pt(4)
    for name, parent, size in (
        ("Attribution", "Quote", 10),
        ("Table Text", "Normal", 9.5),
        ("Table Head", "Table Text", 9.5),
    ):
        style = styles.add_style(name, 1)
        style.base_style, style.font.size = styles[parent], Pt(size)
        style.paragraph_format.space_after = Pt(2)
        style.font.bold = name == "Table Head" or None


def _face(style: Any, name: str) -> None:
    """A heading's font, also where the template ties it to a theme."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(key), name)


def _number_pages(document: Document) -> None:
    """ "side 2 af 9" at the foot of every page."""
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run(_("side") + " ")
    _field(foot, "PAGE", "1")
    foot.add_run(" " + _("af") + " ")
    _field(foot, "NUMPAGES", "1")


def _field(paragraph: Paragraph, code: str, shown: str, *, dirty: bool = False) -> None:
    """A field that Word computes; ``shown`` stands there until it does."""
    for kind in ("begin", "code", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else "")
        if kind == "code":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {code} "
            run._r.append(text)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            if kind == "begin" and dirty:
                mark.set(qn("w:dirty"), "true")
            run._r.append(mark)


def _row_rule(row: Any, name: str) -> None:
    rule = OxmlElement(name)
    rule.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(rule)


def _fit(text: str) -> str:
    """Without what no XML can hold; such a sign becomes U+FFFD."""
    return _NO_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
