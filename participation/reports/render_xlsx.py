"""The overview that committees know: one row a contribution or point in nine columns, recommendation and change beside.

Further sheets tell of the parties that were heard (høringsparter), of the changes in the material and of the decision.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from participation.foundation.exports import Tab, xlsx_file
from participation.reports import wording
from participation.reports.paper import Entry, Paper, Row, Section, StepFact
from participation.rules import dates
from participation.rules.kinds import Rendition

_WIDTHS = (18, 22, 8, 26, 24, 18, 26, 60, 60, 22, 40)
_PARTY_WIDTHS = (34, 22, 14, 14, 14, 14)
_DECISION_WIDTHS = (30, 14, 24, 60, 34, 34, 60)
_CHANGE_WIDTHS = (8, 24, 50, 50, 24, 24)


def render_xlsx(paper: Paper) -> bytes:
    """The paper as a workbook. The case's own language is Danish."""
    with force_locale("da"):
        tabs = [Tab(_("Høringssvar"), _header(), _rows(paper), _WIDTHS)]
        if paper.invited:
            tabs.append(Tab(_("Høringsparter"), _party_header(), _parties(paper), _PARTY_WIDTHS))
        if paper.changes:
            tabs.append(Tab(_("Ændringer"), _change_header(), _changes(paper), _CHANGE_WIDTHS))
        if decided := wording.decided(paper.facts):
            tabs.append(Tab(_("Beslutning"), _decision_header(), _decisions(decided), _DECISION_WIDTHS))
        created = paper.made_at.astimezone(UTC)
        with xlsx_file(tabs, title=wording.title(paper), created=_whole(created)) as file:
            return file.read()


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _header() -> tuple[str, ...]:
    return (
        _("Modtaget"),
        _("Høring"),
        _("Nr."),
        _("Emne"),
        _("Afsender"),
        _("Taler som"),
        _("Organisation"),
        _("Resumé eller svar"),
        _("Forvaltningens bemærkninger"),
        _("Indstilling"),
        _("Ændring"),
    )


def _rows(paper: Paper) -> Iterator[tuple[Any, ...]]:
    for entry in paper.entries:
        rows: tuple[Row | None, ...] = entry.rows or (None,)
        for row in rows:
            yield (
                dates.local_day(entry.received_at) if paper.rendition is Rendition.PUBLIC else entry.received_at,
                paper.facts.slug,
                entry.number,
                row.topic if row and row.topic else wording.capital(wording.word(entry.kind)),
                entry.sender,
                wording.capital(wording.word(entry.capacity)),
                entry.organisation,
                _told(entry, row),
                _remarks(row),
                wording.capital(wording.recommended(row.reply)) if row and row.reply else "",
                _caused(paper, row),
            )


def _told(entry: Entry, row: Row | None) -> str:
    if row is not None and row.quotes:
        return "\n\n".join(row.quotes)
    if entry.section is Section.WITHDRAWN:
        return _("Trukket tilbage.")
    if entry.resume:
        return f"{entry.resume}\n({_('Resumé skrevet af forvaltningen')})"
    return entry.words or wording.silence(entry)


def _remarks(row: Row | None) -> str:
    """What the administration says, with its reasons."""
    if row is None or row.reply is None:
        return ""
    said = [row.reply.words, *(f"{name}: {words}" for name, words in wording.grounds(row.reply))]
    return "\n".join(line for line in said if line)


def _caused(paper: Paper, row: Row | None) -> str:
    """The changes that the row led to, by their place in the sheet of changes."""
    places = row.reply.changes if row and row.reply else ()
    told = ((place, paper.changes[place - 1]) for place in places if place <= len(paper.changes))
    return "\n".join(
        f"{place}. {one.place}: {one.after}" if one.after else f"{place}. {one.place}" for place, one in told
    )


def _party_header() -> tuple[str, ...]:
    return _("Part"), _("Taler som"), _("Spurgt"), _("Mindet om det"), _("Aftalt frist"), _("Har svaret")


def _parties(paper: Paper) -> Iterator[tuple[Any, ...]]:
    for one in paper.invited:
        capacity = wording.capital(wording.word(one.capacity))
        yield (
            one.name,
            capacity,
            one.invited_on,
            one.reminded_on,
            one.agreed_on,
            one.answered_on or _("har ikke svaret"),
        )


def _decision_header() -> tuple[str, ...]:
    return (
        _("Hvem"),
        _("Møde"),
        _("Resultat"),
        _("Begrundelse"),
        _("Lovgrundlag"),
        _("Stemmer"),
        _("Mindretallet"),
    )


def _decisions(decided: Iterable[StepFact]) -> Iterator[tuple[Any, ...]]:
    for step in decided:
        result = wording.capital(wording.word(step.result)) if step.result is not None else ""
        body = wording.capital(step.body or wording.word(step.kind))
        yield body, step.met_on, result, step.grounds, step.legal_ground, step.votes, step.dissent


def _change_header() -> tuple[str, ...]:
    return _("Nr."), _("Sted"), _("Før"), _("Efter"), _("Årsag"), _("Høringssvar")


def _changes(paper: Paper) -> Iterator[tuple[Any, ...]]:
    for place, one in enumerate(paper.changes, start=1):
        cause = wording.capital(wording.word(one.cause))
        yield place, one.place, one.before, one.after, cause, wording.numbered(one.numbers)
