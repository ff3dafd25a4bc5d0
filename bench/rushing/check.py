"""What the citizens' journals say, held against the receipts, the staff's export and the raw database."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.rushing.citizens import Cut, ask, read_receipt
from bench.rushing.house import EMAIL, PASSWORD, SLUG, House

#: Seconds between the citizens' clock and the server's; they are one machine.
DRIFT = 0.05


@dataclass
class Kept:
    """One sending, as its citizen's journal tells it."""

    key: str
    words: str
    file: str | None
    email: bool
    begun: float
    acked: float | None = None
    refused: bool = False
    cookie: str = ""
    receipt: dict[str, Any] | None = None


@dataclass
class Verdict:
    """What was found; ``problems`` is empty when every promise was kept."""

    acknowledged: int = 0
    unknown: int = 0
    unknown_kept: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    receipts: int = 0
    exported: int = 0
    rows: int = 0
    letters: int = 0
    sealed: int = 0
    problems: list[str] = field(default_factory=list)

    def lose(self, why: str) -> None:
        """An acknowledged sending is not there."""
        self.lost += 1
        self.problems.append(why)

    def change(self, why: str) -> None:
        """It is there, but not as it was sent."""
        self.changed += 1
        self.problems.append(why)


def read_journals(folder: Path) -> list[Kept]:
    """Every sending of every citizen."""
    found: dict[str, Kept] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            said = json.loads(line)
            if said["what"] == "intent":
                found[said["key"]] = Kept(said["key"], said["words"], said["file"], said["email"], said["at"])
                continue
            one = found[said["key"]]
            if said["what"] == "ack":
                one.acked, one.cookie = said["at"], said["cookie"]
            elif said["what"] == "refused":
                one.refused = True
            elif said["what"] == "receipt":
                one.receipt = said
    return list(found.values())


async def check(house: House, journals: Path) -> Verdict:
    """Check everything: first what the running house shows, then, when it has been stopped, what lies in it."""
    sent = read_journals(journals)
    verdict = Verdict(
        acknowledged=sum(one.acked is not None for one in sent),
        refused=sum(one.refused for one in sent),
        unknown=sum(one.acked is None and not one.refused for one in sent),
    )
    await _receipts(house, sent, verdict)
    exported = export(house)
    house.stop()
    _behind(house, sent, exported, verdict)
    return verdict


async def _receipts(house: House, sent: list[Kept], verdict: Verdict) -> None:
    """Every acknowledged sending's public receipt, with the cookie that its answer set."""
    few = asyncio.Semaphore(16)

    async def one_receipt(one: Kept) -> None:
        async with few:
            for _ in range(3):
                try:
                    read = read_receipt(await ask(house.port, "GET", "/kvittering", headers={"Cookie": one.cookie}))
                except Cut:
                    continue
                if read is None:
                    continue
                verdict.receipts += 1
                if one.receipt is not None and any(one.receipt[name] != read[name] for name in read):
                    verdict.change(f"{one.key}: the receipt says something else than right after sending")
                one.receipt = read
                return
            verdict.lose(f"{one.key}: no receipt is shown")

    await asyncio.gather(*(one_receipt(one) for one in sent if one.acked is not None))


class Staff:
    """The planner, signed in by password as anybody else."""

    def __init__(self, house: House) -> None:
        self.connection = HTTPConnection("127.0.0.1", house.port, timeout=120)
        self.cookie = ""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.fetch("GET", "/log-ind").decode())
        assert token is not None
        self.fetch("POST", "/log-ind", urlencode({"csrf_token": token[1], "email": EMAIL, "password": PASSWORD}))

    def fetch(self, method: str, path: str, body: str = "") -> bytes:
        """A page, with the session carried on."""
        headers = {"Cookie": self.cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        if (cookie := answer.getheader("Set-Cookie")) is not None:
            self.cookie = cookie.partition(";")[0]
        content = answer.read()
        if answer.status >= 400:
            raise AssertionError(f"{method} {path}: {answer.status}")
        return content


def export(house: House) -> dict[int, dict[str, Any]]:
    """What the staff's export holds, by number."""
    rows = json.loads(Staff(house).fetch("GET", f"/arbejde/projekter/{SLUG}/indbakke/alle.json"))
    return {row["number"]: row for row in rows}


def _behind(house: House, sent: list[Kept], exported: dict[int, dict[str, Any]], verdict: Verdict) -> None:
    rows = {
        row[1]: row
        for row in house.rows(
            "select c.id, c.key, c.number, c.received_at, t.words, c.code_hash from contribution c join text t on"
            " t.contribution_id = c.id and t.source = 'body' and t.version = 1 order by c.number"
        )
    }
    attached: dict[int, list[str]] = {}
    for contribution, digest in house.rows(
        "select a.contribution_id, f.sha256 from attachment a join file f on f.id = a.file_id"
    ):
        attached.setdefault(contribution, []).append(digest)
    letters = Counter(row[0] for row in house.rows("select subject_key from letter where kind = 'receipt'"))
    stored = Path(house.environment["MEDSPIL_FILES"])
    verdict.rows, verdict.exported, verdict.letters = len(rows), len(exported), sum(letters.values())

    _numbers(house, verdict)
    verdict.doubled += sum(count - 1 for count in Counter(_hash(row[4]) for row in rows.values()).values())
    for one in sent:
        row = rows.pop(one.key, None)
        if one.refused and row is not None:
            verdict.problems.append(f"{one.key}: was refused and is there")
        if row is None:
            if one.acked is not None:
                verdict.lose(f"{one.key}: acknowledged and not in the database")
            continue
        verdict.unknown_kept += one.acked is None
        _same(one, row, attached.get(row[0], []), exported.get(row[2]), stored, verdict)
        if letters.pop(f"contribution:{row[0]}", 0) != one.email:
            verdict.problems.append(f"{one.key}: not exactly one receipt is owed where an address was given")
    if rows:
        verdict.doubled += len(rows)
        verdict.problems.append(f"{len(rows)} contributions that nobody has sent")
    if letters:
        verdict.problems.append(f"{len(letters)} receipts are owed for nothing")
    if verdict.doubled:
        verdict.problems.append(f"{verdict.doubled} are there twice")
    _sound(house, verdict)


def _same(
    one: Kept, row: tuple[Any, ...], files: list[str], exported: dict[str, Any] | None, stored: Path, verdict: Verdict
) -> None:
    """The row, the files on the disk, the export and the receipt, against the journal."""
    wanted = [one.file] if one.file else []
    arrived = row[3] if isinstance(row[3], datetime) else datetime.fromisoformat(row[3])
    moment = (arrived if arrived.tzinfo else arrived.replace(tzinfo=UTC)).timestamp()
    if _hash(row[4]) != one.words:
        verdict.change(f"{one.key}: other words in the database")
    if sorted(files) != wanted:
        verdict.change(f"{one.key}: other files in the database")
    for digest in wanted:
        path = stored / digest[:2] / digest
        if not path.is_file() or sha256(path.read_bytes()).hexdigest() != digest:
            verdict.lose(f"{one.key}: its file is not in the store as it was sent")
    if exported is None:
        verdict.lose(f"{one.key}: it is not in the staff's export")
    elif _hash(exported["words"]) != one.words or [file["sha256"] for file in exported["files"]] != wanted:
        verdict.change(f"{one.key}: the staff's export says something else")
    if one.acked is not None and not one.begun - DRIFT <= moment <= one.acked + DRIFT:
        verdict.change(f"{one.key}: arrived at another time than between sending and answer")
    if one.receipt is not None:
        from participation.foundation import codes
        from participation.rules import dates

        if one.receipt["number"] != row[2] or codes.code_hash(one.receipt["code"]) != row[5]:
            verdict.change(f"{one.key}: the receipt has another number or code than the database")
        local = datetime.fromtimestamp(moment, UTC).astimezone(dates.COPENHAGEN)
        if not one.receipt["arrived"].endswith(f"kl. {local:%H.%M.%S}"):
            verdict.change(f"{one.key}: the receipt shows another time of arrival")


def _numbers(house: House, verdict: Verdict) -> None:
    count, most, different, last = house.rows(
        "select count(*), coalesce(max(number), 0), count(distinct number), (select max(last_number) from project)"
        " from contribution"
    )[0]
    if not count == most == different == last:
        verdict.problems.append(f"{count} contributions, {different} numbers up to {most}, last given {last}")


def _sound(house: House, verdict: Verdict) -> None:
    """The chain of the log, sealed to its end, and the database's own check of itself."""
    with house.inside():
        from participation.foundation import clock, log

        while log.seal(clock.now()):
            pass
        chain = log.verify()
        verdict.sealed = chain.sealed
        if not chain.sound or chain.waiting:
            verdict.problems.append(f"the log does not hold: {chain.why or chain.waiting}")
    if not house.on_postgresql:
        if (said := house.rows("pragma integrity_check")) != [("ok",)]:
            verdict.problems.append(f"integrity_check: {said[:3]}")
        if said := house.rows("pragma foreign_key_check"):
            verdict.problems.append(f"foreign_key_check: {said[:3]}")
        return
    if house.rows("select 1 from pg_available_extensions where name = 'amcheck'"):
        house.rows("create extension if not exists amcheck")
        house.rows(
            "select bt_index_check(c.oid, true) from pg_index i join pg_class c on c.oid = i.indexrelid"
            " join pg_am a on a.oid = c.relam join pg_namespace n on n.oid = c.relnamespace"
            " where a.amname = 'btree' and n.nspname = 'public' and i.indisvalid"
        )


def _hash(words: str) -> str:
    return sha256(words.encode()).hexdigest()
