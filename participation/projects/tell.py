"""News of a project goes to those who follow it and, upstairs, to those who have written in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from participation.foundation import clock, jobs, letters
from participation.foundation.db import begin_write, db
from participation.projects.model import Follow, Notice, Project
from participation.rules import dates
from participation.rules.levels import Level
from participation.rules.words import TELLS, danish

#: What can have happened, each with its letter ``templates/letters/news_<kind>.txt``.
KINDS = (
    "new_round",
    "extended",
    "level_raised",
    "level_corrected",
    "cancelled",
    "moved",
    "reported",
    "decided",
    "corrected",
    "done",
)


#: The e-mail addresses that a job writes to about a project, given what its letter is about.
Addresses = Callable[[int, Mapping[str, int]], sa.Select[str]]
_addresses: dict[str, Addresses] = {}


def writes_to(name: str) -> Callable[[Addresses], Addresses]:
    """Say whom the job of that name tells, so that who also follows the project is told once and not twice."""

    def keep(addresses: Addresses) -> Addresses:
        _addresses[name] = addresses
        return addresses

    return keep


def tell_followers(project: Project, kind: str, *, now: datetime, besides: str = "", **facts: int) -> None:
    """Owe news to everybody who follows a project; the letters are made by the worker, since they may be many.

    Args:
        besides: the job that tells some of them the same news in a letter about their own words, which wins.
        facts: what else the letter is about, by the name of its provider: ``notice``, ``follow_up``.
    """
    _owe("tell_followers", project, kind, now, facts, besides=besides)


def tell_all(project: Project, kind: str, *, now: datetime, **facts: int) -> None:
    """Owe news to followers, and to everybody who has written in the project and can be reached."""
    _owe("tell_followers", project, kind, now, facts, besides="tell_contributors")
    _owe("tell_contributors", project, kind, now, facts)


def _owe(name: str, project: Project, kind: str, now: datetime, facts: dict[str, int], **more: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"there is no letter about {kind!r}")
    jobs.owe(name, {"project": project.id, "kind": kind, "at": now.isoformat(), "facts": facts, **more}, at=now)


@jobs.job("tell_followers")
def follower_letters(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe each confirmed follower a letter; a second run owes nothing twice.

    Whoever has the news in a letter about what they wrote themselves is passed over: one letter for one piece of news.
    """
    begin_write()
    project = db.session.get_one(Project, arguments["project"])
    kind, told = arguments["kind"], _told_anyway(arguments)
    followers = db.session.scalars(
        sa.select(Follow).where(Follow.project_id == project.id, Follow.confirmed_at.is_not(None)).order_by(Follow.id)
    )
    for follow in followers:
        if follow.email in told:
            continue
        letters.owe(
            f"news_{kind}",
            follow,
            to=follow.email,
            language=follow.language,
            at=now,
            project_id=project.id,
            dedupe=f"news_{kind}:follow:{follow.id}:{arguments['at']}",
            follow=follow.id,
            project=project.id,
            **arguments.get("facts", {}),
        )


def _told_anyway(arguments: jobs.Arguments) -> set[str]:
    """The addresses, in small letters as followers' are, that another job tells the same news."""
    addresses = _addresses.get(arguments.get("besides", ""))
    if addresses is None:
        return set()
    asked = addresses(arguments["project"], arguments.get("facts", {}))
    return {email.strip().lower() for email in db.session.scalars(asked.distinct())}


@letters.provider("notice")
def about_notice(notice_id: int) -> dict[str, Any]:
    """The public line that the letter is about."""
    return {"notice_words": db.session.get_one(Notice, notice_id).words}


@letters.provider("project")
def about(project_id: int) -> dict[str, Any]:
    """What a letter about a project may say, as it stands when the letter is written."""
    project = db.session.get_one(Project, project_id)
    round_ = project.round
    level = round_.level if round_ is not None else project.level
    last = db.session.scalar(
        sa.select(Notice).where(Notice.project_id == project_id).order_by(Notice.id.desc()).limit(1)
    )
    base = current_app.config["BASE_URL"]
    form = "spoerg" if level is Level.ORIENTATION else "svar"
    return {
        "title": project.title,
        "level": _(danish(level)),
        "level_word": level.value,
        "promise": _(TELLS[level], body=project.decided_by),
        "body": project.decided_by,
        "summary": project.summary,
        "page": f"{base}/projekter/{project.slug}",
        "form": f"{base}/projekter/{project.slug}/{form}",
        "opens": clock.day(round_.opens_at) if round_ is not None and round_.opens_at else "",
        "last_day": clock.day(dates.last_day(round_.closes_at)) if round_ is not None and round_.closes_at else "",
        "answers_on": clock.day(round_.report_on) if round_ is not None and round_.report_on else "",
        "decides_on": clock.day(round_.decision_on) if round_ is not None and round_.decision_on else "",
        "reason": last.words if last is not None else "",
        "contact_name": project.contact_name,
        "department": project.department.name,
        "contact_phone": project.contact_phone,
        "contact_hours": project.contact_hours,
    }
