"""A matter on its way to the decision, for the tests of the rooms above: rows that the rooms below would have made."""

from datetime import date, datetime, timedelta

from participation.answers.draft import Draft, draft_answers
from participation.contributions.model import Contribution
from participation.decisions.attach import attach_report
from participation.decisions.record import Result, record_result
from participation.foundation.db import db, settling
from participation.projects.model import Project, Round
from participation.reports.model import WhitePaper
from participation.rules import dates
from participation.rules.kinds import ApprovalRule, PaperForm, StepResult
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.matters import LAST_DAY

#: The council meets on Wednesday 24 February 2027; the tests stand the day after.
MEETING = date(2027, 2, 24)
AFTER = dates.opens_at(MEETING + timedelta(days=1)) + timedelta(hours=10)
#: While the administration weighs, after the deadline.
WEIGHING = dates.local_day_end(LAST_DAY) + timedelta(days=20)
#: When the white paper was out.
REPORTED = dates.local_day_end(LAST_DAY) + timedelta(days=40)


def answer_all(planner: Actor, contributions: list[Contribution], now: datetime = WEIGHING) -> None:
    """Each contribution gets a yes that counts as approved at once."""
    project = contributions[0].project
    with settling():
        project.department.approval = ApprovalRule.NONE
    drafts = [
        Draft(one, f"Svar på {one.number}.", Recommendation.ACCOMMODATED, "Det er rigtigt.") for one in contributions
    ]
    with settling():
        draft_answers(planner, project, drafts, now=now)


def make_paper(project: Project, version: int = 1, at: datetime = REPORTED) -> WhitePaper:
    """A frozen white paper, as the room of reports leaves it."""
    with settling():
        paper = WhitePaper(
            project_id=project.id,
            round_id=project.rounds[-1].id,
            version=version,
            form=PaperForm.BY_CONTRIBUTION,
            frozen_at=at,
        )
        db.session.get_one(Round, project.rounds[-1].id).reported_at = at
        db.session.add(paper)
    return paper


ADOPTED = Result(
    met_on=MEETING,
    result=StepResult.ADOPTED,
    grounds="Vejen gør det trygt at gå i skole.",
    legal_ground="vejloven § 8",
    votes="Alle stemte for",
)


def decide(clerk: Actor, project: Project, result: Result = ADOPTED, now: datetime = AFTER) -> None:
    """The council has the white paper before it and decides."""
    paper = make_paper(project)
    with settling():
        attach_report(clerk, paper, project.steps, now=REPORTED)
    with settling():
        record_result(clerk, project.steps[-1], result, now=now)
