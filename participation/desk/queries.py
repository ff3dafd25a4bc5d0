"""What staff may read across the rooms: the workbench's lists and a project's table, a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.answers.model import Answer, Change, stands
from participation.answers.queries import Answers, answers_of
from participation.answers.standing import ANSWER_ID, with_answers
from participation.contributions.model import Attachment, Contribution, Note, Point, Promise
from participation.contributions.shown import shown_point, shown_words
from participation.decisions.model import CouncilQuestion
from participation.feedback.model import Verdict
from participation.foundation.db import db, get_or_404
from participation.foundation.model import File
from participation.foundation.sums import summed_each
from participation.projects.model import Material, Passage, Project
from participation.reports.model import Approval
from participation.rules.handling import OWED, Handling
from participation.rules.kinds import Kind, PromiseKind, Role, SpanKind
from participation.rules.phases import Phase, phase
from participation.rules.policy import Actor

PAGE = 25


def project_of(slug: str) -> Project:
    """The project of a desk page.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Project).where(Project.slug == slug))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Row:
    """One row of the table: a contribution, or one point of a contribution that was split."""

    contribution: Contribution
    point: Point | None
    answer: Answer | None
    resume: str
    is_first: bool

    @property
    def key(self) -> str:
        """The row's name in the form."""
        return f"p{self.point.id}" if self.point is not None else f"c{self.contribution.id}"

    @property
    def words(self) -> str:
        """The citizen's own words of the row; what is covered is read where its reading is logged."""
        one = self.contribution
        if self.point is not None:
            return shown_point(self.point, one)
        whole = shown_words(one) if one.is_masked else one.words
        return whole or "\n\n".join(shown_point(point, one) for point in one.points if point.kind is SpanKind.SAID)


#: Kinds that stand in the table; a question has a page of its own.
_ANSWERED_HERE = tuple(one for one in Kind if one is not Kind.QUESTION)


@dataclass(frozen=True)
class Page:
    """A page of the table."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int


def table(project: Project, page: int, kinds: Sequence[Kind] = _ANSWERED_HERE) -> Page:
    """The contributions that are owed an answer, 25 a page in the order of their numbers, with their answers."""
    owed = (
        sa.select(Contribution)
        .where(
            Contribution.project_id == project.id,
            Contribution.handling.in_(OWED),
            Contribution.kind.in_(kinds),
            Contribution.duplicate_of_id.is_(None),
        )
        .options(*_whole())
        .order_by(Contribution.number)
    )
    total = project.received_count if project.received_count <= PAGE else _count(owed)
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    found = list(db.session.scalars(owed.limit(PAGE).offset((page - 1) * PAGE)))
    answers = answers_of(project.id, [contribution.id for contribution in found])
    return Page([row for one in found for row in rows_of(one, answers)], page, pages, total)


def rows_of(contribution: Contribution, answers: Answers) -> list[Row]:
    """The rows of a contribution: one for the whole, or one for each point that says something."""
    said = [point for point in contribution.points if point.kind is SpanKind.SAID]
    resume = answers.resumes.get(("contribution", contribution.id))
    words = resume.words if resume is not None else ""
    if len(said) < 2:
        point_answer = answers.by_point.get(said[0].id) if said else None
        answer = answers.by_contribution.get(contribution.id)
        if point_answer is not None and answer is None:
            return [Row(contribution, said[0], point_answer, words, is_first=True)]
        return [Row(contribution, None, answer, words, is_first=True)]
    whole = answers.by_contribution.get(contribution.id)
    if whole is not None and not any(point.id in answers.by_point for point in said):
        return [Row(contribution, None, whole, words, is_first=True)]
    return [
        Row(contribution, point, answers.by_point.get(point.id), words, is_first=index == 0)
        for index, point in enumerate(said)
    ]


def contribution_of(project: Project, number: int) -> Contribution:
    """One contribution with everything staff may see of it.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(
        sa.select(Contribution)
        .where(Contribution.project_id == project.id, Contribution.number == number)
        .options(*_whole(), selectinload(Contribution.attachments).joinedload(Attachment.file).joinedload(File.scan))
    )
    if found is None:
        raise NotFound
    return found


def notes_of(contribution: Contribution) -> list[Note]:
    """The case notes about a contribution."""
    return list(
        db.session.scalars(
            sa.select(Note)
            .where(Note.contribution_id == contribution.id)
            .options(joinedload(Note.person))
            .order_by(Note.id)
        )
    )


@dataclass(frozen=True)
class Notes:
    """A page of a case's notes, the latest first."""

    rows: Sequence[Note]
    numbers: Mapping[int, int]
    page: int
    pages: int


def notes_in(project: Project, page: int) -> Notes:
    """The notes of a case, 25 a page, with the numbers of the contributions they are about."""
    mine = sa.select(Note).where(Note.project_id == project.id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(mine.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    latest = mine.options(joinedload(Note.person)).order_by(Note.id.desc())
    rows = db.session.scalars(latest.limit(PAGE).offset((page - 1) * PAGE)).all()
    about = {note.contribution_id for note in rows if note.contribution_id is not None}
    numbers = sa.select(Contribution.id, Contribution.number).where(Contribution.id.in_(about))
    return Notes(rows, dict(db.session.execute(numbers).all()), page, pages)


def beside(project: Project, number: int) -> tuple[int | None, int | None]:
    """The numbers before and after, for [Forrige] and [Næste]."""
    own = (Contribution.project_id == project.id, Contribution.handling.in_(OWED))
    before = db.session.scalar(sa.select(sa.func.max(Contribution.number)).where(*own, Contribution.number < number))
    after = db.session.scalar(sa.select(sa.func.min(Contribution.number)).where(*own, Contribution.number > number))
    return before, after


def questions(project: Project) -> list[tuple[Contribution, Answer | None, Promise | None]]:
    """Questions with their answer and the date that was promised; the unanswered first, oldest first."""
    rows = db.session.execute(
        sa.select(Contribution, Answer, Promise)
        .outerjoin(Answer, sa.and_(Answer.contribution_id == Contribution.id, stands()))
        .outerjoin(
            Promise,
            sa.and_(Promise.contribution_id == Contribution.id, Promise.kind == PromiseKind.QUESTION_ANSWER),
        )
        .where(
            Contribution.project_id == project.id,
            Contribution.kind == Kind.QUESTION,
            Contribution.handling != Handling.WITHDRAWN,
        )
        # An answer's project would be joined strictly, and leave out the questions that have none.
        .options(*_whole(), lazyload(Answer.project))
        .order_by(Answer.id.is_not(None), Contribution.number)
        .limit(200)
    )
    return [(contribution, answer, promise) for contribution, answer, promise in rows.unique()]


def question_of(project: Project, number: int) -> Contribution:
    """One question.

    Raises:
        NotFound: there is none with that number.
    """
    found = contribution_of(project, number)
    if found.kind is not Kind.QUESTION:
        raise NotFound
    return found


def change_of(project: Project, key: int) -> Change:
    """One change of a project.

    Raises:
        NotFound: there is none.
    """
    found = get_or_404(Change, key)
    if found.project_id != project.id or found.retired_at is not None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Passages:
    """A page of the paragraphs of the material."""

    rows: Sequence[Passage]
    page: int
    pages: int


def passages_in(project: Project, typed: str, page: int) -> Passages:
    """The paragraphs of a case's material in their order, 25 a page; only those with the typed words, if any."""
    mine = sa.select(Passage).join(Passage.material).where(Material.project_id == project.id)
    for word in typed.split():
        words = Passage.heading + " " + Passage.words
        mine = mine.where(words.icontains(word, autoescape=True))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(mine.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    ordered = mine.options(contains_eager(Passage.material)).order_by(Material.position, Material.id, Passage.position)
    return Passages(db.session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE)).all(), page, pages)


def passage_of(project: Project, key: int) -> Passage:
    """One paragraph of a case's material.

    Raises:
        NotFound: there is none, or the material was read anew since.
    """
    found = get_or_404(Passage, key)
    if found.material.project_id != project.id:
        raise NotFound
    return found


def own_answer_ids(project: Project, point: int | None) -> list[int]:
    """The answer that stands for a point, to begin with when a change is written from its page."""
    if point is None:
        return []
    found = db.session.scalar(
        with_answers(
            sa.select(ANSWER_ID)
            .select_from(Point)
            .join(Contribution, Contribution.id == Point.contribution_id)
            .where(Point.id == point, Point.project_id == project.id)
        )
    )
    return [found] if found is not None else []


def answer_choices(project: Project) -> list[tuple[int, str]]:
    """Answers that a change can come from, by the numbers or the topic they are about."""
    rows = db.session.scalars(
        sa.select(Answer)
        .where(Answer.project_id == project.id, Answer.recommendation.is_not(None))
        .options(
            joinedload(Answer.contribution),
            joinedload(Answer.theme),
            joinedload(Answer.point).joinedload(Point.contribution),
        )
        .order_by(Answer.id)
    )
    return [(answer.id, _about(answer)) for answer in rows]


def _about(answer: Answer) -> str:
    if answer.theme is not None:
        return answer.theme.title
    contribution = answer.contribution or (answer.point.contribution if answer.point is not None else None)
    number = contribution.number if contribution is not None else "?"
    return f"Nr. {number}: {answer.words[:60]}"


def answer_of(project: Project, key: int) -> Answer:
    """One answer of a project.

    Raises:
        NotFound: there is none.
    """
    found = get_or_404(Answer, key)
    if found.project_id != project.id:
        raise NotFound
    return found


# -- the workbench ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matter:
    """A project on the workbench, with what is to be done and by when.

    Attributes:
        due_on: the first day that something is owed.
        door: where in the case it is done; empty for its first page.
        questions: how many wait for their answer.
        untold: how many wait for the feedback after the decision.
        missing: how many said that they got no answer to what they wrote about, and wait for one.
        asked: how many councillors' questions wait for the administration's answer.
    """

    project: Project
    phase: Phase
    unread: int
    due_on: date | None
    door: str
    questions: int
    untold: int
    missing: int
    asked: int
    mine: bool


@dataclass(frozen=True)
class Owed:
    """How many are owed something in a case, and the first day of it."""

    count: int = 0
    due_on: date | None = None

    @classmethod
    def of(cls, kept: Sequence[Any]) -> "Owed":
        """As it stands in a sum: how many, and the day in words."""
        count, day = kept
        return cls(count, date.fromisoformat(day) if day else None)


def matters(actor: Actor, now: datetime) -> list[Matter]:
    """The projects of the actor's departments that are not closed; what is late stands first."""
    departments = {at for role, at in actor.roles if role in (Role.PLANNER, Role.LEADER) and at is not None}
    consulted = {at for _, at in actor.project_roles}
    projects = db.session.scalars(
        sa.select(Project)
        .where(
            Project.closed_at.is_(None),
            Project.cancelled_at.is_(None),
            sa.or_(Project.department_id.in_(departments), Project.id.in_(consulted)),
        )
        .order_by(Project.id.desc())
        .limit(100)
    ).all()
    ids = [project.id for project in projects]
    sums = summed_each({project.id: project.last_number for project in projects}, "matter", _summed_up)
    missing, asked = _missing(ids), _asked(ids)
    found = [
        _matter(
            project,
            actor,
            now,
            sums[project.id]["unread"],
            Owed.of(sums[project.id][PromiseKind.QUESTION_ANSWER]),
            Owed.of(sums[project.id][PromiseKind.FEEDBACK]),
            missing.get(project.id, Owed()),
            asked.get(project.id, Owed()),
        )
        for project in projects
    ]
    return sorted(found, key=lambda matter: (matter.due_on or date.max, matter.project.id))


def _matter(
    project: Project,
    actor: Actor,
    now: datetime,
    unread: int,
    questions: Owed,
    untold: Owed,
    missing: Owed,
    asked: Owed,
) -> Matter:
    doors = ((questions, "/spoergsmaal"), (missing, "/besked"), (untold, "/besked"))
    dated = [(owed.due_on, door) for owed, door in doors if owed.due_on is not None]
    due_on, door = min(dated, default=(_next_date(project, now), ""))
    return Matter(
        project=project,
        phase=phase(project.round, now) if project.round is not None else Phase.DRAFT,
        unread=unread,
        due_on=due_on,
        door=door,
        questions=questions.count,
        untold=untold.count,
        missing=missing.count,
        asked=asked.count,
        mine=project.owner_id == actor.person_id,
    )


def approvals_for(actor: Actor) -> list[Approval]:
    """Notes that wait for this leader's yes."""
    return list(
        db.session.scalars(
            sa.select(Approval)
            .where(Approval.asked_of_id == actor.person_id, Approval.answered_at.is_(None))
            .order_by(Approval.id)
        )
    )


def _next_date(project: Project, now: datetime) -> date | None:
    round_ = project.round
    if round_ is None or round_.closes_at is None or round_.closes_at > now or round_.reported_at is not None:
        return None
    return round_.report_on


def _counts(ids: Collection[int], *conditions: sa.ColumnElement[bool]) -> dict[int, int]:
    rows = db.session.execute(
        sa.select(Contribution.project_id, sa.func.count())
        .where(Contribution.project_id.in_(ids), *conditions)
        .group_by(Contribution.project_id)
    )
    return dict(rows.all())


#: What is summed for each project of the workbench, beside what nobody has read.
_PROMISED = (PromiseKind.QUESTION_ANSWER, PromiseKind.FEEDBACK)


def _summed_up(ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What nobody has read, and what was promised and is not kept, by project."""
    unread = _counts(ids, Contribution.read_at.is_(None), Contribution.handling.in_(OWED))
    promised = _promised(ids)
    return {
        key: {"unread": unread.get(key, 0)} | {kind: promised.get((key, kind), [0, ""]) for kind in _PROMISED}
        for key in ids
    }


def _promised(ids: Collection[int]) -> dict[tuple[int, PromiseKind], list[Any]]:
    """What was promised and is not kept, by project and kind, with the first day of it.

    Feedback has its day first when the decision has come (RL-47).
    """
    day = sa.func.coalesce(Promise.moved_to, Promise.due_on)
    rows = db.session.execute(
        sa.select(Promise.project_id, Promise.kind, sa.func.count(), sa.func.min(day))
        .join(Contribution, Contribution.id == Promise.contribution_id)
        .where(
            *(Promise.project_id.in_(ids), Promise.kind.in_(_PROMISED), Promise.kept_at.is_(None), day.is_not(None)),
            Contribution.handling != Handling.WITHDRAWN,
        )
        .group_by(Promise.project_id, Promise.kind)
    )
    return {(key, kind): [count, due.isoformat()] for key, kind, count, due in rows}


def _missing(ids: Sequence[int]) -> dict[int, Owed]:
    """Who said no to "Fik du svar på det, du skrev om?" and waits for the reply, by project (FU-22)."""
    rows = db.session.execute(
        sa.select(Verdict.project_id, sa.func.count(), sa.func.min(Verdict.answer_by))
        .where(Verdict.project_id.in_(ids), Verdict.answered.is_(False), Verdict.replied_at.is_(None))
        .group_by(Verdict.project_id)
    )
    return {key: Owed(count, due) for key, count, due in rows}


def _asked(ids: Sequence[int]) -> dict[int, Owed]:
    """What councillors have asked and nobody has answered, by project."""
    rows = db.session.execute(
        sa.select(CouncilQuestion.project_id, sa.func.count())
        .where(CouncilQuestion.project_id.in_(ids), CouncilQuestion.replied_at.is_(None))
        .group_by(CouncilQuestion.project_id)
    )
    return {key: Owed(count) for key, count in rows}


def _count(query: sa.Select[Any]) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).select_from(query.with_only_columns(Contribution.id).order_by(None).subquery())
        )
        or 0
    )


def _whole() -> list[sa.orm.interfaces.ORMOption]:
    return [
        selectinload(Contribution.texts),
        selectinload(Contribution.points),
        joinedload(Contribution.contact),
    ]
