"""The voices of a practice project are gathered: the machine proposes themes, and the planner is at work on them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from participation.answers.draft import Draft, draft_answer
from participation.answers.resume import write_resume
from participation.contributions.model import Point
from participation.foundation.db import db
from participation.practice import texts
from participation.practice.case import Case
from participation.practice.texts import Told
from participation.rules.kinds import SpanKind
from participation.rules.outcomes import Recommendation
from participation.themes.edit import new_theme, rename_theme
from participation.themes.group import ask_for_grouping
from participation.themes.model import Placement, Theme
from participation.themes.move import move_points


def ask_for_themes(case: Case, now: datetime) -> None:
    """Owe the grouping, where the texts have topics; the worker, or whoever loads, does it after the commit."""
    if "topic" in texts.answers(case.slug):
        ask_for_grouping(case.planner, case.here, now=now)


def gather(case: Case, now: datetime) -> None:
    """The planner names themes, makes topics of letters that belong together, and answers some of them."""
    for place, one in enumerate(texts.answers(case.slug).get("topic", [])):
        _topic(case, one, now + place * timedelta(seconds=1))


def _topic(case: Case, one: Told, now: datetime) -> None:
    points = _points(case, one["contributions"])
    heading = _heading(case, one["heading"], points, now)
    if "title" not in one:
        return
    topic = new_theme(case.planner, case.here, one["title"], heading, now=now)
    move_points(case.planner, case.here, points, topic, now=now)
    if "resume" in one:
        write_resume(case.planner, topic, one["resume"], now=now)
    if "remarks" in one:
        draft = Draft(
            about=topic,
            words=one["remarks"].strip(),
            recommendation=Recommendation(one["recommendation"]),
            reason=one["reason"],
            alternative=one.get("alternative", ""),
        )
        draft_answer(case.planner, draft, now=now)


def _points(case: Case, places: Sequence[int]) -> list[int]:
    contributions = [case.arrived[place].id for place in places]
    return list(
        db.session.scalars(
            sa.select(Point.id).where(
                Point.contribution_id.in_(contributions), Point.retired_at.is_(None), Point.kind == SpanKind.SAID
            )
        )
    )


def _heading(case: Case, title: str, points: Sequence[int], now: datetime) -> Theme:
    """The theme of that name; else the one that the machine put most of the points in gets the name.

    Where the planner has named that one already, or there is none, a new theme is begun.
    """
    standing = sa.select(Theme).where(Theme.project_id == case.here.id, Theme.retired_at.is_(None))
    named = db.session.scalar(standing.where(Theme.title == title, Theme.parent_id.is_(None)))
    if named is not None:
        return named
    above = sa.func.coalesce(Theme.parent_id, Theme.id)
    most = db.session.scalar(
        sa.select(above)
        .join(Placement, Placement.theme_id == Theme.id)
        .where(Placement.point_id.in_(points))
        .group_by(above)
        .order_by(sa.func.count().desc(), above)
        .limit(1)
    )
    found = db.session.get(Theme, most) if most is not None else None
    if found is None or found.by_person:
        return new_theme(case.planner, case.here, title, now=now)
    rename_theme(case.planner, found, title, now=now)
    return found
