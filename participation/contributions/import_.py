"""A whole sheet of contributions is brought in: staged row by row, then all at once (RP-06).

Nobody sees a row before the one flip. What was staged is kept, so that a killed worker goes on where it stopped; the
same file twice adds nothing; an import sends no receipts unless asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from participation.contributions.attach import file_row
from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.model import Contribution, ImportBatch, ImportRow, Text
from participation.contributions.receive import words_hash
from participation.contributions.register import kind_of
from participation.contributions.submit import owe_receipt
from participation.foundation import files, jobs, log, markup, permission, scanner, sheets
from participation.foundation.db import begin_write, db, settling
from participation.foundation.files import Stored
from participation.foundation.forms import Wrong
from participation.foundation.model import File, LogEntry
from participation.foundation.sheets import Sheet, Unreadable
from participation.projects.meet import annex_notes
from participation.projects.model import Meeting, Round
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Capacity, Channel, Stance, TextSource
from participation.rules.plain import mark
from participation.rules.policy import WORKER, Actor

#: Rows that are staged between two commits.
CHUNK = 500
#: Rows that a preview shows.
PREVIEW = 5
#: Rows of a sheet that can be notes from one meeting.
MOST_NOTES = 500
_JOB = "contributions:import"
_SALT = "import"  # over many at once, it tells nothing of one

#: How far it is: a share from 0 to 1 and words for the page.
Progress = Callable[[float, str], None]


class CannotImport(Wrong):
    """The sheet cannot be brought in; the words say why."""


@dataclass(frozen=True)
class Imported:
    """What an import came to: rows brought in, rejected with a reason, and known from before."""

    batch_id: int
    added: int
    rejected: int
    known: int


# -- the acts ---------------------------------------------------------------------------------------------------------


def begin_import(
    actor: Actor, round_: Round, stored: Stored, mapping: Mapping[str, str], *, now: datetime
) -> ImportBatch:
    """Take a sheet in, so that its columns can be told apart.

    Args:
        stored: the sheet, in the file store already.
        mapping: the guess of which column holds what: field → column.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
    """
    permission.require(actor, Act.IMPORT_CONTRIBUTIONS, round_, now)
    kept = File(**file_row(stored, now))
    db.session.add(kept)
    scanner.owe([stored.sha256], at=now)
    db.session.flush()
    batch = ImportBatch(
        project_id=round_.project_id,
        file_id=kept.id,
        sha256=stored.sha256,
        name=stored.name,
        mapping=dict(mapping),
        made_by_id=actor.person_id,
        made_at=now,
    )
    db.session.add(batch)
    db.session.flush()
    log.record(Act.IMPORT_CONTRIBUTIONS, actor, batch, at=now, project_id=batch.project_id, stage="begin")
    return batch


def start_import(
    actor: Actor, batch: ImportBatch, mapping: Mapping[str, str], *, send_receipts: bool, now: datetime
) -> None:
    """Say which column holds what; the worker stages the rows and brings them in.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
        CannotImport: no column holds the words, or it has been started already.
    """
    permission.require(actor, Act.IMPORT_CONTRIBUTIONS, batch, now)
    if batch.state != "mapping":
        raise CannotImport(mark("Det er allerede sat i gang."))
    if "text" not in mapping:
        raise CannotImport(mark("Vælg den kolonne, som teksten står i."))
    batch.mapping, batch.send_receipts, batch.state = dict(mapping), send_receipts, "staging"
    db.session.flush()
    jobs.owe(_JOB, {"batch": batch.id}, at=now, dedupe=f"import:{batch.id}")
    log.record(Act.IMPORT_CONTRIBUTIONS, actor, batch, at=now, project_id=batch.project_id, stage="start")


def notes_in(batch: ImportBatch, mapping: Mapping[str, str]) -> str:
    """The words of a sheet from a meeting, row by row; who said them stays behind.

    Raises:
        CannotImport: it cannot be read, says nothing, or is longer than notes are.
    """
    try:
        rows = (
            row.values.get("text", "") for row in sheets.read_rows(open_sheet(batch.file), mapping) if not row.problem
        )
        said = [str(words).strip() for words in islice(rows, MOST_NOTES + 1) if str(words).strip()]
    except Unreadable as no:
        raise CannotImport(no.words) from no
    notes = "\n\n".join(said)
    if not notes:
        raise CannotImport(mark("Der er ingen tekst i den kolonne."))
    if len(said) > MOST_NOTES or len(notes) > markup.LONGEST:
        raise CannotImport(mark("Det er for langt til et bilag. Hent rækkerne ind som svar."))
    return notes


def annex_import(
    actor: Actor, batch: ImportBatch, mapping: Mapping[str, str], notes: str, *, held_at: datetime, now: datetime
) -> Meeting:
    """Lay the rows of a sheet in the case as notes from a meeting: an annex, and no contributions (RP-06).

    Args:
        notes: as `notes_in` reads them, before the lock is taken.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
        CannotImport: it has been started already.
    """
    permission.require(actor, Act.IMPORT_CONTRIBUTIONS, batch, now)
    if batch.state != "mapping":
        raise CannotImport(mark("Det er allerede sat i gang."))
    batch.mapping, batch.state, batch.flipped_at = dict(mapping), "annex", now
    log.record(Act.IMPORT_CONTRIBUTIONS, actor, batch, at=now, project_id=batch.project_id, stage="annex")
    return annex_notes(actor, batch.project, notes, held_at=held_at, now=now)


def import_contributions(
    actor: Actor,
    round_: Round,
    path: Path,
    mapping: Mapping[str, str] | None = None,
    *,
    send_receipts: bool = False,
    progress: Progress | None = None,
    now: datetime,
) -> Imported:
    """Bring a whole sheet in at once, for the command line; each step settles itself.

    Args:
        mapping: field → column where the guess is wrong.

    Raises:
        NotAllowed: the actor may not work in this case, or it takes nothing in.
        CannotImport: the file is no sheet, or no column holds the words.
    """
    policy.require(actor, Act.IMPORT_CONTRIBUTIONS, round_, now)
    with path.open("rb") as file:
        stored = keep_sheet(file.read(), path.name)
    sheet = open_sheet(stored)
    chosen = sheets.guess_mapping(sheet.columns) | dict(mapping or {})
    if unknown := sorted(set(chosen.values()) - set(sheet.columns)):
        raise CannotImport(mark("Filen har ikke den kolonne: ") + unknown[0])
    with settling():
        batch = begin_import(actor, round_, stored, chosen, now=now)
        start_import(actor, batch, chosen, send_receipts=send_receipts, now=now)
        batch_id = batch.id
    return carry_on(batch_id, progress=progress, now=now)


@jobs.job(_JOB, heavy=True)
def _import(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    carry_on(arguments["batch"], progress=report, now=now)


# -- the sheet --------------------------------------------------------------------------------------------------------


def keep_sheet(data: bytes, name: str) -> Stored:
    """Keep a sheet in the file store; what cannot be read as one is refused before.

    Raises:
        CannotImport: it is empty, damaged, locked or no sheet.
    """
    try:
        sheets.read_sheet(name, data)
        return files.keep(data, name)
    except (Unreadable, files.Refused) as no:
        raise CannotImport(no.words) from no


def open_sheet(stored: Stored | Any) -> Sheet:
    """A kept sheet, opened at its heading; ``stored`` knows ``sha256`` and ``name``.

    Raises:
        CannotImport: it cannot be read.
    """
    with files.open_(stored.sha256) as file:
        data = file.read()
    try:
        return sheets.read_sheet(stored.name, data)
    except Unreadable as no:
        raise CannotImport(no.words) from no


def as_it_stood(batch: ImportBatch, reasons: Mapping[int, str]) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """Rejected rows with their reasons and every cell as it stood in the sheet, so that it can be mended.

    Args:
        reasons: by the row's number.

    Returns:
        The names of the sheet's columns, and for each row its number, its reason and its cells.
    """
    try:
        sheet = open_sheet(batch.file)
    except CannotImport:
        return (), iter(list(reasons.items()))
    return sheet.columns, _cells(sheet, reasons)


def _cells(sheet: Sheet, reasons: Mapping[int, str]) -> Iterator[Sequence[Any]]:
    waiting = set(reasons)
    for number, cells in takewhile(lambda _row: waiting, sheet.rows):
        if number in waiting:
            waiting.discard(number)
            row = sheets.named(sheet.columns, cells)
            yield (number, reasons[number], *(sheets.text_of(row.get(column)) for column in sheet.columns))


def preview(sheet: Sheet) -> list[dict[str, str]]:
    """The first rows as they stand, for a person to see what the columns hold."""
    shown = []
    for _number, cells in islice(sheet.rows, PREVIEW):
        row = sheets.named(sheet.columns, cells)
        shown.append({column: sheets.text_of(cell) for column, cell in row.items()})
    return shown


# -- carrying on ------------------------------------------------------------------------------------------------------


def carry_on(batch_id: int, *, progress: Progress | None = None, now: datetime) -> Imported:
    """Stage what is not staged yet, then flip. A second time, or after the flip, nothing is added."""
    batch = db.session.get_one(ImportBatch, batch_id)
    try:
        if batch.state == "staging":
            _stage(batch, progress or _silent, now)
        if batch.state == "staged":
            with settling():
                _flip(batch, now)
    except CannotImport as no:
        with settling():
            begin_write()
            batch.state, batch.failure = "failed", no.words[:300]
    if progress is not None:
        progress(1.0, "")
    db.session.refresh(batch)
    return Imported(batch.id, batch.done - batch.rejected - batch.known, batch.rejected, batch.known)


def _silent(share: float, words: str) -> None:
    """Nobody looks."""


def _stage(batch: ImportBatch, progress: Progress, now: datetime) -> None:
    """Keep each row with its values or its reason, chunk by chunk, after the last one that is kept."""
    if batch.total == 0:
        total = _count(batch)
        with settling():
            begin_write()
            batch.total = total
    last = db.session.scalar(sa.select(sa.func.max(ImportRow.row)).where(ImportRow.batch_id == batch.id)) or 0
    for rows in _chunks(batch, last):
        with settling():
            begin_write()
            db.session.execute(sa.insert(ImportRow), rows)
            batch.done += len(rows)
            batch.rejected += sum(bool(row["problem"]) for row in rows)
        done, total = batch.done, max(batch.total, batch.done)
        progress(0.9 * done / total, ngettext("%(num)s række læst", "%(num)s rækker læst", done))
    with settling():
        begin_write()
        batch.state = "staged"


def _count(batch: ImportBatch) -> int:
    try:
        return sum(1 for _row in open_sheet(batch.file).rows)
    except Unreadable as no:
        raise CannotImport(no.words) from no


def _chunks(batch: ImportBatch, last: int) -> Iterator[list[dict[str, Any]]]:
    rows = sheets.read_rows(open_sheet(batch.file), batch.mapping)
    waiting = (row for row in rows if row.number > last)
    batch_id = batch.id
    try:
        while chunk := list(islice(waiting, CHUNK)):
            yield [
                {
                    "batch_id": batch_id,
                    "row": row.number,
                    "values": _as_json(row.values),
                    "problem": (row.problem or "")[:300],
                }
                for row in chunk
            ]
    except Unreadable as no:
        raise CannotImport(no.words) from no


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
        for name, value in values.items()
    }


# -- the flip ---------------------------------------------------------------------------------------------------------


def _flip(batch: ImportBatch, now: datetime) -> None:
    """Make all staged rows contributions, in one transaction that everybody else sees whole or not at all."""
    permission.require(WORKER, Act.IMPORT_CONTRIBUTIONS, batch, now)
    round_ = batch.round
    if round_ is None:
        raise CannotImport(mark("Sagen har ingen runde at hente ind i."))
    staged = db.session.execute(
        sa.select(ImportRow.values)
        .where(ImportRow.batch_id == batch.id, ImportRow.problem == "")
        .order_by(ImportRow.row)
    ).scalars()
    coming = [_incoming(values, round_, now) for values in staged]
    known = _known(batch)
    fresh = [one for one in coming if (one.external_id or None, one.words_hash) not in known] if known else coming
    if _came_before(batch):
        fresh = []
    made = bring_in(round_, fresh, batch_id=batch.id, registered_by=batch.made_by_id, now=now)
    batch.known = len(coming) - len(fresh)
    batch.state, batch.flipped_at = "done", now
    db.session.flush()
    if batch.send_receipts:
        brought = sa.select(Contribution).where(Contribution.batch_id == batch.id).order_by(Contribution.id)
        for one in db.session.scalars(brought.options(joinedload(Contribution.contact))):
            owe_receipt(one, at=now)
    log.record(
        Act.IMPORT_CONTRIBUTIONS,
        WORKER,
        batch,
        at=now,
        project_id=batch.project_id,
        digest=log.digest(_SALT, "\n".join(one.words_hash for one in fresh)),
        stage="flip",
        count=len(made),
        first=made[0] if made else None,
        last=made[-1] if made else None,
        rejected=batch.rejected,
        known=batch.known,
        sha256=batch.sha256,
    )


@log.witness(Act.IMPORT_CONTRIBUTIONS)
def imported_words_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The words that each import brought in, behind its digest in the log."""
    of = {entry.id: int(entry.subject.partition(":")[2]) for entry in entries}
    rows = db.session.execute(
        sa.select(Contribution.batch_id, Text.words)
        .join(Text, Text.contribution_id == Contribution.id)
        .where(Contribution.batch_id.in_(of.values()), Text.source == TextSource.BODY, Text.version == 1)
        .order_by(Contribution.id)
    )
    brought: dict[int | None, list[str]] = {}
    for batch, words in rows:
        brought.setdefault(batch, []).append(words_hash(words))
    return {entry: (_SALT, "\n".join(brought.get(batch, ()))) for entry, batch in of.items()}


def _incoming(values: Mapping[str, str], round_: Round, now: datetime) -> Incoming:
    received = datetime.fromisoformat(values["received_at"]) if "received_at" in values else now
    return Incoming(
        words=values["text"],
        kind=kind_of(round_),
        received_at=min(received, now),
        name=values.get("name", "")[:160],
        email=values.get("email", "")[:254],
        organisation=values.get("organisation", "")[:160],
        capacity=Capacity(values.get("capacity", Capacity.CITIZEN)),
        channel=Channel(values.get("channel", Channel.WEB)),
        stance=Stance(values.get("stance", Stance.NONE)),
        language=values.get("language", "da")[:5],
        place=values.get("place", "")[:200],
        external_id=values.get("external_id", "")[:80],
    )


def _came_before(batch: ImportBatch) -> bool:
    """Whether the very same file was brought in before."""
    same = sa.select(ImportBatch.id).where(
        ImportBatch.project_id == batch.project_id,
        ImportBatch.sha256 == batch.sha256,
        ImportBatch.state == "done",
        ImportBatch.id != batch.id,
        ImportBatch.mapping["text"].as_string() == batch.mapping["text"],
    )
    return db.session.scalar(same) is not None


def _known(batch: ImportBatch) -> set[tuple[str | None, str]]:
    """Numbers and words of what earlier imports brought in: the same row from a sheet that was saved anew."""
    rows = db.session.execute(
        sa.select(Contribution.external_id, Contribution.words_hash).where(
            Contribution.project_id == batch.project_id,
            Contribution.batch_id.is_not(None),
            Contribution.external_id != "",
        )
    )
    return {(external_id, words_hash) for external_id, words_hash in rows}
