"""What a councillor reads on one page before the meeting, and where the body settled otherwise than recommended."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import lazyload
from werkzeug.exceptions import NotFound

from participation.answers.model import Answer
from participation.decisions.model import AnswerOutcome
from participation.decisions.queries import about, about_loaded
from participation.foundation.db import db
from participation.reports.kept import PAGE
from participation.reports.model import WhitePaper
from participation.reports.paper import Entry, Paper, Section, Topic
from participation.reports.queries import read_entries, read_paper, version
from participation.rules.kinds import Rendition
from participation.rules.outcomes import Outcome, Recommendation, settled

#: How many topics stand on the page; the others are one click away.
TOPICS = 6


@dataclass(frozen=True)
class Synthesis:
    """A white paper on one page: the largest topics, or every line where they are few.

    Attributes:
        topics: the largest, each with the key of its heading.
        more: how many further topics there are.
        lines: contributions one by one, where the paper has no topics and all are on one leaf.
        home: where the whole paper lies.
    """

    paper: Paper
    topics: tuple[tuple[int, Topic], ...]
    more: int
    lines: tuple[Entry, ...]
    home: str

    @property
    def to(self) -> Callable[[int], str]:
        """Where a number leads: to that citizen's own words, whole."""
        return lambda number: f"{self.home}/bilag?nr={number}#nr-{number}"


def synthesis(slug: str, paper: WhitePaper) -> Synthesis | None:
    """The case rendition on one page, the same work however many wrote; nothing when its files were taken back."""
    frozen = version(paper.project_id, paper.version)
    try:
        told = read_paper(frozen, Rendition.CASE)
    except NotFound:
        return None
    topics = sorted(
        ((heading.key, topic) for heading in told.headings for topic in heading.topics),
        key=lambda pair: (-len(pair[1].numbers), pair[1].title),
    )
    lines = read_entries(frozen, told).entries if not topics and len(told.leaves) == 1 else ()
    return Synthesis(
        paper=told,
        topics=tuple(topics[:TOPICS]),
        more=max(len(topics) - TOPICS, 0),
        lines=tuple(one for one in lines if one.section is Section.BODY and one.told_in is None)[:PAGE],
        home=f"/arbejde/hvidbog/{slug}/{paper.version}",
    )


@dataclass(frozen=True)
class Deviation:
    """An answer that the deciding body settled otherwise than the administration recommended (RP-49)."""

    title: str
    recommended: Recommendation
    outcome: Outcome
    words: str


def deviations(project_id: int) -> list[Deviation]:
    """Each topic or answer that was settled otherwise, in the order of the white paper; in one query (RP-49)."""
    rows = db.session.execute(
        sa.select(Answer, AnswerOutcome)
        .join(AnswerOutcome, AnswerOutcome.answer_id == Answer.id)
        .where(
            Answer.project_id == project_id,
            Answer.recommendation.is_not(None),
            AnswerOutcome.outcome != Outcome.AS_RECOMMENDED,
        )
        .order_by(Answer.theme_id.is_(None), Answer.id)
        .options(lazyload(Answer.project), *about_loaded())
    )
    return [
        Deviation(about(answer), answer.recommendation, row.outcome, row.words)
        for answer, row in rows
        if answer.recommendation is not None
        and settled(Outcome.AS_RECOMMENDED, answer.recommendation) is not row.outcome
    ]
