"""Who a contribution belongs to is suggested by its words, with the reason, and the hits are counted (SK-17)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.mask import Words, mask_contribution
from participation.contributions.route import route_contribution
from participation.contributions.suggest_place import hits, suggest_places
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department
from participation.rules.acts import Act
from participation.rules.handling import MaskReason
from tests.contributions.sending import csrf, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in

pytestmark = pytest.mark.database

SWIM = "Svømmehallen lukker for tidligt, og bassinet er koldt. Gør vandet varmere i svømmehallen."


@pytest.fixture
def pool(schools):
    """A case about a swimming hall."""
    summary = "Svømmehallen får nyt bassin og nye åbningstider. Vi spørger om vand, sauna og baner."
    return make_project(schools, slug="svoemmehal", title="Ny svømmehal", summary=summary)


@pytest.fixture
def library(schools):
    """A case about a library."""
    summary = "Biblioteket flytter til stationen. Der bliver plads til flere bøger og et lokale til lektiehjælp."
    return make_project(schools, slug="bibliotek", title="Nyt bibliotek", summary=summary)


def test_the_case_whose_words_are_nearest_is_suggested_first_with_the_words_as_reason(hearing, pool, library):
    first = suggest_places(submitted(hearing, SWIM))[0]
    assert (first.to, first.name) == (f"p:{pool.id}", "Ny svømmehal")
    assert {"svømmehallen", "bassin"} & {word.lower() for word in first.because}
    assert f"p:{library.id}" not in [one.to for one in suggest_places(submitted(hearing, SWIM))]


def test_what_was_sent_on_before_teaches_where_such_words_belong(hearing, pool, planner):
    with settling():
        nature = Department(name="Natur og Vand", email="natur@engelund.example.dk")
        db.session.add(nature)
    one = submitted(hearing, "Der er rotter i kloakken ved Engparken, og kloakken lugter.")
    assert f"d:{nature.id}" not in [found.to for found in suggest_places(one)]
    for words in ("Rotter løber i kloakken.", "Kloakken på Birkevej lugter fælt."):
        with settling():
            route_contribution(planner, submitted(hearing, words), nature, "Til jer.", now=NOW)
    found = suggest_places(one)[0]
    assert (found.to, found.name) == (f"d:{nature.id}", "Natur og Vand")
    assert "kloakken" in {word.lower() for word in found.because}


def test_an_earlier_case_teaches_what_its_department_looks_after(hearing, pool, library, schools):
    with settling():
        pool.closed_at = NOW
    first = suggest_places(submitted(hearing, SWIM))[0]
    assert (first.to, first.name) == (f"d:{schools.id}", schools.name)


def test_neither_where_it_lies_nor_what_is_closed_is_suggested(hearing, pool, planner):
    one = submitted(hearing, SWIM)
    with settling():
        route_contribution(planner, one, pool, "Til jer.", now=NOW)
    assert f"p:{pool.id}" not in [found.to for found in suggest_places(one)]
    with settling():
        pool.closed_at = NOW
    assert f"p:{pool.id}" not in [found.to for found in suggest_places(submitted(hearing, SWIM))]


@pytest.mark.parametrize("words", ["Ja.", "🙂", "Xyzzy plugh frotz."])
def test_where_no_word_is_shared_nothing_is_suggested(hearing, pool, words):
    assert suggest_places(submitted(hearing, words)) == []


def test_what_is_covered_is_no_reason(hearing, pool, planner, leader):
    said = "Svømmehallen har et koldt bassin, kold sauna og få baner."
    one = submitted(hearing, said)
    body = one.body
    assert "svømmehallen" in map(str.lower, suggest_places(one)[0].because)
    with settling():
        for start in (found for found in range(len(said)) if said.lower().startswith("svømmehallen", found)):
            mask_contribution(leader, one, [Words(body.id, start, start + 12)], MaskReason.OTHER_PERSON, now=NOW)
    first = suggest_places(one)[0]
    assert first.to == f"p:{pool.id}"
    assert first.because
    assert "svømmehallen" not in map(str.lower, first.because)


def test_the_log_tells_whether_the_first_suggestion_was_right(planner, hearing, pool, library, schools):
    for to, suggested in ((pool, f"p:{pool.id}"), (library, f"p:{pool.id}"), (schools, f"d:{schools.id}"), (pool, "")):
        with settling():
            route_contribution(planner, submitted(hearing, SWIM), to, "Til jer.", suggested=suggested, now=NOW)
    assert hits(NOW + timedelta(days=1)) == (2, 3)
    assert hits(NOW + timedelta(days=400)) == (0, 0)
    last = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.ROUTE_CONTRIBUTION)).all()[-1]
    assert "hit" not in last.facts


def test_a_planner_asks_for_it_and_sends_it_on_in_two_presses(client, planner_person, hearing, pool):
    one = submitted(hearing, SWIM)
    sign_in(client, planner_person)
    page = f"/arbejde/projekter/{hearing.project.slug}/indbakke/{one.number}"
    assert f'href="{page}/send-videre#send-videre"' in client.get(page).text
    asked = client.get(f"{page}/send-videre")
    assert asked.status_code == 200
    assert "Ny svømmehal" in asked.text
    assert f'<option selected value="p:{pool.id}">' in asked.text
    mark = csrf(client, page)
    fields = {
        "csrf_token": mark,
        "route-csrf_token": mark,
        "route-to": f"p:{pool.id}",
        "route-suggested": f"p:{pool.id}",
        "route-words": "Til jer.",
    }
    assert client.post(f"{page}/send-videre", data=fields).status_code == 303
    assert hits(NOW + timedelta(days=1)) == (1, 1)


@pytest.mark.parametrize("who", ["clerk_person", "councillor_person"])
def test_nobody_else_is_suggested_anything(request, client, hearing, pool, who):
    one = submitted(hearing, SWIM)
    sign_in(client, request.getfixturevalue(who))
    assert client.get(f"/arbejde/projekter/{hearing.project.slug}/indbakke/{one.number}/send-videre").status_code == 403
