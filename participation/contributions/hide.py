"""A contribution that may not be shown is hidden for a reason from the published list, and the sender is told (RE-33).

It stays in the case, is owed an answer like all others, and can be shown again.
"""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.contributions.tell import tell_sender
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason, NoSuchStep, step
from participation.rules.plain import mark
from participation.rules.policy import Actor


def hide_contribution(
    actor: Actor, contribution: Contribution, reason: HidingReason, words: str, *, now: datetime
) -> None:
    """Hide a contribution from the page, with a reason and words to the sender.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is hidden or withdrawn already.
    """
    permission.require(actor, Act.HIDE_CONTRIBUTION, contribution, now)

    was = contribution.handling
    contribution.handling = _step(was, Handling.HIDDEN)
    contribution.hidden_reason, contribution.hidden_words = reason, words.strip()
    if was is Handling.PUBLISHED:
        contribution.project.published_count = Project.published_count - 1
    db.session.flush()

    entry = log.record(
        Act.HIDE_CONTRIBUTION, actor, contribution, at=now, number=contribution.number, reason=reason, was=was
    )
    tell_sender("hidden", contribution, at=now, dedupe=f"hidden:{contribution.id}:{entry.id}")


def restore_contribution(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Show a hidden contribution again.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is not hidden.
    """
    permission.require(actor, Act.HIDE_CONTRIBUTION, contribution, now)

    if contribution.handling is not Handling.HIDDEN:
        raise Wrong(mark("Det er ikke skjult."))
    contribution.handling = step(contribution.handling, Handling.PUBLISHED)
    contribution.published_at = now
    contribution.hidden_reason, contribution.hidden_words = None, ""
    contribution.held_back, contribution.cleared_by_id = False, actor.person_id
    contribution.project.published_count = Project.published_count + 1
    db.session.flush()

    entry = log.record(Act.HIDE_CONTRIBUTION, actor, contribution, at=now, number=contribution.number, restored=True)
    tell_sender("restored", contribution, at=now, dedupe=f"restored:{contribution.id}:{entry.id}")


def _step(now: Handling, to: Handling) -> Handling:
    try:
        return step(now, to)
    except NoSuchStep as no:
        words = mark("Afsenderen har trukket det tilbage. Det vises ikke mere.")
        already = mark("Det er allerede skjult.")
        raise Wrong(already if now is Handling.HIDDEN else words) from no
