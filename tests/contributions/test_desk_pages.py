"""The staff's pages of contributions: the inbox by pages, and one contribution with all that can be done with it."""

import re

import pytest

from participation.contributions.model import Note
from participation.contributions.route import route_contribution
from participation.foundation.db import db, settling
from participation.rules.handling import Handling
from participation.rules.kinds import Role
from tests.contributions.sending import csrf, submitted
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted


@pytest.fixture
def inbox(client, hearing, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}/indbakke"


def posted(client, where, inbox, **fields):
    return client.post(where, data={"csrf_token": csrf(client, inbox), **fields})


def numbers(page):
    return [int(found) for found in re.findall(r'name="numbers" value="(\d+)"', page)]


def test_the_newest_stand_first_twenty_five_a_page(client, inbox, hearing):
    for n in range(60):
        submitted(hearing, f"Svar {n}")
    first = client.get(inbox).text
    assert numbers(first) == list(range(60, 35, -1))
    second = client.get(re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")).text
    assert numbers(second) == list(range(35, 10, -1))
    third = client.get(re.search(r'href="([^"]+)" rel="next"', second)[1].replace("&amp;", "&")).text
    assert numbers(third) == list(range(10, 0, -1))
    assert 'rel="next"' not in third
    back = client.get(re.search(r'href="([^"]+)" rel="prev"', third)[1].replace("&amp;", "&")).text
    assert numbers(back) == list(range(35, 10, -1))


def test_the_inbox_asks_no_more_with_sixty_than_with_one(client, inbox, hearing):
    submitted(hearing)
    with counted() as one:
        client.get(inbox)
    for n in range(59):
        submitted(hearing, f"Svar {n}")
    with counted() as sixty:
        client.get(inbox)
    assert len(sixty) <= len(one), "\n".join(sixty)


def test_the_unread_and_the_held_back_have_their_own_lists(client, inbox, hearing):
    read, private = submitted(hearing), submitted(hearing, "010101-1234")
    with settling():
        read.read_at = NOW
    assert numbers(client.get(f"{inbox}?valg=unread").text) == [private.number]
    assert numbers(client.get(f"{inbox}?valg=held").text) == [private.number]


def test_ticked_ones_are_read_and_shown_in_two_acts(client, inbox, hearing):
    first, second = submitted(hearing, "Et"), submitted(hearing, "To")
    assert posted(client, f"{inbox}/laest", inbox, numbers=[1, 2]).status_code == 303
    assert posted(client, f"{inbox}/vis", inbox, alle="1").status_code == 303
    db.session.expire_all()
    assert [one.handling for one in (first, second)] == [Handling.PUBLISHED] * 2


@pytest.mark.parametrize("where", ["laest", "vis"])
def test_nothing_ticked_is_a_422(client, inbox, hearing, where):
    submitted(hearing)
    assert posted(client, f"{inbox}/{where}", inbox).status_code == 422


def test_one_contribution_is_read_shown_hidden_and_shown_again(client, inbox, hearing):
    one = submitted(hearing)
    page = f"{inbox}/{one.number}"
    seen = []
    for act, fields in (
        ("laest", {}),
        ("vis", {}),
        ("skjul", {"hide-reason": "threats", "hide-words": "Ret tonen."}),
        ("vis-igen", {}),
    ):
        mark = csrf(client, page)
        assert (
            client.post(f"{page}/{act}", data={"csrf_token": mark, "hide-csrf_token": mark, **fields}).status_code
            == 303
        )
        db.session.expire_all()
        seen.append(one.handling)
    assert seen == [Handling.RECEIVED, Handling.PUBLISHED, Handling.HIDDEN, Handling.PUBLISHED]


def test_what_must_be_looked_at_first_is_not_said_to_be_shown_and_the_tab_stays_open(client, inbox, hearing):
    private = submitted(hearing, "010101-1234")
    mark = csrf(client, f"{inbox}?valg=held")
    answer = client.post(f"{inbox}/vis?valg=held", data={"csrf_token": mark, "numbers": private.number})
    assert answer.headers["Location"].endswith("/indbakke?valg=held")
    page = client.get(answer.headers["Location"]).text
    assert "1 skal først ses efter." in page
    assert "vises nu på siden" not in page


def test_whoever_looks_through_what_is_private_goes_from_one_to_the_next(client, inbox, hearing):
    waiting = [submitted(hearing, "010101-1234"), submitted(hearing, "020202-1234")]
    first, second = (f"{inbox}/{one.number}/privat" for one in reversed(waiting))
    assert f'href="{first}"' in client.get(f"{inbox}?valg=held").text
    assert f'href="{second}"' in client.get(first).text
    mark = csrf(client, first)
    fields = {"clear-csrf_token": mark, "clear-covers": "0", "clear-reason": "covered"}
    assert client.post(f"{first}/frigiv", data=fields).status_code == 303
    assert first not in client.get(second).text.partition("Det kan du gøre")[2].partition("Tilbage til")[0]


def test_what_looks_private_is_pointed_out_and_released_by_a_person(client, inbox, hearing, planner_person):
    one = submitted(hearing, "Ring til mig\npå 010101-1234")
    page = f"{inbox}/{one.number}"
    assert "Der er 1 sted, der ligner noget privat." in client.get(page).text
    mark = csrf(client, f"{page}/privat")
    fields = {"clear-csrf_token": mark, "clear-covers": "0", "clear-reason": "covered"}
    assert client.post(f"{page}/privat/frigiv", data=fields).status_code == 303
    db.session.expire_all()
    assert (one.held_back, one.cleared_by_id, one.is_masked) == (False, planner_person.id, True)


def test_a_note_is_written_on_it(client, inbox, hearing):
    one = submitted(hearing)
    page = f"{inbox}/{one.number}"
    mark = csrf(client, page)
    fields = {"csrf_token": mark, "note-csrf_token": mark, "note-kind": "call", "note-words": "Hun ringede."}
    assert client.post(f"{page}/notat", data=fields).status_code == 303
    assert db.session.query(Note).one().words == "Hun ringede."
    assert "Hun ringede." in client.get(page).text
    assert client.post(f"{page}/notat", data={**fields, "note-words": ""}).status_code == 422


def test_it_is_sent_on_to_a_department(client, inbox, hearing, schools):
    one = submitted(hearing)
    page = f"{inbox}/{one.number}"
    mark = csrf(client, page)
    fields = {"csrf_token": mark, "route-csrf_token": mark, "route-to": f"d:{schools.id}", "route-words": "Værsgo."}
    assert client.post(f"{page}/send-videre", data=fields).status_code == 303
    assert "Sendt videre til Skoler og Børn" in client.get(page).text
    assert client.post(f"{page}/send-videre", data={**fields, "route-to": "d:99"}).status_code == 422


def test_a_citizens_words_act_as_words_on_every_staff_page(client, inbox, hearing):
    one = submitted(hearing, "<script>alert(1)</script><img src=x onerror=alert(1)>", name="<b>Fed</b>")
    for page in (inbox, f"{inbox}/{one.number}", f"/arbejde/projekter/{hearing.project.slug}/svar/{one.number}/del"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>Fed" not in text


def test_another_department_sees_nothing(client, inbox, hearing, schools):
    one = submitted(hearing)
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    for page in (inbox, f"{inbox}/{one.number}", f"{inbox}/skriv-ind", f"{inbox}/regneark"):
        assert client.get(page).status_code == 403


def test_a_number_that_is_not_there_is_a_404(client, inbox):
    assert client.get(f"{inbox}/99").status_code == 404
    assert client.get("/arbejde/projekter/findes-ikke/indbakke").status_code == 404


def test_my_inboxes_show_what_is_unread_in_my_cases_only(client, inbox, hearing, schools):
    submitted(hearing)
    assert "1 ikke læst" in client.get("/arbejde/indbakke").text
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    assert "Alt er læst" in client.get("/arbejde/indbakke").text


def test_what_is_sent_on_to_my_department_stands_in_my_inbox(client, inbox, hearing, planner, schools):
    one = submitted(hearing, "Det handler om skolen.")
    with settling():
        route_contribution(planner, one, schools, "", now=NOW)
    sign_in(client, make_person("Otto Andersen", (Role.PLANNER, schools)))
    assert "Det handler om skolen." in client.get("/arbejde/indbakke").text
