"""The planner of a practice project answers: a resumé, remarks and a recommendation for each point, and the changes."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from participation.answers.approve import approve_answer
from participation.answers.change import draft_change
from participation.answers.draft import Draft, draft_answers
from participation.answers.model import Answer
from participation.answers.question import answer_question
from participation.answers.resume import write_resume
from participation.contributions.model import Contribution, Point
from participation.contributions.split import Stretch, split_contribution
from participation.practice import texts
from participation.practice.case import Case, Event
from participation.practice.texts import Told
from participation.rules.kinds import ApprovalRule, ChangeCause, Kind
from participation.rules.outcomes import PREFILLED, Recommendation

_CAUSES = {
    "response": ChangeCause.CONTRIBUTION,
    "own_correction": ChangeCause.OWN_CORRECTION,
    "new_knowledge": ChangeCause.NEW_KNOWLEDGE,
    "political": ChangeCause.POLITICAL,
}
_BETWEEN = timedelta(minutes=11)


def answering(case: Case) -> Iterator[Event]:
    """Each answer on its day, one after the other, and what the leader approves on the next."""
    told = texts.answers(case.slug)
    answers = told.get("answer", [])
    for order, one in enumerate(answers):
        at = min(case.at(one["day"], "09:10") + order % 20 * _BETWEEN, case.calendar.latest)
        yield Event(at, partial(_answer, case, answers, one))
    if answers and "own_change" in told:
        last = case.at(max(one["day"] for one in answers), "15:20")
        for one in told["own_change"]:
            yield Event(last, partial(_change, case, one, ()))


def _answer(case: Case, answers: Sequence[Told], one: Told, now: datetime) -> None:
    for place in one["contributions"]:
        contribution = case.arrived[place]
        if contribution.kind is Kind.QUESTION:
            answer_question(case.planner, contribution, one["remarks"], publish=True, now=now)
            continue
        mine = [other for other in answers if place in other["contributions"]]
        about = _point(case, contribution, mine, one, now) if "quote" in one else contribution
        [answer] = draft_answers(case.planner, about.project, [_draft(about, one)], now=now)
        if "change" in one:
            _change(case, one["change"], (answer.id,), now)
        if one is mine[-1] and any("resume" in other for other in mine):
            words = " ".join(other["resume"] for other in mine if "resume" in other)
            write_resume(case.planner, contribution, words, now=now)
        if case.department.approval is ApprovalRule.ANSWER:
            _approve(case, answer, now)


def _approve(case: Case, answer: Answer, now: datetime) -> None:
    approve_answer(case.leader, answer, now=now)


def _draft(about: Contribution | Point, one: Told) -> Draft:
    recommendation = Recommendation(one["recommendation"])
    return Draft(
        about=about,
        words=one["remarks"],
        recommendation=recommendation,
        reason=one.get("reason", PREFILLED.get(recommendation, "")),
        alternative=one.get("alternative", ""),
        passed_on_to=one.get("passed_on_to", ""),
    )


def _change(case: Case, one: Told, answers: Sequence[int], now: datetime) -> None:
    draft_change(
        case.planner,
        case.here,
        None,
        place=one["place"],
        before=one["before"],
        after=one["after"],
        cause=_CAUSES[one["cause"]],
        answer_ids=answers,
        now=now,
    )


def _point(case: Case, contribution: Contribution, mine: Sequence[Told], one: Told, now: datetime) -> Point:
    """The point that an answer's quote stands in; the first answer divides the contribution for all of them."""
    quotes = [other["quote"] for other in mine]
    if len(contribution.points) == 1 and not contribution.points[0].by_person:
        text = contribution.texts[0]
        said, background = divided(text.words, quotes)
        pieces: list[list[Stretch]] = [[(text.id, start, end)] for start, end in said]
        split_contribution(
            case.planner, contribution, pieces, [(text.id, start, end) for start, end in background], now=now
        )
    return next(point for point in contribution.points if one["quote"] in point.words)


def divided(words: str, quotes: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """A stretch for each quote, the lines around it included, and what is left over as background.

    A line with several quotes is cut where each but the first begins.

    Raises:
        ValueError: a quote does not stand in the words.
    """
    starts = sorted(words.index(quote) for quote in quotes)
    said: list[tuple[int, int]] = []
    background: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]*\S[^\n]*", words):
        here = [start for start in starts if line.start() <= start < line.end()]
        cuts = [line.start(), *here[1:], line.end()]
        for start, end in pairwise(cuts):
            piece = words[start:end]
            lead = len(piece) - len(piece.lstrip())
            (said if here else background).append((start + lead, start + lead + len(piece.strip())))
    return said, background
