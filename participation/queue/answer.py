"""Many points are given the same answer in one act, each its own; what stands already is left, unless it is asked for.

A fixed number of statements, however many points there are. Undoing writes a new version of each answer: what it said
before, or nothing where it said nothing, so that the answer of its theme or contribution stands for it again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from participation.answers.compare import owe_comparison
from participation.answers.draft import ReasonMissing
from participation.answers.keep import digest_of
from participation.answers.model import Answer, AnswerPoint, AnswerVersion, ChangeAnswer, stands
from participation.contributions.model import Point
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.queue.chosen import NOTHING, Chosen
from participation.queue.model import Batch, BatchPoint
from participation.queue.wanted import answered
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState, ApprovalRule
from participation.rules.outcomes import Recommendation, reason_missing
from participation.rules.plain import mark
from participation.rules.policy import Actor

_Own = aliased(Answer, name="own_answer")
_SAID = ("words", "recommendation", "reason", "alternative", "professional_reason", "assessed_by", "passed_on_to")


@dataclass(frozen=True)
class Said:
    """What an answer says."""

    words: str = ""
    recommendation: Recommendation | None = None
    reason: str = ""
    alternative: str = ""
    professional_reason: str = ""
    assessed_by: str = ""
    passed_on_to: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether it says something and recommends something."""
        return bool(self.words.strip()) and self.recommendation is not None


@dataclass(frozen=True)
class AnswerEffect:
    """What answering many would do, before it is done.

    Attributes:
        bare: points without any answer; they always get it.
        shared: points answered by their theme's or contribution's answer.
        drafts: points with an own answer that nobody has approved.
        locked: points with an own answer that the leader has approved; they are never changed by many.
        last: the last point it is about.
        seen: the last version of an answer there was; what a colleague writes later is left.
    """

    bare: int
    shared: int
    drafts: int
    locked: int
    last: int
    seen: int

    @property
    def total(self) -> int:
        """How many points were chosen."""
        return self.bare + self.shared + self.drafts + self.locked


def answer_effect(project: Project, chosen: Chosen, today: date) -> AnswerEffect:
    """What answering points would do, and what they have already."""
    points = _with_own(chosen.points(project.id, today))
    kinds = points.add_columns(_locked(project).label("locked"), _Own.id.label("own"), answered().label("answered"))
    each = kinds.subquery()

    def count(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*where), 1), else_=0)), 0)

    none = each.c.own.is_(None)
    bare, shared, drafts, locked, last = db.session.execute(
        sa.select(
            count(none, ~each.c.answered),
            count(none, each.c.answered),
            count(~none, ~each.c.locked),
            count(~none, each.c.locked),
            sa.func.max(each.c.id),
        )
    ).one()
    seen = db.session.scalar(sa.select(sa.func.max(AnswerVersion.id))) or 0
    return AnswerEffect(bare, shared, drafts, locked, last or 0, seen)


def answer_points(
    actor: Actor, project: Project, chosen: Chosen, said: Said, *, replace: bool, seen: int | None, now: datetime
) -> Batch:
    """Give each of many points the same answer of its own (RE-08), as one act that can be undone.

    Points that have an answer keep it. With ``replace`` they get this one instead, save those whose own answer the
    leader has approved, or a colleague wrote since the effect was shown. Nothing is marked as read by it.

    Args:
        seen: `AnswerEffect.seen`, as it was shown; None where the effect was not.

    Raises:
        NotAllowed: the actor may not answer in this case.
        Wrong: it says nothing, or there is no point to give it to.
        ReasonMissing: it refuses without a reason.
    """
    permission.require(actor, Act.DRAFT_ANSWER, project, now)
    if not said.is_complete:
        raise Wrong(mark("Skriv, hvad vi svarer, og vælg en indstilling."))
    if said.recommendation is not None and reason_missing(said.recommendation, said.reason):
        raise ReasonMissing

    batch = chosen.batch(project, Act.DRAFT_ANSWER, actor, now)
    db.session.add(batch)
    db.session.flush()
    meant = _with_own(chosen.points(project.id, dates.local_day(now))).where(_free(project, replace, seen))
    _keep_points(batch, meant)
    before = _before(batch)
    held = {point: (key, version) for point, key, version in before if key is not None}
    bare = [point for point, key, _version in before if key is None]
    given = asdict(said) | _mark(project, said, actor, now)
    if bare:
        new = {"project_id": project.id, "version": 1, **given}
        db.session.execute(sa.insert(Answer), [{**new, "point_id": point} for point in bare])
    _write([{"id": key, "version": version + 1, **given} for key, version in held.values()])
    kept = _kept(batch)
    _keep_versions([(key, version, said) for key, version in kept], actor, now)
    covered = sa.select(AnswerPoint.point_id).where(AnswerPoint.answer_id == Answer.id)
    fresh = sa.select(Answer.id, Answer.point_id).where(Answer.point_id.in_(_points(batch)), ~covered.exists())
    db.session.execute(sa.insert(AnswerPoint).from_select(["answer_id", "point_id"], fresh))
    _approve(batch, now)
    batch.total = len(kept)
    db.session.flush()
    db.session.expire_all()

    _record(actor, project, batch, [(*one, said) for one in kept], now)
    return batch


def take_back_answers(actor: Actor, batch: Batch, now: datetime) -> None:
    """Undo the answers of an act; the verb has asked the policy. What was changed, approved or cited since is left."""
    project = batch.project
    _leave_touched(batch)
    earlier = _earlier(batch)
    back = [(key, version + 1, earlier.get(key, Said())) for key, version in _kept(batch)]
    _write(
        [
            {"id": key, "version": version, **asdict(said), **_mark(project, said, actor, now)}
            for key, version, said in back
        ]
    )
    _keep_versions(back, actor, now)
    gone = sa.select(Answer.id).where(Answer.point_id.in_(_points(batch)), ~stands())
    db.session.execute(sa.delete(AnswerPoint).where(AnswerPoint.answer_id.in_(gone)))
    _approve(batch, now)
    db.session.flush()
    db.session.expire_all()

    _record(actor, project, batch, back, now, undone=True, left=batch.total - len(back))


def answer_of(batch: Batch) -> AnswerVersion | None:
    """What the points of an act were answered."""
    return db.session.scalar(
        sa.select(AnswerVersion)
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .join(BatchPoint, BatchPoint.point_id == Answer.point_id)
        .where(BatchPoint.batch_id == batch.id, AnswerVersion.version == BatchPoint.before_version + 1)
        .limit(1)
    )


def _with_own(points: sa.Select[int]) -> sa.Select[Any]:
    return points.outerjoin(_Own, sa.and_(_Own.point_id == Point.id, stands(_Own)))


def _locked(project: Project) -> sa.ColumnElement[bool]:
    """Whether the leader has approved it; where nobody has to, all that is complete counts as approved."""
    if project.department.approval is ApprovalRule.NONE:
        return sa.false()
    return sa.func.coalesce(_Own.state, AnswerState.DRAFT) == AnswerState.APPROVED


def _free(project: Project, replace: bool, seen: int | None) -> sa.ColumnElement[bool]:
    """Whether a point may be given the answer."""
    if not replace:
        return sa.and_(_Own.id.is_(None), ~answered())
    newer = sa.exists().where(AnswerVersion.answer_id == _Own.id, AnswerVersion.id > (seen or 0))
    return sa.and_(~_locked(project), ~newer) if seen is not None else ~_locked(project)


def _keep_points(batch: Batch, meant: sa.Select[Any]) -> None:
    """Write down the points, and which version each one's own answer had, also where it was taken back."""
    version = sa.select(Answer.version).where(Answer.point_id == Point.id).correlate(Point).scalar_subquery()
    rows = meant.with_only_columns(
        sa.literal(batch.id), Point.id, sa.func.coalesce(version, 0), maintain_column_froms=True
    )
    db.session.execute(sa.insert(BatchPoint).from_select(["batch_id", "point_id", "before_version"], rows))
    if not db.session.scalar(sa.select(sa.exists(_points(batch)))):
        raise Wrong(NOTHING)


def _points(batch: Batch) -> sa.Select[int]:
    """Its points, without those whose answer stays."""
    return sa.select(BatchPoint.point_id).where(BatchPoint.batch_id == batch.id, BatchPoint.stays.is_(None))


def _before(batch: Batch) -> Sequence[Any]:
    return db.session.execute(
        sa.select(BatchPoint.point_id, Answer.id, Answer.version)
        .outerjoin(Answer, Answer.point_id == BatchPoint.point_id)
        .where(BatchPoint.batch_id == batch.id)
        .order_by(BatchPoint.point_id)
    ).all()


def _kept(batch: Batch) -> list[tuple[int, int]]:
    rows = sa.select(Answer.id, Answer.version).where(Answer.point_id.in_(_points(batch))).order_by(Answer.id)
    return [(key, version) for key, version in db.session.execute(rows)]


def _leave_touched(batch: Batch) -> None:
    """Mark the points whose answer is no longer as the act left it: changed, approved, or the cause of a change."""
    cited = sa.exists().where(ChangeAnswer.answer_id == Answer.id)
    touched = sa.or_(Answer.version != BatchPoint.before_version + 1, cited)
    if batch.project.department.approval is not ApprovalRule.NONE:
        touched = sa.or_(touched, Answer.state == AnswerState.APPROVED)
    answer = sa.exists().where(Answer.point_id == BatchPoint.point_id, touched)
    update = sa.update(BatchPoint).where(BatchPoint.batch_id == batch.id, answer).values(stays=True)
    db.session.execute(update.execution_options(synchronize_session=False))


def _earlier(batch: Batch) -> dict[int, Said]:
    columns = (getattr(AnswerVersion, name) for name in _SAID)
    rows = db.session.execute(
        sa.select(AnswerVersion.answer_id, *columns)
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .join(BatchPoint, BatchPoint.point_id == Answer.point_id)
        .where(BatchPoint.batch_id == batch.id, AnswerVersion.version == BatchPoint.before_version)
    )
    return {row[0]: Said(*row[1:]) for row in rows}


def _mark(project: Project, said: Said, actor: Actor, now: datetime) -> dict[str, Any]:
    """How far an answer has come that says this, and who wrote it."""
    approved = said.is_complete and project.department.approval is ApprovalRule.NONE
    state = AnswerState.APPROVED if approved else AnswerState.DRAFT
    return {
        "state": AnswerState.WITHDRAWN if said == Said() else state,
        "written_by_id": actor.person_id,
        "written_at": now,
        "approved_by_id": actor.person_id if approved else None,
        "approved_at": now if approved else None,
    }


def _write(rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(sa.update(Answer), rows)


def _keep_versions(rows: Sequence[tuple[int, int, Said]], actor: Actor, now: datetime) -> None:
    by = {"written_by_id": actor.person_id, "written_at": now}
    versions = [{"answer_id": key, "version": version, **asdict(said), **by} for key, version, said in rows]
    if versions:
        db.session.execute(sa.insert(AnswerVersion), versions)


def _approve(batch: Batch, now: datetime) -> None:
    """Where the department asks for no approval, an answer is approved at once for its point; else for none."""
    for state, at in ((AnswerState.APPROVED, now), (AnswerState.DRAFT, None)):
        mine = sa.select(Answer.id).where(Answer.point_id.in_(_points(batch)), Answer.state == state)
        update = sa.update(AnswerPoint).where(AnswerPoint.answer_id.in_(mine)).values(approved_at=at)
        db.session.execute(update.execution_options(synchronize_session=False))


def _record(
    actor: Actor, project: Project, batch: Batch, kept: Sequence[tuple[int, int, Said]], now: datetime, **facts: Any
) -> None:
    log.record(
        Act.DRAFT_ANSWER,
        actor,
        project,
        at=now,
        project_id=project.id,
        digest=digest_of([said for _key, _version, said in kept]),
        answers=[key for key, _version, _said in kept],
        versions=[version for _key, version, _said in kept],
        batch=batch.id,
        count=len(kept),
        **facts,
    )
    owe_comparison(project, now=now)
