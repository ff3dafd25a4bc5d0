"""What staff may read of feedback: who was told and how, what could not be delivered, and what keeps a case open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.answers.gates import Missing
from participation.answers.model import Answer
from participation.contributions.model import Contact, Contribution
from participation.decisions.queries import about, about_loaded, follow_ups
from participation.feedback.model import Feedback, Lesson, Verdict
from participation.feedback.publish import LETTERS, is_owed, lacking, way
from participation.foundation.db import db, get_or_404
from participation.foundation.model import Letter
from participation.foundation.sums import summed
from participation.projects.model import Project
from participation.rules.handling import OWED
from participation.rules.kinds import AnswerState, CaseType, Kind
from participation.rules.levels import Level
from participation.rules.plain import mark

#: The one gap that the form for closing can mend itself: "der er ingen opfølgning".
NO_FOLLOW_UP = "no-follow-up"
#: How many lessons stand on one page.
LESSONS = 25
#: How many answers a follow-up can be said to come of.
OFFERED = 200
#: How many numbers a sentence names before it says that there are more.
NAMED = 20


@dataclass(frozen=True)
class Telling:
    """How far the telling has come.

    Attributes:
        untold: how many are still to be told, by the way they can be reached.
        told: how many were told, by the way they were.
        sent: letters that went by e-mail or post.
        waiting: letters on their way, and such as are still to be written.
        failed: letters that could not be delivered.
        to_print: letters on paper that wait for the printer.
        first: a contribution to show a preview for.
    """

    untold: dict[str, int]
    told: dict[str, int]
    sent: int
    failed: int
    to_print: int
    first: int | None

    @property
    def waiting(self) -> int:
        """Letters that are owed and neither sent nor failed nor waiting for the printer."""
        by_letter = self.told.get("email", 0) + self.told.get("print", 0)
        return max(by_letter - self.sent - self.failed - self.to_print, 0)


def telling(project: Project) -> Telling:
    """How far the telling has come, in four queries."""
    project_id = project.id
    untold = summed(project_id, "untold", project.last_number, lambda: _untold_by_way(project_id))
    told = db.session.execute(
        sa.select(Feedback.channel, sa.func.count(), sa.func.min(Feedback.contribution_id))
        .join(Contribution, Contribution.id == Feedback.contribution_id)
        .where(Feedback.project_id == project_id, is_owed())
        .group_by(Feedback.channel)
    ).all()
    open_ = sa.and_(Letter.sent_at.is_(None), Letter.failed_at.is_(None))
    sent, failed, to_print = db.session.execute(
        sa.select(
            sa.func.count(Letter.sent_at),
            sa.func.count(sa.case((sa.and_(Letter.failed_at.is_not(None), Letter.sent_at.is_(None)), 1))),
            sa.func.count(sa.case((sa.and_(open_, Letter.channel == "print", Letter.composed_at.is_not(None)), 1))),
        ).where(Letter.project_id == project_id, Letter.kind.in_(LETTERS.values()))
    ).one()
    firsts = [first for _number, first in untold.values()] or [row[2] for row in told]
    return Telling(
        untold={how: number for how, (number, _first) in untold.items()},
        told={row[0]: row[1] for row in told},
        sent=sent,
        failed=failed,
        to_print=to_print,
        first=min(firsts, default=None),
    )


def _untold_by_way(project_id: int) -> dict[str, list[int]]:
    """For each way in which somebody is still to be told, how many there are and the first of them."""
    rows = db.session.execute(
        sa.select(way().label("way"), sa.func.count(), sa.func.min(Contribution.id))
        .select_from(Contribution)
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.project_id == project_id, is_owed(), ~_has_feedback())
        .group_by("way")
    )
    return {how: [number, first] for how, number, first in rows}


def _has_feedback() -> sa.ColumnElement[bool]:
    return sa.exists().where(Feedback.contribution_id == Contribution.id)


@dataclass(frozen=True)
class Undelivered:
    """A letter with feedback that could not be delivered."""

    letter: Letter
    told: Feedback


def undelivered(project_id: int, most: int = 50) -> list[Undelivered]:
    """Letters with feedback that could not be delivered, to those who are still to be reached by one."""
    failed = db.session.scalars(
        sa.select(Letter)
        .where(
            Letter.project_id == project_id,
            Letter.kind.in_(LETTERS.values()),
            Letter.failed_at.is_not(None),
            Letter.sent_at.is_(None),
        )
        .order_by(Letter.id)
        .limit(most)
    ).all()
    about = {_contribution_id(letter): letter for letter in failed}
    told = db.session.scalars(
        sa.select(Feedback)
        .where(Feedback.contribution_id.in_(about), Feedback.channel.in_(LETTERS))
        .options(joinedload(Feedback.contribution))
        .order_by(Feedback.contribution_id)
    )
    return [Undelivered(about[one.contribution_id], one) for one in told]


def _contribution_id(letter: Letter) -> int:
    return int(letter.subject_key.partition(":")[2])


def letter_of(project: Project, key: int) -> Letter:
    """A letter of a project.

    Raises:
        NotFound: the project has no such letter.
    """
    found = get_or_404(Letter, key)
    if found.project_id != project.id:
        raise NotFound
    return found


def told_of(project: Project, contribution_id: int) -> Feedback:
    """The feedback of one contribution.

    Raises:
        NotFound: the project has no such feedback.
    """
    found = get_or_404(Feedback, contribution_id)
    if found.project_id != project.id:
        raise NotFound
    return found


# -- verdicts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdicts:
    """How many found it an answer, and how many did not; numbers and no per cent (RL-30)."""

    yes: int
    no: int
    waiting: int

    @property
    def said(self) -> int:
        """How many have said anything."""
        return self.yes + self.no


def verdicts(project_id: int) -> Verdicts:
    """The counts of a project, for everybody to see."""
    no = sa.and_(Verdict.answered.is_(False))
    row = db.session.execute(
        sa.select(
            sa.func.count(sa.case((Verdict.answered.is_(True), 1))),
            sa.func.count(sa.case((no, 1))),
            sa.func.count(sa.case((sa.and_(no, Verdict.replied_at.is_(None)), 1))),
        ).where(Verdict.project_id == project_id)
    ).one()
    return Verdicts(*row)


def missing_answers(project_id: int, most: int = 50) -> list[Verdict]:
    """Those who said that something was missing, the unanswered first, by the day they are owed a reply."""
    return list(
        db.session.scalars(
            sa.select(Verdict)
            .where(Verdict.project_id == project_id, Verdict.answered.is_(False))
            .options(joinedload(Verdict.contribution))
            .order_by(Verdict.replied_at.is_not(None), Verdict.answer_by, Verdict.contribution_id)
            .limit(most)
        )
    )


def verdict_of(project: Project, number: int) -> Verdict:
    """What the sender of a contribution said.

    Raises:
        NotFound: they have said nothing.
    """
    found = db.session.scalar(
        sa.select(Verdict)
        .join(Contribution, Contribution.id == Verdict.contribution_id)
        .where(Verdict.project_id == project.id, Contribution.number == number)
        .options(joinedload(Verdict.contribution))
    )
    if found is None:
        raise NotFound
    return found


# -- what follow-ups come of ------------------------------------------------------------------------------------------


def answers_offered(project_id: int) -> list[tuple[int, str]]:
    """What a follow-up can come of (RL-45): topics first, then single answers, by id and as they are listed."""
    rows = db.session.scalars(
        sa.select(Answer)
        .where(Answer.project_id == project_id, Answer.recommendation.is_not(None))
        .order_by(Answer.theme_id.is_(None), Answer.id)
        .limit(OFFERED)
        .options(lazyload(Answer.project), *about_loaded())
    )
    return [(one.id, about(one)) for one in rows]


def answer_of(project: Project, key: int) -> Answer:
    """An answer of a project.

    Raises:
        NotFound: the project has no such answer.
    """
    found = get_or_404(Answer, key)
    if found.project_id != project.id:
        raise NotFound
    return found


# -- what cases taught ------------------------------------------------------------------------------------------------


def lesson_of(project_id: int) -> Lesson | None:
    """What this case taught, once somebody has written it."""
    return db.session.get(Lesson, project_id)


def lessons(words: str = "", case_type: CaseType | None = None, *, most: int = 50, skip: int = 0) -> list[Lesson]:
    """What cases taught, the latest first, by words of the lesson or the title and by case type (RE-43)."""
    asked = (
        sa.select(Lesson)
        .join(Project, Project.id == Lesson.project_id)
        .options(contains_eager(Lesson.project).options(lazyload(Project.owner), selectinload(Project.steps)))
        .order_by(Lesson.written_at.desc(), Lesson.project_id.desc())
        .offset(skip)
        .limit(most)
    )
    for word in words.split()[:6]:
        there = sa.func.lower(Lesson.words).contains(word.lower(), autoescape=True)
        titled = sa.func.lower(Project.title).contains(word.lower(), autoescape=True)
        asked = asked.where(sa.or_(there, titled))
    return list(db.session.scalars(asked if case_type is None else asked.where(Project.case_type == case_type)))


# -- closing ----------------------------------------------------------------------------------------------------------


def closing_gaps(project: Project, now: datetime) -> list[Missing]:
    """What keeps a case from being closed, in words with a place to mend each; empty when it can be closed.

    A case never closes with an unanswered contribution. Whether the contributor was content does not count.
    """
    numbers = summed(project.id, "closing", project.last_number, lambda: _of_each(project))
    found = [_still_open(project, now), _questions(numbers["questions"])]
    if project.level is not Level.ORIENTATION:
        found += [
            _undecided(project),
            _unread(numbers["unread"]),
            _unanswered(project),
            _untold(numbers["untold"]),
            _undelivered(project),
            _follow_up(project),
        ]
    return [missing for missing in found if missing is not None]


def _still_open(project: Project, now: datetime) -> Missing | None:
    round_ = project.round
    if round_ is None or round_.closes_at is None or round_.closes_at <= now:
        return None
    return Missing("open", mark("Fristen er ikke gået endnu."), "", "FU-04")


def _of_each(project: Project) -> dict[str, tuple[int, ...]]:
    """The numbers that lack something, by what they lack."""
    answered = sa.exists().where(Answer.contribution_id == Contribution.id, Answer.state == AnswerState.APPROVED)
    return {
        "questions": _numbers(project, Contribution.kind == Kind.QUESTION, ~answered),
        "unread": _numbers(project, Contribution.read_at.is_(None)),
        "untold": _numbers(project, is_owed(), ~_has_feedback()),
    }


def _questions(numbers: Sequence[int]) -> Missing | None:
    """Every question has its answer."""
    words = mark("Spørgsmål uden svar: nr. %(numbers)s.")
    return Missing("questions", words, "spoergsmaal", "FU-04", tuple(numbers)) if numbers else None


def _undecided(project: Project) -> Missing | None:
    if project.round is not None and project.round.decided_at is not None:
        return None
    return Missing("undecided", mark("Beslutningen er ikke skrevet ind."), "beslutning", "RP-39")


def _unread(numbers: Sequence[int]) -> Missing | None:
    words = mark("Ikke læst: nr. %(numbers)s.")
    return Missing("unread", words, "svar", "RE-29", tuple(numbers)) if numbers else None


def _unanswered(project: Project) -> Missing | None:
    numbers = lacking(project)[:NAMED]
    words = mark("Mangler et godkendt svar: nr. %(numbers)s.")
    return Missing("unanswered", words, "svar", "RP-23", numbers) if numbers else None


def _untold(numbers: Sequence[int]) -> Missing | None:
    words = mark("Har ikke fået besked: nr. %(numbers)s.")
    return Missing("untold", words, "besked", "RL-46", tuple(numbers)) if numbers else None


def _undelivered(project: Project) -> Missing | None:
    """Each letter was sent or posted; one that cannot be delivered is left at the code by a person."""
    gone = sa.select(Letter.subject_key).where(
        Letter.project_id == project.id, Letter.kind.in_(LETTERS.values()), Letter.sent_at.is_not(None)
    )
    key = sa.literal(f"{Contribution.__tablename__}:") + sa.cast(Contribution.id, sa.String)
    told = (
        sa.select(Contribution.number)
        .select_from(Feedback)
        .join(Contribution, Contribution.id == Feedback.contribution_id)
        .where(Feedback.project_id == project.id, Feedback.channel.in_(LETTERS))
        .where(Contribution.handling.in_(OWED), is_owed(), key.not_in(gone))
    )
    numbers = tuple(db.session.scalars(told.order_by(Contribution.number).limit(NAMED)))
    words = mark("Brevet er ikke nået frem endnu: nr. %(numbers)s.")
    return Missing("undelivered", words, "besked", "RL-46", numbers) if numbers else None


def _follow_up(project: Project) -> Missing | None:
    planned = follow_ups(project.id)
    if any(not one.is_settled for one in planned):
        return Missing("follow-up", mark("Der er opfølgning, som ikke er gjort."), "besked#opfoelgning", "FU-17")
    if not planned and project.follow_up_none_at is None:
        return Missing(NO_FOLLOW_UP, mark("Skriv, om der skal ske noget bagefter."), "besked#opfoelgning", "FU-17")
    return None


def _numbers(project: Project, *conditions: sa.ColumnElement[bool]) -> tuple[int, ...]:
    found: Sequence[int] = db.session.scalars(
        sa.select(Contribution.number)
        .where(Contribution.project_id == project.id, Contribution.handling.in_(OWED), *conditions)
        .order_by(Contribution.number)
        .limit(NAMED)
    ).all()
    return tuple(found)
