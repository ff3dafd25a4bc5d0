"""An empty installation becomes Engelund Kommune: everything is lived through by the real verbs, in order of time.

The past is one transaction, so that an interrupted loading leaves nothing behind and can simply be begun again. The
grouping of the many is heavy work and comes after it; interrupted there, the worker finishes it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.foundation import jobs, letters
from participation.foundation.db import begin_write, db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Job, LogEntry, Setting
from participation.people.model import Department, Person
from participation.practice import texts
from participation.practice.announce import announcing
from participation.practice.answer import answering
from participation.practice.case import Case, Event
from participation.practice.contribute import contributing
from participation.practice.decide import deciding
from participation.practice.establish import establish, sign_ins
from participation.practice.gather import ask_for_themes, gather
from participation.practice.report import reporting
from participation.projects.model import Project

__all__ = ["NotEmpty", "is_loaded", "load", "sign_ins"]

#: The setting that says that this installation is the practice municipality.
_MARK = "practice"
_OPENED = timedelta(days=400)
#: A row in one of these, and somebody works with the installation.
_IN_USE = (Person, Department, Project, LogEntry)


class NotEmpty(Wrong):
    """Practice people and cases are never mixed with real ones."""

    def __init__(self) -> None:
        super().__init__("the practice municipality needs an empty database, and this one is in use")


def is_loaded() -> bool:
    """Whether this installation is the practice municipality."""
    return db.session.get(Setting, _MARK) is not None


def load(*, now: datetime, progress: Callable[[float], object]) -> None:
    """Fill an empty, migrated database with the practice municipality as of a day.

    Args:
        now: the moment that all days of the texts are counted from.
        progress: is told how far it is, from 0 to 1.

    Raises:
        NotEmpty: somebody works with this installation.
    """
    if any(db.session.scalar(sa.select(sa.exists().select_from(table))) for table in _IN_USE):
        raise NotEmpty
    with settling():
        begin_write()
        told, calendar = texts.municipality(), texts.Calendar(now)
        staff = establish(told, now=now - _OPENED)
        cases = [Case(project, told, calendar, staff) for project in texts.projects()]
        events = sorted((event for case in cases for event in _story(case)), key=lambda event: event.at)
        for done, event in enumerate(events):
            event.act(event.at)
            _do_owed(event.at)
            if done % 20 == 0:
                progress(0.75 * done / len(events))
        for case in cases:
            ask_for_themes(case, calendar.latest)
        db.session.add(Setting(key=_MARK, value=calendar.on(0).isoformat(), changed_at=now))
    jobs.run_all(None, calendar.latest)
    progress(0.95)
    with settling():
        for case in cases:
            gather(case, now - timedelta(minutes=2))
    jobs.run_all(None, now)
    progress(1.0)


def _story(case: Case) -> Iterator[Event]:
    yield from announcing(case)
    yield from contributing(case)
    yield from answering(case)
    yield from reporting(case)
    yield from deciding(case)


def _do_owed(now: datetime) -> None:
    """Do at once what the act has owed, and put the letters into the archive, as the worker would have done."""
    while db.session.scalar(sa.select(sa.exists().where(Job.state == "waiting", Job.run_at <= now))):
        if not jobs.do_within(now) + letters.file_away(at=now):
            break
