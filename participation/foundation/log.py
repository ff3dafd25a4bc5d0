"""The log: one line for every act, for ever, and a chain of hashes that shows when somebody has changed one.

A line holds ids and plain facts, no names and no free text, so a person can be erased without touching it. The sealer
links the lines right after their commit, in commit order, so no submission waits for the chain.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from participation.foundation.db import Base, apart, db, put, put_row
from participation.foundation.model import LogEntry, Seal, Unsealed
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.policy import Actor

#: The longest word that is still a plain fact, in characters.
LONGEST_FACT = 80
#: What the first seal of a chain points back to.
BEGINNING = "0" * 64
_SEALER = 0x6D656473  # the lock that sealers share on PostgreSQL

_KEY = re.compile(r"[a-z_]{1,20}:[\w./-]{1,38}")

#: What was acted on: a row, a model for no row in particular, or a plain key.
Subject = Base | type[Base] | str
#: Finds the salt and the content behind entries of one act, by entry id; one whose content is erased is left out, and
#: content that should be there and is not is None.
Witness = Callable[[Sequence[LogEntry]], Mapping[int, tuple[str, str] | None]]
_witnesses: dict[str, Witness] = {}
#: Looks at what lies behind entries of one act in another way, such as files: the ids of those it is not as told.
Inspector = Callable[[Sequence[LogEntry]], Collection[int]]
_inspectors: dict[str, Inspector] = {}


# -- recording --------------------------------------------------------------------------------------------------------


def record(
    act: Act,
    actor: Actor,
    subject: Subject,
    *,
    at: datetime,
    project_id: int | None = None,
    digest: str | None = None,
    **facts: Any,
) -> LogEntry:
    """Write an act into the log, in the transaction of the act itself.

    Args:
        subject: what was acted on, flushed before so that it has its id; a model class or a plain key such as
            ``person:unknown`` where there is no row.
        at: aware UTC.
        project_id: found from the subject where it has one.
        digest: of the words acted on, by `digest`; it can be told later whether they were changed.
        facts: ids, numbers, enums, dates, and single words, or lists of them.

    Raises:
        TypeError: a fact is free text, a name or anything else that may have to be erased one day.
        ValueError: the subject has no id yet.
    """
    entry = put(LogEntry, **_entry(act, actor, subject, at, project_id, digest, facts))
    put_row(Unsealed, log_id=entry.id)
    return entry


def record_apart(
    act: Act,
    actor: Actor,
    subject: Subject,
    *,
    at: datetime,
    project_id: int | None = None,
    digest: str | None = None,
    **facts: Any,
) -> None:
    """The same in a short transaction of its own, kept also on a GET or when the act is refused.

    For sign-in failures and for who read what. To be called before the verb takes the write lock.
    """
    entry = LogEntry(**_entry(act, actor, subject, at, project_id, digest, facts))
    with apart() as session:
        session.add_all((entry, Unsealed(entry=entry)))


def digest(salt: str, content: str) -> str:
    """SHA-256(salt ‖ content), hexadecimal. The salt lies in the erasable row: without it the digest proves nothing."""
    return hashlib.sha256(salt.encode() + content.encode()).hexdigest()


def subject_key(subject: Subject) -> str:
    """How the log names a thing: ``contribution:49``; a model class is ``person:-``.

    Raises:
        ValueError: the thing has no id yet: flush first; or a key has another form.
    """
    if isinstance(subject, str):
        if not _KEY.fullmatch(subject):
            raise ValueError("a key in the log looks like person:unknown")
        return subject
    if isinstance(subject, type):
        return f"{subject.__tablename__}:-"
    key = sa.inspect(subject).mapper.primary_key_from_instance(subject)
    if any(part is None for part in key):
        raise ValueError(f"this {subject.__tablename__} has no id yet; flush before it is recorded")
    return f"{subject.__tablename__}:{'/'.join(str(part) for part in key)}"


def actor_key(actor: Actor) -> str:
    """How the log names whoever acts: ``person:5``, ``worker`` or ``visitor``."""
    if actor.person_id is not None:
        return f"person:{actor.person_id}"
    return "worker" if actor.is_worker else "visitor"


def entries_of(
    subject: Base | None = None, project_id: int | None = None, *, after: int = 0, limit: int = 50
) -> list[LogEntry]:
    """The log of one thing or one project, oldest first, by page: ``after`` is the last id of the page before."""
    query = sa.select(LogEntry).where(LogEntry.id > after).order_by(LogEntry.id).limit(limit)
    if subject is not None:
        query = query.where(LogEntry.subject == subject_key(subject))
    if project_id is not None:
        query = query.where(LogEntry.project_id == project_id)
    return list(db.session.scalars(query))


def _entry(
    act: Act,
    actor: Actor,
    subject: Subject,
    at: datetime,
    project_id: int | None,
    digest: str | None,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    if project_id is None:
        project_id = project_of(subject)
    return {
        "version": 1,
        "at": at.astimezone(UTC),
        "act": act.value,
        "actor": actor_key(actor),
        "subject": subject_key(subject),
        "project_id": project_id,
        "facts": {name: _plain(name, fact) for name, fact in facts.items() if fact is not None},
        "digest": digest,
    }


def project_of(subject: Subject) -> int | None:
    """The id of the project that a thing belongs to, where it says so."""
    if isinstance(subject, type | str):
        return None
    if (found := getattr(subject, "project_id", None)) is not None:
        return found
    return getattr(getattr(subject, "project", None), "id", None)


def _plain(name: str, fact: Any) -> Any:
    """A fact as it is kept; free text and whatever looks like a person is refused."""
    if isinstance(fact, Enum):
        fact = fact.value
    if isinstance(fact, bool | int | float):
        return fact
    if isinstance(fact, datetime):
        return fact.astimezone(UTC).isoformat()
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, str) and len(fact) <= LONGEST_FACT and fact.isprintable() and "@" not in fact:
        return fact
    if isinstance(fact, Iterable) and not isinstance(fact, str | bytes | Mapping):
        listed = sorted(fact, key=str) if isinstance(fact, set | frozenset) else fact
        return [_plain(name, one) for one in listed]
    raise TypeError(f"{name!r} is no plain fact: the log keeps ids, numbers, dates and short words only")


# -- the tables that only grow ----------------------------------------------------------------------------------------


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """The statements that make the database itself refuse UPDATE, DELETE and TRUNCATE on a table.

    Args:
        dialect: ``sqlite`` (which has no TRUNCATE) or ``postgresql``.
    """
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' only grows', ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION only_grows()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()",
    ]


# -- sealing ----------------------------------------------------------------------------------------------------------


def seal(now: datetime, limit: int = 200) -> int:
    """Link the entries that have been committed since, in commit order; returns how many.

    Positions have no gaps, and any number of workers may call it: they take turns. Without work it only reads.
    """
    if not _waits():
        return 0
    with apart() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SEALER)))
        last = session.scalar(sa.select(Seal).order_by(Seal.position.desc()).limit(1))
        position, previous = (last.position, last.hash) if last else (0, BEGINNING)
        sealed_at = max(now, last.sealed_at) if last else now
        waiting = sa.select(LogEntry).join(Unsealed, Unsealed.log_id == LogEntry.id).order_by(LogEntry.id).limit(limit)
        entries = session.scalars(waiting).all()
        for entry in entries:
            position += 1
            link = _link(position, previous, sealed_at, entry)
            session.add(Seal(position=position, log_id=entry.id, previous=previous, hash=link, sealed_at=sealed_at))
            previous = link
        session.execute(sa.delete(Unsealed).where(Unsealed.log_id.in_([entry.id for entry in entries])))
    return len(entries)


def _waits() -> bool:
    with db.engine.connect() as connection:
        return connection.scalar(sa.select(Unsealed.log_id).limit(1)) is not None


def _link(position: int, previous: str, sealed_at: datetime, entry: Any) -> str:
    content = [
        *(position, previous, _moment(sealed_at)),
        *(entry.id, entry.version, _moment(entry.at), entry.act, entry.actor, entry.subject),
        *(entry.project_id, entry.facts, entry.digest),
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class Head(NamedTuple):
    """The end of the chain at some time: published and printed, so that nobody can shorten the log unseen."""

    position: int
    hash: str


def head_of_day(day: date) -> Head | None:
    """The last seal of a Danish day and all days before it; none when nothing was sealed yet."""
    query = (
        sa.select(Seal.position, Seal.hash)
        .where(Seal.sealed_at < dates.local_day_end(day))
        .order_by(Seal.sealed_at.desc(), Seal.position.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return Head(*row) if row else None


# -- verifying --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What the chain says.

    Attributes:
        first_bad: id of the first log entry that is not as it was sealed; None when all are.
        why: what is wrong with it, for the person who has to look.
        sealed: entries found in order before the first bad one.
        waiting: entries that wait for the sealer.
        head: hash of the last seal that holds.
        head_known: whether the published head that was asked about is in the chain; False means the end was cut off.
    """

    first_bad: int | None
    why: str
    sealed: int
    waiting: int
    head: str
    head_known: bool = True

    @property
    def sound(self) -> bool:
        """Whether nothing was changed."""
        return self.first_bad is None and self.head_known


def witness(act: Act) -> Callable[[Witness], Witness]:
    """Register how the words behind the digests of an act are found, so that `verify` also sees a changed word."""

    def register(find: Witness) -> Witness:
        _witnesses[act.value] = find
        return find

    return register


def inspector(act: Act) -> Callable[[Inspector], Inspector]:
    """Register what looks at the files behind the entries of an act, so that `verify` also sees a changed file."""

    def register(find: Inspector) -> Inspector:
        _inspectors[act.value] = find
        return find

    return register


def verify(published: str | None = None, *, chunk: int = 1000) -> Verdict:
    """Walk the whole chain and name the first entry that was changed, removed, moved or slipped in.

    Args:
        published: a head that was printed or published once; a log whose end was cut off no longer has it.
    """
    with Session(db.engine) as session:  # of its own: it sees what is committed now, and lets go of it chunk by chunk
        return _verdict(session, published, chunk)


def _verdict(session: Session, published: str | None, chunk: int) -> Verdict:
    waiting = session.scalar(sa.select(sa.func.count()).select_from(Unsealed)) or 0
    stranger = session.scalar(_STRANGER)
    sealed, head, known = 0, BEGINNING, published in (None, BEGINNING)
    for bad, why, link in _walk(session, chunk):
        if bad is not None:
            first = bad if stranger is None else min(bad, stranger)
            return Verdict(first, why, sealed, waiting, head, known)
        sealed, head, known = sealed + 1, link, known or link == published
    why = "" if stranger is None else "it is in no seal and does not wait for one"
    return Verdict(stranger, why, sealed, waiting, head, known)


#: The first entry that nobody sealed and that does not wait for it: slipped in, or its seal was taken away.
_STRANGER = (
    sa.select(sa.func.min(LogEntry.id))
    .where(~sa.exists().where(Seal.log_id == LogEntry.id))
    .where(~sa.exists().where(Unsealed.log_id == LogEntry.id))
)


def _walk(session: Session, chunk: int) -> Iterator[tuple[int | None, str, str]]:
    """Each seal in order: the bad entry's id or None, why, and the seal's hash."""
    position, previous = 0, BEGINNING
    query = sa.select(Seal, LogEntry).outerjoin(LogEntry, LogEntry.id == Seal.log_id).order_by(Seal.position)
    while True:
        try:
            rows = session.execute(query.where(Seal.position > position).limit(chunk)).all()
        except _UNREADABLE:
            if chunk > 1:  # come to the row that it is about
                chunk = chunk // 2
                continue
            after = sa.select(Seal.log_id).where(Seal.position > position).order_by(Seal.position).limit(1)
            yield session.scalar(after), "the entry or its seal cannot be read", previous
            return
        if not rows:
            return
        changed = _changed_behind([entry for link, entry in rows if entry is not None and _holds(link, entry)])
        for link, entry in rows:
            position += 1
            why = _fault(link, entry, position, previous, changed)
            yield (link.log_id if why else None), why, link.hash
            previous = link.hash
        session.expunge_all()


#: What reading a row raises whose columns hold what we never wrote.
_UNREADABLE = (ValueError, TypeError, LookupError)


def _holds(link: Seal, entry: LogEntry) -> bool:
    return link.hash == _link(link.position, link.previous, link.sealed_at, entry)


def _fault(link: Seal, entry: LogEntry | None, position: int, previous: str, changed: Mapping[int, str]) -> str:
    if link.position != position:
        return f"the seal before it, at position {position}, is missing"
    if entry is None:
        return "the entry is missing"
    if link.previous != previous:
        return "it does not follow the seal before it"
    if not _holds(link, entry):
        return "the entry or its seal is not as it was sealed"
    return changed.get(entry.id, "")


def _changed_behind(entries: Sequence[LogEntry]) -> dict[int, str]:
    """What is not as it was told, by entry, and what it is."""
    changed: dict[int, str] = {}
    for act, inspect in _inspectors.items():
        mine = [entry for entry in entries if entry.act == act]
        changed |= dict.fromkeys(_each(inspect, mine, set()), "a file behind it was changed")
    for act, find in _witnesses.items():
        mine = [entry for entry in entries if entry.act == act and entry.digest]
        found = _each(find, mine, {})
        wrong = [entry.id for entry in mine if entry.id in found and not _is_as_told(entry, found[entry.id])]
        changed |= dict.fromkeys(wrong, "the words behind it were changed")
    return changed


def _each(find: Callable[[Sequence[LogEntry]], Any], entries: Sequence[LogEntry], nothing: Any) -> Any:
    """What is found behind entries; where rows behind them cannot be read, one by one, and those count as changed."""
    if not entries:
        return nothing
    try:
        return find(entries)
    except _UNREADABLE:
        if len(entries) > 1:
            for entry in entries:
                nothing |= _each(find, [entry], type(nothing)())
            return nothing
        return {entries[0].id} if isinstance(nothing, set) else {entries[0].id: None}


def _is_as_told(entry: LogEntry, found: tuple[str, str] | None) -> bool:
    return found is not None and digest(*found) == entry.digest
