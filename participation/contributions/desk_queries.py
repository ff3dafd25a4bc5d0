"""What staff may read of contributions: the inbox, one contribution, a file. No page grows with their number."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.contributions.ladder import waits_for_a_person
from participation.contributions.model import (
    Attachment,
    Contact,
    Contribution,
    CopyReader,
    DroppedFile,
    ImportBatch,
    ImportRow,
    Mask,
    Moderation,
    Note,
    Sweep,
    Swept,
    Text,
    stands_apart,
)
from participation.contributions.shown import masks_of
from participation.foundation import codes
from participation.foundation.db import db, get_or_404
from participation.foundation.forms import number_in
from participation.foundation.model import File
from participation.people.model import Department
from participation.projects.model import CallBack, Material, Passage, Project, TalkBooking
from participation.rules.handling import OWED, Handling
from participation.rules.kinds import MAIN, Kind, TextSource

#: Contributions on a page.
PAGE = 25
#: How much of the words stands in a list, in characters.
GLIMPSE = 220


def case(slug: str) -> Project:
    """A project as staff know it, announced or not, with at least one round.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug))
    if found is None or found.round is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Offer:
    """What somebody will do themselves, and the sender, whom only officers may reach (RL-06)."""

    contribution: Contribution
    words: str


def offers(project: Project, after: int = 0, most: int = 50) -> list[Offer]:
    """What people will do themselves, by number, without what is covered; in two queries, however many there are.

    Args:
        after: the last number of the page before.
    """
    asked = (
        sa.select(Contribution, Text.id, Text.words)
        .join(Text, Text.contribution_id == Contribution.id)
        .where(
            Contribution.project_id == project.id,
            Contribution.handling.in_(OWED),
            Contribution.number > after,
            Text.source == TextSource.OFFER,
            stands_apart(),
        )
        .options(joinedload(Contribution.contact), lazyload(Contribution.project), lazyload(Contribution.round))
        .order_by(Contribution.number)
        .limit(most)
    )
    found = db.session.execute(asked).all()
    masks = masks_of([one.id for one, _key, _words in found if one.is_masked])
    return [Offer(one, masks.of(key, words, one.cleared_reason).words) for one, key, words in found]


def code_of(contribution: Contribution) -> str:
    """The tracking code, in fours, for an officer to read aloud to the sender."""
    return codes.show_code(codes.tracking_code(contribution.id, contribution.code_version))


@dataclass(frozen=True)
class Glimpse:
    """A contribution on the list of the inbox."""

    contribution: Contribution
    name: str
    words: str
    is_more: bool


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox, the newest first.

    Attributes:
        after, before: the number that the older and the newer page begin at; None at the ends.
        counts: how many there are by choice of ``CHOICES``, all but the flagged as ``all``, and ``ready`` (may be shown
            now).
    """

    rows: list[Glimpse]
    after: int | None
    before: int | None
    counts: dict[str, int]


_UNREAD = sa.and_(Contribution.read_at.is_(None), Contribution.handling != Handling.WITHDRAWN)
_HELD = sa.and_(Contribution.held_back, Contribution.handling == Handling.RECEIVED)
#: What was hidden with many others waits with them, in one place, and buries no sender who asks us to look again.
_WITH_MANY = sa.exists().where(Swept.step_id == Moderation.id)
_AGAIN = Contribution.id.in_(
    sa.select(Moderation.contribution_id).where(
        waits_for_a_person(), sa.or_(Moderation.appealed_at.is_not(None), ~_WITH_MANY)
    )
)
#: What is flagged has a tab of its own, so that a flood buries nobody.
CHOICES = {
    "": ~Contribution.suspicious,
    "unread": sa.and_(_UNREAD, ~Contribution.suspicious),
    "held": _HELD,
    "flagged": Contribution.suspicious,
    "disputed": Contribution.disputed_at.is_not(None),
    "again": _AGAIN,
}


def inbox(project: Project, choice: str = "", below: int | None = None, above: int | None = None) -> Inbox:
    """A page of what came in; ``below`` is the number that the page ends before, ``above`` begins after."""
    latest = (
        sa.select(sa.func.max(Text.id))
        .where(Text.contribution_id == Contribution.id, Text.source.in_(MAIN))
        .correlate(Contribution)
        .scalar_subquery()
    )
    words = sa.func.substr(sa.func.coalesce(Text.words, ""), 1, GLIMPSE + 1)
    query = (
        sa.select(Contribution, sa.func.coalesce(Contact.name, ""), words, Text.id)
        .outerjoin(Text, Text.id == latest)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.project_id == project.id)
        .options(lazyload(Contribution.project), lazyload(Contribution.round))
        .limit(PAGE + 1)
    )
    query = query.where(CHOICES.get(choice, sa.true()))
    if above is not None:
        query = query.where(Contribution.number > above).order_by(Contribution.number)
    else:
        query = query.order_by(Contribution.number.desc())
        query = query.where(Contribution.number < below) if below is not None else query
    found = db.session.execute(query).all()
    more, found = len(found) > PAGE, found[:PAGE]
    if above is not None:
        found = found[::-1]
    masks = masks_of([one.id for one, *_row in found if one.is_masked])
    rows = [
        Glimpse(one, one.organisation or name, masks.stretch(text, 0, said[:GLIMPSE]), len(said) > GLIMPSE)
        for one, name, said, text in found
    ]
    older = rows[-1].contribution.number if rows and (more or above is not None) else None
    newer = rows[0].contribution.number if rows and (more if above is not None else below is not None) else None
    return Inbox(rows, older, newer, _counts(project))


def _counts(project: Project) -> dict[str, int]:
    shown = sa.and_(Contribution.handling == Handling.RECEIVED, Contribution.kind != Kind.QUESTION)
    ready = sa.and_(shown, ~Contribution.held_back, Contribution.read_at.is_not(None))
    row = db.session.execute(
        sa.select(
            *(sa.func.count(sa.case((condition, 1))) for condition in (*CHOICES.values(), ready)),
        ).where(Contribution.project_id == project.id)
    ).one()
    return dict(zip((*CHOICES, "ready"), row, strict=True)) | {"all": row[0]}


def contribution(project: Project, number: int) -> Contribution:
    """One contribution with all that staff work with.

    Raises:
        NotFound: there is none with this number.
    """
    found = db.session.scalar(
        sa.select(Contribution)
        .where(Contribution.project_id == project.id, Contribution.number == number)
        .options(
            joinedload(Contribution.contact),
            joinedload(Contribution.registered_by),
            joinedload(Contribution.forwarded_project).lazyload(Project.rounds),
            joinedload(Contribution.forwarded_department),
            selectinload(Contribution.texts),
            selectinload(Contribution.points),
            selectinload(Contribution.attachments).joinedload(Attachment.file).joinedload(File.scan),
        )
    )
    if found is None:
        raise NotFound
    return found


def chosen(project: Project, numbers: list[int]) -> list[Contribution]:
    """The contributions with these numbers."""
    query = sa.select(Contribution).where(Contribution.project_id == project.id, Contribution.number.in_(numbers))
    return list(db.session.scalars(query.order_by(Contribution.number)))


def next_held(contribution: Contribution) -> int | None:
    """The number of the next contribution of the case that waits for somebody to look; None when that was the last."""
    return db.session.scalar(
        sa.select(Contribution.number)
        .where(Contribution.project_id == contribution.project_id, _HELD, Contribution.id != contribution.id)
        .order_by(Contribution.number > contribution.number, Contribution.number.desc())
        .limit(1)
    )


def notes(contribution: Contribution) -> list[Note]:
    """The notes on a contribution, oldest first."""
    query = sa.select(Note).where(Note.contribution_id == contribution.id).order_by(Note.id)
    return list(db.session.scalars(query.options(joinedload(Note.person))))


def mask(contribution: Contribution, key: int) -> Mask:
    """One cover of a contribution.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Mask, key)
    if found is None or found.contribution_id != contribution.id:
        raise NotFound
    return found


def is_private(file_id: int) -> bool:
    """Whether something in a file, or in what it came with, is covered or was held back: its original is restricted.

    A written authority (fuldmagt) always is (RE-44).
    """
    authority = sa.select(CopyReader.id).where(CopyReader.authority_file_id == file_id)
    if db.session.scalar(authority.limit(1)) is not None:
        return True
    return (
        db.session.scalar(
            sa.select(Attachment.id)
            .join(Contribution, Contribution.id == Attachment.contribution_id)
            .where(
                Attachment.file_id == file_id,
                sa.or_(
                    Attachment.held_back,
                    Attachment.cleared_by_id.is_not(None),
                    Contribution.held_back,
                    Contribution.is_masked,
                ),
            )
            .limit(1)
        )
        is not None
    )


def file(file_id: int) -> tuple[File, Project]:
    """A file that came with a contribution or its sender, or was dropped on the intake page, and the case of it.

    Raises:
        NotFound: there is none.
    """
    attached = sa.select(Contribution.project_id).join(Attachment, Attachment.contribution_id == Contribution.id)
    dropped = sa.select(DroppedFile.project_id).where(DroppedFile.file_id == file_id)
    authority = (
        sa.select(Contribution.project_id)
        .join(Contact, Contact.contribution_id == Contribution.id)
        .join(CopyReader, CopyReader.contact_id == Contact.id)
    )
    project_id = (
        db.session.scalar(attached.where(Attachment.file_id == file_id))
        or db.session.scalar(dropped)
        or db.session.scalar(authority.where(CopyReader.authority_file_id == file_id))
    )
    if project_id is None:
        raise NotFound
    return db.session.get_one(File, file_id), db.session.get_one(Project, project_id)


def pieces(project: Project) -> list[tuple[int, str]]:
    """The pieces of material that have numbered paragraphs: key and title, in their order."""
    rows = db.session.execute(
        sa.select(Material.id, Material.title)
        .where(Material.project_id == project.id, sa.exists().where(Passage.material_id == Material.id))
        .order_by(Material.position, Material.id)
    )
    return [(key, title) for key, title in rows]


def places(project: Project) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Where a contribution can be sent on to: other open cases and other departments, by name."""
    cases = db.session.execute(
        sa.select(Project.id, Project.title)
        .where(Project.id != project.id, Project.closed_at.is_(None), Project.cancelled_at.is_(None))
        .order_by(Project.title)
        .limit(300)
    )
    departments = db.session.execute(
        sa.select(Department.id, Department.name)
        .where(Department.id != project.department_id)
        .order_by(Department.name)
    )
    return [(key, name) for key, name in cases], [(key, name) for key, name in departments]


def sent_here(project: Project) -> list[Contribution]:
    """What other cases have sent on to this one, the newest first; at most a page."""
    return list(
        db.session.scalars(
            sa.select(Contribution)
            .where(Contribution.forwarded_project_id == project.id)
            .order_by(Contribution.forwarded_at.desc(), Contribution.id.desc())
            .limit(PAGE)
            .options(selectinload(Contribution.texts))
        )
    )


# -- dropped files -----------------------------------------------------------------------------------------------------


def dropped(project: Project, batch: str) -> list[DroppedFile]:
    """What became of the files of one drop."""
    query = sa.select(DroppedFile).where(DroppedFile.project_id == project.id, DroppedFile.batch == batch)
    return list(db.session.scalars(query.order_by(DroppedFile.id).options(selectinload(DroppedFile.contribution))))


def unread_files(project: Project) -> list[DroppedFile]:
    """Dropped files that could not be read and that nobody has seen to; at most a page."""
    query = sa.select(DroppedFile).where(
        DroppedFile.project_id == project.id, DroppedFile.file_id.is_not(None), DroppedFile.settled_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(DroppedFile.id).limit(PAGE)))


def dropped_file(project: Project, key: int) -> DroppedFile:
    """One dropped file of a case.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(DroppedFile, key)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


# -- imports -----------------------------------------------------------------------------------------------------------


def batch(project: Project, key: int) -> ImportBatch:
    """An import of a case.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(ImportBatch, key)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def batches(project: Project) -> list[ImportBatch]:
    """The imports of a case, the newest first; at most a page."""
    query = sa.select(ImportBatch).where(ImportBatch.project_id == project.id).order_by(ImportBatch.id.desc())
    return list(db.session.scalars(query.limit(PAGE)))


def rejected_rows(batch_id: int, most: int | None = 50) -> list[ImportRow]:
    """The rows of a sheet that could not be read, with their reasons, in the sheet's order."""
    query = sa.select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.problem != "").order_by(ImportRow.row)
    return list(db.session.scalars(query.limit(most)))


def place(chosen: str) -> Project | Department:
    """The case or department of a choice such as ``p:7`` or ``d:3``.

    Raises:
        NotFound: there is none.
    """
    kind, _, key = chosen.partition(":")
    if (number := number_in(key)) is None:
        raise NotFound
    return get_or_404(Project, number) if kind == "p" else get_or_404(Department, number)


# -- many in one act ---------------------------------------------------------------------------------------------------


def sweep(project: Project, key: int) -> Sweep:
    """One act on many marked contributions of a case.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Sweep, key)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def sweeps(project: Project) -> list[Sweep]:
    """The latest acts on many of a case, the newest first; and those that wait for a second person."""
    query = sa.select(Sweep).where(Sweep.project_id == project.id).options(lazyload(Sweep.project))
    return list(db.session.scalars(query.order_by(Sweep.id.desc()).limit(10)))


def sweep_counts(sweep: Sweep) -> tuple[int, int]:
    """How many an act hid or looked at, and how many of those have been undone since."""
    many, ended = db.session.execute(
        sa.select(sa.func.count(), sa.func.count(Moderation.ended_at))
        .select_from(Swept)
        .outerjoin(Moderation, Moderation.id == Swept.step_id)
        .where(Swept.sweep_id == sweep.id)
    ).one()
    return many, ended


# -- calls that were asked for ---------------------------------------------------------------------------------------


def call_back(project: Project, key: int) -> CallBack:
    """A call of the case that still waits.

    Raises:
        NotFound: there is none of that number, it belongs to another case, or they have talked.
    """
    call = get_or_404(CallBack, key)
    if call.project_id != project.id or call.done_at is not None:
        raise NotFound
    return call


def booked_talk(project: Project, key: int) -> TalkBooking:
    """A booked talk of the case whose name is still known.

    Raises:
        NotFound: there is none of that number, it belongs to another case, or it is settled.
    """
    talk = get_or_404(TalkBooking, key)
    if talk.slot.project_id != project.id or not talk.name or talk.ended is not None:
        raise NotFound
    return talk


def call_backs(project: Project) -> list[CallBack]:
    """The calls of a case that wait, the most urgent first; at most a page."""
    waiting = sa.select(CallBack).where(CallBack.project_id == project.id, CallBack.done_at.is_(None))
    return list(db.session.scalars(waiting.order_by(CallBack.due_on, CallBack.id).limit(PAGE)))


def call_backs_by_case(departments: frozenset[int | None], projects: frozenset[int]) -> list[tuple[Project, int, date]]:
    """The cases of some departments (None is all of them) in which somebody waits for a call: how many, by when."""
    mine = [] if None in departments else [sa.or_(Project.department_id.in_(departments), Project.id.in_(projects))]
    first = sa.func.min(CallBack.due_on)
    rows = db.session.execute(
        sa.select(Project, sa.func.count(), first)
        .join(CallBack, CallBack.project_id == Project.id)
        .where(CallBack.done_at.is_(None), Project.cancelled_at.is_(None), *mine)
        .group_by(Project.id)
        .order_by(first, Project.id)
        .limit(100)
        .options(lazyload(Project.department), lazyload(Project.rounds))
    )
    return [(project, many, by) for project, many, by in rows]


# -- all cases ---------------------------------------------------------------------------------------------------------


def unread_by_case(departments: frozenset[int | None], projects: frozenset[int]) -> list[tuple[Project, int, int]]:
    """The running cases of some departments (None is all of them) with something unread or held back, most first."""
    mine = [] if None in departments else [sa.or_(Project.department_id.in_(departments), Project.id.in_(projects))]
    unread, held = sa.func.count(sa.case((_UNREAD, 1))), sa.func.count(sa.case((_HELD, 1)))
    rows = db.session.execute(
        sa.select(Project, unread, held)
        .join(Contribution, Contribution.project_id == Project.id)
        .where(Project.closed_at.is_(None), Project.cancelled_at.is_(None), sa.or_(_UNREAD, _HELD), *mine)
        .group_by(Project.id)
        .order_by(unread.desc(), Project.id)
        .limit(100)
        .options(lazyload(Project.department), lazyload(Project.rounds))
    )
    return [(project, unread_count, held_count) for project, unread_count, held_count in rows]


def sent_to_departments(departments: frozenset[int | None]) -> list[Contribution]:
    """What was sent on to some departments from cases of others, the newest first; at most a page."""
    query = sa.select(Contribution).where(Contribution.forwarded_department_id.is_not(None))
    if None not in departments:
        query = query.where(Contribution.forwarded_department_id.in_(departments))
    query = query.order_by(Contribution.forwarded_at.desc(), Contribution.id.desc()).limit(PAGE)
    return list(db.session.scalars(query.options(selectinload(Contribution.texts))))
