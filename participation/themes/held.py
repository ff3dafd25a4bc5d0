"""What rooms upstairs hold on to: a theme that has an answer is somebody's work, and no machine empties it.

The rooms upstairs register here how it is found, since this room does not know them.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """Themes whose points stay, and contributions that are not divided any further, by id."""

    themes: frozenset[int] = frozenset()
    contributions: frozenset[int] = frozenset()


#: Finds what is held in a project, by its id.
Holder = Callable[[int], Held]
_holders: dict[str, Holder] = {}


def holds(find: Holder) -> Holder:
    """Register how a room upstairs finds what it holds."""
    _holders[f"{find.__module__}.{find.__qualname__}"] = find
    return find


def held_in(project_id: int) -> Held:
    """All that is held in a project."""
    found = [find(project_id) for find in _holders.values()]
    return Held(
        frozenset().union(*(one.themes for one in found)), frozenset().union(*(one.contributions for one in found))
    )
