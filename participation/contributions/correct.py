"""The sender corrects or adds to their words before the deadline; what was sent first is kept."""

from collections.abc import Sequence
from datetime import datetime

from participation.contributions.mask import move_masks
from participation.contributions.model import Contribution, Point, Span, Text
from participation.contributions.publish import hold_back
from participation.contributions.receive import private_details, texts_behind, together, words_hash
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.rules.acts import Act
from participation.rules.kinds import TextSource
from participation.rules.policy import Actor


def correct_contribution(actor: Actor, contribution: Contribution, words: str, *, now: datetime) -> Text:
    """Keep a new version of the words; points whose words are unchanged move along, the rest become one new point.

    Raises:
        NotAllowed: the actor does not hold its code, or the round is no longer open.
    """
    permission.require(actor, Act.CORRECT_CONTRIBUTION, contribution, now)

    newest = contribution.body
    text = Text(
        contribution_id=contribution.id,
        source=TextSource.CORRECTION,
        version=(newest.version if newest else 0) + 1,
        words=words,
        made_at=now,
    )
    db.session.add(text)
    db.session.flush()
    _move_points(contribution, text, now)
    apart = [(one.source, one.words) for one in contribution.apart]
    contribution.words_hash = words_hash(together(words, apart))
    contribution.held_back, contribution.cleared_by_id, contribution.cleared_reason = False, None, None
    name = contribution.contact.name if contribution.contact is not None else ""
    said = (words, *(words for _source, words in apart))
    if contribution.is_masked or any(private_details(one, name, contribution.show_name) for one in said):
        hold_back(contribution)  # also where it stood on the page: the new words wait for a person
    if newest is not None and contribution.is_masked:
        move_masks(contribution, newest.id, text.id, words, now)
    contribution.edit_asked_at = None
    contribution.read_at = None
    db.session.flush()
    db.session.expire(contribution, ["texts", "points"])

    log.record(
        Act.CORRECT_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        project_id=contribution.project_id,
        digest=log.digest(contribution.contact.salt, words) if contribution.contact else None,
        version=text.version,
    )
    return text


@log.witness(Act.CORRECT_CONTRIBUTION)
def corrected_words_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The corrected words behind the digests of the log; those of an erased sender are left out."""
    of = {entry.id: (int(entry.subject.partition(":")[2]), entry.facts["version"]) for entry in entries}
    return texts_behind(of, TextSource.CORRECTION)


def _move_points(contribution: Contribution, text: Text, now: datetime) -> None:
    """Points that a person split off and whose words still stand move along; all else is one whole point again."""
    kept = []
    for point in contribution.points:
        if point.apart is not None:
            continue  # said under a heading of its own, which stays
        places = [(text.words.find(span.words), len(span.words)) for span in point.spans]
        if point.by_person and places and all(start >= 0 for start, _ in places):
            kept.append((point, places))
        else:
            point.retired_at = now
    for position, (point, places) in enumerate(kept, start=2):
        point.position = position
        point.spans = [Span(text_id=text.id, start=start, end=start + length) for start, length in places]
    whole = Point(contribution_id=contribution.id, project_id=contribution.project_id, position=1, made_at=now)
    taken = sorted((start, start + length) for _, places in kept for start, length in places)
    whole.spans = [Span(text_id=text.id, start=start, end=end) for start, end in _between(taken, text.words)]
    if whole.spans or not kept:
        db.session.add(whole)


def _between(taken: list[tuple[int, int]], words: str) -> list[tuple[int, int]]:
    """The stretches of the text that no point has taken, without blank ends."""
    free, at = [], 0
    for start, end in [*taken, (len(words), len(words))]:
        piece = words[at:start] if start > at else ""
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            free.append((at + lead, at + lead + len(piece.strip())))
        at = max(at, end)
    return free
