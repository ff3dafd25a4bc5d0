"""The level is a contract: how far citizens are let in, declared before anything else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from participation.rules.acts import Act


class Level(StrEnum):
    """How far citizens are let in, from telling to making together."""

    ORIENTATION = "orientation"
    HEARING = "hearing"
    COCREATION = "cocreation"

    @property
    def rank(self) -> int:
        """0 for orientation, 1 for hearing, 2 for co-creation."""
        return _ORDER.index(self)


_ORDER: Final = (Level.ORIENTATION, Level.HEARING, Level.COCREATION)

# What a level lets people do. Each line adds to the line above it.
_TELL = frozenset({Act.READ_PROJECT, Act.FOLLOW_PROJECT, Act.ASK_QUESTION, Act.ANSWER_QUESTION})
_ASK = _TELL | {
    Act.SUBMIT_CONTRIBUTION,
    Act.CORRECT_CONTRIBUTION,
    Act.WITHDRAW_CONTRIBUTION,
    Act.DRAFT_ANSWER,
    Act.COMPILE_REPORT,
    Act.PUBLISH_FEEDBACK,
}
_DRAFT = _ASK | {
    Act.COMMENT_CONTRIBUTION,
    Act.SUPPORT_CONTRIBUTION,
    Act.OPEN_JOINT_TEXT,
    Act.PROPOSE_REVISION,
    Act.BLOCK_SENDER,
}

LEVEL_ALLOWS: Final[Mapping[Level, frozenset[Act]]] = {
    Level.ORIENTATION: _TELL,
    Level.HEARING: _ASK,
    Level.COCREATION: _DRAFT,
}

#: Acts that depend on the level at all; every other act is the same at each level.
LEVEL_BOUND: Final[frozenset[Act]] = _DRAFT - {Act.READ_PROJECT, Act.FOLLOW_PROJECT}


def allows(level: Level, act: Act) -> bool:
    """Whether a round at this level lets the act happen. Acts that no level speaks of are let through."""
    return act not in LEVEL_BOUND or act in LEVEL_ALLOWS[level]


def may_become(now: Level, new: Level) -> bool:
    """A level may be raised with a public reason, never lowered after the announcement (RP-47)."""
    return new.rank > now.rank


def lowest_right(wide_interest: bool) -> Level:
    """The least that citizens are owed: a matter of wide or concrete interest is at least a hearing (RP-48)."""
    return Level.HEARING if wide_interest else Level.ORIENTATION
