"""Points that ask for the same are found, so that nobody gets a yes where a neighbour got a no (RE-30).

The worker compares all points of a case whenever an answer was kept and points have come since it last looked. What
the analysis finds near, and what stands at the same place of a campaign letter, is one group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.answers.model import Alike, AlikePoint, Answer, Comparison, NearPoint
from participation.contributions.model import Campaign, Contribution, Point
from participation.foundation import jobs
from participation.foundation.db import begin_write, db, insert, settling
from participation.projects.model import Project
from participation.rules.plain import mark
from participation.themes.constraints import linked, points_of

_JOB = "answers:compare"
_STEP = mark("Sammenligner punkterne")
#: Up to this many contributions a planner sees all of them on one page, and nobody waits for the comparison.
AT_A_GLANCE = 25
#: Points that a point is near to, the cases of the department that they may come from, and points of those in all.
NEAREST, EARLIER_CASES, MOST_EARLIER = 5, 20, 5000
#: Rows that are written between two commits.
CHUNK = 1000
#: How often the worker looks for points that came after the last answer.
OFTEN = timedelta(minutes=1)


def owe_comparison(project: Project, *, now: datetime) -> None:
    """Owe the comparison of a project's points, once for each state of them."""
    if (last := _last_point(project.id)) > _seen(project.id):
        jobs.owe(_JOB, {"project": project.id}, at=now, dedupe=f"{_JOB}:{project.id}:{last}")


def is_compared(project: Project) -> bool:
    """Whether every point was among those that were compared; a small hearing does not wait for it."""
    return project.received_count <= AT_A_GLANCE or _last_point(project.id) <= _seen(project.id)


def compare_points(project_id: int, *, now: datetime) -> int:
    """Find the groups of points that ask for the same and keep them, in a transaction of its own.

    A group keeps its explanation for the points that were explained; for one that joins it, it has to be given anew.

    Returns:
        How many groups there are.
    """
    import analysis

    last, points, letters = _last_point(project_id), points_of(project_id), _letters(project_id)
    others = [one for case in _earlier_cases(project_id) for one in points_of(case)][:MOST_EARLIER]
    db.session.rollback()  # nothing is analysed while the database is held
    words = [point.words for point in points]
    equal = analysis.equals(words, ids=[point.id for point in points])
    groups = _joined([*equal, *linked(points, letters)])
    everything = [*points, *others]
    owners = [point.contribution_id for point in everything]
    found = analysis.nearest(words, [point.words for point in others], owners=owners, n=NEAREST)
    group_of = {point: group for group in groups for point in group}
    rows = []
    for point, nearest in zip(points, found, strict=True):
        near = dict.fromkeys(group_of.get(point.id, [])[: NEAREST + 1], 1.0)
        near = {everything[place].id: score for place, score in nearest} | near
        near.pop(point.id, None)
        rows += [{"point_id": point.id, "near_id": other, "score": score} for other, score in near.items()]
    _keep_near(project_id, rows)
    with settling():
        begin_write()
        _keep(project_id, groups)
        kept = db.session.get(Comparison, project_id)
        if kept is None:
            db.session.add(Comparison(project_id=project_id, seen_point_id=last, compared_at=now))
        else:
            kept.seen_point_id, kept.compared_at = max(last, kept.seen_point_id), now
    return len(groups)


@jobs.job(_JOB, heavy=True)
def _compare(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    report(0.0, _STEP)
    compare_points(arguments["project"], now=now)


@jobs.periodic("answers:compare_late", every=OFTEN, heavy=True)
def _compare_late(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Compare where points came after the last answer was kept: a late letter, a division, a new run."""
    for project_id in db.session.scalars(_waiting()).all():
        compare_points(project_id, now=now)


def _waiting() -> sa.Select[int]:
    """Cases under way with an answer, and with a point that was not among those that were compared."""
    newer = sa.exists().where(Point.project_id == Comparison.project_id, Point.id > Comparison.seen_point_id)
    return (
        sa.select(Comparison.project_id)
        .join(Project, Project.id == Comparison.project_id)
        .where(Project.closed_at.is_(None), Project.cancelled_at.is_(None), newer)
        .order_by(Comparison.project_id)
    )


def _last_point(project_id: int) -> int:
    return db.session.scalar(sa.select(sa.func.max(Point.id)).where(Point.project_id == project_id)) or 0


def _seen(project_id: int) -> int:
    seen = db.session.scalar(sa.select(Comparison.seen_point_id).where(Comparison.project_id == project_id))
    return seen if seen is not None else -1


def _letters(project_id: int) -> dict[int, int]:
    """For each contribution of a campaign the most typical letter of it."""
    rows = db.session.execute(
        sa.select(Contribution.id, Campaign.medoid_id)
        .join(Campaign, Campaign.id == Contribution.campaign_id)
        .where(Campaign.project_id == project_id, Campaign.medoid_id.is_not(None))
    )
    return {contribution: medoid for contribution, medoid in rows if medoid is not None}


def _earlier_cases(project_id: int) -> list[int]:
    """The latest cases of the same department that have answers, the newest first."""
    mine = sa.select(Project.department_id).where(Project.id == project_id).scalar_subquery()
    answered = sa.exists().where(Answer.project_id == Project.id, Answer.recommendation.is_not(None))
    return list(
        db.session.scalars(
            sa.select(Project.id)
            .where(Project.department_id == mine, Project.id != project_id, answered)
            .order_by(Project.id.desc())
            .limit(EARLIER_CASES)
        )
    )


def _keep_near(project_id: int, rows: Sequence[Mapping[str, object]]) -> None:
    """Write down what is near, chunk by chunk; it is only an offer, so nobody waits for all of it."""
    mine = sa.select(Point.id).where(Point.project_id == project_id)
    with settling():
        begin_write()
        db.session.execute(sa.delete(NearPoint).where(NearPoint.point_id.in_(mine)))
    for begin in range(0, len(rows), CHUNK):
        with settling():
            begin_write()
            known = insert(NearPoint).values(rows[begin : begin + CHUNK])
            db.session.execute(known.on_conflict_do_nothing(index_elements=["point_id", "near_id"]))


def _joined(groups: Iterable[Sequence[int]]) -> list[list[int]]:
    """Groups that share a point are one group."""
    home: dict[int, list[int]] = {}
    for group in groups:
        whole = sorted({one for point in group for one in home.get(point, [point])})
        for point in whole:
            home[point] = whole
    return sorted({id(group): group for group in home.values()}.values())


def _keep(project_id: int, groups: Sequence[Sequence[int]]) -> None:
    """Write the groups down; one that has a member of an explained group takes over its explanation."""
    known = {one.id: one for one in db.session.scalars(sa.select(Alike).where(Alike.project_id == project_id))}
    rows = db.session.scalars(sa.select(AlikePoint).where(AlikePoint.alike_id.in_(known))).all()
    before = {row.point_id: row for row in rows}
    homes: dict[int, set[int]] = defaultdict(set)
    for place, group in enumerate(groups):
        homes[place] = {before[point].alike_id for point in group if point in before}
    free = set(known)
    standing: set[int] = set()
    for place, group in enumerate(groups):
        told = {one for one in homes[place] if known[one].note_id is not None}
        old = min(homes[place] & free, key=lambda one: (known[one].note_id is None, one), default=None)
        if old is None:
            alike = Alike(project_id=project_id)
            db.session.add(alike)
            db.session.flush()
        else:
            alike = known[old]
            free.discard(old)
        for point in group:
            row = before.get(point)
            if row is None:
                row = AlikePoint(point_id=point)
                db.session.add(row)
            elif told != {alike.id}:  # two explanations have met: it has to be said anew
                row.explained_as = None
            row.alike_id = alike.id
            standing.add(point)
    for point, row in before.items():
        if point not in standing:
            db.session.delete(row)
    db.session.flush()
    for old in free:
        db.session.delete(known[old])
    db.session.flush()
