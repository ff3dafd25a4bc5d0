"""Two hundred citizens, each with a journal that is synced to the disk before anything is sent."""

import asyncio
import contextlib
import html
import json
import os
import random
import re
import secrets
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from struct import pack
from typing import Any

from itsdangerous import URLSafeTimedSerializer

from bench.rushing.house import SLUG

PATH = f"/projekter/{SLUG}/svar"
#: Seconds that a citizen waits for an answer before the browser gives up.
PATIENCE = 40.0
_KEY = re.compile(rb'name="key"[^>]*value="([^"]+)"')
_NUMBER = re.compile(r"nr\. (\d+) · modtaget ([^<·]+?)\s*(?:·|<)")
_CODE = re.compile(r"<span>([0-9A-HJKMNP-TV-Z]{4})</span>")


class Cut(Exception):
    """The connection ended before the answer was whole."""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cookie(self) -> str:
        """The session's cookie, as it is sent back."""
        return self.headers.get("set-cookie", "").partition(";")[0]


async def ask(
    port: int,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
) -> Answer:
    """One request on a connection of its own.

    Raises:
        Cut: no whole answer came.
    """
    try:
        return await asyncio.wait_for(_ask(port, method, path, body, headers or {}, source), PATIENCE)
    except (
        OSError,
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
        TimeoutError,
        ValueError,
        IndexError,
    ) as cut:
        raise Cut(f"{type(cut).__name__}: {cut}") from cut


async def _ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str], source: str) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0), limit=2**20)
    try:
        head = {"Host": f"127.0.0.1:{port}", "Connection": "close", "Accept-Language": "da", **headers}
        if method == "POST":
            head["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        with contextlib.suppress(OSError):  # the server may answer before it has read all
            await writer.drain()
        status = int((await reader.readuntil(b"\r\n")).split()[1])
        got: dict[str, str] = {}
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            name, _, value = line.decode("latin-1").partition(":")
            got[name.strip().lower()] = value.strip()
        return Answer(status, got, await _body(reader, got))
    finally:
        writer.close()


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        pieces = []
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            pieces.append(await reader.readexactly(size))
            await reader.readexactly(2)
        return b"".join(pieces)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()


# -- what is sent -----------------------------------------------------------------------------------------------------

_OPENINGS = (
    "Molen skal blive liggende.",
    "Hvor skal bådene ligge om vinteren?",
    "=SUM(A1:A9) er mit bud på prisen.",
    "  Indrykket med to blanke, og sådan skal det stå.",
    "Børnene bader her 🏊‍♀️ hver dag.",
    "<b>Fed</b> skrift og & tegn.",
    "אני גר ליד הנמל",
    "Zalgo: h̸̡̪̯ͨ͊̽̅̾",
    "Linje ét\r\nlinje to\r\n\r\nlinje fire",
)


def words_of(dice: random.Random, number: int) -> str:
    """Words that nobody else sends, with what must not be changed: blanks, line ends, signs of every kind."""
    token = secrets.token_hex(8)
    tail = "Der er brug for en bænk, et træ og en lampe på hjørnet. " * dice.randint(1, 25)
    return f"{dice.choice(_OPENINGS)}\r\nJeg er nr. {number} ({token}). {tail}"


def photo() -> bytes:
    """A PNG of one megabyte that is like no other."""
    return _HEAD + _chunk(b"tEXt", b"Comment\0" + secrets.token_hex(16).encode()) + _PIXELS


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))


_HEAD = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", pack(">IIBBBBB", 1700, 600, 8, 0, 0, 0, 0))
_ROWS = b"".join(b"\0" + os.urandom(1700) for _ in range(600))
_PIXELS = _chunk(b"IDAT", zlib.compress(_ROWS, 0)) + _chunk(b"IEND", b"")


def multipart(fields: dict[str, str], file: tuple[str, bytes] | None = None) -> tuple[bytes, str]:
    """A form as a browser sends it."""
    edge = "----rush" + secrets.token_hex(12)
    out = bytearray()
    for name, value in fields.items():
        out += f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    name, content = file or ("", b"")
    out += f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'.encode()
    out += b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{edge}--\r\n".encode()
    return bytes(out), f"multipart/form-data; boundary={edge}"


# -- the journal ------------------------------------------------------------------------------------------------------


class Journal:
    """What one citizen knows, line by line, each line synced before the next step."""

    _syncing = ThreadPoolExecutor(8, thread_name_prefix="journal")

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def write(self, what: str, **line: Any) -> None:
        """Write a line and wait until it is on the disk."""
        text = json.dumps({"what": what, **line}).encode() + b"\n"
        await asyncio.get_running_loop().run_in_executor(self._syncing, self._sync, text)

    def _sync(self, text: bytes) -> None:
        os.write(self._file, text)
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def inner_key(signed: str) -> str:
    """The idempotency key inside the signed one, as the database keeps it."""
    return URLSafeTimedSerializer("-").loads_unsafe(signed)[1][1]


@dataclass
class Crowd:
    """Citizens who send in.

    Attributes:
        seconds: the time over which they send; each at moments of chance.
        fresh_key: gives the key of a form that was opened some time before; a citizen's first form is opened for real.
        file_share: how many bring a photograph of one megabyte.
        pause: seconds between two sendings of one citizen, on average.
        with_receipt: look at the receipt after each sending.
        name: of the journals, where several crowds come after another; theirs have opened their forms before.
        tries: how often one sends altogether before they leave it as unknown.
    """

    port: int
    folder: Path
    seed: int
    fresh_key: Callable[[], str]
    citizens: int = 200
    total: int = 2000
    seconds: float = 60.0
    file_share: float = 0.2
    tries: int = 2
    wait: float = 0.5
    pause: float = 0.0
    with_receipt: bool = True
    name: str = ""
    took: list[float] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    resent: int = 0
    cut: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    acked: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    bad_pages: list[str] = field(default_factory=list)

    async def storm(self) -> None:
        """All of them, at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        dice = random.Random(self.seed)
        shares = [self.total // self.citizens + (one < self.total % self.citizens) for one in range(self.citizens)]
        begun = time.monotonic()
        await asyncio.gather(
            *(self._citizen(number, share, begun, dice.getrandbits(40)) for number, share in enumerate(shares))
        )

    async def _citizen(self, number: int, share: int, begun: float, seed: int) -> None:
        dice, journal = random.Random(seed), Journal(self.folder / f"{self.name}{number:04}.jsonl")
        source = f"127.0.{1 + number // 250}.{1 + number % 250}"
        try:
            for sending, moment in enumerate(sorted(dice.uniform(0, self.seconds) for _ in range(share))):
                await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))
                if self.stopped:
                    return
                await asyncio.sleep(dice.uniform(0, 2 * self.pause))
                first = sending == 0 and not self.name
                signed = await self._open_form(source) if first else self.fresh_key()
                if signed is not None:
                    await self._send(dice, journal, number, source, signed)
        finally:
            journal.close()

    async def _open_form(self, source: str) -> str | None:
        """The key of a form that was just opened."""
        page = await self._page(PATH, {}, source, until=20)
        found = _KEY.search(page.body) if page is not None else None
        if found is None:
            self.bad_pages.append("the form did not open")
            return None
        return html.unescape(found[1].decode())

    async def _send(self, dice: random.Random, journal: Journal, number: int, source: str, signed: str) -> None:
        words, file = words_of(dice, number), (photo() if dice.random() < self.file_share else None)
        email = f"borger{number}-{secrets.token_hex(4)}@rush.example" if dice.random() < 0.7 else ""
        fields = {"key": signed, "website": "", "words": words, "email": email, "name": "", "capacity": "citizen",
                  "organisation": "", "represents": "", "authority": "", "place": "", "material_place": ""}  # fmt: skip
        body, kind = multipart(fields, ("billede.png", file) if file else None)
        intent = {
            "key": inner_key(signed),
            "words": sha256(words.encode()).hexdigest(),
            "file": sha256(file).hexdigest() if file else None,
            "email": bool(email),
        }
        await journal.write("intent", at=time.time(), **intent)
        begun, status = time.monotonic(), 0
        for go in range(self.tries):
            if go:
                self.resent += 1
                await asyncio.sleep(self.wait)
                await journal.write("again", key=intent["key"], at=time.time())
            try:
                answer = await ask(self.port, "POST", PATH, body=body, headers={"Content-Type": kind}, source=source)
            except Cut as cut:
                self.cut += 1
                await journal.write("unknown", key=intent["key"], error=str(cut)[:200])
                continue
            status = answer.status
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 303:
                self.took.append(time.monotonic() - begun)
                self.acknowledged += 1
                self.acked[intent["key"]] = intent["words"]
                await journal.write("ack", key=intent["key"], status=303, at=time.time(), cookie=answer.cookie)
                await self._receipt(journal, intent["key"], answer.cookie, source)
                return
            if words.splitlines()[-1].strip() not in html.unescape(answer.body.decode(errors="replace")):
                self.bad_pages.append(f"{status}: the words are not on the page")
            if status < 500:
                self.refused += 1
                await journal.write("refused", key=intent["key"], status=status)
                return
            await journal.write("unknown", key=intent["key"], error=str(status))
        self.unknown += 1

    async def _receipt(self, journal: Journal, key: str, cookie: str, source: str) -> None:
        """The page after sending, as the browser fetches it."""
        if not self.with_receipt:
            return
        page = await self._page("/kvittering", {"Cookie": cookie}, source, until=5)
        if page is not None and (read := read_receipt(page)) is not None:
            await journal.write("receipt", key=key, **read)

    async def _page(self, path: str, headers: dict[str, str], source: str, until: int) -> Answer | None:
        for _ in range(until):
            try:
                page = await ask(self.port, "GET", path, headers=headers, source=source)
                if page.status == 200:
                    return page
            except Cut:
                pass
            await asyncio.sleep(self.wait)
            if self.stopped:
                return None
        return None


def read_receipt(page: Answer) -> dict[str, Any] | None:
    """Number, arrival and code on a receipt."""
    text = page.body.decode()
    number, code = _NUMBER.search(text), "".join(_CODE.findall(text))
    if page.status != 200 or number is None or len(code) != 16:
        return None
    return {"number": int(number[1]), "arrived": html.unescape(number[2]).strip(), "code": code}
