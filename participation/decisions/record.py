"""What a body decided is written down: its result and grounds, and what became of each answer (RP-26, RP-39, RP-49).

Facts are always recorded. What was against the law gets a warning and a correction entry in public.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from participation.contributions.model import Promise
from participation.decisions import law
from participation.decisions.model import AgendaItem, AnswerOutcome
from participation.decisions.queries import answers_before_the_body, is_last, needs_paper
from participation.decisions.schedule import check_lawful, follow_with, move_decision
from participation.foundation import clock, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.correct import told_correction
from participation.projects.model import Project, Step
from participation.projects.tell import tell_followers
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import FINAL, PromiseKind, StepResult
from participation.rules.outcomes import Outcome
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Results after which the same body meets again.
AGAIN = frozenset({StepResult.POSTPONED, StepResult.SENT_BACK})


class NotYetMet(Wrong):
    """A result is a fact, so it lies behind us."""

    def __init__(self) -> None:
        super().__init__(mark("Mødet har ikke været endnu. Skriv den dag, beslutningen blev truffet."))


class NotTheLastStep(Wrong):
    """A matter is settled at its last step."""

    def __init__(self) -> None:
        super().__init__(
            mark("Sagen skal videre til flere møder. Vælg anbefalet, eller tag de senere møder ud af planen først.")
        )


class GroundsMissing(Wrong):
    """A decision has its reason and its legal ground (RE-34, RE-35)."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv begrundelsen og lovgrundlaget for beslutningen."))


class PaperNotAttached(Wrong):
    """Nothing is decided before the white paper lies on the agenda (RP-35)."""

    def __init__(self) -> None:
        super().__init__(
            mark("Hvidbogen er ikke lagt ved. Læg den ved, eller sæt kryds ved, at der blev besluttet uden den.")
        )


class OutcomeMissing(Wrong):
    """Where it was not adopted as recommended, each answer has its own outcome."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv, hvad der blev besluttet for hvert svar, eller vælg vedtaget som indstillet."))


class DateMissing(Wrong):
    """Citizens are told when it comes again."""

    def __init__(self) -> None:
        super().__init__(mark("Skriv, hvornår sagen kommer igen. Borgerne får den nye dato at vide."))


class CorrectionMissing(Wrong):
    """What stands in public is put right in public (RP-28)."""

    def __init__(self) -> None:
        super().__init__(mark("Resultatet er skrevet ind. Skriv, hvad du retter og hvorfor, så alle kan se det."))


@dataclass(frozen=True)
class Result:
    """What a body decided.

    Attributes:
        as_recommended: "vedtaget som indstillet": every answer becomes what was recommended, save the exceptions.
        exceptions: outcome and words by the answer's id.
        next_on: when it comes again, where it was postponed or sent back.
        considered: the body had the white paper before it.
        without_paper: it decided without one; said plainly, and told in public.
        correction: what is put right and why, where a result stands already.
    """

    met_on: date
    result: StepResult
    grounds: str = ""
    legal_ground: str = ""
    votes: str = ""
    dissent: str = ""
    as_recommended: bool = True
    exceptions: Mapping[int, tuple[Outcome, str]] = field(default_factory=dict)
    next_on: date | None = None
    considered: bool = True
    without_paper: bool = False
    correction: str = ""


def record_result(actor: Actor, step: Step, result: Result, *, now: datetime) -> None:
    """Write down what a body decided. A final result settles the matter: each answer gets its outcome, and the days
    by which everybody is told begin to run.

    Raises:
        NotAllowed: the actor may not record this step; officers may where they decide by delegation.
        NotYetMet, NotTheLastStep, GroundsMissing, PaperNotAttached, OutcomeMissing, DateMissing, CorrectionMissing,
        NotLawful: see there.
    """
    permission.require(actor, Act.RECORD_DECISION, step, now)
    project, corrects = step.project, step.result is not None
    _check(step, result, now)

    step.met_on, step.result, step.recorded_at = result.met_on, result.result, now
    step.grounds, step.legal_ground = result.grounds, result.legal_ground
    step.votes, step.dissent = result.votes, result.dissent
    if result.considered:
        _consider(step, now)
    _tell_corrections(project, step, result, now)
    if result.result in FINAL:
        _settle(project, step, result, now)
    elif corrects:
        _unsettle(project)
    if result.result in AGAIN and result.next_on is not None and not corrects:
        _meet_again(project, step, result.next_on, now)
    db.session.flush()

    log.record(
        Act.RECORD_DECISION,
        actor,
        step,
        at=now,
        project_id=project.id,
        result=result.result,
        met_on=result.met_on,
        as_recommended=result.as_recommended if result.result in FINAL else None,
        exceptions=sorted(result.exceptions) or None,
        without_paper=result.without_paper or None,
        corrects=corrects or None,
    )


def _check(step: Step, result: Result, now: datetime) -> None:
    if step.result is not None and not result.correction.strip():
        raise CorrectionMissing
    if result.met_on > dates.local_day(now):
        raise NotYetMet
    if result.result in FINAL:
        if not is_last(step):
            raise NotTheLastStep
        if not (result.grounds.strip() and result.legal_ground.strip()):
            raise GroundsMissing
        if result.result is not StepResult.REJECTED and not result.as_recommended:
            waiting = {answer.id for answer in answers_before_the_body(step.project_id)}
            if waiting - set(result.exceptions):
                raise OutcomeMissing
    if result.result in AGAIN and step.result is None:
        if result.next_on is None or result.next_on <= result.met_on:
            raise DateMissing
        if is_last(step):
            check_lawful(step.project, result.next_on)
    if result.result not in AGAIN and needs_paper(step) and not result.without_paper:
        raise PaperNotAttached


def _consider(step: Step, now: datetime) -> None:
    """RP-35: it is written down that the body had the white paper before it."""
    db.session.execute(
        sa.update(AgendaItem)
        .where(AgendaItem.step_id == step.id, AgendaItem.considered_at.is_(None))
        .values(considered_at=now)
    )


def _tell_corrections(project: Project, step: Step, result: Result, now: datetime) -> None:
    """What was not as it should be is told in public (RP-28)."""
    words = [result.correction.strip()]
    if result.result in FINAL:
        found = law.findings(project, result.met_on, recorded=True)
        words += [law.in_public(finding, result.met_on) for finding in found]
    if result.without_paper:
        words.append(f"{step.body}: {_WITHOUT_PAPER}")
    if told := "\n\n".join(one for one in words if one):
        told_correction(project, told, now=now)


_WITHOUT_PAPER = mark("Sagen blev behandlet, uden at kommunens samlede svar lå ved dagsordenen.")


def _settle(project: Project, step: Step, result: Result, now: datetime) -> None:
    """The matter is decided: on every round that was announced, in every promise, for every answer."""
    decided_at = min(now, dates.local_day_end(result.met_on) - timedelta(microseconds=1))
    for round_ in project.rounds:
        if round_.announced_at is not None:
            round_.decided_at = decided_at
    _settle_promises(project, dates.local_day(decided_at), now)
    _settle_answers(project, step, result, now)
    if not result.correction:
        tell_followers(project, "decided", now=now, besides="feedback_letters")


def _settle_promises(project: Project, decided_on: date, now: datetime) -> None:
    """The decision has come; the days by which everybody is told begin to run (RL-47)."""
    mine = Promise.project_id == project.id
    db.session.execute(
        sa.update(Promise)
        .where(mine, Promise.kind == PromiseKind.DECISION, Promise.kept_at.is_(None))
        .values(kept_at=now)
    )
    feedback = sa.and_(mine, Promise.kind == PromiseKind.FEEDBACK, Promise.kept_at.is_(None))
    for days in db.session.scalars(sa.select(Promise.days_after).where(feedback).distinct()).all():
        due = dates.add_working_days(decided_on, days or 0, clock.closed)
        db.session.execute(sa.update(Promise).where(feedback, Promise.days_after == days).values(due_on=due))


def _settle_answers(project: Project, step: Step, result: Result, now: datetime) -> None:
    answers = [answer.id for answer in answers_before_the_body(project.id)]
    db.session.execute(sa.delete(AnswerOutcome).where(AnswerOutcome.answer_id.in_(answers)))
    default = Outcome.AS_RECOMMENDED if result.as_recommended and result.result is not StepResult.REJECTED else None
    settled = {key: result.exceptions.get(key, (default, "")) for key in answers}
    db.session.add_all(
        AnswerOutcome(answer_id=key, step_id=step.id, outcome=outcome, words=words, recorded_at=now)
        for key, (outcome, words) in settled.items()
        if outcome is not None
    )


def _unsettle(project: Project) -> None:
    """A result was put right and settles nothing any more."""
    for round_ in project.rounds:
        round_.decided_at = None
    mine = Promise.project_id == project.id
    db.session.execute(sa.update(Promise).where(mine, Promise.kind == PromiseKind.DECISION).values(kept_at=None))
    answers = [answer.id for answer in answers_before_the_body(project.id)]
    db.session.execute(sa.delete(AnswerOutcome).where(AnswerOutcome.answer_id.in_(answers)))


def _meet_again(project: Project, step: Step, next_on: date, now: datetime) -> None:
    was_last = is_last(step)
    follow_with(project, step, next_on)
    if was_last:
        words = _POSTPONED if step.result is StepResult.POSTPONED else _SENT_BACK
        move_decision(project, next_on, words % {"body": step.body}, now=now)


_POSTPONED = mark("%(body)s har udsat sagen.")
_SENT_BACK = mark("%(body)s har sendt sagen tilbage, så den skal ses igennem igen.")
