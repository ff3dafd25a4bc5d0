"""What of a contribution may be shown: its words without what is covered. The stored words are never touched.

Every place where citizens' words leave the house asks here. A CPR number is cut away even where nobody has covered it;
only ten bare digits that a named person has looked at and found to be something else stay (`ClearReason.NOT_PRIVATE`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.contributions.model import Contribution, Mask, Point, Text
from participation.foundation.db import db
from participation.foundation.personal import Certainty, cpr_numbers, struck
from participation.rules.handling import ClearReason, MaskField, MaskReason
from participation.rules.kinds import PRIVATE, Capacity
from participation.rules.words import danish

#: A covered stretch: code points ``[start, end)`` and why.
Cover = tuple[int, int, MaskReason]


@dataclass(frozen=True)
class Shown:
    """A text with what is covered in it; ``covers`` are in order and do not meet."""

    text: str
    covers: tuple[Cover, ...] = ()

    @property
    def words(self) -> str:
        """The whole text as it may be shown."""
        return self.cut(0, len(self.text))

    def cut(self, start: int, end: int) -> str:
        """A stretch of the text as it may be shown; a cover that reaches into it stands there as its mark."""
        pieces, at = [], start
        for left, right, reason in self.covers:
            if left < end and start < right:
                pieces += [self.text[at : max(at, left)], cover_mark(reason)]
                at = min(right, end)
        return "".join([*pieces, self.text[at:end]])


def cover_mark(reason: MaskReason) -> str:
    """What stands in place of covered words."""
    return _("[dækket: %(what)s]", what=_(danish(reason)))


def shown(text: str, masks: Iterable[Cover] = (), *, spared: bool = False) -> Shown:
    """A text with its masks and every CPR number covered.

    Args:
        spared: a named person has said that ten bare digits in it are no CPR number.
    """
    covers = [
        (one.start, one.end, MaskReason.CPR)
        for one in cpr_numbers(text)
        if one.certainty is Certainty.CERTAIN or not spared
    ]
    return Shown(text, _joined([*masks, *covers]))


def _joined(covers: Iterable[Cover]) -> tuple[Cover, ...]:
    """Covers that meet are one; the first one's reason stands."""
    joined: list[Cover] = []
    for start, end, reason in sorted(covers, key=lambda one: one[:2]):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), joined[-1][2])
        else:
            joined.append((start, end, reason))
    return tuple(joined)


# -- many contributions at once ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Masks:
    """The masks of many contributions: by text, and by contribution the fields that are covered."""

    texts: Mapping[int, Sequence[Cover]] = field(default_factory=dict)
    fields: Mapping[int, Collection[MaskField]] = field(default_factory=dict)

    def of(self, text_id: int | None, text: str, reason: ClearReason | None) -> Shown:
        """A text as it may be shown; ``reason`` is why its contribution was cleared, if it was."""
        return shown(text, self.texts.get(text_id or 0, ()), spared=reason is ClearReason.NOT_PRIVATE)

    def stretch(self, text_id: int | None, start: int, words: str) -> str:
        """A stretch that begins at ``start`` of a text, as it may be shown; one without masks stands as it is."""
        covers = self._within(text_id, start, words)
        return shown(words, covers).words if covers else words

    def blanked(self, text_id: int | None, start: int, words: str, mark: str = " ") -> str:
        """The same, as long as it was: each covered letter is a blank. For the machine, which may not learn from it."""
        for left, right, _reason in self._within(text_id, start, words):
            words = words[:left] + mark * (right - left) + words[right:]
        return words

    def _within(self, text_id: int | None, start: int, words: str) -> list[Cover]:
        end = start + len(words)
        return [
            (max(left - start, 0), min(right, end) - start, reason)
            for left, right, reason in self.texts.get(text_id or 0, ())
            if left < end and start < right
        ]

    def field(self, contribution_id: int, name: MaskField, words: str) -> str:
        """A short field as it may be shown; a covered one is empty."""
        return "" if name in self.fields.get(contribution_id, ()) else struck(words)

    def name(self, contribution_id: int, words: str, capacity: Capacity) -> str:
        """The name that may stand on the page: of a person or of those they speak for; a covered one is empty."""
        name = MaskField.NAME if capacity in PRIVATE else MaskField.ORGANISATION
        return self.field(contribution_id, name, words)


NONE = Masks()


def masks_of(contribution_ids: Collection[int] = (), *, project_id: int | None = None) -> Masks:
    """The masks that stand on some contributions, or on all of a project; one query, and none where nobody is asked."""
    asked = sa.select(Mask.contribution_id, Mask.text_id, Mask.start, Mask.end, Mask.field, Mask.reason).where(
        Mask.lifted_at.is_(None), Mask.attachment_id.is_(None)
    )
    if project_id is not None:
        of_project = sa.select(Contribution.id).where(Contribution.project_id == project_id, Contribution.is_masked)
        asked = asked.where(Mask.contribution_id.in_(of_project))
    elif contribution_ids:
        asked = asked.where(Mask.contribution_id.in_(contribution_ids))
    else:
        return NONE
    texts: dict[int, list[Cover]] = defaultdict(list)
    fields: dict[int, set[MaskField]] = defaultdict(set)
    for contribution_id, text_id, start, end, name, reason in db.session.execute(asked):
        if name is not None:
            fields[contribution_id].add(name)
        elif text_id is not None and start is not None and end is not None:
            texts[text_id].append((start, end, reason))
    return Masks(texts, fields)


# -- one contribution -------------------------------------------------------------------------------------------------


def masks_on(contribution: Contribution) -> Masks:
    """The masks of one contribution."""
    return masks_of([contribution.id]) if contribution.is_masked else NONE


def shown_words(contribution: Contribution) -> str:
    """The words that stand, as they may be shown."""
    body = contribution.body
    return masks_on(contribution).of(body.id, body.words, contribution.cleared_reason).words if body else ""


def shown_point(point: Point, contribution: Contribution) -> str:
    """The words of a point, as they may be shown: what is covered is covered in each of its stretches."""
    if not contribution.is_masked:
        return point.words
    masks = masks_on(contribution)
    return "\n".join(
        masks.of(span.text_id, span.text.words, contribution.cleared_reason).cut(span.start, span.end)
        for span in point.spans
    )


def said(thing: Point | Contribution | Text) -> str:
    """The words of a point, a contribution or a text of it, as they may be shown: for all templates."""
    if isinstance(thing, Text):
        of = thing.contribution
        return masks_on(of).of(thing.id, thing.words, of.cleared_reason).words if of.is_masked else thing.words
    if isinstance(thing, Point):
        return shown_point(thing, thing.contribution)
    return shown_words(thing) if thing.is_masked else thing.words
