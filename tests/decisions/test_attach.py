"""The white paper is attached to the agenda (RP-35)."""

import pytest
import sqlalchemy as sa

from participation.decisions.attach import NotForTheAgenda, attach_report
from participation.decisions.model import AgendaItem
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.projects.model import Round, Step
from participation.rules.acts import Act
from participation.rules.kinds import StepKind
from participation.rules.policy import Actor, Door, NotAllowed
from tests.decided import REPORTED, make_paper


def test_one_act_attaches_the_paper_to_every_coming_step(clerk: Actor, hearing: Round) -> None:
    with settling():
        hearing.project.steps.append(Step(kind=StepKind.COMMITTEE, body="Teknik og Miljø", position=1))
    paper = make_paper(hearing.project)
    with settling():
        attach_report(clerk, paper, hearing.project.steps, now=REPORTED)
    assert db.session.scalar(sa.select(sa.func.count(AgendaItem.id))) == 2
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.ATTACH_REPORT)).one()
    assert (entry.facts["version"], len(entry.facts["steps"])) == (1, 2)


def test_attaching_it_again_adds_nothing(clerk: Actor, hearing: Round) -> None:
    paper = make_paper(hearing.project)
    for _ in range(2):
        with settling():
            attach_report(clerk, paper, hearing.project.steps, now=REPORTED)
    assert db.session.scalar(sa.select(sa.func.count(AgendaItem.id))) == 1


def test_a_version_that_was_taken_back_is_not_attached(clerk: Actor, hearing: Round) -> None:
    paper = make_paper(hearing.project)
    with settling():
        paper.withdrawn_at = REPORTED
    with pytest.raises(NotForTheAgenda), settling():
        attach_report(clerk, paper, hearing.project.steps, now=REPORTED)


def test_a_councillor_may_not_attach(councillor: Actor, hearing: Round) -> None:
    paper = make_paper(hearing.project)
    with pytest.raises(NotAllowed) as refused, settling():
        attach_report(councillor, paper, hearing.project.steps, now=REPORTED)
    assert refused.value.refusal.door is Door.ROLE


def test_a_planner_of_another_department_may_not_attach(other_planner: Actor, hearing: Round) -> None:
    paper = make_paper(hearing.project)
    with pytest.raises(NotAllowed) as refused, settling():
        attach_report(other_planner, paper, hearing.project.steps, now=REPORTED)
    assert refused.value.refusal.door is Door.OWNER
