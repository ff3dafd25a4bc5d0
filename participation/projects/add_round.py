"""A project gets another round: a hearing after the ideas, or a supplementary one."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.declare import RoundPlan, planned
from participation.projects.model import Project, Round
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class AboveTheProject(Wrong):
    """A round's level is never above its project's."""

    def __init__(self) -> None:
        super().__init__(mark("En runde kan ikke ligge højere end projektet. Hæv projektets niveau først."))


class OneAtATime(Wrong):
    """The round before is not announced yet."""

    def __init__(self) -> None:
        super().__init__(mark("Der er allerede planlagt en runde, som ikke er offentliggjort."))


def add_round(actor: Actor, project: Project, plan: RoundPlan, *, now: datetime) -> Round:
    """Plan another round with its own level and legal basis; it is announced by an act of its own.

    Raises:
        NotAllowed: not the actor's, or the project is over.
        AboveTheProject: its level lies above the project's.
        OneAtATime: the last round is not announced yet.
        BadPeriod: it would end before it begins.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if plan.level.rank > project.level.rank:
        raise AboveTheProject
    if any(round_.announced_at is None for round_ in project.rounds):
        raise OneAtATime

    round_ = planned(plan, position=max((one.position for one in project.rounds), default=0) + 1)
    project.rounds.append(round_)
    db.session.flush()

    log.record(
        Act.EDIT_PROJECT,
        actor,
        round_,
        at=now,
        project_id=project.id,
        what="round",
        level=plan.level,
        legal_basis=plan.legal_basis,
    )
    return round_
