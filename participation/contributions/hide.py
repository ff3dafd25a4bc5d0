"""A contribution that may not be shown is hidden for a reason from the published list, and the sender is told (RE-33).

It stays in the case, is owed an answer like all others, and can be shown again. It leaves the page at once, since what
is dangerous must; it stands when a second person has seen it, where the department has one (T14, T16).
"""

from datetime import datetime

from participation.contributions.ladder import needs_another, standing, take_step, tell
from participation.contributions.model import Contribution, Moderation
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason, NoSuchStep, Rung, step
from participation.rules.plain import mark
from participation.rules.policy import Actor


def hide_contribution(
    actor: Actor, contribution: Contribution, reason: HidingReason, words: str, *, now: datetime
) -> Moderation:
    """Hide a contribution from the page, with a reason and words to the sender.

    In a department of one it stands at once; else a colleague must confirm it before the white paper is approved.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is hidden or withdrawn already, or there is not a word to the sender.
    """
    permission.require(actor, Act.HIDE_CONTRIBUTION, contribution, now)

    was = contribution.handling
    contribution.handling = _step(was, Handling.HIDDEN)
    contribution.hidden_reason, contribution.hidden_words = reason, words.strip()
    if was is Handling.PUBLISHED:
        contribution.project.published_count = Project.published_count - 1
    taken = take_step(actor, contribution, Rung.HIDE, reason, words, now=now)
    alone = not needs_another(actor, contribution.project)
    if alone:
        taken.confirmed_at = now
    db.session.flush()

    entry = log.record(
        Act.HIDE_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=reason,
        was=was,
        step=taken.id,
        alone=alone,
    )
    tell("hidden", taken, entry, at=now)
    return taken


def confirm_hiding(actor: Actor, taken: Moderation, *, now: datetime) -> None:
    """A second person of the department has seen what was hidden, and agrees.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it does not wait for anybody, or the actor has hidden it.
    """
    permission.require(actor, Act.CONFIRM_HIDING, taken, now)
    if not taken.waits:
        raise Wrong(mark("Det er bekræftet, eller det vises igen."))
    if actor.person_id == taken.by_id and needs_another(actor, taken.project):
        raise Wrong(mark("Du har selv skjult det. Bed en kollega se på det."))

    taken.confirmed_at, taken.confirmed_by_id = now, actor.person_id
    db.session.flush()

    number = taken.contribution.number
    log.record(Act.CONFIRM_HIDING, actor, taken.contribution, at=now, number=number, step=taken.id)


def restore_contribution(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Undo a hiding: what was on the page is shown again, the rest waits for the project's rule as before.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is not hidden.
    """
    permission.require(actor, Act.HIDE_CONTRIBUTION, contribution, now)

    if contribution.handling is not Handling.HIDDEN:
        raise Wrong(mark("Det er ikke skjult."))
    was_shown = contribution.published_at is not None
    contribution.handling = step(contribution.handling, Handling.PUBLISHED if was_shown else Handling.RECEIVED)
    contribution.hidden_reason, contribution.hidden_words = None, ""
    if was_shown:
        contribution.published_at = now
        contribution.held_back, contribution.cleared_by_id = False, actor.person_id
        contribution.project.published_count = Project.published_count + 1
    if (taken := standing(contribution, Rung.HIDE)) is not None:
        taken.ended_at, taken.ended_by_id = now, actor.person_id
    db.session.flush()

    entry = log.record(Act.HIDE_CONTRIBUTION, actor, contribution, at=now, number=contribution.number, restored=True)
    if taken is not None:
        tell("restored", taken, entry, at=now)


def _step(now: Handling, to: Handling) -> Handling:
    try:
        return step(now, to)
    except NoSuchStep as no:
        words = mark("Afsenderen har trukket det tilbage. Det vises ikke mere.")
        already = mark("Det er allerede skjult.")
        raise Wrong(already if now is Handling.HIDDEN else words) from no
