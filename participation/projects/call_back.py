"""Whoever would rather talk is called: a name, a number, and the day by which we ring (SK-22, RP-15)."""

from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from participation.foundation import clock, letters, log, permission
from participation.foundation.db import db
from participation.projects.model import CallBack, Project
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.policy import Actor


def ask_call_back(
    actor: Actor,
    project: Project,
    *,
    name: str,
    phone: str,
    suits: str = "",
    about: str = "",
    language: str = "da",
    instead: CallBack | None = None,
    now: datetime,
) -> CallBack:
    """Ask to be rung up. Whoever asks again, with the same number or in the same browser, corrects what they asked.

    The call is promised within the days in which the department answers questions, and its owner is told at once.

    Args:
        suits: when it suits them, in their own words. about: what they want to talk about; both may be empty.
        instead: what they asked for before, such as with a wrong number.

    Raises:
        NotAllowed: the project is not public, or it is cancelled.
    """
    permission.require(actor, Act.ASK_CALL_BACK, project, now)

    open_ones = sa.select(CallBack).where(CallBack.project_id == project.id, CallBack.done_at.is_(None))
    call = instead or db.session.scalar(open_ones.where(CallBack.phone == phone))
    if call is None:
        due = dates.add_working_days(dates.local_day(now), project.department.question_days, clock.closed)
        call = CallBack(project_id=project.id, asked_at=now, due_on=due)
        db.session.add(call)
    call.name, call.phone, call.suits, call.about, call.language = name, phone, suits, about, language
    db.session.flush()

    log.record(Act.ASK_CALL_BACK, actor, call, at=now, project_id=project.id, due_on=call.due_on)
    if project.owner is not None:
        letters.owe(
            "call_back_asked",
            call,
            to=project.owner.email,
            language=project.owner.language,
            at=now,
            dedupe=f"call_back_asked:{call.id}",
            project_id=project.id,
            title=project.title,
            due=call.due_on,
            page=f"{current_app.config['BASE_URL']}/arbejde/projekter/{project.slug}/indbakke#ring-op",
        )
    return call


def settle_call_back(actor: Actor, call: CallBack, *, reached: bool, now: datetime) -> None:
    """Say that somebody was rung up. When they were reached, name, number and words are forgotten; else it waits on.

    Raises:
        NotAllowed: the actor may not work in this case.
    """
    permission.require(actor, Act.SETTLE_CALL_BACK, call.project, now)

    if call.done_at is not None:
        return
    call.tries, call.tried_at = call.tries + 1, now
    if reached:
        call.done_at, call.done_by_id = now, actor.person_id
        call.name = call.phone = call.suits = call.about = ""
    log.record(Act.SETTLE_CALL_BACK, actor, call, at=now, project_id=call.project_id, reached=reached, tries=call.tries)
