"""The white paper as a Word document that staff can edit on, in the municipality's template where there is one."""

from collections.abc import Iterable
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from flask_babel import force_locale
from flask_babel import gettext as _

from participation.foundation.docx import add_contents, add_listing, add_quote, add_words, saved
from participation.reports import wording
from participation.reports.paper import Paper
from participation.reports.script import Part, cover, script
from participation.reports.template import document_of

#: Widths of the columns of the two tables, in centimetres.
_REPLIES = (1.3, 3.6, 7.6, 7.6, 5.2)
_FACTS = (4.6, 11.6)


def render_docx(paper: Paper) -> bytes:
    """Set a paper in Word; the same paper gives the same bytes. The case's own language is Danish."""
    with force_locale("da"):
        document = document_of(paper, wording.title(paper), wording.rendition(paper))
        add_listing(document, (_("Om hvidbogen"), _("Oplysning")), cover(paper), widths=_FACTS)
        add_words(document, wording.reader(paper))
        document.add_page_break()
        add_contents(document)
        _print(document, script(paper))
        return saved(document)


def _print(document: Document, parts: Iterable[Part]) -> None:
    for part in parts:
        _PRESSES[part["kind"]](document, part)


def _heading(document: Document, part: Part) -> None:
    """Letters of the annex are headings of the third level: they are found, but do not fill the contents."""
    add_words(document, part["text"], f"Heading {3 if part['anchor'] else part['level']}")


def _words(document: Document, part: Part) -> None:
    """What leads over to the next part stands on its page."""
    add_words(document, part["text"], leads=part.get("leads", False))


def _points(document: Document, part: Part) -> None:
    for line in part["lines"]:
        add_words(document, line, "List Bullet")


def _facts(document: Document, part: Part) -> None:
    for name, value in part["rows"]:
        _named(document, name, value)


def _remark(document: Document, part: Part) -> None:
    _named(document, part["name"], part["text"])


def _named(document: Document, name: str, value: str) -> None:
    paragraphs = value.split("\n\n")
    first = document.add_paragraph()
    first.add_run(f"{name}: ").bold = True
    first.add_run(_fit(paragraphs[0]))
    for paragraph in paragraphs[1:]:
        add_words(document, paragraph)


def _fit(text: str) -> str:
    return "".join(sign if sign in "\n\t" or sign.isprintable() or sign == "\xad" else "\ufffd" for sign in text)


def _table(document: Document, part: Part) -> None:
    add_listing(document, part["head"], part["rows"], widths=part["widths"], caption=part["caption"])


def _bars(document: Document, part: Part) -> None:
    add_listing(document, (_("Hvad"), _("Antal")), part["rows"], widths=(12, 4), caption=part["caption"])


def _said(document: Document, part: Part) -> None:
    add_quote(document, part["text"], part["by"])


def _letter(document: Document, part: Part) -> None:
    add_quote(document, part["text"])


def _replies(document: Document, part: Part) -> None:
    add_listing(document, part["head"], [_cells(row) for row in part["rows"]], widths=_REPLIES)


def _cells(row: Part) -> tuple[str, ...]:
    """One row as words: Word's table has text alone."""
    resume = [row["resume"], f"({row['resume_note']})"] if row["resume"] else []
    said = [f"»{said}«" for said in row["said"]]
    reasons = [f"{name}: {value}" for name, value in row["reasons"]]
    return (
        ", ".join(map(str, row["numbers"])),
        _joined([row["sender"], row["about"], row["also"]]),
        _joined([row["topic"], *resume, *said, row["silence"]]),
        row["remarks"],
        _joined([row["recommendation"], *reasons]),
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _lying(document: Document, part: Part) -> None:
    """Pages that lie down, for the wide tables."""
    _turn(document, WD_ORIENT.LANDSCAPE)
    _print(document, part["parts"])
    _turn(document, WD_ORIENT.PORTRAIT)


def _turn(document: Document, orientation: Any) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    if section.orientation != orientation:
        section.orientation = orientation
        section.page_width, section.page_height = section.page_height, section.page_width


def _page(document: Document, part: Part) -> None:
    document.add_page_break()


_PRESSES = {
    "heading": _heading,
    "words": _words,
    "note": _words,
    "letter": _letter,
    "points": _points,
    "facts": _facts,
    "remark": _remark,
    "table": _table,
    "bars": _bars,
    "said": _said,
    "replies": _replies,
    "lying": _lying,
    "page": _page,
}
