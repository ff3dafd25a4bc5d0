"""S1: whatever people write in whatever field, in a real Chromium nothing of it runs, and it is shown as it was typed.

The short form takes 300 payloads, the long one (``MEDSPIL_BATTERY=long``) all of them, round by round.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask, request
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from participation.contributions.model import Contribution
from participation.foundation import markup
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.letters.composing import compose
from participation.foundation.model import Letter
from participation.people.model import Department, Membership, Person
from participation.projects.model import Project
from participation.rules.kinds import Role
from tests.browser.chromium import PATIENCE, serving
from tests.law.conftest import Figure
from tests.practised import practising_again
from tests.security.filling import ENDS, forms_of
from tests.security.payloads import IS_LONG, payloads
from tests.security.planting import Planted, columns, marks_in, plant
from tests.walk import WALKERS, Stop, Walk, client_of, person_of

pytestmark = [pytest.mark.browser, pytest.mark.shared]

MOST = 300
DETECT = Path(__file__).with_name("detect.js").read_text(encoding="utf-8")
LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
#: Columns that are planted and stand on no page that is visited, and where they do stand.
ELSEWHERE = {
    "kept for the case, on no page": """
        answer_version.alternative answer_version.assessed_by answer_version.passed_on_to
        answer_version.professional_reason answer_version.reason answer_version.words
        contribution.external_id contribution.hidden_words mask.words
        letter.subject letter.words promise.moved_reason""",
    "where something has happened that has not in the practice municipality": """
        about_passage.heading about_passage.title about_passage.words talk_slot.cancelled_words
        approval.words moderation.answer moderation.appeal project.cancelled_reason white_paper.withdrawn_reason
        account.email account_link.email contact.erasure_answer
        approver.name workspace.organisation workspace_member.email
        workspace_member.name workspace_opinion.note workspace_version.name workspace_version.words
        case_package.failure case_package.receipt follow_up.handed_to party.address file.name
        copy_reader.email copy_reader.name place_version.place place_version.material_place town_map.features""",
    "on paper, for those who get their letters by post": "contact.address letter.recipient",
    "in a link that leads nowhere unless it is https or http": "material.url setting.was_address",
}
#: Columns that are written as Markdown by staff, so what is shown is not what was typed.
RICH = {"material.words", "meeting.minutes"}
#: Columns of which a page may show a part, as a point of its own.
IN_PARTS = {"text.words"}


@dataclass
class Watched:
    """A window in which everything is noticed that a payload could do."""

    context: BrowserContext
    origin: str
    page: Page = field(init=False)
    faults: list[str] = field(default_factory=list)
    going: str = ""

    def __post_init__(self) -> None:
        self.context.expose_binding("__told", lambda _source, what: self._note(what))
        self.context.add_init_script(DETECT)
        self.context.on("request", lambda one: None if self._ours(one.url) else self._note(f"request {one.url[:100]}"))
        self.context.on("console", lambda one: self._console(one.type, one.text))
        self.context.on("weberror", lambda one: self._note(f"script error {one.error}"))
        self.page = self.context.new_page()
        self.context.on("page", lambda one: self._note("a new window"))
        self.page.on("dialog", lambda one: (self._note(f"dialog {one.type}"), one.dismiss()))
        self.page.on("framenavigated", lambda frame: self._left(frame.url))

    def _note(self, what: str) -> None:
        self.faults.append(f"{self.going}: {what}")

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self._note(f"console {text[:160]}")

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("about", "data", "blob") or f"{parts.scheme}://{parts.netloc}" == self.origin

    def _left(self, url: str) -> None:
        if url != "about:blank" and (
            not url.startswith(self.origin) or urlsplit(url).path != urlsplit(self.going).path
        ):
            self._note(f"navigation to {url[:100]}")

    def open(self, path: str) -> dict[str, object]:
        """Open an address, touch everything on the page once, and look at what stands there."""
        self.going = path.partition("#")[0]
        try:
            self.page.goto(path, wait_until="load")
        except Error as fault:
            if "interrupted by another navigation" not in str(fault):
                raise
            self._note("navigation while the page was opened")
            return {"words": "", "html": "", "odd": []}
        return self.look()

    def show(self, name: str, html: str, policy: str | None) -> dict[str, object]:
        """Show a page just as it was sent, or a letter without any policy, as a mail program would."""
        self.going = f"/vist-her/{name}"

        def give(route: Route) -> None:
            head = {"Content-Type": "text/html; charset=utf-8"} | (
                {"Content-Security-Policy": policy} if policy else {}
            )
            route.fulfill(status=200, headers=head, body=html)

        self.page.route(f"**{self.going}", give)
        self.page.goto(self.going, wait_until="load")
        self.page.unroute(f"**{self.going}")
        return self.look()

    def look(self) -> dict[str, object]:
        """Touch everything once, and tell the words and what stands there that could run."""
        try:
            seen: dict[str, object] = self.page.evaluate(LOOK)
        except Error:
            self._note("navigation while the page was looked at")
            return {"words": "", "html": "", "odd": []}
        self.faults += [f"{self.going}: {what}" for what in seen["odd"]]  # type: ignore[attr-defined]
        return seen


@pytest.fixture
def watched(browser: Browser):
    """Opens watched windows; the person's cookie may be given."""
    opened: list[BrowserContext] = []

    def open_one(origin: str, cookie: str | None = None) -> Watched:
        context = browser.new_context(base_url=origin, locale="da-DK", timezone_id="Europe/Copenhagen")
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if cookie:
            context.add_cookies([{"name": "session", "value": cookie, "domain": "localhost", "path": "/"}])
        return Watched(context, origin)

    yield open_one
    for one in opened:
        one.close()


# -- the detectors themselves ------------------------------------------------------------------------------------------

#: What must be noticed, by the word in its report; each is a page that does not escape.
CONTROLS = {
    "dialog alert": "<script>alert(1)</script>",
    "dialog confirm": "<img src=/x onerror=confirm(1)>",
    "dialog prompt": '<svg onload="prompt(1)">',
    "dialog print": "<details open ontoggle=print()>x</details>",
    "marker": "<script>marker = 1</script>",
    "request": "<img src=https://example.org/x.png>",
    "navigation": "<meta http-equiv=refresh content='0;url=/elsewhere'>",
    "on-attribute": "<b onmouseenter='1'>x</b>",
    "hover": "<p onmouseover=alert(2)>x</p>",
    "focus": "<input onfocus=alert(3)>",
    "click": "<button type=button onclick=alert(4)>x</button>",
    "odd address": "<a href='javascript:marker=5'>x</a>",
    "odd element": "<iframe srcdoc='x'></iframe>",
}


def careless() -> Flask:
    """A site of one page that writes what it is given without escaping it, with or without our policy."""
    app = Flask("careless", static_folder=None)

    @app.get("/elsewhere")
    @app.get("/")
    def page() -> tuple[str, dict[str, str]]:
        policy = {"Content-Security-Policy": "default-src 'self'"} if "policy" in request.args else {}
        return f"<!doctype html><title>x</title><main>{request.args.get('x', '')}</main>", policy

    return app


def noticed(window: Watched, path: str, word: str) -> bool:
    """Whether a page's harm is told; some of it comes a moment after the page."""
    before = len(window.faults)
    window.open(path)
    for _ in range(100):
        if any(word in fault for fault in window.faults[before:]):
            return True
        window.page.wait_for_timeout(50)
    return False


def test_every_detector_sees_a_page_that_does_not_escape(watched, figure: Figure) -> None:
    """The positive control: a clean page is silent, and each kind of harm is noticed, also behind our policy."""
    wrong = []
    with serving(careless()) as origin:
        window = watched(origin)
        window.open("/?x=<p>fint</p>")
        wrong += window.faults
        for word, payload in CONTROLS.items():
            known = word if word not in ("hover", "focus", "click") else "dialog alert"
            window = watched(origin)  # of its own: what one payload still does must not disturb the next
            wrong += [] if noticed(window, f"/?x={quote(payload)}", known) else [f"{word} was not noticed"]
        behind = "<script>marker=1</script><img src=/x onerror=alert(1)>"
        told = noticed(watched(origin), f"/?policy=1&x={quote(behind)}", "policy script-src")
        wrong += [] if told else ["the policy told nothing"]
    assert figure("S1 positive control", wrong, len(CONTROLS) + 2) == []


# -- the pages ---------------------------------------------------------------------------------------------------------


def cookie_of(app: SettledFlask, role: Role, held: list[int] | None = None) -> str | None:
    """The cookie of somebody of the role, or of a citizen who holds contributions."""
    content: dict[str, object] = {"language": "da"}
    if held:
        content["held"] = held
    if key := person_of(app, role):
        content |= {"_user_id": key, "_fresh": True}
    cookie: str = app.session_interface.get_signing_serializer(app).dumps(content)  # type: ignore[attr-defined]
    return cookie


def everywhere() -> None:
    """The planner and the leader who walk belong to every department, so that they see every case."""
    with settling():
        for role in (Role.PLANNER, Role.LEADER):
            person = db.session.scalars(
                sa.select(Person).join(Membership).where(Membership.role == role, Person.active).order_by(Person.id)
            ).first()
            assert person is not None
            held = {one.department_id for one in person.memberships if one.role is role}
            for key in set(db.session.scalars(sa.select(Department.id))) - held:
                person.memberships.append(Membership(role=role, department_id=key))


def stops_of(app: SettledFlask, planted: Planted) -> Iterator[Stop]:
    """Every page that somebody sees, for the first who sees it; another example only where it shows another column."""
    with app.app_context():
        slugs = list(db.session.scalars(sa.select(Project.slug)))
        db.session.remove()
    starts = [f"/projekter/{slug}{more}" for slug in slugs for more in ("", "/hvidbog", "/beslutning")]
    cases = [
        f"/arbejde/projekter/{slug}{more}" for slug in slugs for more in ("", "/besked", "/rapport", "/rapport/udkast")
    ]
    views, shown = set[str](), set[str]()
    for role in WALKERS:
        much = role in (Role.VISITOR, Role.PLANNER)
        begin = [*starts, *(cases if role is not Role.VISITOR else [])] if much else []
        for stop in Walk(app, role, each=len(slugs) if much else 2).go(*begin).stops:
            view, found = stop.name.split("-")[0], {planted.column[at] for at in marks_in(stop.html)}
            if view not in views or found - shown:
                views.add(view)
                shown |= found
                yield stop


def plain(text: str) -> str:
    """A text without blanks, as it is shown: pages fold blanks, and a paragraph more is no other word."""
    return re.sub(r"[\s\u2068\u2069]+", "", markup.visible(text))


def as_typed(words: str, planted: Planted) -> Iterator[str]:
    """What on a page is not shown as it was typed.

    It may be cut short, by an ellipsis, by a cover, or because a point is a part of it; never right before a sign of
    markup, where a text that is taken for markup would vanish.
    """
    folded = plain(words)
    for found in re.finditer(r"q(\d{5})q", folded):
        at = int(found[1])
        column, due, there = planted.column[at], plain(planted.texts[at]), folded[found.end() :]
        pairs = enumerate(zip(due, there, strict=False))
        same = next((n for n, (a, b) in pairs if a != b), min(len(due), len(there)))
        is_cut = there[same:].startswith(("…", "[dækket")) or due[same : same + 1] not in set("<>&\"'")
        if same < len(due) and not (is_cut or column in IN_PARTS | RICH):
            yield f"{column}: typed {planted.texts[at][:80]!r}, shown {there[: same + 30]!r}"


def composed(app: SettledFlask) -> Iterator[tuple[str, str]]:
    """Every kind of letter in HTML, with payloads in its facts."""
    seen = Counter[str]()
    for letter in db.session.scalars(sa.select(Letter).order_by(Letter.id)):
        if seen[letter.kind] < 3:
            seen[letter.kind] += 1
            yield f"{letter.kind}-{seen[letter.kind]}", compose(letter.kind, letter.facts, letter.language).html
    assert len(seen) >= 4, "the practice municipality writes letters of several kinds"


def answered(app: SettledFlask, stops: list[Stop], texts: list[str]) -> Iterator[tuple[str, str, str]]:
    """The page that each form is answered with, when every field that takes words holds a payload."""
    seen: set[str] = set()
    for role in dict.fromkeys(stop.role for stop in stops):
        for stop in [stop for stop in stops if stop.role == role]:
            for form in forms_of(app, stop.path, stop.html):
                if form.door in ENDS | seen or not form.names:
                    continue
                seen.add(form.door)
                with client_of(app, role) as client:
                    now = forms_of(app, stop.path, client.get(stop.path).text)
                    fresh = next((one for one in now if one.where == form.where and one.names == form.names), None)
                    if fresh is None:  # what was sent before has ended it
                        continue
                    words = {name: texts[(len(seen) * 7 + at) % len(texts)] for at, name in enumerate(fresh.names)}
                    answer = fresh.send(client, words)
                if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                    yield f"{form.door}-{answer.status_code}", answer.text, answer.headers["Content-Security-Policy"]


ROUNDS = len(payloads("xss", "sanitizer", "html_parser", most=10**6)) // MOST + 1 if IS_LONG else 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_nothing_that_was_written_runs_and_all_of_it_is_shown(
    practice_folder, tmp_path, watched, round_, figure: Figure, record_property
) -> None:
    texts = payloads("xss", "sanitizer", "html_parser", most=MOST)[round_ * MOST :][:MOST]
    texts = [text for text in texts if not markup.odd(text) and markup.visible(text).strip()]
    wrong: list[str] = []
    with practising_again(practice_folder, tmp_path / "planted", TESTING=True, RAISE_FAULTS=False) as app:
        with app.app_context():
            everywhere()
            planted = plant(texts)
            db.session.remove()
        stops = list(stops_of(app, planted))
        with app.app_context():
            mails = list(composed(app))
            held = list(db.session.scalars(sa.select(Contribution.id).group_by(Contribution.project_id)))
            db.session.remove()
        shown, pages = set[int](), 0
        with serving(app) as origin:
            for role in WALKERS:
                window = watched(origin, cookie_of(app, role))
                mine = [stop.path for stop in stops if stop.role == role]
                if role is Role.VISITOR:
                    mine += [f"/projekter?q={quote(text)}" for text in texts[:12]]
                    mine += [f"/findes-ikke/{quote(text, safe='')}" for text in texts[12:18]]
                    mine += [f"/log-ind?next={quote(text, safe='')}" for text in texts[18:22]]
                for path in mine:
                    seen = window.open(path)
                    pages += 1
                    shown |= set(marks_in(str(seen["html"])))
                    wrong += [f"{path}: {line}" for line in as_typed(str(seen["words"]), planted)]
                wrong += window.faults
            for one in held:
                window = watched(origin, cookie_of(app, Role.VISITOR, [one]))
                for path in ("/kvittering", "/mit-svar/hvor", "/mit-svar/ret"):
                    seen = window.open(path)
                    pages += 1
                    shown |= set(marks_in(str(seen["html"])))
                    wrong += [f"{path}: {line}" for line in as_typed(str(seen["words"]), planted)]
                wrong += window.faults
            forms = list(answered(app, stops, texts))  # last: a form that is taken writes over what was planted
            window = watched(origin)
            for name, html, policy in forms:
                window.show(name, html, policy)
            for name, html in mails:
                shown |= set(marks_in(str(window.show(name, html, None)["html"])))
            wrong += window.faults
    wrong += [f"{column} stands on no page" for column in unseen(planted, shown)]
    cases = pages + len(forms) + len(mails)
    line = f"S1 {len(texts)} payloads in {len(planted.texts)} cells of {len(set(planted.column.values()))} columns, "
    line += f"{len({planted.texts[at] for at in shown})} of them seen, {len(forms)} forms, {len(mails)} letters"
    record_property("figure", line)
    print(line)
    assert figure("S1 pages", sorted(set(wrong)), cases) == []


def unseen(planted: Planted, shown: set[int]) -> list[str]:
    """Columns that hold words and stand on no page that was visited, and are on no list."""
    seen = {planted.column[at] for at in shown}
    return sorted(
        set(planted.column.values()) - seen - {word for words in ELSEWHERE.values() for word in words.split()}
    )


def test_every_column_of_words_is_planted_or_listed(practised) -> None:
    _kept, gone = columns()
    assert gone == [], "listed, and in no model"
