"""Workspaces are let go of a month after their words were sent, or after the deadline."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.drafting.model import DAYS, Member, Workspace
from participation.foundation import jobs
from participation.foundation.db import apart, db
from participation.foundation.model import Letter
from participation.projects.model import Project, Round


@jobs.periodic("workspaces:forget", every=timedelta(days=1))
def _forget(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Let go of them whole, and of the addresses that the links were sent to."""
    limit = now - timedelta(days=DAYS - 1)
    over = (Workspace.sent_at, Round.closes_at, Project.closed_at, Project.cancelled_at)
    found = db.session.scalars(
        sa.select(Workspace)
        .join(Round, Round.id == Workspace.round_id)
        .join(Project, Project.id == Round.project_id)
        .where(sa.or_(*(moment <= limit for moment in over)))
    )
    gone = [one.id for one in found if one.kept_until is not None and one.kept_until <= now]
    if not gone:
        return
    members = db.session.scalars(sa.select(Member.id).where(Member.workspace_id.in_(gone))).all()
    with apart() as session:
        keys = [f"{Member.__tablename__}:{one}" for one in members]
        session.execute(sa.delete(Letter).where(Letter.subject_key.in_(keys)))
        session.execute(sa.delete(Workspace).where(Workspace.id.in_(gone)))
