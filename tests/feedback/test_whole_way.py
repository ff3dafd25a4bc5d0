"""From the white paper to the closed case by the real verbs: by delegation, with no answers, and among neighbours."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from participation.contributions.receive import Sender
from participation.decisions.announce import announce_decision
from participation.decisions.attach import attach_report
from participation.decisions.follow_up import no_follow_up
from participation.decisions.record import record_result
from participation.feedback.close import close_project
from participation.feedback.publish import publish_feedback
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.projects.model import Party, Project, Round
from participation.reports.publish import publish_paper
from participation.rules.kinds import ApprovalRule, Audience, Capacity, RoundKind, StepKind
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.decided import ADOPTED, AFTER, MEETING, WEIGHING, answer_all


def report_and_decide(planner: Actor, decider: Actor, project: Project) -> None:
    with settling():
        paper = publish_paper(planner, project, now=WEIGHING + timedelta(days=1))
    with settling():
        attach_report(decider, paper, project.steps, now=WEIGHING + timedelta(days=2))
    with settling():
        record_result(decider, project.steps[-1], ADOPTED, now=AFTER)


def close(app: SettledFlask, planner: Actor, project: Project) -> None:
    jobs.run_all(app, AFTER)
    with settling():
        no_follow_up(planner, project, now=AFTER)
    with settling():
        close_project(planner, project, now=AFTER)


def test_a_matter_decided_by_delegation_needs_no_clerk(app: SettledFlask, planner: Actor, hearing: Round) -> None:
    with settling():
        hearing.project.steps[0].kind = StepKind.DELEGATED
    answer_all(planner, receive(hearing, "Flyt den.", sender=Sender(email="mia@borger.example")))
    report_and_decide(planner, planner, hearing.project)
    with settling():
        announce_decision(planner, hearing.project.steps[0], MEETING, "kan-ikke-paaklages", now=AFTER)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    close(app, planner, hearing.project)
    assert phase(hearing, AFTER) is Phase.CLOSED


def test_a_hearing_that_nobody_answered_is_reported_decided_and_closed(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """DESIGN: "Der kom ingen høringssvar", one act to the report."""
    with settling():
        hearing.project.department.approval = ApprovalRule.NONE
    report_and_decide(planner, clerk, hearing.project)
    close(app, planner, hearing.project)
    assert phase(hearing, AFTER) is Phase.CLOSED


def test_neighbours_who_wrote_in_time_are_told_and_so_is_the_whole_circle(
    app: SettledFlask, planner: Actor, hearing: Round
) -> None:
    """Planloven § 20: those who commented in time are told of the decision; § 31: and each party."""
    with settling():
        hearing.kind, hearing.audience, hearing.legal_basis = RoundKind.NEIGHBOURS, Audience.NEIGHBOURS, "planloven-20"
        hearing.project.steps[0].kind = StepKind.DELEGATED
        hearing.project.parties.append(
            Party(name="Ove Holm", email="ove@nabo.example", capacity=Capacity.NEIGHBOUR, invited_at=WEIGHING)
        )
    answer_all(planner, receive(hearing, "Carporten skygger.", sender=Sender(email="ida@nabo.example")))
    report_and_decide(planner, planner, hearing.project)
    with settling():
        announce_decision(planner, hearing.project.steps[0], MEETING, "planklagenaevnet", now=AFTER)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    close(app, planner, hearing.project)
    told = db.session.execute(
        sa.select(Letter.kind, Letter.recipient).where(Letter.kind.in_(("feedback", "decision"))).order_by(Letter.kind)
    )
    assert [tuple(row) for row in told] == [("decision", "ove@nabo.example"), ("feedback", "ida@nabo.example")]


def test_the_white_paper_of_a_late_letter_can_come_again_before_the_decision(
    planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """Late ones after the white paper are sent on as an addendum: version 2 is attached beside version 1."""
    answer_all(planner, receive(hearing, "Flyt den."))
    with settling():
        first = publish_paper(planner, hearing.project, now=WEIGHING + timedelta(days=1))
    with settling():
        attach_report(clerk, first, hearing.project.steps, now=WEIGHING + timedelta(days=2))
    answer_all(planner, receive(hearing, "Jeg kom for sent.", at=WEIGHING + timedelta(days=3)))
    with settling():
        second = publish_paper(planner, hearing.project, now=WEIGHING + timedelta(days=4))
    with settling():
        attached = attach_report(clerk, second, hearing.project.steps, now=WEIGHING + timedelta(days=5))
    assert [item.paper.version for item in attached] == [2]
    with settling():
        record_result(clerk, hearing.project.steps[0], replace(ADOPTED), now=AFTER)
    assert phase(hearing, AFTER) is Phase.DECIDED
