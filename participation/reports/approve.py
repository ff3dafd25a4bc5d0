"""The leader approves the whole note by one link; a yes holds for exactly what was read."""

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app

from participation.answers.approve import approve_all
from participation.answers.model import AnswerPoint
from participation.answers.queries import answers_of
from participation.foundation import codes, letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.people.model import Person
from participation.projects.model import Project
from participation.reports import queries
from participation.reports.compile import compile_paper
from participation.reports.gate import NotReady, missing
from participation.reports.kept import digest
from participation.reports.model import Approval
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Rendition
from participation.rules.plain import mark
from participation.rules.policy import Actor


class Changed(Wrong):
    """Something in the note was changed after the leader was asked, so a yes would be to other words."""

    def __init__(self) -> None:
        super().__init__(
            mark("Hvidbogen er ændret, siden du fik linket. Hent siden igen, og læs det, der er nyt, før du godkender.")
        )


def ask_approval(actor: Actor, project: Project, leader: Person, *, now: datetime) -> str:
    """Ask a leader of the department to approve the note, by one link that works on a phone (RE-42).

    Returns:
        The token of the link.

    Raises:
        NotAllowed: the actor may not report in this case.
        NotReady: something is missing; it is named.
        Wrong: the person is no leader who can approve it.
    """
    policy.require(actor, Act.ASK_APPROVAL, project, now)
    shown = _digest_of_ready(project, now)
    permission.require(actor, Act.ASK_APPROVAL, project, now)
    if leader.id not in {person.id for person in queries.approvers(actor, project)}:
        raise Wrong(mark("Vælg en leder i afdelingen, som ikke er dig selv."))

    approval = _new(actor, project, shown, leader.id, now)
    log.record(Act.ASK_APPROVAL, actor, approval, at=now, project_id=project.id, leader=leader.id, digest=shown)
    letters.owe(
        "approval_wanted",
        approval,
        to=leader.email,
        language=leader.language,
        at=now,
        project_id=project.id,
        title=project.title,
        asked_by=actor.name,
        approval=approval.id,
    )
    return token_of(approval)


def approve_report(
    actor: Actor, approval: Approval, *, approved: bool, words: str = "", seen: str, now: datetime
) -> None:
    """Say yes to the note, or send it back with what is to be done. A yes approves the answers in it.

    Args:
        seen: digest of what stood on the leader's page.

    Raises:
        NotAllowed: the actor is no leader of the department, or is inhabil.
        Changed: the note says something else by now.
        Wrong: it was answered before, or it is sent back without a word.
    """
    policy.require(actor, Act.APPROVE_REPORT, approval, now)
    project = approval.project
    stamp, shown = queries.stamp(project.id), compile_digest(project, now)
    permission.require(actor, Act.APPROVE_REPORT, approval, now)
    if approval.answered_at is not None:
        raise Wrong(mark("Der er allerede svaret på dette link. Bed om et nyt, hvis det skal gøres om."))
    if approved and (shown != seen or queries.stamp(project.id) != stamp):
        raise Changed
    if not approved and not words.strip():
        raise Wrong(mark("Skriv, hvad der skal laves om, før du sender den tilbage."))

    _answer(actor, approval, approved=approved, words=words, shown=shown, now=now)
    log.record(Act.APPROVE_REPORT, actor, approval, at=now, project_id=project.id, approved=approved, digest=shown)
    _tell_asker(actor, approval, now)


def approve_own_report(actor: Actor, project: Project, reason: str, *, now: datetime) -> Approval:
    """A department of one approves itself with a reason, which is logged and printed in the paper.

    Raises:
        NotAllowed: the actor may not report in this case.
        NotReady: something is missing; it is named.
        Wrong: there is somebody else who can approve it, or there is no reason.
    """
    policy.require(actor, Act.ASK_APPROVAL, project, now)
    shown = _digest_of_ready(project, now)
    permission.require(actor, Act.ASK_APPROVAL, project, now)
    if not queries.is_alone(actor, project):
        raise Wrong(mark("Der er en anden i afdelingen, der kan godkende. Bed om godkendelse i stedet."))
    if not reason.strip():
        raise Wrong(mark("Skriv, hvorfor du selv godkender. Det kommer til at stå i hvidbogen."))

    approval = _new(actor, project, shown, actor.person_id, now)
    approval.self_approved = True
    _answer(actor, approval, approved=True, words=reason, shown=shown, now=now)
    log.record(Act.APPROVE_REPORT, actor, approval, at=now, project_id=project.id, self_approved=True, digest=shown)
    return approval


def compile_digest(project: Project, now: datetime) -> str:
    """SHA-256 of the note as the leader reads it: the case rendition."""
    return digest(compile_paper(project, Rendition.CASE, now=now))


def token_of(approval: Approval) -> str:
    """The token of a leader's link; it is derived when needed and never stored."""
    return _token(approval.id)


@letters.provider("approval")
def _link(approval_id: int) -> dict[str, str]:
    """The leader's link, for the letter alone."""
    return {"link": letters.Secret(f"{current_app.config['BASE_URL']}/arbejde/godkend/{_token(approval_id)}")}


def _token(approval_id: int) -> str:
    return codes.link_token(f"approval:{approval_id}", 1)


def _digest_of_ready(project: Project, now: datetime) -> str:
    if blocking := [one for one in missing(project, now) if one.blocks]:
        raise NotReady(blocking)
    return compile_digest(project, now)


def _new(actor: Actor, project: Project, shown: str, of: int | None, now: datetime) -> Approval:
    approval = Approval(
        project_id=project.id,
        token_hash=f"not yet {uuid4().hex}",
        digest=shown,
        asked_by_id=actor.person_id,
        asked_of_id=of,
        asked_at=now,
    )
    db.session.add(approval)
    db.session.flush()
    approval.token_hash = codes.token_hash(token_of(approval))
    db.session.flush()
    return approval


def _answer(actor: Actor, approval: Approval, *, approved: bool, words: str, shown: str, now: datetime) -> None:
    approval.approved, approval.words = approved, words.strip()
    approval.answered_by_id, approval.answered_at = actor.person_id, now
    if approved:
        approval.digest = shown
        approve_all(actor, approval.project, now=now)
        _cover_newcomers(approval.project_id, now)
    db.session.flush()


def _cover_newcomers(project_id: int, now: datetime) -> None:
    """Points that moved under an answer that was approved before are now approved with it."""
    answers = answers_of(project_id)
    found = ((answers.of_point(point.id, point.contribution_id), point.id) for point in answers.points.values())
    stand = {(answer.id, point) for answer, point in found if answer is not None and answer.is_complete}
    if new := sorted(stand - answers.approved):
        there = AnswerPoint.answer_id.in_({answer for answer, _point in new})
        rows = db.session.execute(sa.select(AnswerPoint.answer_id, AnswerPoint.point_id).where(there))
        known = {(answer, point) for answer, point in rows}
        db.session.execute(
            sa.update(AnswerPoint).where(there, AnswerPoint.approved_at.is_(None)).values(approved_at=now)
        )
        db.session.add_all(
            AnswerPoint(answer_id=answer, point_id=point, approved_at=now)
            for answer, point in new
            if (answer, point) not in known
        )


def _tell_asker(actor: Actor, approval: Approval, now: datetime) -> None:
    asker = db.session.get(Person, approval.asked_by_id) if approval.asked_by_id is not None else None
    if asker is None:
        return
    letters.owe(
        "approval_answered",
        approval,
        to=asker.email,
        language=asker.language,
        at=now,
        project_id=approval.project_id,
        title=approval.project.title,
        answered_by=actor.name,
        approved=bool(approval.approved),
        words=approval.words,
        page=f"{current_app.config['BASE_URL']}/arbejde/projekter/{approval.project.slug}/rapport",
    )
