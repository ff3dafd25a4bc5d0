"""A citizen's question is answered, to the citizen and, when it helps others, on the page."""

from datetime import datetime

import sqlalchemy as sa

from participation.answers.draft import approve, cover_points
from participation.answers.keep import digest_of, keep_version
from participation.answers.model import Answer
from participation.contributions.model import Contribution, Promise
from participation.contributions.register import answers_at_once
from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.rules.acts import Act
from participation.rules.handling import Handling, step
from participation.rules.kinds import Kind, PromiseKind
from participation.rules.outcomes import PREFILLED, Recommendation
from participation.rules.plain import mark
from participation.rules.policy import Actor


def answer_question(actor: Actor, question: Contribution, words: str, *, publish: bool, now: datetime) -> Answer:
    """Answer a question at once: the asker is told, the promise is kept, and others may read it (RP-17).

    Args:
        publish: show question and answer on the project's page, without the asker's name.

    Raises:
        NotAllowed: the actor may not answer in this case.
        Wrong: it is no question, or the answer is empty.
    """
    permission.require(actor, Act.ANSWER_QUESTION, question, now)
    if question.kind is not Kind.QUESTION:
        raise Wrong(mark("Det er ikke et spørgsmål. Svar på det i tabellen med høringssvar."))
    if not words.strip():
        raise Wrong(mark("Skriv et svar, før du sender det."))

    answer = db.session.scalar(sa.select(Answer).where(Answer.contribution_id == question.id))
    first = answer is None
    if answer is None:
        answer = Answer(project_id=question.project_id, contribution_id=question.id, version=0)
        db.session.add(answer)
    answer.words, answer.recommendation = words.strip(), Recommendation.ANSWERED
    answer.reason = PREFILLED[Recommendation.ANSWERED]
    answer.version += 1
    answer.written_by_id, answer.written_at = actor.person_id, now
    question.read_at = question.read_at or now
    db.session.flush()
    keep_version(answer)
    cover_points(answer)
    approve(answer, actor, now)
    if publish and not question.held_back and question.handling is Handling.RECEIVED:
        question.handling = step(question.handling, Handling.PUBLISHED)
        question.published_at = now
        question.project.published_count = Project.published_count + 1
    db.session.execute(
        sa.update(Promise)
        .where(
            Promise.contribution_id == question.id,
            Promise.kind == PromiseKind.QUESTION_ANSWER,
            Promise.kept_at.is_(None),
        )
        .values(kept_at=now)
    )
    db.session.flush()

    log.record(
        Act.ANSWER_QUESTION,
        actor,
        question,
        at=now,
        project_id=question.project_id,
        digest=digest_of([answer]),
        answers=[answer.id],
        versions=[answer.version],
        published=publish,
        first=first,
    )
    if question.contact is not None and question.contact.email:
        letters.owe(
            "question_answered",
            question,
            to=question.contact.email,
            language=question.language,
            at=now,
            project_id=question.project_id,
            dedupe=f"question_answered:{answer.id}:{answer.version}",
            contribution=question.id,
        )
    return answer


@answers_at_once
def _answer_at_once(actor: Actor, question: Contribution, words: str, now: datetime) -> None:
    """What an officer said on the telephone is the answer (RP-16)."""
    answer_question(actor, question, words, publish=False, now=now)
