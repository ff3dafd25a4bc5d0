"""What a page sums up over a whole case, summed once for each state of it: no page counts rows again and again.

Every act writes a line into the log with its project, so a project's last line names the state that it is in. A sum is
kept with that line and holds as long as nothing has happened since.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask import has_request_context, request

from participation.foundation.db import apart, db, insert
from participation.foundation.model import LogEntry, Sum

#: Contributions up to which a case is summed anew each time: that is quicker than to look for what is kept.
FEW = 500


def summed(project_id: int, name: str, contributions: int, sum_up: Callable[[], Any]) -> Any:
    """What ``sum_up`` says of the project as it is now.

    It may depend on what acts change and on nothing else: no clock, no settings. Acts and the worker always sum anew,
    so that nothing is decided by what is kept; and so does a page of a case with few contributions.

    Args:
        name: of the sum, such as ``"themes"``.
        contributions: how many the case has, about.
        sum_up: gives maps with words as keys, lists, numbers and words.
    """
    if contributions <= FEW or not _only_reads():
        return sum_up()
    last = _last().where(LogEntry.project_id == project_id)
    state, kept_at, kept = db.session.execute(
        sa.select(last.scalar_subquery(), Sum.log_id, Sum.value)
        .select_from(sa.select(sa.literal(1).label("one")).subquery())
        .outerjoin(Sum, sa.and_(Sum.project_id == project_id, Sum.name == name))
    ).one()
    if kept_at == state:
        return kept
    value = sum_up()
    _keep([{"project_id": project_id, "name": name, "log_id": state, "value": value}])
    return value


def summed_each(
    contributions: Mapping[int, int], name: str, sum_up: Callable[[Collection[int]], Mapping[int, Any]]
) -> dict[int, Any]:
    """The same for many projects at once: sums that hold are read, all others are made together.

    Args:
        contributions: how many each project has, about, by its id.
        sum_up: is given the ids of projects, and gives a value for each of them.
    """
    many = [key for key, number in contributions.items() if number > FEW] if _only_reads() else []
    states: dict[int, int] = {}
    found: dict[int, Any] = {}
    if many:
        last = _last().where(LogEntry.project_id == Sum.project_id).correlate(Sum).scalar_subquery()
        kept = sa.select(Sum.project_id, last, Sum.log_id, Sum.value).where(Sum.name == name, Sum.project_id.in_(many))
        for key, state, kept_at, value in db.session.execute(kept):
            states[key] = state
            if kept_at == state:
                found[key] = value
    for key in set(many) - states.keys():
        states[key] = db.session.scalar(_last().where(LogEntry.project_id == key)) or 0
    if anew := [key for key in contributions if key not in found]:
        made = sum_up(anew)
        found |= made
        _keep(
            [
                {"project_id": key, "name": name, "log_id": states[key], "value": made[key]}
                for key in anew
                if key in states
            ]
        )
    return found


def _last() -> sa.Select[int]:
    """The last line of a log."""
    return sa.select(sa.func.coalesce(sa.func.max(LogEntry.id), 0))


def _only_reads() -> bool:
    return has_request_context() and request.method in ("GET", "HEAD")


def _keep(rows: Sequence[Mapping[str, Any]]) -> None:
    """In a short transaction of its own."""
    if not rows:
        return
    row = insert(Sum).values(rows)
    fresh = {"log_id": row.excluded.log_id, "value": row.excluded.value}
    with apart() as session:
        session.execute(row.on_conflict_do_update(index_elements=["project_id", "name"], set_=fresh))
