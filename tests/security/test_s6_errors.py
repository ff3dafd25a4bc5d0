"""S6: a page that says what went wrong gives nothing of the machine away (T22)."""

import io
import re
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError
from werkzeug.exceptions import HTTPException, default_exceptions

from tests.contributions.sending import csrf, form_key
from tests.law.conftest import Figure
from tests.persons import sign_in
from tests.security.test_s6_headers import wrong_headers

#: What stands in the settings and in the faults of this test, and must stand on no page.
PLANTED = ("planted-secret-key-of-the-server-0123456789", "planted-smtp-password", "planted-mail-host", "planted fault")
#: What a page gives away when it shows a stack trace, a statement, a path or a version.
GIVEN_AWAY = re.compile(
    r"Traceback|File \"|\.py\b|/site-packages|/usr/|/home/|/srv/|(?-i:SELECT |INSERT )|sqlite|psycopg"
    r"|sqlalchemy|werkzeug|flask|gunicorn|python|jinja|line \d+, in|Errno|exception",
    re.I,
)

FAULTS = {
    "a fault": (ZeroDivisionError("planted fault in /srv/x/participation/app.py"), 500),
    "a statement": (
        ProgrammingError("SELECT planted fault FROM person", {"password": "planted fault"}, Exception()),
        500,
    ),
    "the database": (OperationalError("SELECT 1", {}, Exception("planted fault: /srv/medspil.sqlite3 is locked")), 503),
    "a full disk": (OSError(28, "planted fault: no space", "/srv/planted fault"), 503),
    "a missing file": (FileNotFoundError(2, "planted fault", "/srv/planted fault"), 500),
    "a missing key": (LookupError("planted fault"), 500),
    "words that cannot be read": (UnicodeDecodeError("utf-8", b"planted fault", 0, 1, "planted fault"), 500),
    "too deep": (RecursionError("planted fault"), 500),
    "no memory": (MemoryError("planted fault"), 500),
}


@pytest.fixture
def careful(app, monkeypatch):
    """The app as it is in production, with secrets to give away."""
    secret, password, host, _fault = PLANTED
    kept = {"RAISE_FAULTS": False, "SECRET_KEY": secret, "SMTP_PASSWORD": password, "SMTP_HOST": host}
    app.config.update(kept)
    return app


def leaks(app, answer) -> list[str]:
    """What an answer gives away, in its words and its headers."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
    page = f"{heads}\n{answer.text}"
    found = [one for one in (*PLANTED, app.config["INSTANCE"], str(Path(__file__).parents[2])) if one in page]
    return found + [match for match in GIVEN_AWAY.findall(page) if match.lower() != "participation.py"]


def raising(fault):
    def view(**_places: object):
        raise fault

    return view


def test_a_fault_tells_a_number_and_nothing_else(careful, monkeypatch, figure: Figure) -> None:
    """GET, POST and HEAD; a visitor and a planner; on a page of HTML and on a download."""
    wrong, cases = [], 0
    for name, (fault, status) in FAULTS.items():
        for endpoint, path in (
            ("portal.front", "/"),
            ("portal.kept_csv", "/loefter.csv"),
            ("portal.feed", "/projekter.atom"),
        ):
            monkeypatch.setitem(careful.view_functions, endpoint, raising(fault))
            for language in ("da", "en"):
                answer = careful.test_client().get(path, headers={"Accept-Language": language})
                cases += 1
                wrong += [f"{name} on {path}: {answer.status_code}"] if answer.status_code != status else []
                wrong += [f"{name} on {path} tells {leak}" for leak in leaks(careful, answer)]
                wrong += [f"{name} on {path}: {what}" for what in wrong_headers("", answer)]
                wrong += [] if re.search(r"\b[0-9a-f]{8}\b", answer.text) else [f"{name} on {path} has no number"]
    assert figure("S6 faults", wrong, cases) == []


def test_the_last_page_of_all_tells_nothing_either(careful, monkeypatch) -> None:
    """When the page that says that something went wrong cannot be made."""
    monkeypatch.setitem(careful.view_functions, "portal.front", raising(ValueError("planted fault")))
    real = careful.jinja_env.get_or_select_template

    def broken(name, *rest, **more):
        if name == "errors/error.html":
            raise RuntimeError("planted fault in /srv/errors.py")
        return real(name, *rest, **more)

    monkeypatch.setattr(careful.jinja_env, "get_or_select_template", broken)
    answer = careful.test_client().get("/")
    assert "Der er en fejl hos os" in answer.text
    assert answer.status_code == 500
    assert leaks(careful, answer) == []
    assert wrong_headers("", answer) == []


def test_every_status_has_a_page_that_gives_nothing_away(careful, monkeypatch, figure: Figure) -> None:
    wrong = []
    errors = [one for code, one in default_exceptions.items() if code >= 400]
    for one in errors:
        made: HTTPException = one(description="planted fault in /srv/x.py")
        monkeypatch.setitem(careful.view_functions, "portal.front", raising(made))
        answer = careful.test_client().get("/")
        wrong += [f"{one.code} answers {answer.status_code}"] if answer.status_code != one.code else []
        wrong += [f"{one.code} tells {leak}" for leak in leaks(careful, answer)]
        wrong += [f"{one.code}: {what}" for what in wrong_headers("", answer)]
    assert figure("S6 pages of every status", wrong, len(errors)) == []


def test_what_a_person_can_really_meet_gives_nothing_away(
    careful, client, hearing, planner_person, figure: Figure
) -> None:
    """400, 401, 403, 404, 405, 409, 413, 415 and 422, by their real causes."""
    path, big = f"/projekter/{hearing.project.slug}/svar", "x" * (4 * 1024 * 1024 + 10)
    key = form_key(client, path)
    met = {
        "no such page": (client.get("/../../etc/passwd"), 404),
        "no such project": (client.get("/projekter/%27%20OR%201=1--"), 404),
        "no such way": (client.delete("/"), 405),
        "wrong code": (client.post("/mit-svar", data={"code": "K7QF-2M9X-4TRA-8HWD"}), 400),
        "used-up invitation": (client.get("/velkommen/" + "x" * 22), 409),
        "empty answer": (client.post(path, data={"key": key, "words": "", "capacity": "citizen"}), 422),
        "too large": (client.post(path, data={"key": key, "words": big}, content_type="multipart/form-data"), 413),
        "too many parts": (
            client.post(path, data={f"a{n}": "x" for n in range(500)}, content_type="multipart/form-data"),
            413,
        ),
        "broken parts": (client.post(path, data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"), 422),
        "signed out": (client.post("/arbejde/opsaetning", data={"name": "x"}), 400),
    }
    sign_in(client, planner_person)
    mark = csrf(client, f"/arbejde/projekter/{hearing.project.slug}/indbakke")
    met |= {
        "no mark": (client.post("/arbejde/opsaetning", data={"name": "x"}), 400),
        "not for planners": (client.get("/arbejde/opsaetning"), 403),
        "not for planners to send": (client.post("/arbejde/opsaetning", data={"name": "x", "csrf_token": mark}), 403),
        "no sheet": (
            client.post(
                f"/arbejde/projekter/{hearing.project.slug}/indbakke/regneark",
                data={"csrf_token": mark, "sheet": (io.BytesIO(b"PK\x03\x04 x"), "../../etc/passwd.xlsx")},
            ),
            422,
        ),
    }
    wrong = [f"{name}: {answer.status_code}" for name, (answer, status) in met.items() if answer.status_code != status]
    wrong += [f"{name} tells {leak}" for name, (answer, _status) in met.items() for leak in leaks(careful, answer)]
    wrong += [f"{name}: {what}" for name, (answer, _status) in met.items() for what in wrong_headers("", answer)]
    assert figure("S6 refusals a person meets", wrong, len(met)) == []
