"""An association of three writes together in real browsers, from the form to the receipt and the points (RP-51)."""

import os
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution
from participation.drafting.invite import link
from participation.drafting.model import Member
from participation.foundation.db import db
from participation.projects.model import Round
from tests.persons import NOW

BODY = "Haveforeningen Solsikken"
TEXT = "Vi vil gerne beholde stien ved haverne. Den bruges af 40 haver.\n\nVi foreslår lys ved krydset. 🌻"


@pytest.fixture(autouse=True)
def time(hearing: Round) -> Iterator[time_machine.Traveller]:
    """The hearing is open."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def way_in(email: str) -> str:
    """The link in somebody's letter."""
    db.session.rollback()
    return link(db.session.scalars(sa.select(Member).where(Member.email == email)).one()).removeprefix(
        "http://localhost"
    )


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def pressed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_an_association_of_three_from_the_form_to_the_points(
    window: Callable[..., Page], hearing: Round, js: bool
) -> None:
    ida, bo, eva = window(js=js, width=320), window(js=js), window(js=js, width=320)

    ida.goto(f"/projekter/{hearing.project.slug}/svar")
    ida.get_by_role("link", name="Skriv sammen med andre").click()
    look(ida, f"open-{js}")
    ida.get_by_label("Navn på foreningen").fill(BODY)
    ida.get_by_label("Dit navn").fill("Ida Holm")
    ida.get_by_label("Din e-mail").fill("ida@borger.example")
    pressed(ida, "Send mig linket")
    expect(ida.get_by_role("heading", level=1)).to_have_text("Se efter en e-mail fra os")

    ida.goto(way_in("ida@borger.example"))
    look(ida, f"empty-{js}")
    for page, name, email in ((bo, "Bo Krag", "bo@borger.example"), (eva, "Eva Lund", "eva@borger.example")):
        ida.get_by_label("E-mail til et medlem").fill(email)
        pressed(ida, "Send et link")
        page.goto(way_in(email))
        look(page, f"asked-{name}-{js}")
        page.get_by_label("Dit navn").fill(name)
        pressed(page, "Ja, jeg er med")
        expect(page.get_by_role("heading", level=1)).to_have_text(BODY)

    ida.get_by_label("Jeres tekst").fill(TEXT)
    pressed(ida, "Gem som ny version")
    bo.reload()
    eva.reload()
    bo.get_by_label("Jeres tekst").fill(TEXT.replace("40", "42"))
    pressed(bo, "Gem som ny version")
    eva.get_by_label("Jeres tekst").fill(TEXT + "\nOg en bænk.")
    pressed(eva, "Gem som ny version")
    expect(eva.get_by_role("heading", name="Bo Krag har gemt version 2, mens du skrev")).to_be_visible()
    expect(eva.get_by_label("Jeres tekst")).to_have_value(TEXT + "\nOg en bænk.")
    look(eva, f"overtaken-{js}")
    eva.get_by_label("Jeres tekst").fill(TEXT.replace("40", "42") + "\nOg en bænk.")
    pressed(eva, "Gem som ny version")

    eva.get_by_role("link", name="Se, hvad version 3 ændrer").click()
    look(eva, f"version-{js}")
    eva.get_by_label("Sammenlign med").select_option("1")
    pressed(eva, "Vis forskellen")
    expect(eva.get_by_role("heading", name="Ændret siden version 1")).to_be_visible()
    expect(eva.locator("del")).to_contain_text("40")

    for page in (ida, bo, eva):
        page.goto(eva.url.partition("/versioner")[0])
        pressed(page, "Ja, jeg godkender")
    look(eva, f"ready-{js}")
    look(bo, f"ready-wide-{js}")
    pressed(eva, f"Send fra {BODY}")
    expect(eva.get_by_role("heading", level=1)).to_have_text("Tak. Vi har modtaget dit høringssvar.")
    bo.reload()
    expect(bo.get_by_role("heading", name="Jeres tekst er sendt")).to_be_visible()
    look(bo, f"sent-{js}")

    db.session.rollback()
    (one,) = db.session.scalars(sa.select(Contribution).order_by(Contribution.id))
    assert (one.organisation, one.approver_count, len(one.points)) == (BODY, 3, 1)
    assert one.points[0].words == TEXT.replace("40", "42").replace("\n", "\r\n") + "\r\nOg en bænk."
