"""A planner puts points where they belong; no machine moves them again."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from participation.foundation import permission
from participation.foundation.db import db
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.policy import Actor
from participation.themes.keep import chosen_points, edit, same_case, send, standing
from participation.themes.model import Placement, SeeAlso, Theme


def move_points(actor: Actor, project: Project, points: Collection[int], to: Theme, *, now: datetime) -> None:
    """Move points to a theme; no machine moves them again.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point was chosen, or one of another case.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    standing(to)
    chosen = chosen_points(project, points)
    same_case(to, project)
    with edit(actor, project, "move", [], chosen, now):
        send(chosen, to, True, now)


def pin_points(actor: Actor, project: Project, points: Collection[int], *, pinned: bool = True, now: datetime) -> None:
    """Say that points are where they belong, or leave them to the machine again.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point was chosen, or one of another case.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    chosen = chosen_points(project, points)
    with edit(actor, project, "pin" if pinned else "unpin", [], chosen, now):
        db.session.execute(sa.update(Placement).where(Placement.point_id.in_(chosen)).values(by_person=pinned))


def see_also(
    actor: Actor, project: Project, points: Collection[int], theme: Theme, *, also: bool = True, now: datetime
) -> None:
    """Note a second theme that points speak to ("se også"), or take the note away. Their home stays.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point was chosen, or one of another case.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    standing(theme)
    chosen = chosen_points(project, points)
    same_case(theme, project)
    with edit(actor, project, "see_also" if also else "not_also", [], chosen, now):
        db.session.execute(sa.delete(SeeAlso).where(SeeAlso.point_id.in_(chosen), SeeAlso.theme_id == theme.id))
        if also:
            db.session.add_all(SeeAlso(point_id=point, theme_id=theme.id) for point in chosen)
