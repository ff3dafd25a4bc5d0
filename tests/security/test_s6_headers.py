"""S6: what every answer of every door says about itself, for every role; none of the URL map is left out."""

from collections import defaultdict
from typing import NamedTuple

import pytest
from werkzeug.datastructures import Headers

from participation.rules.kinds import Role
from tests.law.conftest import Figure
from tests.security.doors import examples, filled
from tests.walk import WALKERS, client_of

#: Doors whose answer anybody may keep, and for how long. What is not named here is kept by nobody.
KEPT = {"static": "max-age=31536000"}
#: Doors that were seen to answer a refusal only: their page needs a letter, a form or a file of the moment. The
#: headers of the refusal are held to the same rules, and tests/browser/moments.py lives through the pages.
REFUSED_HERE = {
    "contributions.drafts.resume",
    "contributions.drafts.saved",
    "contributions.edit",
    "contributions.follow_link",
    "contributions.intake.hand_out",
    "contributions.ladder.appeal",
    "contributions.private.look_at_page",
    "contributions.private.picture",
    "contributions.receipt",
    "contributions.sender.copies",
    "contributions.sender.vouch",
    "contributions.sheets.progress",
    "contributions.sheets.rejected",
    "contributions.sheets.show",
    "contributions.sweeps.progress",
    "contributions.sweeps.show",
    "desk.passage",
    "drafting.enter",
    "drafting.version",
    "drafting.workspace",
    "feedback.track",
    "people.welcome",
    "portal.copy",
    "portal.paragraphs",
    "portal.follow_link",
    "portal.mine.data",
    "portal.mine.door",
    "portal.mine.readable",
    "portal.talk_asked",
    "portal.talks.talk_booked",
    "portal.talks.talk_file",
    "portal.talks.talk_link",
    "portal.town.town_picture",
    "projects.plan",
    "projects.steps",
    "queue.assess_points",
    "queue.batch",
    "reports.approval",
}
LOOKING = ("GET", "HEAD", "OPTIONS")


class Answer(NamedTuple):
    """What is kept of an answer."""

    status_code: int
    headers: Headers


@pytest.fixture(scope="module")
def answers(practised):
    """(endpoint, method, role) → the answer. A POST is sent bare, as from another site, so that it changes nothing."""
    known, found = examples(practised), {}
    for role in WALKERS:
        client = client_of(practised, role)
        for rule in practised.url_map.iter_rules():
            of_roles = known.get(rule.endpoint, {})
            path = of_roles.get(role) or next(iter(of_roles.values()), filled(rule))
            for method in sorted(rule.methods - {"HEAD"}):
                if method != "OPTIONS" or role is Role.VISITOR:
                    with client.open(path, method=method, buffered=True) as answer:
                        found[rule.endpoint, method, role] = Answer(answer.status_code, answer.headers)
    return found


def wrong_headers(endpoint, answer, method="GET") -> list[str]:
    """What an answer lacks."""
    endpoint = endpoint if method == "GET" and answer.status_code < 400 else ""
    head, policy = answer.headers, answer.headers.get("Content-Security-Policy", "")
    kept = head.get("Cache-Control", "")
    vary = {one.strip() for one in head.get("Vary", "").split(",")}
    held = {
        "a policy": "default-src 'self'" in policy or "default-src 'none'" in policy,
        "no unsafe policy": "unsafe" not in policy and "*" not in policy,
        "nosniff": head.get("X-Content-Type-Options") == "nosniff",
        "no referrer": head.get("Referrer-Policy") == "no-referrer",
        "own window": head.get("Cross-Origin-Opener-Policy") == "same-origin",
        "kept as agreed": KEPT[endpoint] in kept if endpoint in KEPT else kept == "no-store",
        "vary": endpoint in KEPT or {"Cookie", "Accept-Language"} <= vary,
        "no open door to other sites": "Access-Control-Allow-Origin" not in head,
    }
    cookies = head.getlist("Set-Cookie")
    held["careful cookies"] = all(
        "HttpOnly" in one and "SameSite=Lax" in one and "Domain=" not in one for one in cookies
    )
    return [what for what, holds in held.items() if not holds]


def test_every_answer_carries_its_policy_and_is_kept_by_nobody(answers, figure: Figure) -> None:
    wrong = [
        f"{method} {endpoint} as {role} ({answer.status_code}): {what}"
        for (endpoint, method, role), answer in answers.items()
        for what in wrong_headers(endpoint, answer, method)
    ]
    assert figure("S6 headers of every route by role", wrong, len(answers)) == []


def test_every_page_was_seen_by_somebody(answers, practised) -> None:
    """A new door that nobody reaches here is put on the reviewed list, or it fails."""
    shown = defaultdict(set)
    for (endpoint, method, _role), answer in answers.items():
        if method == "GET":
            shown[endpoint].add(answer.status_code)
    assert {endpoint for endpoint, codes in shown.items() if 200 not in codes} == REFUSED_HERE


def test_no_bare_answer_is_a_fault(answers) -> None:
    assert [key for key, answer in answers.items() if answer.status_code >= 500] == []


def test_a_missing_static_file_is_a_page_like_any_other(client) -> None:
    """Whoever is signed in stands on it by name; a cache that keeps all of /static/ must not keep that."""
    answer = client.get("/static/findes-ikke.css")
    assert answer.status_code == 404
    assert wrong_headers("static", answer) == []


def test_secure_cookies_are_secure_and_the_site_stays_with_https(app) -> None:
    app.config.update(SECURE_COOKIES=True, SESSION_COOKIE_SECURE=True)
    answer = app.test_client().get("/?sprog=en", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
