"""The sender asks us, once, to look at a step again; another person does, where the department has one (RE-33)."""

from datetime import datetime

from participation.contributions.block import lift_block
from participation.contributions.hide import restore_contribution
from participation.contributions.ladder import may_look_again, tell
from participation.contributions.mask import lift_step
from participation.contributions.model import Moderation
from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.handling import Handling, Rung
from participation.rules.plain import mark
from participation.rules.policy import Actor


def appeal_step(actor: Actor, step: Moderation, words: str, *, now: datetime) -> None:
    """Ask the municipality to look at a step again, with one's own words.

    Raises:
        NotAllowed: the actor does not hold the contribution's code.
        Wrong: it was asked before, or there is not a word of why.
    """
    contribution = step.contribution
    permission.require(actor, Act.APPEAL_MODERATION, contribution, now)
    if step.appealed_at is not None:
        raise Wrong(mark("Du har allerede bedt os om at se på det igen. Svaret kommer på siden her."))
    if not words.strip():
        raise Wrong(mark("Skriv, hvorfor du er uenig, så vi kan se på det igen."))

    step.appealed_at, step.appeal = now, words
    db.session.flush()

    log.record(Act.APPEAL_MODERATION, actor, contribution, at=now, number=contribution.number, step=step.id)
    project = contribution.project
    to = project.department.email or project.contact_email
    if to:
        letters.owe(
            "appealed",
            contribution,
            to=to,
            at=now,
            dedupe=f"appealed:{step.id}",
            project_id=project.id,
            contribution=contribution.id,
            step=step.id,
            page=f"/arbejde/projekter/{project.slug}/indbakke/{contribution.number}",
        )


def answer_appeal(actor: Actor, step: Moderation, *, granted: bool, words: str, now: datetime) -> None:
    """Look at a step again: undo it, or say why it stands. A yes is also the undoing.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: nobody has asked, it is answered, there is no reason, or somebody else should do it.
    """
    permission.require(actor, Act.ANSWER_APPEAL, step, now)
    if step.appealed_at is None or step.answered_at is not None:
        raise Wrong(mark("Her er der ikke noget at svare på."))
    if not words.strip():
        raise Wrong(mark("Skriv til afsenderen, hvad du er kommet frem til, og hvorfor."))
    if not may_look_again(actor, step):
        raise Wrong(mark("Du har selv været med til det. Bed en kollega se på det igen."))

    step.answered_at, step.answered_by_id = now, actor.person_id
    step.granted, step.answer = granted, words.strip()
    db.session.flush()
    if granted:
        _undo(actor, step, now)

    entry = log.record(
        Act.ANSWER_APPEAL,
        actor,
        step.contribution,
        at=now,
        number=step.contribution.number,
        step=step.id,
        granted=granted,
    )
    tell("appeal_answered", step, entry, at=now)


def _undo(actor: Actor, step: Moderation, now: datetime) -> None:
    if step.ended_at is not None:
        return
    if step.rung is Rung.HIDE and step.contribution.handling is Handling.HIDDEN:
        restore_contribution(actor, step.contribution, now=now)
    elif step.rung is Rung.BLOCK:
        lift_block(actor, step, now=now)
    elif step.rung is Rung.MASK:
        lift_step(actor, step, now=now)
    else:
        if step.rung is Rung.ASK_EDIT:
            step.contribution.edit_asked_at = None
        step.ended_at, step.ended_by_id = now, actor.person_id
        db.session.flush()
