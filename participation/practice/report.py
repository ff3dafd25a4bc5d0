"""The white paper of a practice project: approved as its department asks, published, and put on the agendas."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from participation.decisions.attach import attach_report
from participation.foundation.db import db
from participation.people.model import Person
from participation.practice import texts
from participation.practice.announce import SENT, steps
from participation.practice.case import Case, Event
from participation.reports.approve import approve_report, ask_approval, compile_digest
from participation.reports.draft import Added, draft_paper
from participation.reports.publish import publish_paper
from participation.reports.queries import approvals_of, latest
from participation.rules.kinds import ApprovalRule, PaperForm, StepKind

_HOUR = timedelta(hours=1)


def reporting(case: Case) -> Iterator[Event]:
    """A day after the last answer, and before the first body that meets on it."""
    told = texts.answers(case.slug)
    if "overall" not in told:
        return
    last = max(one["day"] for one in told["answer"])
    meets = [case.meets_at(step) for step in steps(case.told) if step["kind"] != SENT]
    ready = min([case.office(case.at(last, "17:00"), "13:00"), *(meeting - 5 * _HOUR for meeting in meets)])
    yield Event(ready, partial(_draft, case))
    yield Event(ready + _HOUR, partial(_ask, case))
    yield Event(ready + 2 * _HOUR, partial(_approve, case))
    yield Event(ready + 3 * _HOUR, lambda now: publish_paper(case.planner, case.here, now=now))
    yield Event(ready + 4 * _HOUR, partial(_attach, case))


def _draft(case: Case, now: datetime) -> None:
    told = texts.answers(case.slug)
    added = Added(
        form=PaperForm.BY_CONTRIBUTION,
        overall=told["overall"],
        materially_changed=told.get("materially_changed"),
        materially_changed_reason=told.get("materially_changed_reason", ""),
    )
    draft_paper(case.planner, case.here, added, now=now)


def _ask(case: Case, now: datetime) -> None:
    if case.department.approval is ApprovalRule.NOTE:
        leader = db.session.get_one(Person, case.leader.person_id)
        ask_approval(case.planner, case.here, leader, now=now)


def _approve(case: Case, now: datetime) -> None:
    if case.department.approval is ApprovalRule.NOTE:
        seen = compile_digest(case.here, now)
        approve_report(case.leader, approvals_of(case.here.id)[0], approved=True, seen=seen, now=now)


def _attach(case: Case, now: datetime) -> None:
    paper = latest(case.here.id)
    if paper is None:
        raise LookupError(f"{case.slug} has no white paper")
    coming = [step for step in case.here.steps if step.kind is not StepKind.HEARING]
    attach_report(case.clerk, paper, coming, now=now)
