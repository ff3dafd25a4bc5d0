"""Where the parts of a large set of texts are worked on: here, in processes of this machine, or on a Dask cluster.

Four verbs are all that the analysis asks of a machine room: `put` parts into it, `map` a function over them, `get` what
came out, and `broadcast` what every worker needs. Parts stay where they are; only what is asked for travels. The
functions are the same everywhere and their results come in the order of the parts, so that every engine finds the same.
"""

from __future__ import annotations

import multiprocessing
import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from typing import Any, Protocol

ADDRESS = "MEDSPIL_ANALYSIS_CLUSTER"
"""The setting: empty for this process, `processes:N`, or the address of a Dask scheduler (`tcp://host:8786`)."""
Handle = Any
"""What stands for a value that an engine holds; it is let go when nobody keeps its handle."""
Function = Callable[..., Any]


class Engine(Protocol):
    """A place where functions are run over parts."""

    def put(self, parts: Sequence[Any]) -> list[Handle]:
        """Hand over parts to be worked on."""

    def map(
        self, function: Callable[..., Any], *parts: Sequence[Handle], shared: Sequence[Handle] = ()
    ) -> list[Handle]:
        """Run `function(part, …, *shared)` for each part; the results stay where they were made."""

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        """Fetch values, in the order of their handles."""

    def broadcast(self, value: Any) -> Handle:
        """Give every worker one value."""

    def close(self) -> None:
        """Leave the place; what it held is gone."""


class Unreachable(RuntimeError):
    """The engine that was asked for is not there; the message says why and what to do."""


class Local:
    """Runs everything here and now, one part after the other."""

    def put(self, parts: Sequence[Any]) -> list[Handle]:
        return list(parts)

    def map(
        self, function: Callable[..., Any], *parts: Sequence[Handle], shared: Sequence[Handle] = ()
    ) -> list[Handle]:
        return [function(*each, *shared) for each in zip(*parts, strict=True)]

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        return list(handles)

    def broadcast(self, value: Any) -> Handle:
        return value

    def close(self) -> None:
        pass


class _Held:
    """A value in one of our own processes: which process, and under what number."""

    def __init__(self, worker: int, key: int) -> None:
        self.worker, self.key = worker, key


class Processes:
    """Runs parts in processes of this machine; a part and all that comes of it stay in one process.

    Args:
        n: number of processes; one for each processor that this process may use if not given.
    """

    def __init__(self, n: int | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self._numbers = count()
        self._doors: list[Connection] = []
        self._workers = []
        for _ in range(n or len(os.sched_getaffinity(0))):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(theirs,), daemon=True)
            worker.start()
            theirs.close()
            self._doors.append(ours)
            self._workers.append(worker)

    def put(self, parts: Sequence[Any]) -> list[Handle]:
        return [self._keep(at % len(self._doors), "put", part) for at, part in enumerate(parts)]

    def map(
        self, function: Callable[..., Any], *parts: Sequence[Handle], shared: Sequence[Handle] = ()
    ) -> list[Handle]:
        made = []
        for each in zip(*parts, strict=True):
            here = each[0].worker
            given = [*(held.key for held in each), *(copies[here].key for copies in shared)]
            made.append(self._keep(here, "run", function, given))
        return made

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        for held in handles:
            self._tell(held.worker, "get", held.key)
        found = []
        for held in handles:
            try:
                good, value = self._doors[held.worker].recv()
            except (EOFError, OSError) as gone:
                raise Unreachable("a process of the analysis has stopped; start the analysis again") from gone
            if not good:
                raise value
            found.append(value)
        return found

    def broadcast(self, value: Any) -> Handle:
        return [self._keep(worker, "put", value) for worker in range(len(self._doors))]

    def close(self) -> None:
        for worker in range(len(self._doors)):
            self._tell(worker, "stop", quiet=True)
        for process in self._workers:
            process.join(timeout=10)
            process.terminate()
        for door in self._doors:
            door.close()

    def _keep(self, worker: int, *order: Any) -> _Held:
        held = _Held(worker, next(self._numbers))
        self._tell(worker, order[0], held.key, *order[1:])
        weakref.finalize(held, self._tell, worker, "drop", held.key, quiet=True).atexit = False
        return held

    def _tell(self, worker: int, *order: Any, quiet: bool = False) -> None:
        try:
            self._doors[worker].send(order)
        except (OSError, ValueError) as gone:
            if not quiet:
                raise Unreachable("a process of the analysis has stopped; start the analysis again") from gone


def _work(door: Connection) -> None:
    """What a process of `Processes` does: keep values under their numbers, and do as it is told, in order."""
    held: dict[int, tuple[bool, Any]] = {}
    while True:
        try:
            order, *rest = door.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if order == "stop":
            return
        if order == "put":
            held[rest[0]] = (True, rest[1])
        elif order == "drop":
            held.pop(rest[0], None)
        elif order == "get":
            door.send(held[rest[0]])
        else:
            key, function, given = rest
            held[key] = _ran(function, [held[k] for k in given])


def _ran(function: Callable[..., Any], given: Sequence[tuple[bool, Any]]) -> tuple[bool, Any]:
    for good, value in given:
        if not good:
            return False, value
    try:
        return True, function(*(value for _, value in given))
    except Exception as error:
        return False, error


class Dask:
    """Runs parts on a Dask cluster, which does again what a lost worker had done.

    Args:
        cluster: the address of a scheduler, or a `distributed` cluster.

    Raises:
        Unreachable: `distributed` is not installed, or nobody answers at the address.
    """

    def __init__(self, cluster: Any) -> None:
        try:
            from distributed import Client
        except ImportError as missing:
            raise Unreachable("Dask is not installed; install it with: pip install 'medspil[distributed]'") from missing
        try:
            self._client = Client(cluster, set_as_default=False)
        except OSError as silent:
            raise Unreachable(f"no Dask scheduler answers at {cluster}") from silent

    def put(self, parts: Sequence[Any]) -> list[Handle]:
        return [self.broadcast(part) for part in parts]

    def map(
        self, function: Callable[..., Any], *parts: Sequence[Handle], shared: Sequence[Handle] = ()
    ) -> list[Handle]:
        return [self._client.submit(function, *each, *shared, pure=False) for each in zip(*parts, strict=True)]

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        return self._client.gather(list(handles))

    def broadcast(self, value: Any) -> Handle:
        # Not scatter: what is scattered is lost with its worker, or waits for ever for one that has just gone. What is
        # submitted can be made again, and each worker fetches it from the one that has it.
        return self._client.submit(_same, value, pure=False)

    def close(self) -> None:
        self._client.close()


def _same(part: Any) -> Any:
    return part


@contextmanager
def chosen(named: str | None = None) -> Iterator[Engine]:
    """The engine that is asked for, closed when it is no longer needed.

    Args:
        named: as the setting `MEDSPIL_ANALYSIS_CLUSTER`, which is read if not given.

    Raises:
        ValueError: the name is none of those that the setting knows.
        Unreachable: the engine is not there.
    """
    name = os.environ.get(ADDRESS, "") if named is None else named
    place: Engine
    if not name:
        place = Local()
    elif name == "processes" or (name.startswith("processes:") and name[10:].isdigit() and int(name[10:])):
        place = Processes(int(name[10:]) if ":" in name else None)
    elif "://" in name:
        place = Dask(name)
    else:
        raise ValueError(f"{ADDRESS} is {name!r}; it is empty, processes:N, or an address such as tcp://host:8786")
    try:
        yield place
    finally:
        place.close()
