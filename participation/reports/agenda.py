"""Ready text for the agenda item (dagsordenspunkt), from a frozen public white paper, to finish in Word."""

from collections.abc import Iterator

from docx.document import Document
from flask_babel import force_locale
from flask_babel import gettext as _

from participation.foundation.docx import add_listing, add_words, saved
from participation.reports import wording
from participation.reports.paper import Paper
from participation.reports.template import document_of

#: Widths of the columns of the table of topics, in centimetres.
_TOPICS = (7.2, 4.5, 4.5)


def agenda_text(paper: Paper) -> bytes:
    """Sagsfremstilling, høring, retsgrundlag and indstilling as a Word document; equal papers give equal bytes.

    An agenda is public, so it is made from the public rendition: what is covered or hidden cannot stand in it. What the
    paper does not say is left to the clerk, in square brackets that are easily found.
    """
    with force_locale("da"):
        document = document_of(paper, paper.facts.title, _("Tekst til dagsordenen"))
        _case(document, paper)
        _hearing(document, paper)
        _law(document, paper)
        _recommendation(document, paper)
        return saved(document)


def _case(document: Document, paper: Paper) -> None:
    add_words(document, _("Sagsfremstilling"), "Heading 1")
    for words in (paper.facts.summary or _("[Skriv, hvad sagen handler om.]"), paper.facts.history):
        if words:
            add_words(document, words)
    if paper.changes:
        add_words(document, _("Ændringer efter høringen"), "Heading 2")
        for change in paper.changes:
            numbers = f" ({_('nr. %(numbers)s', numbers=wording.numbered(change.numbers))})" if change.numbers else ""
            add_words(document, f"{change.place}: {change.after or _('er taget ud')}{numbers}", "List Bullet")


def _hearing(document: Document, paper: Paper) -> None:
    add_words(document, _("Høring"), "Heading 1")
    for period in paper.facts.periods:
        add_words(document, f"{wording.period(period)}.")
    came = _("Der kom ingen høringssvar.") if paper.nobody_wrote else wording.came_in(paper.figures)
    add_words(document, came)
    if paper.headings:
        rows = [
            (one.title, wording.capital(wording.senders(one.counts)), wording.capital(_advice(paper, one.key)))
            for one in paper.headings
        ]
        head = (_("Emne"), _("Hvem skriver om det"), _("Forvaltningen indstiller"))
        add_listing(document, head, rows, widths=_TOPICS, caption=_("Det handler svarene om"))
    version = _("Alle svar og forvaltningens bemærkninger står i hvidbogen, version %(number)s.", number=paper.version)
    add_words(document, version)


def _advice(paper: Paper, key: int) -> str:
    """What is recommended under a heading, each recommendation once; points with an answer of their own count, too."""
    topics = next(one.topics for one in paper.headings if one.key == key)
    replies = [reply for topic in topics for reply in (topic.reply, *(own.reply for own in topic.own))]
    return ", ".join(dict.fromkeys(wording.recommended(reply) for reply in replies if reply is not None))


def _law(document: Document, paper: Paper) -> None:
    add_words(document, _("Retsgrundlag"), "Heading 1")
    for basis in list(_bases(paper)) or [_("[Skriv lovgrundlaget.]")]:
        add_words(document, basis)
    if paper.assessment is not None:
        add_words(document, f"{wording.assessed(paper.assessment)} {paper.assessment.reason}".strip())


def _bases(paper: Paper) -> Iterator[str]:
    yield from dict.fromkeys(basis for one in paper.facts.periods if (basis := wording.basis(one)))


def _recommendation(document: Document, paper: Paper) -> None:
    add_words(document, _("Indstilling"), "Heading 1")
    add_words(document, paper.overall or _("[Skriv forvaltningens samlede indstilling.]"))
    if paper.choices:
        add_words(document, _("Her skal I vælge"), "Heading 2")
        for choice in paper.choices:
            advice, why = wording.recommended(choice.reply), f"{wording.why(choice)} {choice.reply.reason}"
            add_words(document, f"{choice.title} – {advice}. {why}", "List Bullet")
