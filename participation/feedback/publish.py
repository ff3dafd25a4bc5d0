"""[Send til alle]: every contributor is told, in one act, what became of their words (RL-46, RL-47).

By e-mail, on paper where post was asked for, and by the code for all; late, hidden and anonymous ones too.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from participation.answers.queries import answers_of
from participation.contributions.model import Contact, Contribution, Promise
from participation.contributions.tell import tell_sender
from participation.contributions.tell_all import written_from
from participation.decisions.queries import final_step
from participation.feedback.model import Feedback
from participation.feedback.own import DAYS_TO_JUDGE
from participation.foundation import jobs, log, permission
from participation.foundation.db import begin_write, db, insert, settling
from participation.foundation.forms import Wrong
from participation.foundation.sums import summed
from participation.projects.model import Project
from participation.projects.tell import writes_to
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PromiseKind
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: How many letters are owed in one transaction, so that nobody waits long for the write lock.
CHUNK = 100
#: The letter by the way it goes; whoever has only the code looks at the page.
LETTERS = {"email": "feedback", "print": "feedback_print"}


class NotAnswered(Wrong):
    """Somebody would be told nothing: their contribution lacks an approved answer, and is named."""

    def __init__(self, numbers: tuple[int, ...]):
        super().__init__(
            mark("Nogle mangler et godkendt svar, så de kan ikke få besked endnu: nr. %(numbers)s.")
            % {"numbers": ", ".join(str(number) for number in numbers)}
        )
        self.numbers = numbers


class NobodyNew(Wrong):
    """Everybody has been told."""

    def __init__(self) -> None:
        super().__init__(mark("Alle har fået besked. Der er ingen nye at sende til."))


def publish_feedback(actor: Actor, project: Project, *, now: datetime) -> int:
    """Tell everybody who was not told yet; their promise is kept from this moment.

    Returns:
        How many are told now.

    Raises:
        NotAllowed: the actor may not work in this case, or it is not decided.
        NotAnswered: a contribution lacks its answer, named by number.
        NobodyNew: all have been told.
    """
    permission.require(actor, Act.PUBLISH_FEEDBACK, project, now)
    if numbers := lacking(project):
        raise NotAnswered(numbers)

    told = db.session.scalars(
        insert(Feedback)
        .from_select(["contribution_id", "project_id", "published_at", "channel"], _untold(project.id, now))
        .returning(Feedback.contribution_id)
    ).all()
    if not told:
        raise NobodyNew
    mine = sa.select(Feedback.contribution_id).where(Feedback.project_id == project.id)
    db.session.execute(
        sa.update(Promise)
        .where(
            Promise.kind == PromiseKind.FEEDBACK,
            Promise.kept_at.is_(None),
            Promise.contribution_id.in_(mine),
        )
        .values(kept_at=now)
    )
    db.session.flush()

    log.record(Act.PUBLISH_FEEDBACK, actor, project, at=now, project_id=project.id, count=len(told))
    jobs.owe("feedback_letters", {"project": project.id, "at": now.isoformat()}, at=now)
    return len(told)


def lacking(project: Project) -> tuple[int, ...]:
    """Numbers of contributions without an approved answer to each point; questions are told when they are answered."""

    def sum_up() -> dict[str, list[int]]:
        answers = answers_of(project.id)
        points = [point for point in [*answers.lacking(), *answers.unapproved()] if point.kind is not Kind.QUESTION]
        return {"numbers": sorted({point.number for point in points})}

    return tuple(summed(project.id, "lacking", project.last_number, sum_up)["numbers"])


def is_owed() -> sa.ColumnElement[bool]:
    """Which contributions are owed feedback: all but withdrawn ones, and questions, which have their answer."""
    return sa.and_(Contribution.handling != Handling.WITHDRAWN, Contribution.kind != Kind.QUESTION)


def way() -> sa.ColumnElement[str]:
    """How somebody can be told: "email", "print", or "code" where they can only look."""
    on_paper = sa.and_(Contact.wants_post.is_(True), Contact.address != "")
    return sa.case(
        (Contribution.disputed_at.is_not(None), "code"),
        (Contact.email != "", "email"),
        (on_paper, "print"),
        else_="code",
    )


def gets_letters() -> sa.ColumnElement[bool]:
    """Whose feedback goes by letter: to themselves, or as a copy to those who take part with them (RE-44, RE-45)."""
    accompanied = sa.exists().where(Contact.contribution_id == Feedback.contribution_id, Contact.is_accompanied)
    return sa.or_(Feedback.channel.in_(LETTERS), accompanied)


def _untold(project_id: int, now: datetime) -> sa.Select[int, int, datetime, str]:
    return (
        sa.select(
            Contribution.id,
            Contribution.project_id,
            sa.literal(now, Feedback.published_at.type),
            way(),
        )
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(
            Contribution.project_id == project_id,
            is_owed(),
            ~sa.exists().where(Feedback.contribution_id == Contribution.id),
        )
        .order_by(Contribution.id)
    )


@jobs.job("feedback_letters")
def feedback_letters(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Owe each the letter, a chunk at a time; a second run owes nothing twice."""
    project_id, at = arguments["project"], datetime.fromisoformat(arguments["at"])
    after = 0
    while True:
        with settling():
            begin_write()
            project = db.session.get_one(Project, project_id)
            step, found = final_step(project), _to_write(project_id, at, after)
            for told in found:
                tell_sender(
                    LETTERS.get(told.channel, "feedback"),  # by code alone: only those who take part get a copy
                    told.contribution,
                    at=now,
                    dedupe=f"feedback:{told.contribution_id}",
                    feedback=told.contribution_id,
                    decision=step.id if step is not None else None,
                    answer_by=dates.local_day(at) + timedelta(days=DAYS_TO_JUDGE),
                )
        if len(found) < CHUNK:
            return
        after = found[-1].contribution_id


@writes_to("feedback_letters")
def addresses(project_id: int, facts: Mapping[str, int]) -> sa.Select[str]:
    """The e-mail addresses of those who have had feedback: it tells the decision, and what it made of their words."""
    told = sa.select(Feedback.contribution_id).where(Feedback.project_id == project_id, Feedback.channel == "email")
    return written_from().where(Contribution.id.in_(told))


def _to_write(project_id: int, at: datetime, after: int) -> list[Feedback]:
    return list(
        db.session.scalars(
            sa.select(Feedback)
            .where(
                Feedback.project_id == project_id,
                Feedback.published_at == at,
                gets_letters(),
                Feedback.contribution_id > after,
            )
            .options(joinedload(Feedback.contribution).joinedload(Contribution.contact))
            .order_by(Feedback.contribution_id)
            .limit(CHUNK)
        )
    )
