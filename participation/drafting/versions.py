"""What all texts that several write have in common: versions on top of each other, and two at once lose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from participation.drafting.model import Version
from participation.foundation.forms import Wrong
from participation.rules.plain import mark

Written = TypeVar("Written", bound=Version)


class Overtaken(Wrong):
    """Somebody else has made a version in the meantime; nothing was overwritten, and what was typed is shown beside it.

    Attributes:
        latest: the number of the version that stands now.
    """

    def __init__(self, latest: int):
        super().__init__(
            mark(
                "En anden har gemt en ny version, mens du skrev. Intet er overskrevet. Din tekst står her endnu."
                " Se, hvad der er ændret, og gem igen."
            )
        )
        self.latest = latest


def says_anew(latest: Version | None, based_on: int, words: str) -> bool:
    """Whether words make a new version: not where they are those that stand already.

    Args:
        based_on: the version that the writer had before them, 0 where there was none.

    Raises:
        Overtaken: another version stands now.
    """
    if latest is not None and latest.words == words:
        return False
    standing = latest.number if latest is not None else 0
    if based_on != standing:
        raise Overtaken(standing)
    return True


@dataclass(frozen=True)
class Compared(Generic[Written]):
    """Two versions of a text, the older one first; nothing before the first."""

    before: Written | None
    after: Written


def compared(versions: Sequence[Written], number: int, since: int | None = None) -> Compared[Written] | None:
    """A version and what it is compared with: a version that was chosen, else the one it was made from.

    Args:
        versions: those that the reader may see.

    Returns:
        Nothing where there is no such version.
    """
    by_number = {one.number: one for one in versions}
    after = by_number.get(number)
    if after is None:
        return None
    wanted = since if since is not None else after.based_on
    before = by_number.get(wanted) if wanted is not None and wanted != number else None
    if before is not None and before.number > after.number:
        before, after = after, before
    return Compared(before, after)
