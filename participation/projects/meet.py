"""Meetings with citizens: planned with a place and a time, told of afterwards with attendance and minutes."""

from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Meeting, Project
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class EndsBeforeItBegins(Wrong):
    """A meeting that is over before it begins."""

    def __init__(self) -> None:
        super().__init__(mark("Mødet slutter, før det begynder. Ret klokkeslættet."))


def plan_meeting(
    actor: Actor,
    project: Project,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime | None,
    place: str,
    now: datetime,
) -> Meeting:
    """Set a meeting; it stands on the page and in the calendar (RP-18, RP-30).

    Raises:
        NotAllowed: not the actor's, or the project is over.
        EndsBeforeItBegins: it would.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if ends_at is not None and ends_at <= starts_at:
        raise EndsBeforeItBegins
    meeting = Meeting(title=title, starts_at=starts_at, ends_at=ends_at, place=place)
    project.meetings.append(meeting)
    db.session.flush()

    log.record(Act.EDIT_PROJECT, actor, meeting, at=now, project_id=project.id, what="meeting", starts_at=starts_at)
    return meeting


def write_minutes(
    actor: Actor, project: Project, meeting: Meeting, minutes: str, attendance: int | None, *, now: datetime
) -> None:
    """Tell of a meeting: how many came, and what was said (Markdown).

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.WRITE_MINUTES, project, now)
    meeting.minutes, meeting.attendance = minutes, attendance
    db.session.flush()

    log.record(Act.WRITE_MINUTES, actor, meeting, at=now, project_id=project.id, attendance=attendance)
