"""The municipality's own Word template: checked when it comes, filled in and dressed when a document is made.

A template is a DOCX with Word's own styles. A field is a name in double braces, ``{{titel}}``, in the text, a table,
the head or the foot; ``{{tekst}}`` stands alone in its paragraph, and there our text goes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any
from zipfile import BadZipFile

from docx import Document as open_docx
from docx.document import Document
from docx.oxml.ns import qn
from flask_babel import gettext as _
from lxml import etree

__all__ = ["NEEDED", "TEXT", "borrowed", "fields_in", "fill", "flaws", "gathered", "open_template", "put_text_at"]

#: The style that a template must have itself, and what Danish Word calls it.
NEEDED = {
    "Title": "Titel",
    "Heading 1": "Overskrift 1",
    "Heading 2": "Overskrift 2",
    "Heading 3": "Overskrift 3",
    "List Bullet": "Opstilling - punkttegn",
}
#: Those that are borrowed from the house style where the template has none.
BORROWED = {
    "Subtitle": "Undertitel",
    "Quote": "Citat",
    "Attribution": "Attribution",
    "Caption": "Billedtekst",
    "TOC Heading": "Overskrift",
    "Table Grid": "Tabel - Gitter",
    "Table Text": "Table Text",
    "Table Head": "Table Head",
}
#: The field where our text goes.
TEXT = "tekst"

_LARGEST, _LARGEST_UNPACKED, _MOST_PARTS = 5_000_000, 60_000_000, 2_000
_FIELD = re.compile(r"\{\{\s*([\wæøåÆØÅ-]{1,40})\s*\}\}")
_OUTSIDE = b'TargetMode="External"'
_TAIL = "{urn:medspil:tail}here"


def flaws(content: bytes, fields: Collection[str]) -> list[str]:
    """Why a template cannot be used, a sentence for each thing to mend; nothing when it can.

    Args:
        fields: the names that may stand in double braces, besides ``tekst``.
    """
    if len(content) > _LARGEST:
        return [_("Skabelonen fylder mere end 5 MB. Gør billederne i den mindre, og gem den igen.")]
    try:
        if found := _unsafe(content):
            return found
        document = open_docx(io.BytesIO(content))
    except (BadZipFile, KeyError, ValueError, etree.LxmlError, OSError):
        return [_("Filen kan ikke læses som et Word-dokument. Gem den i Word som .docx, og prøv igen.")]
    there = _names(document)
    found = [
        _("Typografien »%(name)s« mangler. Brug den på en linje i skabelonen, og gem igen.", name=danish)
        for name, danish in NEEDED.items()
        if _known(name) not in there
    ]
    named = [name for element in _paragraphs(document) for name in _FIELD.findall(_words_of(element))]
    strange = sorted({name for name in named if name.lower() not in {*fields, TEXT}})
    if strange:
        known = ", ".join(f"{{{{{name}}}}}" for name in (*fields, TEXT))
        found += [
            _("Feltet %(name)s kender vi ikke. Brug: %(known)s.", name=f"{{{{{name}}}}}", known=known)
            for name in strange
        ]
    places = [element for element in document.element.body if _field_alone(element) == TEXT]
    if len(places) != [name.lower() for name in named].count(TEXT) or len(places) > 1:
        found.append(_("Feltet {{tekst}} skal stå én gang, alene på sin egen linje og uden for tabeller."))
    return found


def borrowed(content: bytes) -> list[str]:
    """What Danish Word calls the styles that the template lacks and that we lend it."""
    there = _names(open_docx(io.BytesIO(content)))
    return [danish for name, danish in BORROWED.items() if _known(name) not in there]


def fields_in(content: bytes) -> set[str]:
    """The names that stand in double braces in a template."""
    found = (_FIELD.findall(_words_of(one)) for one in _paragraphs(open_docx(io.BytesIO(content))))
    return {name.lower() for names in found for name in names}


def open_template(content: bytes, house: Document) -> Document:
    """A document in the template, with the styles it lacks from the house style; its text stands as it is."""
    document = open_docx(io.BytesIO(content))
    there, styles = _names(document), document.styles.element
    base = next((one.get(qn("w:styleId")) for one in styles.iter(qn("w:style")) if _is_default(one)), None)
    ids = {one.get(qn("w:styleId")) for one in styles.iter(qn("w:style"))}
    lent: dict[str, str] = {}
    for name in BORROWED:
        if _known(name) in there:
            continue
        copy = deepcopy(house.styles[name].element)
        key = copy.get(qn("w:styleId"))
        lent[key] = new = key if key not in ids else f"Medspil{key}"
        copy.set(qn("w:styleId"), new)
        for link in ("w:next", "w:link"):
            for element in copy.findall(qn(link)):
                copy.remove(element)
        for parent in copy.findall(qn("w:basedOn")):
            above = lent.get(parent.get(qn("w:val")), base if copy.get(qn("w:type")) == "paragraph" else None)
            if above is None:
                copy.remove(parent)
            else:
                parent.set(qn("w:val"), above)
        styles.append(copy)
    return document


def fill(document: Document, values: Mapping[str, str]) -> set[str]:
    """Put words in place of the fields, wherever they stand; gives the names of those that stood there.

    A field may be torn over several runs, as Word likes to do; the first of them keeps its look.
    """
    seen = set[str]()
    for paragraph in _paragraphs(document):
        texts = list(paragraph.iter(qn("w:t")))
        whole = "".join(text.text or "" for text in texts)
        if "{{" not in whole:
            continue
        for field in reversed(list(_FIELD.finditer(whole))):
            name = field[1].lower()
            if name in values:
                seen.add(name)
                _replace(texts, field.start(), field.end(), values[name])
    return seen


def put_text_at(document: Document) -> None:
    """What follows the field ``{{tekst}}`` waits until `gathered` puts it behind our text; the field goes."""
    body = document.element.body
    place = next((element for element in body if _field_alone(element) == TEXT), None)
    if place is None:
        return
    for element in place.itersiblings():
        if element.tag != qn("w:sectPr"):
            element.set(_TAIL, "1")
    body.remove(place)


def gathered(document: Document) -> None:
    """Move what was waiting to the end."""
    body = document.element.body
    for element in [one for one in body if one.get(_TAIL)]:
        del element.attrib[_TAIL]
        body[-1].addprevious(element)


def _unsafe(content: bytes) -> list[str]:
    """Programs, things that are fetched from elsewhere, and archives that unpack to too much (T6, T18)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
            return [_("Skabelonen pakker for meget ud. Gem en mindre udgave, og prøv igen.")]
        names = {part.filename.lower() for part in parts}
        if any("vbaproject" in name or "/activex/" in name or "/embeddings/" in name for name in names):
            return [_("Der er et program eller en indlejret fil i skabelonen. Gem den i Word som .docx uden makroer.")]
        for part in parts:
            if part.filename.endswith(".rels") and any(
                _OUTSIDE in line and b"/hyperlink" not in line for line in archive.read(part).split(b"<Relationship ")
            ):
                return [_("Skabelonen henter noget udefra. Sæt billederne ind i den, og fjern links til andre filer.")]
    return []


def _names(document: Document) -> set[str]:
    found = (one.find(qn("w:name")) for one in document.styles.element.iter(qn("w:style")))
    return {str(one.get(qn("w:val"))).lower() for one in found if one is not None}


def _known(name: str) -> str:
    return name.lower()


def _is_default(style: Any) -> bool:
    return style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on")


def _paragraphs(document: Document) -> Iterator[Any]:
    """Every paragraph of the body, of tables and text boxes, and of the heads and feet that are there."""
    yield from document.element.body.iter(qn("w:p"))
    for part in document.part.package.iter_parts():
        if re.fullmatch(r"/word/(header|footer)\d*\.xml", str(part.partname)) and hasattr(part, "element"):
            yield from part.element.iter(qn("w:p"))


def _words_of(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def _field_alone(element: Any) -> str:
    if element.tag != qn("w:p"):
        return ""
    field = _FIELD.fullmatch(_words_of(element).strip())
    return field[1].lower() if field else ""


def _replace(texts: Iterable[Any], start: int, end: int, value: str) -> None:
    """Put a value in place of the letters from start to end of some texts that follow each other."""
    at, first = 0, True
    for text in texts:
        words = text.text or ""
        here, there = max(start - at, 0), min(end - at, len(words))
        if here < there:
            text.text = words[:here] + (value if first else "") + words[there:]
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            first = False
        at += len(words)
