"""Everything that came in to a case, for the officer who wants it in a sheet or in another system (RE-26).

Without names and addresses of private citizens: who may read those, reads them one by one, and it is logged.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from participation.contributions.model import (
    AboutPassage,
    Attachment,
    Contact,
    Contribution,
    CopyReader,
    Mask,
    Text,
    stands_apart,
)
from participation.contributions.shown import NONE, masks_of
from participation.foundation.db import db
from participation.foundation.model import File
from participation.rules.handling import Handling, MaskField
from participation.rules.kinds import APART, MAIN, CopyPart, Kind, TextSource

#: Rows read at a time; four queries each.
CHUNK = 2_000
_PLAIN = (
    Contribution.number,
    Contribution.kind,
    Contribution.received_at,
    Contribution.arrival,
    Contribution.channel,
    Contribution.capacity,
    Contribution.stance,
    Contribution.organisation,
    Contribution.handling,
)
#: Whether somebody writes for another, and whether somebody helps them; who, is no matter for a sheet (RE-44, RE-45).
_BY_PROXY = sa.func.coalesce(Contact.represents, "") != ""
_ACCOMPANIED = sa.exists().where(CopyReader.contact_id == Contact.id, CopyReader.part == CopyPart.COMPANION)
COLUMNS = (
    *(column.key for column in _PLAIN),
    "by_proxy",
    "has_companion",
    "words",
    "need",
    "wish",
    "alternative",
    "offer",
    "about",
    "files",
)


def contribution_rows(project_id: int, *, covered: bool = False) -> Iterator[Sequence[Any]]:
    """One row for each contribution in the order of the numbers: plain facts, the words as they now stand, what was
    said apart of needs, wishes, alternatives and offers, the paragraphs of the material that it is about, the files.

    Args:
        covered: what is covered is covered here, too; else the words are the original ones.

    Each file is given by name, bytes and SHA-256, so that a copy can be held against the original.
    """
    after = 0
    latest = (
        sa.select(sa.func.max(Text.id))
        .where(Text.contribution_id == Contribution.id, Text.source.in_(MAIN))
        .correlate(Contribution)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Contribution.id,
            Text.id.label("text_id"),
            *_PLAIN,
            _BY_PROXY.label("by_proxy"),
            _ACCOMPANIED.label("has_companion"),
            sa.func.coalesce(Text.words, "").label("words"),
        )
        .outerjoin(Text, Text.id == latest)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.project_id == project_id)
        .order_by(Contribution.number)
        .limit(CHUNK)
    )
    masks = masks_of(project_id=project_id) if covered else NONE
    while found := db.session.execute(query.where(Contribution.number > after)).all():
        after, among = found[-1].number, Contribution.number.between(found[0].number, found[-1].number)
        files, about, apart = _files(project_id, among), _about(project_id, among), _apart(project_id, among)
        for row in found:
            said = {source: masks.stretch(key, 0, words) for source, key, words in apart.get(row.id, ())}
            words = (masks.stretch(row.text_id, 0, row.words), *(said.get(source, "") for source in APART))
            yield *row[2:-1], *words, about.get(row.id, []), files.get(row.id, [])


def _apart(project_id: int, among: sa.ColumnElement[bool]) -> dict[int, list[tuple[TextSource, int, str]]]:
    found: dict[int, list[tuple[TextSource, int, str]]] = {}
    for contribution_id, source, key, words in db.session.execute(
        sa.select(Text.contribution_id, Text.source, Text.id, Text.words)
        .join(Contribution, Contribution.id == Text.contribution_id)
        .where(Contribution.project_id == project_id, among, stands_apart())
        .order_by(Text.id)
    ):
        found.setdefault(contribution_id, []).append((source, key, words))
    return found


def _about(project_id: int, among: sa.ColumnElement[bool]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for contribution_id, title, number, heading, words in db.session.execute(
        sa.select(
            AboutPassage.contribution_id,
            AboutPassage.title,
            AboutPassage.number,
            AboutPassage.heading,
            AboutPassage.words,
        )
        .join(Contribution, Contribution.id == AboutPassage.contribution_id)
        .where(Contribution.project_id == project_id, among)
        .order_by(AboutPassage.id)
    ):
        one = {"material": title, "number": number, "heading": heading, "words": words}
        found.setdefault(contribution_id, []).append(one)
    return found


def _files(project_id: int, among: sa.ColumnElement[bool]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for contribution_id, name, size, sha256 in db.session.execute(
        sa.select(Attachment.contribution_id, File.name, File.size, File.sha256)
        .join(Attachment.file)
        .join(Contribution, Contribution.id == Attachment.contribution_id)
        .where(Contribution.project_id == project_id, among)
        .order_by(Attachment.id)
    ):
        found.setdefault(contribution_id, []).append({"name": name, "bytes": size, "sha256": sha256})
    return found


def pointing(*, published: bool = False) -> sa.ColumnElement[bool]:
    """Whether a contribution points at a place that is not covered; questions point at none.

    Args:
        published: only what stands on the page.
    """
    covered = sa.exists().where(
        Mask.contribution_id == Contribution.id, Mask.field == MaskField.PLACE, Mask.lifted_at.is_(None)
    )
    points = sa.and_(
        Contribution.latitude.is_not(None),
        Contribution.longitude.is_not(None),
        Contribution.kind != Kind.QUESTION,
        ~covered,
    )
    return sa.and_(points, Contribution.handling == Handling.PUBLISHED) if published else points


def place_features(project_id: int, *, address: str = "") -> Iterator[dict[str, Any]]:
    """The places of a case as features of GeoJSON, in the order of the numbers; what is covered is left out.

    Args:
        address: of the project, for everybody: then only what is published, and nothing but number, kind, the sender's
            words for the place, and where it can be read. Else, for staff, all of it, with the plain facts.
    """
    facts = (Contribution.number, Contribution.kind, Contribution.place) if address else (*_PLAIN, Contribution.place)
    query = (
        sa.select(Contribution.geometry, Contribution.longitude, Contribution.latitude, *facts)
        .where(Contribution.project_id == project_id, pointing(published=bool(address)))
        .order_by(Contribution.number)
        .limit(CHUNK)
    )
    after = 0
    while found := db.session.execute(query.where(Contribution.number > after)).all():
        after = found[-1].number
        for geometry, longitude, latitude, *told in found:
            properties: dict[str, Any] = dict(zip((fact.key for fact in facts), told, strict=True))
            if address:
                properties["url"] = f"{address}/hoeringssvar/{properties['number']}"
            point = {"type": "Point", "coordinates": [longitude, latitude]}
            yield {"type": "Feature", "geometry": geometry or point, "properties": properties}
