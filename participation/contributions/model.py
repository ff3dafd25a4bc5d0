"""Citizens' words as they were sent, who sent them, and the points they are split into."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from participation.foundation.db import Base
from participation.foundation.model import File
from participation.people.model import Department, Person
from participation.projects.model import Material, Project, Round
from participation.rules import phases
from participation.rules.handling import (
    ClearReason,
    Handling,
    HidingReason,
    MaskField,
    MaskReason,
    Rung,
    SweepState,
)
from participation.rules.kinds import (
    APART,
    MAIN,
    PRIVATE,
    Capacity,
    Channel,
    CopyPart,
    Kind,
    Known,
    NoteKind,
    PromiseKind,
    Shared,
    SpanKind,
    Stance,
    TextSource,
)
from participation.rules.phases import Arrival
from participation.rules.plain import in_rows


class Reason(sa.types.TypeDecorator[HidingReason | MaskReason]):
    """A reason from one of the two published lists, kept as its word; no word stands in both."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: HidingReason | MaskReason | None, dialect: sa.Dialect) -> str | None:
        return value.value if value is not None else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> HidingReason | MaskReason | None:
        if value is None:
            return None
        return MaskReason(value) if value in set(MaskReason) else HidingReason(value)


class Contribution(Base):
    """What somebody sent: kept exactly as sent, numbered per project, never deleted by moderation."""

    __tablename__ = "contribution"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "number"),
        sa.UniqueConstraint("round_id", "key"),
        sa.Index("ix_contribution_public", "project_id", "handling", "number"),
        sa.CheckConstraint("(handling = 'hidden') = (hidden_reason IS NOT NULL)", name="hidden_has_reason"),
        sa.CheckConstraint("(handling = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_time"),
        sa.CheckConstraint("number > 0", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    number: Mapped[int]
    kind: Mapped[Kind]
    key: Mapped[str | None] = mapped_column(sa.String(64))
    words_hash: Mapped[str] = mapped_column(sa.String(64), index=True)

    received_at: Mapped[datetime]
    arrival: Mapped[Arrival]
    channel: Mapped[Channel] = mapped_column(default=Channel.WEB)
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    capacity: Mapped[Capacity] = mapped_column(default=Capacity.CITIZEN)
    stance: Mapped[Stance] = mapped_column(default=Stance.NONE)
    #: Shown in public: organisations always, private citizens only on their own wish.
    show_name: Mapped[bool] = mapped_column(default=False)
    organisation: Mapped[str] = mapped_column(sa.String(160), default="")
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id"))
    material_place: Mapped[str] = mapped_column(sa.String(160), default="")
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    #: The place as it was drawn on the project's map: a geometry of GeoJSON; the two above are its middle.
    geometry: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    registered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    registered_at: Mapped[datetime | None]
    #: An officer wrote it down from a call or a meeting: "gengivet af …".
    retold: Mapped[bool] = mapped_column(default=False)
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    external_id: Mapped[str] = mapped_column(sa.String(80), default="")

    code_version: Mapped[int] = mapped_column(default=1)
    code_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)

    handling: Mapped[Handling] = mapped_column(default=Handling.RECEIVED)
    published_at: Mapped[datetime | None]
    hidden_reason: Mapped[HidingReason | None]
    hidden_words: Mapped[str] = mapped_column(sa.Text, default="")
    withdrawn_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: Held back from the page until a named person has looked: something looks private (P2).
    held_back: Mapped[bool] = mapped_column(default=False)
    cleared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    cleared_reason: Mapped[ClearReason | None]
    #: Some of it is covered; the masks lie beside it. Kept here so that nobody has to look where there are none.
    is_masked: Mapped[bool] = mapped_column(default=False)
    #: Waits for a planner before it is shown; never a reason to refuse. ``signs`` stay when a planner clears it (T1).
    suspicious: Mapped[bool] = mapped_column(default=False)
    signs: Mapped[list[Any]] = mapped_column(default=list)
    #: Whoever owns the e-mail address says that they did not send it: kept for the case, its name not shown (T3).
    disputed_at: Mapped[datetime | None]
    #: The sender was asked to mend something and has not done so yet (RE-33).
    edit_asked_at: Mapped[datetime | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"))
    #: Sent on to another case or department; its number and page stay. How many times, for the figures (RP-08).
    forwarded_project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"), index=True)
    forwarded_department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    forwarded_at: Mapped[datetime | None]
    hops: Mapped[int] = mapped_column(default=0)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaign.id"), index=True)
    #: A comment belongs to a proposal.
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    support_count: Mapped[int] = mapped_column(default=0)
    #: How many members of the body have approved it, where they wrote it together.
    approver_count: Mapped[int] = mapped_column(default=0)

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True, foreign_keys=[project_id])
    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    forwarded_project: Mapped[Project | None] = relationship(foreign_keys=[forwarded_project_id])
    forwarded_department: Mapped[Department | None] = relationship(foreign_keys=[forwarded_department_id])
    material: Mapped[Material | None] = relationship()
    contact: Mapped[Contact | None] = relationship(back_populates="contribution", uselist=False)
    texts: Mapped[list[Text]] = relationship(back_populates="contribution", order_by="Text.id")
    points: Mapped[list[Point]] = relationship(
        back_populates="contribution",
        order_by="Point.position",
        primaryjoin="and_(Contribution.id == Point.contribution_id, Point.retired_at.is_(None))",
    )
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    about: Mapped[list[AboutPassage]] = relationship(order_by="AboutPassage.id", viewonly=True)
    approvers: Mapped[list[Approver]] = relationship(order_by="Approver.id", viewonly=True)
    masks: Mapped[list[Mask]] = relationship(
        order_by="Mask.id",
        primaryjoin="and_(Contribution.id == Mask.contribution_id, Mask.lifted_at.is_(None))",
        viewonly=True,
    )
    registered_by: Mapped[Person | None] = relationship(foreign_keys=[registered_by_id])

    @property
    def open_geometry(self) -> dict[str, Any] | None:
        """The place on the map, as long as nobody has covered the place."""
        return None if self._covers(MaskField.PLACE) else self.geometry

    @property
    def open_place(self) -> str:
        """The words of the place, as long as nobody has covered it."""
        return "" if self._covers(MaskField.PLACE) else self.place

    @property
    def open_material_place(self) -> str:
        """The words of the place in the material, as long as nobody has covered it."""
        return "" if self._covers(MaskField.MATERIAL_PLACE) else self.material_place

    def _covers(self, field: MaskField) -> bool:
        return self.is_masked and any(mask.field is field for mask in self.masks)

    @property
    def words(self) -> str:
        """The citizen's own words as they now stand: the latest correction, else the text as sent."""
        return self.body.words if self.body is not None else ""

    @property
    def body(self) -> Text | None:
        """The text row that ``words`` are read from."""
        own = [text for text in self.texts if text.source in MAIN]
        return own[-1] if own else None

    @property
    def apart(self) -> list[Text]:
        """What the sender said apart: a need, a wish, an alternative, each as it now stands (RP-33, FU-06)."""
        latest = {text.source: text for text in self.texts if text.source in APART}
        return [latest[source] for source in APART if source in latest and latest[source].words]

    @property
    def beside(self) -> list[Text]:
        """All that stands beside the words: what was said apart, and the joint text as the sender would have it."""
        return self.apart + [text for text in self.texts if text.source is TextSource.REVISION]

    @property
    def standing(self) -> list[Text]:
        """The sender's own texts that stand: the words themselves, then what stands beside them."""
        return ([self.body] if self.body is not None else []) + self.beside

    @property
    def is_private(self) -> bool:
        """Whether it speaks for a private citizen, whose name is shown only on wish."""
        return self.capacity in PRIVATE

    @property
    def public_name(self) -> str:
        """The name for the page: the organisation always, a private citizen only on wish; else empty."""
        if self.disputed_at is not None:
            return ""
        if self.organisation and not self.is_private:
            return self.organisation
        if self.show_name and self.contact is not None:
            return self.contact.name
        return ""

    @property
    def staff_name(self) -> str:
        """The name for staff and council."""
        name = self.contact.name if self.contact is not None else ""
        return self.organisation or name

    def phase(self, now: datetime) -> phases.Phase:
        """The phase of its round."""
        return phases.phase(self.round, now)


class Contact(Base):
    """How the sender can be reached; apart from the words, so that it can be erased. The salt goes with it."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), unique=True)
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="", index=True)
    #: The owner of the address has said so, by the link in the receipt. The time of arrival stays what it was.
    email_confirmed_at: Mapped[datetime | None]
    #: A named person of the municipality knows who it is.
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    cvr: Mapped[str] = mapped_column(sa.String(8), default="")
    #: On behalf of somebody: who, and by what authority.
    represents: Mapped[str] = mapped_column(sa.String(160), default="")
    authority: Mapped[str] = mapped_column(sa.String(300), default="")
    #: Others take part. Kept here so that nobody has to look where there are none.
    is_accompanied: Mapped[bool] = mapped_column(default=False)
    wants_post: Mapped[bool] = mapped_column(default=False)
    salt: Mapped[str] = mapped_column(sa.String(32))
    #: The sender has asked to have it erased; a yes takes the whole row away, a no is kept here with its reason.
    erasure_asked_at: Mapped[datetime | None]
    erasure_refused_at: Mapped[datetime | None]
    erasure_answer: Mapped[str] = mapped_column(sa.Text, default="", server_default="")

    contribution: Mapped[Contribution] = relationship(back_populates="contact")
    readers: Mapped[list[CopyReader]] = relationship(
        back_populates="contact", order_by="CopyReader.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def company(self) -> list[CopyReader]:
        """Those who take part besides the sender, or would have copies: a companion, whoever is written for."""
        return self.readers if self.is_accompanied else []

    @property
    def companion(self) -> CopyReader | None:
        """The companion (bisidder), where one is named."""
        return next((one for one in self.company if one.part is CopyPart.COMPANION), None)

    @property
    def represented(self) -> CopyReader | None:
        """Whoever is written for, where they are to have copies or have given a written authority."""
        return next((one for one in self.company if one.part is CopyPart.REPRESENTED), None)

    @property
    def known(self) -> Known:
        """How well we know who sent it."""
        if self.verified_at is not None:
            return Known.VERIFIED
        if not self.email:
            return Known.NO_EMAIL
        return Known.CONFIRMED if self.email_confirmed_at is not None else Known.UNCONFIRMED


class CopyReader(Base):
    """Somebody besides the sender: whom they write for, or their companion (bisidder). Goes when the contact goes.

    With an address they get copies of the letters, until they say no; then the address is forgotten (RE-44, RE-45).
    """

    __tablename__ = "copy_reader"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(sa.ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    part: Mapped[CopyPart]
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    stopped_at: Mapped[datetime | None]
    #: The written authority (fuldmagt) of whoever is written for; only those who may read originals open it.
    authority_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))

    contact: Mapped[Contact] = relationship(back_populates="readers")


class Text(Base):
    """One text of a contribution; immutable. A correction is a new row."""

    __tablename__ = "text"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    source: Mapped[TextSource] = mapped_column(default=TextSource.BODY)
    version: Mapped[int] = mapped_column(default=1)
    page: Mapped[int | None]
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"))
    words: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[datetime]

    contribution: Mapped[Contribution] = relationship(back_populates="texts")


def stands_apart() -> sa.ColumnElement[bool]:
    """Which texts of a query are said apart, as it now stands: the latest of each heading, unless taken away."""
    newer = aliased(Text)
    corrected = sa.exists().where(
        newer.contribution_id == Text.contribution_id, newer.source == Text.source, newer.id > Text.id
    )
    return sa.and_(Text.source.in_(APART), Text.words != "", ~corrected.correlate(Text))


class PlaceVersion(Base):
    """Where a contribution pointed; immutable. The first as it was sent, then one for each correction of the place."""

    __tablename__ = "place_version"
    __table_args__ = (sa.UniqueConstraint("contribution_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"))
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    material_place: Mapped[str] = mapped_column(sa.String(160), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    geometry: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    made_at: Mapped[datetime]


class AboutPassage(Base):
    """A paragraph of the material that a contribution is about, as the sender chose it and as it stood then."""

    __tablename__ = "about_passage"
    __table_args__ = (sa.Index("ix_about_passage_place", "material_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    #: Empty where the piece is no longer there; what stood in it stays readable here.
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id", ondelete="SET NULL"))
    #: In its piece, from one.
    number: Mapped[int]
    #: The title of the piece, and the heading that the paragraph stood under.
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    heading: Mapped[str] = mapped_column(sa.String(200), default="")
    words: Mapped[str] = mapped_column(sa.Text)


class Approver(Base):
    """A member of the body that sent it, who had approved it; named on the page on their own wish alone (RP-51)."""

    __tablename__ = "approver"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    show_name: Mapped[bool] = mapped_column(default=False)
    approved_at: Mapped[datetime]


class Attachment(Base):
    """A file that came with a contribution; the original is restricted."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("file.id"))
    #: The message or letter itself, as opposed to something enclosed.
    is_original: Mapped[bool] = mapped_column(default=False)

    #: What its text, its name or what the camera and the writing program left in it looks private (T15).
    held_back: Mapped[bool] = mapped_column(default=False)
    cleared_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: What the file says of itself: author, title, where a picture was taken. Name → words.
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The copy that may be seen on the page, without what is covered; made anew, never the original.
    public_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))
    published_at: Mapped[datetime | None]

    file: Mapped[File] = relationship(lazy="joined", foreign_keys=[file_id])
    public_file: Mapped[File | None] = relationship(foreign_keys=[public_file_id])


class Mask(Base):
    """Something that is covered in public, beside the words and never in them; lifting it is an act too (RE-33).

    It covers a stretch of a text (code points ``[start, end)``), a place on a page of a file (fractions of its width
    and height from the top left corner), or one short field.
    """

    __tablename__ = "mask"
    __table_args__ = (
        sa.CheckConstraint(
            "(text_id IS NOT NULL AND attachment_id IS NULL AND field IS NULL)"
            " OR (text_id IS NULL AND attachment_id IS NOT NULL AND field IS NULL)"
            " OR (text_id IS NULL AND attachment_id IS NULL AND field IS NOT NULL)",
            name="covers_one_thing",
        ),
        sa.CheckConstraint('(text_id IS NULL) OR (0 <= "start" AND "start" < "end")', name="start_before_end"),
        sa.CheckConstraint("(attachment_id IS NULL) OR (page > 0)", name="area_has_page"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    text_id: Mapped[int | None] = mapped_column(sa.ForeignKey("text.id"), index=True)
    start: Mapped[int | None]
    end: Mapped[int | None]
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"))
    page: Mapped[int | None]
    left: Mapped[float | None]
    top: Mapped[float | None]
    right: Mapped[float | None]
    bottom: Mapped[float | None]
    field: Mapped[MaskField | None]
    reason: Mapped[MaskReason]
    #: The step on the ladder that it was put on by, which the sender may ask us to look at again; none for CPR.
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderation.id"), index=True)
    #: Why, for the sender to read.
    words: Mapped[str] = mapped_column(sa.Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime]
    lifted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]

    text: Mapped[Text | None] = relationship()
    made_by: Mapped[Person | None] = relationship(foreign_keys=[made_by_id])

    @property
    def quote(self) -> str:
        """The covered words of a text, for those who may read them: the sender and staff."""
        return self.text.words[self.start : self.end] if self.text is not None else ""


class Point(Base):
    """One or more spans of a contribution that say one thing, and are owed one answer."""

    __tablename__ = "point"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    #: Greetings and "jeg bor på nr. 12" owe no answer.
    kind: Mapped[SpanKind] = mapped_column(default=SpanKind.SAID)
    #: Touched by a person: no machine moves it again.
    by_person: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    contribution: Mapped[Contribution] = relationship(back_populates="points")
    spans: Mapped[list[Span]] = relationship(order_by="Span.id", lazy="selectin", cascade="all, delete-orphan")

    @property
    def apart(self) -> TextSource | None:
        """The heading that the sender gave it, where it was said apart from the rest."""
        source = self.spans[0].text.source if self.spans else None
        return source if source in APART else None

    @property
    def from_files(self) -> list[tuple[str, str]]:
        """The files that its words stand in, each with its pages, such as ``3–5, 9``; nothing for words of a form."""
        pages: dict[int, list[int]] = {}
        for span in self.spans:
            if span.text.attachment_id is not None:
                pages.setdefault(span.text.attachment_id, []).append(span.text.page or 0)
        names = {one.id: one.file.name for one in self.contribution.attachments} if pages else {}
        return [(names[key], in_rows(of)) for key, of in pages.items() if key in names]

    @property
    def words(self) -> str:
        """The citizen's own words in this point, span by span."""
        return "\n".join(span.words for span in self.spans)

    @property
    def project(self) -> Project:
        """The project, as the policy asks for it."""
        return self.contribution.project

    @property
    def round(self) -> Round:
        """The round, as the policy asks for it."""
        return self.contribution.round


class Span(Base):
    """A stretch of a text: code points ``[start, end)`` of an immutable row."""

    __tablename__ = "span"
    __table_args__ = (sa.CheckConstraint('0 <= "start" AND "start" < "end"', name="start_before_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("point.id"), index=True)
    text_id: Mapped[int] = mapped_column(sa.ForeignKey("text.id"))
    start: Mapped[int]
    end: Mapped[int]

    text: Mapped[Text] = relationship(lazy="joined", innerjoin=True)

    @property
    def words(self) -> str:
        """The exact words of the span."""
        return self.text.words[self.start : self.end]


class Campaign(Base):
    """Near-identical letters: answered once, counted and notified singly."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(160), default="")
    medoid_id: Mapped[int | None]
    size: Mapped[int] = mapped_column(default=0)
    evidence: Mapped[list[Any]]
    #: What the senders added themselves: contribution, text, start, end; never retold.
    own: Mapped[list[Any]] = mapped_column(default=list)
    found_at: Mapped[datetime]


class Support(Base):
    """One visitor's support of a proposal, where the project has switched it on."""

    __tablename__ = "support"
    __table_args__ = (sa.UniqueConstraint("contribution_id", "visitor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    visitor: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]


class Moderation(Base):
    """A step on the ladder: the rung, the reason from the published list, words to the sender, and the one appeal.

    It is never deleted. What is undone is ended, by a new act in the log (RE-33, T14).
    """

    __tablename__ = "moderation"
    __table_args__ = (
        sa.CheckConstraint("(rung = 'block') = (until IS NOT NULL)", name="block_has_end"),
        sa.CheckConstraint("answered_at IS NULL OR appealed_at IS NOT NULL", name="answer_has_appeal"),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answer_has_result"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    rung: Mapped[Rung]
    #: Of a mask it is one of the reasons for covering words, of all other rungs one of those for hiding.
    reason: Mapped[HidingReason | MaskReason] = mapped_column(Reason())
    words: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: A hiding is in force at once, and stands when somebody else has seen it. At once where nobody else could.
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: The first moment that a block no longer holds.
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    appealed_at: Mapped[datetime | None]
    appeal: Mapped[str] = mapped_column(sa.Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: Whether the sender was right and the step was undone.
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")

    contribution: Mapped[Contribution] = relationship(lazy="joined", innerjoin=True)
    #: What the step covers now.
    masks: Mapped[list[Mask]] = relationship(
        order_by="Mask.id",
        primaryjoin="and_(Moderation.id == Mask.step_id, Mask.lifted_at.is_(None))",
        viewonly=True,
    )

    @property
    def waits(self) -> bool:
        """Whether a hiding still needs another person's yes."""
        is_hidden = self.rung is Rung.HIDE and self.contribution.handling is Handling.HIDDEN
        return is_hidden and self.confirmed_at is None and self.ended_at is None

    @property
    def project(self) -> Project:
        """The project, as the policy asks for it."""
        return self.contribution.project

    @property
    def round(self) -> Round:
        """The round, as the policy asks for it."""
        return self.contribution.round


class Sweep(Base):
    """One act on many that were marked: they are hidden, or looked at and no longer marked. The worker carries it out.

    ``chosen`` are the ids that were ticked; nothing there means all that were marked up to ``up_to``, an id.
    """

    __tablename__ = "sweep"
    __table_args__ = (
        sa.CheckConstraint("(act = 'contribution:hide') = (reason IS NOT NULL)", name="hiding_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    act: Mapped[str] = mapped_column(sa.String(60))
    reason: Mapped[HidingReason | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    chosen: Mapped[list[Any]] = mapped_column(default=list)
    up_to: Mapped[int]
    state: Mapped[SweepState] = mapped_column(default=SweepState.TAKING)
    #: How many it is about, and how many of them it has come to.
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: As with a single hiding: it stands when somebody else has seen it, at once where nobody else could.
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)

    @property
    def hides(self) -> bool:
        """Whether it hides; else it only takes the mark away."""
        return self.reason is not None

    @property
    def waits(self) -> bool:
        """Whether it still needs another person's yes."""
        return self.hides and self.confirmed_at is None and self.undone_at is None

    @property
    def round(self) -> Round | None:
        """The round, as the policy asks for it."""
        return self.project.round


class Swept(Base):
    """A contribution that a sweep has come to, with its step on the ladder where it was hidden."""

    __tablename__ = "swept"

    sweep_id: Mapped[int] = mapped_column(sa.ForeignKey("sweep.id"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), primary_key=True)
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderation.id"), index=True)


class Promise(Base):
    """A date a citizen was given in the receipt. It cannot be edited; a move is a new date with a reason (RP-21)."""

    __tablename__ = "promise"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    kind: Mapped[PromiseKind]
    #: For feedback: working days after the decision; the date is then set when the decision is known.
    due_on: Mapped[date | None] = mapped_column(index=True)
    days_after: Mapped[int | None]
    made_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    moved_to: Mapped[date | None]
    moved_reason: Mapped[str] = mapped_column(sa.Text, default="")


class Note(Base):
    """A case note of a call, a meeting or a thought (notatpligt, RE-36); inside the municipality only."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[NoteKind]
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]

    person: Mapped[Person | None] = relationship()


class DroppedFile(Base):
    """A file that an officer has dropped on the intake page: which contribution it became, or why it became none.

    The same file is taken in once per project; the rows of one drop share their ``batch``.
    """

    __tablename__ = "dropped_file"
    __table_args__ = (sa.Index("ix_dropped_file_same", "project_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    batch: Mapped[str] = mapped_column(sa.String(32), index=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))
    contribution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contribution.id"))
    #: It lay here already and added nothing.
    known: Mapped[bool] = mapped_column(default=False)
    #: Danish sentences: why it could not be read, or what a person must look at.
    problems: Mapped[list[Any]]
    dropped_at: Mapped[datetime]
    dropped_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    #: An officer has seen to a file that could not be read.
    settled_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    contribution: Mapped[Contribution | None] = relationship()

    @property
    def round(self) -> Round | None:
        """The round, as the policy asks for it."""
        return self.project.round


class ImportBatch(Base):
    """A file of contributions on its way in: staged in rows that nobody sees until one flip."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("file.id"))
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    mapping: Mapped[dict[str, Any]]
    send_receipts: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(12), default="mapping")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(sa.String(300), default="")
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime]
    flipped_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(lazy="joined", innerjoin=True)
    file: Mapped[File | None] = relationship()

    @property
    def round(self) -> Round | None:
        """The round that the rows come into."""
        return self.project.round


class ImportRow(Base):
    """One staged row, or one rejected row with its reason."""

    __tablename__ = "import_row"
    __table_args__ = (sa.UniqueConstraint("batch_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    row: Mapped[int]
    values: Mapped[dict[str, Any]]
    problem: Mapped[str] = mapped_column(sa.String(300), default="")


class Overlap(Base):
    """A contribution whose sender shares something with somebody who may act in the case: a warning to that person."""

    __tablename__ = "overlap"
    __table_args__ = (sa.Index("ix_overlap_person", "person_id", "project_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    contribution_id: Mapped[int] = mapped_column(sa.ForeignKey("contribution.id"), primary_key=True, index=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"))
    shared: Mapped[Shared]


class OverlapSeen(Base):
    """How far the contributions of a case have been compared with the people who may act in it."""

    __tablename__ = "overlap_seen"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    contribution_id: Mapped[int]
    at: Mapped[datetime]


class SavedDraft(Base):
    """What somebody has begun to write and not sent, kept for themselves until they go on or it expires.

    Whoever has the link may read it, nobody else; no page or file of the staff shows it. The token of the link is
    derived from the seed, which is random, so that no later row ever has the same link.
    """

    __tablename__ = "saved_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[str] = mapped_column(sa.String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    code_version: Mapped[int]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    #: Which form it is (``write:7``), and where that form stands.
    purpose: Mapped[str] = mapped_column(sa.String(60))
    address: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    #: What was typed, by the form's field.
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    round: Mapped[Round] = relationship()
