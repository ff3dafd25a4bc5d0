"""Whatever is done in whatever order: a case closes when everybody has had their answer, and never before (RE-29)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from participation.answers.model import Answer
from participation.answers.question import answer_question
from participation.contributions.ask import ask_question
from participation.contributions.model import Contribution
from participation.contributions.receive import Sender, Sent
from participation.contributions.withdraw import withdraw_contribution
from participation.decisions.follow_up import no_follow_up
from participation.feedback.close import NotReady, close_project
from participation.feedback.deliver import leave_at_code, post_letters
from participation.feedback.model import Feedback
from participation.feedback.publish import publish_feedback
from participation.foundation import jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter
from participation.people.model import Department
from participation.projects.model import Project
from participation.rules.handling import Handling
from participation.rules.kinds import AnswerState, Kind
from participation.rules.policy import VISITOR, Actor, NotAllowed
from tests.contributed import receive
from tests.decided import AFTER, WEIGHING, answer_all, decide
from tests.matters import make_project
from tests.persons import NOW

SENDERS = (
    Sender(email="mia@borger.example"),
    Sender(name="Ove Holm", address="Møllevej 4, 9999 Engelund", wants_post=True),
    Sender(),
)
who, which = some.sampled_from(SENDERS), some.integers(0, 5)


class Case(RuleBasedStateMachine):
    """People write, by mail, on paper or with the code alone; the administration does what comes to it."""

    app: SettledFlask
    department: Department
    planner: Actor
    clerk: Actor
    closed = refused = 0

    @initialize(sender=who)
    def begin(self, sender: Sender) -> None:
        """One has written in time and one has asked, and the deadline has passed."""
        db.session.rollback()
        project = make_project(self.department, slug=f"sag-{uuid4().hex}")
        receive(project.rounds[0], "Flyt overgangen.", sender=sender)
        asked = Sent(words="Hvornår?", kind=Kind.QUESTION, received_at=NOW, key=uuid4().hex)
        with settling():
            ask_question(VISITOR, project.rounds[0], asked, now=NOW)
        self.key, self.now, self.is_closed = project.id, WEIGHING, False

    @property
    def project(self) -> Project:
        return db.session.get_one(Project, self.key)

    def written(self, *kinds: Kind) -> list[Contribution]:
        """What was written and not withdrawn."""
        mine = (Contribution.project_id == self.key, Contribution.handling != Handling.WITHDRAWN)
        asked = sa.select(Contribution).where(*mine, Contribution.kind.in_(kinds or tuple(Kind)))
        return list(db.session.scalars(asked.order_by(Contribution.id)))

    def does(self, act: Any, *about: Any, **more: Any) -> None:
        """An act that may be refused as things stand."""
        self.now += timedelta(minutes=1)
        try:
            with settling():
                act(*about, **more, now=self.now)
        except (Wrong, NotAllowed):
            db.session.rollback()

    @rule(sender=who, kind=some.sampled_from((Kind.RESPONSE, Kind.QUESTION)))
    def write(self, sender: Sender, kind: Kind) -> None:
        """Late, or a question."""
        sent = Sent(words="Mere lys.", kind=kind, received_at=self.now, key=uuid4().hex, sender=sender)
        if kind is Kind.QUESTION:
            self.does(ask_question, VISITOR, self.project.rounds[0], sent)
        elif not self.is_closed:
            receive(self.project.rounds[0], "Mere lys.", at=self.now, sender=sender)

    @rule(at=which)
    def withdraw(self, at: int) -> None:
        if found := self.written():
            one = found[at % len(found)]
            self.does(withdraw_contribution, Actor(held=frozenset({one.id})), one)

    @rule(at=which)
    def answer(self, at: int) -> None:
        lacking = [one for one in self.written(Kind.RESPONSE) if not self.has_answer(one)]
        if lacking and not self.is_closed:
            answer_all(self.planner, [lacking[at % len(lacking)]], now=self.now)

    @rule(at=which)
    def answer_a_question(self, at: int) -> None:
        if found := self.written(Kind.QUESTION):
            self.does(answer_question, self.planner, found[at % len(found)], "Til foråret.", publish=True)

    @rule()
    def decide(self) -> None:
        if self.project.rounds[0].decided_at is None:
            self.now = max(self.now, AFTER)
            decide(self.clerk, self.project, now=self.now)

    @rule()
    def tell(self) -> None:
        self.does(publish_feedback, self.planner, self.project)

    @rule(fails=some.booleans())
    def work(self, fails: bool) -> None:
        """The worker makes and delivers the letters; sometimes an address does not exist."""
        before = set(db.session.scalars(sa.select(Letter.id).where(Letter.sent_at.is_not(None))))
        jobs.run_all(self.app, self.now)
        db.session.rollback()
        if fails:
            with settling():
                mine = (Letter.project_id == self.key, Letter.kind == "feedback", Letter.id.not_in(before))
                lost: dict[str, Any] = {"sent_at": None, "failed_at": self.now, "failure": "Adressen findes ikke."}
                db.session.execute(sa.update(Letter).where(*mine).values(**lost))

    @rule()
    def post(self) -> None:
        self.does(post_letters, self.planner, self.project, letters.waiting_for_print(self.key))

    @rule(at=which)
    def leave(self, at: int) -> None:
        told = db.session.scalars(sa.select(Feedback).where(Feedback.project_id == self.key)).all()
        if told:
            self.does(leave_at_code, self.planner, told[at % len(told)])

    @rule()
    def follow_nothing_up(self) -> None:
        self.does(no_follow_up, self.planner, self.project)

    @rule()
    def close(self) -> None:
        if self.is_closed:
            return
        owed = self.owed()
        try:
            with settling():
                close_project(self.planner, self.project, now=self.now)
        except NotReady:
            db.session.rollback()
            assert owed
            Case.refused += 1
        else:
            assert owed == []
            self.is_closed = True
            Case.closed += 1

    # -- told once more, from the rows alone ------------------------------------------------------------------------

    def has_answer(self, one: Contribution) -> bool:
        mine = (Answer.contribution_id == one.id, Answer.state == AnswerState.APPROVED)
        return db.session.scalar(sa.select(sa.exists().where(*mine))) or False

    def is_told(self, one: Contribution) -> bool:
        """Whether feedback lies at the code, or its letter has left the house."""
        told = db.session.get(Feedback, one.id)
        kinds = ("feedback", "feedback_print")
        sent = {
            letter.subject_key
            for letter in db.session.scalars(sa.select(Letter).where(Letter.kind.in_(kinds)))
            if letter.sent_at is not None
        }
        return told is not None and (told.channel == "code" or f"contribution:{one.id}" in sent)

    def owed(self) -> list[str]:
        """What somebody is owed still."""
        db.session.rollback()
        found = [f"answer {one.number}" for one in self.written() if not self.has_answer(one)]
        found += [f"feedback {one.number}" for one in self.written(Kind.RESPONSE) if not self.is_told(one)]
        if self.project.rounds[0].decided_at is None:
            found.append("decision")
        if self.project.follow_up_none_at is None:
            found.append("follow-up")
        return found

    @invariant()
    def a_closed_case_owes_nobody_anything(self) -> None:
        """RP-23, RL-46: nor does anything undo it afterwards."""
        if self.is_closed:
            assert [one for one in self.owed() if one not in self.since] == []

    @property
    def since(self) -> set[str]:
        """What came in after the case was closed."""
        closed_at = self.project.closed_at
        late = [one for one in self.written() if closed_at is not None and one.received_at >= closed_at]
        return {f"{what} {one.number}" for one in late for what in ("answer", "feedback")}

    def teardown(self) -> None:
        """Whatever went before, the case can be brought to its end; on the way there it is tried at every step."""
        if not hasattr(self, "key"):
            return
        self.decide()
        self.follow_nothing_up()
        for place in range(8):
            self.close()
            self.answer(place)
        for step in (self.tell, lambda: self.work(False), self.post):
            self.close()
            step()
        for told in db.session.scalars(sa.select(Feedback).where(Feedback.project_id == self.key)).all():
            self.close()
            self.does(leave_at_code, self.planner, told)
        for place in range(8):
            self.close()
            self.answer_a_question(place)
        self.close()
        assert self.is_closed
        db.session.rollback()


def test_a_case_never_closes_with_an_unanswered_contribution_or_an_undelivered_letter(
    app: SettledFlask, roads: Department, planner: Actor, clerk: Actor
) -> None:
    """RP-23 RE-29 RL-46."""
    Case.app, Case.department, Case.planner, Case.clerk = app, roads, planner, clerk
    Case.closed = Case.refused = 0
    given: dict[str, Any] = {
        "max_examples": 6,
        "stateful_step_count": 10,
        "deadline": None,
        "database": None,
        "derandomize": True,
        "phases": [Phase.generate],
        "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    }
    run_state_machine_as_test(Case, settings=settings(**given))
    assert Case.closed >= 6
    assert Case.refused >= 1
