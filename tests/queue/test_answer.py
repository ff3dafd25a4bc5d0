"""Two thousand points are answered in one act and taken back in one, and nobody's words are lost on the way."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.approve import approve_answer
from participation.answers.change import draft_change
from participation.answers.draft import Draft, ReasonMissing, draft_answer
from participation.answers.model import Answer, AnswerPoint, AnswerVersion
from participation.answers.queries import answers_of
from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.model import Contribution, Point
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.projects.model import Round
from participation.queue.answer import Said, answer_effect, answer_points
from participation.queue.assign import undo_batch
from participation.queue.chosen import Chosen
from participation.queue.model import Batch
from participation.queue.queries import left_by
from participation.queue.wanted import State, Wanted
from participation.rules import dates
from participation.rules.kinds import AnswerState, ApprovalRule, ChangeCause, Kind, Role
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor, NotAllowed
from participation.themes.edit import new_theme
from participation.themes.move import move_points
from tests.contributions.sending import csrf
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted
from tests.tampered import behind_our_back

TODAY = dates.local_day(NOW)
LATER = NOW + timedelta(hours=1)
YES, NO = Recommendation.ACCOMMODATED, Recommendation.NOT_ACCOMMODATED
SAID = Said("Vi flytter den.", YES, "Det er sikrere.")


def many(hearing: Round, number: int) -> list[Point]:
    with settling():
        incoming = [Incoming(f"Linje {place}.", Kind.RESPONSE, NOW) for place in range(number)]
        bring_in(hearing, incoming, batch_id=None, registered_by=None, now=NOW)
    return list(db.session.scalars(sa.select(Point).order_by(Point.id)))


def give(planner: Actor, hearing: Round, said: Said = SAID, **how: Any) -> Batch:
    chosen = Chosen(Wanted(**how.pop("wanted", {})), how.pop("ticked", ()))
    how = {"replace": False, "seen": None, "now": NOW} | how
    with settling():
        return answer_points(planner, hearing.project, chosen, said, **how)


def take_back(planner: Actor, batch: Batch) -> None:
    with settling():
        undo_batch(planner, db.session.get_one(Batch, batch.id), now=LATER)


def said_to(hearing: Round) -> dict[int, str]:
    """What stands for each point now, by the number of its contribution."""
    db.session.rollback()
    answers = answers_of(hearing.project_id)
    found = ((one, answers.of_point(one.id, one.contribution_id)) for one in answers.points.values())
    return {point.number: answer.words for point, answer in found if answer is not None}


def in_theme(planner: Actor, hearing: Round, points: list[Point], words: str) -> None:
    with settling():
        theme = new_theme(planner, hearing.project, "Trafik", None, now=NOW)
        move_points(planner, hearing.project, [one.id for one in points], theme, now=NOW)
    with settling():
        draft_answer(planner, Draft(theme, words, YES), now=NOW)


def test_two_thousand_points_are_answered_and_taken_back_at_the_price_of_twenty(planner: Actor, hearing: Round) -> None:
    """RE-08: one undoable act, whose statements do not grow with the points."""
    asked, key = [], hearing.id
    for number in (20, 2000):
        many(hearing, number)
        with counted() as doing:
            batch = give(planner, db.session.get_one(Round, key), wanted={"tilstand": State.OPEN}).id
        assert db.session.get_one(Batch, batch).total == number
        assert set(said_to(hearing).values()) == {SAID.words}
        with counted() as undoing, settling():
            undo_batch(planner, db.session.get_one(Batch, batch), now=LATER)
        assert said_to(hearing) == {}
        asked.append((len(doing), len(undoing)))
        with settling():
            db.session.execute(sa.update(Contribution).values(duplicate_of_id=Contribution.id))
    assert asked[0] == asked[1]


def test_undoing_lets_the_answer_of_the_theme_stand_again(planner: Actor, hearing: Round) -> None:
    points = many(hearing, 3)
    in_theme(planner, hearing, points[:2], "Emnets svar.")
    assert give(planner, hearing).total == 1
    batch = give(planner, hearing, Said("Eget svar.", YES), replace=True, ticked=[points[0].id])
    assert said_to(hearing) == {1: "Eget svar.", 2: "Emnets svar.", 3: SAID.words}
    take_back(planner, batch)
    assert said_to(hearing) == {1: "Emnets svar.", 2: "Emnets svar.", 3: SAID.words}
    own = db.session.scalar(sa.select(Answer).where(Answer.point_id == points[0].id))
    assert (own.state, own.version) == (AnswerState.WITHDRAWN, 2)


def test_undoing_restores_the_draft_that_stood_before_and_every_version_is_kept(planner: Actor, hearing: Round) -> None:
    (point,) = many(hearing, 1)
    before = Draft(point, "Nej.", NO, reason="For dyrt.", professional_reason="Målt.", assessed_by="Veje")
    with settling():
        draft_answer(planner, before, now=NOW)
    batch = give(planner, hearing, replace=True)
    assert said_to(hearing) == {1: SAID.words}
    take_back(planner, batch)
    own = db.session.scalar(sa.select(Answer))
    assert (own.words, own.recommendation, own.reason, own.professional_reason, own.assessed_by, own.state) == (
        "Nej.", NO, "For dyrt.", "Målt.", "Veje", AnswerState.DRAFT,
    )  # fmt: skip
    assert db.session.scalars(sa.select(AnswerVersion.words).order_by(AnswerVersion.version)).all() == [
        "Nej.", SAID.words, "Nej.",
    ]  # fmt: skip


def test_what_was_edited_approved_or_cited_since_is_left_and_said(
    planner: Actor, hearing: Round, roads: Department, leader: Actor
) -> None:
    """Nobody's words are overwritten: the colleague's, the leader's yes, and the ground of a change."""
    points = many(hearing, 5)
    with settling():
        roads.approval = ApprovalRule.ANSWER
    batch = give(planner, hearing)
    kirsten = make_person("Kirsten Kollega", (Role.PLANNER, roads))
    other = Actor(person_id=kirsten.id, roles=frozenset({(Role.PLANNER, roads.id)}))
    answers = {one.point_id: one for one in db.session.scalars(sa.select(Answer))}
    with settling():
        draft_answer(other, Draft(points[0], "Kirstens ord.", YES, version=1), now=NOW)
    with settling():
        approve_answer(leader, answers[points[1].id], now=NOW)
    with settling():
        draft_change(
            planner, hearing.project, None, place="§ 5", before="", after="Lys.", cause=ChangeCause.CONTRIBUTION,
            answer_ids=[answers[points[2].id].id], now=NOW,
        )  # fmt: skip
    take_back(planner, batch)
    assert said_to(hearing) == {1: "Kirstens ord.", 2: SAID.words, 3: SAID.words}
    assert [number for _point, number in left_by(db.session.get_one(Batch, batch.id))] == [1, 2, 3]
    entry = db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert (entry.act, entry.facts["undone"], entry.facts["left"], entry.facts["count"]) == ("answer:draft", True, 3, 2)


def test_the_effect_is_counted_before_it_is_done(
    planner: Actor, hearing: Round, roads: Department, leader: Actor
) -> None:
    points = many(hearing, 6)
    with settling():
        roads.approval = ApprovalRule.ANSWER
    in_theme(planner, hearing, points[:2], "Emnets svar.")
    for point in points[2:4]:
        with settling():
            draft_answer(planner, Draft(point, "Eget.", YES), now=NOW)
    with settling():
        approve_answer(leader, db.session.scalar(sa.select(Answer).where(Answer.point_id == points[3].id)), now=NOW)
    effect = answer_effect(hearing.project, Chosen(), TODAY)
    assert (effect.bare, effect.shared, effect.drafts, effect.locked, effect.total) == (2, 2, 1, 1, 6)
    assert give(planner, hearing, replace=True).total == 5
    assert said_to(hearing)[4] == "Eget."


def test_what_a_colleague_writes_after_the_effect_was_shown_is_not_overwritten(planner: Actor, hearing: Round) -> None:
    points = many(hearing, 2)
    effect = answer_effect(hearing.project, Chosen(), TODAY)
    with settling():
        draft_answer(planner, Draft(points[0], "Imens.", YES), now=NOW)
    give(planner, hearing, replace=True, seen=effect.seen)
    assert said_to(hearing) == {1: "Imens.", 2: SAID.words}


@pytest.mark.parametrize("refusal", [NO, Recommendation.PARTLY, Recommendation.OUT_OF_SCOPE])
def test_a_no_to_many_has_its_reason(planner: Actor, hearing: Round, refusal: Recommendation) -> None:
    """FU-08, RE-35: a free reason is compulsory on the refusing kinds."""
    many(hearing, 2)
    with pytest.raises(ReasonMissing):
        give(planner, hearing, Said("Nej.", refusal, " "))
    assert said_to(hearing) == {}


def test_where_nobody_approves_each_is_approved_for_its_point_and_undoing_approves_none(
    planner: Actor, hearing: Round, roads: Department
) -> None:
    many(hearing, 2)
    with settling():
        roads.approval = ApprovalRule.NONE
    batch = give(planner, hearing)
    assert answers_of(hearing.project_id).unapproved() == []
    assert set(db.session.scalars(sa.select(AnswerPoint.approved_at))) == {NOW}
    take_back(planner, batch)
    assert db.session.scalars(sa.select(AnswerPoint)).all() == []


def test_an_own_answer_that_is_emptied_is_taken_back_and_may_be_written_again(planner: Actor, hearing: Round) -> None:
    points = many(hearing, 1)
    in_theme(planner, hearing, points, "Emnets svar.")
    with settling():
        draft_answer(planner, Draft(points[0], "Eget.", YES), now=NOW)
    with settling():
        draft_answer(planner, Draft(points[0], "", None, version=1), now=NOW)
    assert said_to(hearing) == {1: "Emnets svar."}
    with settling():
        draft_answer(planner, Draft(points[0], "Igen.", YES), now=NOW)
    assert said_to(hearing) == {1: "Igen."}


def test_nothing_to_answer_and_no_right_to_do_it_are_refused(
    planner: Actor, other_planner: Actor, hearing: Round
) -> None:
    many(hearing, 1)
    with pytest.raises(NotAllowed):
        give(other_planner, hearing)
    give(planner, hearing)
    with pytest.raises(Wrong):
        give(planner, hearing)
    assert db.session.scalar(sa.select(sa.func.count(Batch.id))) == 1


def test_the_log_can_tell_if_one_of_the_many_was_changed_behind_our_back(planner: Actor, hearing: Round) -> None:
    """R7: the words of all of them are witnessed by the one entry."""
    many(hearing, 3)
    batch = give(planner, hearing)
    take_back(planner, batch)
    log.seal(now=NOW)
    assert log.verify().sound
    behind_our_back("UPDATE answer SET words = 'X' WHERE id = 2")
    assert not log.verify().sound


# -- on the page ------------------------------------------------------------------------------------------------------

QUEUE = "/arbejde/projekter/{slug}/koe"


def post(client: FlaskClient, hearing: Round, door: str, **form: Any) -> Any:
    path = QUEUE.format(slug=hearing.project.slug)
    return client.post(f"{path}{door}", data={"csrf_token": csrf(client, "/arbejde/tilknytninger"), **form})


def test_a_planner_sees_the_effect_writes_the_answer_and_takes_it_back(
    client: FlaskClient, planner_person: Person, planner: Actor, hearing: Round
) -> None:
    """By the page, from a filter: nothing is done before the last button, and what was typed is kept on an error."""
    points = many(hearing, 30)
    in_theme(planner, hearing, points[:2], "Emnets svar.")
    sign_in(client, planner_person)
    page = post(client, hearing, "/samlet/se", hvilke="alle", handling="svar", til=planner_person.id).text
    assert "28 punkter mangler svar" in page
    assert "2 har svar fra deres emne" in page
    assert said_to(hearing).keys() == {1, 2}
    effect = answer_effect(hearing.project, Chosen(), TODAY)
    shown = {"hvilke": "alle", "til_og_med": effect.last, "set": effect.seen}
    wrong = post(client, hearing, "/samlet/svar", **shown, words="Nej tak.", recommendation="not_accommodated")
    assert wrong.status_code == 422
    assert "Nej tak." in wrong.text
    assert "Skriv en begrundelse" in wrong.text
    done = post(client, hearing, "/samlet/svar", **shown, words="Ja tak.", recommendation="accommodated")
    assert done.status_code == 303
    assert list(said_to(hearing).values()) == ["Emnets svar."] * 2 + ["Ja tak."] * 28
    batch = client.get(done.location).text
    assert "Ja tak." in batch
    assert "30 punkter" not in batch
    with settling():
        draft_answer(planner, Draft(points[5], "Rettet siden.", YES, version=1), now=NOW)
    key = int(done.location.rsplit("/", 1)[1])
    assert post(client, hearing, f"/samlet/{key}/fortryd").status_code == 303
    assert said_to(hearing) == {1: "Emnets svar.", 2: "Emnets svar.", 6: "Rettet siden."}
    left = client.get(done.location).text
    assert "Ikke gjort om" in left
    assert "Nr. 6" in left


def test_whoever_works_elsewhere_may_not(client: FlaskClient, schools: Department, hearing: Round) -> None:
    many(hearing, 30)
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    for door in ("/samlet/svar", "/samlet/se"):
        form = {"hvilke": "alle", "handling": "svar", "words": "Ja.", "recommendation": "accommodated"}
        assert post(client, hearing, door, **form).status_code == 403
    assert said_to(hearing) == {}
