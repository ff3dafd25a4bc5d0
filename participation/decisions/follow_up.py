"""What is to be done after the decision, with an owner and a date, shown in public until it is done (FU-17, RL-59)."""

from datetime import date, datetime

from participation.answers.model import Answer
from participation.decisions.model import FollowUp
from participation.decisions.queries import open_follow_ups
from participation.decisions.tell import tell_of_done
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class StillOpen(Wrong):
    """ "Ingen opfølgning" is not true while something is to be done."""

    def __init__(self) -> None:
        super().__init__(
            mark("Der er opfølgning, som ikke er gjort. Gør den færdig, eller skriv, hvem der har den nu.")
        )


def plan_follow_up(
    actor: Actor,
    project: Project,
    words: str,
    owner: str,
    due_on: date | None = None,
    answer: Answer | None = None,
    *,
    now: datetime,
) -> FollowUp:
    """Plan something that is to be done after the decision.

    Args:
        owner: who does it, by name or office, as citizens may read it.
        answer: what was answered and now is to be done (RL-45).

    Raises:
        NotAllowed: the actor may not work in this case, or nothing is weighed yet.
    """
    permission.require(actor, Act.PLAN_FOLLOW_UP, project, now)
    follow_up = FollowUp(
        project_id=project.id,
        words=words,
        owner=owner,
        due_on=due_on,
        answer_id=answer.id if answer is not None else None,
        made_at=now,
    )
    project.follow_up_none_at = None
    db.session.add(follow_up)
    db.session.flush()
    log.record(Act.PLAN_FOLLOW_UP, actor, follow_up, at=now, project_id=project.id, due_on=due_on)
    return follow_up


def finish_follow_up(actor: Actor, follow_up: FollowUp, *, now: datetime) -> None:
    """It is done: who follows the case is told, and whoever proposed it. A second time changes nothing.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.PLAN_FOLLOW_UP, follow_up, now)
    if follow_up.done_at is not None:
        return
    follow_up.done_at = now
    db.session.flush()
    log.record(Act.PLAN_FOLLOW_UP, actor, follow_up, at=now, project_id=follow_up.project_id, done=True)
    tell_of_done(follow_up, now=now)


def hand_over_follow_up(actor: Actor, follow_up: FollowUp, to: str, *, now: datetime) -> None:
    """Somebody else does it from now on, outside this case; citizens are told who.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.PLAN_FOLLOW_UP, follow_up, now)
    follow_up.handed_to = to
    db.session.flush()
    log.record(Act.PLAN_FOLLOW_UP, actor, follow_up, at=now, project_id=follow_up.project_id, handed_over=True)


def no_follow_up(actor: Actor, project: Project, *, now: datetime) -> None:
    """There is nothing to follow up: "ingen", in one act.

    Raises:
        NotAllowed: the actor may not work in this case.
        StillOpen: something is to be done.
    """
    permission.require(actor, Act.PLAN_FOLLOW_UP, project, now)
    if open_follow_ups(project.id):
        raise StillOpen
    if project.follow_up_none_at is not None:
        return
    project.follow_up_none_at = now
    db.session.flush()
    log.record(Act.PLAN_FOLLOW_UP, actor, project, at=now, project_id=project.id, none=True)
