"""Somebody outside the case is asked for a professional assessment of some points, by a link and until a day.

Whoever follows the link sees those points alone, as they may be shown, and names only where the planner says so. They
are reminded once. The answer to citizens stays one, and is the department's (FU-09, FU-11, FU-15).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from participation.contributions.model import Contribution, Point
from participation.foundation import codes, jobs, letters, log, permission
from participation.foundation.db import begin_write, db, settling
from participation.foundation.forms import Wrong
from participation.people.model import Person
from participation.projects.model import Project
from participation.queue.model import Assessment, AssessmentPoint
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.counts import SAID

#: How long the link still works when the day is over, and how long before it somebody is reminded.
GRACE, AHEAD = timedelta(days=14), timedelta(days=2)
#: Points that one person can be asked about at a time: more than that nobody reads.
MOST = 200


@dataclass(frozen=True)
class Expert:
    """Who is asked: name, unit or authority, and where the link is sent."""

    name: str
    unit: str
    email: str


def ask_expert(
    actor: Actor,
    project: Project,
    points: Collection[int],
    expert: Expert,
    question: str,
    due_on: date,
    *,
    shows_names: bool = False,
    now: datetime,
) -> Assessment:
    """Ask somebody for an assessment of some points until a day; the link is sent by e-mail.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: there is no point of the case among them, there are too many, or the day is over.
    """
    permission.require(actor, Act.ASK_EXPERT, project, now)
    found = may_hand_over(project, points)
    if not 0 < len(found) <= MOST:
        raise Wrong(mark("Vælg mellem 1 og 200 punkter i denne sag."))
    if due_on < dates.local_day(now):
        raise Wrong(mark("Dagen er gået. Vælg en dag, der kommer."))

    asked = Assessment(
        project=project,
        name=expert.name,
        unit=expert.unit,
        email=expert.email.casefold(),
        question=question,
        shows_names=shows_names,
        due_on=due_on,
        expires_at=dates.local_day_end(due_on + GRACE),
        code_version=codes.latest_version(),
        token_hash=f"not yet {uuid4().hex}",
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    db.session.add(asked)
    db.session.flush()
    asked.token_hash = codes.token_hash(token_of(asked.id, asked.code_version))
    db.session.execute(sa.insert(AssessmentPoint), [{"assessment_id": asked.id, "point_id": key} for key in found])
    db.session.flush()

    log.record(Act.ASK_EXPERT, actor, asked, at=now, project_id=project.id, points=found, due=due_on, names=shows_names)
    _write("expert_asked", asked, now)
    return asked


def revoke_assessment(actor: Actor, asked: Assessment, *, now: datetime) -> None:
    """Shut the link: nobody sees anything through it any more. What was answered stays.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: it is shut.
    """
    permission.require(actor, Act.ASK_EXPERT, asked, now)
    if asked.revoked_at is not None:
        raise Wrong(mark("Linket er allerede lukket."))
    asked.revoked_at, asked.revoked_by_id = now, actor.person_id
    db.session.flush()

    log.record(Act.ASK_EXPERT, actor, asked, at=now, project_id=asked.project_id, what="revoked")


def token_of(key: int, version: int) -> str:
    """The token in the link of an assessment; derived when needed and never stored."""
    return codes.link_token(f"assessment:{key}", version)


@letters.provider("assessment")
def _link(key: int) -> str:
    asked = db.session.get_one(Assessment, key)
    return f"{current_app.config['BASE_URL']}/vurdering/{token_of(asked.id, asked.code_version)}"


@jobs.periodic("experts:remind", every=timedelta(hours=6))
def _remind(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    remind_experts(now)


def remind_experts(now: datetime) -> int:
    """Remind, once, whoever has not answered two days before the day; give back how many were reminded."""
    due = sa.select(Assessment).where(
        Assessment.due_on <= dates.local_day(now) + AHEAD,
        Assessment.expires_at > now,
        Assessment.reminded_at.is_(None),
        Assessment.answered_at.is_(None),
        Assessment.revoked_at.is_(None),
    )
    with settling():
        begin_write()
        waiting = db.session.scalars(due.order_by(Assessment.id).limit(200)).all()
        for asked in waiting:
            asked.reminded_at = now
            _write("expert_due", asked, now)
    return len(waiting)


def _write(kind: str, asked: Assessment, now: datetime) -> None:
    by = db.session.get(Person, asked.asked_by_id) if asked.asked_by_id is not None else None
    facts: dict[str, Any] = {
        "name": asked.name,
        "title": asked.project.title,
        "asked_by": by.name if by is not None else asked.project.contact_name,
        "due": asked.due_on,
        "assessment": asked.id,
    }
    if kind == "expert_asked":
        letters.owe("expert_asked", asked, to=asked.email, at=now, project_id=asked.project_id, **facts)
    else:
        letters.owe("expert_due", asked, to=asked.email, at=now, project_id=asked.project_id, **facts)


def may_hand_over(project: Project, points: Collection[int]) -> list[int]:
    """Those of some points that somebody outside may see: of the case, and not hidden or waiting for a look."""
    return list(
        db.session.scalars(
            sa.select(Point.id)
            .join(Contribution, Contribution.id == Point.contribution_id)
            .where(Point.project_id == project.id, Point.id.in_(points), SAID)
            .where(Contribution.hidden_reason.is_(None), ~Contribution.held_back)
            .order_by(Point.id)
        )
    )
