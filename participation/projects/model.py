"""What is being decided: the project, its rounds, frame, material, meetings, parties, steps and public notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from participation.foundation import maps
from participation.foundation.db import Base, db
from participation.foundation.model import File
from participation.people.model import Department, Person
from participation.people.municipality import municipality
from participation.rules.kinds import (
    Audience,
    Capacity,
    CaseType,
    Constraint,
    ExplanationKind,
    Frame,
    MaterialKind,
    MaterialPurpose,
    NoticeKind,
    PublicationRule,
    RoundKind,
    StepKind,
    StepResult,
    TalkEnd,
    TalkWay,
)
from participation.rules.levels import Level

#: Ends of names of files whose words can be read and shown paragraph by paragraph.
_READ = (".pdf", ".docx", ".odt", ".txt", ".md")


#: Spots of a map that a browser is given, about.
SAMPLES = 500


class Project(Base):
    """A matter that is being decided, at a declared level, in one or more rounds."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    case_type: Mapped[CaseType]
    level: Mapped[Level]
    level_reason: Mapped[str] = mapped_column(sa.Text, default="")
    wide_interest: Mapped[bool] = mapped_column(default=False)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    copied_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"))

    summary: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    contact_hours: Mapped[str] = mapped_column(sa.String(120), default="")
    register_id: Mapped[str] = mapped_column(sa.String(80), default="")
    history: Mapped[str] = mapped_column(sa.Text, default="")
    publication: Mapped[PublicationRule] = mapped_column(default=PublicationRule.AFTER_LOOK)
    support_on: Mapped[bool] = mapped_column(default=False)
    #: Notes from a meeting are an annex, the minutes of the meeting, and no contributions (RP-06).
    notes_are_annex: Mapped[bool] = mapped_column(default=False)
    themes_on: Mapped[bool | None]

    #: When the last of the times begins that somebody can book for a talk.
    talks_until: Mapped[datetime | None]

    created_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    follow_up_none_at: Mapped[datetime | None]

    #: Taken last, immediately before the insert, since it locks the row; equals the number received so far.
    last_number: Mapped[int] = mapped_column(default=0)
    #: Kept in step by the verbs that publish, hide and withdraw, so that no page counts rows.
    published_count: Mapped[int] = mapped_column(default=0)
    withdrawn_count: Mapped[int] = mapped_column(default=0)
    #: How many of the numbers stand for a question or a comment; taken down again when one is withdrawn.
    question_count: Mapped[int] = mapped_column(default=0)

    department: Mapped[Department] = relationship(lazy="joined")
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    rounds: Mapped[list[Round]] = relationship(back_populates="project", order_by="Round.position", lazy="selectin")
    frame: Mapped[list[FrameLine]] = relationship(order_by="FrameLine.position", cascade="all, delete-orphan")
    meanings: Mapped[list[Meaning]] = relationship(order_by="Meaning.position", cascade="all, delete-orphan")
    explanations: Mapped[list[Explanation]] = relationship(
        order_by="Explanation.position", cascade="all, delete-orphan"
    )
    materials: Mapped[list[Material]] = relationship(order_by="Material.position", cascade="all, delete-orphan")
    meetings: Mapped[list[Meeting]] = relationship(order_by="Meeting.starts_at", cascade="all, delete-orphan")
    steps: Mapped[list[Step]] = relationship(back_populates="project", order_by="Step.position")
    parties: Mapped[list[Party]] = relationship(order_by="Party.position")
    notices: Mapped[list[Notice]] = relationship(order_by="Notice.at")
    own_map: Mapped[ProjectMap | None] = relationship(back_populates="project", cascade="all, delete-orphan")

    @property
    def map(self) -> ProjectMap | TownMap | None:
        """What citizens can point at: its own map, else the municipality's outline."""
        return self.own_map or town_map()

    @property
    def project(self) -> Project:
        """The project itself, as the policy asks for it."""
        return self

    @property
    def round(self) -> Round | None:
        """The round that the project stands in: the last one announced, else the first that is planned."""
        announced = [round_ for round_ in self.rounds if round_.announced_at is not None]
        if announced:
            return announced[-1]
        return self.rounds[0] if self.rounds else None

    @property
    def received_count(self) -> int:
        """How many contributions came in and were not withdrawn."""
        return self.last_number - self.withdrawn_count

    @property
    def response_count(self) -> int:
        """How many responses and proposals came in and were not withdrawn, apart from questions and comments."""
        return self.received_count - self.question_count


class Round(Base):
    """A period in which citizens are let in, half-open ``[opens_at, closes_at)``, with its own level and law."""

    __tablename__ = "round"
    __table_args__ = (
        sa.CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR opens_at < closes_at", name="opens_before_closes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    kind: Mapped[RoundKind]
    level: Mapped[Level]
    legal_basis: Mapped[str] = mapped_column(sa.String(40), default="none")
    #: The row of the rule table that it was announced under; later changes of the table do not touch it.
    rule: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    minor_reason: Mapped[str] = mapped_column(sa.Text, default="")
    overlap_reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: What the proposal means in law while it is heard (planloven §§ 12 and 17); shown with it.
    legal_text: Mapped[str] = mapped_column(sa.Text, default="")
    environmental_report: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[Audience] = mapped_column(default=Audience.EVERYONE)
    announced_at: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    #: Expected dates shown to citizens; working days.
    report_on: Mapped[date | None]
    decision_on: Mapped[date | None]
    #: Facts written by the verbs upstairs in the same transaction.
    reported_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="rounds", lazy="joined")

    @property
    def round(self) -> Round:
        """The round itself, as the policy asks for it."""
        return self

    @property
    def closed_at(self) -> datetime | None:
        """When the whole project was closed."""
        return self.project.closed_at

    @property
    def cancelled_at(self) -> datetime | None:
        """When the whole project was cancelled."""
        return self.project.cancelled_at


class FrameLine(Base):
    """A line of the influence frame: open, or fixed with its kind and source (RP-37, RL-32)."""

    __tablename__ = "frame_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[Frame]
    words: Mapped[str] = mapped_column(sa.Text)
    constraint: Mapped[Constraint | None]
    source: Mapped[str] = mapped_column(sa.String(300), default="")

    @property
    def pair(self) -> tuple[str, str]:
        """The line and its source."""
        return self.words, self.source


class Meaning(Base):
    """A line of "Hvad betyder det for mig?", for everybody or for a role such as "Jeg bor tæt på" (RL-04)."""

    __tablename__ = "meaning"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    audience: Mapped[str] = mapped_column(sa.String(120), default="")
    words: Mapped[str] = mapped_column(sa.Text)


class Explanation(Base):
    """What makes a project easier to read: a word of the matter explained, or the summary in a further language.

    ``term`` is the word, or the language's code (BCP 47).
    """

    __tablename__ = "explanation"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[ExplanationKind]
    term: Mapped[str] = mapped_column(sa.String(80))
    words: Mapped[str] = mapped_column(sa.Text)


class Material(Base):
    """A piece of what is proposed: a text, a file or a link."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[MaterialKind]
    purpose: Mapped[MaterialPurpose] = mapped_column(default=MaterialPurpose.PROPOSAL)
    title: Mapped[str] = mapped_column(sa.String(200))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))
    added_at: Mapped[datetime]

    file: Mapped[File | None] = relationship(lazy="joined")
    project: Mapped[Project] = relationship(viewonly=True)

    @property
    def has_words(self) -> bool:
        """Whether it is of a kind whose words can be read: typed, or a document; no link and no picture."""
        return self.kind is MaterialKind.TEXT or (self.file is not None and self.file.name.lower().endswith(_READ))


class Passage(Base):
    """A paragraph of a piece of material, read by the worker: what people write about, and points are held up against.

    It is made anew when the material grows, so it is named by its piece and its number, never by its key.
    """

    __tablename__ = "passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(sa.String(200), default="")
    words: Mapped[str] = mapped_column(sa.Text)

    material: Mapped[Material] = relationship(lazy="joined", innerjoin=True)

    @property
    def number(self) -> int:
        """Its number in its piece, from one."""
        return self.position + 1


class Sheet:
    """A map: what somebody's file draws, so that a place can be shown without any outside service."""

    #: West, south, east and north of its sheet, in degrees.
    edges: Mapped[list[Any]]
    #: Names (an empty one is none) and geometries, as `maps.read_map` gives them.
    features: Mapped[list[Any]]
    drawn_at: Mapped[datetime]

    wide = maps.WIDE
    middle = staticmethod(maps.middle)

    @property
    def frame(self) -> maps.Frame:
        """The piece of the world that it shows."""
        return maps.Frame(*self.edges)

    @property
    def shapes(self) -> list[maps.Shape]:
        """What lies on its sheet, ready to be drawn."""
        return maps.drawn([(one["name"], one["geometry"]) for one in self.features], self.frame)

    @property
    def named(self) -> dict[str, maps.Geometry]:
        """The places with a name, in the order of the alphabet; of two with one name the first."""
        found: dict[str, maps.Geometry] = {}
        for one in self.features:
            if one["name"]:
                found.setdefault(one["name"], one["geometry"])
        return dict(sorted(found.items()))

    @property
    def names(self) -> list[str]:
        """The names of its places."""
        return list(self.named)

    def near(self, place: maps.Geometry) -> str:
        """The name of what a place lies in, or nearest to; empty where nothing has a name."""
        spot = maps.middle(place)
        found = (
            (maps.away(shape, spot), not shape["type"].endswith("Point"), name) for name, shape in self.named.items()
        )
        return min(found, default=(0, False, ""))[-1]

    def on_sheet(self, place: maps.Geometry) -> maps.Shape:
        """A place on its sheet."""
        return maps.Shape.of("", place, self.frame)

    @property
    def samples(self) -> list[tuple[str, list[maps.Spot]]]:
        """The names with some spots of each on the sheet, its middle first, so that a browser can say what is near."""
        frame, named = self.frame, {name: list(maps.corners(shape)) for name, shape in self.named.items()}
        step = 1 + sum(map(len, named.values())) // SAMPLES
        return [
            (name, [frame.on_sheet(spot) for spot in (maps.middle(self.named[name]), *spots[::step])])
            for name, spots in named.items()
        ]

    @property
    def version(self) -> int:
        """Stands in the picture's address, so that another map is another picture."""
        return int(self.drawn_at.timestamp())

    @property
    def src(self) -> str:
        """The address of its picture, for everybody who may see it."""
        raise NotImplementedError


class ProjectMap(Sheet, Base):
    """The map of a project, from a planner's file."""

    __tablename__ = "project_map"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)

    project: Mapped[Project] = relationship(back_populates="own_map")

    @property
    def src(self) -> str:
        """The address of its picture, for everybody who may see the project."""
        return f"/projekter/{self.project.slug}/kort.svg?v={self.version}"


class TownMap(Sheet, Base):
    """The municipality's outline, from an administrator's file: for every project that has no map of its own."""

    __tablename__ = "town_map"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)

    @property
    def src(self) -> str:
        """The address of its picture, for everybody."""
        return f"/kommunekort.svg?v={self.version}"


def town_map() -> TownMap | None:
    """The municipality's outline; nobody looks for it where none was drawn."""
    return db.session.get(TownMap, 1) if municipality().map_drawn else None


class Meeting(Base):
    """A meeting with citizens: before it a place and a time, after it attendance and minutes."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(sa.String(200))
    attendance: Mapped[int | None]
    minutes: Mapped[str] = mapped_column(sa.Text, default="")

    project: Mapped[Project] = relationship(viewonly=True)


class Party(Base):
    """Somebody who must be heard: an authority, a council, a neighbour in the named circle (RL-61, RE-28)."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(sa.String(160))
    capacity: Mapped[Capacity]
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    invited_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    agreed_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(viewonly=True)
    round: Mapped[Round | None] = relationship()


class Step(Base):
    """A step of the decision: planned when the project is declared, its result recorded by the room of decisions."""

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[StepKind]
    body: Mapped[str] = mapped_column(sa.String(120))
    planned_on: Mapped[date | None]
    agenda_url: Mapped[str] = mapped_column(sa.String(500), default="")
    agenda_published_on: Mapped[date | None]
    met_on: Mapped[date | None]
    result: Mapped[StepResult | None]
    grounds: Mapped[str] = mapped_column(sa.Text, default="")
    legal_ground: Mapped[str] = mapped_column(sa.String(300), default="")
    votes: Mapped[str] = mapped_column(sa.String(300), default="")
    dissent: Mapped[str] = mapped_column(sa.Text, default="")
    recorded_at: Mapped[datetime | None]
    announced_on: Mapped[date | None]
    complaint: Mapped[str] = mapped_column(sa.String(60), default="")
    complaint_until: Mapped[date | None]
    #: The choice of complaint guidance as it was told; later changes of the table do not touch it.
    complaint_rule: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    project: Mapped[Project] = relationship(back_populates="steps", lazy="joined")

    @property
    def round(self) -> Round | None:
        """The round whose phase the policy reads."""
        return self.project.round


class Notice(Base):
    """A public line in the project's own story: level raised, deadline extended, a correction, a cancellation."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    kind: Mapped[NoticeKind]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(sa.Text)
    was: Mapped[str] = mapped_column(sa.String(60), default="")
    became: Mapped[str] = mapped_column(sa.String(60), default="")


class OutageRound(Base):
    """A breakdown concerns this round; one without any concerns every round that was open."""

    __tablename__ = "outage_round"

    outage_id: Mapped[int] = mapped_column(sa.ForeignKey("outage.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), primary_key=True)


class CallBack(Base):
    """Somebody who would rather talk: to be called by a day (SK-22). Once they have talked, who it was is forgotten."""

    __tablename__ = "call_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    suits: Mapped[str] = mapped_column(sa.String(120), default="")
    about: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    project: Mapped[Project] = relationship()


class TalkSlot(Base):
    """A time at which somebody of the municipality can be talked with (RP-15)."""

    __tablename__ = "talk_slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    way: Mapped[TalkWay]
    #: Where one meets: an address, or the link of a video room.
    place: Mapped[str] = mapped_column(sa.String(300), default="")
    cancelled_at: Mapped[datetime | None]
    cancelled_words: Mapped[str] = mapped_column(sa.Text, default="")

    project: Mapped[Project] = relationship()
    booking: Mapped[TalkBooking | None] = relationship(
        primaryjoin="TalkSlot.id == foreign(TalkBooking.holds_id)", uselist=False, viewonly=True
    )


class TalkBooking(Base):
    """Somebody who comes to a talk; at most one holds its slot. Once they have talked, who it was is forgotten."""

    __tablename__ = "talk_booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("talk_slot.id"), index=True)
    #: The slot as long as it is held, else empty: the database lets nobody in beside them.
    holds_id: Mapped[int | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    companion: Mapped[str] = mapped_column(sa.String(160), default="")
    about: Mapped[str] = mapped_column(sa.Text, default="")
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    booked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended: Mapped[TalkEnd | None]

    slot: Mapped[TalkSlot] = relationship(lazy="joined", innerjoin=True)


class Follow(Base):
    """Somebody who wants news of the project by e-mail; counts once the address is confirmed."""

    __tablename__ = "follow"
    __table_args__ = (sa.UniqueConstraint("project_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship()
