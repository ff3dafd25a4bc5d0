"""What staff may read of projects."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from participation.foundation.db import db
from participation.people.model import Department
from participation.projects.model import Material, Meeting, Party, Project, Round

PAGE = 50


def project(slug: str) -> Project:
    """A project with its rounds.

    Raises:
        NotFound: there is none of that name.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug).options(selectinload(Project.rounds)))
    if found is None:
        raise NotFound
    return found


def whole(slug: str) -> Project:
    """A project with everything that a planner has written about it.

    Raises:
        NotFound: there is none of that name.
    """
    found = db.session.scalar(
        sa.select(Project)
        .where(Project.slug == slug)
        .options(
            selectinload(Project.rounds),
            selectinload(Project.frame),
            selectinload(Project.meanings),
            selectinload(Project.materials),
            selectinload(Project.meetings),
            selectinload(Project.steps),
            selectinload(Project.parties),
            selectinload(Project.notices),
        )
    )
    if found is None:
        raise NotFound
    return found


def projects(departments: Iterable[int] | None, before: int | None = None) -> list[Project]:
    """Projects of these departments (all, when None), the latest first, a page at a time."""
    asked = sa.select(Project).options(selectinload(Project.rounds)).order_by(Project.id.desc())
    if departments is not None:
        asked = asked.where(Project.department_id.in_(list(departments)))
    if before is not None:
        asked = asked.where(Project.id < before)
    return list(db.session.scalars(asked.limit(PAGE + 1)))


def to_copy(departments: Iterable[int], most: int = 30) -> list[tuple[int, str]]:
    """Earlier projects to copy from, the latest first."""
    rows = db.session.execute(
        sa.select(Project.id, Project.title)
        .where(Project.department_id.in_(list(departments)))
        .order_by(Project.id.desc())
        .limit(most)
    )
    return [(key, title) for key, title in rows]


def earlier(key: int) -> Project | None:
    """A project to copy from."""
    return db.session.get(Project, key)


def departments(keys: Iterable[int]) -> list[Department]:
    """Departments by name."""
    return list(
        db.session.scalars(sa.select(Department).where(Department.id.in_(list(keys))).order_by(Department.name))
    )


def all_departments() -> list[Department]:
    """All departments by name, for somebody whose role is the whole municipality's."""
    return list(db.session.scalars(sa.select(Department).order_by(Department.name)))


def round_of(of: Project, key: int) -> Round:
    """A round of a project.

    Raises:
        NotFound: the project has no such round.
    """
    return _mine(of.rounds, key)


def material_of(of: Project, key: int) -> Material:
    """A piece of a project's material.

    Raises:
        NotFound: the project has no such piece.
    """
    return _mine(of.materials, key)


def meeting_of(of: Project, key: int) -> Meeting:
    """A meeting of a project.

    Raises:
        NotFound: the project has no such meeting.
    """
    return _mine(of.meetings, key)


def party_of(of: Project, key: int) -> Party:
    """Somebody who must be heard in a project.

    Raises:
        NotFound: the project has no such party.
    """
    return _mine(of.parties, key)


def _mine(rows: Iterable[Any], key: int) -> Any:
    for row in rows:
        if row.id == key:
            return row
    raise NotFound
