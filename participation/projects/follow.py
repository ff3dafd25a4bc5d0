"""Somebody wants news of a project: asked for with an address, begun by a link in a letter, ended by another."""

import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from participation.foundation import codes, letters, log, permission
from participation.foundation.db import db
from participation.foundation.letters import Secret
from participation.projects.model import Follow, Project
from participation.rules.acts import Act
from participation.rules.dates import local_day
from participation.rules.policy import Actor


def follow_project(actor: Actor, project: Project, email: str, language: str = "da", *, now: datetime) -> Follow:
    """Ask to be told of news; it counts when the link in the letter has been opened (RP-19).

    Who follows already gets the letter once more, so that the page never tells whether an address is known. At most one
    letter a day goes to an address for a project.

    Raises:
        NotAllowed: the project is not public, or it is cancelled.
    """
    permission.require(actor, Act.FOLLOW_PROJECT, project, now)

    address = email.strip().lower()
    follow = db.session.scalar(sa.select(Follow).where(Follow.project_id == project.id, Follow.email == address))
    if follow is None:
        follow = Follow(project_id=project.id, email=address, language=language, asked_at=now)
        db.session.add(follow)
        db.session.flush()

    log.record(Act.FOLLOW_PROJECT, actor, follow, at=now, project_id=project.id, step="asked")
    letters.owe(
        "follow_confirm",
        follow,
        to=address,
        language=language,
        at=now,
        dedupe=f"follow_confirm:{follow.id}:{local_day(now)}",
        project_id=project.id,
        project=project.id,
        follow=follow.id,
    )
    return follow


def confirm_follow(actor: Actor, follow: Follow, *, now: datetime) -> Follow:
    """Begin to tell: the owner of the address has opened the letter's link.

    Raises:
        NotAllowed: the project is cancelled.
    """
    permission.require(actor, Act.FOLLOW_PROJECT, follow.project, now)
    if follow.confirmed_at is None:
        follow.confirmed_at = now
        log.record(Act.FOLLOW_PROJECT, actor, follow, at=now, project_id=follow.project_id, step="confirmed")
    return follow


def stop_follow(actor: Actor, follow: Follow, *, now: datetime) -> None:
    """End it, and forget the address."""
    permission.require(actor, Act.READ_PUBLIC, None, now)
    log.record(Act.FOLLOW_PROJECT, actor, follow, at=now, project_id=follow.project_id, step="stopped")
    db.session.delete(follow)
    db.session.flush()


def token(follow: Follow) -> str:
    """The token in the letters' links: derived, so that it need not be kept."""
    return codes.link_token(f"follow:{follow.id}", codes.latest_version())


@letters.provider("follow")
def _links(follow_id: int) -> dict[str, Any]:
    """The reader's own link, for the letters to who follows; it is derived when needed and in no copy that we keep."""
    follow = db.session.get(Follow, follow_id)
    own = f"{current_app.config['BASE_URL']}/foelg/{follow_id}/{token(follow)}" if follow is not None else ""
    return {"own_page": Secret(own)}


def by_token(follow_id: int, given: str) -> Follow | None:
    """Who follows by this link, if the token is the right one, made with whichever server key."""
    follow = db.session.get(Follow, follow_id)
    if follow is None:
        return None
    versions = range(1, codes.latest_version() + 1)
    right = any(
        hmac.compare_digest(codes.link_token(f"follow:{follow.id}", version).encode(), given.encode())
        for version in versions
    )
    return follow if right else None
