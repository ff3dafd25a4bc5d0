"""A project gets a map of its own: what citizens can point at, without a tile service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.maps import Frame, corners
from participation.projects.model import Project, ProjectMap
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

    frame = Frame.around([corner for one in features for corner in corners(one["geometry"])])
    drawn = project.map or ProjectMap(project_id=project.id)
    drawn.edges, drawn.features, drawn.drawn_at = frame.edges, list(features), now
    project.map = drawn
    db.session.flush()

    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="map", features=len(features))
    return drawn


def erase_map(actor: Actor, project: Project, *, now: datetime) -> None:
    """Take a project's map away; the form asks for places by words again.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if project.map is None:
        return

    db.session.delete(project.map)
    project.map = None
    db.session.flush()

    log.record(Act.EDIT_PROJECT, actor, project, at=now, project_id=project.id, what="map_gone")
