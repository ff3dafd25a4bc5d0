"""Pages that stand only for a moment, reached by a form, a code or a letter: each is lived through and kept as sent.

They change what is in the database, so they are lived in a copy of the practice municipality.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, Route

from participation.answers.draft import Draft, draft_answers
from participation.contributions.model import Contribution
from participation.contributions.receive import Sender
from participation.decisions.attach import attach_report
from participation.decisions.model import CouncilQuestion
from participation.decisions.record import Result, record_result
from participation.foundation import clock, codes, jobs, letters
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people.actor import actor_of
from participation.people.model import Person
from participation.people.municipality import keep, municipality
from participation.projects.model import Project
from participation.reports.model import WhitePaper
from participation.rules.kinds import Role, StepResult
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.matters import make_project
from tests.stories.visit import Visit
from tests.walk import Stop, person_of

OPEN, CLOSED, MANY, TOLD = "ny-skolevej-ved-engparken", "lokalplan-117-havnegrunden", "trafikplan-nord", "boernepolitik"
PARK, BUMP = "en-park-til-alle-aldre", "bump-paa-moellevej"
DESK = "/arbejde/projekter"
#: In place of the page of a file: the house that serves the window has not got it.
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"/>'


@dataclass(frozen=True)
class Moment(Stop):
    """A page that no address gives again.

    Args:
        policy: its content security policy.
    """

    policy: str = ""

    def show(self, page: Page) -> None:
        """Open it in a window just as it was sent."""

        def give(route: Route) -> None:
            head = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": self.policy}
            route.fulfill(status=200, headers=head, body=self.html)

        def draw(route: Route) -> None:
            route.fulfill(status=200, headers={"Content-Type": "image/svg+xml"}, body=DRAWING)

        page.route("**/oejeblik", give)
        page.route("**/billede", draw)
        page.route("**/fremdrift", give)  # a page that asks how far the work has come hears that it is still there
        page.goto("/oejeblik")
        page.unroute("**/oejeblik")


@dataclass
class Living:
    """Somebody of a role lives through pages and keeps those worth looking at."""

    app: SettledFlask

    def visit(self, role: Role = Role.VISITOR) -> Visit:
        """A browser of the role's first person."""
        return Visit(self.app, None if role is Role.VISITOR else self.person(role))

    def person(self, role: Role) -> Person:
        """The first person of a role."""
        key = (person_of(self.app, role) or "").partition(":")[0]
        return db.session.get_one(Person, int(key))


Kept = Iterator[tuple[str, Role, Visit]]
Story = Callable[[Living], Kept]


def moments(app: SettledFlask, stories: Iterable[Story] = ()) -> list[Moment]:
    """Those of some stories, or all of this module; an app context is open, and jobs are done in between."""
    house = Living(app)
    return [
        Moment(name, role, visit.path, visit.html, visit.policy)
        for story in stories or (citizen, drafter, follower, newcomer, planner, errors, matter)
        for name, role, visit in story(house)
    ]


def citizen(house: Living) -> Kept:
    """Writes, gets a receipt, comes back with the code, corrects, and says what was missing."""
    one = house.visit().open(f"/projekter/{OPEN}/svar")
    yield "write-empty", Role.VISITOR, one.press("Send", {"words": " ", "email": "ikke en adresse"}, status=422)
    words = "Overgangen skal ligge ved kirken. Ring til mig på 010180-0008."
    yield "write-preview", Role.VISITOR, one.press("Vis, hvad der bliver offentligt", {"words": words, "email": ""})
    yield "receipt", Role.VISITOR, one.press("Send", {"words": "Overgangen skal ligge ved kirken."}).says("Din kode")
    yield "track-open", Role.VISITOR, one.open("/mit-svar/hvor")
    yield "edit", Role.VISITOR, one.open("/mit-svar/ret")
    yield "edit-empty", Role.VISITOR, one.press("Gem rettelsen", {"words": " "}, status=422)
    asker = house.visit().open(f"/projekter/{OPEN}/spoerg")
    yield "ask-receipt", Role.VISITOR, asker.press("Send", {"words": "Hvornår begynder I?"}).says("Tak")
    yield "ask-track", Role.VISITOR, asker.open("/mit-svar/hvor")
    yield "track-told", Role.VISITOR, held(house, TOLD)
    yield "track-weighed", Role.VISITOR, held(house, MANY)


def drafter(house: Living) -> Kept:
    """Begins to write, keeps it, goes on by the letter's link, and throws it away."""
    one = house.visit().open(f"/projekter/{OPEN}/svar")
    yield "draft-nothing", Role.VISITOR, one.press("Gem og fortsæt senere", {"words": " "}, status=422)
    one.press("Gem og fortsæt senere", {"words": "Overgangen skal ligge ved kirken."})
    yield "draft-kept", Role.VISITOR, one.says("Din kladde er gemt")
    yield "draft-link-wrong", Role.VISITOR, one.press("Send mig linket", {"email": "ida"}, status=422)
    one.press("Send mig linket", {"email": "ida@borger.example"})
    jobs.run_all(house.app, clock.now())
    own = letter("draft_link")
    yield "draft-resumed", Role.VISITOR, house.visit().open(own).says("Du fortsætter på din kladde")
    yield "draft-deleted", Role.VISITOR, one.open("/kladde").press("Slet kladden")
    yield "draft-gone", Role.VISITOR, house.visit().open(own, status=404)


def held(house: Living, slug: str) -> Visit:
    """The page of the first contribution of a case, found by its code."""
    project = sa.select(Project.id).where(Project.slug == slug).scalar_subquery()
    first = sa.select(Contribution).where(Contribution.project_id == project).order_by(Contribution.number)
    one = db.session.scalars(first).first()
    assert one is not None
    return (
        house.visit().open("/mit-svar").press("Vis mit svar", {"code": codes.tracking_code(one.id, one.code_version)})
    )


def letter(kind: str) -> str:
    """The path of the link in the newest letter of a kind."""
    db.session.rollback()
    newest = db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id.desc())).first()
    assert newest is not None, kind
    link = next(word for word in letters.read_in_full(newest).words.split() if word.startswith("http://localhost/"))
    return link.removeprefix("http://localhost").rstrip(".")


def follower(house: Living) -> Kept:
    """Asks for news, confirms by the letter, and stops."""
    one = house.visit().open(f"/projekter/{OPEN}")
    yield "follow-wrong", Role.VISITOR, one.press("Følg sagen", {"email": "ikke en adresse"}, status=422)
    one.open(f"/projekter/{OPEN}").press("Følg sagen", {"email": "mia@borger.example"})
    yield "follow-asked", Role.VISITOR, one
    jobs.run_all(house.app, clock.now())
    yield "follow-link", Role.VISITOR, one.open(letter("follow_confirm"))


def newcomer(house: Living) -> Kept:
    """Is invited and chooses a password."""
    chief = house.visit(Role.ADMINISTRATOR).open("/arbejde/opsaetning")
    invited = {"invite-name": "Ny Kollega", "invite-email": "ny.kollega@engelund.example", "invite-role": "clerk"}
    yield "invite-wrong", Role.ADMINISTRATOR, chief.press("Send invitation", {"invite-email": "nej"}, status=422)
    chief.open("/arbejde/opsaetning").press("Send invitation", invited)
    jobs.run_all(house.app, clock.now())
    one = house.visit().open(letter("invitation"))
    yield "welcome", Role.VISITOR, one


def planner(house: Living) -> Kept:
    """Declares a project, brings a sheet in, and forgets what must be written."""
    at = house.visit(Role.PLANNER)
    chosen = {"niveau": "hearing", "sagstype": "trafik"}
    yield "draft-empty", Role.PLANNER, at.open(f"{DESK}/nyt").press("Fortsæt", chosen).press("Gem kladden", status=422)
    written = {"title": "Bænke i byen", "summary": "Hvor skal de stå?", "meaning": "Du kan hvile dig."}
    yield "draft", Role.PLANNER, at.press("Gem kladden", written)
    yield "draft-dates", Role.PLANNER, at.open(f"{at.path}/plan")
    sheet = "høringssvar;navn\nNej tak til »mere« støj;Søren Ærø\n;Uden ord\n".encode("cp1252")
    at.open(f"{DESK}/{OPEN}/indbakke/regneark").press("Fortsæt", {"sheet": (io.BytesIO(sheet), "svar.csv")})
    yield "sheet", Role.PLANNER, at
    yield "sheet-waits", Role.PLANNER, at.press("Hent dem ind")
    jobs.run_all(house.app, clock.now() + timedelta(minutes=1))
    yield "sheet-done", Role.PLANNER, at.open(at.path)
    at.open(f"{DESK}/{OPEN}/indbakke")
    yield "mail-damaged", Role.PLANNER, at.press("Læg ind", {"files": [(io.BytesIO(b"%PDF-1.7\n"), "brev.pdf")]})
    at.open(f"{DESK}/{OPEN}/indbakke/skriv-ind")
    yield "register-empty", Role.PLANNER, at.press("Skriv ind", status=422)
    theme = db.session.scalars(sa.text("SELECT min(theme_id) FROM placement")).one()
    at.open(f"{DESK}/{MANY}/emner/{theme}/svar")
    yield "topic-no-reason", Role.PLANNER, at.press("Gem svaret", {"recommendation": "not_accommodated"}, status=422)


def errors(house: Living) -> Kept:
    """What is not there, not allowed, or over."""
    yield "not-there", Role.VISITOR, house.visit().open("/projekter/findes-ikke", status=404)
    yield "not-allowed", Role.PLANNER, house.visit(Role.PLANNER).open("/arbejde/opsaetning", status=403)
    yield "closed", Role.VISITOR, house.visit().open(f"/projekter/{TOLD}/svar", status=409)
    yield "late", Role.VISITOR, house.visit().open(f"/projekter/{CLOSED}/svar")
    yield "no-hits", Role.VISITOR, house.visit().open("/projekter?q=zzzzzz")


def matter(house: Living) -> Kept:
    """A small matter by post: approval by a link, the papers, the decision, and letters for the printer."""
    now, leader = clock.now(), house.person(Role.LEADER)
    department = next(one.department for one in leader.memberships if one.role is Role.LEADER)
    project = make_project(department, slug=BUMP, title="Bump på Møllevej")
    round_ = project.rounds[0]
    with settling():
        round_.announced_at = round_.opens_at = now - timedelta(days=50)
        round_.closes_at = now - timedelta(days=2)
    by_post = Sender(name="Ove Holm", address="Møllevej 4, 9999 Engelund", wants_post=True)
    received = receive(round_, "Læg bumpet ved nr. 12.", at=now - timedelta(days=9), sender=by_post)
    actor = actor_of(leader)
    with settling():
        for one in received:
            one.read_at = now
    with settling():
        yes = Recommendation.ACCOMMODATED
        draft_answers(actor, project, [Draft(one, "Ja.", yes, "Det er rigtigt.") for one in received], now=now)
    at = house.visit(Role.PLANNER).open(f"{DESK}/{BUMP}/rapport")
    yield "approval-asked", Role.PLANNER, at.press("Bed om godkendelse")
    jobs.run_all(house.app, now + timedelta(minutes=1))
    boss = Visit(house.app, db.session.get_one(Person, leader.id)).open(letter("approval_wanted"))
    yield "approval", Role.LEADER, boss
    yield "approved", Role.LEADER, boss.press("Godkend")
    at.open(f"{DESK}/{BUMP}/rapport").press("Offentliggør hvidbogen")
    yield "paper-made", Role.PLANNER, at
    yield from council(house)
    decide(actor_of(house.person(Role.CLERK)))
    yield "feedback-ready", Role.PLANNER, at.open(f"{DESK}/{BUMP}/besked")
    yield "feedback-sent", Role.PLANNER, at.press("Send til alle")
    jobs.run_all(house.app, clock.now() + timedelta(minutes=1))
    yield "letters-to-print", Role.PLANNER, at.open(f"{DESK}/{BUMP}/besked/print")
    yield "track-decided", Role.VISITOR, held(house, BUMP)
    yield "decision", Role.VISITOR, house.visit().open(f"/projekter/{BUMP}/beslutning")
    yield "council-decided", Role.COUNCILLOR, house.visit(Role.COUNCILLOR).open(f"/arbejde/raad/{BUMP}")
    lesson = {"words": "Mål farten, før I tegner bumpet.", "reached": "y"}
    at.open(f"{DESK}/{BUMP}/besked").press("Gem", lesson)
    with settling():
        keep(replace(municipality(), promises_public=True), now=clock.now())
    yield "promises", Role.VISITOR, house.visit().open("/loefter").says("Holder vi, hvad vi lover?")
    yield "lessons", Role.PLANNER, at.open("/arbejde/laering").says("Mål farten")


def council(house: Living) -> Kept:
    """A councillor reads the case before the meeting, asks, keeps a note, and gets an answer."""
    member = house.visit(Role.COUNCILLOR)
    yield "council", Role.COUNCILLOR, member.open("/arbejde/raad").says("Bump på Møllevej")
    member.open(f"/arbejde/raad/{BUMP}")
    yield "council-asks", Role.COUNCILLOR, member.press("Send spørgsmålet", {"question": "Hvad koster bumpet?"})
    yield "council-notes", Role.COUNCILLOR, member.press("Gem", {"notes": "Spørg om sneplove.", "has_read": "y"})
    planner = house.visit(Role.PLANNER).open(f"/arbejde/raad/{BUMP}")
    asked = db.session.scalars(sa.select(CouncilQuestion.id)).all()[-1]
    told = {f"q{asked}-reply": "40.000 kroner med skilte."}
    yield "council-replied", Role.PLANNER, planner.press("Send svaret til alle medlemmer", told)


def decide(clerk: Actor) -> None:
    """The council has the paper before it and says yes today."""
    now = clock.now()
    project = db.session.scalars(sa.select(Project).where(Project.slug == BUMP)).one()
    paper = db.session.scalars(sa.select(WhitePaper).where(WhitePaper.project_id == project.id)).one()
    result = Result(
        met_on=now.date(), result=StepResult.ADOPTED, grounds="Bumpet gør vejen tryg.", legal_ground="vejloven § 8"
    )
    with settling():
        attach_report(clerk, paper, project.steps, now=now)
    with settling():
        record_result(clerk, project.steps[-1], result, now=now)
