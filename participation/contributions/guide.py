"""The first rungs of the ladder: a friendly word, and a wish for an edit. Nothing is taken off the page (RE-33)."""

from datetime import datetime

from participation.contributions.ladder import take_step, tell
from participation.contributions.model import Contribution, Moderation
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason, Rung
from participation.rules.plain import mark
from participation.rules.policy import Actor


def guide_sender(
    actor: Actor, contribution: Contribution, reason: HidingReason, words: str, *, now: datetime
) -> Moderation:
    """Tell the sender how we would like to be written to. Nothing else happens.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is withdrawn, or there is not a word to the sender.
    """
    permission.require(actor, Act.GUIDE_SENDER, contribution, now)
    _still_there(contribution)

    step = take_step(actor, contribution, Rung.GUIDE, reason, words, now=now)
    entry = log.record(
        Act.GUIDE_SENDER, actor, contribution, at=now, number=contribution.number, reason=reason, step=step.id
    )
    tell("guided", step, entry, at=now)
    return step


def ask_for_edit(
    actor: Actor, contribution: Contribution, reason: HidingReason, words: str, *, now: datetime
) -> Moderation:
    """Ask the sender to mend something themselves; what is not on the page yet waits there until they have.

    They may mend it after the deadline, too. Both versions are kept.

    Raises:
        NotAllowed: the actor may not work in this case, or it is neither open nor weighed.
        Wrong: it is withdrawn, or there is not a word to the sender.
    """
    permission.require(actor, Act.ASK_FOR_EDIT, contribution, now)
    _still_there(contribution)

    step = take_step(actor, contribution, Rung.ASK_EDIT, reason, words, now=now)
    contribution.edit_asked_at = now
    if contribution.handling is Handling.RECEIVED:
        contribution.held_back, contribution.cleared_by_id = True, None
    db.session.flush()

    entry = log.record(
        Act.ASK_FOR_EDIT, actor, contribution, at=now, number=contribution.number, reason=reason, step=step.id
    )
    tell("edit_wanted", step, entry, at=now)
    return step


def _still_there(contribution: Contribution) -> None:
    if contribution.handling is Handling.WITHDRAWN:
        raise Wrong(mark("Afsenderen har trukket det tilbage. Der er ikke mere at gøre ved det."))
