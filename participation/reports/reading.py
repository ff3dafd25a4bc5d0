"""Everything a white paper is made of, read once: a fixed number of queries, however many people wrote."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, lazyload

from participation.answers.model import Change
from participation.answers.queries import Answers, answers_of, changes_of
from participation.contributions.model import Attachment, Campaign, Contact, Contribution, Point, Span, Text
from participation.contributions.queries import known_as
from participation.foundation.db import db
from participation.foundation.model import File
from participation.people.model import Department
from participation.projects.model import FrameLine, Material, Meeting, Notice, Party, Project, Step
from participation.reports.model import PaperDraft
from participation.rules.handling import OWED, Handling, HidingReason
from participation.rules.kinds import PRIVATE, Capacity, Channel, Kind, Known, SpanKind, TextSource
from participation.rules.phases import Arrival
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
    """A point that says something: its words in letters and forms, and those that lie in a file."""

    id: int
    contribution_id: int
    words: str
    in_files: str


@dataclass(frozen=True)
class Case:
    """A project with all that a white paper tells of it."""

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
    file_words: Mapping[int, Sequence[tuple[str, str]]]
    files: Mapping[int, Sequence[str]]
    points: Mapping[int, Sequence[Said]]
    answers: Answers
    changes: Sequence[Change]
    themes: Sequence[Theme]
    placed_by_person: int
    run: Run | None
    campaigns: Mapping[int, Campaign]


def read_case(project: Project) -> Case:
    """Read a project for its white paper, in a fixed number of queries."""
    words, file_words = _texts(project)
    return Case(
        project=project,
        draft=db.session.get(PaperDraft, project.id),
        frame=_parts(FrameLine, project, FrameLine.position),
        materials=_parts(Material, project, Material.position),
        meetings=_parts(Meeting, project, Meeting.starts_at),
        steps=_parts(Step, project, Step.position),
        parties=_parts(Party, project, Party.position),
        notices=_parts(Notice, project, Notice.at),
        written=_written(project),
        words=words,
        file_words=file_words,
        files=_files(project),
        points=_points(project),
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
    )


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


def _texts(project: Project) -> tuple[dict[int, str], dict[int, list[tuple[str, str]]]]:
    """The words that stand (the latest correction, else as sent), and what was read from files."""
    standing: dict[int, str] = {}
    from_files: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(Text.contribution_id, Text.source, Text.words, sa.func.coalesce(File.name, ""))
        .join(Contribution, Contribution.id == Text.contribution_id)
        .outerjoin(Attachment, Attachment.id == Text.attachment_id)
        .outerjoin(File, File.id == Attachment.file_id)
        .where(Contribution.project_id == project.id)
        .order_by(Text.id)
    )
    for contribution_id, source, words, name in rows:
        if source is TextSource.FILE:
            from_files[contribution_id].append((name, words))
        else:
            standing[contribution_id] = words
    return standing, from_files


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


def _points(project: Project) -> dict[int, list[Said]]:
    """The points that say something, by contribution, in their order."""
    live = (Point.project_id == project.id, Point.retired_at.is_(None), Point.kind == SpanKind.SAID)
    said: dict[int, list[str]] = defaultdict(list)
    in_files: dict[int, list[str]] = defaultdict(list)
    stretch = sa.func.substr(Text.words, Span.start + 1, Span.end - Span.start)
    spans = (
        sa.select(Span.point_id, Text.source, stretch)
        .join(Text, Text.id == Span.text_id)
        .join(Point, Point.id == Span.point_id)
        .where(*live)
        .order_by(Span.id)
    )
    for point_id, source, words in db.session.execute(spans):
        (in_files if source is TextSource.FILE else said)[point_id].append(words)
    found: dict[int, list[Said]] = defaultdict(list)
    points = (
        sa.select(Point.id, Point.contribution_id)
        .where(*live)
        .order_by(Point.contribution_id, Point.position, Point.id)
    )
    for point_id, contribution_id in db.session.execute(points):
        found[contribution_id].append(
            Said(point_id, contribution_id, "\n".join(said[point_id]), "\n".join(in_files[point_id]))
        )
    return found
