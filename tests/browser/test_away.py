"""Written down without a connection, sent when it is back, and counted once (RP-06, RP-14)."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import request, request_started
from playwright.sync_api import BrowserContext, Page, Route, expect

from participation.contributions.model import Contribution, Point
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people.model import Person
from participation.projects.model import Round
from participation.rules.kinds import Role
from tests.browser.axe import violations
from tests.persons import NOW, make_person

PATH = "/arbejde/projekter/ny-skolevej-ved-engparken/ude"
THREE = (
    "Lys på stien, tak. 😀",
    "Hellere ved kirken.\nIkke ved tanken.",
    "Min mor kan ikke gå så langt.",
)


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def session_of(app: SettledFlask, person: Person) -> str:
    """What the cookie of somebody who is signed in holds."""
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": f"{person.id}:{person.sessions}", "_fresh": True}))


def signed_in(context: BrowserContext, app: SettledFlask, person: Person, site: str) -> None:
    context.add_cookies([{"name": "session", "value": session_of(app, person), "url": site}])


@pytest.fixture
def watched() -> bool:
    """Whether a refusal to the page's script is a fault; a test about refusals says no."""
    return True


@pytest.fixture
def stand(window: Callable[..., Page], app: SettledFlask, site: str, planner_person: Person, watched: bool) -> Page:
    """The page, opened once while there was a connection, on a phone."""
    page = window(width=320, watched=watched)
    page.clock.set_system_time(NOW)
    signed_in(page.context, app, planner_person, site)
    page.goto(PATH)
    expect(page.get_by_text("Siden er gemt i browseren og kan åbnes uden net.")).to_be_visible()
    return page


def write(page: Page, words: str, **fields: str) -> None:
    page.get_by_label("Det, der blev sagt eller skrevet").fill(words)
    for label, value in fields.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="Gem på enheden").click()


def waiting(page: Page, count: int) -> None:
    if count:
        expect(page.get_by_role("heading", name=f"Ligger her, ikke sendt endnu ({count})")).to_be_visible()
    else:
        expect(page.get_by_role("heading", name="Ligger her, ikke sendt endnu")).to_have_count(0)


def came() -> list[str]:
    """The words that have come in."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(Contribution).order_by(Contribution.number))
    return [one.words.replace("\r\n", "\n") for one in rows]


def stored(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter((it) => it.startsWith('medspil:away:')).length"))


def test_three_are_written_down_offline_kept_over_a_reload_and_counted_once(stand: Page, app: SettledFlask) -> None:
    asked: list[str] = []

    def note(_sender: object, **_named: object) -> None:
        asked.append(request.path)

    stand.context.set_offline(True)
    with request_started.connected_to(note, app):
        write(stand, THREE[0], Navn="Karen Holm", **{"E-mail": "karen@borger.example"})
        write(stand, THREE[1])
        stand.reload()
        waiting(stand, 2)
        write(stand, THREE[2])
        waiting(stand, 3)
        stand.get_by_role("button", name="Send dem nu").click()
        expect(stand.get_by_text("Der er ikke forbindelse lige nu. Det hele ligger her endnu.")).to_be_visible()
        assert asked == []
        assert came() == []
        stand.context.set_offline(False)  # the page sends by itself
        expect(stand.get_by_text("Alt er sendt.")).to_be_visible()
        assert asked == [f"{PATH}/klar.json", PATH, PATH, PATH]
    waiting(stand, 0)
    expect(stand.get_by_role("link", name="Nr. 1, kode")).to_be_visible()
    assert came() == list(THREE)
    assert stored(stand) == 0
    assert db.session.scalar(sa.select(sa.func.count(Point.id))) == 3
    letters = db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    assert [(one.kind, one.recipient) for one in letters] == [("receipt", "karen@borger.example")]


def test_an_answer_that_is_lost_on_its_way_back_makes_no_double(stand: Page) -> None:
    def lost(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.fallback()

    write(stand, THREE[0])
    write(stand, THREE[1])
    stand.context.route(f"**{PATH}", lost)
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_text("Der er ikke forbindelse lige nu.")).to_be_visible()
    waiting(stand, 2)
    assert came() == [THREE[0]]
    stand.context.unroute(f"**{PATH}")
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_text("Alt er sendt.")).to_be_visible()
    assert came() == list(THREE[:2])


@pytest.mark.parametrize("watched", [False], ids=["refused"])
def test_what_the_server_refuses_stays_with_its_reason_and_can_be_mended(stand: Page) -> None:
    write(stand, "Mit nummer er 010180-0008.")
    write(stand, THREE[0])
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_text("Der står noget, der ligner et CPR-nummer i linje 1.")).to_be_visible()
    waiting(stand, 1)
    assert came() == [THREE[0]]
    stand.get_by_role("button", name="Ret", exact=True).click()
    expect(stand.get_by_label("Det, der blev sagt eller skrevet")).to_have_value("Mit nummer er 010180-0008.")
    write(stand, THREE[1])
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_text("Alt er sendt.")).to_be_visible()
    assert came() == [THREE[0], THREE[1]]


@pytest.mark.parametrize("watched", [False], ids=["refused"])
def test_a_case_that_was_closed_meanwhile_keeps_the_words_on_the_list(stand: Page, hearing: Round) -> None:
    write(stand, THREE[0])
    with settling():
        hearing.project.closed_at = NOW
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_role("listitem").get_by_text("Sagen er afsluttet.")).to_be_visible()
    stand.reload()
    waiting(stand, 1)
    expect(stand.get_by_role("listitem").get_by_text(THREE[0])).to_be_visible()
    stand.on("dialog", lambda dialog: dialog.accept())
    stand.get_by_role("button", name="Slet", exact=True).click()
    waiting(stand, 0)
    assert (came(), stored(stand)) == ([], 0)


def test_when_the_session_is_over_it_is_kept_until_the_same_person_signs_in(
    stand: Page, app: SettledFlask, site: str, planner_person: Person, roads: object
) -> None:
    stand.context.set_offline(True)
    write(stand, THREE[0])
    stand.context.clear_cookies()
    stand.context.set_offline(False)
    expect(stand.get_by_role("link", name="Log ind igen for at sende det")).to_be_visible()
    waiting(stand, 1)
    assert came() == []

    signed_in(stand.context, app, make_person("Per Planlægger", (Role.PLANNER, roads)), site)  # type: ignore[arg-type]
    stand.goto(PATH)
    expect(stand.get_by_text("På denne enhed ligger også noget, som en kollega har skrevet.")).to_be_visible()
    waiting(stand, 0)
    expect(stand.get_by_text(THREE[0])).to_have_count(0)

    signed_in(stand.context, app, planner_person, site)
    stand.goto(PATH)
    waiting(stand, 1)
    stand.get_by_role("button", name="Send dem nu").click()
    expect(stand.get_by_text("Alt er sendt.")).to_be_visible()
    assert came() == [THREE[0]]


def test_signing_out_offline_shuts_the_page_and_keeps_the_words(stand: Page) -> None:
    stand.context.set_offline(True)
    write(stand, THREE[0])
    stand.get_by_text("Menu", exact=True).click()
    stand.get_by_role("button", name="Log ud").last.click()
    expect(stand.get_by_text("Log ind igen for at sende det.")).to_be_visible()
    expect(stand.get_by_text(THREE[0])).to_have_count(0)
    assert stored(stand) == 1
    assert stand.evaluate("caches.has('away')") is False
    stand.context.set_offline(False)  # now the house is told
    stand.wait_for_url("**/")
    assert came() == []


def test_what_was_begun_is_in_the_form_after_a_reload(stand: Page) -> None:
    stand.get_by_label("Det, der blev sagt eller skrevet").fill("Halvt færd")
    stand.reload()
    expect(stand.get_by_label("Det, der blev sagt eller skrevet")).to_have_value("Halvt færd")


def test_the_page_with_words_on_it_is_for_everybody(stand: Page) -> None:
    write(stand, THREE[0])
    waiting(stand, 1)
    assert stand.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(stand) == []
