"""The script of a printed white paper: its parts in reading order, ready for any press (PDF, Word).

Each part is a plain map with a ``kind``; texts are ready to print and never markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from participation.foundation import clock
from participation.reports import wording
from participation.reports.paper import Entry, Heading, Own, Paper, Row, Section, Topic, Unlike
from participation.reports.sorting import cut
from participation.rules.kinds import PaperForm, Rendition
from participation.rules.words import TELLS

#: How much of a contribution without a resumé stands in its row; the whole stands in the annex. In characters.
IN_A_ROW = 700
#: With more numbers under a topic, all of them stand in a note at its end.
_FEW = 30

Part = dict[str, Any]


def script(paper: Paper) -> list[Part]:
    """Every part of the paper after its cover and contents."""
    return [
        *_in_short(paper),
        *_decision(paper),
        *_the_case(paper),
        *_heard(paper),
        *_method(paper),
        *(_by_topic(paper) if paper.form is PaperForm.BY_TOPIC else ()),
        *_in_rows(paper),
        *((_heading(2, _("Ens ønsker med forskellig indstilling")), *_unlike(paper.unlike)) if paper.unlike else ()),
        *_alternatives(paper),
        *_few(paper),
        *_questions(paper),
        *_left_out(paper),
        *_assessment(paper),
        *_notices(paper),
        *_changes(paper),
        *_minutes(paper),
        *_annex(paper),
    ]


def cover(paper: Paper) -> list[tuple[str, str]]:
    """The facts on the first page."""
    facts = paper.facts
    rows = [
        (_("Kommune"), facts.municipality),
        (_("Afdeling"), facts.department),
        (_("Udgave"), wording.rendition(paper)),
        (_("Dato"), clock.day(paper.made_at)),
        (_("Kom ind"), wording.came_in(paper.figures)),
        (_("Beslutter"), wording.capital(facts.decided_by)),
    ]
    if paper.approved is not None:
        rows.append((_("Godkendelse"), wording.approved(paper.approved)))
    return [(name, value) for name, value in rows if value]


def _heading(level: int, text: str, anchor: str = "") -> Part:
    return {"kind": "heading", "level": level, "text": text, "anchor": anchor}


def _words(text: str, *, leads: bool = False) -> Part:
    """What leads over to the next part stands on its page."""
    return {"kind": "words", "text": text, "leads": leads}


def _points(lines: Iterable[str]) -> Part:
    return {"kind": "points", "lines": list(lines)}


def _facts(rows: Iterable[tuple[str, str]]) -> Part:
    return {"kind": "facts", "rows": [[name, value] for name, value in rows if value]}


def _table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[float],
    numbers: Sequence[int] = (),
) -> Part:
    return {
        "kind": "table",
        "caption": caption,
        "head": list(head),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "numbers": list(numbers),
    }


def _said(text: str, by: str) -> Part:
    return {"kind": "said", "text": text, "by": by}


def _remark(name: str, text: str) -> Part:
    return {"kind": "remark", "name": name, "text": text}


# -- the case ---------------------------------------------------------------------------------------------------------


def _in_short(paper: Paper) -> Iterator[Part]:
    yield _heading(1, _("Kort fortalt"))
    if paper.facts.summary:
        yield _words(paper.facts.summary)
    yield _words(wording.came_in(paper.figures))
    if paper.overall:
        yield _remark(_("Forvaltningens samlede indstilling"), paper.overall)
    if paper.since:
        yield _heading(2, _("Nyt siden sidste udgave"))
        yield _points(wording.since(paper.since))
    if paper.choices:
        yield _heading(2, _("Her skal I vælge"))
        yield _words(_("Her siger forvaltningen nej eller delvist nej til mange, til et råd eller til en myndighed."))
        yield _table(
            "",
            (_("Det gælder"), _("Hvem siger det"), _("Forvaltningen indstiller"), _("Hvorfor")),
            [
                (
                    f"{choice.title}\n{wording.some(choice.numbers)}",
                    wording.senders(choice.counts),
                    wording.capital(wording.recommended(choice.reply)),
                    choice.reply.reason,
                )
                for choice in paper.choices
            ],
            (4.6, 2.8, 3.6, 5),
        )


def _decision(paper: Paper) -> Iterator[Part]:
    """What the bodies have decided so far, the first one first."""
    found = wording.decided(paper.facts)
    if found:
        yield _heading(1, _("Det blev besluttet"))
    for step in found:
        yield _heading(2, wording.capital(step.body or wording.word(step.kind)))
        yield _facts(wording.decision(step))


def _the_case(paper: Paper) -> Iterator[Part]:
    facts = paper.facts
    yield _heading(1, _("Sagen"))
    yield _facts(
        [
            (_("Niveau"), f"{wording.word(facts.level)}. {_(TELLS[facts.level], body=facts.decided_by)}"),
            *[
                (_("Periode"), ". ".join(part for part in (wording.period(one), wording.basis(one)) if part))
                for one in facts.periods
            ],
            (_("Beslutter"), wording.capital(facts.decided_by)),
            (_("Sagens gang"), "\n".join(wording.steps(facts))),
            (_("Planregister"), facts.register_id),
            (_("Materiale"), "\n".join(facts.materials)),
            (
                _("Kontakt"),
                ", ".join(part for part in (facts.contact_name, facts.department, facts.contact_phone) if part),
            ),
        ]
    )
    if facts.history:
        yield _heading(2, _("Politisk baggrund"))
        yield _words(facts.history)
    if facts.open:
        yield _heading(2, _("Det kunne borgerne påvirke"))
        yield _points(facts.open)
    if facts.fixed:
        yield _heading(2, _("Det kunne ikke ændres – og hvorfor"))
        yield _points(
            ": ".join((line.words, ", ".join(part for part in (_reason(line.constraint), line.source) if part)))
            for line in facts.fixed
        )


def _reason(constraint: Any) -> str:
    return wording.word(constraint) if constraint is not None else ""


def _heard(paper: Paper) -> Iterator[Part]:
    yield _heading(1, _("Hvem er hørt, og hvem har svaret"))
    if paper.invited:
        head = (_("Part"), _("Spurgt"), _("Mindet om det"), _("Har svaret"))
        yield _table(
            _("Dem, vi har bedt om svar"), head, [wording.heard(one) for one in paper.invited], (5.2, 3.6, 3.6, 3.6)
        )
    for meeting in paper.meetings:
        yield _heading(2, meeting.title)
        came = _("%(num)s deltog", num=meeting.attendance) if meeting.attendance is not None else ""
        yield _words(" · ".join(part for part in (clock.held(meeting.starts_at), meeting.place, came) if part))
        if meeting.minutes:
            yield _words(_("Referatet står i et bilag."))
    tables = wording.figure_tables(paper.figures)
    if tables:
        yield _heading(2, _("Svarene i tal"))
    for caption, _head, rows in tables:
        spoken = ", ".join(f"{name}: {many}" for name, many in rows)
        yield {"kind": "bars", "caption": caption, "rows": [[name, many] for name, many in rows], "alt": spoken}
    if paper.nobody_wrote:
        yield _words(_("Der kom ingen høringssvar."))


def _method(paper: Paper) -> Iterator[Part]:
    if paper.method is not None:
        yield _heading(1, _("Sådan er svarene samlet i emner"))
        yield _points(wording.method(paper.method))
        if paper.short_codes:
            yield _words(wording.legend())


# -- svar for svar ----------------------------------------------------------------------------------------------------


def _in_rows(paper: Paper) -> Iterator[Part]:
    """The tables with one row a contribution, on pages that lie down: the timely ones, the late, those sent after."""
    timely = paper.lines if paper.form is PaperForm.BY_CONTRIBUTION else ()
    groups = (
        (_("Høringssvarene og forvaltningens bemærkninger"), timely),
        (_("Modtaget efter fristen"), paper.entries_of(Section.LATE)),
        (_("Eftersendt, da hvidbogen var udsendt"), paper.entries_of(Section.ADDENDUM)),
    )
    parts = [part for title, rows in groups if rows for part in (_heading(1, title), _reply_table(paper, rows))]
    if parts:
        yield {"kind": "lying", "parts": parts}


def _reply_table(paper: Paper, entries: Iterable[Entry]) -> Part:
    return {
        "kind": "replies",
        "head": [_("Nr."), _("Afsender"), _("Resumé eller svar"), _("Forvaltningens bemærkninger"), _("Indstilling")],
        "rows": [row for entry in entries for row in _lines(paper, entry)],
    }


def _lines(paper: Paper, entry: Entry) -> Iterator[Part]:
    rows: Sequence[Row | None] = entry.rows or (None,)
    for place, row in enumerate(rows):
        reply = row.reply if row else None
        quotes = list(row.quotes) if row else []
        first = place == 0
        yield {
            "numbers": [entry.number, *entry.also] if first else [],
            "of": entry.number,
            "sender": wording.sender(entry) if first else "",
            "about": wording.about(entry) if first else "",
            "also": _("og %(num)s næsten ens svar", num=len(entry.also)) if first and entry.also else "",
            "resume": entry.resume if first else "",
            "resume_note": _("Resumé skrevet af forvaltningen"),
            "topic": row.topic if row else "",
            "said": [cut(quote, IN_A_ROW) for quote in quotes] or _whole(entry, first),
            "silence": wording.silence(entry) if first and not entry.resume and not quotes else "",
            "remarks": reply.words if reply else "",
            "recommendation": _recommended(entry, row),
            "reasons": [list(pair) for pair in wording.reasons(reply, paper)],
        }


def _whole(entry: Entry, first: bool) -> list[str]:
    return [cut(entry.words, IN_A_ROW)] if first and entry.words and not entry.resume else []


def _recommended(entry: Entry, row: Row | None) -> str:
    if row is None or (row.reply is None and not row.points):
        return _("Der er ikke noget at tage stilling til.")
    return wording.capital(wording.recommended(row.reply))


# -- pr. emne ---------------------------------------------------------------------------------------------------------


def _by_topic(paper: Paper) -> Iterator[Part]:
    yield _heading(1, _("Emnerne og forvaltningens bemærkninger"))
    if paper.headings:
        rows = [[heading.title, len(heading.numbers)] for heading in paper.headings]
        spoken = ", ".join(f"{name}: {many}" for name, many in rows)
        yield {"kind": "bars", "caption": _("Hvor mange der skriver om hvert hovedemne"), "rows": rows, "alt": spoken}
    for heading in paper.headings:
        yield from _of_heading(paper, heading)
    if paper.alike:
        yield _heading(2, _("Næsten ens breve"))
        for alike in paper.alike:
            told = wording.senders(alike.counts, paper.short_codes)
            yield _said(cut(alike.words, IN_A_ROW), f"{wording.listed(alike.numbers)} ({told})")
    if paper.alone:
        yield _heading(2, _("Punkter uden emne"))
        for own in paper.alone:
            yield from _own(paper, own)


def _of_heading(paper: Paper, heading: Heading) -> Iterator[Part]:
    yield _heading(2, heading.title)
    lone = len(heading.topics) == 1 and heading.topics[0].key == heading.key
    if not lone:
        yield _words(_who(paper, heading), leads=True)
        if heading.resume:
            yield _remark(_("Resumé skrevet af forvaltningen"), heading.resume)
    for topic in heading.topics:
        if topic.key != heading.key:
            yield _heading(3, topic.title)
        yield from _of_topic(paper, topic)


def _who(paper: Paper, group: Heading | Topic) -> str:
    return f"{wording.capital(wording.senders(group.counts, paper.short_codes))}. {wording.some(group.numbers, _FEW)}."


def _of_topic(paper: Paper, topic: Topic) -> Iterator[Part]:
    yield _words(_who(paper, topic), leads=True)
    if topic.resume:
        yield _remark(_("Resumé skrevet af forvaltningen"), topic.resume)
    for quote in topic.quotes:
        yield _said(quote.words, wording.quoted_by(quote))
    if len(topic.points) > len(topic.own):
        yield from _reply(paper, topic)
    if topic.own:
        yield _words(_("Disse punkter under emnet har deres eget svar:"))
        for own in topic.own:
            yield from _own(paper, own)
    yield from _unlike(topic.unlike)
    if len(topic.numbers) > _FEW:
        yield {
            "kind": "note",
            "text": _("Alle numre under emnet: %(numbers)s.", numbers=wording.numbered(topic.numbers)),
        }


def _unlike(differences: Iterable[Unlike]) -> Iterator[Part]:
    """Why some who ask for the same are advised differently."""
    for one in differences:
        yield _remark(wording.different(one.numbers), one.words)


def _reply(paper: Paper, told: Topic | Own) -> Iterator[Part]:
    reply = told.reply
    if reply is None:
        yield _remark(_("Forvaltningens bemærkninger"), _("Mangler endnu."))
        return
    if reply.words:
        yield _remark(_("Forvaltningens bemærkninger"), reply.words)
    said = [(_("Forvaltningen indstiller"), wording.capital(wording.recommended(reply)))]
    yield _facts([*said, *wording.reasons(reply, paper)])


def _own(paper: Paper, own: Own) -> Iterator[Part]:
    by = wording.quoted_by(own)
    if own.quote:
        yield _said(own.quote, by)
    else:
        yield _words(f"{by}.")
    if own.resume:
        yield _remark(_("Resumé skrevet af forvaltningen"), own.resume)
    yield from _reply(paper, own)


# -- what follows -----------------------------------------------------------------------------------------------------


def _changes(paper: Paper) -> Iterator[Part]:
    """An annex of its own, as municipalities attach it to the agenda item."""
    if not paper.changes:
        return
    yield {"kind": "page"}
    yield _heading(1, _("Bilag: ændringer i forslaget"))
    yield _table(
        _("Ændringer, som forvaltningen indstiller"),
        (_("Sted"), _("Før"), _("Efter"), _("Årsag")),
        [
            (
                f"{place}. {one.place}",
                one.before or _("stod der ikke"),
                one.after or _("er taget ud"),
                "\n".join(
                    part for part in (wording.capital(wording.word(one.cause)), wording.listed(one.numbers)) if part
                ),
            )
            for place, one in enumerate(paper.changes, start=1)
        ],
        (2.8, 5, 5, 3.2),
    )


def _alternatives(paper: Paper) -> Iterator[Part]:
    """Other solutions than the proposed one, side by side (RP-33)."""
    if not paper.alternatives:
        return
    yield _heading(1, _("Andre løsninger"))
    yield _table(
        _("Andre løsninger, som folk har skrevet, og hvad vi indstiller"),
        (_("Nr."), _("Løsningen"), _("Indstilling")),
        [
            (
                f"{one.number}, {wording.sender(one)}",
                cut(one.words, IN_A_ROW),
                wording.capital(wording.recommended(one.reply)),
            )
            for one in paper.alternatives
        ],
        (3.2, 8.5, 3.5),
    )


def _few(paper: Paper) -> Iterator[Part]:
    if paper.few:
        yield _heading(1, _("Synspunkter, som få har"))
        yield _words(_("Små grupper af svar kan let blive overset. Derfor står de også her."))
        for quote in paper.few:
            if quote.words:
                yield _said(quote.words, wording.quoted_by(quote))
            else:
                yield _words(f"{wording.quoted_by(quote)}.")


def _questions(paper: Paper) -> Iterator[Part]:
    if entries := paper.entries_of(Section.QUESTION):
        yield _heading(1, _("Spørgsmål og svar"))
        for entry in entries:
            if entry.words:
                yield _said(cut(entry.words, IN_A_ROW), f"{wording.label(entry)}, {wording.sender(entry)}")
            else:
                yield _words(f"{wording.label(entry)}. {wording.silence(entry)}")
            for row in entry.rows:
                if row.reply is not None and row.reply.words:
                    yield _remark(_("Kommunens svar"), row.reply.words)


def _left_out(paper: Paper) -> Iterator[Part]:
    if told := wording.left_out(paper):
        yield _heading(1, _("Svar, der ikke står med ord"))
        yield _facts(told)


def _assessment(paper: Paper) -> Iterator[Part]:
    if paper.assessment is not None:
        yield _heading(1, _("Skal ændringerne i ny høring? (planloven § 27, stk. 2)"))
        yield _words(wording.assessed(paper.assessment))
        if paper.assessment.reason:
            yield _words(paper.assessment.reason)


def _notices(paper: Paper) -> Iterator[Part]:
    if paper.notices:
        yield _heading(1, _("Rettelser og nye datoer undervejs"))
        yield _facts(
            (f"{wording.word(one.kind)}, {clock.short_day(one.on)}", one.words or f"{one.was} → {one.became}")
            for one in paper.notices
        )


def _minutes(paper: Paper) -> Iterator[Part]:
    """What was said at the meetings, as annexes; none of it is counted among the contributions."""
    told = [meeting for meeting in paper.meetings if meeting.minutes]
    if told:
        yield {"kind": "page"}
        yield _heading(1, _("Bilag: referater fra møder"))
    for meeting in told:
        yield _heading(2, f"{meeting.title}, {clock.held(meeting.starts_at)}")
        yield _words(meeting.minutes)


def _annex(paper: Paper) -> Iterator[Part]:
    shown = [entry for entry in paper.entries if entry.section not in (Section.WITHDRAWN, Section.HIDDEN)]
    if not shown:
        return
    yield {"kind": "page"}
    yield _heading(1, _("Bilag: alle svar"))
    yield _words(wording.reader(paper))
    for entry in shown:
        yield _heading(2, f"{wording.label(entry)}, {wording.sender(entry)}", anchor=f"nr-{entry.number}")
        yield {"kind": "note", "text": wording.about(entry), "leads": True}
        if entry.words:
            yield {"kind": "letter", "text": entry.words}
        else:
            yield _words(wording.silence(entry))
        if paper.rendition is Rendition.CASE:
            for name, words in entry.file_words:
                yield {"kind": "note", "text": _("Fra filen %(name)s:", name=name), "leads": True}
                yield {"kind": "letter", "text": words}
            if entry.files:
                yield {"kind": "note", "text": _("Filer: %(names)s", names=", ".join(entry.files))}
