"""The white paper is frozen as version N, in both renditions, and stands on the project's page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from participation.contributions.model import Promise
from participation.foundation import case_system, files, jobs, log, permission
from participation.foundation.db import db
from participation.foundation.files import Stored
from participation.foundation.forms import Wrong
from participation.foundation.model import File, Job, LogEntry
from participation.people.actor import actor_of
from participation.people.model import Person
from participation.projects.model import Project
from participation.projects.tell import tell_followers
from participation.reports import queries
from participation.reports.compare import Since, compare
from participation.reports.compile import compiled
from participation.reports.gate import NotReady, approval_for, missing
from participation.reports.kept import digest, freeze
from participation.reports.model import Approval, Document, WhitePaper
from participation.reports.open_figures import as_csv, as_json, open_data
from participation.reports.paper import Approved, Paper
from participation.reports.reading import Case, read_case
from participation.reports.render_docx import render_docx
from participation.reports.render_pdf import render_pdf
from participation.reports.render_xlsx import render_xlsx
from participation.reports.send import owe_package
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.kinds import PromiseKind, Rendition
from participation.rules.plain import mark
from participation.rules.policy import Actor, NotAllowed

#: With more contributions the worker prints the paper, and the page shows how far it is.
AT_ONCE = 100

_OFFICE = "application/vnd.openxmlformats-officedocument."
#: Format, its type, and the press that makes it.
PRESSES: tuple[tuple[str, str, Callable[[Paper], bytes]], ...] = (
    ("pdf", "application/pdf", render_pdf),
    ("docx", f"{_OFFICE}wordprocessingml.document", render_docx),
    ("xlsx", f"{_OFFICE}spreadsheetml.sheet", render_xlsx),
)
#: The files of open data, by their format: what stands after the dash in their names.
OPEN_DATA = {"data": "aabne-data.json", "svar": "aabne-data-svar.csv", "emner": "aabne-data-emner.csv"}
#: The type a format is handed out as.
TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "data": "application/json",
    "svar": "text/csv",
    "emner": "text/csv",
    **{name: kind for name, kind, _press in PRESSES},
}

Report = Callable[[float, str], None]


def _silent(share: float, words: str) -> None:
    """Tells nobody how far the printing is."""


class Moved(Wrong):
    """Something came into the case while the paper was being printed."""

    def __init__(self) -> None:
        super().__init__(mark("Der kom noget nyt ind i sagen imens. Hent siden igen, og prøv så en gang til."))


class _Printed(NamedTuple):
    """A file of the version, kept in the store before the lock is taken."""

    rendition: Rendition
    format: str
    stored: Stored


def publish_paper(actor: Actor, project: Project, *, now: datetime, report: Report = _silent) -> WhitePaper:
    """Freeze the white paper as its next version in both renditions (RE-29, RP-42, L6, L8).

    Everything is compiled, printed and stored first; the act itself only flips. A round that is reported for the first
    time gets ``reported_at``, and the promise of a report is kept.

    Args:
        report: is told how far the printing is.

    Raises:
        NotAllowed: the actor may not report in this case, or the deadline has not passed.
        NotReady: something is missing; the contributions are named.
        LeftOut: the paper would leave somebody out.
        Moved: the case changed meanwhile; nothing was published.
    """
    _ask(policy.require, actor, project, now)
    stamp = queries.stamp(project.id)
    case = read_case(project)
    papers = {rendition: compiled(case, rendition, now=now) for rendition in Rendition}
    told = papers[Rendition.CASE]
    if blocking := [one for one in missing(project, now) if one.blocks]:
        raise NotReady(blocking)
    approval = approval_for(project, told)
    before = next(iter(queries.versions(project.id)), None)
    number, since = (before.version if before else 0) + 1, _since(before, told)
    yes = _approved(approval)
    papers = {
        rendition: replace(paper, version=number, since=since, approved=yes) for rendition, paper in papers.items()
    }
    printed = _print(case, papers, report)

    _ask(permission.require, actor, project, now)
    again = next(iter(queries.versions(project.id)), None)
    if queries.stamp(project.id) != stamp or (again and again.version) != (before and before.version):
        raise Moved

    paper = WhitePaper(
        project_id=project.id,
        round_id=project.round.id if project.round is not None else None,
        version=number,
        form=told.form,
        since=[[what, list(numbers)] for what, numbers in since],
        approval_id=approval.id if approval is not None else None,
        frozen_by_id=actor.person_id,
        frozen_at=now,
    )
    paper.documents = [_document(one, now) for one in printed]
    db.session.add(paper)
    first = _mark_reported(project, now)
    db.session.flush()

    log.record(
        Act.PUBLISH_REPORT,
        actor,
        paper,
        at=now,
        project_id=project.id,
        digest=digest(told),
        version=number,
        form=told.form,
        files=[f"{one.rendition}.{one.format}:{one.stored.sha256}" for one in printed],
    )
    if case_system.adapter() is not None:
        owe_package(actor, paper, now=now)
    if first:
        tell_followers(project, "reported", now=now)
    return paper


@log.inspector(Act.PUBLISH_REPORT)
def papers_behind(entries: Sequence[LogEntry]) -> set[int]:
    """Entries whose frozen files are not as they were printed; what was withdrawn in public is not looked for."""
    papers = {int(entry.subject.partition(":")[2]): entry for entry in entries}
    kept: dict[int, dict[str, str]] = {}
    for paper, rendition, format_, named, lies in db.session.execute(
        sa.select(Document.paper_id, Document.rendition, Document.format, Document.sha256, File.sha256)
        .outerjoin(File, File.id == Document.file_id)
        .where(Document.paper_id.in_(papers))
    ):
        kept.setdefault(paper, {})[f"{rendition}.{format_}"] = named if named == lies else ""
    withdrawn = set(
        db.session.scalars(
            sa.select(WhitePaper.id).where(WhitePaper.id.in_(papers), WhitePaper.withdrawn_at.is_not(None))
        )
    )
    return {entry.id for key, entry in papers.items() if not _as_printed(entry, kept.get(key, {}), key in withdrawn)}


def _as_printed(entry: LogEntry, kept: Mapping[str, str], withdrawn: bool) -> bool:
    for told in entry.facts["files"]:
        name, _, sha256 = told.partition(":")
        if withdrawn and name.startswith(f"{Rendition.PUBLIC.value}."):
            continue
        if kept.get(name) != sha256 or files.hash_on_disk(sha256) != sha256:
            return False
    return True


def owe_paper(actor: Actor, project: Project, *, now: datetime) -> Job:
    """Owe the printing of a large white paper; the worker publishes it in the actor's name.

    One that is on its way already is not owed twice; one that failed and waits for its next try is tried now.

    Raises:
        NotAllowed: the actor may not report in this case.
        NotReady: something is missing; the contributions are named.
    """
    _ask(policy.require, actor, project, now)
    if blocking := [one for one in missing(project, now) if one.blocks]:
        raise NotReady(blocking)
    _ask(permission.require, actor, project, now)
    if (under_way := queries.running(project.id)) is not None and under_way.state in ("waiting", "running"):
        if under_way.state == "waiting":
            under_way.run_at = min(under_way.run_at, now)
        return under_way
    return jobs.owe(
        "reports:publish",
        {"project": project.id, "person": actor.person_id},
        at=now,
        dedupe=f"reports:publish:{project.id}:{now.isoformat()}",
    )


@jobs.job("reports:publish", heavy=True)
def print_paper(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Print and publish; a second run after a killed worker publishes one version only."""
    project = db.session.get_one(Project, arguments["project"])
    actor = actor_of(db.session.get_one(Person, arguments["person"]))
    try:
        publish_paper(actor, project, now=now, report=report)
    except Moved as moved:
        raise jobs.TryAgain(moved.words) from moved
    except Wrong as wrong:
        raise jobs.GiveUp(wrong.words) from wrong
    except NotAllowed as no:
        raise jobs.GiveUp(no.refusal.words) from no


def _ask(door: Callable[[Actor, Act, Project, datetime], None], actor: Actor, project: Project, now: datetime) -> None:
    """Both the right to publish and the level's promise of a white paper."""
    door(actor, Act.PUBLISH_REPORT, project, now)
    policy.require(actor, Act.COMPILE_REPORT, project, now)


def _since(before: WhitePaper | None, told: Paper) -> Since:
    if before is None:
        return ()
    was_withdrawn = before.withdrawn_at is not None
    earlier = queries.read_whole(before, Rendition.CASE)
    if earlier is None:
        return (("withdrawn_version", ()),) if was_withdrawn else ()
    return compare(earlier, told, was_withdrawn=was_withdrawn)


def _approved(approval: Approval | None) -> Approved | None:
    if approval is None or approval.answered_at is None:
        return None
    names = queries.names_of([approval.answered_by_id])
    return Approved(
        by=names.get(approval.answered_by_id or 0, ""),
        on=dates.local_day(approval.answered_at),
        words=approval.words if approval.self_approved else "",
        own=approval.self_approved,
    )


def _print(case: Case, papers: dict[Rendition, Paper], report: Report) -> list[_Printed]:
    """Every rendition in every format, and the open data, in the file store."""
    printed: list[_Printed] = []
    steps = len(papers) * (len(PRESSES) + 2) + len(OPEN_DATA)

    def keep(rendition: Rendition, format_: str, name: str, content: bytes) -> None:
        printed.append(_Printed(rendition, format_, files.put(content, name, TYPES[format_])))
        report(len(printed) / (steps + 1), mark("Vi trykker hvidbogen."))

    for rendition, paper in papers.items():
        title = f"hvidbog-{case.project.slug}-{paper.version}{'-sag' if rendition is Rendition.CASE else ''}"
        frozen = freeze(paper)
        keep(rendition, "json", f"{title}.json", frozen.paper)
        if frozen.entries:
            keep(rendition, "jsonl", f"{title}.jsonl", frozen.entries)
        for name, _kind, press in PRESSES:
            keep(rendition, name, f"{title}.{name}", press(paper))
    told = papers[Rendition.PUBLIC]
    data = open_data(case, told)
    contents = {"data": as_json(data), "svar": as_csv(data, "contributions"), "emner": as_csv(data, "topics")}
    for name, content in contents.items():
        keep(Rendition.PUBLIC, name, f"{case.project.slug}-{told.version}-{OPEN_DATA[name]}", content)
    return printed


def _document(one: _Printed, now: datetime) -> Document:
    return Document(
        rendition=one.rendition,
        format=one.format,
        sha256=one.stored.sha256,
        file=File(
            sha256=one.stored.sha256,
            name=one.stored.name,
            media_type=one.stored.media_type,
            size=one.stored.size,
            restricted=one.rendition is Rendition.CASE,
            stored_at=now,
        ),
    )


def _mark_reported(project: Project, now: datetime) -> bool:
    """The rounds that are over are reported from now on, and what was promised about it is kept."""
    first = False
    for round_ in project.rounds:
        over = round_.announced_at is not None and round_.closes_at is not None and round_.closes_at <= now
        if over and round_.reported_at is None:
            round_.reported_at, first = now, True
    db.session.execute(
        sa.update(Promise)
        .where(Promise.project_id == project.id, Promise.kind == PromiseKind.REPORT, Promise.kept_at.is_(None))
        .values(kept_at=now)
    )
    return first
