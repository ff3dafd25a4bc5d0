"""Whatever happens between two versions: the first one stays what it was, and the next one lists what is new (L8)."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as some

from participation.answers.draft import Draft, draft_answer
from participation.answers.model import Answer
from participation.contributions.model import Contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import files
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department
from participation.projects.model import Project
from participation.reports.model import WhitePaper
from participation.reports.publish import publish_paper
from participation.rules.acts import Act
from participation.rules.handling import HidingReason
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.matters import make_project
from tests.reports.cases import answer, hide, publish, read

YES, NO = Recommendation.ACCOMMODATED, Recommendation.NOT_ACCOMMODATED
ACTS = some.lists(
    some.tuples(some.sampled_from(["write", "turn", "reword", "hide", "withdraw", "history"]), some.integers(0, 9)),
    min_size=1,
    max_size=4,
)


@dataclass(frozen=True)
class Letter:
    """One contribution as the test knows it."""

    advice: Recommendation = YES
    words: str = "Tak. Vi flytter overgangen hen til kirken."
    gone: str = ""


@dataclass
class Case:
    """A project, and what the test knows of it."""

    planner: Actor
    project: Project
    now: datetime
    letters: dict[int, Letter] = field(default_factory=dict)
    history: str = ""

    def write(self, at: int) -> None:
        (one,) = receive(self.project.rounds[0], f"Mere lys, {len(self.letters)}.", at=self.now)
        publish(one)
        answer(self.planner, one)
        read(one)
        self.letters[one.number] = Letter()

    def turn(self, at: int) -> None:
        self.say(at, lambda was: replace(was, advice=NO if was.advice is YES else YES))

    def reword(self, at: int) -> None:
        self.say(at, lambda was: replace(was, words=f"{was.words} Igen."))

    def say(self, at: int, changed: Any) -> None:
        number = self.there(at)
        if number is None:
            return
        letter, one = changed(self.letters[number]), self.find(number)
        known = db.session.scalars(sa.select(Answer).where(Answer.contribution_id == one.id)).one()
        with settling():
            draft = Draft(one, letter.words, letter.advice, "Der er bedre udsyn.", version=known.version)
            draft_answer(self.planner, draft, now=self.now)
        self.letters[number] = letter

    def hide(self, at: int) -> None:
        if (number := self.there(at)) is not None:
            hide(self.find(number), HidingReason.OTHER_PERSONS)
            self.letters[number] = replace(self.letters[number], gone="hidden")

    def withdraw(self, at: int) -> None:
        if (number := self.there(at)) is not None:
            one = self.find(number)
            with settling():
                withdraw_contribution(Actor(held=frozenset({one.id})), one, now=self.now)
            self.letters[number] = replace(self.letters[number], gone="withdrawn")

    def tell_history(self, at: int) -> None:
        self.history = f"{self.history} Udvalget så på den igen."
        with settling():
            self.project.history = self.history

    def there(self, at: int) -> int | None:
        shown = [number for number, letter in self.letters.items() if not letter.gone]
        return shown[at % len(shown)] if shown else None

    def find(self, number: int) -> Contribution:
        mine = (Contribution.project_id == self.project.id, Contribution.number == number)
        return db.session.scalars(sa.select(Contribution).where(*mine)).one()

    def freeze(self) -> WhitePaper:
        self.now += timedelta(days=1)
        with settling():
            return publish_paper(self.planner, self.project, now=self.now)


DOES = {
    "write": Case.write,
    "turn": Case.turn,
    "reword": Case.reword,
    "hide": Case.hide,
    "withdraw": Case.withdraw,
    "history": Case.tell_history,
}


def kept(paper: WhitePaper) -> dict[str, str]:
    """What lies in the store of a version, hashed anew."""
    found = {}
    for one in paper.documents:
        with files.open_(one.sha256) as file:
            found[f"{one.rendition}.{one.format}"] = hashlib.sha256(file.read()).hexdigest()
    return found


def logged(paper: WhitePaper) -> dict[str, str]:
    """What the log says was published, by the version."""
    mine = (LogEntry.act == Act.PUBLISH_REPORT, LogEntry.project_id == paper.project_id)
    entries = db.session.scalars(sa.select(LogEntry).where(*mine).order_by(LogEntry.id)).all()
    return dict(name.rsplit(":", 1) for name in entries[paper.version - 1].facts["files"])


def expected(before: dict[int, Letter], after: dict[int, Letter]) -> dict[str, list[int]]:
    """What the test knows to be new."""
    both = [number for number in after if number in before]
    stayed = [number for number in both if not after[number].gone]
    turned = [number for number in stayed if before[number].advice is not after[number].advice]
    found = {
        "new": [number for number in after if number not in before],
        "withdrawn": [one for one in both if (before[one].gone, after[one].gone) == ("", "withdrawn")],
        "hidden": [one for one in both if (before[one].gone, after[one].gone) == ("", "hidden")],
        "recommendation": turned,
        "reply": [one for one in stayed if before[one].words != after[one].words and one not in turned],
    }
    return {what: sorted(numbers) for what, numbers in found.items() if numbers}


def told(paper: WhitePaper, after: dict[int, Letter]) -> dict[str, list[int]]:
    """What the version says is new; of what is no longer shown only that it is gone."""
    found = {
        what: list(numbers) for what, numbers in paper.since if what not in ("facts", "changes", "overall", "form")
    }
    for what in ("recommendation", "reply"):
        found[what] = [one for one in found.get(what, []) if not after[one].gone]
    return {what: sorted(numbers) for what, numbers in found.items() if numbers}


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(first=[("turn", 0), ("write", 0)], second=[("turn", 0), ("reword", 1), ("hide", 2)])
@given(first=ACTS, second=ACTS)
def test_a_version_never_changes_and_the_next_lists_what_is_new(
    planner: Actor, without_approval: Department, later: datetime, first: list[Any], second: list[Any]
) -> None:
    """RP-28: the bytes hash to what the log says, also of the versions before."""
    db.session.rollback()
    case = Case(planner, make_project(without_approval, slug=f"sag-{uuid4().hex}"), later)
    case.write(0)
    case.write(0)
    papers, hashes = [case.freeze()], []
    for acts in (first, second):
        before, history = dict(case.letters), case.history
        hashes.append(kept(papers[-1]))
        for what, at in acts:
            DOES[what](case, at)
        papers.append(case.freeze())
        assert told(papers[-1], case.letters) == expected(before, case.letters)
        assert ("facts" in dict(papers[-1].since)) >= (case.history != history)
    hashes.append(kept(papers[-1]))
    for paper, was in zip(papers, hashes, strict=True):
        assert kept(paper) == was == logged(paper)
        assert len(was) >= 8
