"""The administration's remarks and recommendation are drafted: many at once, nothing half kept, nothing overwritten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from participation.answers.compare import owe_comparison
from participation.answers.keep import digest_of, keep_version
from participation.answers.model import Answer, AnswerPoint
from participation.contributions.model import Contribution, Point
from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.kinds import AnswerState, ApprovalRule, SpanKind
from participation.rules.outcomes import Recommendation, reason_missing
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.themes.model import Placement, Theme


class ReasonMissing(Wrong):
    """A no, a partly or a "not in this case" cannot be kept without its reason (FU-08, RE-35)."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv en begrundelse, når svaret er nej, delvist eller ikke kan afgøres i denne sag."))


class NobodyAssessed(Wrong):
    """A professional assessment has the name of the unit that gave it (RE-31)."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv, hvilken enhed der har givet den faglige vurdering."))


class Conflict(Wrong):
    """Somebody else has kept another version in the meantime; nothing was overwritten."""

    def __init__(self, answers: Sequence[Answer]):
        super().__init__(mark("En kollega har rettet det samme svar imens. Intet er overskrevet. Se begge udgaver."))
        self.answers = answers


@dataclass(frozen=True)
class Draft:
    """What a planner wrote about one thing.

    Attributes:
        about: a theme, a contribution or a point.
        version: the version the planner saw; 0 when there was no answer yet.
    """

    about: Theme | Contribution | Point
    words: str
    recommendation: Recommendation | None = None
    reason: str = ""
    alternative: str = ""
    professional_reason: str = ""
    assessed_by: str = ""
    passed_on_to: str = ""
    version: int = 0


def draft_answer(actor: Actor, draft: Draft, *, now: datetime) -> Answer | None:
    """Keep one draft; nothing is kept where nothing was written and nothing stood before.

    Raises:
        NotAllowed, ReasonMissing, Conflict: as for ``draft_answers``.
    """
    return next(iter(draft_answers(actor, draft.about.project, [draft], now=now)), None)


def draft_answers(actor: Actor, project: Project, drafts: Sequence[Draft], *, now: datetime) -> list[Answer]:
    """Keep a planner's drafts, all of them or none.

    An approved text that is edited becomes a draft again; one that is emptied is taken back, and the next answer in
    order stands for its points again. Where the department asks for no approval, a complete
    answer is approved at once for the points it stands for.

    Raises:
        NotAllowed: the actor may not answer in this case.
        ReasonMissing: a refusing recommendation has no reason.
        NobodyAssessed: a professional assessment has no unit.
        Conflict: a colleague kept another version since the planner read it.
    """
    permission.require(actor, Act.DRAFT_ANSWER, project, now)
    if any(draft.recommendation and reason_missing(draft.recommendation, draft.reason) for draft in drafts):
        raise ReasonMissing
    found = [(draft, answer_on(draft.about)) for draft in drafts]
    if any(_assessed_by_nobody(draft, answer) for draft, answer in found):
        raise NobodyAssessed
    if conflicts := [answer for draft, answer in found if answer is not None and _is_newer(answer, draft)]:
        raise Conflict(conflicts)

    kept = [_keep(actor, project, draft, answer, now) for draft, answer in found if not _same(draft, answer)]
    db.session.flush()
    for answer in kept:
        cover_points(answer)
        if project.department.approval is ApprovalRule.NONE and answer.is_complete:
            approve(answer, actor, now)
    db.session.flush()

    if kept:
        log.record(
            Act.DRAFT_ANSWER,
            actor,
            project,
            at=now,
            project_id=project.id,
            digest=digest_of(kept),
            answers=[answer.id for answer in kept],
            versions=[answer.version for answer in kept],
        )
        owe_comparison(project, now=now)
    now_kept = [answer_on(draft.about) for draft in drafts]
    return [answer for answer in now_kept if answer is not None]


def cover_points(answer: Answer) -> None:
    """Write down which points the answer stands for; a point that moves in later is "ikke godkendt endnu"."""
    wanted = set(points_of(answer))
    held = set(db.session.scalars(sa.select(AnswerPoint.point_id).where(AnswerPoint.answer_id == answer.id)))
    gone = held - wanted
    if gone:
        db.session.execute(
            sa.delete(AnswerPoint).where(AnswerPoint.answer_id == answer.id, AnswerPoint.point_id.in_(gone))
        )
    db.session.add_all(AnswerPoint(answer_id=answer.id, point_id=point) for point in sorted(wanted - held))


def approve(answer: Answer, actor: Actor, now: datetime) -> None:
    """Mark an answer as approved for the points it stands for now. The verbs ask the policy first."""
    answer.state = AnswerState.APPROVED
    answer.approved_at, answer.approved_by_id = now, actor.person_id
    db.session.flush()
    db.session.execute(
        sa.update(AnswerPoint)
        .where(AnswerPoint.answer_id == answer.id, AnswerPoint.approved_at.is_(None))
        .values(approved_at=now)
    )


def points_of(answer: Answer) -> Iterable[int]:
    """The points that an answer speaks to as things stand."""
    if answer.state is AnswerState.WITHDRAWN:
        return []
    live = sa.select(Point.id).where(Point.retired_at.is_(None), Point.kind == SpanKind.SAID)
    if answer.point_id is not None:
        return [answer.point_id]
    if answer.contribution_id is not None:
        return db.session.scalars(live.where(Point.contribution_id == answer.contribution_id))
    beneath = sa.select(Theme.id).where(Theme.parent_id == answer.theme_id)
    return db.session.scalars(
        live.join(Placement, Placement.point_id == Point.id).where(
            sa.or_(Placement.theme_id == answer.theme_id, Placement.theme_id.in_(beneath))
        )
    )


def answer_on(about: Theme | Contribution | Point) -> Answer | None:
    """The answer written about this very thing, also one that was taken back."""
    return db.session.scalar(sa.select(Answer).where(_column(about) == about.id))


def _column(about: Theme | Contribution | Point) -> sa.orm.InstrumentedAttribute[int | None]:
    if isinstance(about, Theme):
        return Answer.theme_id
    return Answer.contribution_id if isinstance(about, Contribution) else Answer.point_id


def _same(draft: Draft, answer: Answer | None) -> bool:
    """Whether there is nothing to keep: no text where there was none, or the same text again."""
    if answer is None:
        return not (draft.words.strip() or draft.recommendation or draft.reason.strip())
    return (
        answer.words,
        answer.recommendation,
        answer.reason,
        answer.alternative,
        answer.professional_reason,
        answer.assessed_by,
        answer.passed_on_to,
    ) == (
        draft.words,
        draft.recommendation,
        draft.reason,
        draft.alternative,
        draft.professional_reason,
        draft.assessed_by,
        draft.passed_on_to,
    )


def _is_newer(answer: Answer, draft: Draft) -> bool:
    """Whether a colleague kept another version since; one that was taken back is none for who has seen none."""
    return answer.version != draft.version and not (answer.state is AnswerState.WITHDRAWN and draft.version == 0)


def _assessed_by_nobody(draft: Draft, answer: Answer | None) -> bool:
    """Whether a new professional assessment lacks its unit."""
    if not draft.professional_reason.strip() or draft.assessed_by.strip():
        return False
    return answer is None or answer.professional_reason != draft.professional_reason or bool(answer.assessed_by)


def _mark_read(actor: Actor, about: Theme | Contribution | Point, now: datetime) -> None:
    """Whoever answers has read it."""
    contribution = about.contribution if isinstance(about, Point) else about
    if isinstance(contribution, Contribution) and contribution.read_at is None:
        contribution.read_at, contribution.read_by_id = now, actor.person_id


def _keep(actor: Actor, project: Project, draft: Draft, answer: Answer | None, now: datetime) -> Answer:
    if answer is None:
        answer = Answer(project_id=project.id, version=0)
        setattr(answer, _column(draft.about).key, draft.about.id)
        db.session.add(answer)
    answer.version += 1
    answer.words, answer.recommendation, answer.reason = draft.words, draft.recommendation, draft.reason
    answer.alternative, answer.professional_reason = draft.alternative, draft.professional_reason
    answer.assessed_by, answer.passed_on_to = draft.assessed_by, draft.passed_on_to
    answer.state = AnswerState.WITHDRAWN if answer.says_nothing else AnswerState.DRAFT
    answer.approved_at, answer.approved_by_id = None, None
    answer.written_by_id, answer.written_at = actor.person_id, now
    _mark_read(actor, draft.about, now)
    db.session.flush()
    db.session.execute(sa.update(AnswerPoint).where(AnswerPoint.answer_id == answer.id).values(approved_at=None))
    keep_version(answer)
    return answer
