"""Letters about a decision that was announced: to the parties of the case and, upstairs, to those who wrote."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from participation.decisions.queries import complaint_words
from participation.foundation import clock, jobs, letters
from participation.foundation.db import begin_write, db
from participation.projects.model import Party, Project, Step
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
