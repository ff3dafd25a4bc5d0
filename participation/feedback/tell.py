"""What a letter with feedback may say, and the second letter when a decision is announced after the first one."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from participation.contributions import queries
from participation.contributions.model import Contribution
from participation.contributions.tell import tell_sender
from participation.decisions.queries import final_step
from participation.feedback.model import Feedback, Verdict
from participation.feedback.own import DAYS_TO_JUDGE, points_of
from participation.feedback.publish import CHUNK, gets_letters
from participation.foundation import jobs, letters
from participation.foundation.db import begin_write, db, settling
from participation.projects.model import Project
from participation.rules import dates
from participation.rules.handling import Handling
from participation.rules.phases import Arrival
from participation.rules.words import danish


@letters.provider("feedback")
def about(contribution_id: int) -> dict[str, Any]:
    """Each point with its answer. A letter by e-mail prints no citizen's words, since they may be private."""
    contribution = queries.own(contribution_id)
    return {
        "after_decision": contribution.arrival is Arrival.AFTER_DECISION,
        "points": [
            {
                "quote": said.quote,
                "topic": said.topic,
                "words": said.answer.words,
                "settled": _(danish(said.settled)) if said.settled is not None else "",
                "is_settled": said.outcome is not None,
                "outcome_words": said.outcome_words,
                "reason": said.answer.reason if said.answer.reason != said.answer.words else "",
                "alternative": said.answer.alternative,
                "changes": [change.place for change in said.changes],
            }
            for said in points_of(contribution)
            if said.answer is not None
        ],
    }


def preview(contribution_id: int, project: Project, now: datetime) -> letters.Composed:
    """How the letter to a contributor would read now; its code and link are marks."""
    step = final_step(project)
    return letters.preview(
        "feedback",
        contribution=contribution_id,
        feedback=contribution_id,
        decision=step.id if step is not None else 0,
        answer_by=dates.local_day(now) + timedelta(days=DAYS_TO_JUDGE),
    )


@letters.provider("verdict")
def reply(contribution_id: int) -> dict[str, Any]:
    """What somebody found missing, and what is answered to it."""
    verdict = db.session.get_one(Verdict, contribution_id)
    return {"reply": verdict.reply}


@jobs.job("tell_again")
def tell_again(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe how to complain to those who had their feedback before the decision was announced (planloven § 31)."""
    at, after = datetime.fromisoformat(arguments["at"]), 0
    while True:
        with settling():
            begin_write()
            found = _told_before(arguments["project"], at, after)
            for told in found:
                tell_sender(
                    "decision",
                    told.contribution,
                    at=now,
                    dedupe=f"decision:{told.contribution_id}:{arguments['at']}",
                    decision=arguments["step"],
                )
        if len(found) < CHUNK:
            return
        after = found[-1].contribution_id


def _told_before(project_id: int, at: datetime, after: int) -> list[Feedback]:
    return list(
        db.session.scalars(
            sa.select(Feedback)
            .join(Contribution, Contribution.id == Feedback.contribution_id)
            .where(
                Feedback.project_id == project_id,
                Feedback.published_at < at,
                gets_letters(),
                Feedback.contribution_id > after,
                Contribution.handling != Handling.WITHDRAWN,
            )
            .options(joinedload(Feedback.contribution).joinedload(Contribution.contact))
            .order_by(Feedback.contribution_id)
            .limit(CHUNK)
        )
    )
