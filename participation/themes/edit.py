"""A planner decides about the themes: names, merges, splits off, moves, locks. Every act can be undone.

Each act is kept for good in a row that only ever gets company: it is the history, the way back, and what a new run of
the machine has to respect.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from participation.foundation import permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.held import held_in
from participation.themes.keep import chosen_points, edit, has_topics, keep, make, points_in, send, standing, upper
from participation.themes.model import Theme, ThemeEdit
from participation.themes.state import restore


def new_theme(actor: Actor, project: Project, title: str, parent: Theme | None = None, *, now: datetime) -> Theme:
    """Make an empty theme, or a topic (emne) under one.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there are two levels only.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    with edit(actor, project, "new", [], [], now) as made:
        made.append(make(project, title, upper(parent, project), now))
    return made[0]


def start_theme(actor: Actor, project: Project, points: Collection[int], title: str, *, now: datetime) -> Theme:
    """Make a theme of points that have none, or that lie in several.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point was chosen, or one of another case.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    chosen = chosen_points(project, points)
    with edit(actor, project, "start", [], chosen, now) as made:
        made.append(make(project, title, None, now))
        send(chosen, made[0], True, now)
    return made[0]


def rename_theme(actor: Actor, theme: Theme, title: str, *, now: datetime) -> None:
    """Give a theme its name; no machine changes it again.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme)
    with edit(actor, theme.project, "rename", [theme], [], now):
        theme.title, theme.by_person = title, True


def merge_themes(actor: Actor, theme: Theme, into: Theme, *, now: datetime) -> None:
    """Put a theme's points and topics into another one; they stay together in every later run.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is the same theme, or its own topic, or one that has an answer goes into one that has none.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme, into)
    if into.id == theme.id or into.project_id != theme.project_id:
        raise Wrong(mark("Vælg et andet emne at lægge sammen med."))
    if into.parent_id == theme.id:
        raise Wrong(mark("Et hovedemne kan ikke lægges ind i sit eget emne. Læg emnet ind i hovedemnet i stedet."))
    held = held_in(theme.project_id).themes
    if theme.id in held and into.id not in held:
        raise Wrong(mark("Emnet har allerede et svar. Læg det andet emne ind i dette i stedet."))

    moving, staying = points_in(theme), points_in(into)
    topics = db.session.scalars(
        sa.select(Theme).where(Theme.parent_id == theme.id, Theme.retired_at.is_(None)).order_by(Theme.id)
    ).all()
    with edit(actor, theme.project, "merge", [theme, into, *topics], moving, now, beside=staying):
        send(moving, into, None, now)
        for topic in topics:
            topic.parent_id = into.parent_id or into.id
        into.by_person = True
        theme.retired_at, theme.merged_into_id = now, into.id


def split_theme(actor: Actor, theme: Theme, points: Collection[int], title: str, *, now: datetime) -> Theme:
    """Split chosen points off into a new theme beside the old one.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: no point was chosen, or one of another case.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme)
    chosen = chosen_points(theme.project, points)
    with edit(actor, theme.project, "split", [theme], chosen, now) as made:
        made.append(make(theme.project, title, theme.parent, now))
        made[0].position = theme.position
        send(chosen, made[0], True, now)
    return made[0]


def lock_theme(actor: Actor, theme: Theme, *, locked: bool = True, now: datetime) -> None:
    """Lock a theme: no machine puts anything in, takes anything out or renames it. Or unlock it.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme)
    with edit(actor, theme.project, "lock" if locked else "unlock", [theme], [], now):
        theme.locked = locked


def place_theme(actor: Actor, theme: Theme, parent: Theme | None, *, now: datetime) -> None:
    """Put a topic under another theme, or make it a theme of its own.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there are two levels only.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme)
    above = upper(parent, theme.project)
    if above is not None and (above.id == theme.id or has_topics(theme)):
        raise Wrong(mark("Et hovedemne med emner kan ikke ligge under et andet. Flyt emnerne først."))
    with edit(actor, theme.project, "place", [theme], [], now):
        theme.parent_id, theme.by_person = above.id if above is not None else None, True


def remove_theme(actor: Actor, theme: Theme, *, now: datetime) -> None:
    """Take away an empty theme.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there is something in it, or it has an answer.
    """
    permission.require(actor, Act.EDIT_THEMES, theme, now)
    standing(theme)
    if theme.point_count or has_topics(theme) or theme.id in held_in(theme.project_id).themes:
        raise Wrong(mark("Emnet er ikke tomt. Flyt punkterne eller emnerne først, eller læg det sammen med et andet."))
    with edit(actor, theme.project, "remove", [theme], [], now):
        theme.retired_at = now


def undo(actor: Actor, project: Project, *, now: datetime) -> ThemeEdit | None:
    """Reverse the latest act on the themes that has not been reversed, by an act of its own; nothing is deleted.

    Returns:
        The act that was reversed; None when there is none.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it would take away a theme that has got its answer meanwhile.
    """
    permission.require(actor, Act.EDIT_THEMES, project, now)
    last = last_standing(project.id)
    if last is None:
        return None
    gone = {int(key) for key, facts in last.before["themes"].items() if facts["retired"]}
    if gone & held_in(project.id).themes & _still(gone):
        raise Wrong(
            mark("Emnet har fået et svar imens. Tag svaret tilbage først, eller læg emnet sammen med et andet.")
        )
    restore(last.before, now)
    keep(actor, project, "undo", last.after, last.before, now, reverses=last.id)
    return last


def _still(themes: Collection[int]) -> set[int]:
    """Those of some themes that stand."""
    return set(db.session.scalars(sa.select(Theme.id).where(Theme.id.in_(themes), Theme.retired_at.is_(None))))


def last_standing(project_id: int) -> ThemeEdit | None:
    """The latest act on the themes of a project that has not been undone."""
    undone = sa.select(ThemeEdit.reverses_id).where(
        ThemeEdit.project_id == project_id, ThemeEdit.reverses_id.is_not(None)
    )
    return db.session.scalar(
        sa.select(ThemeEdit)
        .where(ThemeEdit.project_id == project_id, ThemeEdit.reverses_id.is_(None), ThemeEdit.id.not_in(undone))
        .order_by(ThemeEdit.id.desc())
        .limit(1)
    )
