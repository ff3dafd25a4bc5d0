"""What a page sums up over a whole case, summed once for each state of it: no page counts rows again and again.

Every act writes a line into the log with its project, so a project's last line names the state that it is in. A sum is
kept with that line and holds as long as nothing has happened since.
"""

from collections.abc import Callable
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
    if contributions <= FEW or not (has_request_context() and request.method in ("GET", "HEAD")):
        return sum_up()
    last = sa.select(sa.func.coalesce(sa.func.max(LogEntry.id), 0)).where(LogEntry.project_id == project_id)
    state, kept_at, kept = db.session.execute(
        sa.select(last.scalar_subquery(), Sum.log_id, Sum.value)
        .select_from(sa.select(sa.literal(1).label("one")).subquery())
        .outerjoin(Sum, sa.and_(Sum.project_id == project_id, Sum.name == name))
    ).one()
    if kept_at == state:
        return kept
    value = sum_up()
    row = insert(Sum).values(project_id=project_id, name=name, log_id=state, value=value)
    with apart() as session:
        session.execute(
            row.on_conflict_do_update(index_elements=["project_id", "name"], set_={"log_id": state, "value": value})
        )
    return value
