"""Meetings as a calendar file (iCal), for the calendar on the phone (RP-18)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app
from icalendar import Calendar, Event

from participation.projects.model import Meeting, Project

#: How long a meeting is taken to last when nobody has said it.
USUAL = timedelta(hours=2)


def calendar(project: Project, meetings: Iterable[Meeting], now: datetime) -> bytes:
    """The meetings of a project as a calendar file in UTF-8."""
    made = Calendar()
    made.add("prodid", "-//Medspil//Medspil//DA")
    made.add("version", "2.0")
    made.add("x-wr-calname", project.title)
    base = current_app.config["BASE_URL"]
    for meeting in meetings:
        event = Event()
        event.add("uid", f"{project.slug}-{meeting.id}@{base.split('//', 1)[1]}")
        event.add("dtstamp", now)
        event.add("dtstart", meeting.starts_at)
        event.add("dtend", meeting.ends_at or meeting.starts_at + USUAL)
        event.add("summary", f"{meeting.title} ({project.title})")
        event.add("location", meeting.place)
        event.add("url", f"{base}/projekter/{project.slug}")
        made.add_component(event)
    return made.to_ical()
