"""A contributor's own page: where their words are now, and point by point what became of them (RP-42, RL-46).

What the municipality says is shown once the white paper is out, what was decided once it is decided, and how to
complain once the decision has been announced. The number of queries is the same for a line and for a long letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload

from participation.answers.model import Answer, AnswerPoint, Change, ChangeAnswer, stands
from participation.contributions import queries
from participation.contributions.ladder import steps_of
from participation.contributions.model import Contribution, Moderation, Point, Promise
from participation.contributions.story import after_decision
from participation.decisions.model import AnswerOutcome
from participation.decisions.queries import complaint_words, final_step
from participation.feedback.model import Feedback, Verdict
from participation.foundation import clock
from participation.foundation.db import db
from participation.projects.model import Step
from participation.rules import dates, policy
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PromiseKind, SpanKind, TextSource
from participation.rules.outcomes import Outcome, Recommendation, settled
from participation.rules.phases import Arrival, Phase
from participation.rules.policy import Actor
from participation.themes.model import Placement, Theme

#: How long a contributor can say whether it was an answer, in days after the feedback.
DAYS_TO_JUDGE = 14


@dataclass(frozen=True)
class Said:
    """One thing that somebody said, and what became of it.

    Attributes:
        apart: the heading that they gave it, where it was said apart from the rest.
        alike: how many points speak of the same topic, this one among them; 0 where there is no topic.
        answer: the approved answer, once it may be shown.
    """

    quote: str
    apart: TextSource | None = None
    topic: str = ""
    alike: int = 0
    answer: Answer | None = None
    outcome: Outcome | None = None
    outcome_words: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def settled(self) -> Outcome | Recommendation | None:
        """The word of the badge: what was decided, else what is recommended."""
        if self.answer is None or self.answer.recommendation is None:
            return None
        return settled(self.outcome, self.answer.recommendation) if self.outcome else self.answer.recommendation


@dataclass(frozen=True)
class Mark:
    """A mark on the line from "Modtaget" to the feedback."""

    name: str
    when: str
    state: Literal["done", "now", "coming"]


@dataclass(frozen=True)
class Own:
    """Everything on the page of one contributor.

    Attributes:
        points: their words in order; a contribution that was not split is one point.
        decision: the step that settled the matter, once it has.
        complaint: how to complain, only when the decision has been announced.
        steps: what we did on the ladder of moderation, oldest first.
        judge_until: the last day to say whether it was an answer; nothing when that cannot be said now.
    """

    contribution: Contribution
    phase: Phase
    line: tuple[Mark, ...]
    points: tuple[Said, ...]
    promises: Sequence[Promise]
    decision: Step | None = None
    complaint: str = ""
    feedback: Feedback | None = None
    verdict: Verdict | None = None
    judge_until: date | None = None
    can_correct: bool = False
    can_withdraw: bool = False
    steps: Sequence[Moderation] = ()

    @property
    def is_answered(self) -> bool:
        """Whether the municipality's answers may be shown."""
        return any(point.answer is not None for point in self.points)


def own_page(actor: Actor, contribution_id: int, now: datetime) -> Own:
    """The page of one contributor, as it stands now. The view asks the policy whether the actor holds it.

    Raises:
        NotFound: there is no such contribution.
    """
    contribution = queries.own(contribution_id)
    promises = queries.promises_of(contribution)
    phase = contribution.phase(now)
    decision = final_step(contribution.project)
    told, verdict = _told(contribution_id)
    withdrawn = contribution.handling is Handling.WITHDRAWN
    may_judge = told is not None and verdict is None and not withdrawn and phase in (Phase.DECIDED, Phase.CLOSED)
    last = last_day_to_judge(told) if told is not None else None
    return Own(
        contribution=contribution,
        phase=phase,
        line=line(contribution, promises, told),
        points=tuple(points_of(contribution)),
        promises=promises,
        decision=decision,
        complaint=complaint_words(decision),
        feedback=told,
        verdict=verdict,
        judge_until=last if may_judge and last is not None and dates.local_day(now) <= last else None,
        can_correct=not withdrawn and policy.refusal(actor, Act.CORRECT_CONTRIBUTION, contribution, now) is None,
        steps=steps_of(contribution_id),
        can_withdraw=not withdrawn and policy.refusal(actor, Act.WITHDRAW_CONTRIBUTION, contribution, now) is None,
    )


def last_day_to_judge(told: Feedback) -> date:
    """The last day on which a contributor can say whether it was an answer (FU-22)."""
    return dates.local_day(told.published_at) + timedelta(days=DAYS_TO_JUDGE)


def _told(contribution_id: int) -> tuple[Feedback | None, Verdict | None]:
    row = db.session.execute(
        sa.select(Feedback, Verdict)
        .outerjoin(Verdict, Verdict.contribution_id == Feedback.contribution_id)
        .where(Feedback.contribution_id == contribution_id)
    ).first()
    return (row[0], row[1]) if row is not None else (None, None)


# -- point by point ---------------------------------------------------------------------------------------------------


def points_of(contribution: Contribution) -> list[Said]:
    """The contributor's points with topic, answer, outcome and change, as far as they may be told now."""
    own = [point for point in contribution.points if point.kind is SpanKind.SAID]
    if not may_be_told(contribution):
        return [Said(quote=_quote(contribution, point, own), apart=point.apart) for point in own]
    if contribution.duplicate_of_id is not None:
        return _as_the_other(contribution)
    homes = _homes(own)
    answers, outcomes = _answers(contribution, own, homes)
    approved = _approved(own)
    changes = _changes(answers)
    found = []
    for point in own:
        theme = homes.get(point.id)
        answer = next(
            (one for one in _in_order(answers, point, theme) if (one.id, point.id) in approved and one.is_complete),
            None,
        )
        settled_as = outcomes.get(answer.id) if answer is not None else None
        found.append(
            Said(
                quote=_quote(contribution, point, own),
                apart=point.apart,
                topic=theme.title if theme is not None else "",
                alike=theme.point_count if theme is not None else 0,
                answer=answer,
                outcome=settled_as.outcome if settled_as is not None else None,
                outcome_words=settled_as.words if settled_as is not None else "",
                changes=tuple(changes.get(answer.id, ())) if answer is not None else (),
            )
        )
    return found


def _as_the_other(contribution: Contribution) -> list[Said]:
    """The same letter was sent twice: the answers to the other one, whose words are not quoted here."""
    other = points_of(queries.own(contribution.duplicate_of_id or 0))
    first = replace(other[0], quote=contribution.words) if other else Said(quote=contribution.words)
    return [first, *(replace(said, quote="") for said in other[1:])]


def may_be_told(contribution: Contribution) -> bool:
    """A question's answer is told at once; all else when the white paper is out, also where a later round made it."""
    if contribution.kind is Kind.QUESTION:
        return True
    last = contribution.project.round
    return contribution.round.reported_at is not None or (last is not None and last.reported_at is not None)


def _quote(contribution: Contribution, point: Point, own: Sequence[Point]) -> str:
    """The words of the point; a letter that was not split, or that only a file tells, is quoted whole."""
    return (contribution.words if len(own) == 1 else "") or point.words


def _homes(points: Sequence[Point]) -> dict[int, Theme]:
    rows = db.session.execute(
        sa.select(Placement.point_id, Theme)
        .join(Theme, Theme.id == Placement.theme_id)
        .where(Placement.point_id.in_([point.id for point in points]), Theme.retired_at.is_(None))
        .options(lazyload(Theme.project))
    )
    return dict(iter(rows))


def _answers(
    contribution: Contribution, points: Sequence[Point], homes: dict[int, Theme]
) -> tuple[list[Answer], dict[int, AnswerOutcome]]:
    themes = {key for theme in homes.values() for key in (theme.id, theme.parent_id) if key is not None}
    rows = db.session.execute(
        sa.select(Answer, AnswerOutcome)
        .outerjoin(AnswerOutcome, AnswerOutcome.answer_id == Answer.id)
        .where(
            sa.or_(
                Answer.point_id.in_([point.id for point in points]),
                Answer.contribution_id == contribution.id,
                Answer.theme_id.in_(themes),
            ),
            stands(),
        )
        .options(lazyload(Answer.project))
    ).all()
    return [row[0] for row in rows], {row[0].id: row[1] for row in rows if row[1] is not None}


def _in_order(answers: Sequence[Answer], point: Point, theme: Theme | None) -> list[Answer]:
    """The answers that speak to a point: its own first, then its contribution's, then its topic's."""
    places = [
        [one for one in answers if one.point_id == point.id],
        [one for one in answers if one.contribution_id == point.contribution_id],
        [one for one in answers if theme is not None and one.theme_id == theme.id],
        [one for one in answers if theme is not None and one.theme_id and one.theme_id == theme.parent_id],
    ]
    return [one for place in places for one in place]


def _approved(points: Sequence[Point]) -> set[tuple[int, int]]:
    rows = db.session.execute(
        sa.select(AnswerPoint.answer_id, AnswerPoint.point_id).where(
            AnswerPoint.point_id.in_([point.id for point in points]), AnswerPoint.approved_at.is_not(None)
        )
    )
    return {(row.answer_id, row.point_id) for row in rows}


def _changes(answers: Sequence[Answer]) -> dict[int, list[Change]]:
    rows = db.session.execute(
        sa.select(ChangeAnswer.answer_id, Change)
        .join(Change, Change.id == ChangeAnswer.change_id)
        .where(ChangeAnswer.answer_id.in_([answer.id for answer in answers]), Change.retired_at.is_(None))
        .order_by(Change.position, Change.id)
        .options(lazyload(Change.project))
    )
    found: dict[int, list[Change]] = {}
    for answer_id, change in rows:
        found.setdefault(answer_id, []).append(change)
    return found


# -- where it is now --------------------------------------------------------------------------------------------------


def line(contribution: Contribution, promises: Sequence[Promise], told: Feedback | None) -> tuple[Mark, ...]:
    """Modtaget, læst, kommunens svar, beslutning, besked: what is done with its day, and when the rest is expected."""
    round_ = contribution.round
    due = {promise.kind: promise.moved_to or promise.due_on for promise in promises}
    marks: list[tuple[str, datetime | None, str]] = [
        (_("Modtaget"), contribution.received_at, ""),
        (_("Læst") if contribution.read_at else _("Vi læser det"), contribution.read_at, ""),
    ]
    if PromiseKind.QUESTION_ANSWER in due:
        kept = next((one.kept_at for one in promises if one.kind is PromiseKind.QUESTION_ANSWER), None)
        by = _("senest %(day)s", day=clock.short_day(due[PromiseKind.QUESTION_ANSWER]))
        marks.append((_("Kommunens svar"), kept, by))
    elif contribution.arrival is Arrival.AFTER_DECISION:
        marks.append((_("Svar fra kommunen"), told.published_at if told else None, ""))
    else:
        decided = _("Besluttet") if round_.decided_at else _("Beslutning")
        days = next((one.days_after for one in promises if one.kind is PromiseKind.FEEDBACK), None)
        if due.get(PromiseKind.FEEDBACK):
            last = _("senest %(day)s", day=clock.short_day(due[PromiseKind.FEEDBACK]))
        else:
            last = after_decision(days) if days else ""
        marks += [
            (_("Kommunens svar"), round_.reported_at, _expected(due.get(PromiseKind.REPORT) or round_.report_on)),
            (decided, round_.decided_at, _expected(due.get(PromiseKind.DECISION) or round_.decision_on)),
            (_("Besked til dig"), told.published_at if told else None, last),
        ]
    here = next((place for place, mark in enumerate(marks) if mark[1] is None), len(marks))
    return tuple(
        Mark(name, clock.short_day(done) or when, "done" if done else "now" if place == here else "coming")
        for place, (name, done, when) in enumerate(marks)
    )


def _expected(day: date | None) -> str:
    return _("forventet %(day)s", day=clock.short_day(day)) if day is not None else ""
