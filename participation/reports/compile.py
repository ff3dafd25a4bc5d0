"""The white paper is compiled from the case as it stands: facts, who was heard, every contribution and its reply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from participation.projects.model import Project
from participation.reports import facts
from participation.reports.check import require_everybody
from participation.reports.choices import choices
from participation.reports.net import netted
from participation.reports.paper import Alike, Alternative, Entry, Met, Noticed, Paper, Reply, Row, Section, Unshown
from participation.reports.reading import Case, Said, Written, read_case
from participation.reports.replies import Replies, bare
from participation.reports.sorting import count_senders, readable, section_of
from participation.reports.topics import Gathered, gather
from participation.reports.unlike import explained
from participation.rules import dates
from participation.rules.handling import ClearReason, MaskField
from participation.rules.kinds import PRIVATE, PaperForm, Rendition, TextSource


def compile_paper(project: Project, rendition: Rendition, form: PaperForm | None = None, *, now: datetime) -> Paper:
    """The white paper as the case stands now, in a fixed number of queries.

    Args:
        form: the planner's choice by default, and without one *pr. emne* when there are topics.

    Raises:
        LeftOut: a contribution or a point would stand nowhere, or twice (L6).
    """
    return compiled(read_case(project), rendition, form, now=now)


def compiled(case: Case, rendition: Rendition, form: PaperForm | None = None, *, now: datetime) -> Paper:
    """The same from a case that was read already."""
    form = form or form_of(case)
    replies = Replies(case)
    sections = {one.number: section_of(one, rendition) for one in case.written}
    entries = _entries(case, rendition, sections, replies)
    by_topic = form is PaperForm.BY_TOPIC
    unlike = explained(case, replies)
    gathered = gather(case, rendition, replies, unlike) if by_topic else Gathered()
    told = {one for heading in gathered.headings for topic in heading.topics for one in topic.unlike}
    paper = Paper(
        rendition=rendition,
        form=form,
        made_at=now,
        version=None,
        facts=facts.facts(case),
        invited=facts.invited(case),
        meetings=tuple(Met(one.title, one.starts_at, one.place, one.attendance, one.minutes) for one in case.meetings),
        figures=facts.figures(case, entries),
        method=facts.method(case) if by_topic else None,
        overall=case.draft.overall if case.draft else "",
        headings=gathered.headings,
        alone=gathered.alone,
        alike=_alike(case, rendition),
        changes=facts.changes(case),
        choices=choices(form, gathered.headings, gathered.alone, entries),
        few=gathered.few,
        notices=tuple(
            Noticed(one.kind, dates.local_day(one.at), one.words, one.was, one.became) for one in case.notices
        ),
        assessment=facts.assessment(case),
        approved=None,
        short_codes=bool(case.draft and case.draft.short_codes),
        sections=tuple(
            (section, numbers)
            for section in Section
            if (numbers := tuple(number for number, at in sections.items() if at is section))
        ),
        hidden=tuple(
            Unshown(entry.number, entry.hidden_reason, _distinct(row.reply for row in entry.rows))
            for entry in entries
            if entry.section is Section.HIDDEN and entry.hidden_reason is not None
        ),
        twins=tuple(
            (entry.number, entry.duplicate_of)
            for entry in entries
            if entry.section is Section.DUPLICATE and entry.duplicate_of is not None
        ),
        entries=entries,
        unlike=tuple(one for one in unlike if one not in told),
        alternatives=_alternatives(case, rendition, entries, sections, replies),
    )
    require_everybody(paper, case)
    return netted(paper, {one.number for one in case.written if one.cleared_reason is ClearReason.NOT_PRIVATE})


def form_of(case: Case) -> PaperForm:
    """The planner's choice; without one *pr. emne* when the points are gathered in topics."""
    if case.draft is not None and (case.draft.form is PaperForm.BY_CONTRIBUTION or case.answers.theme_of):
        return case.draft.form
    return PaperForm.BY_TOPIC if case.answers.theme_of else PaperForm.BY_CONTRIBUTION


def _entries(case: Case, rendition: Rendition, sections: Mapping[int, Section], replies: Replies) -> tuple[Entry, ...]:
    number_of = {one.id: one.number for one in case.written}
    titles = {theme.id: theme.title for theme in case.themes}
    entries = []
    for one in case.written:
        section = sections[one.number]
        shown = readable(one, rendition)
        in_case = shown and rendition is Rendition.CASE
        closed = section in (Section.HIDDEN, Section.WITHDRAWN)
        resume = case.answers.resumes.get(("contribution", one.id))
        entry = Entry(
            number=one.number,
            section=section,
            kind=one.kind,
            received_at=one.received_at if rendition is Rendition.CASE else _day_of(one.received_at),
            arrival=one.arrival,
            channel=one.channel,
            capacity=one.capacity,
            sender="" if closed else one.staff_name if in_case else case.public_name(one),
            organisation=_organisation(case, one, in_case) if not (closed or one.disputed) else "",
            represents=one.represents if in_case and not one.disputed else "",
            retold=one.retold,
            shown=shown,
            words=case.told(one.id, rendition) if shown else "",
            resume=resume.words if resume is not None and not closed else "",
            rows=() if section is Section.WITHDRAWN else _rows(case, one, replies, titles, shown, in_case),
            place="" if closed else case.told_field(one, MaskField.PLACE, rendition),
            material_place="" if closed else _place(case, one, rendition),
            files=tuple(case.files.get(one.id, ())) if in_case else (),
            file_words=tuple(case.file_words.get(one.id, ())) if in_case else (),
            hidden_reason=one.hidden_reason,
            duplicate_of=number_of.get(one.duplicate_of_id or 0),
            parent=number_of.get(one.parent_id or 0),
            sent_on_to=one.sent_on_to,
            disputed=one.disputed,
            campaign=one.campaign_id,
        )
        entries.append(entry)
    return _told_once(entries)


def _alternatives(
    case: Case, rendition: Rendition, entries: Sequence[Entry], sections: Mapping[int, Section], replies: Replies
) -> tuple[Alternative, ...]:
    """Other solutions that people wrote down, to be read side by side; those that are not shown are left out."""
    entry_of = {entry.number: entry for entry in entries}
    found = []
    for one in case.written:
        entry = entry_of[one.number]
        if not entry.shown or sections[one.number] in (Section.HIDDEN, Section.WITHDRAWN, Section.DUPLICATE):
            continue
        for said in case.apart.get(one.id, ()):
            if said.source is TextSource.ALTERNATIVE:
                words = said.words if rendition is Rendition.CASE else said.public
                point = next((point for point in case.points.get(one.id, ()) if point.id == said.point), None)
                answer = replies.of_point(point) if point is not None else None
                found.append(Alternative(one.number, words, entry.sender, one.capacity, answer))
    return tuple(found)


def _place(case: Case, one: Written, rendition: Rendition) -> str:
    """The paragraphs of the material that it is about, and the place as the sender typed it."""
    return "; ".join(
        filter(None, [*case.about.get(one.id, ()), case.told_field(one, MaskField.MATERIAL_PLACE, rendition)])
    )


def _day_of(moment: datetime) -> datetime:
    """The day alone, for everybody: who knows the second can tell whose letter it is (T17)."""
    return dates.opens_at(dates.local_day(moment))


def _rows(
    case: Case, one: Written, replies: Replies, titles: Mapping[int, str], shown: bool, in_case: bool
) -> tuple[Row, ...]:
    """A row for each answer: neighbouring points with the same answer and topic stand in one."""
    said = case.points.get(one.id, ())
    hidden = one.hidden_reason is not None and not shown
    rows: list[Row] = []
    for point in said:
        reply = replies.of_point(point)
        topic = titles.get(case.answers.theme_of.get(point.id, 0), "")
        quote = (_words(point, in_case),) if shown and len(said) > 1 else ()
        row = Row(quote, topic, bare(reply) if hidden else reply, (point.id,))
        last = rows[-1] if rows else None
        if last is not None and reply is not None and (last.topic, last.reply) == (row.topic, row.reply):
            rows[-1] = replace(last, quotes=last.quotes + quote, points=(*last.points, point.id))
        else:
            rows.append(row)
    return tuple(rows if len(rows) > 1 else [replace(row, quotes=()) for row in rows])


def _organisation(case: Case, one: Written, in_case: bool) -> str:
    if one.capacity in PRIVATE:
        return ""
    return one.organisation if in_case else case.masks.name(one.id, one.organisation, one.capacity)


def _words(point: Said, in_case: bool) -> str:
    return "\n".join(part for part in ((point.words, point.in_files) if in_case else (point.public,)) if part)


def _told_once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Near-identical letters with the same answer are told in the row of one of them, with all their numbers."""
    alike: dict[tuple[int, int], list[Entry]] = {}
    for entry in entries:
        replies = [row.reply for row in entry.rows]
        if entry.campaign is not None and entry.section is Section.BODY and len(replies) == 1 and replies[0]:
            alike.setdefault((entry.campaign, replies[0].key), []).append(entry)
    told: dict[int, Entry] = {}
    for group in alike.values():
        first = next((one for one in group if one.shown), group[0])
        rest = [one for one in group if one is not first]
        if rest:
            told[first.number] = replace(first, also=tuple(one.number for one in rest))
            told |= {one.number: replace(one, told_in=first.number) for one in rest}
    return tuple(told.get(entry.number, entry) for entry in entries)


def _alike(case: Case, rendition: Rendition) -> tuple[Alike, ...]:
    """The campaigns: one text, many senders."""
    found = []
    for campaign in case.campaigns.values():
        members = [one for one in case.written if one.campaign_id == campaign.id and one.is_owed]
        if len(members) > 1:
            shown = [one for one in members if readable(one, rendition)]
            words = case.told(shown[0].id, rendition) if shown else ""
            found.append(Alike(campaign.title, words, tuple(one.number for one in members), count_senders(members)))
    return tuple(sorted(found, key=lambda one: (-len(one.numbers), one.numbers)))


def _distinct(replies: Iterable[Reply | None]) -> tuple[Reply, ...]:
    return tuple({reply.key: reply for reply in replies if reply is not None}.values())
