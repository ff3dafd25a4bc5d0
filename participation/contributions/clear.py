"""What looks private waits for a named person, who covers it or says why it may be shown (P2, RE-26)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from participation.contributions.mask import Place, Words, add_masks, tell_of
from participation.contributions.model import Contribution, Text
from participation.contributions.receive import private_details
from participation.contributions.shown import Cover, masks_on
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.personal import Certainty, Detail, Found
from participation.foundation.sensitive import names_of
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import ClearReason, Handling, MaskReason
from participation.rules.kinds import Kind, PublicationRule
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: The reason that a find is covered for.
REASON_OF = {
    Detail.CPR: MaskReason.CPR,
    Detail.EMAIL: MaskReason.CONTACT,
    Detail.PHONE: MaskReason.CONTACT,
    Detail.ADDRESS: MaskReason.CONTACT,
    Detail.HEALTH: MaskReason.HEALTH,
    Detail.PERSON: MaskReason.OTHER_PERSON,
}


def clear_contribution(
    actor: Actor,
    contribution: Contribution,
    reason: ClearReason,
    covers: Sequence[tuple[Words, MaskReason]] = (),
    *,
    now: datetime,
) -> None:
    """A named person has looked at what was held back and lets it be shown by the project's rule.

    What is surely a CPR number is always covered. Where the rule is "at once", it is shown from now on.

    Args:
        covers: what is covered in the same act.

    Raises:
        NotAllowed: the actor may not work in this case, or is nobody by name.
        Wrong: "covered" was said, and nothing is.
    """
    permission.require(actor, Act.CLEAR_CONTRIBUTION, contribution, now)
    if not contribution.held_back and not any(one.held_back for one in contribution.attachments):
        return
    places: dict[MaskReason, list[Place]] = {}
    for place, why in _all_covers(contribution, reason, covers):
        places.setdefault(why, []).append(place)
    masks = [one for why, those in places.items() for one in add_masks(actor, contribution, those, why, "", now=now)]
    if reason is ClearReason.COVERED and not contribution.is_masked:
        raise Wrong(mark("Der er ikke dækket noget. Vælg, hvad der skal dækkes, eller en anden grund."))

    _let_through(actor, contribution, reason, now)
    db.session.flush()

    entry = log.record(
        Act.CLEAR_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        number=contribution.number,
        reason=reason,
        masks=[one.id for one in masks] or None,
    )
    if masks:
        tell_of(contribution, masks, entry, at=now)


def clear_contributions(
    actor: Actor, project: Project, contributions: Collection[Contribution], *, now: datetime
) -> int:
    """Cover all that was found in some contributions and let them through, in one act.

    Returns:
        How many were let through; what holds nothing that can be covered, such as a file, still waits.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.CLEAR_CONTRIBUTION, project, now)
    cleared = 0
    for one in contributions:
        found = still_open(one)
        if one.project_id == project.id and one.held_back and found:
            clear_contribution(actor, one, ClearReason.COVERED, found, now=now)
            cleared += 1
    return cleared


def still_open(contribution: Contribution) -> list[tuple[Words, MaskReason]]:
    """What looks private in the words and is not covered yet, with the reason it would be covered for."""
    covers = masks_on(contribution).texts
    return [
        (Words(text.id, one.start, one.end), _reason(contribution, one, text.words))
        for text, one in finds(contribution)
        if not _is_covered(one.start, one.end, covers.get(text.id, ()))
    ]


def finds(contribution: Contribution) -> list[tuple[Text, Found]]:
    """All that looks private in the words that stand, each with the text it stands in."""
    name, show_name = _name(contribution), contribution.show_name
    return [(text, one) for text in contribution.standing for one in private_details(text.words, name, show_name)]


def _name(contribution: Contribution) -> str:
    return contribution.contact.name if contribution.contact is not None else ""


def _reason(contribution: Contribution, found: Found, words: str) -> MaskReason:
    named = words[found.start : found.end]
    if found.detail is Detail.PERSON and named in (*names_of(_name(contribution)), *_name(contribution).split()):
        return MaskReason.OWN_NAME
    return REASON_OF[found.detail]


def _all_covers(
    contribution: Contribution, reason: ClearReason, covers: Sequence[tuple[Words, MaskReason]]
) -> list[tuple[Place, MaskReason]]:
    """What was chosen, and each sure CPR number that was not."""
    chosen: list[tuple[Place, MaskReason]] = list(covers)
    masks = masks_on(contribution).texts
    for text, one in finds(contribution):
        known: list[Cover] = [(cover.start, cover.end, why) for cover, why in covers if cover.text_id == text.id]
        known += masks.get(text.id, ())
        sure = one.detail is Detail.CPR and (
            one.certainty is Certainty.CERTAIN or reason is not ClearReason.NOT_PRIVATE
        )
        if sure and not _is_covered(one.start, one.end, known):
            chosen.append((Words(text.id, one.start, one.end), MaskReason.CPR))
    return chosen


def _is_covered(start: int, end: int, covers: Collection[Cover]) -> bool:
    return any(left <= start and end <= right for left, right, _why in covers)


def _let_through(actor: Actor, contribution: Contribution, reason: ClearReason, now: datetime) -> None:
    contribution.held_back, contribution.cleared_reason = False, reason
    contribution.cleared_by_id = actor.person_id
    if contribution.read_at is None:  # whoever has looked for what is private has read it
        contribution.read_at, contribution.read_by_id = now, actor.person_id
    for attachment in contribution.attachments:
        if attachment.held_back:
            attachment.held_back, attachment.cleared_by_id = False, actor.person_id
    at_once = contribution.project.publication is PublicationRule.IMMEDIATELY and contribution.kind is not Kind.QUESTION
    if at_once and contribution.handling is Handling.RECEIVED:
        contribution.handling, contribution.published_at = Handling.PUBLISHED, now
        contribution.project.published_count = Project.published_count + 1
