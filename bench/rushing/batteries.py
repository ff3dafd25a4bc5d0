"""The batteries: what is done to a house, and what must hold afterwards."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from bench.rushing import disks, speed, trace
from bench.rushing.check import Verdict, check
from bench.rushing.citizens import PATH, Crowd, Cut, Journal, ask, inner_key, multipart, photo, words_of
from bench.rushing.databases import Cluster, Databases, NoCluster
from bench.rushing.house import House, children

#: The bars of the rush itself and of coming back, in seconds.
P95, WORST, BACK = 2.0, 10.0, 15.0
#: The bars of the undisturbed run: share of the floor on SQLite, acknowledged a second on PostgreSQL, fairness.
SHARE, PER_S, FAIR = 0.5, 100.0, 0.25


@dataclass
class Run:
    """One run of the batteries.

    Attributes:
        told: figures of each battery, by its name.
        problems: promises that were not kept.
        slow: bars of speed that were missed; they depend on what else the machine does.
        skipped: batteries that could not run here, with the reason.
    """

    folder: Path
    short: bool
    seed: int
    databases: Databases
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    def keep(self, name: str, figures: dict[str, Any], problems: list[str], slow: list[str] | None = None) -> None:
        """Tell the figures of a battery in a line, and what did not hold."""
        self.told[name] = figures = figures | {"took_s": round(time.monotonic() - self.begun, 1)}
        self.begun = time.monotonic()
        self.problems += [f"{name}: {why}" for why in problems]
        self.slow += [f"{name}: {why}" for why in slow or []]
        print(f"{name}: {json.dumps(figures)}", flush=True)
        for why in problems[:20]:
            print(f"{name} FAILED: {why}", flush=True)
        for why in slow or []:
            print(f"{name} SLOW: {why}", flush=True)

    def skip(self, name: str, why: str) -> None:
        """Say loudly that a battery cannot run here; where nothing may be skipped it is a failure."""
        self.skipped[name] = why
        print(f"{name} SKIPPED: {why}", flush=True)
        if os.environ.get("MEDSPIL_CI") == "1":
            self.problems.append(f"{name}: nothing may be skipped here: {why}")


def percentile(values: list[float], share: float) -> float:
    """The value that this share of the values does not pass."""
    ordered = sorted(values) or [0.0]
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def figures_of(verdict: Verdict) -> dict[str, Any]:
    """What a check found, without the sentences."""
    return {name: value for name, value in asdict(verdict).items() if name != "problems"}


@contextlib.contextmanager
def a_house(run: Run, name: str, url: str | None, *, queue: bool = True, **how: Any) -> Iterator[House]:
    """A furnished house that is running; without a worker of the queue where nobody waits for what it does."""
    house = House(run.folder / name, url, **how)
    house.furnish()
    try:
        house.launch(queue=queue)
        house.wait_until_up()
        yield house
    finally:
        house.stop()


# -- R1 ---------------------------------------------------------------------------------------------------------------


def rush(run: Run) -> None:
    """R1: the last minute before the deadline, with a web worker killed every three seconds and the queue's twice."""
    total, seconds = (420, 18.0) if run.short else (2000, 60.0)
    with run.databases.fresh("r1") as url, a_house(run, "r1", url) as house:
        crowd = Crowd(house.port, house.folder / "journals", run.seed, house.fresh_key, total=total, seconds=seconds)
        kills = asyncio.run(_storm(house, crowd, random.Random(run.seed)))
        verdict = asyncio.run(check(house, crowd.folder))
    p95, worst = percentile(crowd.took, 0.95), percentile(crowd.took, 1)
    problems = [*verdict.problems, *crowd.bad_pages]
    if faults := {status: count for status, count in crowd.statuses.items() if status != 303}:
        problems.append(f"other answers than a receipt: {faults}")
    slow = [f"p95 {p95} s, worst {worst} s (bars {P95} and {WORST})"] if p95 > P95 or worst > WORST else []
    timing = {"p95_s": p95, "worst_s": worst, "resent": crowd.resent, "cut": crowd.cut}
    run.keep("R1", figures_of(verdict) | timing | kills, problems, slow)


async def _storm(house: House, crowd: Crowd, dice: random.Random) -> dict[str, int]:
    """The crowd, and whoever pulls the plugs."""
    killed = {"web_workers_killed": 0, "queue_workers_killed": 0}

    async def pull() -> None:
        begun, queue_at = time.monotonic(), [crowd.seconds / 3, crowd.seconds * 2 / 3]
        while True:
            await asyncio.sleep(3)
            killed["web_workers_killed"] += house.kill_worker(dice)
            if queue_at and time.monotonic() - begun > queue_at[0]:
                queue_at.pop(0)
                house.kill_queue()
                killed["queue_workers_killed"] += 1

    plugs = asyncio.create_task(pull())
    try:
        await asyncio.wait_for(crowd.storm(), crowd.seconds + 240)
    finally:
        plugs.cancel()
    return killed


# -- R1b and R1c ------------------------------------------------------------------------------------------------------


def durable_order(run: Run) -> None:
    """R1b: files and folders, then the row, then the first byte of the answer; a hundred of a hundred."""
    if why := trace.why_not():
        run.skip("R1b", why)
        return
    seen = run.folder / "r1b.trace"
    try:
        with contextlib.ExitStack() as stack:
            cluster = stack.enter_context(Cluster()) if run.databases.on_postgresql else None
            url = cluster.url if cluster is not None else None
            flushes = stack.enter_context(_flushes(cluster, run.folder)) if cluster is not None else []
            house = stack.enter_context(
                a_house(run, "r1b", url, queue=False, workers=1, threads=2, watched=trace.watching(seen))
            )
            journals = house.folder / "journals"
            asyncio.run(_one_by_one(house, journals, run.seed, 100))
            settings = cluster.settings() if cluster is not None else {"synchronous": "FULL"}
            verdict = asyncio.run(check(house, journals))
    except NoCluster as why_no:
        run.skip("R1b", str(why_no))
        return
    wal = None if run.databases.on_postgresql else "medspil.sqlite3-wal>"
    right, wrong = trace.in_order(trace.read(seen), str(house.folder / "files"), wal, flushes)
    problems = [*verdict.problems, *sorted(set(wrong))]
    if wrong or not right >= verdict.acknowledged == 100:  # the planner's sign-in is one more
        problems.append(f"{right} of {verdict.acknowledged} answers came after everything was on the disk")
    run.keep(
        "R1b", figures_of(verdict) | {"in_order": min(right, verdict.acknowledged), "of": 100} | settings, problems
    )


@contextlib.contextmanager
def _flushes(cluster: Cluster, folder: Path) -> Iterator[list[trace.Call]]:
    """The syncs of the cluster's own log while this lasts; the list is filled at the end."""
    found: list[trace.Call] = []
    to = folder / "cluster.trace"
    pids = [part for pid in (cluster.pid, *children(cluster.pid)) for part in ("-p", str(pid))]
    watcher = subprocess.Popen(
        [*trace.watching(to, calls="fsync,fdatasync", attached=True), *pids], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(1)
    try:
        yield found
    finally:
        watcher.terminate()
        watcher.wait(10)
        found += [call for call in trace.read(to) if call.is_sync and "/pg_wal/" in call.text]


async def _one_by_one(house: House, journals: Path, seed: int, count: int) -> None:
    """So many sendings, one after the other; every fifth with a photograph."""
    journals.mkdir()
    journal, dice = Journal(journals / "0000.jsonl"), random.Random(seed)
    for number in range(count):
        await _send_once(house, journal, words_of(dice, number), photo() if number % 5 == 0 else None)
    journal.close()


async def _send_once(
    house: House, journal: Journal, words: str, file: bytes | None = None, signed: str | None = None
) -> int:
    signed = signed or house.fresh_key()
    key = inner_key(signed)
    body, kind = multipart({"key": signed, "words": words, "email": "", "capacity": "citizen"},
                           ("billede.png", file) if file else None)  # fmt: skip
    await journal.write(
        "intent", key=key, words=sha256(words.encode()).hexdigest(), email=False, at=time.time(),
        file=sha256(file).hexdigest() if file else None,
    )  # fmt: skip
    answer = await ask(house.port, "POST", PATH, body=body, headers={"Content-Type": kind})
    if answer.status == 303:
        await journal.write("ack", key=key, status=303, at=time.time(), cookie=answer.cookie)
    else:
        await journal.write("refused", key=key, status=answer.status)
    return answer.status


def same_key(run: Run) -> None:
    """R1c: one form sent ten times at the same moment is one; with other content it is a clear conflict."""
    rounds = 3 if run.short else 50
    with run.databases.fresh("r1c") as url, a_house(run, "r1c", url, queue=False, workers=2) as house:
        journals = house.folder / "journals"
        problems = asyncio.run(_ten_at_once(house, journals, rounds, random.Random(run.seed)))
        verdict = asyncio.run(check(house, journals))
    run.keep("R1c", figures_of(verdict) | {"rounds": rounds, "at_once": 10}, [*verdict.problems, *problems])


async def _ten_at_once(house: House, journals: Path, rounds: int, dice: random.Random) -> list[str]:
    journals.mkdir()
    journal, problems = Journal(journals / "0000.jsonl"), []
    for number in range(rounds):
        signed, words, file = house.fresh_key(), words_of(dice, number), photo()
        fields = {"key": signed, "words": words, "email": "", "capacity": "citizen"}
        body, kind = multipart(fields, ("billede.png", file))
        key = inner_key(signed)
        await journal.write(
            "intent", key=key, words=sha256(words.encode()).hexdigest(), email=False, at=time.time(),
            file=sha256(file).hexdigest(),
        )  # fmt: skip
        answers = await asyncio.gather(
            *(ask(house.port, "POST", PATH, body=body, headers={"Content-Type": kind}) for _ in range(10))
        )
        if (statuses := [answer.status for answer in answers]) != [303] * 10:
            problems.append(f"ten times the same: {statuses}")
        await journal.write("ack", key=key, status=303, at=time.time(), cookie=answers[0].cookie)
        others = {
            "other words": (fields | {"words": f"Noget helt andet {number}: {words}"}, ("billede.png", file)),
            "another file": (fields, ("billede.png", photo())),
        }
        for what, (changed, with_file) in others.items():
            body, kind = multipart(changed, with_file)
            answer = await ask(house.port, "POST", PATH, body=body, headers={"Content-Type": kind})
            if answer.status != 409:
                problems.append(f"the same key with {what}: {answer.status} instead of a conflict")
            elif f"nr. {number} (" not in answer.body.decode():
                problems.append(f"the same key with {what}: the second text is not on the page")
    journal.close()
    return problems


# -- R2 ---------------------------------------------------------------------------------------------------------------


def disk_full(run: Run) -> None:
    """R2: no room for the database, for the files, for the log, one after the other; then there is room again."""
    if why := disks.why_not():
        run.skip("R2", why)
        return
    rounds = 1 if run.short else 5
    folder = run.folder / "r2"
    folder.mkdir()
    try:
        with contextlib.ExitStack() as stack:
            room = {
                "database": stack.enter_context(disks.small_disk(folder / "database", 32 + 16 * rounds)),
                "files": stack.enter_context(disks.small_disk(folder / "files", 60 + 90 * rounds)),
                "log": stack.enter_context(disks.small_disk(folder / "log", 4)),
            }
            url = f"sqlite:///{room['database']}/medspil.sqlite3"
            if run.databases.on_postgresql:
                cluster = stack.enter_context(Cluster())
                cluster.small_tablespace(room["database"])
                url = cluster.url
            (room["files"] / "upload").mkdir()
            settings = {"MEDSPIL_FILES": str(room["files"] / "store"), "TMPDIR": str(room["files"] / "upload")}
            house = stack.enter_context(
                a_house(run, "r2/house", url, queue=False, workers=2, log=room["log"] / "server.log", **settings)
            )
            journals = house.folder / "journals"
            seen, problems = asyncio.run(_fill_each(house, room, journals, rounds, run.seed))
            verdict = asyncio.run(check(house, journals))
    except NoCluster as why_no:
        run.skip("R2", str(why_no))
        return
    run.keep("R2", figures_of(verdict) | seen, [*verdict.problems, *problems])


async def _fill_each(
    house: House, room: dict[str, Path], journals: Path, rounds: int, seed: int
) -> tuple[dict[str, Any], list[str]]:
    problems: list[str] = []
    seen: dict[str, Any] = {"full": {}, "back_s": 0.0}

    async def some(name: str, number: int, **how: Any) -> Crowd:
        crowd = Crowd(
            house.port, journals, seed * 1000 + number, house.fresh_key, name=name, citizens=8, tries=1, **how
        )
        await crowd.storm()
        problems.extend(f"{name}: {why}" for why in crowd.bad_pages)
        return crowd

    for turn in range(rounds):
        await some(f"before{turn}", turn, total=16, seconds=0.5, file_share=0.3)
        for number, (what, folder) in enumerate(room.items()):
            if what == "database" and not house.on_postgresql:  # a grown log is written over and needs no room for long
                house.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            during = asyncio.create_task(
                some(f"{what}{turn}", 10 * turn + number, total=24, seconds=1.5, file_share=0.4)
            )
            await asyncio.sleep(random.Random(seed + turn).uniform(0.0, 0.4))  # in the middle of something
            disks.fill(folder)
            try:
                crowd = await during
                later = await some(f"{what}{turn}full", 10 * turn + number + 5, total=16, seconds=0.5, file_share=0.4)
                for one in (crowd, later):
                    for status, count in one.statuses.items():
                        answered = seen["full"].setdefault(what, {})
                        answered[str(status)] = answered.get(str(status), 0) + count
                        if status not in (303, 503):
                            problems.append(f"{what} full: answered {status}")
                    if one.cut:
                        problems.append(f"{what} full: {one.cut} connections were cut")
                if what == "log" and later.acknowledged < 16:
                    problems.append("a full log keeps words out")
                if what != "log" and later.acknowledged == 16:
                    problems.append(f"{what}: the disk was not full at all")
                for path in ("/", "/projekter/havnen"):
                    with contextlib.suppress(Cut):
                        if (await ask(house.port, "GET", path)).status == 200:
                            continue
                    problems.append(f"{what} full: {path} cannot be read")
            finally:
                disks.empty(folder)
            begun = time.monotonic()
            after = await some(f"{what}{turn}after", 10 * turn + number + 8, total=8, seconds=0.1, file_share=0.5)
            if after.acknowledged < 8:
                problems.append(f"{what}: only {after.acknowledged} of 8 came in when there was room again")
            seen["back_s"] = round(max(seen["back_s"], time.monotonic() - begun), 2)
    return seen, problems


# -- R3 and R3b -------------------------------------------------------------------------------------------------------


def restarts(run: Run) -> None:
    """R3: PostgreSQL stopped at once every ten seconds; on SQLite everything killed, and its log left as it lies."""
    times, every = (2 if run.databases.on_postgresql else 1, 5.0) if run.short else (12, 10.0)
    try:
        with contextlib.ExitStack() as stack:
            cluster = stack.enter_context(Cluster()) if run.databases.on_postgresql else None
            house = stack.enter_context(a_house(run, "r3", cluster.url if cluster is not None else None, workers=2))

            async def break_it(crowd: Crowd) -> None:
                if cluster is None:
                    house.kill_everything()
                    house.launch()
                    await asyncio.to_thread(house.wait_until_up)
                else:
                    await asyncio.to_thread(cluster.stop)
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(cluster.start)

            crowd, back = asyncio.run(_interrupted(house, run.seed, times, every, break_it))
            verdict = asyncio.run(check(house, crowd.folder))
    except NoCluster as why_no:
        run.skip("R3", str(why_no))
        return
    slow = [f"back after {back} s (bar {BACK})"] if back > BACK else []
    figures = {"restarts": times, "back_s": back, "resent": crowd.resent, "answers": _told(crowd.statuses)}
    run.keep("R3", figures_of(verdict) | figures, [*verdict.problems, *crowd.bad_pages], slow)


def torn_copies(run: Run) -> None:
    """R3b: everything is killed at a random moment, and a copy of what lies there is opened."""
    times = 2 if run.short else 40 if run.databases.on_postgresql else 200
    dice, problems, compared = random.Random(run.seed), list[str](), 0
    try:
        with contextlib.ExitStack() as stack:
            cluster = stack.enter_context(Cluster()) if run.databases.on_postgresql else None
            house = stack.enter_context(
                a_house(run, "r3b", cluster.url if cluster is not None else None, queue=False, workers=2)
            )

            async def break_it(crowd: Crowd) -> None:
                nonlocal compared
                await asyncio.sleep(dice.uniform(0.0, 1.0))
                house.kill_everything()
                if cluster is not None:
                    cluster.kill()
                acked = dict(crowd.acked)
                found = await asyncio.to_thread(_open_copy, house, cluster, run.folder / "copy", problems)
                compared += len(acked)
                lost = sum(found.get(key) != words for key, words in acked.items())
                if lost:
                    problems.append(f"{lost} acknowledged sendings are not in the copy as they were sent")
                if cluster is not None:
                    await asyncio.to_thread(cluster.start)
                house.launch(queue=False)
                await asyncio.to_thread(house.wait_until_up)

            crowd, back = asyncio.run(_interrupted(house, run.seed, times, 1.5, break_it))
            verdict = asyncio.run(check(house, crowd.folder))
    except NoCluster as why_no:
        run.skip("R3b", str(why_no))
        return
    figures = {"copies": times, "acknowledgements_compared": compared, "back_s": back}
    run.keep("R3b", figures_of(verdict) | figures, [*verdict.problems, *problems, *crowd.bad_pages])


def _told(statuses: dict[int, int]) -> dict[str, int]:
    return {str(status): count for status, count in sorted(statuses.items())}


async def _interrupted(
    house: House, seed: int, times: int, every: float, break_it: Callable[[Crowd], Awaitable[None]]
) -> tuple[Crowd, float]:
    """A crowd that goes on sending while the house is broken so many times; and the longest wait afterwards."""
    crowd = Crowd(
        house.port, house.folder / "journals", seed, house.fresh_key, citizens=12, total=100_000, seconds=0.0,
        file_share=0.1, tries=400, wait=0.25, pause=0.4, with_receipt=False, name="broken",
    )  # fmt: skip
    sending, longest = asyncio.create_task(crowd.storm()), 0.0
    try:
        for _ in range(times):
            await asyncio.sleep(every / 2)
            await break_it(crowd)
            begun, before = time.monotonic(), crowd.acknowledged
            while crowd.acknowledged == before and time.monotonic() - begun < 60:
                await asyncio.sleep(0.02)
            longest = max(longest, time.monotonic() - begun)
            await asyncio.sleep(every / 2)
    finally:
        crowd.stopped = True
        await asyncio.wait_for(sending, 120)
    return crowd, round(longest, 2)


def _open_copy(house: House, cluster: Cluster | None, to: Path, problems: list[str]) -> dict[str, str]:
    """Copy what lies on the disk, open the copy, and give each key with the fingerprint of its words."""
    statement = (
        "select c.key, t.words from contribution c join text t on t.contribution_id = c.id"
        " and t.source = 'body' and t.version = 1"
    )
    if cluster is not None:
        with cluster.copy() as other, psycopg.connect(other.url) as connection:
            rows = connection.execute(statement).fetchall()
        return {key: sha256(words.encode()).hexdigest() for key, words in rows}
    to.mkdir()
    try:
        for part in ("", "-wal"):
            lies = house.folder / f"medspil.sqlite3{part}"
            if lies.exists():
                shutil.copyfile(lies, to / lies.name)
        with contextlib.closing(sqlite3.connect(to / "medspil.sqlite3")) as copy:
            if (said := copy.execute("pragma integrity_check").fetchall()) != [("ok",)]:
                problems.append(f"a copy is broken: {said[:3]}")
            return {key: sha256(words.encode()).hexdigest() for key, words in copy.execute(statement)}
    finally:
        shutil.rmtree(to)


# -- undisturbed ------------------------------------------------------------------------------------------------------


def undisturbed(run: Run) -> None:
    """How fast it is when nothing is killed, beside the floor of the same run and load generator."""
    rounds, seconds = (1, 2.0) if run.short else (5, 4.0)
    with run.databases.fresh("speed") as url, a_house(run, "speed", url, workers=2) as house:
        try:
            figures = speed.side_by_side(house, run.folder / "floor", rounds=rounds, seconds=seconds)
        except FileNotFoundError as why:
            run.skip("speed", str(why))
            return
        kept = house.rows("select count(*), coalesce(max(number), 0) from contribution")[0]
    problems, slow = [], []
    if figures["errors"]:
        problems.append(f"{figures['errors']} errors")
    if kept[0] != kept[1]:
        problems.append(f"{kept[0]} contributions with numbers up to {kept[1]}")
    if figures.get("share_of_floor", 1) < SHARE:
        slow.append(f"{figures['share_of_floor']} of the floor (bar {SHARE})")
    if house.on_postgresql and figures["per_s"] < PER_S:
        slow.append(f"{figures['per_s']} a second (bar {PER_S})")
    if figures["slowest_over_fastest"] < FAIR:
        slow.append(f"the slowest client got {figures['slowest_over_fastest']} of the fastest (bar {FAIR})")
    run.keep("speed", figures | {"kept": kept[0]}, problems, slow)


#: Every battery by its name, in the order they run.
BATTERIES: dict[str, Callable[[Run], None]] = {
    "R1": rush,
    "R1b": durable_order,
    "R1c": same_key,
    "R2": disk_full,
    "R3": restarts,
    "R3b": torn_copies,
    "speed": undisturbed,
}
