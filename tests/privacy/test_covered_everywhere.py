"""What is covered stands on no page but the restricted original: staff's, the analysis', citizens', exports (RE-26)."""

import re
from collections import deque
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.contributions.mask import Words, mask_contribution, place_of_quote
from participation.contributions.model import Contribution
from participation.contributions.read import read_contributions
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Department, Person
from participation.projects.model import Project, Round
from participation.rules.handling import Handling, MaskReason
from participation.rules.kinds import ApprovalRule
from participation.rules.policy import Actor
from participation.themes.edit import lock_theme, rename_theme
from participation.themes.model import Placement, Theme
from participation.themes.sample import draw_sample
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.themes.gathering import answered, gathered

SECRET = "Prøvegaard"
#: Where the original may be read, with an entry in the log: the page of what is private, the file for another system;
#: and the council's own rendition of the white paper.
RESTRICTED = re.compile(r"/privat|alle\.json|/filer/|/rapport/udkast$|^/arbejde/hvidbog/")
WHAT = (
    *("klipper hæk om søndagen", "kaster skrald ud", "råber ad børnene", "parkerer på fortovet", "brænder affald"),
    *("maler stakittet sort", "fodrer måger", "hamrer hele aftenen", "lader hunden løbe", "graver op"),
    *("samler på gamle cykler", "lukker for vandet", "spiller trommer", "fælder træer"),
)
HREF = re.compile(r'(?:href|src|action)="(/[^"#]*)')


def covered(actor: Actor, project_id: int, at=NOW) -> int:
    """Cover the name wherever it stands."""
    ones = db.session.scalars(sa.select(Contribution).where(Contribution.project_id == project_id)).all()
    many = 0
    with settling():
        for one in (one for one in ones if SECRET in one.words):
            body = one.body
            assert body is not None
            places = [Words(body.id, *found.span()) for found in re.finditer(SECRET, body.words)]
            mask_contribution(actor, one, places, MaskReason.OTHER_PERSON, now=at)
            many += 1
    jobs.run_all(None, at + timedelta(hours=2))
    db.session.rollback()
    return many


def walk(client: FlaskClient, *starts: str, most: int = 400) -> list[str]:
    """Every page that can be reached from some pages; the addresses of those that hold the name."""
    waiting, seen, leaks = deque(starts), set(starts), []
    while waiting and len(seen) < most:
        address = waiting.popleft()
        answer = client.get(address)
        assert answer.status_code == 200 or address not in starts, (address, answer.status_code)
        body = answer.get_data()
        if SECRET.encode() in body or SECRET.casefold().encode() in body.decode(errors="replace").casefold().encode():
            leaks.append(address)
        if answer.mimetype == "text/html":
            for link in HREF.findall(answer.text):
                link = link.replace("&amp;", "&")
                if link not in seen and not RESTRICTED.search(link) and "/static/" not in link and "log-ud" not in link:
                    seen.add(link)
                    waiting.append(link)
    assert len(seen) > 30
    return leaks


@pytest.fixture
def case(planner: Actor, hearing: Round, roads: Department) -> Project:
    """Many letters, a name in every third, gathered into themes; everything is read and shown."""
    with settling():
        roads.approval = ApprovalRule.NONE
    answered(hearing, 40)
    receive(hearing, f"{SECRET} larmer om natten. {SECRET} fester i haven, og musikken er høj.")
    receive(hearing, *(f"{SECRET} {what}, og {SECRET} er ligeglad." for what in WHAT))
    project_id = hearing.project_id
    ones = db.session.scalars(sa.select(Contribution).where(Contribution.project_id == project_id)).all()
    with settling():
        read_contributions(planner, hearing.project, ones, now=NOW)
        for one in ones:
            one.handling, one.published_at = Handling.PUBLISHED, NOW
    gathered(planner, hearing.project)
    return db.session.get_one(Project, project_id)


def starts(project: Project) -> list[str]:
    staff, public = f"/arbejde/projekter/{project.slug}", f"/projekter/{project.slug}"
    themes = db.session.scalars(sa.select(Theme.id).where(Theme.project_id == project.id)).all()
    points = db.session.scalars(sa.select(Placement.point_id).order_by(Placement.point_id)).all()
    return [
        *("/arbejde", "/arbejde/indbakke", staff, f"{staff}/indbakke", f"{staff}/emner", f"{staff}/svar"),
        *(
            f"{staff}/kampagner",
            f"{staff}/emner/stikproeve",
            f"{staff}/emner/historik",
            f"{staff}/emner/uden",
            f"{staff}/emner/alene",
        ),
        *(f"{staff}/emner/{key}{page}" for key in themes for page in ("", "/svar", "?vis=usikre")),
        *(f"{staff}/punkter/{key}/svar" for key in points[-3:]),
        *(f"{staff}/{page}" for number in (41, 42, 55) for page in (f"indbakke/{number}", f"svar/{number}/del")),
        *(f"{staff}/indbakke/alle.csv", f"{staff}/rapport"),
        *(public, f"{public}/hoeringssvar", "/"),
    ]


def themes_of(project_id: int) -> list[Theme]:
    return list(db.session.scalars(sa.select(Theme).where(Theme.project_id == project_id)))


def told(project_id: int) -> str:
    """All that the machine says of the themes."""
    themes = db.session.scalars(sa.select(Theme).where(Theme.project_id == project_id)).all()
    why = db.session.scalars(sa.select(Placement.why)).all()
    return f"{[(one.title, one.words) for one in themes]} {why}".casefold()


def test_the_watch_barks(client: FlaskClient, planner_person: Person, case: Project) -> None:
    """The positive control: before anybody has covered it the name stands on many pages and names a theme."""
    sign_in(client, planner_person)
    assert SECRET.casefold() in told(case.id)
    assert len(walk(client, *starts(case))) > 10


def test_what_is_covered_stands_on_no_page_of_staff_or_citizens(
    client: FlaskClient, planner: Actor, planner_person: Person, case: Project
) -> None:
    case_id = case.id
    named = next(one for one in themes_of(case_id) if SECRET.casefold() in one.title.casefold())
    with settling():
        lock_theme(planner, named, now=NOW)  # its title stands in the history
    assert covered(planner, case_id) == 15
    assert SECRET.casefold() not in told(case_id)
    with settling():
        draw_sample(planner, db.session.get_one(Project, case_id), 40, now=NOW)
    sign_in(client, planner_person)
    assert walk(client, *starts(db.session.get_one(Project, case_id))) == []
    assert walk(client.application.test_client(), f"/projekter/{db.session.get_one(Project, case_id).slug}", "/") == []
    kept = db.session.scalars(sa.select(LogEntry.facts)).all()
    assert SECRET not in str(kept)


def test_themes_that_are_gathered_afterwards_learn_nothing_of_it(planner: Actor, case: Project) -> None:
    case_id = case.id
    covered(planner, case_id)
    gathered(planner, db.session.get_one(Project, case_id))
    assert SECRET.casefold() not in told(case_id)
    assert db.session.scalar(sa.select(sa.func.count(Placement.point_id))) > 40


def test_a_word_that_stands_open_elsewhere_and_a_title_of_a_persons_own_stay(planner: Actor, case: Project) -> None:
    case_id = case.id
    theme = next(one for one in themes_of(case_id) if SECRET.casefold() in one.title.casefold())
    with settling():
        rename_theme(planner, theme, f"Støj ved {SECRET}", now=NOW)
    covered(planner, case_id)
    titles = db.session.scalars(sa.select(Theme.title).where(Theme.project_id == case_id)).all()
    assert f"Støj ved {SECRET}" in titles
    later, before = NOW + timedelta(days=1), told(case_id)
    with settling():
        every = sa.select(Contribution).where(Contribution.is_masked).order_by(Contribution.id)
        one = next(one for one in db.session.scalars(every) if "ligeglad" in one.words)
        places = [place_of_quote(one, one.body.id, "ligeglad")]
        mask_contribution(planner, one, places, MaskReason.ABUSE, "Skriv pænt.", now=later)
    jobs.run_all(None, later)
    db.session.rollback()
    assert told(case_id) == before  # others still say it in the open
