"""The net of last resort under a white paper: no CPR number stands in it, whoever wrote it there (T15, P1).

It is held under every rendition and every format at once, since all of them are made of the same ``Paper``.
"""

from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any

from participation.foundation.personal import Certainty, cpr_numbers, struck
from participation.reports.paper import Alternative, Entry, Own, Paper, Quote


def netted(paper: Paper, spared: Collection[int]) -> Paper:
    """The paper with a mark in place of each CPR number.

    Args:
        spared: numbers of contributions in which a named person found ten bare digits to be something else.
    """
    return _netted(paper, frozenset(spared), False)


def _netted(thing: Any, spared: frozenset[int], loose: bool) -> Any:
    """The same thing with clean words; what is clean already is given back itself."""
    if isinstance(thing, str) and type(thing) is str:
        sure = not loose or any(one.certainty is Certainty.CERTAIN for one in cpr_numbers(thing))
        return struck(thing) if sure else thing
    if isinstance(thing, tuple):
        made = tuple(_netted(one, spared, loose) for one in thing)
        return made if any(one is not other for one, other in zip(made, thing, strict=True)) else thing
    if is_dataclass(thing) and not isinstance(thing, type):
        loose = loose or (isinstance(thing, Alternative | Entry | Quote | Own) and thing.number in spared)
        changed = {}
        for one in fields(thing):
            was = getattr(thing, one.name)
            if (now := _netted(was, spared, loose)) is not was:
                changed[one.name] = now
        return replace(thing, **changed) if changed else thing
    return thing
