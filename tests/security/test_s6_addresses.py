"""S6: no host, no line break and no foreign address of the sender's comes back in an answer (T21)."""

import re
from itertools import product
from urllib.parse import quote, unquote, urlsplit

import pytest

from participation.app import create_app
from participation.foundation import schema
from participation.foundation.db import settling
from participation.people import passwords
from participation.people.views import _next
from tests.law.conftest import Figure
from tests.persons import sign_in
from tests.security.doors import filled
from tests.shared import corpus

#: Addresses elsewhere that stand on our own pages.
OURS = {"https://www.was.digst.dk/"}
EVIL = "ond.example"
#: Headers by which somebody in between may say which host was meant.
HOST_HEADERS = (
    "Host",
    "X-Forwarded-Host",
    "X-Host",
    "Forwarded",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Forwarded-Server",
)
PASSWORD = "hest batteri cykelsti tagsten"


def said(answer) -> str:
    """All that an answer says: its headers and its words."""
    return (
        "\n".join(f"{name}: {value}" for name, value in answer.headers)
        + "\n"
        + answer.get_data().decode("utf-8", "replace")
    )


def visited(app) -> list[str]:
    return sorted({filled(rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods})


def test_no_answer_names_the_host_that_the_sender_made_up(app, client, hearing, planner_person, figure: Figure) -> None:
    paths, wrong = (
        [
            *visited(app),
            "/findes-ikke",
            "/projekter//x",
            "/static//favicon.svg",
            "/projekter/",
            "/log-ind?next=//" + "x",
        ],
        [],
    )
    for signed_in, path, header in product((False, True), paths, HOST_HEADERS):
        if signed_in and header != "Host":
            continue
        if signed_in:
            sign_in(client, planner_person)
        value = f"host={EVIL}" if header == "Forwarded" else EVIL
        if EVIL in said(client.get(path, headers={header: value})):
            wrong.append(f"{header} on {path}")
    assert figure("S6 made-up hosts", wrong, len(paths) * (len(HOST_HEADERS) + 1)) == []


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        ({"ALLOWED_HOSTS": "medspil.example, www.medspil.example"}, {"medspil.example", "www.medspil.example"}),
        ({"BASE_URL": "https://medspil.example"}, {"medspil.example"}),
    ],
    ids=["listed", "from the public address"],
)
def test_only_our_own_names_are_answered(tmp_path, settings, hosts) -> None:
    app = create_app({"TESTING": True, "INSTANCE": str(tmp_path), "SECRET_KEY": "k" * 40, **settings})
    with app.app_context():
        schema.upgrade()
    asked = {
        *hosts,
        EVIL,
        f"medspil.example.{EVIL}",
        f"medspil.example@{EVIL}",
        "medspil.example:81",
        "",
        "[::1",
        "a b",
    }
    asked |= {"127.0.0.1:8000.ond.example"}
    answered = {host: app.test_client().get("/was", headers={"Host": host}).status_code for host in asked}
    assert {host for host, status in answered.items() if status == 200} == hosts
    assert {status for host, status in answered.items() if host not in hosts} <= {400, 421}


def test_no_line_break_of_the_sender_makes_a_header(client, hearing, planner_person, figure: Figure) -> None:
    """The corpora of header injection in every place of the addresses that answer by a redirect or a file's name."""
    sign_in(client, planner_person)
    payloads = [row["payload"] for name in ("http.jsonl", "http_headers.jsonl") for row in corpus(name)]
    payloads += [
        "\r\nX-Injected: yes",
        "a\nSet-Cookie: x=1",
        "\u560d\u560aX-Injected: yes",
        "%E5%98%8D%E5%98%8AX-Injected: yes",
    ]
    slug = hearing.project.slug
    places = (
        "/log-ind?next={}", "/{}", "/projekter/{}", "/projekter/{}/moeder.ics", "/l/{}", "/velkommen/{}", "/static/{}",
        "/arbejde/projekter/" + slug + "/svar?side={}", "/?sprog={}", "/projekter?q={}",
        "/arbejde/hvidbog/{}/1/pdf", "/arbejde/projekter/{}/indbakke/alle.csv",
    )  # fmt: skip
    wrong, cases = [], 0
    for place, payload in product(places, payloads):
        for words in {quote(payload), quote(unquote(payload), safe=""), payload.replace("\r", "").replace("\n", "")}:
            path, cases = place.format(words).replace("#", "%23"), cases + 1
            answer = client.get(path)
            head = {name.lower() for name, _value in answer.headers}
            odd = {name for name in head if not re.fullmatch(r"[a-z-]+", name)} | (
                head & {"x-injected", "x-injection-header"}
            )
            if (
                odd
                or answer.status_code >= 500
                or any("\n" in value or "\r" in value for _name, value in answer.headers)
            ):
                wrong.append(f"{path[:120]}: {answer.status_code} {odd}")
    assert figure("S6 line breaks in headers", wrong, cases) == []


def leads_away(location: str) -> bool:
    """Whether a browser would leave the site: it reads backslashes as slashes, and leaves out tabs and line breaks."""
    read = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    parts = urlsplit(read)
    return bool(parts.scheme or parts.netloc or read.startswith("//"))


def test_nobody_is_led_away_after_signing_in(app, planner_person, figure: Figure) -> None:
    """T21: every target of the corpus, as it stands and decoded once more."""
    with settling():
        planner_person.password_hash = passwords.hash_password(PASSWORD)
    targets = {form for row in corpus("open_redirect.jsonl") for form in (row["payload"], unquote(row["payload"]))}
    wrong = []
    for target in sorted(targets):
        with app.test_request_context("/log-ind", query_string={"next": target}):
            if (found := _next()) is not None and leads_away(found):
                wrong.append(target)
    client, shown = app.test_client(), sorted(targets)[:3]
    for target in shown:
        mark = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/log-ind").text)[1]
        answer = client.post(
            "/log-ind",
            query_string={"next": target},
            data={"csrf_token": mark, "email": planner_person.email, "password": PASSWORD},
        )
        wrong += [target] * leads_away(answer.headers["Location"])
        client.delete_cookie("session")
    assert figure("S6 redirects after signing in", wrong, len(targets) + len(shown)) == []


def test_no_address_leads_away_by_itself(client, hearing, figure: Figure) -> None:
    """The targets of the corpus as a path and in a query: neither a redirect, a link nor a form follows them."""
    targets = [row["payload"] for row in corpus("open_redirect.jsonl")]
    wrong, cases = [], 0
    for target, place in product(targets, ("{}", "/{}", "/projekter/{}", "/arbejde?x={}", "/?sprog=en&x={}")):
        path, _, query = place.format(target).partition("?")
        raw = unquote(path if path.startswith("/") else f"/{path}").encode().decode("latin-1")
        for method in ("GET", "POST"):
            cases += 1
            asked = {"PATH_INFO": raw, "QUERY_STRING": quote(query, safe="=&%")}
            answer = client.open(method=method, environ_overrides=asked)
            away = answer.headers.get("Location", "/")
            here = urlsplit(away).netloc == "localhost" or not leads_away(away)
            wrong += [] if here else [f"{method} {path} → {away}"]
            links = re.findall(r'(?:href|action|formaction)="([^"]*)"', answer.text)
            wrong += [f"{method} {path} has {link}" for link in links if leads_away(link) and link not in OURS]
    assert figure("S6 addresses that lead away", wrong, cases) == []
