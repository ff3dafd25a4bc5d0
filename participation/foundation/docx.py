"""A Word document that staff can edit on, in the house style or the municipality's own: headings, contents, tables.

The bytes are the same for the same words and date: Word's own stamps are fixed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from docx import Document as open_docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from flask_babel import gettext as _

from participation.foundation import docx_template

__all__ = ["add_contents", "add_listing", "add_quote", "add_words", "new_document", "saved"]

_LANGUAGES = {"da": "da-DK", "en": "en-GB", "de": "de-DE"}
_ACCENT, _INK = RGBColor(0x0B, 0x55, 0x63), RGBColor(0x1D, 0x2B, 0x36)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: The first id of our bookmarks; a template's own are smaller.
_FIRST_MARK = 900_000
#: A table with so few rows is not torn by the end of a page.
_TOGETHER = 8
_ids: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def new_document(
    title: str,
    lang: str = "da",
    *,
    created: date = date(2000, 1, 1),
    author: str = "",
    template: bytes | None = None,
    fields: Mapping[str, str] | None = None,
) -> Document:
    """An empty document with its title, language, styles and page numbers: on A4, or in the municipality's template.

    Args:
        lang: da, en or de: spelling and the voice of the screen reader.
        created: the report's own date, in the document's properties.
        author: the municipality.
        template: a DOCX of their own that `docx_template.flaws` has found good; then its look is kept.
        fields: what is put in place of its fields. With ``titel`` among them the title stands where the field stood.
    """
    document = open_docx()
    _paper(document)
    _styles(document, _LANGUAGES.get(lang, lang))
    _number_pages(document)
    titled = False
    if template is not None:
        document = docx_template.open_template(template, document)
        filled = {name: _fit(value) for name, value in (fields or {}).items()}
        titled = "titel" in docx_template.fill(document, filled)
        docx_template.put_text_at(document)
    about, stamp = document.core_properties, datetime(created.year, created.month, created.day, tzinfo=UTC)
    about.title, about.author, about.last_modified_by = _fit(title), _fit(author), _fit(author)
    about.created = about.modified = stamp.replace(tzinfo=None)
    about.language, about.comments, about.revision = _LANGUAGES.get(lang, lang), "", 1
    if not titled:
        document.add_paragraph(_fit(title), style="Title")
    return document


def add_contents(document: Document, *, depth: int = 2) -> None:
    """A table of contents, on a page of its own: the headings now, their pages when Word opens the document."""
    document.add_paragraph(_("Indhold"), style="TOC Heading")
    paragraph = document.add_paragraph()
    _field(paragraph, f'TOC \\o "1-{depth}" \\h \\z \\u', "", dirty=True)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    settings = document.settings.element
    if settings.find(qn("w:updateFields")) is None:
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        settings.append(update)


def add_words(document: Document, words: str, style: str | None = None, *, leads: bool = False) -> None:
    """Someone's words, with their own paragraphs and line breaks.

    Args:
        leads: whether they lead over to what follows, and stand on its page.
    """
    for paragraph in _fit(words).split("\n\n"):
        _append(document, paragraph, style, leads=leads)


def add_quote(document: Document, words: str, by: str | None = None) -> None:
    """A citizen's own words, with number or name underneath."""
    add_words(document, words, "Quote", leads=bool(by))
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
        _append(document, _fit(caption), "Caption", leads=True)
    lines = [[_fit("" if cell is None else str(cell)) for cell in row] for row in rows]
    table = document.add_table(1 + len(lines), len(head), style="Table Grid")
    table.autofit = not widths
    for column, width in zip(table.columns, widths, strict=False):
        column.width = Cm(width)
    heads, texts = _style_id(document, "Table Head"), _style_id(document, "Table Text")
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
                paragraph._p.style = heads if number == 0 else texts  # by id: by name it is looked up
    if len(lines) <= _TOGETHER:
        for row in table.rows[:-1]:
            for paragraph in (one for cell in row.cells for one in cell.paragraphs):
                paragraph.paragraph_format.keep_with_next = True
    document.add_paragraph()


def _append(document: Document, text: str, style: str | None, *, leads: bool = False) -> None:
    """One more paragraph at the end.

    The library would look for the style and for the end of the body each time anew: minutes for thousands of letters.
    """
    element = OxmlElement("w:p")
    document.element.body[-1].addprevious(element)
    if style is not None:
        element.style = _style_id(document, style)
    if leads:
        element.get_or_add_pPr().get_or_add_keepNext()
    element.add_r().text = text


def _style_id(document: Document, name: str) -> str:
    """The id of a style, which Word in another language writes otherwise; looked up once for each document."""
    known = _ids.setdefault(document.part, {})
    if name not in known:
        known[name] = document.styles[name].style_id
    return known[name]


def saved(document: Document) -> bytes:
    """The document as a file; equal documents give equal bytes."""
    docx_template.gathered(document)
    _begin_pages(document)
    _fill_contents(document)
    loose = io.BytesIO()
    document.save(loose)
    packed = io.BytesIO()
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _EPOCH), old.read(part), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _begin_pages(document: Document) -> None:
    """A break that stands alone before a paragraph becomes that paragraph's own beginning of a page.

    Alone it leaves an empty line on the new page, and an empty page where a page has just begun.
    """
    for paragraph in document.element.body.findall(qn("w:p")):
        follows = paragraph.getnext()
        inside = [child for run in paragraph.findall(qn("w:r")) for child in run]
        alone = len(paragraph.findall(qn("w:r"))) == len(paragraph) - (paragraph.pPr is not None)
        turns = [child.tag == qn("w:br") and child.get(qn("w:type")) == "page" for child in inside]
        if alone and turns == [True] and follows is not None and follows.tag == qn("w:p"):
            follows.get_or_add_pPr().get_or_add_pageBreakBefore()
            document.element.body.remove(paragraph)


def _fill_contents(document: Document) -> None:
    """Tell the headings in the table of contents, for programs that do not compute it: a line and a link for each."""
    body = document.element.body
    code = next((one for one in body.iter(qn("w:instrText")) if (one.text or "").strip().startswith("TOC ")), None)
    if code is None:
        return
    levels = {_style_id(document, f"Heading {level}"): level for level in range(1, int(code.text.split("-")[1][0]) + 1)}
    first = code.getparent().getparent()
    end = first.findall(qn("w:r"))[-1]
    last, place = first, 0
    for heading in [one for one in body.iter(qn("w:p")) if one.style in levels]:
        name = f"_Toc{place:06}"
        _bookmark(heading, name, place)
        line = first if place == 0 else OxmlElement("w:p")
        if place:
            last.addnext(line)
        _indented(line, levels[heading.style])
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), name)
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = "".join(one.text or "" for one in heading.iter(qn("w:t")))
        text.set(qn("xml:space"), "preserve")
        run.append(text)
        link.append(run)
        line.append(link)
        last, place = line, place + 1
    last.append(end)


def _bookmark(paragraph: Any, name: str, number: int) -> None:
    for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(kind)
        mark.set(qn("w:id"), str(_FIRST_MARK + number))
        if kind == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
            paragraph.insert(1 if paragraph.pPr is not None else 0, mark)
        else:
            paragraph.append(mark)


def _indented(paragraph: Any, level: int) -> None:
    """A line of the contents stands in by its level, close to the next."""
    properties = paragraph.get_or_add_pPr()
    for name, values in (("w:spacing", {"w:after": "40"}), ("w:ind", {"w:left": str(340 * (level - 1))})):
        element = OxmlElement(name)
        for key, value in values.items():
            element.set(qn(key), value)
        properties.append(element)


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
        style.paragraph_format.space_after = Pt(10 if name == "Attribution" else 2)
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
