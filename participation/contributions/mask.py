"""Something private is covered in public: some words, a place on a page, a field (RE-33). The words themselves stay.

A mask is a row beside the text. Lifting it is an act too; both are in the log, and the sender sees what and why. It is
the third rung of the ladder: whatever its reason, the sender may ask us once to look again. Only a CPR number is no
step: the law covers it, so there is nothing to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from participation.contributions.ladder import take_step, tell
from participation.contributions.model import Attachment, Contribution, Mask, Moderation
from participation.contributions.show_file import drop_copy
from participation.contributions.split import place_of
from participation.contributions.tell import tell_sender
from participation.foundation import jobs, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.handling import ALWAYS_COVERED, Handling, MaskField, MaskReason, Rung
from participation.rules.plain import mark
from participation.rules.policy import Actor


@dataclass(frozen=True)
class Words:
    """A stretch of a text: its row, and code points ``[start, end)``."""

    text_id: int
    start: int
    end: int


@dataclass(frozen=True)
class Area:
    """A place on a page of a file, as fractions of the page from its top left corner; pages are counted from 1."""

    attachment_id: int
    page: int
    left: float
    top: float
    right: float
    bottom: float


Place = Words | Area | MaskField


def mask_contribution(
    actor: Actor,
    contribution: Contribution,
    places: Sequence[Place],
    reason: MaskReason,
    words: str = "",
    *,
    now: datetime,
) -> list[Mask]:
    """Cover some places in public, for a reason from the published list.

    Args:
        words: why, for the sender; needed where the reason judges the tone.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there is nothing to cover, it lies outside the contribution, or there is not a word to the sender.
    """
    permission.require(actor, Act.MASK_CONTRIBUTION, contribution, now)
    _check(contribution, places)

    masks = add_masks(actor, contribution, places, reason, words, now=now)
    entry = log.record(
        Act.MASK_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=reason,
        step=masks[0].step_id,
        masks=[one.id for one in masks],
    )
    tell_of(contribution, masks, entry, at=now)
    return masks


def tell_of(contribution: Contribution, masks: Sequence[Mask], entry: LogEntry, *, at: datetime) -> None:
    """Owe the sender one letter about the masks of one act: for which reasons, why, and how to ask us to look again."""
    tell_sender(
        "masked",
        contribution,
        at=at,
        dedupe=f"masked:{contribution.id}:{entry.id}",
        reasons=[reason for reason in MaskReason if any(one.reason is reason for one in masks)],
        why=masks[0].words,
        may_appeal=any(one.step_id is not None for one in masks),
    )


def lift_mask(actor: Actor, mask: Mask, *, now: datetime) -> None:
    """Take a cover away again. Nothing is deleted: the mask stays with who lifted it and when.

    With the last mask of a step the step is undone, and the sender is told.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is lifted already.
    """
    contribution = db.session.get_one(Contribution, mask.contribution_id)
    permission.require(actor, Act.MASK_CONTRIBUTION, contribution, now)
    if mask.lifted_at is not None:
        raise Wrong(mark("Det er ikke dækket mere."))

    _lift(actor, contribution, [mask], now)
    step = db.session.get_one(Moderation, mask.step_id) if mask.step_id is not None else None
    if step is not None:
        db.session.expire(step, ["masks"])
    undone = step is not None and step.ended_at is None and not step.masks
    if step is not None and undone:
        step.ended_at, step.ended_by_id = now, actor.person_id
        db.session.flush()

    entry = log.record(
        Act.MASK_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=mask.reason,
        step=mask.step_id,
        lifted=mask.id,
    )
    if step is not None and undone:
        tell("uncovered", step, entry, at=now)


def lift_step(actor: Actor, step: Moderation, *, now: datetime) -> None:
    """Take away all that a step covers; whoever answers an appeal tells the sender.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    contribution, masks = step.contribution, list(step.masks)
    permission.require(actor, Act.MASK_CONTRIBUTION, contribution, now)

    _lift(actor, contribution, masks, now)
    step.ended_at, step.ended_by_id = now, actor.person_id
    db.session.flush()

    log.record(
        Act.MASK_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=step.reason,
        step=step.id,
        lifted=[one.id for one in masks],
    )


def place_of_quote(contribution: Contribution, segment: int, quote: str, *, after: int = 0) -> Words:
    """Where the words that somebody marked in the browser, or typed, stand in a text of the contribution.

    They are looked for in ``segment`` first, then in the words themselves and in what was said apart.

    Raises:
        Wrong: they do not stand there.
    """
    words = next((text.words for text in contribution.texts if text.id == segment), "")
    if (found := place_of(quote, words, after)) is not None:
        return Words(segment, *found)
    for text_id, said in ((segment, words), *((text.id, text.words) for text in contribution.standing)):
        if (found := place_of(quote, said)) is not None:
            return Words(text_id, *found)
    raise Wrong(mark("De ord står ikke i teksten. Marker dem igen, og prøv så."))


def add_masks(
    actor: Actor, contribution: Contribution, places: Iterable[Place], reason: MaskReason, words: str, *, now: datetime
) -> list[Mask]:
    """The rows of the masks and their step on the ladder, for the verbs that have asked the policy."""
    places = list(places)
    step = None
    if places and reason not in ALWAYS_COVERED:
        step = take_step(actor, contribution, Rung.MASK, reason, words, now=now).id
    masks = [
        Mask(
            contribution_id=contribution.id,
            reason=reason,
            step_id=step,
            words=words.strip(),
            made_by_id=actor.person_id,
            made_at=now,
            **({"field": place} if isinstance(place, MaskField) else vars(place)),
        )
        for place in places
    ]
    db.session.add_all(masks)
    if any(one.text_id is not None for one in masks):
        _tell_upstairs(contribution, now)
    contribution.is_masked = contribution.is_masked or bool(masks)
    _forget_copies(contribution, masks, now)
    db.session.flush()
    db.session.expire(contribution, ["masks"])
    return masks


def _tell_upstairs(contribution: Contribution, now: datetime) -> None:
    """The room of themes forgets what the machine has learned from words that are covered now; once for one act."""
    project = contribution.project_id
    jobs.owe("themes:forget_covered", {"project": project}, at=now, dedupe=f"themes:forget:{project}:{now.isoformat()}")


def move_masks(contribution: Contribution, old: int, text_id: int, words: str, now: datetime) -> None:
    """A correction made a new text: what is covered in the old one is covered wherever it stands in the new one."""
    standing = [one for one in contribution.masks if one.text_id == old]
    was = next((text.words for text in contribution.texts if text.id == old), "")
    for mask in standing:
        quote = was[mask.start : mask.end]
        at = words.find(quote) if quote else -1
        while at >= 0:
            db.session.add(
                Mask(
                    contribution_id=contribution.id,
                    text_id=text_id,
                    start=at,
                    end=at + len(quote),
                    reason=mask.reason,
                    step_id=mask.step_id,
                    words=mask.words,
                    made_by_id=mask.made_by_id,
                    made_at=now,
                )
            )
            at = words.find(quote, at + len(quote))
    db.session.flush()
    db.session.expire(contribution, ["masks"])


def _lift(actor: Actor, contribution: Contribution, masks: Sequence[Mask], now: datetime) -> None:
    for mask in masks:
        mask.lifted_at, mask.lifted_by_id = now, actor.person_id
    db.session.flush()
    left = sa.select(Mask.id).where(Mask.contribution_id == contribution.id, Mask.lifted_at.is_(None)).limit(1)
    contribution.is_masked = db.session.scalar(left) is not None
    _forget_copies(contribution, masks, now)
    db.session.flush()
    db.session.expire(contribution, ["masks"])


def _check(contribution: Contribution, places: Sequence[Place]) -> None:
    if not places:
        raise Wrong(mark("Vælg, hvad der skal dækkes."))
    if contribution.handling is Handling.WITHDRAWN:
        raise Wrong(mark("Afsenderen har trukket det tilbage. Det vises ikke mere."))
    lengths = {text.id: len(text.words) for text in contribution.texts}
    files = {one.id for one in contribution.attachments}
    for place in places:
        if isinstance(place, Words):
            fits = 0 <= place.start < place.end <= lengths.get(place.text_id, 0)
        elif isinstance(place, Area):
            inside = 0 <= place.left < place.right <= 1 and 0 <= place.top < place.bottom <= 1
            fits = place.attachment_id in files and place.page > 0 and inside
        else:
            fits = True
        if not fits:
            raise Wrong(mark("Det ligger uden for teksten eller siden. Hent siden igen, og prøv så."))


def _forget_copies(contribution: Contribution, masks: Iterable[Mask], now: datetime) -> None:
    """A copy on the page no longer shows what it should: it is taken down, to be made anew."""
    touched = {one.attachment_id for one in masks if one.attachment_id is not None}
    for attachment in contribution.attachments:
        if attachment.id in touched:
            drop_copy(attachment, now=now)


def attachment_of(contribution: Contribution, key: int) -> Attachment:
    """A file of the contribution.

    Raises:
        Wrong: it has no such file.
    """
    found = next((one for one in contribution.attachments if one.id == key), None)
    if found is None:
        raise Wrong(mark("Filen hører ikke til her. Hent siden igen, og prøv så."))
    return found
