"""The last rung: comments and support are closed to a sender for some days. The right to be heard never is (RE-33)."""

from datetime import datetime, timedelta

from participation.contributions.ladder import open_block, standing, take_step, tell
from participation.contributions.model import Contribution, Moderation
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import HidingReason, Rung
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: For how many days comments and support can be closed to a sender.
DAYS = (3, 7, 14, 30)


class Blocked(Wrong):
    """Comments and support are closed to this sender for a time; a proposal of their own is taken in as always."""

    def __init__(self, until: datetime):
        super().__init__(
            mark(
                "Du kan ikke kommentere eller støtte i denne sag lige nu. Dine ord står her på siden."
                " Du kan altid sende dem som dit eget forslag. Det tager vi imod og svarer på."
            )
        )
        self.until = until


def block_sender(
    actor: Actor, contribution: Contribution, reason: HidingReason, words: str, days: int, *, now: datetime
) -> Moderation:
    """Close comments and support in this project to a sender for some days: to their e-mail, and to the session that
    has shown the code of the contribution.

    Raises:
        NotAllowed: the actor may not work in this case, or the level has no comments.
        Wrong: it is closed to them already, the days are not on the list, or there is not a word to the sender.
    """
    permission.require(actor, Act.BLOCK_SENDER, contribution, now)
    if days not in DAYS:
        raise Wrong(mark("Vælg et antal dage fra listen."))
    if (earlier := standing(contribution, Rung.BLOCK)) is not None and earlier.until and earlier.until > now:
        raise Wrong(mark("Der er allerede lukket for afsenderens kommentarer."))

    step = take_step(actor, contribution, Rung.BLOCK, reason, words, until=now + timedelta(days=days), now=now)
    entry = log.record(
        Act.BLOCK_SENDER,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=reason,
        step=step.id,
        days=days,
    )
    tell("blocked", step, entry, at=now)
    return step


def lift_block(actor: Actor, step: Moderation, *, now: datetime) -> None:
    """Let the sender comment and support again before the time.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is no block, or it is over.
    """
    permission.require(actor, Act.BLOCK_SENDER, step, now)
    if step.rung is not Rung.BLOCK or step.ended_at is not None:
        raise Wrong(mark("Der er ikke lukket for afsenderens kommentarer."))

    step.ended_at, step.ended_by_id = now, actor.person_id
    db.session.flush()

    entry = log.record(
        Act.BLOCK_SENDER, actor, step.contribution, at=now, number=step.contribution.number, step=step.id, lifted=True
    )
    tell("unblocked", step, entry, at=now)


def refuse_blocked(actor: Actor, project: Project, email: str, now: datetime) -> None:
    """Stop a comment or a support from somebody to whom they are closed.

    Raises:
        Blocked: until when is told on the sender's own page.
    """
    if (step := open_block(project.id, actor.held, email, now)) is not None and step.until is not None:
        raise Blocked(step.until)
