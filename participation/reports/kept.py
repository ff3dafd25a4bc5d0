"""A paper as it is frozen: one JSON for the paper, and its entries line by line, so that a page reads only its own."""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, BinaryIO, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from participation.reports.paper import Entry, Leaf, Paper

#: How many entries one page shows.
PAGE = 25
#: What may differ between two papers that say the same.
_OF_THE_BODIES = ("planned_on", "met_on", "result", "grounds", "legal_ground", "votes", "dissent")
_OF_THE_VERSION = ("made_at", "version", "approved", "since", "leaves")

Read = TypeVar("Read")


class Frozen(NamedTuple):
    """A paper as two files: the paper itself, and its entries as JSON Lines."""

    paper: bytes
    entries: bytes


def freeze(paper: Paper) -> Frozen:
    """Write a paper down; the same paper gives the same bytes."""
    lines = [_json(_plain(entry)) + b"\n" for entry in paper.entries]
    leaves, start = [], 0
    for first in range(0, len(lines), PAGE):
        leaf = lines[first : first + PAGE]
        size = sum(map(len, leaf))
        last = paper.entries[first + len(leaf) - 1].number
        leaves.append(Leaf(paper.entries[first].number, last, start, size))
        start += size
    return Frozen(_json(_plain(replace(paper, entries=(), leaves=tuple(leaves)))), b"".join(lines))


def thaw(content: bytes) -> Paper:
    """Read a frozen paper, without its entries."""
    return _typed(Paper, json.loads(content))


def thaw_entries(file: BinaryIO, leaf: Leaf | None = None) -> tuple[Entry, ...]:
    """Read the entries of one page, or all of them."""
    if leaf is not None:
        file.seek(leaf.start)
    content = file.read(-1 if leaf is None else leaf.size)
    return tuple(_typed(Entry, json.loads(line)) for line in content.splitlines())


def digest(paper: Paper) -> str:
    """SHA-256 over everything a reader is told, whenever it was compiled: an approval holds only for what was read.

    When the bodies meet on it and what they say comes after the note, so it changes nothing in it.
    """
    told = {name: value for name, value in _plain(paper).items() if name not in _OF_THE_VERSION}
    steps = [{name: step[name] for name in step if name not in _OF_THE_BODIES} for step in told["facts"]["steps"]]
    told["facts"] = told["facts"] | {"steps": steps}
    if not told["alternatives"]:
        del told["alternatives"]  # papers that were read before there were any
    return hashlib.sha256(_json(told)).hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """What JSON can hold."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return {name: _plain(getattr(value, name)) for name in _hints(value.__class__)}


def _typed(kind: Any, value: Any) -> Any:
    """The value that JSON held, in its own type again."""
    if value is None or kind in (str, int, bool, float):
        return value
    if is_dataclass(kind):
        make: Any = kind
        return make(**{name: _typed(hint, value[name]) for name, hint in _hints(make).items() if name in value})
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return tuple(_typed(inner[0], one) for one in value)
        return tuple(_typed(hint, one) for hint, one in zip(inner, value, strict=True))
    if get_origin(kind) is UnionType:
        return _typed(next(hint for hint in get_args(kind) if hint is not NoneType), value)
    return kind.fromisoformat(value) if issubclass(kind, date) else kind(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}
