"""Hearings for the tests of themes: with many points in them, and gathered as the worker gathers them."""

from datetime import timedelta

import sqlalchemy as sa

from participation.contributions.model import Contribution, Point
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.projects.model import Project, Round
from participation.rules.policy import Actor
from participation.themes.counts import SAID
from participation.themes.group import ask_for_grouping
from participation.themes.model import Placement, Run, Theme
from tests.analysis.letters import POINTS
from tests.contributed import receive
from tests.persons import NOW

HOUR = timedelta(hours=1)


def answered(round_: Round, number: int) -> list[Contribution]:
    """A hearing with this many contributions of one sentence each, from five topics in turn."""
    size = len(POINTS) // 5
    turned = [POINTS[topic * size + place][1] for place in range(size) for topic in range(5)]
    words = [turned[at % len(turned)] + (f" Det er nummer {at}." if at >= len(turned) else "") for at in range(number)]
    return receive(round_, *words)


def gathered(actor: Actor, project: Project, wished: int | None = None) -> Run:
    """Ask for themes and let the worker do it."""
    with settling():
        run_id = ask_for_grouping(actor, project, wished, now=NOW).id
    jobs.run_all(None, NOW + HOUR)
    db.session.rollback()
    return db.session.get_one(Run, run_id)


def homes(project_id: int) -> dict[int, int]:
    """The theme of each point that is in one."""
    return dict(
        db.session.execute(
            sa.select(Placement.point_id, Placement.theme_id)
            .join(Theme, Theme.id == Placement.theme_id)
            .join(Point, Point.id == Placement.point_id)
            .join(Contribution, Contribution.id == Point.contribution_id)
            .where(Point.project_id == project_id, SAID, Theme.retired_at.is_(None))
        ).all()
    )


def standing(project_id: int) -> list[Theme]:
    """The themes that stand, the largest first."""
    return list(
        db.session.scalars(
            sa.select(Theme)
            .where(Theme.project_id == project_id, Theme.retired_at.is_(None))
            .order_by(Theme.point_count.desc(), Theme.id)
        )
    )


def leaf(project_id: int) -> Theme:
    """The largest theme that is home to points."""
    held = homes(project_id).values()
    return next(theme for theme in standing(project_id) if theme.id in held)
