"""Meetings with citizens: planned with a place and a time, told of afterwards with attendance and minutes."""

from datetime import datetime

from flask_babel import gettext as _

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Meeting, Project
from participation.rules import dates
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


def annex_notes(
    actor: Actor, project: Project, notes: str, *, held_at: datetime, place: str = "", now: datetime
) -> Meeting:
    """Lay the notes from a meeting in the case as an annex: the minutes of the meeting, never contributions (RP-06).

    The last meeting of that day gets them, after what stands there; where none was planned, it is set down with them.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.WRITE_MINUTES, project, now)
    day = dates.local_day(held_at)
    meeting = next((one for one in reversed(project.meetings) if dates.local_day(one.starts_at) == day), None)
    if meeting is None:
        meeting = Meeting(title=_("Møde"), starts_at=held_at, place=place)
        project.meetings.append(meeting)
    meeting.minutes = "\n\n".join(filter(None, (meeting.minutes, notes.strip())))
    db.session.flush()

    log.record(Act.WRITE_MINUTES, actor, meeting, at=now, project_id=project.id, attendance=meeting.attendance)
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
