"""What the kernel saw: whether files and rows were on the disk before the first byte of the answer (R1b)."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^(\d+)\s+(\d+\.\d+)\s+(.*)$")
_CALLS = "fsync,fdatasync,rename,renameat,renameat2,sendto,sendmsg,recvfrom,recvmsg,write,writev"
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")


def why_not() -> str:
    """Why nothing can be traced here; empty when it can."""
    return "" if shutil.which("strace") else "there is no strace (script/checkers installs it)"


def watching(to: Path, *, calls: str = _CALLS, attached: bool = False) -> tuple[str, ...]:
    """The command to start a program under, or to attach to running ones."""
    return (
        "strace",
        "-f",
        *(() if attached else ("--seccomp-bpf",)),
        "-qq",
        "-ttt",
        "-y",
        "-s",
        "48",
        "-e",
        f"trace={calls}",
        "-o",
        str(to),
    )


@dataclass(frozen=True)
class Call:
    """One system call that has returned: by which thread, when it began and ended (seconds), and how it looks."""

    thread: int
    begun: float
    ended: float
    text: str

    @property
    def is_sync(self) -> bool:
        """Whether it put a file or folder on the disk, and said so."""
        return self.text.startswith(("fsync(", "fdatasync(")) and self.text.rstrip().endswith("= 0")


def read(path: Path) -> list[Call]:
    """The calls of a trace in the order they returned."""
    begun: dict[int, tuple[float, str]] = {}
    calls = []
    for line in path.read_text(errors="replace").splitlines():
        if (found := _LINE.match(line)) is None:
            continue
        thread, moment, text = int(found[1]), float(found[2]), found[3]
        if text.endswith("<unfinished ...>"):
            begun[thread] = moment, text.removesuffix("<unfinished ...>").rstrip()
        elif (again := _RESUMED.match(text)) is not None:
            since, start = begun.pop(thread, (moment, f"{again[1]}("))
            calls.append(Call(thread, since, moment, start + again[2]))
        else:
            calls.append(Call(thread, moment, moment, text))
    return calls


def in_order(calls: list[Call], files: str, wal: str | None, flushes: list[Call]) -> tuple[int, list[str]]:
    """How many acknowledgements came after everything was on the disk, and what is wrong with the others.

    Args:
        files: the folder of the file store.
        wal: the name of SQLite's log file; None on PostgreSQL.
        flushes: on PostgreSQL the syncs of its own processes.
    """
    right, wrong, since = 0, [], dict[int, list[Call]]()
    for call in calls:
        mine = since.setdefault(call.thread, [])
        if "HTTP/1.1 " in call.text and call.text.startswith(("sendto(", "sendmsg(", "write(")):
            if "HTTP/1.1 303" in call.text:
                why = _why_not(mine, files, wal, flushes)
                right += not why
                wrong += [why] if why else []
            mine.clear()
        else:
            mine.append(call)
    return right, wrong


def _why_not(calls: list[Call], files: str, wal: str | None, flushes: list[Call]) -> str:
    """What was not on the disk in time; empty when all was."""
    committed = _committed(calls, wal, flushes)
    if committed is None:
        return "the answer began before the database had said that the row is on the disk"
    for number, call in enumerate(calls):
        if not (call.text.startswith("rename") and "/coming/" in call.text):
            continue
        before = [one for one in calls[:number] if one.is_sync and f"{files}/coming/" in one.text]
        after = [one for one in calls[number:committed] if one.is_sync and f"<{files}" in one.text]
        if not before:
            return "a file was given its name before it was on the disk"
        if len({one.text for one in after}) < 2:
            return "a row was written before the file's folder was on the disk"
    return ""


def _committed(calls: list[Call], wal: str | None, flushes: list[Call]) -> int | None:
    """Where in the calls of one request its row was on the disk."""
    if wal is not None:
        synced = [number for number, call in enumerate(calls) if call.is_sync and wal in call.text]
        return synced[-1] if synced else None
    asked = [number for number, call in enumerate(calls) if call.text.startswith("sendto(") and "COMMIT" in call.text]
    if not asked:
        return None
    said = [number for number in range(asked[-1] + 1, len(calls)) if calls[number].text.startswith("recvfrom(")
            and "COMMIT" in calls[number].text]  # fmt: skip
    if not said:
        return None
    start, end = calls[asked[-1]].begun, calls[said[0]].ended
    return said[0] if any(start <= one.ended <= end for one in flushes) else None
