"""Something has happened to a project that everybody who wrote in it is told."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from participation.contributions.model import Contact, Contribution, Promise
from participation.contributions.tell import tell_sender
from participation.foundation import jobs
from participation.foundation.db import begin_write, db
from participation.projects.model import Notice, Project
from participation.projects.tell import writes_to
from participation.rules import phases
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, NoticeKind, PromiseKind
from participation.rules.phases import Arrival

_CHUNK = 200


@jobs.job("tell_contributors")
def tell_contributors(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe everybody who wrote and can be reached the news; a second run owes nothing twice.

    Who wrote several times gets one letter, about what they wrote first.

    When a deadline was extended, what came between the old one and the new one becomes in time, and expected dates that
    moved with it are moved in the promises, with the reason that was given in public.

    Args:
        arguments: ``project``, ``kind`` as in ``projects/tell.py``, ``at`` as an ISO moment.
    """
    begin_write()
    project = db.session.get_one(Project, arguments["project"])
    kind, mark = arguments["kind"], arguments["at"]
    if kind == "extended":
        _in_time_after_all(project)
        _move_promises(project)
    after, told = 0, set[str]()
    while found := _reachable(project.id, after):
        for contribution in found:
            if (whom := _address(contribution)) in told:
                continue
            reached = tell_sender(
                f"news_{kind}",
                contribution,
                at=now,
                dedupe=f"news_{kind}:{contribution.id}:{mark}",
                project=project.id,
                **arguments.get("facts", {}),
            )
            told |= {whom} if reached else set()
        after = found[-1].id


def _address(contribution: Contribution) -> str:
    """Where news goes, alike for the same person however they typed it."""
    contact = contribution.contact
    if contact is None:
        return ""
    return " ".join((contact.email or f"{contact.name} {contact.address}").lower().split())


@writes_to("tell_contributors")
def addresses(project_id: int, facts: Mapping[str, int]) -> sa.Select[str]:
    """The e-mail addresses of everybody who wrote; those who say that they did not are told nothing of it."""
    return written_from().where(Contribution.project_id == project_id)


def written_from() -> sa.Select[str]:
    """The e-mail addresses that letters about contributions go to."""
    return (
        sa.select(Contact.email)
        .join(Contribution, Contribution.id == Contact.contribution_id)
        .where(
            Contact.email != "",
            Contribution.handling != Handling.WITHDRAWN,
            Contribution.disputed_at.is_(None),
        )
    )


def _reachable(project_id: int, after: int) -> list[Contribution]:
    return list(
        db.session.scalars(
            sa.select(Contribution)
            .join(Contact, Contact.contribution_id == Contribution.id)
            .where(
                Contribution.project_id == project_id,
                Contribution.id > after,
                Contribution.handling != Handling.WITHDRAWN,
                sa.or_(Contact.email != "", sa.and_(Contact.wants_post, Contact.address != ""), Contact.is_accompanied),
            )
            .options(joinedload(Contribution.contact))
            .order_by(Contribution.id)
            .limit(_CHUNK)
        )
    )


def _in_time_after_all(project: Project) -> None:
    """The same rule for everybody: what arrived before the new deadline is in time."""
    for round_ in project.rounds:
        late = db.session.scalars(
            sa.select(Contribution).where(
                Contribution.round_id == round_.id,
                Contribution.arrival == Arrival.LATE,
                Contribution.kind != Kind.QUESTION,
            )
        )
        for contribution in late:
            contribution.arrival = phases.arrival(round_, contribution.received_at)


def _move_promises(project: Project) -> None:
    round_ = project.round
    if round_ is None:
        return
    reason = db.session.scalar(
        sa.select(Notice.words)
        .where(Notice.project_id == project.id, Notice.kind == NoticeKind.EXTENDED)
        .order_by(Notice.id.desc())
        .limit(1)
    )
    new: dict[PromiseKind, date | None] = {
        PromiseKind.REPORT: round_.report_on,
        PromiseKind.DECISION: round_.decision_on,
    }
    for kind, day in new.items():
        if day is not None:
            db.session.execute(
                sa.update(Promise)
                .where(
                    Promise.project_id == project.id,
                    Promise.kind == kind,
                    Promise.kept_at.is_(None),
                    sa.func.coalesce(Promise.moved_to, Promise.due_on) < day,
                )
                .values(moved_to=day, moved_reason=reason or "")
            )
