"""Everything a white paper is made of, read once: a fixed number of queries, however many people wrote."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from participation.answers.model import Alike, AlikePoint, Change
from participation.answers.queries import Answers, answers_of, changes_of
from participation.contributions.model import (
    AboutPassage,
    Attachment,
    Campaign,
    Contact,
    Contribution,
    Note,
    Point,
    Span,
    Text,
    stands_apart,
)
from participation.contributions.point_out import place_of
from participation.contributions.queries import known_as
from participation.contributions.shown import Masks, Shown, masks_of
from participation.foundation.db import db
from participation.foundation.model import File
from participation.people.model import Department
from participation.projects.model import FrameLine, Material, Meeting, Notice, Party, Project, Step
from participation.reports.model import PaperDraft
from participation.rules.handling import OWED, ClearReason, Handling, HidingReason, MaskField
from participation.rules.kinds import (
    MAIN,
    PRIVATE,
    Capacity,
    Channel,
    Kind,
    Known,
    Rendition,
    SpanKind,
    TextSource,
)
from participation.rules.phases import Arrival
from participation.rules.words import danish
from participation.themes.model import Placement, Run, Theme

_other = aliased(Project)
_POSTAL = re.compile(r"\b([1-9]\d{3})\s+[A-ZÆØÅ]")


@dataclass(frozen=True, slots=True)
class Written:
    """A contribution as it lies in the case, before anybody asked who may read it.

    Attributes:
        postal: the postal district from the sender's address, for the figures alone.
    """

    id: int
    number: int
    kind: Kind
    received_at: datetime
    arrival: Arrival
    channel: Channel
    capacity: Capacity
    show_name: bool
    organisation: str
    name: str
    represents: str
    place: str
    material_place: str
    retold: bool
    handling: Handling
    hidden_reason: HidingReason | None
    cleared_reason: ClearReason | None
    duplicate_of_id: int | None
    parent_id: int | None
    campaign_id: int | None
    sent_on_to: str
    disputed: bool
    known: Known
    postal: str

    @property
    def is_owed(self) -> bool:
        """Whether it is owed an answer."""
        return self.handling in OWED and self.duplicate_of_id is None

    @property
    def public_name(self) -> str:
        """The name that may stand on the page."""
        if self.disputed:
            return ""
        if self.organisation and self.capacity not in PRIVATE:
            return self.organisation
        return self.name if self.show_name else ""

    @property
    def staff_name(self) -> str:
        """The name for staff and council."""
        if self.disputed:
            return ""
        return ", ".join(dict.fromkeys(part for part in (self.organisation, self.name) if part))


@dataclass(frozen=True, slots=True)
class Said:
    """A point that says something: its words in letters and forms, and those that lie in a file.

    Attributes:
        public: the words without what is covered, for the public rendition.
    """

    id: int
    contribution_id: int
    words: str
    in_files: str
    public: str


@dataclass(frozen=True)
class Apart:
    """What a sender said under a heading of its own, for the case and for everybody, and the point that it is."""

    source: TextSource
    words: str
    public: str
    point: int | None


@dataclass(frozen=True)
class Case:
    """A project with all that a white paper tells of it.

    Attributes:
        words: the texts that stand, by contribution; ``public_words`` those of them in which something is covered, as
            the public rendition has them.
        masks: what is covered.
        about: the paragraphs of the material that a contribution is about, by contribution.
        explained: why points that ask for the same are advised differently, and their ids, by group.
    """

    project: Project
    draft: PaperDraft | None
    frame: Sequence[FrameLine]
    materials: Sequence[Material]
    meetings: Sequence[Meeting]
    steps: Sequence[Step]
    parties: Sequence[Party]
    notices: Sequence[Notice]
    written: Sequence[Written]
    words: Mapping[int, str]
    apart: Mapping[int, Sequence[Apart]]
    public_words: Mapping[int, str]
    masks: Masks
    file_words: Mapping[int, Sequence[tuple[str, str]]]
    files: Mapping[int, Sequence[str]]
    about: Mapping[int, Sequence[str]]
    points: Mapping[int, Sequence[Said]]
    answers: Answers
    changes: Sequence[Change]
    themes: Sequence[Theme]
    placed_by_person: int
    run: Run | None
    campaigns: Mapping[int, Campaign]
    explained: Mapping[int, tuple[str, Sequence[int]]]

    def told(self, contribution_id: int, rendition: Rendition) -> str:
        """The words that stand, as a rendition may have them: the case's own keeps what is covered in public.

        What was said apart follows under its heading, as it stands on the page.
        """
        words = self.words.get(contribution_id, "")
        if rendition is not Rendition.CASE:
            words = self.public_words.get(contribution_id, words)
        apart = [
            f"{danish(one.source).capitalize()}:\n{one.words if rendition is Rendition.CASE else one.public}"
            for one in self.apart.get(contribution_id, ())
        ]
        return "\n\n".join([words, *apart] if words else apart)

    def told_field(self, one: Written, name: MaskField, rendition: Rendition) -> str:
        """A short field, as a rendition may have it."""
        words = one.place if name is MaskField.PLACE else one.material_place
        return words if rendition is Rendition.CASE else self.masks.field(one.id, name, words)

    def public_name(self, one: Written) -> str:
        """The name that may stand on the page."""
        return self.masks.name(one.id, one.public_name, one.capacity)


def read_case(project: Project) -> Case:
    """Read a project for its white paper, in a fixed number of queries."""
    written = _written(project)
    masks = masks_of(project_id=project.id)
    words, file_words, covered = _texts(project, masks, {one.id: one.cleared_reason for one in written})
    return Case(
        project=project,
        draft=db.session.get(PaperDraft, project.id),
        frame=_parts(FrameLine, project, FrameLine.position),
        materials=_parts(Material, project, Material.position),
        meetings=_parts(Meeting, project, Meeting.starts_at),
        steps=_parts(Step, project, Step.position),
        parties=_parts(Party, project, Party.position),
        notices=_parts(Notice, project, Notice.at),
        written=written,
        words=words,
        apart=_apart(project, masks, {one.id: one.cleared_reason for one in written}),
        public_words={one.contribution_id: one.shown.words for one in covered.values() if one.stands},
        masks=masks,
        file_words=file_words,
        files=_files(project),
        about=_about(project),
        points=_points(project, covered),
        answers=answers_of(project.id),
        changes=changes_of(project.id),
        themes=db.session.scalars(
            sa.select(Theme)
            .where(Theme.project_id == project.id, Theme.retired_at.is_(None))
            .options(lazyload(Theme.project))
            .order_by(Theme.position, Theme.id)
        ).all(),
        placed_by_person=db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Placement)
            .join(Point, Point.id == Placement.point_id)
            .where(Point.project_id == project.id, Placement.by_person)
        )
        or 0,
        run=db.session.scalar(
            sa.select(Run)
            .where(Run.project_id == project.id, Run.done_at.is_not(None))
            .order_by(Run.id.desc())
            .limit(1)
        ),
        campaigns={
            one.id: one for one in db.session.scalars(sa.select(Campaign).where(Campaign.project_id == project.id))
        },
        explained=_explained(project),
    )


def _explained(project: Project) -> dict[int, tuple[str, list[int]]]:
    found: dict[int, tuple[str, list[int]]] = {}
    for group, words, point in db.session.execute(
        sa.select(Alike.id, Note.words, AlikePoint.point_id)
        .join(Note, Note.id == Alike.note_id)
        .join(AlikePoint, AlikePoint.alike_id == Alike.id)
        .where(Alike.project_id == project.id, AlikePoint.explained_as.is_not(None))
        .order_by(Alike.id, AlikePoint.point_id)
    ):
        found.setdefault(group, (words, []))[1].append(point)
    return found


def _parts(model: Any, project: Project, order: Any) -> Sequence[Any]:
    return db.session.scalars(
        sa.select(model).where(model.project_id == project.id).options(lazyload("*")).order_by(order, model.id)
    ).all()


def _written(project: Project) -> list[Written]:
    asked: Any = (
        sa.select(
            Contribution.id,
            Contribution.number,
            Contribution.kind,
            Contribution.received_at,
            Contribution.arrival,
            Contribution.channel,
            Contribution.capacity,
            Contribution.show_name,
            Contribution.organisation,
            sa.func.coalesce(Contact.name, ""),
            sa.func.coalesce(Contact.represents, ""),
            Contribution.place,
            Contribution.material_place,
            Contribution.retold,
            Contribution.handling,
            Contribution.hidden_reason,
            Contribution.cleared_reason,
            Contribution.duplicate_of_id,
            Contribution.parent_id,
            Contribution.campaign_id,
            sa.func.coalesce(_other.title, Department.name, ""),
            Contribution.disputed_at.is_not(None),
            known_as(),
            sa.func.coalesce(Contact.address, ""),
        )
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .outerjoin(_other, _other.id == Contribution.forwarded_project_id)
        .outerjoin(Department, Department.id == Contribution.forwarded_department_id)
        .where(Contribution.project_id == project.id)
        .order_by(Contribution.number)
    )
    rows: list[list[Any]] = [list(row) for row in db.session.execute(asked)]
    return [Written(*[*row[:-2], Known(row[-2]), _district(row[-1])]) for row in rows]


def _district(address: str) -> str:
    """``3460`` from "Møllevej 8, 3460 Birkerød": the only part of an address that is ever counted."""
    found = _POSTAL.findall(address)
    return found[-1] if found else ""


@dataclass(frozen=True, slots=True)
class _Covered:
    """A text in which something is covered, and whether it is the one that stands."""

    contribution_id: int
    shown: Shown
    stands: bool


def _texts(
    project: Project, masks: Masks, reasons: Mapping[int, ClearReason | None]
) -> tuple[dict[int, str], dict[int, list[tuple[str, str]]], dict[int, _Covered]]:
    """The words that stand (the latest correction, else as sent), what was read from files, and covered texts by id."""
    standing: dict[int, tuple[int, str]] = {}
    from_files: dict[int, list[tuple[str, str]]] = defaultdict(list)
    covered: dict[int, Shown] = {}
    rows = db.session.execute(
        sa.select(Text.contribution_id, Text.id, Text.source, Text.words, sa.func.coalesce(File.name, ""))
        .join(Contribution, Contribution.id == Text.contribution_id)
        .outerjoin(Attachment, Attachment.id == Text.attachment_id)
        .outerjoin(File, File.id == Attachment.file_id)
        .where(Contribution.project_id == project.id)
        .order_by(Text.id)
    )
    for contribution_id, text_id, source, words, name in rows:
        if source is TextSource.FILE:
            from_files[contribution_id].append((name, words))
            continue
        if source in MAIN:
            standing[contribution_id] = (text_id, words)
        seen = masks.of(text_id, words, reasons.get(contribution_id))
        if seen.covers:
            covered[text_id] = seen
    stand = {text_id: contribution_id for contribution_id, (text_id, _words) in standing.items()}
    return (
        {contribution_id: words for contribution_id, (_id, words) in standing.items()},
        from_files,
        {key: _Covered(stand.get(key, 0), seen, key in stand) for key, seen in covered.items()},
    )


def _apart(project: Project, masks: Masks, reasons: Mapping[int, ClearReason | None]) -> dict[int, list[Apart]]:
    found: dict[int, list[Apart]] = defaultdict(list)
    live = sa.and_(Point.id == Span.point_id, Point.retired_at.is_(None))
    point = sa.select(sa.func.min(Point.id)).join(Span, live).where(Span.text_id == Text.id).correlate(Text)
    rows = db.session.execute(
        sa.select(Text.contribution_id, Text.id, Text.source, Text.words, point.scalar_subquery())
        .join(Contribution, Contribution.id == Text.contribution_id)
        .where(Contribution.project_id == project.id, stands_apart())
        .order_by(Text.contribution_id, Text.id)
    )
    for contribution, key, source, words, point_id in rows:
        public = masks.of(key, words, reasons.get(contribution)).words
        found[contribution].append(Apart(source, words, public, point_id))
    return found


def _files(project: Project) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(Attachment.contribution_id, File.name)
        .join(File, File.id == Attachment.file_id)
        .join(Contribution, Contribution.id == Attachment.contribution_id)
        .where(Contribution.project_id == project.id, Attachment.is_original.is_(False))
        .order_by(Attachment.id)
    )
    for contribution_id, name in rows:
        found[contribution_id].append(name)
    return found


def _about(project: Project) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(AboutPassage.contribution_id, AboutPassage.words, AboutPassage.number, AboutPassage.title)
        .join(Contribution, Contribution.id == AboutPassage.contribution_id)
        .where(Contribution.project_id == project.id)
        .order_by(AboutPassage.id)
    )
    for contribution_id, words, number, title in rows:
        found[contribution_id].append(place_of(words, number, title))
    return found


def _points(project: Project, covered: Mapping[int, _Covered]) -> dict[int, list[Said]]:
    """The points that say something, by contribution, in their order."""
    live = (Point.project_id == project.id, Point.retired_at.is_(None), Point.kind == SpanKind.SAID)
    said: dict[int, list[str]] = defaultdict(list)
    in_files: dict[int, list[str]] = defaultdict(list)
    public: dict[int, list[str]] = defaultdict(list)
    stretch = sa.func.substr(Text.words, Span.start + 1, Span.end - Span.start)
    spans = (
        sa.select(Span.point_id, Text.source, stretch, Text.id, Span.start, Span.end)
        .join(Text, Text.id == Span.text_id)
        .join(Point, Point.id == Span.point_id)
        .where(*live)
        .order_by(Span.id)
    )
    for point_id, source, words, text_id, start, end in db.session.execute(spans):
        if source is TextSource.FILE:
            in_files[point_id].append(words)
            continue
        said[point_id].append(words)
        public[point_id].append(covered[text_id].shown.cut(start, end) if text_id in covered else words)
    found: dict[int, list[Said]] = defaultdict(list)
    points = (
        sa.select(Point.id, Point.contribution_id)
        .where(*live)
        .order_by(Point.contribution_id, Point.position, Point.id)
    )
    for point_id, contribution_id in db.session.execute(points):
        found[contribution_id].append(
            Said(point_id, contribution_id, *("\n".join(of[point_id]) for of in (said, in_files, public)))
        )
    return found
