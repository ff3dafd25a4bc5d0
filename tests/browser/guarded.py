"""Pages that stand only for a moment: the private, the ladder, a flood, breakdowns, the law, and what went wrong."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from PIL import Image

from participation.contributions.model import Contribution
from participation.foundation import clock, jobs
from participation.foundation.db import db, settling
from participation.foundation.model import Outage
from participation.projects.model import Project
from participation.rules import dates
from participation.rules.kinds import Role
from tests.broken import failing
from tests.browser.moments import DESK, OPEN, Kept, Living, letter
from tests.stories.visit import Visit

WRITE = f"/projekter/{OPEN}/svar"
NUMBER = "Ring til mig.\nMit CPR-nummer er 010180-0008, og Else på Møllevej 12 er syg."


def told(house: Living) -> Kept:
    """Is told of a CPR number, sends it all the same with a drawing, and confirms or denies the e-mail."""
    one = house.visit().open(WRITE)
    yield "told", Role.VISITOR, one.press("Send", {"words": NUMBER}, status=422)
    yield "preview-details", Role.VISITOR, one.press("Vis, hvad der bliver offentligt", {"words": "Ring 22 33 44 55."})
    files = {"files": [(_drawing(), "skitse.png")]}
    one.open(WRITE).press("Send", {"words": NUMBER}, status=422)
    one.press("Send", {"words": NUMBER, "email": "mia@borger.example", **files})
    yield "receipt-told", Role.VISITOR, one.says("ligner et CPR-nummer")
    yield "track-held", Role.VISITOR, one.open("/mit-svar/hvor")
    jobs.run_all(house.app, clock.now() + timedelta(minutes=1))
    link = letter("receipt") + "/e-mail"
    yield "vouch", Role.VISITOR, one.open(link)
    yield "vouch-denied", Role.VISITOR, one.press("Det har jeg ikke sendt")
    yield "vouch-confirmed", Role.VISITOR, one.press("Ja, det er mig").open(link)
    yield "vouch-unknown", Role.VISITOR, house.visit().open("/l/findes-ikke/e-mail", status=404)


def private(house: Living) -> Kept:
    """Looks through what is private, covers words and a place of a drawing, and goes on to the next."""
    at, one = house.visit(Role.PLANNER), newest(OPEN)
    inbox = f"{DESK}/{OPEN}/indbakke"
    here = f"{inbox}/{one.number}"
    yield "inbox-held", Role.PLANNER, at.open(f"{inbox}?valg=held")
    yield "handling-held", Role.PLANNER, at.open(here)
    yield "private", Role.PLANNER, at.open(f"{here}/privat")
    yield "private-nothing", Role.PLANNER, at.press("Dæk ordene", status=422)
    yield "private-done", Role.PLANNER, at.open(f"{here}/privat").press("Jeg har set efter. Det må vises")
    place = f"{here}/privat/fil/{one.attachments[0].id}/1"
    yield "file", Role.PLANNER, at.open(place)
    yield "file-nothing", Role.PLANNER, at.press("Dæk det", status=422)
    edges = {"area-left": "10", "area-right": "50", "area-top": "10", "area-bottom": "20"}
    yield "file-covered", Role.PLANNER, at.open(place).press("Dæk det", edges)
    yield "handling-covered", Role.PLANNER, at.open(here)
    at.press("Vis på siden").open(f"{here}/privat")
    yield "file-shown", Role.PLANNER, at.press("Vis en kopi på siden")
    yield "public-covered", Role.VISITOR, house.visit().open(f"/projekter/{OPEN}/hoeringssvar/{one.number}")


def ladder(house: Living) -> Kept:
    """Goes up the ladder; the sender reads each step, corrects, and asks us once to look again."""
    sender = house.visit().open(WRITE).press("Send", {"words": "Bent i kiosken lyver."})
    one = newest(OPEN)
    at, here = house.visit(Role.PLANNER), f"{DESK}/{OPEN}/indbakke/{one.number}"
    yield "ladder-nothing", Role.PLANNER, _step(at.open(here), "guide", "", status=422)
    yield "ladder-guided", Role.PLANNER, _step(at.open(here), "guide", "Skriv gerne om sagen.")
    _step(at, "ask_edit", "Vil du skrive det uden navn?")
    yield "track-asked", Role.VISITOR, sender.open("/mit-svar/hvor").says("Vil du rette noget?")
    yield "ladder-hidden", Role.PLANNER, _step(at, "hide", "Det handler om en bestemt person.")
    yield "track-hidden", Role.VISITOR, sender.open("/mit-svar/hvor").says("Vi viser det ikke på siden")
    path = f"/projekter/{OPEN}/hoeringssvar/{one.number}"
    yield "public-hidden", Role.VISITOR, house.visit().open(path, status=410)
    yield "appeal", Role.VISITOR, sender.follow("Bed os se på det igen")
    yield "appeal-nothing", Role.VISITOR, sender.press("Send", status=422)
    yield "track-appealed", Role.VISITOR, sender.press("Send", {"words": "Jeg nævner ikke hans efternavn."})
    yield "inbox-again", Role.PLANNER, at.open(f"{DESK}/{OPEN}/indbakke?valg=again")
    yield "ladder-appealed", Role.LEADER, house.visit(Role.LEADER).open(here)
    yield "moderation", Role.VISITOR, house.visit().open("/saadan-modererer-vi")


def flood(house: Living) -> Kept:
    """What a robot sent stands by itself until somebody has looked."""
    house.visit().open(WRITE).press("Send", {"words": "Køb billige ure.", "website": "https://spam.example"})
    at = house.visit(Role.PLANNER)
    yield "inbox-flagged", Role.PLANNER, at.open(f"{DESK}/{OPEN}/indbakke?valg=flagged")
    yield "handling-flagged", Role.PLANNER, at.open(f"{DESK}/{OPEN}/indbakke/{newest(OPEN).number}")


def breakdowns(house: Living) -> Kept:
    """The pages were away on a last day: it is written down, more time is suggested and given."""
    chief = house.visit(Role.ADMINISTRATOR)
    yield "outage-nothing", Role.ADMINISTRATOR, chief.open(f"{DESK}/nedbrud").press("Skriv ind", status=422)
    with settling():
        round_ = db.session.scalars(sa.select(Project).where(Project.slug == OPEN)).one().round
        assert round_ is not None
        round_.closes_at = dates.local_day_end(dates.local_day(clock.now()))
        db.session.add(Outage(begins_at=clock.now() - timedelta(hours=1), noticed=True))
    yield "outage-noticed", Role.ADMINISTRATOR, chief.open(f"{DESK}/nedbrud")
    yield "outage-told", Role.ADMINISTRATOR, chief.press("Ja, siden var nede", {"words": "Strømmen gik."})
    at = house.visit(Role.PLANNER)
    yield "more-time", Role.PLANNER, at.open(f"{DESK}/{OPEN}").says("Vi foreslår, at alle kan svare")
    yield "extend", Role.PLANNER, at.open(f"{DESK}/{OPEN}/frist")
    yield "extend-nothing", Role.PLANNER, at.press("Forlæng fristen for alle", {"reason": ""}, status=422)
    yield "extended", Role.PLANNER, at.open(f"{DESK}/{OPEN}").press("Forlæng fristen for alle")
    yield "project-extended", Role.VISITOR, house.visit().open(f"/projekter/{OPEN}")


def law(house: Living) -> Kept:
    """A rule without a reason, and a closing day that is no day."""
    chief = house.visit(Role.ADMINISTRATOR).open("/arbejde/regler/planloven-24-5")
    yield "rule-nothing", Role.ADMINISTRATOR, chief.press("Gem reglen", status=422)
    chief.open("/arbejde/opsaetning/lukkedage")
    yield "closing-wrong", Role.ADMINISTRATOR, chief.press("Gem lukkedagene", {"own": "en fredag"}, status=422)


def wrong(house: Living) -> Kept:
    """The database is away, we have made a fault, the same form brings other words, or it is too much."""
    away = sa.exc.OperationalError("", {}, Exception("disk is full"))
    for name, error, status in (("away", away, 503), ("fault", RuntimeError("vores egen fejl"), 500)):
        house.app.config["RAISE_FAULTS"] = False
        one = house.visit().open(WRITE)
        mended: Callable[[], None] = failing(house.app, error)
        words = {"words": "Ord, der ikke må gå tabt.", "files": [(_drawing(), "skitse.png")]}
        yield name, Role.VISITOR, one.press("Send", words, status=status)
        mended()
    twice = house.visit().open(WRITE)
    key = twice.value("key")
    twice.press("Send", {"words": "Det første."}).open(WRITE)
    yield "other-words", Role.VISITOR, twice.press("Send", {"words": "Det andet.", "key": key}, status=409)
    much = {"words": "Det tredje.", "files": [(io.BytesIO(b""), f"{number}.txt") for number in range(500)]}
    yield "too-much", Role.VISITOR, house.visit().open(WRITE).press("Send", much, status=413)
    yield "staff-not-there", Role.PLANNER, house.visit(Role.PLANNER).open(f"{DESK}/findes-ikke", status=404)


STORIES = (told, private, ladder, flood, breakdowns, law, wrong)


def newest(slug: str) -> Contribution:
    """What came in last in a case."""
    db.session.rollback()
    of_case = sa.select(Contribution).join(Contribution.project).where(Project.slug == slug)
    return db.session.scalars(of_case.order_by(Contribution.number.desc())).first()  # type: ignore[return-value]


def _step(at: Visit, form: str, words: str, **more: Any) -> Visit:
    button = "Skjul det" if form == "hide" else "Send"
    return at.press(button, {f"{form}-words": words}, **more)


def _drawing() -> io.BytesIO:
    drawing = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(drawing, "PNG")
    drawing.seek(0)
    return drawing
