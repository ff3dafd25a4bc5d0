"""Work that is owed: done at least once, by one worker at a time, also when a worker is killed in the middle of it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from participation.foundation import jobs, log
from participation.foundation.db import SettledFlask, begin_write, db, settling
from participation.foundation.jobs import claiming, owing
from participation.foundation.model import File, Job
from participation.rules.acts import Act
from participation.rules.policy import VISITOR, WORKER
from tests.persons import NOW

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test knows only the kinds of work that it registers."""
    monkeypatch.setattr(owing, "kinds", kinds := {})
    monkeypatch.setattr(claiming, "kinds", kinds)
    monkeypatch.setattr("participation.foundation.jobs.working.kinds", kinds)
    monkeypatch.setattr(owing, "periods", {})


@pytest.fixture
def seen() -> list[object]:
    """What the handlers have been given."""
    return []


@pytest.fixture
def note(seen: list[object]) -> None:
    """A kind of work that only notes what it is given."""
    jobs.job("note")(lambda arguments, report, now: seen.append(arguments["n"]))


def owe(name: str = "note", at: datetime = NOW, **options: object) -> int:
    """The id of a committed job."""
    with settling():
        return jobs.owe(name, {"n": options.pop("n", 1)}, at=at, **options).id  # type: ignore[arg-type]


def fresh(job_id: int) -> Job:
    """A job as it stands in the database now."""
    db.session.rollback()
    found = db.session.get(Job, job_id)
    assert found is not None
    return found


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_work_is_owed_with_the_act_and_gone_with_it(app: SettledFlask, note: None, seen: list[object]) -> None:
    jobs.owe("note", {"n": 1}, at=NOW)
    db.session.rollback()
    assert jobs.run_all(app, NOW) == 0
    owe(n=2)
    assert jobs.run_all(None, NOW) == 1
    assert seen == [2]


def test_work_is_done_when_its_time_has_come_and_in_that_order(app: SettledFlask, note: None, seen: list) -> None:  # type: ignore[type-arg]
    owe(n="late", run_at=NOW + 2 * HOUR)
    owe(n="soon", run_at=NOW + HOUR)
    owe(n="now")
    assert jobs.run_all(app, NOW) == 1
    assert jobs.run_all(app, NOW + 3 * HOUR) == 2
    assert seen == ["now", "soon", "late"]


def test_the_same_key_owes_one_job(app: SettledFlask, note: None, seen: list[object]) -> None:
    assert owe(n=1, dedupe="once") == owe(n=2, dedupe="once")
    assert jobs.run_all(app, NOW) == 1
    assert owe(n=3, dedupe="once")
    assert jobs.run_all(app, NOW) == 0
    assert seen == [1]


def test_a_job_may_owe_another(app: SettledFlask, note: None, seen: list[object]) -> None:
    jobs.job("first")(lambda arguments, report, now: jobs.owe("note", {"n": "second"}, at=now) and None)
    owe("first")
    assert jobs.run_all(app, NOW) == 2
    assert seen == ["second"]


def test_what_a_handler_leaves_uncommitted_is_kept_together_with_done(app: SettledFlask) -> None:
    def register(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        begin_write()
        log.record(Act.EDIT_PROJECT, WORKER, "file:1", at=now)

    jobs.job("act")(register)
    job_id = owe("act")
    jobs.run_all(app, NOW)
    assert [entry.actor for entry in log.entries_of()] == ["worker"]
    assert (fresh(job_id).state, fresh(job_id).progress, fresh(job_id).token) == ("done", 1.0, None)
    assert log.verify().waiting == 0


def test_a_fault_undoes_the_work_and_waits_longer_each_time(app: SettledFlask) -> None:
    def breaks(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        begin_write()
        log.record(Act.EDIT_PROJECT, WORKER, "file:1", at=now)
        raise KeyError("asta@engelund.example")

    jobs.job("breaks")(breaks)
    job_id = owe("breaks")
    with pytest.raises(KeyError):
        jobs.run_all(app, NOW)
    assert log.entries_of() == []
    job = fresh(job_id)
    assert (job.state, job.tries) == ("waiting", 1)
    assert job.last_error == "KeyError: '[e-mail]'"
    waits = []
    for _ in range(10):
        before = fresh(job_id).run_at
        jobs.run_all(app, before, loud=False)
        waits.append((fresh(job_id).run_at - before).total_seconds())
    assert 48 <= waits[0] <= 75
    assert waits[2] > waits[0]
    assert 2700 <= waits[-1] <= 4400


def test_a_fault_stops_no_other_work(app: SettledFlask, seen: list[object]) -> None:
    def sometimes(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        seen.append(arguments["n"])
        if arguments["n"] == 1:
            raise ValueError("one")

    jobs.job("sometimes")(sometimes)
    owe("sometimes", n=1)
    second = owe("sometimes", n=2)
    with pytest.raises(ValueError, match="one"):
        jobs.run_all(app, NOW)
    assert seen == [1, 2]
    assert fresh(second).state == "done"


def test_work_that_fails_for_good_is_buried_and_its_owner_told(app: SettledFlask, seen: list[object]) -> None:
    def told(arguments: jobs.Arguments, why: str, now: datetime) -> None:
        seen.append((arguments["n"], why))
        log.record(Act.EDIT_PROJECT, WORKER, "file:1", at=now)

    def no(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        raise jobs.GiveUp("no such person")

    jobs.job("no", dead=told)(no)
    job_id = owe("no", n=7)
    assert jobs.run_all(app, NOW) == 1
    assert jobs.run_all(app, NOW + 100 * HOUR) == 0
    assert seen == [(7, "no such person")]
    assert (fresh(job_id).state, len(log.entries_of())) == ("dead", 1)
    assert jobs.backlog(NOW) == jobs.Backlog(0, None, 1)


def test_a_buried_job_can_be_revived(app: SettledFlask, seen: list[object]) -> None:
    def no(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        seen.append(now)
        if len(seen) == 1:
            raise jobs.GiveUp("the disk is full")

    jobs.job("no")(no)
    job_id = owe("no")
    jobs.run_all(app, NOW)
    with settling():
        assert jobs.revive(job_id, at=NOW + HOUR)
    assert jobs.run_all(app, NOW + HOUR) == 1
    assert fresh(job_id).state == "done"
    assert not jobs.revive(job_id, at=NOW)


def test_it_is_tried_until_the_time_limit_and_once_at_its_end(app: SettledFlask, seen: list[object]) -> None:
    def down(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        seen.append(now)
        raise jobs.TryAgain("the server is down")

    jobs.job("down")(down)
    job_id = owe("down", give_up_after=72 * HOUR)
    now = NOW
    while fresh(job_id).state == "waiting":
        now = fresh(job_id).run_at
        jobs.run_all(app, now)
    assert seen[-1] == NOW + 72 * HOUR
    assert len(seen) > 60
    assert (fresh(job_id).state, fresh(job_id).last_error) == ("dead", "the server is down")


def test_waiting_for_ones_turn_costs_no_try(app: SettledFlask, seen: list[object]) -> None:
    def turn(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        if now < NOW + HOUR:
            raise jobs.Later(HOUR + SECOND)
        seen.append(now)

    jobs.job("turn")(turn)
    job_id = owe("turn")
    jobs.run_all(app, NOW)
    assert (fresh(job_id).state, fresh(job_id).tries) == ("waiting", 0)
    jobs.run_all(app, NOW + 2 * HOUR)
    assert len(seen) == 1


def test_a_worker_leaves_alone_what_it_does_not_know(app: SettledFlask, note: None) -> None:
    owe("from a newer version")
    assert jobs.run_all(app, NOW) == 0
    assert jobs.backlog(NOW).waiting == 1


def test_a_long_job_does_not_stand_in_the_way_of_a_letter(app: SettledFlask, note: None) -> None:
    jobs.job("themes", heavy=True)(lambda arguments, report, now: None)
    owe("themes")
    owe("note", at=NOW + SECOND)
    held = jobs.claim(NOW + HOUR, light_only=True)
    assert held is not None
    assert held.name == "note"


def test_two_threads_never_have_the_same_job(app: SettledFlask, note: None) -> None:
    for n in range(30):
        owe(n=n)
    db.session.rollback()
    claimed: list[int] = []
    faults: list[BaseException] = []
    start = threading.Barrier(4)

    def worker() -> None:
        try:
            with app.app_context():
                start.wait()
                while (held := jobs.claim(NOW)) is not None:
                    claimed.append(held.id)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert sorted(claimed) == sorted(set(claimed))
    # A look may find nothing while the others hold the last rows, so whatever is left is still there to be claimed.
    while (held := jobs.claim(NOW)) is not None:
        claimed.append(held.id)
    assert len(claimed) == len(set(claimed)) == 30


def test_a_slow_worker_cannot_finish_what_is_another_ones_now(app: SettledFlask, note: None) -> None:
    job_id = owe()
    slow = jobs.claim(NOW)
    assert slow is not None
    assert jobs.claim(NOW + 59 * SECOND) is None
    quick = jobs.claim(NOW + 61 * SECOND)
    assert quick is not None
    assert quick.id == slow.id == job_id
    assert not claiming.renew(slow, NOW)
    begin_write()
    log.record(Act.EDIT_PROJECT, WORKER, "file:1", at=NOW)
    with pytest.raises(jobs.LeaseLost):
        claiming.finish(slow, NOW)
    assert log.entries_of() == []
    claiming.fail(slow, "too late", NOW)
    assert fresh(job_id).state == "running"
    claiming.finish(quick, NOW)
    assert fresh(job_id).state == "done"


def test_a_job_whose_worker_dies_each_time_is_given_up(app: SettledFlask, note: None, seen: list[object]) -> None:
    job_id = owe()
    now = NOW
    for _ in range(owing.TRIES):
        assert jobs.claim(now) is not None
        now += HOUR
    jobs.run_all(app, now)
    assert fresh(job_id).state == "dead"
    assert seen == []


def test_the_lease_is_renewed_and_progress_shown_while_a_job_is_under_way(app: SettledFlask) -> None:
    app.config["JOB_LEASE"] = 1.2
    halfway, go_on = threading.Event(), threading.Event()

    def long(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        report(0.5, "Deler i punkter")
        halfway.set()
        go_on.wait(60)

    jobs.job("long")(long)
    job_id = owe("long")
    db.session.rollback()
    began = time.monotonic()
    thread = threading.Thread(target=jobs.run_all, args=(app, NOW))
    thread.start()
    assert halfway.wait(60)
    until(lambda: fresh(job_id).progress == 0.5)
    assert fresh(job_id).progress_words == "Deler i punkter"
    until(lambda: time.monotonic() - began > 2.5)
    assert jobs.claim(NOW + timedelta(seconds=2.4)) is None
    db.session.rollback()
    go_on.set()
    thread.join(60)
    assert fresh(job_id).state == "done"


def test_a_handler_hears_that_it_has_lost_its_lease(app: SettledFlask, seen: list[object]) -> None:
    app.config["JOB_LEASE"] = 0.4
    begun = threading.Event()

    def long(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        begun.set()
        for _ in range(600):
            time.sleep(0.1)
            report(0.1, "")
        seen.append("it went on")

    jobs.job("long")(long)
    job_id = owe("long")
    db.session.rollback()
    thread = threading.Thread(target=jobs.run_all, args=(app, NOW))
    thread.start()
    assert begun.wait(60)
    with settling():
        begin_write()
        db.session.execute(sa.update(Job).values(token="of another worker"))
    thread.join(60)
    assert not thread.is_alive()
    assert seen == []
    assert fresh(job_id).token == "of another worker"


def test_periodic_work_is_owed_once_a_slot(app: SettledFlask, seen: list[object]) -> None:
    jobs.periodic("hourly", every=HOUR)(lambda arguments, report, now: seen.append(now))
    for minutes in (0, 1, 2, 60, 61):
        owing.owe_periodic(NOW + timedelta(minutes=minutes))
        jobs.run_all(app, NOW + timedelta(minutes=minutes))
    assert seen == [NOW, NOW + HOUR]


def test_two_handlers_for_one_name_are_a_mistake() -> None:
    def first(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None: ...
    def second(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None: ...

    jobs.job("same")(first)
    jobs.job("same")(first)
    with pytest.raises(ValueError, match="two handlers"):
        jobs.job("same")(second)


def test_the_worker_works_until_it_is_stopped_and_outlives_a_fault(app: SettledFlask, seen: list[object]) -> None:
    app.config["JOB_POLL"] = 0.05

    def sometimes(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
        if arguments["n"] == "bad":
            raise ValueError
        seen.append(arguments["n"])

    jobs.job("sometimes")(sometimes)
    stop = threading.Event()
    thread = threading.Thread(target=jobs.work, args=(app,), kwargs={"stop": stop})
    thread.start()
    try:
        owe("sometimes", n="bad")
        owe("sometimes", n="good")
        with settling():
            begin_write()
            log.record(Act.EDIT_PROJECT, VISITOR, "file:1", at=NOW)
        until(lambda: seen == ["good"] and log.verify().sealed == 1)
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


WORKER_PROGRAM = """
import sys, time
from pathlib import Path
from participation.app import create_app
from participation.foundation import jobs, log
from participation.foundation.db import begin_write, db
from participation.foundation.model import File
from participation.rules.acts import Act
from participation.rules.policy import WORKER

marks = Path(sys.argv[1])

@jobs.job("slow")
def slow(arguments, report, now):
    begin_write()
    db.session.add(File(sha256="1" * 64, name="half", media_type="x", size=1, stored_at=now))
    log.record(Act.EDIT_PROJECT, WORKER, "file:1", at=now)
    first = not (marks / "begun").exists()
    (marks / "begun").write_text("begun")
    if first:
        time.sleep(600)

app = create_app({"DATABASE_URL": sys.argv[2], "INSTANCE": str(marks), "JOB_LEASE": 2.0, "JOB_POLL": 0.05,
                  "SECRET_KEY": "a-key-that-is-only-used-in-the-tests-of-the-house"})
jobs.work(app)
"""


@pytest.fixture
def start_worker(app: SettledFlask, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as a process of its own."""
    started: list[subprocess.Popen[bytes]] = []
    root = Path(__file__).parents[2]

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WORKER_PROGRAM, str(tmp_path), app.config["SQLALCHEMY_DATABASE_URI"]]
        started.append(subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing_and_doubles_nothing(
    app: SettledFlask, start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """R1, R3b: ``kill -9`` in the middle of a transaction; the next worker takes over when the lease has run out."""
    from participation.foundation import clock

    job_id = owe("slow", at=clock.now())
    db.session.rollback()
    first = start_worker()
    until(lambda: (tmp_path / "begun").exists())
    first.send_signal(signal.SIGKILL)
    assert first.wait(30) == -signal.SIGKILL
    assert fresh(job_id).state == "running"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(File)) == 0
    db.session.rollback()
    start_worker()
    until(lambda: fresh(job_id).state == "done")
    until(lambda: log.verify().sealed == 1)
    assert fresh(job_id).tries == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(File)) == 1
    assert log.verify().sound
