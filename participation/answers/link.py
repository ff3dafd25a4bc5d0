"""Each point is held up against the material, so that a planner reads the paragraphs it speaks of beside it.

The worker divides the material into paragraphs once and looks for new points every minute; a page reads three rows.
Texts that were typed are read as they are, and files by the reader of documents; a link to another page is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from participation.answers.model import MaterialReading, PointPassage
from participation.contributions.model import AboutPassage, Contribution, Point
from participation.foundation import jobs
from participation.foundation.db import begin_write, db, insert, settling
from participation.projects.model import Material, Passage, Project
from participation.projects.read_material import words_of
from participation.themes.constraints import points_of

#: Paragraphs that are kept for each point, those of a case in all, and code points that are kept of one.
NEAREST, MOST_PASSAGES, LONGEST = 3, 2000, 4000
#: Points that are read at a time; the others wait for the worker's next look.
MOST_POINTS = 5000
#: Rows that are written between two commits.
CHUNK = 1000
#: How often the worker looks for new points and new material.
OFTEN = timedelta(minutes=1)


@dataclass(frozen=True)
class Nearby:
    """What stands in the material about a point: the citizen's own place first, then the nearest paragraphs.

    Attributes:
        place: what the citizen wrote of the place, as typed; material: the piece that it is in, if they chose one.
    """

    links: Sequence[PointPassage]
    material: Material | None
    place: str


def nearby(point: Point) -> Nearby:
    """The paragraphs that are kept for a point, in one query."""
    links = db.session.scalars(
        sa.select(PointPassage)
        .where(PointPassage.point_id == point.id)
        .options(joinedload(PointPassage.passage).joinedload(Passage.material))
        .order_by(PointPassage.pointed_out.desc(), PointPassage.score.desc(), PointPassage.passage_id)
        .limit(NEAREST)
    ).all()
    return Nearby(links, point.contribution.material, point.contribution.open_material_place)


def link_points(project_id: int, *, now: datetime) -> int:
    """Hold the points of a case that are new up against its material; all of them where the material has grown.

    Returns:
        How many points were looked at, `MOST_POINTS` at most.
    """
    import analysis

    last = _last_material(project_id)
    seen = db.session.get(MaterialReading, project_id)
    if seen is None or seen.seen_material_id != last:
        _read_material(project_id, last, now)
        seen = db.session.get_one(MaterialReading, project_id)
    after, newest = seen.seen_point_id, _last_point(project_id)
    points = points_of(project_id, after=after, most=MOST_POINTS)
    passages = _passages(project_id)
    kept = [(one.id, one.material_id, f"{one.heading}\n{one.words}") for one in passages]
    places = {(one.material_id, one.number): one.id for one in passages}
    told = _told_places({point.contribution_id for point in points})
    chosen = _chosen({point.contribution_id for point in points})
    db.session.rollback()  # nothing is analysed while the database is held
    found = analysis.link([point.words for point in points], [words for _, _, words in kept], n=NEAREST)
    rows = []
    for point, links in zip(points, found, strict=True):
        near = {kept[link.place][0]: (link.score, link.shared, False) for link in links}
        own_places = [places[one] for one in chosen.get(point.contribution_id, ()) if one in places]
        for passage in own_places or _own_place(told.get(point.contribution_id), kept):
            near[passage] = (1.0, near[passage][1] if passage in near else (), True)
        rows += [
            {
                "point_id": point.id,
                "passage_id": passage,
                "score": score,
                "shared": [word for word, _ in shared],
                "pointed_out": own,
            }
            for passage, (score, shared, own) in near.items()
        ]
    for begin in range(0, len(rows), CHUNK):
        with settling():
            begin_write()
            chunk = insert(PointPassage).values(rows[begin : begin + CHUNK])
            db.session.execute(chunk.on_conflict_do_nothing(index_elements=["point_id", "passage_id"]))
    with settling():
        begin_write()
        seen = db.session.get_one(MaterialReading, project_id)
        seen.seen_point_id = points[-1].id if len(points) == MOST_POINTS else newest
        seen.read_at = now
    return len(points)


@jobs.periodic("answers:link", every=OFTEN, heavy=True)
def _link(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Look for points and material that came since."""
    for project_id in db.session.scalars(_waiting()).all():
        link_points(project_id, now=now)


def _waiting() -> sa.Select[int]:
    """Cases under way with material, and with a point or a piece of material that was not looked at.

    The material is read before anybody has written: people point at its paragraphs when they do.
    """
    seen = MaterialReading
    known = seen.project_id == Project.id
    newer = sa.exists().where(Point.project_id == Project.id, Point.id > sa.func.coalesce(seen.seen_point_id, 0))
    grown = sa.exists().where(
        Material.project_id == Project.id, Material.id > sa.func.coalesce(seen.seen_material_id, 0)
    )
    return (
        sa.select(Project.id)
        .outerjoin(seen, known)
        .where(
            Project.closed_at.is_(None),
            Project.cancelled_at.is_(None),
            sa.exists().where(Material.project_id == Project.id),
            newer | grown,
        )
        .order_by(Project.id)
    )


def _last_material(project_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.max(Material.id)).where(Material.project_id == project_id)) or 0


def _last_point(project_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.max(Point.id)).where(Point.project_id == project_id)) or 0


def _passages(project_id: int) -> Sequence[Passage]:
    return db.session.scalars(
        sa.select(Passage)
        .join(Passage.material)
        .where(Material.project_id == project_id)
        .order_by(Material.position, Material.id, Passage.position)
    ).all()


def _read_material(project_id: int, last: int, now: datetime) -> None:
    """Divide the material into paragraphs; what was linked before is linked anew."""
    pieces = db.session.scalars(
        sa.select(Material).where(Material.project_id == project_id).order_by(Material.position, Material.id)
    ).all()
    for one in (*pieces, *(piece.file for piece in pieces if piece.file is not None)):
        if one in db.session:
            db.session.expunge(one)
    db.session.rollback()  # a large file takes its time, and nothing is held meanwhile
    rows = [
        {"material_id": piece.id, "position": position, "heading": heading[:200], "words": words[:LONGEST]}
        for piece in pieces
        for position, (heading, words) in enumerate(_paragraphs(words_of(piece)))
    ][:MOST_PASSAGES]
    mine = sa.select(Material.id).where(Material.project_id == project_id)
    with settling():
        begin_write()
        old = sa.select(Passage.id).where(Passage.material_id.in_(mine))
        db.session.execute(sa.delete(PointPassage).where(PointPassage.passage_id.in_(old)))
        db.session.execute(sa.delete(Passage).where(Passage.material_id.in_(mine)))
        if rows:
            db.session.execute(sa.insert(Passage), rows)
        seen = db.session.get(MaterialReading, project_id)
        if seen is None:
            seen = MaterialReading(project_id=project_id)
            db.session.add(seen)
        seen.seen_material_id, seen.seen_point_id, seen.read_at = last, 0, now


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    import analysis

    for one in analysis.passages(text):
        yield one.heading, text[one.start : one.end]


def _told_places(contributions: set[int]) -> dict[int, tuple[int | None, str]]:
    """The place in the material that citizens gave themselves, by contribution."""
    rows = db.session.execute(
        sa.select(Contribution.id, Contribution.material_id, Contribution.material_place).where(
            Contribution.id.in_(contributions), Contribution.material_place != ""
        )
    )
    return {key: (material, place) for key, material, place in rows}


def _chosen(contributions: set[int]) -> dict[int, list[tuple[int | None, int]]]:
    """The paragraphs that senders chose on the page of the material, by contribution: the piece and the number."""
    found: dict[int, list[tuple[int | None, int]]] = {}
    rows = db.session.execute(
        sa.select(AboutPassage.contribution_id, AboutPassage.material_id, AboutPassage.number)
        .where(AboutPassage.contribution_id.in_(contributions))
        .order_by(AboutPassage.id)
    )
    for contribution, material, number in rows:
        found.setdefault(contribution, []).append((material, number))
    return found


def _own_place(told: tuple[int | None, str] | None, kept: Sequence[tuple[int, int, str]]) -> list[int]:
    """The paragraphs that a citizen pointed out: by number or by heading, else the one nearest to what they wrote."""
    import analysis

    if told is None:
        return []
    material, place = told
    among = [(key, words) for key, of, words in kept if material is None or of == material]
    texts = [words for _, words in among]
    # "Side 4" names no paragraph, and "4.2" alone does.
    asked = place if not place[:1].isdigit() else f"§ {place}"
    by_number = list(analysis.named(asked, texts))
    title = place.strip().casefold()
    by_heading = [at for at, words in enumerate(texts) if title and words.partition("\n")[0].casefold().endswith(title)]
    nearest = [link.place for link in analysis.link([place], texts, n=1)[0]]
    return [among[at][0] for at in (by_number or by_heading or nearest)[:NEAREST]]
