"""The sender corrects or adds to what they sent before the deadline; what was sent first is kept (RE-12).

Each correction is a version: of the words, of what was said apart, of the place, as many of them as it changes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.contributions.mask import move_masks
from participation.contributions.model import Contribution, PlaceVersion, Point, Span, Text
from participation.contributions.publish import hold_back
from participation.contributions.receive import APART_FROM, private_details, salts_of, together, words_hash
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.model import LogEntry
from participation.foundation.personal import cpr_numbers
from participation.rules.acts import Act
from participation.rules.kinds import APART, TextSource
from participation.rules.policy import Actor

#: Stands for the words in the digest of a correction that left them as they were.
_AS_BEFORE = "\x1d"


@dataclass(frozen=True)
class Where:
    """What a contribution points at: a place in words and on the map, and a place in the material in words."""

    place: str = ""
    material_place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    geometry: dict[str, Any] | None = None

    @classmethod
    def of(cls, thing: Contribution | PlaceVersion) -> "Where":
        """Where something points."""
        return cls(thing.place, thing.material_place, thing.latitude, thing.longitude, thing.geometry)

    @property
    def told(self) -> str:
        """The same every time, to keep a digest of."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def correct_contribution(
    actor: Actor,
    contribution: Contribution,
    words: str,
    *,
    apart: Sequence[tuple[TextSource, str]] | None = None,
    where: Where | None = None,
    now: datetime,
) -> bool:
    """Keep a new version of what is changed; points whose words are unchanged move along, the rest become new points.

    Args:
        words: all of them, as they are to stand.
        apart: all that is to stand of what is said apart; what is missing is taken away. None leaves it as it is.
        where: what it is to point at; None leaves it.

    Returns:
        Whether anything is changed.

    Raises:
        NotAllowed: the actor does not hold its code, or the round is no longer open.
    """
    permission.require(actor, Act.CORRECT_CONTRIBUTION, contribution, now)

    new = _new_words(contribution, words, apart)
    moved = where is not None and where != Where.of(contribution)
    if not new and not moved:
        return False
    version = _next_version(contribution)
    stood = {text.source: text for text in contribution.apart}
    for source, said in new.items():
        text = Text(contribution_id=contribution.id, source=source, version=version, words=said, made_at=now)
        db.session.add(text)
        db.session.flush()
        old = contribution.body if source is TextSource.CORRECTION else stood.get(source)
        _move_points(contribution, old, text, now)
        if old is not None and contribution.is_masked:
            move_masks(contribution, old.id, text.id, said, now)
    if where is not None and moved:
        _move_place(contribution, where, version, now)
    db.session.flush()
    db.session.expire(contribution, ["texts", "points"])
    _look_again(contribution)
    contribution.edit_asked_at = None
    contribution.read_at = None
    db.session.flush()

    content = _together(new, where if moved else None)
    log.record(
        Act.CORRECT_CONTRIBUTION,
        actor,
        contribution,
        at=now,
        project_id=contribution.project_id,
        digest=log.digest(contribution.contact.salt, content) if contribution.contact else None,
        version=version,
    )
    return True


@log.witness(Act.CORRECT_CONTRIBUTION)
def corrections_behind(entries: Sequence[LogEntry]) -> dict[int, tuple[str, str] | None]:
    """The corrected words and places behind the digests of the log; those of an erased sender are left out.

    The newest place is read where everybody reads it, in the contribution itself.
    """
    of = {entry.id: (int(entry.subject.partition(":")[2]), entry.facts["version"]) for entry in entries}
    wanted = {contribution for contribution, _version in of.values()}
    said: dict[tuple[int, int], dict[TextSource, str]] = {}
    sources = (TextSource.CORRECTION, *APART)
    for text in db.session.scalars(
        sa.select(Text)
        .where(Text.contribution_id.in_(wanted), Text.version > 1, Text.source.in_(sources))
        .order_by(Text.id)
    ):
        said.setdefault((text.contribution_id, text.version), {})[text.source] = text.words
    places = {
        (row.contribution_id, row.version): Where.of(row)
        for row in db.session.scalars(
            sa.select(PlaceVersion).where(PlaceVersion.contribution_id.in_(wanted)).order_by(PlaceVersion.version)
        )
    }
    newest = dict(places.keys())
    for contribution in db.session.scalars(sa.select(Contribution).where(Contribution.id.in_(newest))):
        places[contribution.id, newest[contribution.id]] = Where.of(contribution)
    salts = salts_of(wanted)

    def behind(contribution: int, version: int) -> tuple[str, str] | None:
        new, where = said.get((contribution, version), {}), places.get((contribution, version))
        salt = salts.get(contribution)
        return (salt, _together(new, where)) if salt is not None and (new or where is not None) else None

    is_erased = {contribution for contribution, salt in salts.items() if salt is None}
    return {entry: behind(*version) for entry, version in of.items() if version[0] not in is_erased}


def _new_words(
    contribution: Contribution, words: str, apart: Sequence[tuple[TextSource, str]] | None
) -> dict[TextSource, str]:
    """What is to stand otherwise than now; an empty text takes away what stood under a heading."""
    new = {TextSource.CORRECTION: words} if _lines(words) != _lines(contribution.words) else {}
    if apart is not None:
        stands, wanted = {text.source: text.words for text in contribution.apart}, dict(apart)
        changed = (one for one in APART if _lines(wanted.get(one, "")) != _lines(stands.get(one, "")))
        new |= {one: wanted.get(one, "") for one in changed}
    return new


def _lines(words: str) -> list[str]:
    """The same for a letter that came by mail and for what a browser makes of its line ends."""
    return words.replace("\r\n", "\n").split("\n")


def _together(new: dict[TextSource, str], where: Where | None) -> str:
    """All that a correction changed, as one text to keep a digest of; words alone are themselves."""
    words = new.get(TextSource.CORRECTION, _AS_BEFORE)
    said = together(words, [(source, new[source]) for source in APART if source in new])
    return f"{said}\x1eplace\x1f{where.told}" if where is not None else said


def _next_version(contribution: Contribution) -> int:
    placed = sa.select(sa.func.max(PlaceVersion.version)).where(PlaceVersion.contribution_id == contribution.id)
    texts = (text.version for text in contribution.texts if text.source is not TextSource.FILE)
    return max([*texts, db.session.scalar(placed) or 1]) + 1


def _move_place(contribution: Contribution, where: Where, version: int, now: datetime) -> None:
    """Point elsewhere; where it pointed first is kept beside it."""
    kept = sa.select(PlaceVersion.id).where(PlaceVersion.contribution_id == contribution.id).limit(1)
    if db.session.scalar(kept) is None:
        first = asdict(Where.of(contribution)) | {"version": 1, "made_at": contribution.received_at}
        db.session.add(PlaceVersion(contribution_id=contribution.id, **first))
    row = asdict(where)
    db.session.add(PlaceVersion(contribution_id=contribution.id, version=version, made_at=now, **row))
    for name, value in row.items():
        setattr(contribution, name, value)


def _look_again(contribution: Contribution) -> None:
    """What now stands may hold something private, also where it stood on the page: it waits for a person then (P2)."""
    apart = [(text.source, text.words) for text in contribution.beside]
    contribution.words_hash = words_hash(together(contribution.words, apart))
    contribution.held_back, contribution.cleared_by_id, contribution.cleared_reason = False, None, None
    name = contribution.contact.name if contribution.contact is not None else ""
    said = (contribution.words, *(words for _source, words in apart))
    looks_private = any(private_details(one, name, contribution.show_name) for one in said)
    in_places = any(map(cpr_numbers, (contribution.place, contribution.material_place)))
    if contribution.is_masked or looks_private or in_places:
        hold_back(contribution)


def _move_points(contribution: Contribution, old: Text | None, text: Text, now: datetime) -> None:
    """Points that a person split off and whose words still stand move along; all else is one whole point again.

    What stands in a file is not corrected: a point stays with its words there.

    Args:
        old: what stood there before, the words or one heading; its points alone are looked at.
    """
    heading = text.source if text.source in APART else None
    kept = []
    for point in contribution.points:
        if point.apart is not heading:
            continue
        in_files = [span for span in point.spans if span.text.source is TextSource.FILE]
        written = [span for span in point.spans if span not in in_files]
        if in_files and not written:
            continue
        places = [(text.words.find(span.words), len(span.words)) for span in written]
        is_whole = heading is not None and old is not None and point.words == old.words
        if point.by_person and not is_whole and places and all(start >= 0 for start, _ in places):
            kept.append((point, places))
            point.spans = in_files
        elif in_files:
            point.spans = in_files
        else:
            point.retired_at = now
    first = 1 if heading is None else APART_FROM + APART.index(heading)
    for position, (point, places) in enumerate(kept, start=2):
        point.position = position if heading is None else first
        point.spans += [Span(text_id=text.id, start=start, end=start + length) for start, length in places]
    whole = Point(
        contribution_id=contribution.id,
        project_id=contribution.project_id,
        position=first,
        by_person=heading is not None,
        made_at=now,
    )
    taken = sorted((start, start + length) for _, places in kept for start, length in places)
    whole.spans = [Span(text_id=text.id, start=start, end=end) for start, end in _between(taken, text.words)]
    if whole.spans or (heading is None and not kept and not contribution.apart):
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
