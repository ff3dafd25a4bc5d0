"""The overview that committees know: one row a contribution or point, nine columns, and the changes beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from participation.foundation.exports import Tab, xlsx_file
from participation.reports import wording
from participation.reports.paper import Entry, Paper, Row, Section

_WIDTHS = (18, 22, 10, 26, 24, 18, 26, 60, 60)


def render_xlsx(paper: Paper) -> bytes:
    """The paper as a workbook. The case's own language is Danish."""
    with force_locale("da"):
        tabs = [Tab(_("Høringssvar"), _header(), _rows(paper), _WIDTHS)]
        if paper.changes:
            tabs.append(Tab(_("Ændringer"), _change_header(), _changes(paper), (8, 24, 50, 50, 24, 24)))
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
        _("Bemærkninger, indstilling og ændring"),
    )


def _rows(paper: Paper) -> Iterator[tuple[Any, ...]]:
    for entry in paper.entries:
        rows: tuple[Row | None, ...] = entry.rows or (None,)
        for row in rows:
            yield (
                entry.received_at,
                paper.facts.slug,
                entry.number,
                row.topic if row and row.topic else wording.capital(wording.word(entry.kind)),
                entry.sender,
                wording.capital(wording.word(entry.capacity)),
                entry.organisation,
                _told(entry, row),
                _weighed(paper, entry, row),
            )


def _told(entry: Entry, row: Row | None) -> str:
    if row is not None and row.quotes:
        return "\n\n".join(row.quotes)
    if entry.section is Section.WITHDRAWN:
        return _("Trukket tilbage.")
    if entry.resume:
        return f"{entry.resume}\n({_('Resumé skrevet af forvaltningen')})"
    return entry.words or wording.silence(entry)


def _weighed(paper: Paper, entry: Entry, row: Row | None) -> str:
    if row is None or row.reply is None:
        return ""
    reply = row.reply
    said = [reply.words, _("Indstilling: %(what)s", what=wording.recommended(reply))]
    said += [f"{name}: {words}" for name, words in wording.reasons(reply, paper)]
    return "\n".join(line for line in said if line)


def _change_header() -> tuple[str, ...]:
    return _("Nr."), _("Sted"), _("Før"), _("Efter"), _("Årsag"), _("Høringssvar")


def _changes(paper: Paper) -> Iterator[tuple[Any, ...]]:
    for place, one in enumerate(paper.changes, start=1):
        cause = wording.capital(wording.word(one.cause))
        yield place, one.place, one.before, one.after, cause, wording.numbered(one.numbers)
