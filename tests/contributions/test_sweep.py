"""A flood in few acts: all that was marked is hidden or looked at, told, counted, confirmed and undone (T1, T14)."""

import re

import pytest
import sqlalchemy as sa

from participation.contributions.appeal import answer_appeal, appeal_step
from participation.contributions.ladder import moderated, standing, steps_of
from participation.contributions.model import Contribution, Moderation, Sweep
from participation.contributions.sweep import CHUNK, confirm_sweep, hide_marked, look_at_marked, undo_sweep
from participation.foundation import jobs, log
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.jobs.owing import kinds
from participation.foundation.model import Job, Letter
from participation.projects.model import Project
from participation.rules.handling import Handling, HidingReason, Rung, SweepState
from participation.rules.kinds import Sign
from participation.rules.policy import NotAllowed
from tests.contributions.sending import csrf, holder_of, submitted
from tests.persons import NOW, sign_in
from tests.queries import counted

WORDS = "Det er reklame for ure."


def flood(round_, many=3):
    return [
        submitted(round_, f"Køb ure nr. {n}.", signs=(Sign.HIDDEN_FIELD,), email=f"bot{n}@ure.example")
        for n in range(many)
    ]


def hide(actor, round_, chosen=()):
    with settling():
        sweep = hide_marked(actor, round_.project, HidingReason.ADVERTISING, WORDS, chosen, now=NOW)
    jobs.run_all(None, NOW)
    db.session.rollback()
    return db.session.get_one(Sweep, sweep.id)


def states(model=Contribution.handling):
    return db.session.scalars(sa.select(model).order_by(Contribution.id)).all()


def told(kind):
    return db.session.scalar(sa.select(sa.func.count(Letter.id)).where(Letter.kind == kind))


def test_all_that_was_marked_is_hidden_and_the_honest_one_is_not(planner, hearing):
    submitted(hearing)
    flood(hearing)
    sweep = hide(planner, hearing)
    assert states() == [Handling.RECEIVED, *[Handling.HIDDEN] * 3]
    assert (sweep.state, sweep.total, sweep.done) == (SweepState.TAKEN, 3, 3)


def test_what_is_marked_after_the_button_was_pressed_is_left_alone(planner, hearing):
    flood(hearing, 2)
    with settling():
        hide_marked(planner, hearing.project, HidingReason.ADVERTISING, WORDS, now=NOW)
    submitted(hearing, "Køb flere ure.", signs=(Sign.MANY,))
    jobs.run_all(None, NOW)
    db.session.rollback()
    assert states() == [Handling.HIDDEN, Handling.HIDDEN, Handling.RECEIVED]


def test_only_the_ticked_ones_are_hidden(planner, hearing):
    one, _two, three = flood(hearing)
    hide(planner, hearing, [one.id, three.id])
    assert states() == [Handling.HIDDEN, Handling.RECEIVED, Handling.HIDDEN]


def test_each_has_its_step_its_letter_and_its_place_in_the_public_counts(planner, hearing):
    ones = flood(hearing)
    hide(planner, hearing)
    assert [(step.rung, step.reason, step.words) for step in steps_of(ones[2].id)] == [
        (Rung.HIDE, HidingReason.ADVERTISING, WORDS)
    ]
    assert told("hidden") == 3
    assert moderated()[0].counts == {(HidingReason.ADVERTISING, Rung.HIDE): 3}
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "hidden").limit(1)).one()
    assert WORDS in letter.words


def test_a_sender_who_was_no_robot_asks_once_and_is_shown(planner, hearing):
    one = flood(hearing)[0]
    hide(planner, hearing)
    step = standing(one, Rung.HIDE)
    with settling():
        appeal_step(holder_of(one), step, "Jeg er et menneske.", now=NOW)
        answer_appeal(planner, step, granted=True, words="Undskyld.", now=NOW)
    assert states() == [Handling.RECEIVED, Handling.HIDDEN, Handling.HIDDEN]


def test_alone_it_stands_at_once_with_a_colleague_it_waits_for_them(planner, leader, hearing):
    flood(hearing)
    sweep = hide(planner, hearing)
    assert sweep.waits
    with pytest.raises(Wrong), settling():
        confirm_sweep(planner, sweep, now=NOW)
    with settling():
        confirm_sweep(leader, sweep, now=NOW)
    jobs.run_all(None, NOW)
    db.session.rollback()
    assert not db.session.get_one(Sweep, sweep.id).waits
    assert set(db.session.scalars(sa.select(Moderation.confirmed_by_id))) == {leader.person_id}


def test_in_a_department_of_one_nobody_waits(planner, hearing):
    flood(hearing)
    assert not hide(planner, hearing).waits
    assert set(db.session.scalars(sa.select(Moderation.confirmed_at))) == {NOW}


def test_all_of_it_is_undone_and_told_and_marked_again(planner, hearing):
    flood(hearing)
    sweep = hide(planner, hearing)
    with settling():
        undo_sweep(planner, sweep, now=NOW)
    jobs.run_all(None, NOW)
    db.session.rollback()
    assert states() == [Handling.RECEIVED] * 3
    assert states(Contribution.suspicious) == [True] * 3
    assert told("restored") == 3
    assert moderated()[0].ended == 3
    with pytest.raises(Wrong), settling():
        undo_sweep(planner, db.session.get_one(Sweep, sweep.id), now=NOW)


def test_looked_at_in_one_act_the_mark_is_gone_and_comes_back_when_that_is_undone(planner, hearing):
    flood(hearing)
    with settling():
        sweep = look_at_marked(planner, hearing.project, now=NOW)
    jobs.run_all(None, NOW)
    assert (states(Contribution.suspicious), states()) == ([False] * 3, [Handling.RECEIVED] * 3)
    db.session.rollback()
    with settling():
        undo_sweep(planner, db.session.get_one(Sweep, sweep.id), now=NOW)
    jobs.run_all(None, NOW)
    assert states(Contribution.suspicious) == [True] * 3


def test_the_log_names_who_pressed_the_button_and_every_number(planner, hearing):
    flood(hearing)
    hide(planner, hearing)
    entry = [one for one in log.entries_of(project_id=hearing.project_id) if "numbers" in one.facts][-1]
    assert (entry.act, entry.actor) == ("contribution:hide", f"person:{planner.person_id}")
    assert entry.facts["numbers"] == [1, 2, 3]


def test_nobody_else_sweeps_and_nothing_is_swept_without_a_word(other_planner, planner, hearing):
    flood(hearing)
    with pytest.raises(NotAllowed), settling():
        hide_marked(other_planner, hearing.project, HidingReason.ADVERTISING, WORDS, now=NOW)
    with pytest.raises(Wrong), settling():
        hide_marked(planner, hearing.project, HidingReason.ADVERTISING, " ", now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(Job.id)).where(Job.name == "sweep")) == 0


def test_the_button_and_each_chunk_ask_as_much_of_the_database_for_few_as_for_many(planner, hearing):
    asked, project = [], hearing.project_id
    for many in (2, CHUNK):
        flood(db.session.get_one(Project, project).round, many)
        with counted() as button, settling():
            here = db.session.get_one(Project, project)
            sweep = hide_marked(planner, here, HidingReason.ADVERTISING, WORDS, now=NOW).id
        with counted() as worked:
            kinds["sweep"].handler({"sweep": sweep}, lambda share, words: None, NOW)
        asked.append((len(button), len(worked)))
    assert asked[0] == asked[1]


# -- in the browser ----------------------------------------------------------------------------------------------------


def page(hearing):
    return f"/arbejde/projekter/{hearing.project.slug}/indbakke"


def send(client, hearing, **fields):
    mark = csrf(client, f"{page(hearing)}?valg=flagged")
    return client.post(f"{page(hearing)}/skjul-maerkede", data={"csrf_token": mark, "reason": "advertising", **fields})


def test_in_two_acts_a_flood_is_hidden_and_confirmed_and_in_one_more_undone(
    client, planner_person, leader_person, hearing
):
    flood(hearing, 30)
    sign_in(client, planner_person)
    answer = send(client, hearing, words=WORDS, everyone="y")
    jobs.run_all(None, NOW)
    assert "30 skjult på én gang" in client.get(answer.location).text
    assert "En kollega skal bekræfte det" in client.get(answer.location).text
    assert client.get(f"{answer.location}/fremdrift").status_code == 200
    sign_in(client, leader_person)
    assert "Venter på en kollega" in client.get(page(hearing)).text
    assert "valg=again" not in client.get(page(hearing)).text
    mark = csrf(client, answer.location)
    assert client.post(f"{answer.location}/bekraeft", data={"csrf_token": mark}).status_code == 303
    jobs.run_all(None, NOW)
    assert "Færdig" in client.get(answer.location).text
    mark = csrf(client, answer.location)
    assert client.post(f"{answer.location}/fortryd", data={"csrf_token": mark}).status_code == 303
    jobs.run_all(None, NOW)
    assert "Gjort om" in client.get(answer.location).text
    assert re.search(r"valg=flagged[^>]*>[^<]*Mærket", client.get(page(hearing)).text)


def test_without_words_or_ticks_the_form_comes_back_with_what_was_chosen(client, planner_person, hearing):
    flood(hearing)
    sign_in(client, planner_person)
    answer = send(client, hearing, words="")
    assert answer.status_code == 422
    assert "Skriv med egne ord til afsenderen" in answer.text
    assert "Sæt kryds ved mindst ét" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Sweep.id))) == 0
    assert send(client, hearing, words=WORDS, numbers=["2"]).status_code == 303
    jobs.run_all(None, NOW)
    assert states() == [Handling.RECEIVED, Handling.HIDDEN, Handling.RECEIVED]
