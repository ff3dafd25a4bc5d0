"""Whatever is done at the workbench, in whatever order: nothing is lost, undoing restores, and the log tells it all.

A few runs, always the same, in CI. More, and others each time:

    MEDSPIL_ACTS=500 .venv/bin/python -m pytest -s tests/queue/test_random_acts.py
"""

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import selectinload

from participation.answers.approve import approve_answer
from participation.answers.draft import Draft, answer_on, draft_answer
from participation.answers.gates import gates
from participation.answers.model import Answer
from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.mask import Words, lift_mask, mask_contribution
from participation.contributions.model import Contribution, Mask, Point
from participation.contributions.read import read_contributions
from participation.contributions.split import join_points, split_contribution
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.people.actor import actor_of
from participation.people.model import Department, Person
from participation.projects.model import Project
from participation.queue.answer import Said, answer_effect, answer_points
from participation.queue.assign import assign_points, place_points, read_points, undo_batch
from participation.queue.chosen import Chosen
from participation.queue.model import Batch
from participation.queue.wanted import State, Wanted
from participation.reports.gate import NotReady
from participation.reports.publish import publish_paper
from participation.rules import dates
from participation.rules.handling import MaskReason
from participation.rules.kinds import AnswerState, ApprovalRule, Kind, Role, SpanKind
from participation.rules.outcomes import REFUSING, Recommendation
from participation.rules.policy import Actor
from participation.themes.edit import (
    lock_theme,
    merge_themes,
    new_theme,
    place_theme,
    remove_theme,
    rename_theme,
    split_theme,
    start_theme,
    undo,
)
from participation.themes.model import Theme, ThemeEdit
from participation.themes.move import pin_points, see_also
from participation.themes.tree import tree
from tests.matters import LAST_DAY, make_project
from tests.persons import make_person
from tests.queue.replayed import replayed, standing

LONG = os.environ.get("MEDSPIL_ACTS")
LETTERS = (
    "Flyt overgangen hen til kirken. Der mangler lys på stien. Bussen kører for hurtigt.",
    "Jeg bor på nr. 12. Børnene tør ikke cykle.",
    "Sæt flere træer. Og en bænk.",
    "Nej tak til tunnelen.",
)
#: One of those that there are, counted round and round; a few chosen ones; what an answer says.
which = some.integers(0, 7)
several = some.sets(which, min_size=1, max_size=4)
advice = some.sampled_from([None, *Recommendation])
said = some.sampled_from(["", "Vi flytter den.", "Det koster for meget."])


class Workbench(RuleBasedStateMachine):
    """Two colleagues and a leader do whatever comes to them, in a case whose deadline has passed."""

    department: Department
    people: tuple[Person, Person]
    acting: tuple[Actor, Actor, Actor]
    cases = 0

    def __init__(self) -> None:
        super().__init__()
        self.now = dates.local_day_end(LAST_DAY) + timedelta(hours=9)
        self.before_edits: list[tuple[int, tuple[Any, ...]]] = []
        Workbench.cases += 1

    @initialize(rule_=some.sampled_from(ApprovalRule))
    def begin(self, rule_: ApprovalRule) -> None:
        """Four letters have come in."""
        db.session.rollback()
        project = make_project(self.department, slug=f"sag-{self.cases}")
        with settling():
            self.department.approval = rule_
            came = project.rounds[0].closes_at - timedelta(days=1)
            letters = [Incoming(words, Kind.RESPONSE, came) for words in LETTERS]
            bring_in(project.rounds[0], letters, batch_id=None, registered_by=None, now=came)
        self.key, self.approves_itself = project.id, rule_ is ApprovalRule.NONE
        self.begun = standing(self.key)

    # -- finding ----------------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        return db.session.get_one(Project, self.key)

    def points(self) -> list[Point]:
        live = (Point.project_id == self.key, Point.retired_at.is_(None), Point.kind == SpanKind.SAID)
        return list(db.session.scalars(sa.select(Point).where(*live).order_by(Point.id)))

    def themes(self) -> list[Theme]:
        mine = (Theme.project_id == self.key, Theme.retired_at.is_(None))
        return list(db.session.scalars(sa.select(Theme).where(*mine).order_by(Theme.id)))

    def contribution(self, at: int) -> Contribution:
        mine = sa.select(Contribution).where(Contribution.project_id == self.key).order_by(Contribution.number)
        found = db.session.scalars(mine).all()
        return found[at % len(found)]

    def theme(self, at: int) -> Theme | None:
        found = self.themes()
        return found[at % len(found)] if found else None

    def some_points(self, places: set[int]) -> list[int]:
        found = self.points()
        return sorted({found[at % len(found)].id for at in places})

    def chosen(self, places: set[int], filtered: bool) -> Chosen:
        return Chosen(Wanted(tilstand=State.OPEN)) if filtered else Chosen(ticked=self.some_points(places))

    def does(self, verb: Any, *given: Any, **named: Any) -> Any:
        """Do one act as a request does: all of it, or nothing where it is refused in words."""
        self.now += timedelta(minutes=1)
        try:
            with settling():
                return verb(*given, **named, now=self.now)
        except Wrong:
            return None
        finally:
            db.session.expire_all()

    def edits(self, verb: Any, *given: Any) -> None:
        """An act on the themes, and how they stood before it."""
        before, last = self.themed(), self.last_edit()
        self.does(verb, self.acting[0], *given)
        if self.last_edit() != last:
            self.before_edits.append((self.last_edit(), before))

    def last_edit(self) -> int:
        return db.session.scalar(sa.select(sa.func.max(ThemeEdit.id)).where(ThemeEdit.project_id == self.key)) or 0

    def themed(self) -> tuple[Any, ...]:
        now = standing(self.key)
        return now.themes, now.homes, now.also

    # -- acts on contributions --------------------------------------------------------------------------------------

    @rule(at=which)
    def read(self, at: int) -> None:
        self.does(read_contributions, self.acting[0], self.project, [self.contribution(at)])

    @rule(at=which, homes=some.lists(some.integers(0, 3), min_size=9, max_size=9), cut=some.booleans())
    def split(self, at: int, homes: list[int], cut: bool) -> None:
        """Stretch by stretch, as on the page: each to a point, or to what owes no answer."""
        one, pieces = self.contribution(at), {}
        stretches = [(span.text_id, span.start, span.end) for point in one.points for span in point.spans]
        if cut:
            text, start, end = max(stretches, key=lambda stretch: stretch[2] - stretch[1])
            stretches.remove((text, start, end))
            middle = (start + end) // 2
            stretches += [part for part in ((text, start, middle), (text, middle, end)) if part[1] < part[2]]
        for home, stretch in zip(homes * len(stretches), sorted(stretches), strict=False):
            pieces.setdefault(home, []).append(stretch)
        background = pieces.pop(0, [])
        self.does(split_contribution, self.acting[0], one, list(pieces.values()), background)

    @rule(at=which)
    def join(self, at: int) -> None:
        one = self.contribution(at)
        self.does(join_points, self.acting[0], one, one.points[:2])

    @rule(at=which, end=some.integers(1, 12))
    def mask(self, at: int, end: int) -> None:
        one = self.contribution(at)
        self.does(mask_contribution, self.acting[0], one, [Words(one.body.id, 0, end)], MaskReason.CPR)

    @rule(at=which)
    def uncover(self, at: int) -> None:
        for mask in list(self.contribution(at).masks)[:1]:
            self.does(lift_mask, self.acting[0], db.session.get_one(Mask, mask.id))

    # -- acts on themes ---------------------------------------------------------------------------------------------

    @rule(under=some.none() | which)
    def empty_theme(self, under: int | None) -> None:
        self.make_theme(under)

    def make_theme(self, under: int | None) -> None:
        self.edits(new_theme, self.project, "Trafik", None if under is None else self.theme(under))

    @rule(places=several)
    def gather(self, places: set[int]) -> None:
        self.edits(start_theme, self.project, self.some_points(places), "Sti")

    @rule(places=several, at=which, filtered=some.booleans())
    def move(self, places: set[int], at: int, filtered: bool) -> None:
        if (theme := self.theme(at)) is not None:
            chosen = self.chosen(places, filtered)
            self.edits(lambda actor, now: place_points(actor, self.project, chosen, theme, now=now))

    @rule(places=several, pinned=some.booleans())
    def pin(self, places: set[int], pinned: bool) -> None:
        self.edits(lambda actor, now: pin_points(actor, self.project, self.some_points(places), pinned=pinned, now=now))

    @rule(places=several, at=which, also=some.booleans())
    def look_beside(self, places: set[int], at: int, also: bool) -> None:
        if (theme := self.theme(at)) is not None:
            points = self.some_points(places)
            self.edits(lambda actor, now: see_also(actor, self.project, points, theme, also=also, now=now))

    @rule(
        at=which, other=which, deed=some.sampled_from(["rename", "merge", "split", "lock", "place", "lift", "remove"])
    )
    def change_theme(self, at: int, other: int, deed: str) -> None:
        theme, second = self.theme(at), self.theme(other)
        if theme is None or second is None:
            return
        inside = [key for key, (home, _by) in standing(self.key).homes.items() if home == theme.id][:1]
        deeds = {
            "rename": lambda: self.edits(rename_theme, theme, f"Navn {other}"),
            "merge": lambda: self.edits(merge_themes, theme, second),
            "split": lambda: self.edits(split_theme, theme, inside, "For sig"),
            "lock": lambda: self.edits(lambda actor, now: lock_theme(actor, theme, locked=not theme.locked, now=now)),
            "place": lambda: self.edits(place_theme, theme, second),
            "lift": lambda: self.edits(place_theme, theme, None),
            "remove": lambda: self.edits(remove_theme, theme),
        }
        deeds[deed]()

    @rule(under=some.none() | which, kind=some.sampled_from(Recommendation))
    def answer_a_new_theme(self, under: int | None, kind: Recommendation) -> None:
        self.make_theme(under)
        self.does(draft_answer, self.acting[1], Draft(self.themes()[-1], "Det er med.", kind, "Pladsen."))
        self.undo_edit()

    @rule()
    def undo_edit(self) -> None:
        """What comes back is exactly what stood before the act that is undone."""
        last = self.last_edit()
        undone = self.does(undo, self.acting[1], self.project)
        if self.last_edit() == last:
            return
        key, before = self.before_edits.pop()
        assert undone.id == key
        assert self.themed() == before

    # -- acts on answers --------------------------------------------------------------------------------------------

    @rule(
        at=which,
        what=some.sampled_from(["theme", "theme", "contribution", "point"]),
        words=said,
        kind=advice,
        reason=said,
    )
    def answer(self, at: int, what: str, words: str, kind: Recommendation | None, reason: str) -> None:
        points = self.points()
        about = {"theme": self.theme(at), "contribution": self.contribution(at), "point": points[at % len(points)]}[
            what
        ]
        if about is None:
            return
        stood = answer_on(about)
        draft = Draft(about, words, kind, reason, version=stood.version if stood is not None else 0)
        self.does(draft_answer, self.acting[at % 2], draft)

    @rule(at=which)
    def approve(self, at: int) -> None:
        found = db.session.scalars(sa.select(Answer).where(Answer.project_id == self.key).order_by(Answer.id)).all()
        if found:
            self.does(approve_answer, self.acting[2], found[at % len(found)])

    @rule(
        places=several, filtered=some.booleans(), replace=some.booleans(), kind=some.sampled_from(Recommendation),
        reason=said, back=some.booleans(),
    )  # fmt: skip
    def answer_many(
        self, places: set[int], filtered: bool, replace: bool, kind: Recommendation, reason: str, back: bool
    ) -> None:
        chosen = self.chosen(places, filtered)
        effect = answer_effect(self.project, chosen, dates.local_day(self.now))
        given = Said("Det er med.", kind, reason)
        before = standing(self.key)
        batch = self.does(answer_points, self.acting[0], self.project, chosen, given, replace=replace, seen=effect.seen)
        if batch is not None:
            assert kind not in REFUSING or reason
            self.take_back(batch, before, back)

    @rule(
        places=several, filtered=some.booleans(), at=which, day=some.none() | some.integers(0, 9), back=some.booleans()
    )
    def hand_out(self, places: set[int], filtered: bool, at: int, day: int | None, back: bool) -> None:
        due = None if day is None else dates.local_day(self.now) + timedelta(days=day)
        before, person = standing(self.key), self.people[at % 2]
        batch = self.does(assign_points, self.acting[1], self.project, self.chosen(places, filtered), person, due)
        self.take_back(batch, before, back)

    @rule(places=several, filtered=some.booleans(), back=some.booleans())
    def read_many(self, places: set[int], filtered: bool, back: bool) -> None:
        before = standing(self.key)
        self.take_back(
            self.does(read_points, self.acting[0], self.project, self.chosen(places, filtered)), before, back
        )

    def take_back(self, batch: Batch | None, before: Any, back: bool) -> None:
        """Undo an act on many right away: all is as before it."""
        if batch is not None and back:
            self.does(undo_batch, self.acting[1], batch)
            assert standing(self.key) == before

    @rule(at=which)
    def undo_one_of_many(self, at: int) -> None:
        """Later, when others have done something meanwhile."""
        found = db.session.scalars(sa.select(Batch).where(Batch.project_id == self.key).order_by(Batch.id)).all()
        if found:
            self.does(undo_batch, self.acting[1], found[at % len(found)])

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def every_word_is_in_one_point(self) -> None:
        """RE-36: what somebody wrote is said or background, in one live point; only blanks lie between."""
        mine = sa.select(Contribution).where(Contribution.project_id == self.key)
        for one in db.session.scalars(
            mine.options(selectinload(Contribution.points), selectinload(Contribution.texts))
        ):
            spans = [(span.start, span.end) for point in one.points for span in point.spans]
            covered = Counter(place for start, end in spans for place in range(start, end))
            assert set(covered.values()) <= {1}
            assert not "".join(letter for place, letter in enumerate(one.words) if place not in covered).strip()
            assert any(point.kind is SpanKind.SAID for point in one.points)

    @invariant()
    def every_point_has_one_home_or_none(self) -> None:
        """RP-23: the heads of the board and the bin hold each point that is owed an answer once, and no other."""
        heads = [theme.id for theme in self.themes() if theme.parent_id is None]
        today, found = dates.local_day(self.now), Counter()
        for head in (*heads, 0):
            found.update(db.session.scalars(Wanted(emne=head).points(self.key, today)))
        assert found == {point.id: 1 for point in self.points()}
        board = tree(self.project)
        assert board.placed + board.nowhere == len(found)

    @invariant()
    def no_refusal_is_without_its_reason(self) -> None:
        """RE-35, FU-08."""
        for one in db.session.scalars(sa.select(Answer).where(Answer.project_id == self.key)):
            assert one.recommendation not in REFUSING or one.reason.strip()

    @invariant()
    def an_answer_stands_where_it_can_be_seen(self) -> None:
        """RE-41: no act on the themes takes an answer away with it, save that a theme that has one takes another in."""
        themes = {one.id: one for one in db.session.scalars(sa.select(Theme).where(Theme.project_id == self.key))}
        mine = (Answer.project_id == self.key, Answer.theme_id.is_not(None), Answer.state != AnswerState.WITHDRAWN)
        for one in db.session.scalars(sa.select(Answer).where(*mine)):
            assert themes[one.theme_id].retired_at is None or themes[one.theme_id].merged_into_id is not None

    @invariant()
    def the_gate_names_what_is_open_or_unread(self) -> None:
        """RE-29: neither more nor less than what is."""
        missing = {one.key: one.numbers for one in gates(self.project, dates.local_day(self.now))}
        assert set(missing.get("unanswered", ())) == {point.contribution.number for point in self.open()}
        assert set(missing.get("unread", ())) == set(range(1, len(LETTERS) + 1)) - standing(self.key).read

    def open(self) -> list[Point]:
        """Points without an answer: their own, their contribution's, their theme's or that of the one above."""
        homes, found = standing(self.key).homes, []
        above = dict(db.session.execute(sa.select(Theme.id, Theme.parent_id).where(Theme.project_id == self.key)).all())
        mine = (Answer.project_id == self.key, Answer.state != AnswerState.WITHDRAWN)
        given = {
            (one.point_id, one.contribution_id, one.theme_id): one
            for one in db.session.scalars(sa.select(Answer).where(*mine))
        }
        for point in self.points():
            home = homes[point.id][0] if point.id in homes else 0
            chain = (point.id, None, None), (None, point.contribution_id, None), (None, None, home)
            first = next((given[one] for one in (*chain, (None, None, above.get(home, 0))) if one in given), None)
            if first is None or not first.words.strip() or first.recommendation is None:
                found.append(point)
        return found

    @rule()
    def publish(self) -> None:
        """RP-23, RL-35: never with an open point."""
        self.now += timedelta(minutes=1)
        if not self.open():
            return
        with pytest.raises(NotReady) as refused, settling():
            publish_paper(self.acting[0], self.project, now=self.now)
        assert "unanswered" in {one.key for one in refused.value.missing}

    def teardown(self) -> None:
        """K10: the log, played from its first line, gives the case as it stands."""
        if hasattr(self, "begun"):
            assert replayed(self.key, self.begun, approves_itself=self.approves_itself) == standing(self.key)
        db.session.rollback()


def test_whatever_is_done_at_the_workbench_nothing_is_lost_and_the_log_tells_it(roads: Department) -> None:
    """K8 K9 K10 RP-23 RE-29 RE-30 RE-35 RE-36."""
    people = make_person("Pia Planlægger", (Role.PLANNER, roads)), make_person("Kim Kollega", (Role.PLANNER, roads))
    Workbench.department, Workbench.people = roads, people
    leader = make_person("Lone Leder", (Role.LEADER, roads))
    Workbench.acting = (*(actor_of(one) for one in people), actor_of(leader))
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    given: dict[str, Any] = {
        "deadline": None,
        "suppress_health_check": checks,
        "database": None,
        "phases": [Phase.generate],
    }
    if LONG:
        given |= {"max_examples": int(LONG), "stateful_step_count": 60}
    else:
        given |= {"max_examples": 8, "stateful_step_count": 30, "derandomize": True}
    run_state_machine_as_test(Workbench, settings=settings(**given))
