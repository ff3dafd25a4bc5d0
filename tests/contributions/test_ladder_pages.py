"""The ladder in a browser: the planner's rungs, the sender's page and appeal, and the public counts (RE-33)."""

import pytest

from participation.contributions.ladder import steps_of
from participation.contributions.mask import mask_contribution
from participation.foundation.db import db, settling
from participation.rules.handling import Handling, HidingReason, MaskField, MaskReason, Rung
from tests.contributions.laddered import WORDS
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in


def page(one):
    return f"/arbejde/projekter/{one.project.slug}/indbakke/{one.number}"


def press(client, one, act, **fields):
    mark = csrf(client, page(one))
    answer = client.post(f"{page(one)}/{act}", data={"csrf_token": mark, **fields})
    db.session.rollback()
    return answer


def step_form(name, words=WORDS, **more):
    return {f"{name}-reason": "threats", f"{name}-words": words, **{f"{name}-{key}": one for key, one in more.items()}}


@pytest.fixture
def desk(client, planner_person):
    sign_in(client, planner_person)
    return client


@pytest.fixture
def holder(app, shown):
    client = app.test_client()
    with client.session_transaction() as session:
        session["held"] = [shown.id]
    return client


def send_form(client, one, name, act, **fields):
    mark = csrf(client, page(one))
    fields = {**step_form(name, **fields), f"{name}-csrf_token": mark, "csrf_token": mark}
    return client.post(f"{page(one)}/{act}", data=fields)


@pytest.mark.parametrize(
    ("name", "act", "rung"),
    [("guide", "vejled", Rung.GUIDE), ("ask_edit", "bed-om-rettelse", Rung.ASK_EDIT), ("hide", "skjul", Rung.HIDE)],
)
def test_each_rung_has_its_form(desk, shown, name, act, rung):
    assert send_form(desk, shown, name, act).status_code == 303
    db.session.rollback()
    assert [(step.rung, step.reason) for step in steps_of(shown.id)] == [(rung, HidingReason.THREATS)]
    assert "Fjern naboens navn" in desk.get(page(shown)).text


def test_a_form_that_comes_back_is_sent_to_the_same_door(desk, shown):
    page_again = send_form(desk, shown, "guide", "vejled", words="")
    assert page_again.status_code == 422
    assert f'action="{page(shown)}/vejled"' in page_again.text


def test_without_words_the_form_comes_back_open(desk, shown):
    answer = send_form(desk, shown, "hide", "skjul", words="")
    assert answer.status_code == 422
    assert "Skriv med egne ord til afsenderen" in answer.text
    assert steps_of(shown.id) == []


def test_a_hearing_offers_no_block(desk, shown):
    assert "luk-kommentarer" not in desk.get(page(shown)).text
    assert send_form(desk, shown, "block", "luk-kommentarer", days="7").status_code == 409


def test_the_planner_confirms_what_the_leader_hid(client, desk, planner_person, leader_person, shown):
    send_form(desk, shown, "hide", "skjul")
    step = steps_of(shown.id)[0].id
    assert "En kollega skal bekræfte det" in desk.get(page(shown)).text
    assert press(desk, shown, f"trin/{step}/bekraeft").status_code == 409
    sign_in(client, leader_person)
    assert press(client, shown, f"trin/{step}/bekraeft").status_code == 303
    assert not steps_of(shown.id)[0].waits


def test_the_sender_reads_why_asks_once_and_is_answered(desk, holder, shown):
    send_form(desk, shown, "hide", "skjul")
    step = steps_of(shown.id)[0].id
    own = holder.get("/mit-svar/hvor").text
    assert "Fjern naboens navn" in own
    assert f"/mit-svar/set-igen/{step}" in own
    where = f"/mit-svar/set-igen/{step}"
    mark = csrf(holder, where)
    assert holder.post(where, data={"csrf_token": mark, "words": ""}).status_code == 422
    assert holder.post(where, data={"csrf_token": mark, "words": "Jeg truer ingen."}).status_code == 303
    assert "Du har bedt os om at se på det igen" in holder.get("/mit-svar/hvor").text
    assert holder.post(where, data={"csrf_token": mark, "words": "Igen."}).status_code == 409
    assert "Jeg truer ingen." in desk.get(page(shown)).text
    mark = csrf(desk, page(shown))
    fields = {f"again{step}-csrf_token": mark, f"again{step}-words": "Det er i orden.", f"again{step}-undo": "1"}
    assert desk.post(f"{page(shown)}/trin/{step}/svar", data=fields).status_code == 303
    assert "Du fik ret" in holder.get("/mit-svar/hvor").text
    db.session.rollback()
    assert shown.handling is Handling.PUBLISHED


def test_whoever_follows_a_link_to_what_is_hidden_reads_why_and_none_of_its_words(desk, app, shown):
    """The public sees what is hidden by number and reason (RE-33)."""
    send_form(desk, shown, "hide", "skjul")
    answer = app.test_client().get(f"/projekter/{shown.project.slug}/hoeringssvar/{shown.number}")
    assert answer.status_code == 410
    assert f"Nr. {shown.number} er skjult. Grunden er, at det indeholder trusler" in answer.text
    assert shown.words not in answer.text


def test_nobody_appeals_a_step_of_others(client, app, desk, shown):
    send_form(desk, shown, "hide", "skjul")
    step = steps_of(shown.id)[0].id
    assert app.test_client().get(f"/mit-svar/set-igen/{step}").status_code == 403


def test_the_public_page_has_the_rules_the_reasons_and_the_counts(desk, app, shown):
    visitor = app.test_client()
    empty = visitor.get("/saadan-modererer-vi").text
    assert "Regler for god tone" in empty
    assert "Det er ikke sket endnu" in empty
    send_form(desk, shown, "hide", "skjul")
    page_ = visitor.get("/saadan-modererer-vi").text
    assert "1 skridt i alt" in page_
    assert WORDS not in page_
    assert "Fjern naboens" not in page_


def test_covered_words_are_counted_by_reason_and_the_ladder_leads_there(desk, app, planner, shown):
    with settling():
        mask_contribution(planner, shown, [MaskField.NAME], MaskReason.OWN_NAME, now=NOW)
    visitor = app.test_client().get("/saadan-modererer-vi").text
    assert "Ord, vi har dækket til" in visitor
    assert "Det er ikke sket endnu" not in visitor
    assert f"{page(shown)}/privat" in desk.get(page(shown)).text


def test_the_sender_sees_what_is_covered_asks_and_is_answered_by_another(client, desk, holder, leader_person, shown):
    quote, here = shown.words[:5], f"{page(shown)}/privat"
    mark = csrf(desk, here)
    fields = {"quote-segment": shown.body.id, "quote-quote": quote, "quote-reason": "abuse", "quote-csrf_token": mark}
    assert desk.post(f"{here}/ord", data=fields).status_code == 422
    assert desk.post(f"{here}/ord", data={**fields, "quote-words": WORDS}).status_code == 303
    db.session.rollback()
    (step,) = steps_of(shown.id)
    own, where = holder.get("/mit-svar/hvor").text, f"/mit-svar/set-igen/{step.id}"
    assert "Vi har dækket noget" in own
    assert f"»{quote}«" in own
    assert holder.get(where).status_code == 200
    assert (
        holder.post(where, data={"csrf_token": csrf(holder, where), "words": "Det er min mening."}).status_code == 303
    )
    assert "En kollega skal se på det igen" in desk.get(page(shown)).text
    sign_in(client, leader_person)
    mark = csrf(client, page(shown))
    again = f"again{step.id}"
    fields = {f"{again}-csrf_token": mark, f"{again}-words": "Det må gerne stå.", f"{again}-undo": "1"}
    assert client.post(f"{page(shown)}/trin/{step.id}/svar", data=fields).status_code == 303
    assert "Du fik ret" in holder.get("/mit-svar/hvor").text
    assert quote in holder.get(f"/projekter/{shown.project.slug}/hoeringssvar/{shown.number}").text
