"""The municipality's own Word template for white papers and agenda texts: kept by an administrator, used from then on.

``docs/word-template.md`` tells those who make one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx.document import Document
from flask_babel import gettext as _

from participation.foundation import clock, docx_template, files, log, permission
from participation.foundation.docx import new_document, saved
from participation.foundation.forms import Wrong
from participation.foundation.settings import keep_setting, settings
from participation.reports.paper import Paper
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Where it is kept among the settings: its SHA-256, its name and when it came.
SETTING = "word_template"
#: The names that may stand in double braces, besides ``tekst``.
FIELDS = ("titel", "undertitel", "kommune", "afdeling", "dato", "sagsnummer", "version", "kontakt")


class Unfit(Wrong):
    """The template cannot be used; ``flaws`` say why, and the one that was there stays."""

    def __init__(self, flaws: list[str]):
        super().__init__(mark("Skabelonen kan ikke bruges endnu."))
        self.flaws = flaws


def keep_template(actor: Actor, content: bytes, name: str, *, now: datetime) -> None:
    """Use a template for every document from now on; what was frozen stays as it was.

    Raises:
        NotAllowed: the actor is no administrator.
        Unfit: it lacks a style, has a strange field, a program, or fetches something from elsewhere.
    """
    if flaws := docx_template.flaws(content, FIELDS):
        permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)
        raise Unfit(flaws)
    stored = files.put(content, name, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)

    told = {"sha256": stored.sha256, "name": stored.name, "at": now.isoformat()}
    keep_setting(SETTING, told, now=now)

    log.record(Act.EDIT_MUNICIPALITY, actor, "municipality:1", at=now, template=stored.sha256)


def drop_template(actor: Actor, *, now: datetime) -> None:
    """Use the house style again.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)
    keep_setting(SETTING, None, now=now)
    log.record(Act.EDIT_MUNICIPALITY, actor, "municipality:1", at=now, template="")


def kept() -> Mapping[str, Any] | None:
    """What is known of the template in use; nothing where there is none."""
    return settings().get(SETTING)


def lent() -> list[str]:
    """What Danish Word calls the styles that the template in use borrows from ours."""
    content = _content()
    return docx_template.borrowed(content) if content is not None else []


def document_of(paper: Paper, title: str, subtitle: str) -> Document:
    """A document for a paper with its title and subtitle, in the template where there is one."""
    content, facts = _content(), paper.facts
    created = dates.local_day(paper.made_at)
    fields = {
        "titel": title,
        "undertitel": subtitle,
        "kommune": facts.municipality,
        "afdeling": facts.department,
        "dato": clock.day(paper.made_at),
        "sagsnummer": facts.register_id,
        "version": str(paper.version or _("udkast")),
        "kontakt": ", ".join(part for part in (facts.contact_name, facts.contact_phone, facts.contact_email) if part),
    }
    document = new_document(title, created=created, author=facts.municipality, template=content, fields=fields)
    if content is None or "undertitel" not in docx_template.fields_in(content):
        document.add_paragraph(subtitle, style="Subtitle")
    return document


def starter() -> bytes:
    """A template to begin with: our own look, with every style and every field in it."""
    document = new_document("{{titel}}", author="")
    document.add_paragraph("{{undertitel}}", style="Subtitle")
    for name, label in (
        ("kommune", _("Kommune")),
        ("afdeling", _("Afdeling")),
        ("dato", _("Dato")),
        ("sagsnummer", _("Sagsnummer")),
        ("version", _("Version")),
        ("kontakt", _("Kontakt")),
    ):
        document.add_paragraph(f"{label}: {{{{{name}}}}}")
    document.add_paragraph(f"{{{{{docx_template.TEXT}}}}}")
    return saved(document)


def _content() -> bytes | None:
    if (told := kept()) is None:
        return None
    with files.open_(told["sha256"]) as file:
        return file.read()
