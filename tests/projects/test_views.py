"""The planners' pages: a hearing is declared in one POST and announced in another; every no keeps what was typed."""

import html
import re
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.foundation.db import db, settling
from participation.people.model import Department, Person
from participation.projects.forms import read_parties
from participation.projects.gates import gaps
from participation.projects.model import Project
from participation.rules.kinds import Capacity, CaseType
from participation.rules.legal import LEGAL_BASES
from participation.rules.levels import Level
from tests.persons import NOW, sign_in
from tests.portal.pages import words_of
from tests.projects.plans import declared
from tests.queries import counted

NEW = "/arbejde/projekter/nyt"


class Planner:
    """A planner at a browser: fills in what the page shows, and counts the acts (a POST is an act)."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.acts = client, 0

    def fields(self, path: str) -> dict[str, str]:
        """What stands in the form of a page."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text[:3000]
        return filled(response.text)

    def post(self, path: str, fields: dict[str, object]) -> TestResponse:
        """Send a form."""
        self.acts += 1
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(f"{NEW}?{FIRST}").text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **fields}, content_type="multipart/form-data")


FIRST = "niveau=hearing&sagstype=trafik&kopi=0"


def filled(page: str) -> dict[str, str]:
    """The fields of a page's main form, as a browser would send them unchanged."""
    fields: dict[str, str] = {}
    main = page[page.index("<main") : page.index("</main>")]
    for tag in re.findall(r"<input\b[^>]*>", main):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if name and (kind not in ("checkbox", "radio") or " checked" in tag) and kind != "file":
            fields[name] = html.unescape(_attribute(tag, "value") or ("y" if kind == "checkbox" else ""))
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', main, re.S):
        fields[name] = html.unescape(text)
    for name, options in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else None


@pytest.fixture
def at_desk(client: FlaskClient, planner_person: Person) -> Planner:
    """The planner of Veje og Trafik, signed in."""
    sign_in(client, planner_person)
    return Planner(client)


def _only_project() -> Project:
    return db.session.scalars(sa.select(Project)).one()


def test_a_hearing_is_announced_in_two_acts(at_desk: Planner, client: FlaskClient) -> None:
    """The case type fills in the rest: the human writes title, three lines and the deadline's days."""
    fields = at_desk.fields(f"{NEW}?{FIRST}")
    fields |= {
        "title": "Ny skolevej ved Engparken",
        "summary": "Børn skal krydse Møllevej et nyt sted.",
        "meaning": "Dit barn får en kortere vej til skole.",
        "overlap_reason": "Beslutningen skal nå budgettet.",
    }
    response = at_desk.post(NEW, fields)
    assert response.status_code == 303, response.text[:4000]
    page = words_of(client, response.location)
    assert "Offentliggør" in page
    announced = at_desk.post(f"{response.location}/offentliggoer", {"anyway": "1"})
    assert announced.status_code == 303, announced.text[:4000]
    assert at_desk.acts <= 3
    assert "Skriv dit høringssvar" in words_of(client, "/projekter/ny-skolevej-ved-engparken")


def test_first_comes_the_level_and_nothing_else_is_asked(at_desk: Planner, client: FlaskClient) -> None:
    """RP-47."""
    words = words_of(client, NEW)
    assert "Hvor meget kan borgerne være med til at bestemme?" in words
    assert "Du bliver hørt, før byrådet beslutter." in words
    assert 'name="title"' not in client.get(NEW).text
    assert client.get(f"{NEW}?sagstype=trafik").status_code == 422


@pytest.mark.parametrize("case_type", list(CaseType))
@pytest.mark.parametrize("level", list(Level))
def test_each_case_type_prefills_a_lawful_plan_at_each_level(
    at_desk: Planner, case_type: CaseType, level: Level
) -> None:
    """RE-05: what is filled in never blocks by its dates."""
    fields = at_desk.fields(f"{NEW}?niveau={level.value}&sagstype={case_type.value}&kopi=0")
    assert date.fromisoformat(fields["last_day"]) > NOW.date()
    fields |= {"title": "Prøve", "meaning": "Noget.", "level_reason": fields["level_reason"] or "Derfor."}
    assert at_desk.post(NEW, fields).status_code == 303
    project = _only_project()
    found = {gap.key for gap in gaps(project, project.rounds[0], NOW)}
    assert not found & {"too-short", "no-deadline", "ends-before-start", "ends-on-closed-day", "open-to-everyone"}
    assert not found & {"no-open-line", "no-fixed-line", "no-source", "contact", "decider", "level-reason"}
    assert (project.rounds[0].level, project.rounds[0].legal_basis in LEGAL_BASES) == (level, True)


def test_a_copy_brings_the_earlier_words(at_desk: Planner, planner, roads: Department) -> None:
    old = declared(planner, roads)
    fields = at_desk.fields(f"{NEW}?niveau=hearing&sagstype=skole&kopi={old.id}")
    assert fields["title"] == old.title
    assert fields["open"] == "hvor overgangen ligger"
    assert fields["fixed-0-source"] == "Byrådet, 12. maj"
    assert "Politiet; politi@engelund.example; Myndighed".lower() in fields["parties"].lower()
    assert fields["case_type"] == "trafik"


def test_a_wrong_form_is_422_and_shows_every_typed_word_again(at_desk: Planner) -> None:
    fields = at_desk.fields(f"{NEW}?{FIRST}")
    fields |= {"title": "", "summary": "Mine <b>ord</b> & tanker", "parties": "; ingen@navn.dk", "contact_email": "nej"}
    response = at_desk.post(NEW, fields)
    assert response.status_code == 422
    assert "Mine &lt;b&gt;ord&lt;/b&gt; &amp; tanker" in response.text
    assert "Giv projektet en titel." in response.text
    assert "Linje 1 mangler et navn." in response.text
    assert db.session.scalar(sa.select(sa.func.count(Project.id))) == 0


def test_wide_interest_and_orientation_do_not_go_together(at_desk: Planner) -> None:
    """RP-48."""
    fields = at_desk.fields(f"{NEW}?niveau=orientation&sagstype=trafik&kopi=0")
    fields |= {"title": "X", "level_reason": "Y", "wide_interest": "y"}
    response = at_desk.post(NEW, fields)
    assert response.status_code == 422
    assert "skal borgerne mindst høres" in response.text


def test_the_desk_page_says_what_is_missing_and_where_it_is_mended(
    at_desk: Planner, client: FlaskClient, draft: Project
) -> None:
    with settling():
        draft.contact_phone = draft.contact_email = ""
        db.session.add(draft)
    page = client.get(f"/arbejde/projekter/{draft.slug}").text
    assert "1 ting mangler, før du kan offentliggøre" in page
    assert f'href="/arbejde/projekter/{draft.slug}/kontakt"' in page
    assert "offentliggoer" not in page
    response = at_desk.post(f"/arbejde/projekter/{draft.slug}/offentliggoer", {"anyway": "1"})
    assert response.status_code == 422
    assert db.session.get_one(Project, draft.id).announced_at is None


def test_advice_asks_once_more(at_desk: Planner, planner, roads: Department) -> None:
    project = declared(planner, roads)
    path = f"/arbejde/projekter/{project.slug}/offentliggoer"
    assert at_desk.post(path, {}).status_code == 422
    assert at_desk.post(path, {"anyway": "1"}).status_code == 303


@pytest.mark.parametrize(
    "page",
    ["", "/ramme", "/plan", "/kontakt", "/visning", "/trin", "/materiale", "/moeder", "/kreds", "/niveau"],
)
def test_a_drafts_pages_open_and_show_the_level(
    client: FlaskClient, at_desk: Planner, draft: Project, page: str
) -> None:
    """RP-47: the level is shown on every staff page."""
    response = client.get(f"/arbejde/projekter/{draft.slug}{page}")
    assert response.status_code == 200, response.text[:2000]
    assert 'class="badge level level-hearing"' in response.text
    assert response.text.count("<h1") == 1


@pytest.mark.parametrize("page", ["", "/ramme", "/frist", "/aflys", "/ny-runde", "/niveau", "/materiale"])
def test_a_public_projects_pages_open(client: FlaskClient, at_desk: Planner, public: Project, page: str) -> None:
    assert client.get(f"/arbejde/projekter/{public.slug}{page}").status_code == 200


@pytest.mark.parametrize("page", ["/ramme", "/plan", "/kontakt", "/visning", "/trin"])
def test_saving_a_page_as_it_stands_changes_nothing(at_desk: Planner, draft: Project, page: str) -> None:
    path = f"/arbejde/projekter/{draft.slug}"
    before = at_desk.fields(f"{path}{page}")
    response = at_desk.post(f"{path}{page}", {key: value for key, value in before.items() if key != "csrf_token"})
    assert response.status_code == 303, response.text[:3000]
    assert {key: value for key, value in at_desk.fields(f"{path}{page}").items() if key != "csrf_token"} == {
        key: value for key, value in before.items() if key != "csrf_token"
    }


def test_the_steps_of_a_public_project_are_moved_in_its_plan_of_the_decision(
    client: FlaskClient, at_desk: Planner, public: Project
) -> None:
    path = f"/arbejde/projekter/{public.slug}"
    assert client.get(f"{path}/trin").headers["Location"] == f"{path}/beslutning/plan"
    assert f'href="{path}/beslutning/plan"' in client.get(path).text


def test_a_public_change_without_a_reason_is_refused_in_plain_words(at_desk: Planner, public: Project) -> None:
    path = f"/arbejde/projekter/{public.slug}/ramme"
    fields = at_desk.fields(path) | {"summary": "Noget nyt."}
    assert at_desk.post(path, fields).status_code == 422
    assert at_desk.post(path, fields | {"reason": "Vi havde skrevet forkert."}).status_code == 303


def test_a_file_is_laid_open_and_a_wrong_one_is_told(at_desk: Planner, client: FlaskClient, draft: Project) -> None:
    path = f"/arbejde/projekter/{draft.slug}/materiale"
    good = {"title": "Bilag", "purpose": "statement", "file": (BytesIO(b"Bredden er 3 meter."), "bilag.txt")}
    assert at_desk.post(path, good).status_code == 303
    bad = {"title": "Bilag", "purpose": "proposal", "file": (BytesIO(b"<svg/>"), "kort.svg")}
    response = at_desk.post(path, bad)
    assert response.status_code == 422
    assert "SVG" in response.text
    none = at_desk.post(path, {"title": "Bilag", "purpose": "proposal"})
    assert none.status_code == 422
    assert "Vælg kun én af de tre" in none.text
    assert len(db.session.get_one(Project, draft.id).materials) == 2


def test_a_meeting_in_the_hour_that_does_not_exist_is_refused(at_desk: Planner, draft: Project) -> None:
    fields = {"title": "Nattevandring", "day": "2027-03-28", "begins": "02:30", "place": "Skolen"}
    response = at_desk.post(f"/arbejde/projekter/{draft.slug}/moeder", fields)
    assert response.status_code == 422
    assert "findes ikke" in response.text


def test_a_public_level_is_raised_by_the_page_and_never_lowered(at_desk: Planner, public: Project) -> None:
    """RP-47."""
    path = f"/arbejde/projekter/{public.slug}/niveau"
    assert at_desk.post(path, {"level": "orientation", "reason": "Nemmere"}).status_code == 422
    assert at_desk.post(path, {"level": "cocreation", "reason": "Mange idéer"}).status_code == 303
    assert _only_project().level is Level.COCREATION


def test_extending_by_the_page_tells_the_new_day(at_desk: Planner, client: FlaskClient, public: Project) -> None:
    path = f"/arbejde/projekter/{public.slug}/frist"
    assert at_desk.post(path, {"last_day": "2026-12-10", "reason": "Kortere"}).status_code == 422
    assert at_desk.post(path, {"last_day": "", "reason": ""}).status_code == 422
    assert at_desk.post(path, {"last_day": "2026-12-21", "reason": "Post"}).status_code == 303
    assert "mandag 21. december 2026" in words_of(client, f"/projekter/{public.slug}")


def test_the_page_suggests_days_that_hold_before_anybody_is_promised_them(
    at_desk: Planner, client: FlaskClient, public: Project
) -> None:
    """RP-21, L4: what citizens expect is asked again when the deadline moves past it."""
    path = f"/arbejde/projekter/{public.slug}/frist"
    with settling():
        public.rounds[0].legal_basis, public.rounds[0].rule = "planloven-24-5", None
    assert "De venter beslutningen" in client.get(path).text
    asked = at_desk.post(path, {"last_day": "2027-03-01", "reason": "Post", "report_on": "", "decision_on": ""})
    assert asked.status_code == 422
    assert "Den gamle dato holder ikke længere" in asked.text
    decision = re.search(r'name="decision_on"[^>]*value="([0-9-]+)"', asked.text)
    report = re.search(r'name="report_on"[^>]*value="([0-9-]+)"', asked.text)
    assert decision
    assert report
    assert decision[1] >= "2027-03-29"
    early = {"last_day": "2027-03-01", "reason": "Post", "report_on": report[1], "decision_on": "2027-03-20"}
    assert "Det kan tidligst ske mandag 29. marts 2027." in at_desk.post(path, early).text
    assert at_desk.post(path, early | {"decision_on": decision[1]}).status_code == 303


@pytest.mark.parametrize("page", ["", "/ramme", "/frist", "/offentliggoer"])
def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, draft: Project, page: str) -> None:
    method = client.post if page == "/offentliggoer" else client.get
    response = method(f"/arbejde/projekter/{draft.slug}{page}")
    assert response.status_code in (302, 400)
    assert response.status_code == 400 or "/log-ind" in response.location


def test_another_departments_planner_reads_nothing_here(client: FlaskClient, draft: Project, other_planner) -> None:
    sign_in(client, db.session.get_one(Person, other_planner.person_id))
    assert client.get(f"/arbejde/projekter/{draft.slug}/ramme").status_code == 403


def test_the_list_asks_as_much_for_forty_projects_as_for_one(
    client: FlaskClient, at_desk: Planner, planner, roads: Department
) -> None:
    declared(planner, roads)
    with counted() as one:
        client.get("/arbejde/projekter")
    for _ in range(40):
        declared(planner, roads)
    with counted() as many:
        client.get("/arbejde/projekter")
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("line", "name", "email", "capacity", "address"),
    [
        ("Politiet; politi@eksempel.dk; myndighed", "Politiet", "politi@eksempel.dk", Capacity.AUTHORITY, ""),
        ("Ida Bro", "Ida Bro", "", Capacity.CITIZEN, ""),
        ("Ida Bro; Lindevej 12, 9999 Engelund; nabo", "Ida Bro", "", Capacity.NEIGHBOUR, "Lindevej 12, 9999 Engelund"),
        ("Ida Bro\tida@eksempel.dk", "Ida Bro", "ida@eksempel.dk", Capacity.CITIZEN, ""),
    ],
)
def test_a_pasted_line_names_somebody(app, line: str, name: str, email: str, capacity: Capacity, address: str) -> None:
    """RL-61."""
    with app.test_request_context():
        (heard,) = read_parties(f"\n{line}\n")
    assert (heard.name, heard.email, heard.capacity, heard.address) == (name, email, capacity, address)


def test_the_list_opens_only_doors_that_open(client: FlaskClient, public: Project, other_planner) -> None:
    """Another department's people read what everybody reads."""
    sign_in(client, db.session.get_one(Person, other_planner.person_id))
    page = client.get("/arbejde/projekter?alle=1").text
    assert f'href="/projekter/{public.slug}"' in page
    assert f'href="/arbejde/projekter/{public.slug}"' not in page
