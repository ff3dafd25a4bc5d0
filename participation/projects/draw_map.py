"""A project gets a map of its own: what citizens can point at, without a tile service."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.maps import Frame, corners
from participation.people.municipality import keep, municipality
from participation.projects.model import Project, ProjectMap, TownMap
from participation.rules.acts import Act
from participation.rules.policy import Actor


def draw_map(actor: Actor, project: Project, features: Sequence[dict[str, Any]], *, now: datetime) -> ProjectMap:
    """Give a project its map, or another one in its place. Places that citizens have set stay where they are.

    Args:
        features: names and geometries, as `maps.read_map` gives them.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)

    frame = _frame(features)
    drawn = project.own_map or ProjectMap(project_id=project.id)
    drawn.edges, drawn.features, drawn.drawn_at = frame.edges, list(features), now
    project.own_map = drawn
    db.session.flush()

    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="map", features=len(features))
    return drawn


def erase_map(actor: Actor, project: Project, *, now: datetime) -> None:
    """Take a project's map away; the form asks for places on the municipality's outline, or by words again.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if project.own_map is None:
        return

    db.session.delete(project.own_map)
    project.own_map = None
    db.session.flush()

    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="map_gone")


def draw_town_map(actor: Actor, features: Sequence[dict[str, Any]], *, now: datetime) -> TownMap:
    """Give the municipality its outline, or another one in its place: for every project without a map of its own.

    Args:
        features: names and geometries, as `maps.read_map` gives them.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)

    drawn = db.session.get(TownMap, 1) or TownMap(id=1)
    drawn.edges, drawn.features, drawn.drawn_at = _frame(features).edges, list(features), now
    db.session.add(drawn)
    keep(replace(municipality(), map_drawn=True), now=now)
    db.session.flush()

    log.record(Act.EDIT_MUNICIPALITY, actor, drawn, at=now, what="map", features=len(features))
    return drawn


def erase_town_map(actor: Actor, *, now: datetime) -> None:
    """Take the municipality's outline away.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.EDIT_MUNICIPALITY, None, now)
    drawn = db.session.get(TownMap, 1)
    if drawn is None:
        return

    log.record(Act.EDIT_MUNICIPALITY, actor, drawn, at=now, what="map_gone")
    db.session.delete(drawn)
    keep(replace(municipality(), map_drawn=False), now=now)
    db.session.flush()


def _frame(features: Sequence[dict[str, Any]]) -> Frame:
    return Frame.around([corner for one in features for corner in corners(one["geometry"])])
