"""[Send til alle]: every contributor is told in one act (RL-46, RL-47)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.hide import hide_contribution
from participation.contributions.model import Contribution, Promise
from participation.contributions.receive import Sender
from participation.contributions.withdraw import withdraw_contribution
from participation.decisions.announce import announce_decision
from participation.feedback.model import Feedback
from participation.feedback.publish import NobodyNew, NotAnswered, publish_feedback
from participation.feedback.queries import telling
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.letters import read_in_full
from participation.foundation.model import Letter
from participation.projects.model import Project, Round
from participation.rules.handling import HidingReason
from participation.rules.kinds import PromiseKind
from participation.rules.policy import Actor, Door, NotAllowed
from tests.contributed import receive
from tests.decided import AFTER, MEETING, REPORTED, WEIGHING, answer_all, decide
from tests.queries import counted

BY_MAIL = Sender(name="Mia Berg", email="mia@borger.example")
BY_POST = Sender(name="Ove Holm", address="Møllevej 4, 9999 Engelund", wants_post=True)


@pytest.fixture
def decided(planner: Actor, clerk: Actor, hearing: Round) -> Round:
    """Three contributors, by mail, by post and by code alone; all answered, and decided."""
    first = receive(hearing, "Flyt overgangen hen til kirken.", sender=BY_MAIL)
    second = receive(hearing, "Mere lys på stien.", sender=BY_POST)
    third = receive(hearing, "Sæt farten ned.")
    answer_all(planner, [*first, *second, *third])
    decide(clerk, hearing.project)
    return hearing


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def test_one_act_tells_everybody_by_the_way_they_can_be_reached(
    app: SettledFlask, planner: Actor, decided: Round
) -> None:
    """RL-46: feedback to all contributors, offline and anonymous ones too."""
    with settling():
        assert publish_feedback(planner, decided.project, now=AFTER) == 3
    jobs.run_all(app, AFTER)
    ways = db.session.scalars(sa.select(Feedback.channel).order_by(Feedback.contribution_id)).all()
    assert list(ways) == ["email", "print", "code"]
    assert (len(letters("feedback")), len(letters("feedback_print"))) == (1, 1)
    assert telling(decided.project).untold == {}


def test_a_companion_gets_a_copy_of_the_feedback_by_whichever_way_the_sender_is_told(
    app: SettledFlask, planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """RE-45: also of one on paper, whose words are in no mail, and of one who has only the code."""
    senders = (BY_MAIL, BY_POST, Sender())
    words = ("Flyt overgangen hen til kirken.", "Mere lys på stien.", "Sæt farten ned.")
    for place, (sender, said) in enumerate(zip(senders, words, strict=True)):
        receive(hearing, said, sender=replace(sender, companion="Bo", companion_email=f"bo{place}@borger.example"))
    answer_all(planner, list(db.session.scalars(sa.select(Contribution).order_by(Contribution.id))))
    decide(clerk, hearing.project)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    before = len(letters("copy"))
    jobs.run_all(app, AFTER)
    jobs.run_all(app, AFTER)
    db.session.rollback()
    copies = letters("copy")[before:]
    assert [one.recipient for one in copies] == [f"bo{place}@borger.example" for place in range(3)]
    for one in copies:
        told = read_in_full(one).words
        assert "Nu kan du se, hvad dit høringssvar" in told
        assert not any(said in told for said in words)
        assert "/l/" not in told
    assert (len(letters("feedback")), len(letters("feedback_print"))) == (1, 1)


def test_the_promise_is_kept_at_the_moment_of_sending(planner: Actor, decided: Round) -> None:
    """RL-47."""
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    kept = db.session.scalars(sa.select(Promise.kept_at).where(Promise.kind == PromiseKind.FEEDBACK)).all()
    assert kept == [AFTER] * 3


def test_the_letter_by_mail_says_what_became_of_it_and_quotes_nothing(
    app: SettledFlask, planner: Actor, decided: Round
) -> None:
    """RP-12: no citizen's words in a mail; they may be private."""
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    jobs.run_all(app, AFTER)
    (letter,) = letters("feedback")
    words = read_in_full(letter).words
    assert "Resultatet er: vedtaget." in words
    assert "imødekommet" in words
    assert "/l/" in words
    assert "Flyt overgangen" not in words


def test_the_letter_on_paper_has_it_all_with_the_code(app: SettledFlask, planner: Actor, decided: Round) -> None:
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    jobs.run_all(app, AFTER)
    (letter,) = letters("feedback_print")
    words = read_in_full(letter).words
    assert words.index("Mere lys på stien.") < words.index("Svar på 2.") < words.index("imødekommet")
    assert letter.recipient == "Ove Holm\nMøllevej 4, 9999 Engelund"
    assert "****" in (letter.words or "")


def test_nobody_is_told_while_somebody_lacks_an_answer_and_they_are_named(
    planner: Actor, clerk: Actor, hearing: Round
) -> None:
    """FU-04: no contribution can vanish."""
    answered, _ = receive(hearing, "Flyt den.", "Mere lys.")
    answer_all(planner, [answered])
    decide(clerk, hearing.project)
    with pytest.raises(NotAnswered) as refused, settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    assert refused.value.numbers == (2,)
    assert db.session.scalar(sa.select(sa.func.count(Feedback.contribution_id))) == 0


def test_late_and_hidden_ones_are_told_and_withdrawn_ones_are_not(planner: Actor, clerk: Actor, hearing: Round) -> None:
    hidden, withdrawn = receive(hearing, "Min nabo er dum.", "Glem det.")
    (late,) = receive(hearing, "Jeg kom for sent.", at=WEIGHING)
    with settling():
        hide_contribution(planner, hidden, HidingReason.OTHER_PERSONS, "Fjern navnet.", now=WEIGHING)
    with settling():
        withdraw_contribution(Actor(held=frozenset({withdrawn.id})), withdrawn, now=WEIGHING)
    answer_all(planner, [hidden, late])
    decide(clerk, hearing.project)
    with settling():
        publish_feedback(planner, hearing.project, now=AFTER)
    assert set(db.session.scalars(sa.select(Feedback.contribution_id))) == {hidden.id, late.id}


def test_who_came_after_the_decision_is_told_apart_and_nobody_twice(
    app: SettledFlask, planner: Actor, decided: Round
) -> None:
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    jobs.run_all(app, AFTER)
    with pytest.raises(NobodyNew), settling():
        publish_feedback(planner, decided.project, now=AFTER)
    later = AFTER + timedelta(days=2)
    receive(decided, "Er det for sent?", at=later, sender=BY_MAIL)
    with settling():
        assert publish_feedback(planner, decided.project, now=later) == 1
    jobs.run_all(app, later)
    first, second = letters("feedback")
    assert "kom, da beslutningen var truffet" not in (first.words or "")
    assert "kom, da beslutningen var truffet" in (second.words or "")


def test_who_was_told_before_the_announcement_is_told_how_to_complain(
    app: SettledFlask, planner: Actor, clerk: Actor, decided: Round
) -> None:
    """Planloven § 31: everybody who objected in time gets notice."""
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    jobs.run_all(app, AFTER)
    later = AFTER + timedelta(days=3)
    with settling():
        announce_decision(clerk, decided.project.steps[0], MEETING, "planklagenaevnet", now=later)
    jobs.run_all(app, later)
    told = letters("decision")
    assert [letter.channel for letter in told] == ["email", "print"]
    assert all("Planklagenævnet" in (letter.words or "") for letter in told)


def test_feedback_tells_how_to_complain_when_the_decision_was_announced_first(
    app: SettledFlask, planner: Actor, clerk: Actor, decided: Round
) -> None:
    """RP-27."""
    with settling():
        announce_decision(clerk, decided.project.steps[0], MEETING, "planklagenaevnet", now=AFTER)
    jobs.run_all(app, AFTER)
    with settling():
        publish_feedback(planner, decided.project, now=AFTER)
    jobs.run_all(app, AFTER)
    assert "Planklagenævnet" in (letters("feedback")[0].words or "")
    assert letters("decision") == []


def test_nobody_is_told_before_the_decision(planner: Actor, hearing: Round) -> None:
    receive(hearing, "Flyt den.")
    with pytest.raises(NotAllowed) as refused, settling():
        publish_feedback(planner, hearing.project, now=REPORTED)
    assert refused.value.refusal.door is Door.PHASE


def test_neither_a_clerk_nor_one_who_stands_aside_tells(planner: Actor, clerk: Actor, decided: Round) -> None:
    """RE-41."""
    aside = replace(planner, conflicts=frozenset({decided.project_id}))
    for actor, door in ((clerk, Door.ROLE), (aside, Door.IMPARTIAL)):
        with pytest.raises(NotAllowed) as refused, settling():
            publish_feedback(actor, decided.project, now=AFTER)
        assert refused.value.refusal.door is door


def test_telling_asks_as_much_whatever_their_number(planner: Actor, decided: Round) -> None:
    round_id, project_id = decided.id, decided.project_id

    def statements() -> int:
        with counted() as asked, settling():
            publish_feedback(planner, db.session.get_one(Project, project_id), now=AFTER)
        with settling():
            db.session.execute(sa.delete(Feedback))
        return len(asked)

    few = statements()
    more = receive(db.session.get_one(Round, round_id), *(f"Nummer {n}." for n in range(40)), at=WEIGHING)
    answer_all(planner, more)
    assert statements() == few
