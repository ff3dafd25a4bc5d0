"""The agenda of a meeting is public: written down once for all its matters (RP-32)."""

from datetime import date, datetime

import sqlalchemy as sa

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Step
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotPublicYet(Wrong):
    """The day is a fact: not in the future."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv den dag, dagsordenen blev offentlig. Den kan ikke ligge efter i dag."))


def publish_agenda(actor: Actor, step: Step, published_on: date, url: str = "", *, now: datetime) -> list[Step]:
    """Write down when the agenda of a meeting was public, for every matter that the body meets about that day.

    Args:
        step: one of the matters; the others of the same body and day that are not recorded follow it, save those in
            which the actor may not act.
        url: where the agenda can be read; empty leaves what is known.

    Raises:
        NotAllowed: the actor may not work with the agendas of this case.
        NotPublicYet: see there.
    """
    permission.require(actor, Act.SCHEDULE_DECISION, step, now)
    if published_on > dates.local_day(now):
        raise NotPublicYet
    same_day = Step.planned_on == step.planned_on if step.planned_on is not None else Step.id == step.id
    found = db.session.scalars(
        sa.select(Step).where(Step.body == step.body, same_day, Step.result.is_(None)).order_by(Step.id)
    )
    steps = [one for one in found if policy.refusal(actor, Act.SCHEDULE_DECISION, one, now) is None]
    for one in steps:
        one.agenda_published_on, one.agenda_url = published_on, url or one.agenda_url
    db.session.flush()

    for one in steps:
        log.record(
            Act.SCHEDULE_DECISION,
            actor,
            one,
            at=now,
            project_id=one.project_id,
            agenda_published_on=published_on,
        )
    return steps
