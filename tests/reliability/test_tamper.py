"""Battery R7: what is changed, deleted, reordered or slipped in behind our back is named by its first bad entry.

MEDSPIL_TAMPER=500 python -m pytest -s tests/reliability/test_tamper.py
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app

from participation.answers.draft import Draft, draft_answer
from participation.answers.question import answer_question
from participation.contributions.correct import correct_contribution
from participation.contributions.hide import hide_contribution, restore_contribution
from participation.contributions.import_ import import_contributions
from participation.contributions.mask import mask_contribution, place_of_quote
from participation.contributions.model import Contact, Contribution, Note
from participation.contributions.note import write_note
from participation.contributions.read import read_contributions
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import files, jobs, log
from participation.foundation.db import Base, db, settling
from participation.people.model import Department
from participation.projects.model import Round
from participation.reports.publish import publish_paper
from participation.rules.acts import Act
from participation.rules.handling import HidingReason, MaskReason
from participation.rules.kinds import ApprovalRule, Kind, NoteKind
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.contributions.sending import holder_of, submitted
from tests.persons import NOW

MANY, CLEAN = int(os.environ.get("MEDSPIL_TAMPER", "60")), 20
TABLES = ["log", "seal", "unsealed", "text", "contact", "note", "answer", "answer_version"]
TABLES += ["attachment", "file", "document"]
YES = Recommendation.ACCOMMODATED
LATER = NOW + timedelta(days=30)


def seal() -> None:
    jobs.run_all(None, NOW)
    while log.seal(NOW):
        pass
    db.session.rollback()


@pytest.fixture
def case(planner: Actor, hearing: Round, roads: Department, tmp_path: Path) -> Round:
    """A matter from the first words to the white paper: everything that the log vouches for is in it."""
    with settling():
        roads.approval = ApprovalRule.NONE
    for number in range(8):
        sent = [files.keep(f"Bilag {number}.{n}".encode(), f"bilag{n}.txt") for n in range(number % 3)]
        submitted(hearing, f"Flyt overgangen {number} m.", email=f"b{number}@borger.example", files=tuple(sent))
    ones = db.session.scalars(sa.select(Contribution).order_by(Contribution.id)).all()
    with settling():
        for one in ones[:3]:
            correct_contribution(holder_of(one), one, f"{one.words} Tak.", now=NOW)
            write_note(planner, hearing.project, NoteKind.CALL, f"Ringede om {one.number}.", one, now=NOW)
    (question,) = receive(hearing, "Hvornår?", kind=Kind.QUESTION)
    sheet = tmp_path / "svar.csv"
    sheet.write_text("tekst\nJa tak.\nMere lys.\n", encoding="utf-8")
    import_contributions(planner, hearing, sheet, now=NOW)
    every = db.session.scalars(sa.select(Contribution).where(Contribution.kind != Kind.QUESTION)).all()
    with settling():
        answer_question(planner, question, "Til maj.", publish=True, now=NOW)
        for one in every:
            draft_answer(planner, Draft(one, f"Svar på {one.number}.", YES), now=NOW)
        draft_answer(planner, Draft(every[0], "Et bedre svar.", YES, version=1), now=NOW)
        read_contributions(planner, hearing.project, [*every, question], now=NOW)
    with settling():
        publish_paper(planner, hearing.project, now=LATER)
    seal()
    return hearing


@dataclass
class Harm:
    """One change behind our back.

    Attributes:
        first: the entries that may be named: the first one that is not as it was. None where the end was cut off and
            only a published head can tell.
    """

    what: str
    first: set[int] | None
    sql: list[Any] = field(default_factory=list)
    disk: Callable[[], None] = lambda: None


class House:
    """The database and the store as somebody with both in hand sees them; puts everything back afterwards."""

    def __init__(self) -> None:
        self.engine = sa.create_engine(current_app.config["SQLALCHEMY_DATABASE_URI"])
        self.tables = {name: Base.metadata.tables[name] for name in TABLES}
        self.store = Path(current_app.config["FILES"])
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            self.rows = {name: [dict(row) for row in self._read(connection, name)] for name in TABLES}
        self.files = {path: path.read_bytes() for path in self.store.rglob("*") if path.is_file()}
        self.seals = sorted(self.rows["seal"], key=lambda row: row["position"])
        self.entries = {row["id"]: row for row in self.rows["log"]}
        self.place = {row["log_id"]: row["position"] for row in self.seals}
        self.head = self.seals[-1]["hash"]

    def _read(self, connection: sa.Connection, name: str) -> Any:
        return connection.execute(sa.select(self.tables[name])).mappings()

    @contextmanager
    def harmed(self, harm: Harm) -> Iterator[None]:
        with self._connected() as connection:
            for statement in harm.sql:
                connection.execute(statement)
        harm.disk()
        try:
            yield
        finally:
            with self._connected() as connection:
                for name in reversed(TABLES):
                    connection.execute(self.tables[name].delete())
                for name in TABLES:
                    if self.rows[name]:
                        connection.execute(self.tables[name].insert(), self.rows[name])
            for path, content in self.files.items():
                path.write_bytes(content)

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection

    def entry_of(self, contribution: int, *acts: Act) -> list[int]:
        wanted = {act.value for act in acts}
        mine = f"contribution:{contribution}"
        return [key for key, row in self.entries.items() if row["subject"] == mine and row["act"] in wanted]

    def change(self, name: str, key: int, **values: Any) -> Any:
        table = self.tables[name]
        return table.update().where(next(iter(table.primary_key)) == key).values(**values)

    def delete(self, name: str, key: int) -> Any:
        table = self.tables[name]
        return table.delete().where(next(iter(table.primary_key)) == key)


_IN = (Act.SUBMIT_CONTRIBUTION, Act.ASK_QUESTION)


def change_entry(house: House, dice: random.Random) -> Harm:
    key = dice.choice(list(house.entries))
    was = house.entries[key]
    values = {
        "version": was["version"] + 1,
        "at": was["at"] + timedelta(microseconds=dice.choice((-1, 1, 10**6))),
        "act": "contribution:hide" if was["act"] != "contribution:hide" else "contribution:read",
        "actor": "person:999",
        "subject": "contribution:999",
        "project_id": 999,
        "facts": dice.choice([{**was["facts"], "more": 1}, {}, [], "x"]) or {"x": None},
        "digest": dice.choice(["0" * 64, "" if was["digest"] else "1" * 64]),
    }
    name = dice.choice(list(values))
    return Harm(f"log.{name} of {key}", {key}, [house.change("log", key, **{name: values[name]})])


def delete_entry(house: House, dice: random.Random) -> Harm:
    key = dice.choice(list(house.entries))
    return Harm(f"log without {key}", {key}, [house.delete("log", key)])


def swap_entries(house: House, dice: random.Random) -> Harm:
    one, other = sorted(dice.sample(list(house.entries), 2))
    rows = [{k: v for k, v in house.entries[key].items() if k != "id"} for key in (other, one)]
    return Harm(
        f"log {one} and {other} changed places",
        {one},
        [house.change("log", key, **row) for key, row in zip((one, other), rows, strict=True)],
    )


def slip_in(house: House, dice: random.Random) -> Harm:
    key = max(house.entries) + dice.randint(1, 50)
    row = house.entries[dice.choice(list(house.entries))] | {"id": key}
    return Harm(f"log {key} slipped in", {key}, [house.tables["log"].insert().values(**row)])


def change_seal(house: House, dice: random.Random) -> Harm:
    row = dice.choice(house.seals)
    values = {"previous": "2" * 64, "hash": "3" * 64, "sealed_at": row["sealed_at"] + timedelta(seconds=1)}
    name = dice.choice(list(values))
    changed = house.change("seal", row["position"], **{name: values[name]})
    return Harm(f"seal.{name} at {row['position']}", {row["log_id"]}, [changed])


def delete_seal(house: House, dice: random.Random) -> Harm:
    row = dice.choice(house.seals)
    return Harm(f"seal {row['position']} taken away", {row["log_id"]}, [house.delete("seal", row["position"])])


def swap_seals(house: House, dice: random.Random) -> Harm:
    """The entry that now stands at the first broken place, or the one that stood there, is the first bad one."""
    one, other = sorted(dice.sample(house.seals, 2), key=lambda row: row["position"])
    return Harm(
        f"seals {one['position']} and {other['position']} changed entries",
        {one["log_id"], other["log_id"]},
        [
            house.change("seal", one["position"], log_id=-1),
            house.change("seal", other["position"], log_id=one["log_id"]),
            house.change("seal", one["position"], log_id=other["log_id"]),
        ],
    )


def change_text(house: House, dice: random.Random) -> Harm:
    row = dice.choice([row for row in house.rows["text"] if row["source"].value != "file"])
    return _about_text(house, row, dice.choice([house.change("text", row["id"], words="Nej."), None, "moved"]))


def _about_text(house: House, row: dict[str, Any], how: Any) -> Harm:
    acts = _IN if row["version"] == 1 else (Act.CORRECT_CONTRIBUTION,)
    first = house.entry_of(row["contribution_id"], *acts) or [
        key
        for key, entry in house.entries.items()
        if entry["act"] == Act.IMPORT_CONTRIBUTIONS.value and entry["digest"]
    ]
    if how is None:
        return Harm(f"text {row['id']} taken away", {min(first)}, [house.delete("text", row["id"])])
    if how == "moved":
        moved = house.change("text", row["id"], version=row["version"] + 7)
        return Harm(f"text {row['id']} as another version", {min(first)}, [moved])
    return Harm(f"text {row['id']} changed", {min(first)}, [how])


def swap_texts(house: House, dice: random.Random) -> Harm:
    own = [row for row in house.rows["text"] if house.entry_of(row["contribution_id"], *_IN) and row["version"] == 1]
    one, other = dice.sample([row for row in own if row["source"].value == "body"], 2)
    first = {min(house.entry_of(row["contribution_id"], *_IN)[0] for row in (one, other))}
    swapped = [
        house.change("text", one["id"], words=other["words"]),
        house.change("text", other["id"], words=one["words"]),
    ]
    return Harm(f"texts {one['id']} and {other['id']} changed places", first, swapped)


def change_salt(house: House, dice: random.Random) -> Harm:
    row = dice.choice([row for row in house.rows["contact"] if house.entry_of(row["contribution_id"], *_IN)])
    first = {min(house.entry_of(row["contribution_id"], *_IN, Act.CORRECT_CONTRIBUTION))}
    return Harm(f"contact.salt of {row['id']}", first, [house.change("contact", row["id"], salt="f" * 32)])


def change_note(house: House, dice: random.Random) -> Harm:
    row = dice.choice(house.rows["note"])
    acts = Act.WRITE_NOTE.value
    first = {key for key, one in house.entries.items() if one["act"] == acts and one["facts"]["note"] == row["id"]}
    return Harm(f"note {row['id']}", first, [house.change("note", row["id"], words="Ringede ikke.")])


def change_answer(house: House, dice: random.Random) -> Harm:
    row = dice.choice(house.rows["answer_version"])
    acts = {Act.DRAFT_ANSWER.value, Act.ANSWER_QUESTION.value}
    told = [
        key
        for key, one in house.entries.items()
        if one["act"] in acts and (row["answer_id"], row["version"]) in zip(*_of(one), strict=True)
    ]
    values = {"words": "Noget andet.", "reason": "Derfor.", "version": row["version"] + 40}
    name = dice.choice(list(values))
    return Harm(
        f"answer_version.{name} of {row['id']}",
        {min(told)},
        [house.change("answer_version", row["id"], **{name: values[name]})],
    )


def _of(entry: dict[str, Any]) -> tuple[list[int], list[int]]:
    return entry["facts"]["answers"], entry["facts"]["versions"]


def harm_file(house: House, dice: random.Random) -> Harm:
    """A file of a citizen: on the disk, by its row, or by what it hangs on."""
    row = dice.choice(house.rows["attachment"])
    file = next(one for one in house.rows["file"] if one["id"] == row["file_id"])
    first = {house.entry_of(row["contribution_id"], *_IN)[0]}
    how = dice.choice(["disk", "attachment", "row"])
    if how == "disk":
        return Harm(f"file {file['id']} on the disk", first, disk=_on_disk(house, file["sha256"], dice))
    if how == "attachment":
        return Harm(f"attachment {row['id']} taken away", first, [house.delete("attachment", row["id"])])
    return Harm(f"file.sha256 of {file['id']}", first, [house.change("file", file["id"], sha256="a" * 64)])


def harm_paper(house: House, dice: random.Random) -> Harm:
    """A frozen file of the white paper."""
    row = dice.choice(house.rows["document"])
    first = {key for key, one in house.entries.items() if one["act"] == Act.PUBLISH_REPORT.value}
    if dice.random() < 0.6:
        return Harm(f"document {row['id']} on the disk", first, disk=_on_disk(house, row["sha256"], dice))
    gone = house.delete("document", row["id"])
    return Harm(
        f"document {row['id']}", first, [dice.choice([gone, house.change("document", row["id"], sha256="b" * 64)])]
    )


def _on_disk(house: House, sha256: str, dice: random.Random) -> Callable[[], None]:
    path = house.store / sha256[:2] / sha256
    content = bytearray(house.files[path])
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    cut = dice.randrange(len(content))
    return dice.choice(
        [lambda: _write(path, bytes(content)), lambda: _write(path, house.files[path][:cut]), lambda: path.unlink()]
    )


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def cut_the_end(house: House, dice: random.Random) -> Harm:
    """The log as it was some entries ago, which is also what an old backup brings back."""
    keep = dice.randrange(0, len(house.seals))
    gone = [row["log_id"] for row in house.seals[keep:]]
    tables = house.tables
    return Harm(
        f"the log from {keep + 1} on cut off",
        None,
        [
            tables["seal"].delete().where(tables["seal"].c.position > keep),
            tables["log"].delete().where(tables["log"].c.id.in_(gone)),
        ],
    )


HARMS = (
    *(change_entry, change_entry, change_entry, delete_entry, swap_entries, slip_in),
    *(change_seal, delete_seal, swap_seals, cut_the_end),
    *(change_text, change_text, swap_texts, change_salt, change_note, change_answer),
    *(harm_file, harm_file, harm_paper),
)


def test_the_first_bad_entry_is_named_each_time(case: Round) -> None:
    house, wrong = House(), []
    assert log.verify(house.head).sound
    for seed in range(MANY):
        dice = random.Random(seed)
        harm = HARMS[seed % len(HARMS)](house, dice)
        db.session.rollback()
        with house.harmed(harm):
            verdict = log.verify(house.head)
            db.session.rollback()
        named = not verdict.head_known if harm.first is None else verdict.first_bad in harm.first
        if not named or verdict.sound:
            wrong.append(f"{seed}: {harm.what}: {verdict.first_bad} ({verdict.why}), not {harm.first}")
    assert log.verify(house.head).sound
    print(f"\nR7: {MANY - len(wrong)} of {MANY} changes behind our back named by their first bad entry")
    assert wrong == []


def test_twenty_clean_runs_raise_no_alarm(planner: Actor, case: Round) -> None:
    """Corrections, covers, hidings, withdrawals, erasures and letters are acts, not tampering."""
    alarms, heads = [], []
    for seed in range(CLEAN):
        dice = random.Random(seed)
        clean_acts(planner, case, dice)
        seal()
        heads.append(log.verify().head)
        verdicts = [log.verify(head) for head in (heads[0], dice.choice(heads), heads[-1])]
        alarms += [f"{seed}: {one.first_bad} {one.why} {one.head_known}" for one in verdicts if not one.sound]
    print(f"\nR7: {len(alarms)} false alarms in {CLEAN} clean runs")
    assert alarms == []


def clean_acts(planner: Actor, round_: Round, dice: random.Random) -> None:
    """Some acts of citizens and staff, in an order that the dice give."""
    sent = tuple(files.keep(f"Nyt bilag {dice.random()}".encode(), "nyt.txt") for _ in range(dice.randrange(3)))
    one = submitted(round_, f"Mere lys {dice.random()}.", email="ny@borger.example", files=sent)
    acts: list[Callable[[], object]] = [
        lambda: mask_contribution(
            planner, one, [place_of_quote(one, one.body.id, "Mere")], MaskReason.CONTACT, "Privat.", now=NOW
        ),
        lambda: hide_contribution(planner, one, HidingReason.NO_CONTENT, "Skriv om sagen.", now=NOW),
        lambda: write_note(planner, round_.project, NoteKind.CALL, "Ringede.", one, now=NOW),
        lambda: draft_answer(planner, Draft(one, "Ja.", YES), now=NOW),
    ]
    for act in dice.sample(acts, dice.randint(1, 4)):
        with settling():
            act()
    with settling():
        if one.hidden_reason is not None and dice.random() < 0.5:
            restore_contribution(planner, one, now=NOW)
        if dice.random() < 0.3:
            withdraw_contribution(holder_of(one), one, now=NOW)
    if dice.random() < 0.4:  # an erased person proves nothing
        with settling():
            db.session.execute(sa.delete(Note).where(Note.contribution_id == one.id))
            db.session.execute(sa.delete(Contact).where(Contact.contribution_id == one.id))
