"""What every way in shares: words kept as written, a number without gaps, a code, a promise and one point."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from participation.contributions.attach import attach_files, file_row, files_digest
from participation.contributions.flag import flood_keys, flood_signs
from participation.contributions.model import (
    Contact,
    Contribution,
    CopyReader,
    Point,
    Promise,
    SavedDraft,
    Span,
    Text,
)
from participation.foundation import budgets, clock, codes, log
from participation.foundation.db import db, dialect, put, put_row
from participation.foundation.files import Stored
from participation.foundation.model import File, LogEntry
from participation.foundation.personal import Found, cpr_numbers, details
from participation.projects.model import Party, Project, Round
from participation.rules import dates, phases
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import (
    APART,
    BESIDE,
    COUNTED_APART,
    PRIVATE,
    Capacity,
    Channel,
    CopyPart,
    Kind,
    PromiseKind,
    PublicationRule,
    Sign,
    SpanKind,
    Stance,
    TextSource,
)
from participation.rules.levels import Level
from participation.rules.phases import Arrival
from participation.rules.policy import Actor

_PROMISES, _PROJECTS, _ABOUT, _APPROVERS = (
    Promise.metadata.tables[name] for name in ("promise", "project", "about_passage", "approver")
)
_LAST = _PROJECTS.c.last_number
_COUNT_UP = (
    sa.update(_PROJECTS)
    .where(_PROJECTS.c.id == sa.bindparam("of"))
    .values(
        last_number=_LAST + sa.bindparam("more", type_=sa.Integer),
        question_count=_PROJECTS.c.question_count + sa.bindparam("asked", type_=sa.Integer),
    )
)
_NEXT_ID = sa.func.nextval(sa.func.pg_get_serial_sequence("contribution", "id"))
_COUNT_UP_POSTGRESQL = _COUNT_UP.returning(_LAST, _NEXT_ID)
_TALLY = budgets.one_more(2).columns(sa.column("key", sa.String), sa.column("count", sa.Integer)).cte("tally")
#: The same, which also counts the address and its network, without a statement of its own.
_COUNT_UP_AND_TALLY = _COUNT_UP.add_cte(_TALLY).returning(
    _LAST, _NEXT_ID, sa.select(sa.func.json_object_agg(_TALLY.c.key, _TALLY.c.count)).scalar_subquery()
)
#: Under the write lock nobody else takes the same id.
_COUNT_UP_SQLITE = _COUNT_UP.returning(
    _LAST, sa.select(sa.func.coalesce(sa.func.max(Contribution.id), 0) + 1).scalar_subquery()
)


#: Position of the first point that was said apart: behind all that a text is divided into.
APART_FROM = 101


@dataclass(frozen=True)
class Sender:
    """Who sent it and how they can be reached; everything may be empty.

    Attributes:
        represents: whom they write for, as a proxy. authority: by what authority, in words. authority_file: the same as
            a file, in the file store already. represents_email: where whoever is written for has copies of the letters.
        companion: who helps them (bisidder). companion_email: where that person has copies.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    organisation: str = ""
    capacity: Capacity = Capacity.CITIZEN
    cvr: str = ""
    represents: str = ""
    authority: str = ""
    show_name: bool = False
    wants_post: bool = False
    represents_email: str = ""
    authority_file: Stored | None = None
    companion: str = ""
    companion_email: str = ""

    @property
    def company(self) -> list[CopyPart]:
        """Those who take part besides the sender and have a row; none where nobody was named."""
        represented = [CopyPart.REPRESENTED] if self.represents_email or self.authority_file is not None else []
        return represented + ([CopyPart.COMPANION] if self.companion or self.companion_email else [])


@dataclass(frozen=True)
class Paragraph:
    """A numbered paragraph of the material that somebody writes about, as it stood when they chose it."""

    material_id: int
    number: int
    title: str
    heading: str
    words: str


@dataclass(frozen=True)
class Approval:
    """One of those who stand behind what a body sends (RP-51)."""

    name: str
    show_name: bool
    approved_at: datetime


@dataclass(frozen=True)
class Sent:
    """What came in and how.

    Attributes:
        key: the form's idempotency key, unique in the round; None where the way in has none.
        geometry: where on the map, as GeoJSON; latitude and longitude are its middle.
        received_at: when it arrived; for a letter the day it came, as the officer says.
        retold: an officer wrote down what was said.
        signs: why it is looked at before it is shown. came_from: the network address, to count and forget.
        apart: what was said under a heading of its own, in the order of `BESIDE`; none of it is empty.
        about: the paragraphs of the project's material that it is about.
        files: what came along, in the file store already; with ``original`` the first is the letter itself.
        draft: the seed of the draft that it was until now, which is deleted with it.
        approvals: who of a body has approved it, where its members wrote it together.
    """

    words: str
    kind: Kind
    received_at: datetime
    sender: Sender = field(default_factory=Sender)
    channel: Channel = Channel.WEB
    language: str = "da"
    stance: Stance = Stance.NONE
    key: str | None = None
    material_id: int | None = None
    material_place: str = ""
    about: tuple[Paragraph, ...] = ()
    apart: tuple[tuple[TextSource, str], ...] = ()
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    geometry: dict[str, Any] | None = None
    parent_id: int | None = None
    retold: bool = False
    signs: tuple[Sign, ...] = ()
    came_from: str = ""
    batch_id: int | None = None
    external_id: str = ""
    files: tuple[Stored, ...] = ()
    original: bool = False
    draft: str = ""
    approvals: tuple[Approval, ...] = ()

    def look(self) -> None:
        """Find out now what takes long, so that nobody waits for it behind the write lock."""
        _ = self.words_hash, self.looks_private

    @cached_property
    def words_hash(self) -> str:
        """Of the words exactly as written."""
        return words_hash(self.whole)

    @property
    def whole(self) -> str:
        """All that was said, as one text to tell two sendings apart by and to keep a digest of."""
        return together(self.words, self.apart)

    @cached_property
    def looks_private(self) -> bool:
        """Whether something that could be shown on the page looks private, so that a person looks first (P2).

        A name that the sender does not want shown is private wherever it stands in the words.
        """
        sender = self.sender
        named = (*(one.name for one in self.files), *(one.name for one in self.approvals))
        fields = (sender.name, sender.organisation, self.place, self.material_place, *named)
        said = (self.words, *(words for _source, words in self.apart))
        return any(private_details(words, sender.name, sender.show_name) for words in said) or any(
            map(cpr_numbers, fields)
        )


def receive(actor: Actor, act: Act, round_: Round, sent: Sent, *, now: datetime) -> Contribution:
    """Keep what came in. The verbs ask the policy first and owe the receipt afterwards."""
    project, version = round_.project, codes.latest_version()
    number, id_, counts = _number_and_id(project, sent, now)
    signs = [*sent.signs, *flood_signs(counts)]
    contribution = put(
        Contribution,
        id=id_,
        project_id=project.id,
        round_id=round_.id,
        number=number,
        kind=sent.kind,
        key=sent.key,
        words_hash=sent.words_hash,
        received_at=sent.received_at,
        arrival=phases.arrival(round_, sent.received_at) if sent.kind is not Kind.QUESTION else Arrival.IN_TIME,
        channel=sent.channel,
        language=sent.language,
        capacity=sent.sender.capacity,
        stance=sent.stance,
        show_name=sent.sender.show_name,
        organisation=sent.sender.organisation,
        material_id=sent.material_id,
        material_place=sent.material_place,
        place=sent.place,
        latitude=sent.latitude,
        longitude=sent.longitude,
        geometry=sent.geometry,
        parent_id=sent.parent_id,
        approver_count=len(sent.approvals),
        retold=sent.retold,
        batch_id=sent.batch_id,
        external_id=sent.external_id,
        registered_by_id=actor.person_id,
        registered_at=now if actor.person_id is not None else None,
        held_back=sent.looks_private,
        signs=signs,
        suspicious=bool(signs),
        code_version=version,
        code_hash=codes.code_hash(codes.tracking_code(id_, version)),
        token_hash=codes.token_hash(codes.link_token(id_, version)),
        **_shown_at_once(project, sent, signs, now),
    )
    contact = _put_contact(id_, sent.sender, now)
    set_committed_value(contribution, "contact", contact)
    text_id = put_row(Text, contribution_id=id_, source=TextSource.BODY, words=sent.words, made_at=now)
    if sent.words or not sent.apart:
        point_id = put_row(Point, contribution_id=id_, project_id=project.id, position=1, made_at=now)
        if sent.words:
            put_row(Span, point_id=point_id, text_id=text_id, start=0, end=len(sent.words))
    if sent.apart:
        _put_apart(contribution, sent.apart, now)
    promises = promise_rows(contribution.id, contribution.kind, project, round_, now)
    db.session.connection().execute(_PROMISES.insert(), promises)
    if sent.about:
        about = [{"contribution_id": id_, **asdict(one)} for one in sent.about]
        db.session.connection().execute(_ABOUT.insert(), about)
    if sent.approvals:
        approvers = [{"contribution_id": id_, **asdict(one)} for one in sent.approvals]
        db.session.connection().execute(_APPROVERS.insert(), approvers)
    if sent.files:
        attach_files(contribution, sent.files, original=sent.original, now=now)
    if sent.draft:
        db.session.execute(sa.delete(SavedDraft).where(SavedDraft.seed == sent.draft))
    _tick_party(contribution, sent.sender, now)

    log.record(
        act,
        actor,
        contribution,
        at=now,
        project_id=project.id,
        digest=log.digest(contact.salt, sent.whole),
        number=contribution.number,
        kind=sent.kind,
        channel=sent.channel,
        arrival=contribution.arrival,
        received_at=sent.received_at,
        files=len(sent.files) or None,
        file_digest=files_digest(contact.salt, (one.sha256 for one in sent.files)) if sent.files else None,
        authority_digest=files_digest(contact.salt, [authority.sha256])
        if (authority := sent.sender.authority_file) is not None
        else None,
    )
    return contribution


@log.witness(Act.SUBMIT_CONTRIBUTION)
@log.witness(Act.ASK_QUESTION)
@log.witness(Act.COMMENT_CONTRIBUTION)
@log.witness(Act.PROPOSE_REVISION)
@log.witness(Act.REGISTER_CONTRIBUTION)
def words_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The words that were first sent, behind the digests of the log; those of an erased sender are left out."""
    of = {entry.id: (int(entry.subject.partition(":")[2]), 1) for entry in entries}
    found = texts_behind(of, TextSource.BODY)
    apart: dict[int, list[tuple[TextSource, str]]] = {}
    for contribution, source, said in db.session.execute(
        sa.select(Text.contribution_id, Text.source, Text.words)
        .where(Text.contribution_id.in_({contribution for contribution, _version in of.values()}))
        .where(Text.source.in_(BESIDE), Text.version == 1)
        .order_by(Text.id)
    ):
        apart.setdefault(contribution, []).append((source, said))
    return {
        entry: (kept[0], together(kept[1], apart.get(of[entry][0], ()))) if kept is not None else None
        for entry, kept in found.items()
    }


def together(words: str, apart: Iterable[tuple[TextSource, str]]) -> str:
    """The words and what was said apart as one text; without the latter it is the words themselves."""
    return "\x1e".join([words, *(f"{source.value}\x1f{said}" for source, said in apart)])


def texts_behind(of: dict[int, tuple[int, int]], source: TextSource) -> dict[int, tuple[str, str] | None]:
    """The salt and words of texts, by entry; None where a contribution or its words are gone.

    Args:
        of: contribution and version of the text, by entry.
    """
    wanted = {contribution for contribution, _version in of.values()}
    salts = salts_of(wanted)
    rows = db.session.execute(
        sa.select(Text.contribution_id, Text.version, Text.words).where(
            Text.contribution_id.in_(wanted), Text.source == source
        )
    )
    words = {(contribution, version): said for contribution, version, said in rows}

    def behind(contribution: int, version: int) -> tuple[str, str] | None:
        salt = salts.get(contribution)
        return (salt, words[contribution, version]) if salt is not None and (contribution, version) in words else None

    is_erased = {contribution for contribution, salt in salts.items() if salt is None}
    return {entry: behind(*text) for entry, text in of.items() if text[0] not in is_erased}


def salts_of(contributions: Iterable[int]) -> dict[int, str | None]:
    """The salt of each contribution that is there; None where the sender is erased."""
    rows = db.session.execute(
        sa.select(Contribution.id, Contact.salt)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.id.in_(contributions))
    )
    return dict(rows.all())


def one_at_a_time(key: str) -> None:
    """Let two sendings of one form, at the same moment, come one after the other. SQLite writes one by one anyway."""
    if dialect() == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def private_details(words: str, name: str, show_name: bool) -> list[Found]:
    """All that looks private in somebody's words; their own name only where they do not want it shown."""
    return details(words, known=name) if show_name else details(words, name)


def words_hash(words: str) -> str:
    """SHA-256 of the words exactly as written; says whether two sendings are the same."""
    return hashlib.sha256(words.encode()).hexdigest()


def next_number(project: Project, *kinds: Kind) -> int:
    """The next running number of the project, without gaps; for several kinds the last of as many numbers."""
    return db.session.connection().execute(_COUNT_UP.returning(_LAST), _counts(project, *kinds)).scalar_one()


def _number_and_id(project: Project, sent: Sent, now: datetime) -> tuple[int, int, dict[str, int]]:
    """The next running number, and the row's own id: its codes are made of it, so they stand there from the first.

    With them how many have come from the same address and network in this hour.
    """
    connection, given, keys = db.session.connection(), _counts(project, sent.kind), flood_keys(sent.came_from)
    if dialect() == "postgresql" and keys:
        given |= budgets.counting(keys, clock.HOUR, now)
        number, id_, counts = connection.execute(_COUNT_UP_AND_TALLY, given).one()
        return number, id_, budgets.counted(keys, counts)
    number, id_ = connection.execute(
        _COUNT_UP_POSTGRESQL if dialect() == "postgresql" else _COUNT_UP_SQLITE, given
    ).one()
    return number, id_, budgets.tally(keys, clock.HOUR, now) if keys else {}


def _counts(project: Project, *kinds: Kind) -> dict[str, Any]:
    asked = sum(kind in COUNTED_APART for kind in kinds)
    return {"of": project.id, "more": len(kinds), "asked": asked}


def promise_rows(
    contribution_id: int, kind: Kind, project: Project, round_: Round, now: datetime
) -> list[dict[str, Any]]:
    """The rows of what the receipt promises: an answer to a question; else report, decision and feedback (RP-21)."""

    def row(promised: PromiseKind, due_on: date | None = None, days_after: int | None = None) -> dict[str, Any]:
        return {
            "contribution_id": contribution_id,
            "project_id": project.id,
            "kind": promised,
            "due_on": due_on,
            "days_after": days_after,
            "made_at": now,
        }

    if kind is Kind.QUESTION or round_.level is Level.ORIENTATION:
        due = dates.add_working_days(dates.local_day(now), project.department.question_days, clock.closed)
        return [row(PromiseKind.QUESTION_ANSWER, due)]
    expected = ((PromiseKind.REPORT, round_.report_on), (PromiseKind.DECISION, round_.decision_on))
    return [
        *(row(promised, day) for promised, day in expected if day is not None),
        row(PromiseKind.FEEDBACK, days_after=project.department.feedback_days),
    ]


def _put_apart(contribution: Contribution, apart: Sequence[tuple[TextSource, str]], now: datetime) -> None:
    """Each text beside the words; what was said apart has a point of its own: its sender has divided it, no machine."""
    of, connection = {"contribution_id": contribution.id, "made_at": now}, db.session.connection()
    texts = [{**of, "source": source, "version": 1, "words": words} for source, words in apart]
    text_of = dict(connection.execute(sa.insert(Text).values(texts).returning(Text.source, Text.id)).all())
    apart = [one for one in apart if one[0] in APART]
    if not apart:
        return
    point = {**of, "project_id": contribution.project_id, "kind": SpanKind.SAID, "by_person": True}
    position = {source: APART_FROM + APART.index(source) for source, _words in apart}
    points = [{**point, "position": position[source]} for source, _words in apart]
    point_at = dict(connection.execute(sa.insert(Point).values(points).returning(Point.position, Point.id)).all())
    spans = [
        {"point_id": point_at[position[source]], "text_id": text_of[source], "start": 0, "end": len(words)}
        for source, words in apart
    ]
    connection.execute(sa.insert(Span), spans)


def _put_contact(contribution_id: int, sender: Sender, now: datetime) -> Contact:
    """The sender's row, and a row for each who takes part besides them."""
    contact = put(Contact, **_contact(contribution_id, sender))
    for part in sender.company:
        row: dict[str, Any] = {"name": sender.companion, "email": sender.companion_email}
        if part is CopyPart.REPRESENTED:
            file = sender.authority_file
            kept = put(File, **file_row(file, now)).id if file is not None else None
            row = {"name": sender.represents, "email": sender.represents_email, "authority_file_id": kept}
        put_row(CopyReader, contact_id=contact.id, part=part, **row)
    return contact


def _contact(contribution_id: int, sender: Sender) -> dict[str, Any]:
    return {
        "contribution_id": contribution_id,
        "name": sender.name,
        "email": sender.email,
        "phone": sender.phone,
        "address": sender.address,
        "cvr": sender.cvr,
        "represents": sender.represents,
        "authority": sender.authority,
        "is_accompanied": bool(sender.company),
        "wants_post": sender.wants_post,
        "salt": secrets.token_hex(16),
    }


def _tick_party(contribution: Contribution, sender: Sender, now: datetime) -> None:
    """Whoever was asked to be heard has answered: known by the name of the body or its e-mail (RL-61)."""
    if sender.capacity in PRIVATE or contribution.kind is Kind.QUESTION:
        return
    names = [Party.name == sender.organisation] if sender.organisation else []
    names += [Party.email == sender.email] if sender.email else []
    if names:
        db.session.execute(
            sa.update(Party)
            .where(Party.project_id == contribution.project_id, Party.answered_at.is_(None), sa.or_(*names))
            .values(answered_at=contribution.received_at)
        )


def _shown_at_once(project: Project, sent: Sent, signs: Sequence[Sign], now: datetime) -> dict[str, Any]:
    """What a contribution is made with where it stands on the page at once; the project counts it.

    A question waits: it is shown together with its answer, when that helps others.
    """
    at_once = project.publication is PublicationRule.IMMEDIATELY and sent.kind is not Kind.QUESTION
    if not at_once or sent.looks_private or signs:
        return {}
    project.published_count = Project.published_count + 1
    return {"handling": Handling.PUBLISHED, "published_at": now}
