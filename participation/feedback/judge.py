""" "Fik du svar på det, du skrev om?" Said once per contribution, within 14 days; a no is owed a reply (FU-22)."""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.feedback.model import Feedback, Verdict
from participation.feedback.own import last_day_to_judge
from participation.foundation import clock, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class SaidAlready(Wrong):
    """It is said once."""

    def __init__(self) -> None:
        super().__init__(mark("Du har allerede sagt, om du fik svar. Ring til os, hvis du mangler noget."))


class TooLate(Wrong):
    """There are 14 days to say so; after them a person is there to be called."""

    def __init__(self) -> None:
        super().__init__(mark("Det er mere end 14 dage siden, du fik besked. Ring eller skriv til os, så hjælper vi."))


class NothingSaid(Wrong):
    """A no without words cannot be answered."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv, hvad du mangler svar på."))


def judge_feedback(
    actor: Actor, contribution: Contribution, answered: bool, missing: str = "", *, now: datetime
) -> Verdict:
    """Say whether it was an answer. A no gets a day to be answered by, is counted in public and blocks nothing.

    Args:
        missing: what was not answered, in the contributor's own words.

    Raises:
        NotAllowed: the actor does not hold the code, or nothing is decided yet.
        SaidAlready, TooLate, NothingSaid: see there.
    """
    permission.require(actor, Act.JUDGE_FEEDBACK, contribution, now)
    if db.session.get(Verdict, contribution.id) is not None:
        raise SaidAlready
    told = db.session.get(Feedback, contribution.id)
    if told is None or dates.local_day(now) > last_day_to_judge(told):
        raise TooLate
    if not answered and not missing.strip():
        raise NothingSaid

    days = contribution.project.department.question_days
    verdict = Verdict(
        contribution_id=contribution.id,
        project_id=contribution.project_id,
        answered=answered,
        missing="" if answered else missing,
        at=now,
        answer_by=None if answered else dates.add_working_days(dates.local_day(now), days, clock.closed),
    )
    db.session.add(verdict)
    db.session.flush()

    log.record(
        Act.JUDGE_FEEDBACK,
        actor,
        contribution,
        at=now,
        project_id=contribution.project_id,
        answered=answered,
        answer_by=verdict.answer_by,
    )
    return verdict
