"""Citizens are let in further than was said; or a plain mistake about it is put right while nobody has answered."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.declare import LevelTooLow
from participation.projects.model import Notice, Project
from participation.projects.tell import tell_all
from participation.rules import levels
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind, RoundKind
from participation.rules.levels import Level
from participation.rules.phases import Phase, phase
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.rules.words import danish


class NeverLowered(Wrong):
    """The level is a contract; after the announcement it is only raised (RP-47)."""

    def __init__(self) -> None:
        super().__init__(
            mark("Niveauet er et løfte. Når projektet er offentliggjort, kan det kun hæves, aldrig sænkes.")
        )


class TooLateToCorrect(Wrong):
    """Somebody has answered in good faith."""

    def __init__(self) -> None:
        super().__init__(mark("Nogen har allerede skrevet. Derfor kan niveauet ikke rettes mere, kun hæves."))


def raise_level(actor: Actor, project: Project, level: Level, reason: str, *, now: datetime) -> None:
    """Let citizens in further, in public and with a reason; the round that runs is raised with it (RP-47).

    Raises:
        NotAllowed: not the actor's, or the project is over.
        NeverLowered: the level is not above the present one.
    """
    permission.require(actor, Act.RAISE_LEVEL, project, now)
    if not levels.may_become(project.level, level):
        raise NeverLowered
    _become(actor, Act.RAISE_LEVEL, NoticeKind.LEVEL_RAISED, project, level, reason, now)


def correct_level(actor: Actor, project: Project, level: Level, reason: str, *, now: datetime) -> None:
    """Put a plain mistake about the level right, in public, while nobody has written (RP-47).

    Raises:
        NotAllowed: not the actor's, or the project is over.
        TooLateToCorrect: a contribution has come in.
        LevelTooLow: the matter is of wide interest and must at least be a hearing (RP-48).
    """
    permission.require(actor, Act.CORRECT_LEVEL, project, now)
    if project.last_number:
        raise TooLateToCorrect
    if level.rank < levels.lowest_right(project.wide_interest).rank:
        raise LevelTooLow
    _become(actor, Act.CORRECT_LEVEL, NoticeKind.LEVEL_CORRECTED, project, level, reason, now)


def _become(
    actor: Actor, act: Act, kind: NoticeKind, project: Project, level: Level, reason: str, now: datetime
) -> None:
    old, project.level = project.level, level
    for round_ in project.rounds:
        if phase(round_, now) in (Phase.DRAFT, Phase.ANNOUNCED, Phase.OPEN) and (
            round_.level.rank < level.rank or act is Act.CORRECT_LEVEL
        ):
            round_.level = level
            if round_.kind is RoundKind.INFORMATION and level is not Level.ORIENTATION:
                round_.kind, round_.legal_basis = RoundKind.HEARING, "none"
            elif level is Level.ORIENTATION:
                round_.kind, round_.legal_basis = RoundKind.INFORMATION, "orientation"
    announced = project.announced_at is not None
    if announced:
        db.session.add(
            Notice(project_id=project.id, kind=kind, at=now, words=reason, was=danish(old), became=danish(level))
        )
    else:
        project.level_reason = reason
    db.session.flush()

    log.record(act, actor, project, at=now, project_id=project.id, was=old, became=level)
    if announced:
        tell_all(project, kind.value, now=now)
