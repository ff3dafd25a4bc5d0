"""What may be read of decisions: the steps, the agendas, what was settled, and how to complain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, lazyload, selectinload
from werkzeug.exceptions import NotFound

from participation.answers.model import Answer, AnswerPoint
from participation.contributions.model import Contribution, Point
from participation.decisions.model import AgendaItem, AnswerOutcome, CouncilQuestion, CouncilReading, FollowUp, Veto
from participation.foundation import clock
from participation.foundation.db import db, get_or_404
from participation.people.model import Person
from participation.projects.model import Notice, Project, Round, Step
from participation.reports.model import PaperDraft, WhitePaper
from participation.rules import dates, legal
from participation.rules.backwards import AGENDA_DAYS
from participation.rules.early import Early, time_left
from participation.rules.handling import Handling
from participation.rules.kinds import FINAL, Capacity, Kind, NoticeKind, StepKind
from participation.rules.legal import Complaint
from participation.rules.legal_table import FEE_UNKNOWN
from participation.rules.levels import Level
from participation.rules.outcomes import Outcome, Recommendation, settled
from participation.rules.words import danish
from participation.statutes import queries as statutes
from participation.themes.model import Theme

#: How many answers the public page of a decision weighs before it points to the white paper.
WEIGHED = 40
#: How many contributions are named under one answer there.
NAMED = 8


# -- steps and agendas ------------------------------------------------------------------------------------------------


def project_of(slug: str) -> Project:
    """A project with its steps.

    Raises:
        NotFound: there is none of that name.
    """
    found = (
        db.session.scalars(
            sa.select(Project)
            .where(Project.slug == slug)
            .options(
                joinedload(Project.rounds).lazyload(Round.project),
                selectinload(Project.steps).lazyload(Step.project),
                lazyload(Project.owner),
            )
        )
        .unique()
        .one_or_none()
    )
    if found is None:
        raise NotFound
    return found


def step_of(project: Project, key: int) -> Step:
    """A step of a project.

    Raises:
        NotFound: the project has no such step.
    """
    for step in project.steps:
        if step.id == key:
            return step
    raise NotFound


def meeting_step(key: int) -> Step:
    """A step whose agenda is to be published.

    Raises:
        NotFound: there is none, or its result is recorded.
    """
    found = get_or_404(Step, key)
    if found.result is not None:
        raise NotFound
    return found


def final_step(project: Project) -> Step | None:
    """The step that settled the matter, if one has."""
    return next((step for step in reversed(project.steps) if step.result in FINAL), None)


def next_step(project: Project) -> Step | None:
    """The step that comes next."""
    return next((step for step in project.steps if step.result is None), None)


def is_last(step: Step) -> bool:
    """Whether the matter is settled at this step: no other comes after it."""
    return all(other.position <= step.position for other in step.project.steps)


def complaint_words(step: Step | None) -> str:
    """How to complain (klagevejledning); empty until the decision has been announced (planloven § 60, RP-27)."""
    if step is None or step.announced_on is None:
        return ""
    chosen = _complaint_of(step)
    if chosen is None:
        return ""
    words = _(chosen.words, last_day=clock.day(step.complaint_until))
    return f"{words} {_(FEE_UNKNOWN)}" if chosen.has_fee else words


def _complaint_of(step: Step) -> Complaint | None:
    """The choice of guidance as it was told when the decision was announced."""
    if step.complaint_rule is not None:
        return Complaint(**legal.from_facts(step.complaint_rule))
    return statutes.complaints(step.announced_on).get(step.complaint)


def agenda_days(step: Step) -> int | None:
    """How many days before the meeting its agenda was public; nothing while one of the days is open (RP-32)."""
    meets_on = step.met_on or step.planned_on
    if meets_on is None or step.agenda_published_on is None:
        return None
    return (meets_on - step.agenda_published_on).days


def latest_paper(project_id: int) -> WhitePaper | None:
    """The newest version of the white paper that was not taken back."""
    return db.session.scalar(
        sa.select(WhitePaper)
        .where(WhitePaper.project_id == project_id, WhitePaper.withdrawn_at.is_(None))
        .order_by(WhitePaper.version.desc())
        .options(lazyload(WhitePaper.documents))
        .limit(1)
    )


def papers_by_step(project_id: int) -> dict[int, WhitePaper]:
    """The newest white paper on each step's agenda."""
    rows = db.session.scalars(
        sa.select(AgendaItem)
        .join(WhitePaper, WhitePaper.id == AgendaItem.paper_id)
        .where(WhitePaper.project_id == project_id)
        .order_by(WhitePaper.version)
        .options(joinedload(AgendaItem.paper).lazyload(WhitePaper.documents), lazyload(AgendaItem.step))
    )
    return {item.step_id: item.paper for item in rows}


def needs_paper(step: Step) -> bool:
    """Whether the body that meets lacks the white paper it must have before it (RP-35)."""
    if step.project.level is Level.ORIENTATION or step.kind is StepKind.HEARING:
        return False
    there = sa.exists().where(AgendaItem.step_id == step.id)
    return not db.session.scalar(sa.select(there))


@dataclass(frozen=True)
class Coming:
    """A step on the clerk's and the council's list.

    Attributes:
        attached: the white paper on its agenda.
        ready: a newer or first version that can be attached now.
        late_agenda: the agenda was not public a week before.
    """

    step: Step
    project: Project
    attached: WhitePaper | None
    ready: WhitePaper | None
    late_agenda: bool


def coming_steps(today: date, most: int = 100) -> list[Coming]:
    """The steps of announced projects that are not recorded, the soonest first; in four queries."""
    steps = db.session.scalars(
        _running()
        .where(Step.result.is_(None), Step.kind != StepKind.HEARING, Project.level != Level.ORIENTATION)
        .order_by(Step.planned_on.is_(None), Step.planned_on, Step.id)
        .limit(most)
    ).all()
    return _with_papers(steps, today)


def held_steps(today: date, most: int = 30) -> list[Coming]:
    """The latest steps that were recorded."""
    steps = db.session.scalars(
        _running().where(Step.result.is_not(None)).order_by(Step.met_on.desc()).limit(most)
    ).all()
    return _with_papers(steps, today)


def _running() -> sa.Select[Step]:
    return (
        sa.select(Step)
        .join(Project, Project.id == Step.project_id)
        .where(Project.announced_at.is_not(None), Project.cancelled_at.is_(None))
        .options(
            joinedload(Step.project).options(
                lazyload(Project.owner), selectinload(Project.rounds).lazyload(Round.project)
            )
        )
    )


def _with_papers(steps: Sequence[Step], today: date) -> list[Coming]:
    projects = {step.project_id for step in steps}
    papers: dict[int, WhitePaper] = {
        paper.project_id: paper
        for paper in db.session.scalars(
            sa.select(WhitePaper)
            .where(WhitePaper.project_id.in_(projects), WhitePaper.withdrawn_at.is_(None))
            .order_by(WhitePaper.version)
            .options(lazyload(WhitePaper.documents), lazyload(WhitePaper.project))
        )
    }
    attached = {
        item.step_id: item.paper
        for item in db.session.scalars(
            sa.select(AgendaItem)
            .join(WhitePaper, WhitePaper.id == AgendaItem.paper_id)
            .where(AgendaItem.step_id.in_([step.id for step in steps]))
            .order_by(WhitePaper.version)
            .options(joinedload(AgendaItem.paper).lazyload(WhitePaper.documents), lazyload(AgendaItem.step))
        )
    }
    found = []
    for step in steps:
        newest, here = papers.get(step.project_id), attached.get(step.id)
        is_new = newest is not None and (here is None or here.id != newest.id)
        found.append(Coming(step, step.project, here, newest if is_new else None, is_late_agenda(step, today)))
    return found


# -- what councillors keep and ask ------------------------------------------------------------------------------------


def reading_of(project_id: int, person_id: int | None) -> CouncilReading | None:
    """What this councillor has kept about the case. Nothing else in the house reads that table."""
    return db.session.get(CouncilReading, (project_id, person_id)) if person_id is not None else None


def council_questions(project_id: int) -> Sequence[CouncilQuestion]:
    """The councillors' questions of a case with their answers, in the order they were asked."""
    return db.session.scalars(
        sa.select(CouncilQuestion)
        .where(CouncilQuestion.project_id == project_id)
        .order_by(CouncilQuestion.id)
        .options(
            lazyload(CouncilQuestion.project),
            joinedload(CouncilQuestion.asked_by).lazyload(Person.memberships),
            joinedload(CouncilQuestion.replied_by).lazyload(Person.memberships),
        )
    ).all()


def council_question_of(project: Project, key: int) -> CouncilQuestion:
    """A councillor's question in this case.

    Raises:
        NotFound: the case has no such question.
    """
    found = get_or_404(CouncilQuestion, key)
    if found.project_id != project.id:
        raise NotFound
    return found


@dataclass(frozen=True)
class News:
    """What members have not seen since a body last met about the case.

    Attributes:
        held: that meeting, recorded.
        paper: the newest white paper, when it is newer than the meeting.
        replies: how many questions have been answered since.
    """

    held: Step
    paper: WhitePaper | None
    replies: int


def news_since(project: Project, paper: WhitePaper | None, questions: Sequence[CouncilQuestion]) -> News | None:
    """ "Nyt siden udvalget": what came after the last meeting; nothing before a first one or when no other follows."""
    held = next((one for one in reversed(project.steps) if one.result is not None and one.met_on is not None), None)
    if held is None or held.met_on is None or held.kind is StepKind.HEARING or next_step(project) is None:
        return None
    after = dates.local_day_end(held.met_on)
    newer = paper if paper is not None and paper.frozen_at >= after else None
    return News(held, newer, sum(one.replied_at is not None and one.replied_at >= after for one in questions))


def is_late_agenda(step: Step, today: date) -> bool:
    """Whether the agenda was, or is sure to be, public less than a week before the meeting (RP-32)."""
    if (days := agenda_days(step)) is not None:
        return days < AGENDA_DAYS
    return step.result is None and step.planned_on is not None and 0 <= (step.planned_on - today).days < AGENDA_DAYS


# -- answers and outcomes ---------------------------------------------------------------------------------------------


def answers_before_the_body(project_id: int) -> list[Answer]:
    """The answers that the deciding body settles: all that recommend something, save those to questions."""
    return list(
        db.session.scalars(
            sa.select(Answer)
            .outerjoin(Contribution, Contribution.id == Answer.contribution_id)
            .where(
                Answer.project_id == project_id,
                Answer.recommendation.is_not(None),
                sa.or_(Contribution.id.is_(None), Contribution.kind != Kind.QUESTION),
            )
            .order_by(Answer.theme_id.is_(None), Answer.id)
            .options(lazyload(Answer.project), *about_loaded())
        )
    )


def about_loaded() -> list[sa.orm.interfaces.ORMOption]:
    """What ``about`` reads, in the same query as the answers."""
    return [
        joinedload(Answer.theme).lazyload(Theme.project),
        joinedload(Answer.contribution).options(lazyload(Contribution.project), lazyload(Contribution.round)),
        joinedload(Answer.point)
        .joinedload(Point.contribution)
        .options(lazyload(Contribution.project), lazyload(Contribution.round)),
        joinedload(Answer.point).lazyload(Point.spans),
    ]


def about(answer: Answer) -> str:
    """What an answer is about: its topic, or the number of the contribution."""
    if answer.theme is not None:
        return answer.theme.title
    one = answer.contribution or (answer.point.contribution if answer.point is not None else None)
    if one is None:
        return ""
    kind = _(danish(one.kind)).capitalize()
    if answer.point is not None:
        return _("%(kind)s nr. %(number)s, punkt %(place)s", kind=kind, number=one.number, place=answer.point.position)
    return _("%(kind)s nr. %(number)s", kind=kind, number=one.number)


def outcomes_of(project_id: int) -> dict[int, AnswerOutcome]:
    """What was settled, by answer."""
    rows = db.session.scalars(
        sa.select(AnswerOutcome)
        .join(Answer, Answer.id == AnswerOutcome.answer_id)
        .where(Answer.project_id == project_id)
        .options(lazyload(AnswerOutcome.answer), lazyload(AnswerOutcome.step))
    )
    return {row.answer_id: row for row in rows}


def overall_of(project_id: int) -> str:
    """The administration's overall recommendation in the white paper."""
    found = db.session.get(PaperDraft, project_id)
    return found.overall if found is not None else ""


def corrections_of(project_id: int) -> list[Notice]:
    """What was put right in public, and days that moved."""
    return list(
        db.session.scalars(
            sa.select(Notice)
            .where(Notice.project_id == project_id, Notice.kind.in_((NoticeKind.CORRECTION, NoticeKind.MOVED)))
            .order_by(Notice.id)
        )
    )


def early_of(project: Project) -> Early | None:
    """How much of the project's time was left when citizens were first asked more than to listen (RL-43)."""
    asked = [
        dates.local_day(one.opens_at)
        for one in project.rounds
        if one.announced_at is not None and one.opens_at is not None and one.level is not Level.ORIENTATION
    ]
    final = final_step(project)
    planned = project.round.decision_on if project.round is not None else None
    decides_on = final.met_on if final is not None else planned
    return time_left(dates.local_day(project.created_at), min(asked, default=None), decides_on)


@dataclass(frozen=True)
class Weighed:
    """An answer as a decision's page weighs it.

    Attributes:
        badge: what was decided, or what is recommended.
        numbers: published contributions behind it; their words are one click away.
        more: how many further points it answers.
    """

    title: str
    words: str
    reason: str
    badge: Recommendation | Outcome | None
    is_settled: bool
    outcome_words: str
    numbers: tuple[int, ...]
    more: int


def weighing(project_id: int, most: int = WEIGHED) -> list[Weighed]:
    """What the matter was decided upon: the answers, those that speak to most points first; in two queries."""
    count = (
        sa.select(sa.func.count())
        .where(AnswerPoint.answer_id == Answer.id, AnswerPoint.approved_at.is_not(None))
        .correlate(Answer)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Answer, AnswerOutcome, count.label("points"))
        .outerjoin(AnswerOutcome, AnswerOutcome.answer_id == Answer.id)
        .outerjoin(Contribution, Contribution.id == Answer.contribution_id)
        .where(
            Answer.project_id == project_id,
            Answer.approved_at.is_not(None),
            Answer.recommendation.is_not(None),
            sa.or_(Contribution.id.is_(None), Contribution.kind != Kind.QUESTION),
        )
        .order_by(Answer.theme_id.is_(None), count.desc(), Answer.id)
        .limit(most)
        .options(lazyload(Answer.project), *about_loaded())
    ).all()
    numbers = _numbers([answer.id for answer, _, _ in rows])
    return [
        Weighed(
            title=about(answer),
            words=answer.words,
            reason=answer.reason if answer.reason != answer.words else "",
            badge=settled(outcome.outcome, answer.recommendation) if outcome else answer.recommendation,
            is_settled=outcome is not None,
            outcome_words=outcome.words if outcome else "",
            numbers=numbers.get(answer.id, ()),
            more=max(points - len(numbers.get(answer.id, ())), 0),
        )
        for answer, outcome, points in rows
    ]


def _numbers(answers: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """A few published contributions behind each answer, those of bodies and organisations first."""
    ranked = (
        sa.select(
            AnswerPoint.answer_id,
            Contribution.number,
            sa.func.row_number()
            .over(
                partition_by=AnswerPoint.answer_id,
                order_by=(Contribution.capacity == Capacity.CITIZEN, Contribution.number),
            )
            .label("place"),
        )
        .join(Point, Point.id == AnswerPoint.point_id)
        .join(Contribution, Contribution.id == Point.contribution_id)
        .where(
            AnswerPoint.answer_id.in_(answers),
            AnswerPoint.approved_at.is_not(None),
            Contribution.handling == Handling.PUBLISHED,
        )
        .subquery()
    )
    rows = db.session.execute(sa.select(ranked.c.answer_id, ranked.c.number).where(ranked.c.place <= NAMED))
    found: dict[int, set[int]] = {}
    for answer_id, number in rows:
        found.setdefault(answer_id, set()).add(number)
    return {key: tuple(sorted(ones)) for key, ones in found.items()}


# -- vetoes and follow-up ---------------------------------------------------------------------------------------------


def vetoes(project_id: int) -> list[Veto]:
    """All vetoes, those that stand first."""
    return list(
        db.session.scalars(
            sa.select(Veto).where(Veto.project_id == project_id).order_by(Veto.lifted_at.is_not(None), Veto.id)
        )
    )


def veto_of(project: Project, key: int) -> Veto:
    """A veto of a project.

    Raises:
        NotFound: the project has no such veto.
    """
    found = get_or_404(Veto, key)
    if found.project_id != project.id:
        raise NotFound
    return found


def authorities_of(project_id: int) -> list[tuple[int, str]]:
    """Contributions of authorities, by id and as they are listed."""
    rows = db.session.execute(
        sa.select(Contribution.id, Contribution.number, Contribution.organisation)
        .where(
            Contribution.project_id == project_id,
            Contribution.capacity == Capacity.AUTHORITY,
            Contribution.handling != Handling.WITHDRAWN,
        )
        .order_by(Contribution.number)
        .limit(100)
    )
    return [(key, f"{_('Nr. %(number)s', number=number)} {organisation}".strip()) for key, number, organisation in rows]


def contribution_of(project: Project, key: int) -> Contribution:
    """A contribution of a project.

    Raises:
        NotFound: the project has no such contribution.
    """
    found = get_or_404(Contribution, key)
    if found.project_id != project.id:
        raise NotFound
    return found


def follow_ups(project_id: int) -> list[FollowUp]:
    """What is to be done after the decision, in the order it was planned."""
    return list(db.session.scalars(sa.select(FollowUp).where(FollowUp.project_id == project_id).order_by(FollowUp.id)))


def open_follow_ups(project_id: int) -> int:
    """How many are neither done nor handed over."""
    return (
        db.session.scalar(
            sa.select(sa.func.count(FollowUp.id)).where(
                FollowUp.project_id == project_id, FollowUp.done_at.is_(None), FollowUp.handed_to == ""
            )
        )
        or 0
    )


def follow_up_of(project: Project, key: int) -> FollowUp:
    """A follow-up of a project.

    Raises:
        NotFound: the project has no such follow-up.
    """
    found = get_or_404(FollowUp, key)
    if found.project_id != project.id:
        raise NotFound
    return found
