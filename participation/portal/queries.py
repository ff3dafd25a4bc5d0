"""What the public may read: announced projects, published words, and what came of them. Counts come from columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Load, joinedload, lazyload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.exceptions import HTTPException, NotFound

from participation.answers.model import Answer, AnswerPoint, Change, ChangeAnswer
from participation.contributions.ladder import standing
from participation.contributions.model import (
    AboutPassage,
    Approver,
    Attachment,
    Contact,
    Contribution,
    Point,
    Span,
    Text,
    stands_apart,
)
from participation.contributions.shown import Masks, masks_of
from participation.decisions.model import AnswerOutcome, FollowUp
from participation.foundation import clock
from participation.foundation.db import db
from participation.foundation.forms import Hidden
from participation.foundation.model import File
from participation.foundation.personal import struck
from participation.foundation.sums import summed
from participation.projects.model import (
    CallBack,
    Explanation,
    FrameLine,
    Material,
    Meaning,
    Meeting,
    Notice,
    Passage,
    Project,
    Round,
    Step,
)
from participation.reports.model import WhitePaper
from participation.rules.handling import Handling, MaskField, Rung
from participation.rules.kinds import (
    MAIN,
    PRIVATE,
    AnswerState,
    Capacity,
    ChangeCause,
    Channel,
    Kind,
    SpanKind,
    StepResult,
    TextSource,
)
from participation.rules.levels import Level
from participation.rules.outcomes import Outcome, Recommendation
from participation.rules.phases import Arrival
from participation.rules.words import danish
from participation.themes.model import Theme

#: How many contributions stand on one page.
PAGE = 25
#: How many questions and answers stand on the project page itself.
QUESTIONS = 10


# -- lists of projects ------------------------------------------------------------------------------------------------


def for_front(now: datetime) -> list[Project]:
    """The projects of the front page: all that run, and the latest that are over."""
    return list(
        db.session.scalars(
            _announced(now)
            .order_by(sa.or_(Project.closed_at.is_not(None), Project.cancelled_at.is_not(None)), Project.id.desc())
            .limit(100)
        )
    )


def matching(now: datetime, title: str = "", level: Level | None = None, most: int = 200) -> list[Project]:
    """Announced projects, the latest first, by words of the title and by level."""
    found = _announced(now).order_by(Project.announced_at.desc(), Project.id.desc()).limit(most)
    for word in title.split()[:6]:
        found = found.where(sa.func.lower(Project.title).contains(word.lower(), autoescape=True))
    return list(db.session.scalars(found if level is None else found.where(Project.level == level)))


def _announced(now: datetime) -> sa.Select[Any]:
    return (
        sa.select(Project)
        .where(Project.announced_at <= now)
        .options(selectinload(Project.rounds).lazyload(Round.project))
    )


@dataclass(frozen=True)
class Changed:
    """Something that was changed because somebody wrote.

    Attributes:
        key: the change's id, by which a page goes on.
        number: of the contribution that the quote stands in.
        done: what is to be done, or is done, since it was decided.
    """

    title: str
    slug: str
    place: str
    after: str
    quote: str
    key: int = 0
    before: str = ""
    number: int = 0
    done: tuple[FollowUp, ...] = ()


def changed_because_of_you(most: int = 3, *, before: int | None = None) -> list[Changed]:
    """The latest changes that were decided because citizens wrote, each with the first words that caused it (RL-11).

    A change stands here only where the deciding body let it: not where the matter was turned down, nor where the body
    settled every answer behind it otherwise. In three queries.

    Args:
        before: the ``key`` after which the page goes on.
    """
    first_span = (
        sa.select(sa.func.min(Span.id))
        .join(Point, Span.point_id == Point.id)
        .join(Text, sa.and_(Text.id == Span.text_id, Text.source != TextSource.FILE))
        .join(Contribution, Point.contribution_id == Contribution.id)
        .join(AnswerPoint, AnswerPoint.point_id == Point.id)
        .join(ChangeAnswer, ChangeAnswer.answer_id == AnswerPoint.answer_id)
        .outerjoin(AnswerOutcome, AnswerOutcome.answer_id == AnswerPoint.answer_id)
        .where(
            ChangeAnswer.change_id == Change.id,
            Contribution.handling == Handling.PUBLISHED,
            Point.kind == SpanKind.SAID,
            Point.retired_at.is_(None),
            sa.or_(AnswerOutcome.outcome.is_(None), AnswerOutcome.outcome.not_in(_NOT_DONE)),
        )
        .correlate(Change)
        .scalar_subquery()
    )
    asked = (
        sa.select(Project.title, Project.slug, Change, Text, Span, Contribution)
        .join(Project, Change.project_id == Project.id)
        .join(Span, Span.id == first_span)
        .join(Text, Span.text_id == Text.id)
        .join(Contribution, Contribution.id == Text.contribution_id)
        .where(
            Change.retired_at.is_(None),
            Change.cause == ChangeCause.CONTRIBUTION,
            Project.cancelled_at.is_(None),
            sa.exists().where(Round.project_id == Project.id, Round.decided_at.is_not(None)),
            ~sa.exists().where(Step.project_id == Project.id, Step.result == StepResult.REJECTED),
        )
        .order_by(Change.id.desc())
        .limit(most)
        .options(lazyload("*"))
    )
    rows = db.session.execute(asked.where(Change.id < before) if before is not None else asked).all()
    masks = masks_of([one.id for *_, one in rows if one.is_masked])
    done = _done_since([change.id for _title, _slug, change, *_ in rows])
    return [
        Changed(
            title,
            slug,
            change.place,
            change.after,
            masks.of(text.id, text.words, one.cleared_reason).cut(span.start, span.end),
            key=change.id,
            before=change.before,
            number=one.number,
            done=tuple(done.get(change.id, ())),
        )
        for title, slug, change, text, span, one in rows
    ]


#: Outcomes after which a proposed change was not made.
_NOT_DONE = (Outcome.NOT_ACCOMMODATED, Outcome.POSTPONED)


def _done_since(changes: Sequence[int]) -> dict[int, list[FollowUp]]:
    """What is to be done, or is done, of the answers behind each change (RL-45)."""
    rows = db.session.execute(
        sa.select(ChangeAnswer.change_id, FollowUp)
        .join(FollowUp, FollowUp.answer_id == ChangeAnswer.answer_id)
        .where(ChangeAnswer.change_id.in_(changes))
        .order_by(FollowUp.id)
        .options(lazyload("*"))
    )
    found: dict[int, list[FollowUp]] = {}
    for key, follow_up in rows:
        found.setdefault(key, []).append(follow_up)
    return found


def notices_of(project_id: int) -> list[Notice]:
    """Every correction and every new date of a project, the newest first."""
    return list(db.session.scalars(sa.select(Notice).where(Notice.project_id == project_id).order_by(Notice.id.desc())))


# -- one project ------------------------------------------------------------------------------------------------------


def project(slug: str) -> Project:
    """A project with its rounds.

    Raises:
        NotFound: there is none of that name.
    """
    found = db.session.scalar(
        sa.select(Project).where(Project.slug == slug).options(selectinload(Project.rounds).lazyload(Round.project))
    )
    if found is None:
        raise NotFound
    return found


@dataclass
class Parts:
    """The small things that hang on a project and stand on its page."""

    changes: list[Change] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    papers: list[WhitePaper] = field(default_factory=list)


_PARTS: tuple[Any, ...] = (
    FrameLine,
    Meaning,
    Explanation,
    Material,
    Meeting,
    Step,
    Notice,
    Change,
    FollowUp,
    WhitePaper,
)


def asked_call(project: Project, key: int | None) -> CallBack | None:
    """The call that somebody has asked for in this browser, as long as they have not talked."""
    if key is None:
        return None
    return db.session.scalar(
        sa.select(CallBack).where(CallBack.id == key, CallBack.project_id == project.id, CallBack.done_at.is_(None))
    )


def read_parts(of: Project) -> Parts:
    """Read all small parts of a project in one query, and hang them on it.

    Each row of the query holds exactly one part, so nothing multiplies and nothing asks again.
    """
    keys = [
        sa.select(sa.literal(number).label("kind"), model.id.label("key")).where(model.project_id == of.id)
        for number, model in enumerate(_PARTS)
    ]
    spine = sa.union_all(*keys).subquery()
    asked: Any = sa.select(*_PARTS).select_from(spine)
    for number, model in enumerate(_PARTS):
        joined = sa.and_(spine.c.kind == number, spine.c.key == model.id)
        asked = asked.outerjoin(model, joined).options(Load(model).options(lazyload("*")))
    asked = asked.options(joinedload(Material.file), lazyload(WhitePaper.documents))
    found: list[list[Any]] = [[] for _ in _PARTS]
    for row in db.session.execute(asked):
        for number, part in enumerate(row):
            if part is not None:
                found[number].append(part)
    frame, meanings, explanations, materials, meetings, steps, notices, changes, follow_ups, papers = found
    for name, rows, order in (
        ("frame", frame, "position"),
        ("meanings", meanings, "position"),
        ("explanations", explanations, "position"),
        ("materials", materials, "position"),
        ("meetings", meetings, "starts_at"),
        ("steps", steps, "position"),
        ("notices", notices, "at"),
    ):
        set_committed_value(of, name, sorted(rows, key=attrgetter(order, "id")))
    return Parts(
        changes=sorted(
            (change for change in changes if change.retired_at is None), key=lambda row: (row.position, row.id)
        ),
        follow_ups=sorted(follow_ups, key=lambda row: row.id),
        papers=sorted((paper for paper in papers if paper.withdrawn_at is None), key=lambda row: -row.version),
    )


@dataclass(frozen=True)
class Topic:
    """A topic as the public sees it: how many points it has, what the municipality says, and what came of it."""

    title: str
    count: int
    words: str
    recommendation: Recommendation | None
    reason: str
    outcome: Outcome | None


def topics(project_id: int, most: int = 40) -> list[Topic]:
    """The topics of a project with the approved answers, the largest first; only for a round that is reported."""
    rows = db.session.execute(
        sa.select(
            Theme.title,
            Theme.point_count,
            sa.func.coalesce(Answer.words, ""),
            Answer.recommendation,
            sa.func.coalesce(Answer.reason, ""),
            AnswerOutcome.outcome,
        )
        .outerjoin(Answer, sa.and_(Answer.theme_id == Theme.id, Answer.state == AnswerState.APPROVED))
        .outerjoin(AnswerOutcome, AnswerOutcome.answer_id == Answer.id)
        .where(
            Theme.project_id == project_id,
            Theme.retired_at.is_(None),
            Theme.point_count > 0,
            Theme.parent_id.is_not(None) | Answer.id.is_not(None),
        )
        .order_by(Theme.point_count.desc(), Theme.position, Theme.id)
        .limit(most)
    )
    return [Topic(*row) for row in rows]


# -- what citizens wrote ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """A published contribution as the public may see it: the words, and a name only where it may stand there."""

    id: int
    number: int
    kind: Kind
    received_at: datetime
    arrival: Arrival
    capacity: Capacity
    name: str
    channel: Channel
    retold: bool
    place: str
    material_place: str
    geometry: dict[str, Any] | None
    support_count: int
    #: How many members of a body have approved it, where they wrote it together.
    approver_count: int
    words: str
    #: What was said under a heading of its own, each with its heading.
    apart: tuple[tuple[TextSource, str], ...] = ()

    @property
    def label(self) -> str:
        """What it is called: ``Høringssvar nr. 49``."""
        name = gettext(danish(self.kind))
        return _("%(kind)s nr. %(number)s", kind=name[:1].upper() + name[1:], number=self.number)

    @property
    def sender(self) -> str:
        """Who it is from, as far as the page may say: a name, else the capacity."""
        return self.name or gettext(danish(self.capacity))

    @property
    def note(self) -> str:
        """When it came, and whether an officer wrote it down or it came after the deadline."""
        facts = [clock.short_day(self.received_at)]
        if self.arrival is not Arrival.IN_TIME:
            facts.append(gettext(danish(self.arrival)))
        if self.retold:
            facts.append(_("gengivet af en medarbejder"))
        return " · ".join(facts)


@dataclass(frozen=True)
class AnsweredQuestion:
    """A published question, and the municipality's answer when it is given."""

    number: int
    asked_at: datetime
    words: str
    answer: str


def _latest_text() -> sa.ScalarSelect[int]:
    """The text that stands: the latest correction, else what was sent; what was taken from a file is not shown."""
    return (
        sa.select(sa.func.max(Text.id))
        .where(Text.contribution_id == Contribution.id, Text.source.in_(MAIN))
        .correlate(Contribution)
        .scalar_subquery()
    )


def _published(project_id: int) -> sa.Select[Any]:
    name = sa.case(
        (Contribution.disputed_at.is_not(None), ""),
        (
            sa.and_(Contribution.organisation != "", Contribution.capacity.not_in(PRIVATE)),
            Contribution.organisation,
        ),
        (Contribution.show_name.is_(True), sa.func.coalesce(Contact.name, "")),
        else_="",
    )
    return (
        sa.select(
            Contribution.id,
            Contribution.number,
            Contribution.kind,
            Contribution.received_at,
            Contribution.arrival,
            Contribution.capacity,
            name,
            Contribution.channel,
            Contribution.retold,
            Contribution.place,
            Contribution.material_place,
            Contribution.geometry,
            Contribution.support_count,
            Contribution.approver_count,
            sa.func.coalesce(Text.words, ""),
            Text.id,
            Contribution.is_masked,
            Contribution.cleared_reason,
        )
        .outerjoin(Text, Text.id == _latest_text())
        .outerjoin(Contact, Contact.contribution_id == Contribution.id)
        .where(Contribution.project_id == project_id, Contribution.handling == Handling.PUBLISHED)
    )


def _shown(rows: Sequence[Any]) -> list[Published]:
    """The rows as everybody may see them: without what is covered (RE-26)."""
    masks = masks_of([row[0] for row in rows if row[-2]])
    apart = _apart(rows)
    return [_published_row(masks, apart.get(row[0], ()), *row) for row in rows]


def _apart(rows: Sequence[Any]) -> dict[int, list[tuple[int, TextSource, str]]]:
    """What some of them said under a heading of its own: the text's key, the heading and the words."""
    found: dict[int, list[tuple[int, TextSource, str]]] = {}
    if rows:
        asked = sa.select(Text.contribution_id, Text.id, Text.source, Text.words)
        asked = asked.where(Text.contribution_id.in_([row[0] for row in rows]), stands_apart())
        for contribution, key, source, words in db.session.execute(asked.order_by(Text.id)):
            found.setdefault(contribution, []).append((key, source, words))
    return found


def _published_row(masks: Masks, apart: Sequence[tuple[int, TextSource, str]], *row: Any) -> Published:
    *_facts, words, text_id, _is_masked, reason = row
    one = Published(*row[:-3])
    return replace(
        one,
        words=masks.of(text_id, words, reason).words,
        apart=tuple((source, masks.of(key, said, reason).words) for key, source, said in apart),
        name=masks.name(one.id, one.name, one.capacity),
        place=masks.field(one.id, MaskField.PLACE, one.place),
        material_place=masks.field(one.id, MaskField.MATERIAL_PLACE, one.material_place),
        geometry=one.geometry if MaskField.PLACE not in masks.fields.get(one.id, ()) else None,
    )


@dataclass(frozen=True)
class Page:
    """A page of published contributions, the newest first, and the numbers that the neighbouring pages begin at."""

    rows: Sequence[Published]
    older: int | None
    newer: int | None


def published(
    project_id: int, before: int | None = None, after: int | None = None, size: int = PAGE, parent: int | None = None
) -> Page:
    """Published responses and proposals by their number, the newest first: a neutral order, never the popular first.

    Args:
        before, after: only numbers below, or above, this one.
        parent: instead, the comments on this proposal.
    """
    asked = _published(project_id)
    if parent is None:
        asked = asked.where(Contribution.kind.in_((Kind.RESPONSE, Kind.PROPOSAL)))
    else:
        asked = asked.where(Contribution.parent_id == parent)
    if after is not None:
        asked = asked.where(Contribution.number > after).order_by(Contribution.number.asc())
    else:
        asked = asked.order_by(Contribution.number.desc())
        if before is not None:
            asked = asked.where(Contribution.number < before)
    rows = _shown(db.session.execute(asked.limit(size + 1)).all())
    more, rows = len(rows) > size, rows[:size]
    if after is not None:
        rows.reverse()
        older, newer = True, more
    else:
        older, newer = more, before is not None
    return Page(rows, rows[-1].number if older and rows else None, rows[0].number if newer and rows else None)


def in_turn(project_id: int, first: int, beyond: int | None = None, size: int = PAGE) -> Page:
    """Published proposals in a neutral order: from one number on, and round again to the one before it (RE-15, RL-50).

    Which one is first is drawn for each visitor and day (`cards.first_in_turn`), so that none always stands on top.

    Args:
        first: the number that stands first. beyond: the last number of the page before.
    """
    number = Contribution.number
    asked = _published(project_id).where(Contribution.kind.in_((Kind.RESPONSE, Kind.PROPOSAL))).order_by(number.asc())
    round_again = beyond is not None and beyond < first
    rows: list[Published] = []
    if not round_again:
        ahead = number >= first if beyond is None else number > beyond
        rows = _shown(db.session.execute(asked.where(ahead).limit(size + 1)).all())
    if len(rows) <= size:
        behind = (number < first, number > beyond) if round_again and beyond is not None else (number < first,)
        rows += _shown(db.session.execute(asked.where(*behind).limit(size + 1 - len(rows))).all())
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, rows[-1].number if more else None, None)


def published_one(project_id: int, number: int) -> Published:
    """One published contribution.

    Raises:
        Hidden: it was hidden, for a reason that everybody may know (RE-33).
        NotFound: there is none of that number, or it is not shown.
    """
    row = db.session.execute(
        _published(project_id).where(Contribution.number == number, Contribution.kind != Kind.QUESTION)
    ).first()
    if row is None:
        raise _why_not_shown(project_id, number)
    return _shown([row])[0]


def _why_not_shown(project_id: int, number: int) -> HTTPException:
    hidden = db.session.scalars(
        sa.select(Contribution).where(
            Contribution.project_id == project_id,
            Contribution.number == number,
            Contribution.kind != Kind.QUESTION,
            Contribution.handling == Handling.HIDDEN,
        )
    ).first()
    step = standing(hidden, Rung.HIDE) if hidden is not None else None
    if step is None:
        return NotFound()
    why = gettext(
        "Nr. %(number)s er skjult. Grunden er, at det %(reason)s. Det er stadig en del af sagen og får svar.",
        number=number,
        reason=gettext(danish(step.reason)),
    )
    return Hidden(why)


def shown_files(contribution_id: int) -> list[Attachment]:
    """The files of a published contribution whose copies may be seen."""
    return list(
        db.session.scalars(
            sa.select(Attachment)
            .where(Attachment.contribution_id == contribution_id, Attachment.published_at.is_not(None))
            .options(joinedload(Attachment.public_file))
            .order_by(Attachment.id)
        )
    )


def shown_file(contribution_id: int, key: int) -> File:
    """The copy of one of them.

    Raises:
        NotFound: there is none, or its copy is not shown.
    """
    found = next((one for one in shown_files(contribution_id) if one.id == key), None)
    if found is None or found.public_file is None:
        raise NotFound
    return found.public_file


def questions(project_id: int, most: int = QUESTIONS, before: int | None = None) -> list[AnsweredQuestion]:
    """Published questions with the municipality's answers, the newest first."""
    asked = (
        sa.select(
            Contribution.number,
            Contribution.received_at,
            sa.func.coalesce(Text.words, ""),
            sa.func.coalesce(Answer.words, ""),
            Text.id,
            Contribution.id,
            Contribution.is_masked,
            Contribution.cleared_reason,
        )
        .outerjoin(Text, Text.id == _latest_text())
        .outerjoin(
            Answer,
            sa.and_(Answer.contribution_id == Contribution.id, Answer.state == AnswerState.APPROVED),
        )
        .where(
            Contribution.project_id == project_id,
            Contribution.kind == Kind.QUESTION,
            Contribution.handling == Handling.PUBLISHED,
        )
        .order_by(Contribution.number.desc())
        .limit(most)
    )
    if before is not None:
        asked = asked.where(Contribution.number < before)
    rows = db.session.execute(asked).all()
    masks = masks_of([key for *_, key, is_masked, _reason in rows if is_masked])
    return [
        AnsweredQuestion(number, asked_at, masks.of(text_id, words, reason).words, answer)
        for number, asked_at, words, answer, text_id, _key, _is_masked, reason in rows
    ]


@dataclass(frozen=True)
class PointAnswer:
    """What the municipality says to one point of a contribution, and what the deciding body settled."""

    spans: tuple[tuple[int, int], ...]
    quote: str
    topic: str
    words: str
    recommendation: Recommendation | None
    reason: str
    alternative: str
    outcome: Outcome | None


def answers_to(contribution_id: int) -> list[PointAnswer]:
    """The approved answers to a contribution's points, in their order; for a round that is reported."""
    rows = db.session.execute(
        sa.select(
            *(Point.id, Span.start, Span.end, Text, Theme.title, Answer, AnswerOutcome.outcome),
            *(Contribution.is_masked, Contribution.cleared_reason),
        )
        .join(Contribution, Contribution.id == Point.contribution_id)
        .join(AnswerPoint, AnswerPoint.point_id == Point.id)
        .join(Answer, sa.and_(Answer.id == AnswerPoint.answer_id, Answer.state == AnswerState.APPROVED))
        .outerjoin(Theme, Theme.id == Answer.theme_id)
        .outerjoin(AnswerOutcome, AnswerOutcome.answer_id == Answer.id)
        .outerjoin(Span, Span.point_id == Point.id)
        .outerjoin(Text, sa.and_(Text.id == Span.text_id, Text.source != TextSource.FILE))
        .where(
            Point.contribution_id == contribution_id,
            Point.retired_at.is_(None),
            Point.kind == SpanKind.SAID,
            AnswerPoint.approved_at.is_not(None),
        )
        .order_by(Point.position, Point.id, Span.id)
        .options(lazyload(Answer.project))
    ).all()
    masks = masks_of([contribution_id] if rows and rows[0].is_masked else ())
    made: dict[int, PointAnswer] = {}
    for point_id, start, end, text, topic, answer, outcome, _is_masked, reason in rows:
        here: tuple[tuple[int, int], ...] = ((start, end),) if text is not None else ()
        quote = masks.of(text.id, text.words, reason).cut(start, end) if text is not None else ""
        if (known := made.get(point_id)) is not None:
            here, quote = known.spans + here, f"{known.quote}\n{quote}".strip()
        made[point_id] = PointAnswer(
            spans=here,
            quote=quote,
            topic=topic or "",
            words=answer.words,
            recommendation=answer.recommendation,
            reason=answer.reason,
            alternative=answer.alternative,
            outcome=outcome,
        )
    return list(made.values())


# -- files and meetings -----------------------------------------------------------------------------------------------


def material(of: Project, material_id: int) -> Material:
    """A piece of a project's material.

    Raises:
        NotFound: the project has no such piece.
    """
    return _of(of, Material, material_id)


def passages_of(material_id: int) -> Sequence[Passage]:
    """The paragraphs of a piece in their order, once the worker has read it."""
    return db.session.scalars(
        sa.select(Passage)
        .where(Passage.material_id == material_id)
        .options(lazyload(Passage.material))
        .order_by(Passage.position)
    ).all()


def written_about(of: Project, material_id: int) -> Mapping[int, int]:
    """How many published contributions are about each paragraph of a piece, by its number; the others are left out."""
    counts = summed(of.id, "about", of.last_number, lambda: _written_about(of.id)).get(str(material_id), {})
    return {int(number): count for number, count in counts.items()}


def _written_about(project_id: int) -> dict[str, dict[str, int]]:
    rows = db.session.execute(
        sa.select(AboutPassage.material_id, AboutPassage.number, sa.func.count())
        .join(Material, Material.id == AboutPassage.material_id)
        .join(Contribution, Contribution.id == AboutPassage.contribution_id)
        .where(Material.project_id == project_id, Contribution.handling == Handling.PUBLISHED)
        .group_by(AboutPassage.material_id, AboutPassage.number)
    )
    found: dict[str, dict[str, int]] = {}
    for piece, number, count in rows:
        found.setdefault(str(piece), {})[str(number)] = count
    return found


def about(contribution_id: int) -> Sequence[AboutPassage]:
    """The paragraphs of the material that a contribution is about, as they stood when it was written."""
    return db.session.scalars(
        sa.select(AboutPassage).where(AboutPassage.contribution_id == contribution_id).order_by(AboutPassage.id)
    ).all()


def approved_by(one: Published) -> list[str]:
    """The members who approved what their body sent and wish to be named; none where the body's name is covered."""
    if not one.approver_count or not one.name:
        return []
    asked = sa.select(Approver.name).where(Approver.contribution_id == one.id, Approver.show_name)
    return [struck(name) for name in db.session.scalars(asked.order_by(Approver.id))]


def meeting(of: Project, meeting_id: int) -> Meeting:
    """A meeting of a project.

    Raises:
        NotFound: the project has no such meeting.
    """
    return _of(of, Meeting, meeting_id)


def _of(of: Project, model: Any, key: int) -> Any:
    found = db.session.scalar(sa.select(model).where(model.id == key, model.project_id == of.id))
    if found is None:
        raise NotFound
    return found


def meetings_of(of: Project) -> list[Meeting]:
    """All meetings of a project, the earliest first."""
    return list(db.session.scalars(sa.select(Meeting).where(Meeting.project_id == of.id).order_by(Meeting.starts_at)))
