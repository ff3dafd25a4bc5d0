"""The white paper is attached to the agenda, so that nothing is decided before it can be read (RP-35)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from participation.decisions.model import AgendaItem
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Step
from participation.reports.model import WhitePaper
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotForTheAgenda(Wrong):
    """A paper that was taken back, or that belongs to another case, is not put before anybody."""

    def __init__(self) -> None:
        super().__init__(mark("Denne udgave af hvidbogen er trukket tilbage. Læg den nyeste udgave ved."))


def attach_report(actor: Actor, paper: WhitePaper, steps: Sequence[Step], *, now: datetime) -> list[AgendaItem]:
    """Attach a version of the white paper to the agendas of the coming steps, in one act.

    A step that has it already, or whose result is recorded, is passed over.

    Raises:
        NotAllowed: the actor may not work with the agendas of this case.
        NotForTheAgenda: the version was taken back, or a step is another case's.
    """
    permission.require(actor, Act.ATTACH_REPORT, paper, now)
    if paper.withdrawn_at is not None or any(step.project_id != paper.project_id for step in steps):
        raise NotForTheAgenda
    there = set(db.session.scalars(sa.select(AgendaItem.step_id).where(AgendaItem.paper_id == paper.id)))
    items = [
        AgendaItem(step_id=step.id, paper_id=paper.id, attached_by_id=actor.person_id, attached_at=now)
        for step in steps
        if step.result is None and step.id not in there
    ]
    db.session.add_all(items)
    db.session.flush()
    if items:
        log.record(
            Act.ATTACH_REPORT,
            actor,
            paper,
            at=now,
            project_id=paper.project_id,
            version=paper.version,
            steps=[item.step_id for item in items],
        )
    return items
