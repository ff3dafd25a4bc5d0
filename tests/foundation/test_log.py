"""The log: what may stand in it, that nobody changes it, and that the chain says so when somebody did."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from participation.foundation import log
from participation.foundation.db import SettledFlask, begin_write, db, dialect, settling
from participation.foundation.model import Budget, File, LogEntry, Seal, Unsealed
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.policy import VISITOR, WORKER, Actor
from tests.persons import NOW


def a_file(name: str = "plan.pdf") -> File:
    """A thing that can be acted on."""
    file = File(sha256="0" * 64, name=name, media_type="application/pdf", size=1, stored_at=NOW)
    db.session.add(file)
    db.session.flush()
    return file


def record_some(count: int) -> list[int]:
    """The ids of so many committed entries."""
    with settling():
        file = a_file()
        return [log.record(Act.EDIT_PROJECT, VISITOR, file, at=NOW, project_id=7, number=n).id for n in range(count)]


def behind_our_back(*statements: str) -> None:
    """Change the database as an administrator of the machine could, past triggers and foreign keys."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if dialect() == "sqlite":
            before = ["ROLLBACK", "PRAGMA foreign_keys=OFF"]
            triggers = [f"{table}_no_{verb}" for table in ("log", "seal") for verb in ("update", "delete")]
            before += [f"DROP TRIGGER IF EXISTS {trigger}" for trigger in triggers]
            after = ["PRAGMA foreign_keys=ON", "BEGIN"]
        else:
            before, after = ["SET session_replication_role = replica"], ["SET session_replication_role = origin"]
        for statement in (*before, *statements, *after):
            connection.exec_driver_sql(statement)
        connection.commit()


def test_an_act_is_one_line_with_ids_and_plain_facts(app: SettledFlask) -> None:
    with settling():
        entry = log.record(
            *(Act.EDIT_PROJECT, Actor(person_id=5, name="Pia"), a_file()),
            **{"at": NOW, "project_id": 7, "digest": "d" * 64},
            role=Role.PLANNER,
            on=dates.local_day(NOW),
            at_moment=NOW,
            ids={3, 1},
            note=None,
            share=0.5,
        )
    kept = db.session.get(LogEntry, entry.id)
    assert kept is not None
    assert (kept.act, kept.actor, kept.subject, kept.project_id) == ("project:edit", "person:5", "file:1", 7)
    assert kept.at == NOW
    assert kept.facts == {
        "role": "planner",
        "on": "2026-11-22",
        "at_moment": "2026-11-22T13:33:07+00:00",
        "ids": [1, 3],
        "share": 0.5,
    }


@pytest.mark.parametrize(
    ("actor", "name"), [(VISITOR, "visitor"), (WORKER, "worker"), (Actor(person_id=9), "person:9")]
)
def test_the_log_names_nobody(actor: Actor, name: str) -> None:
    assert log.actor_key(actor) == name


@pytest.mark.parametrize(
    "fact", ["x" * 81, "two\nlines", "asta@engelund.example", {"a": 1}, b"bytes", object(), ["fine", "x" * 81]]
)
def test_free_text_is_refused(app: SettledFlask, fact: object) -> None:
    with pytest.raises(TypeError, match="'why'"):
        log.record(Act.EDIT_PROJECT, VISITOR, a_file(), at=NOW, why=fact)


def test_a_thing_without_an_id_cannot_be_recorded(app: SettledFlask) -> None:
    with pytest.raises(ValueError, match="flush"):
        log.record(Act.EDIT_PROJECT, VISITOR, File(name="new"), at=NOW)


def test_the_project_is_found_from_the_subject(hearing) -> None:  # type: ignore[no-untyped-def]
    with settling():
        begin_write()
        assert log.record(Act.EDIT_PROJECT, VISITOR, hearing, at=NOW).project_id == hearing.project_id
        assert log.record(Act.EDIT_PROJECT, VISITOR, hearing.project, at=NOW).project_id == hearing.project_id
    assert len(log.entries_of(project_id=hearing.project_id)) == 2
    assert [entry.subject for entry in log.entries_of(hearing)] == [f"round:{hearing.id}"]


def test_a_key_of_two_parts_has_a_name(app: SettledFlask) -> None:
    assert log.subject_key(Budget(key="k", window=NOW)).startswith("budget:k/")
    assert log.subject_key(File) == "file:-"
    assert log.subject_key("person:unknown") == "person:unknown"


@pytest.mark.parametrize("key", ["asta@engelund.example", "person:Asta Lind", "", "person:" + "x" * 60])
def test_a_key_that_may_be_a_name_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        log.subject_key(key)


def test_a_log_is_read_by_page(app: SettledFlask) -> None:
    ids = record_some(5)
    assert [entry.id for entry in log.entries_of(project_id=7, limit=2)] == ids[:2]
    assert [entry.id for entry in log.entries_of(project_id=7, after=ids[1], limit=2)] == ids[2:4]


def test_an_undone_act_leaves_no_line_but_one_apart_stays(app: SettledFlask) -> None:
    log.record_apart(Act.SIGN_IN, VISITOR, File, at=NOW, refused=True)
    log.record(Act.EDIT_PROJECT, VISITOR, a_file(), at=NOW)
    db.session.rollback()
    assert db.session.scalars(sa.select(LogEntry.act)).all() == ["person:sign_in"]


def test_apart_says_no_instead_of_waiting_for_itself(app: SettledFlask) -> None:
    begin_write()
    with pytest.raises(RuntimeError, match="apart"):
        log.record_apart(Act.SIGN_IN, VISITOR, File, at=NOW)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE log SET actor = 'visitor'", "DELETE FROM log", "UPDATE seal SET hash = 'x'", "DELETE FROM seal"],
)
def test_the_database_refuses_to_change_what_only_grows(app: SettledFlask, statement: str) -> None:
    record_some(2)
    log.seal(NOW)
    with pytest.raises(DatabaseError, match="only grows"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert log.verify().sound


@pytest.mark.only("postgresql")  # SQLite has no TRUNCATE
@pytest.mark.parametrize("table", ["log", "seal", "text", "theme_edit"])
def test_postgresql_refuses_truncate_too(app: SettledFlask, table: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"), db.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.only("sqlite")  # nothing else can replace
def test_sqlite_refuses_to_replace_a_line(app: SettledFlask) -> None:
    record_some(1)
    with pytest.raises(DatabaseError, match="only grows"), db.engine.begin() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO log SELECT * FROM log")


def test_the_sealer_leaves_nothing_waiting_and_no_gaps(app: SettledFlask) -> None:
    ids = record_some(5)
    assert log.seal(NOW, limit=3) == 3
    assert log.verify() == log.Verdict(None, "", 3, 2, log.verify().head)
    assert log.seal(NOW, limit=3) == 2
    assert log.seal(NOW) == 0
    rows = db.session.execute(sa.select(Seal.position, Seal.log_id).order_by(Seal.position)).all()
    assert [tuple(row) for row in rows] == list(zip(range(1, 6), ids, strict=True))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unsealed)) == 0
    assert log.verify().sound


@pytest.mark.only("postgresql")  # SQLite commits in the order of the ids
def test_sealing_does_not_wait_for_what_is_not_committed_and_forgets_nothing(app: SettledFlask) -> None:
    """On PostgreSQL a lower id may be committed after a higher one; it gets a later position, and is not lost."""
    file = a_file()
    db.session.commit()
    slow = log.record(Act.EDIT_PROJECT, VISITOR, file, at=NOW).id
    with app.app_context():
        (quick,) = record_some(1)
    assert slow < quick
    assert log.seal(NOW) == 1
    db.session.commit()
    assert log.seal(NOW) == 1
    assert db.session.scalars(sa.select(Seal.log_id).order_by(Seal.position)).all() == [quick, slow]
    assert log.verify().sound


def test_several_sealers_make_one_chain(app: SettledFlask) -> None:
    record_some(40)
    db.session.rollback()
    faults: list[BaseException] = []

    def sealer() -> None:
        try:
            with app.app_context():
                while log.seal(NOW, limit=3):
                    pass
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=sealer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults
    verdict = log.verify()
    assert (verdict.sealed, verdict.waiting, verdict.sound) == (40, 0, True)


TAMPERINGS: dict[str, tuple[str, int]] = {
    "another actor": ("UPDATE log SET actor = 'person:1' WHERE id = {third}", 2),
    "another time": ("UPDATE log SET at = '2020-01-01 00:00:00.000000' WHERE id = {third}", 2),
    "another fact": ("UPDATE log SET facts = '{{\"number\": 99}}' WHERE id = {third}", 2),
    "another digest": ("UPDATE log SET digest = 'f' WHERE id = {third}", 2),
    "an entry taken away": ("DELETE FROM log WHERE id = {third}", 2),
    "a seal taken away": ("DELETE FROM seal WHERE log_id = {third}", 2),
    "the last seal taken away": ("DELETE FROM seal WHERE log_id = {last}", 4),
    "another hash": ("UPDATE seal SET hash = 'f' WHERE log_id = {third}", 2),
    "another time of sealing": ("UPDATE seal SET sealed_at = '2020-01-01 00:00:00.000000' WHERE log_id = {third}", 2),
    "a line slipped in": (
        "INSERT INTO log (id, version, at, act, actor, subject, facts) "
        "SELECT 900, version, at, act, actor, subject, facts FROM log WHERE id = {third}",
        -1,
    ),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_verify_names_the_first_entry_that_was_touched(app: SettledFlask, kind: str) -> None:
    """R7."""
    ids = record_some(5)
    log.seal(NOW)
    assert log.verify().sound
    statement, place = TAMPERINGS[kind]
    behind_our_back(statement.format(third=ids[2], last=ids[4]))
    verdict = log.verify(chunk=2)
    assert verdict.first_bad == (900 if place < 0 else ids[place])
    assert verdict.why
    assert not verdict.sound


def test_two_entries_that_change_places_are_found(app: SettledFlask) -> None:
    ids = record_some(4)
    log.seal(NOW)
    behind_our_back(
        f"UPDATE seal SET log_id = -1 WHERE log_id = {ids[1]}",
        f"UPDATE seal SET log_id = {ids[1]} WHERE log_id = {ids[2]}",
        f"UPDATE seal SET log_id = {ids[2]} WHERE log_id = -1",
    )
    assert log.verify().first_bad == ids[2]


def test_a_tail_that_was_cut_off_is_found_by_a_published_head(app: SettledFlask) -> None:
    ids = record_some(5)
    log.seal(NOW)
    head = log.head_of_day(dates.local_day(NOW))
    assert head is not None
    assert log.verify(head.hash).sound
    behind_our_back(f"DELETE FROM seal WHERE log_id = {ids[4]}", f"DELETE FROM log WHERE id = {ids[4]}")
    assert log.verify().sound
    assert not log.verify(head.hash).sound


def test_the_head_of_a_day_stays_when_the_next_day_goes_on(app: SettledFlask) -> None:
    today = dates.local_day(NOW)
    assert log.head_of_day(today) is None
    record_some(2)
    log.seal(NOW)
    head = log.head_of_day(today)
    record_some(1)
    log.seal(NOW + timedelta(days=1))
    assert log.head_of_day(today) == head
    assert head is not None
    assert head.position == 2
    later = log.head_of_day(today + timedelta(days=1))
    assert later is not None
    assert later.position == 3


def test_a_clock_that_goes_back_does_not_turn_the_chain_round(app: SettledFlask) -> None:
    """R8."""
    record_some(1)
    log.seal(NOW)
    record_some(1)
    log.seal(NOW - timedelta(hours=1))
    assert db.session.scalars(sa.select(Seal.sealed_at).order_by(Seal.position)).all() == [NOW, NOW]
    assert log.verify().sound


@pytest.fixture
def witnessed(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[int, tuple[str, str]]], None]:
    """Stands for a room that can show the words behind its digests."""
    monkeypatch.setattr(log, "_witnesses", {})

    def show(words: dict[int, tuple[str, str]]) -> None:
        log.witness(Act.EDIT_PROJECT)(lambda entries: words)

    return show


def test_a_changed_word_is_found_and_an_erased_one_proves_nothing(app: SettledFlask, witnessed) -> None:  # type: ignore[no-untyped-def]
    with settling():
        file = a_file()
        ids = [
            log.record(Act.EDIT_PROJECT, VISITOR, file, at=NOW, digest=log.digest("salt", words)).id
            for words in ("one", "two", "three")
        ]
    log.seal(NOW)
    witnessed({ids[0]: ("salt", "one"), ids[1]: ("salt", "two")})
    assert log.verify().sound
    witnessed({ids[0]: ("salt", "one"), ids[1]: ("salt", "TWO")})
    assert log.verify().first_bad == ids[1]
