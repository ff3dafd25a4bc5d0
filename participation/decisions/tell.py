"""Letters about a decision that was announced: to the parties of the case and, upstairs, to those who wrote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from participation.answers.model import AnswerPoint
from participation.contributions.model import Contribution, Point
from participation.contributions.tell import tell_sender
from participation.contributions.tell_all import written_from
from participation.decisions.model import FollowUp
from participation.decisions.queries import complaint_words
from participation.foundation import clock, jobs, letters
from participation.foundation.db import begin_write, db
from participation.projects.model import Party, Project, Step
from participation.projects.tell import tell_followers, writes_to
from participation.rules.handling import Handling
from participation.rules.words import danish


def tell_of_decision(step: Step, *, now: datetime) -> None:
    """Owe the decision and how to complain to every party, and to contributors who had their feedback before.

    The letters are made by the worker, since they may be many.
    """
    for name in ("tell_parties", "tell_again"):
        jobs.owe(name, {"project": step.project_id, "step": step.id, "at": now.isoformat()}, at=now)


@jobs.job("tell_parties")
def tell_parties(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe each party of the case a letter; a second run owes nothing twice (planloven § 31)."""
    begin_write()
    project = db.session.get_one(Project, arguments["project"])
    parties = db.session.scalars(sa.select(Party).where(Party.project_id == project.id).order_by(Party.id))
    for party in parties:
        if party.email or party.address:
            letters.owe(
                "decision",
                party,
                to=party.email or f"{party.name}\n{party.address}",
                channel="email" if party.email else "print",
                at=now,
                project_id=project.id,
                dedupe=f"decision:party:{party.id}:{arguments['at']}",
                project=project.id,
                decision=arguments["step"],
            )


@letters.provider("decision")
def about(step_id: int) -> dict[str, Any]:
    """The decision as it stands when the letter is written; how to complain only when it has been announced."""
    step = db.session.get_one(Step, step_id)
    return {
        "decided_by": step.body,
        "decided_on": clock.day(step.met_on),
        "result": _(danish(step.result)) if step.result is not None else "",
        "grounds": step.grounds,
        "legal_ground": step.legal_ground,
        "announced_on": clock.day(step.announced_on),
        "complaint": complaint_words(step),
        "decision_page": f"{current_app.config['BASE_URL']}/projekter/{step.project.slug}/beslutning",
    }


def tell_of_done(follow_up: FollowUp, *, now: datetime) -> None:
    """Owe those who follow the case the news, and "du foreslog det – nu er det der" to those whose words it came of."""
    tell_followers(follow_up.project, "done", now=now, besides="tell_proposers", follow_up=follow_up.id)
    if follow_up.answer_id is not None:
        jobs.owe("tell_proposers", {"follow_up": follow_up.id}, at=now)


@jobs.job("tell_proposers")
def tell_proposers(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe each who wrote what the follow-up came of a letter; a second run owes nothing twice."""
    begin_write()
    follow_up = db.session.get_one(FollowUp, arguments["follow_up"])
    wrote = db.session.scalars(
        sa.select(Contribution)
        .where(_proposed(follow_up.id), Contribution.handling != Handling.WITHDRAWN)
        .options(joinedload(Contribution.contact))
        .order_by(Contribution.id)
    )
    for contribution in wrote:
        dedupe = f"built:{follow_up.id}:{contribution.id}"
        tell_sender("built", contribution, at=now, dedupe=dedupe, follow_up=follow_up.id)


@writes_to("tell_proposers")
def proposers(project_id: int, facts: Mapping[str, int]) -> sa.Select[str]:
    """The e-mail addresses of those whose words the follow-up came of."""
    return written_from().where(_proposed(facts["follow_up"]))


def _proposed(follow_up_id: int) -> sa.ColumnElement[bool]:
    return Contribution.id.in_(
        sa.select(Point.contribution_id)
        .join(AnswerPoint, AnswerPoint.point_id == Point.id)
        .join(FollowUp, FollowUp.answer_id == AnswerPoint.answer_id)
        .where(FollowUp.id == follow_up_id, AnswerPoint.approved_at.is_not(None))
    )


@letters.provider("follow_up")
def about_follow_up(follow_up_id: int) -> dict[str, Any]:
    """What was done after the decision."""
    return {"done_words": db.session.get_one(FollowUp, follow_up_id).words}
