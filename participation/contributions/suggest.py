"""For many contributions the machine proposes the points; what a person has touched it leaves alone.

The proposal is `analysis.split`: deterministic, and where in doubt a letter stays whole.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point, Span, Text
from participation.foundation import jobs, log, permission
from participation.foundation.db import begin_write, db, settling
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import APART, MAIN, Kind, SpanKind
from participation.rules.policy import WORKER, Actor

#: A stretch of one text, code points ``[start, end)``.
Stretch = tuple[int, int]

#: Points of what was said under a heading of its own: the sender has divided it.
_APART = sa.exists().where(Span.point_id == Point.id, Text.id == Span.text_id, Text.source.in_(APART)).correlate(Point)

#: How many contributions are split between two commits.
CHUNK = 200
_JOB = "contributions:split"


def ask_for_split(actor: Actor, project: Project, *, now: datetime) -> None:
    """Ask for points in all contributions of a project; the worker proposes them.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.SPLIT_CONTRIBUTION, project, now)
    jobs.owe(_JOB, {"project": project.id, "person": actor.person_id}, at=now)
    log.record(Act.SPLIT_CONTRIBUTION, actor, project, at=now, all=True)


@jobs.job(_JOB, heavy=True)
def _split(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    split_all(arguments["project"], report=report, now=now)


def split_all(
    project_id: int,
    *,
    leave: Collection[int] = (),
    own: Mapping[int, Sequence[Stretch]] | None = None,
    report: jobs.Report | None = None,
    now: datetime,
) -> int:
    """Propose points for each contribution that is still one point as it came, chunk by chunk, each settled.

    A second time finds nothing left to do. Questions stay whole: they are answered one by one.

    Args:
        leave: contributions that a person has touched in a room upstairs, such as by an answer of their own.
        own: what the senders of a campaign letter wrote themselves, by contribution: points of their own.

    Returns:
        How many contributions became several points.
    """
    waiting = _untouched(project_id, leave)
    split = 0
    for begin in range(0, len(waiting), CHUNK):
        with settling():
            split += _split_chunk(waiting[begin : begin + CHUNK], project_id, own or {}, now)
        if report is not None:
            done = min(begin + CHUNK, len(waiting))
            report(done / len(waiting), f"{done} / {len(waiting)}")
    return split


def proposal(text: str) -> tuple[list[list[Stretch]], list[Stretch]]:
    """The stretches of each point that the machine sees in a text, and those of the background."""
    import analysis  # only here: it brings scikit-learn, which the doors need not wait for

    pieces = analysis.split(text)
    said = [[(span.start, span.end) for span in piece.spans] for piece in pieces if piece.kind == "said"]
    background = [(span.start, span.end) for piece in pieces if piece.kind == "background" for span in piece.spans]
    return said, background


def sentences(text: str) -> list[Stretch]:
    """The sentences of a text as stretches, for a planner to divide by."""
    import analysis

    return [(span.start, span.end) for span in analysis.sentences(text)]


def _untouched(project_id: int, leave: Collection[int]) -> list[int]:
    """Contributions with one point that no person has touched and that no machine has divided before."""
    query = (
        sa.select(Point.contribution_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(
            Point.project_id == project_id,
            Point.retired_at.is_(None),
            Contribution.kind != Kind.QUESTION,
            Contribution.handling != Handling.WITHDRAWN,
            ~_APART,
        )
        .group_by(Point.contribution_id)
        .having(sa.func.count() == 1, sa.func.sum(sa.case((Point.by_person, 1), else_=0)) == 0)
        .order_by(Point.contribution_id)
    )
    kept = set(leave)
    return [one for one in db.session.scalars(query) if one not in kept]


def _split_chunk(ids: Sequence[int], project_id: int, own: Mapping[int, Sequence[Stretch]], now: datetime) -> int:
    plans = list(_plans(ids, own))
    begin_write()  # only now: nothing is analysed while the lock is held
    still = set(
        db.session.scalars(
            sa.select(Point.id).where(
                Point.id.in_([point_id for point_id, *_ in plans]), Point.retired_at.is_(None), ~Point.by_person
            )
        )
    )
    plans = [plan for plan in plans if plan[0] in still]
    points: list[dict[str, object]] = []
    stretches: list[list[dict[str, int]]] = []
    for _point_id, contribution_id, text_id, said, background in plans:
        groups = [(SpanKind.SAID, piece) for piece in said]
        groups += [(SpanKind.BACKGROUND, background)] if background else []
        for position, (kind, piece) in enumerate(groups, start=1):
            points.append(
                {
                    "contribution_id": contribution_id,
                    "project_id": project_id,
                    "position": position,
                    "kind": kind,
                    "by_person": False,
                    "made_at": now,
                }
            )
            stretches.append([{"text_id": text_id, "start": start, "end": end} for start, end in piece])
    if not plans:
        return 0
    retired = sa.update(Point).where(Point.id.in_([plan[0] for plan in plans])).values(retired_at=now)
    db.session.execute(retired.execution_options(synchronize_session=False))
    made = db.session.scalars(sa.insert(Point).returning(Point.id, sort_by_parameter_order=True), points).all()
    db.session.execute(
        sa.insert(Span),
        [{"point_id": point, **span} for point, spans in zip(made, stretches, strict=True) for span in spans],
    )
    db.session.expire_all()
    log.record(
        Act.SPLIT_CONTRIBUTION,
        WORKER,
        f"project:{project_id}",
        at=now,
        project_id=project_id,
        contributions=len(plans),
        points=len(made),
    )
    return len(plans)


def _plans(
    ids: Sequence[int], own: Mapping[int, Sequence[Stretch]]
) -> Iterator[tuple[int, int, int, list[list[Stretch]], list[Stretch]]]:
    """For each contribution that the machine would divide: its point, itself, its text and the stretches."""
    import analysis

    rows = db.session.execute(
        sa.select(Point.id, Point.contribution_id, Text.id, Text.words)
        .join(Text, Text.contribution_id == Point.contribution_id)
        .where(Point.contribution_id.in_(ids), Point.retired_at.is_(None), ~_APART, Text.source.in_(MAIN))
        .order_by(Point.contribution_id, Text.id)
    ).all()
    newest = {contribution_id: (point_id, text_id, words) for point_id, contribution_id, text_id, words in rows}
    for contribution_id, (point_id, text_id, words) in newest.items():
        said, background = proposal(words)
        if contribution_id in own:
            said = analysis.lift(words, said, own[contribution_id])
        if len(said) > 1 or (said and background):
            yield point_id, contribution_id, text_id, said, background
