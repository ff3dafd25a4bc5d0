"""A white paper reaches the case system whole and once, whatever the case system does; a planner sees how it went."""

import hashlib
import io
import json
import re
import subprocess
import threading
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
import time_machine

from participation import config
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.reports import queries
from participation.reports.model import CasePackage
from participation.reports.pack import name_of
from participation.reports.publish import publish_paper
from participation.reports.send import send_package
from participation.reports.withdraw import withdraw_paper
from participation.rules.acts import Act
from participation.rules.policy import NotAllowed
from tests.house.tree import ROOT
from tests.persons import sign_in
from tests.reports.rich import HIDDEN_WORDS, rich_case
from tests.reports.test_publish import pdf_text

DESK = "/arbejde/projekter/ny-skolevej-ved-engparken/rapport"


class Endpoint:
    """A case system on this machine: it keeps what it takes, and answers as told.

    Attributes:
        answers: the status of each coming request; 0 cuts the connection after everything was read; then 201.
        taken: by key, every body that was confirmed or read to its end.
    """

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.asked: list[dict[str, str]] = []
        self.taken: dict[str, list[bytes]] = {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.asked.append(dict(self.headers))
                status = endpoint.answers.pop(0) if endpoint.answers else 201
                if status in (0, 201, 409):
                    endpoint.taken.setdefault(self.headers["Idempotency-Key"], []).append(body)
                if status == 0:
                    self.connection.close()
                    return
                told = json.dumps({"id": "D2026-4711"}).encode() if status == 201 else b"<h1>nej</h1>"
                self.send_response(status)
                self.send_header("Location", "/andetsteds")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_given: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/modtag?sag=1"


@pytest.fixture
def endpoint(app) -> Iterator[Endpoint]:
    """A case system that is set up and answers."""
    one = Endpoint()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    app.config.update(CASE_SYSTEM=one.url, CASE_SYSTEM_TOKEN="et-kendt-ord", WTF_CSRF_ENABLED=False)
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def paper(planner, hearing, without_approval, later):
    """A version, published when the case system of the test was set up already."""
    rich_case(planner, hearing)
    with settling():
        return publish_paper(planner, hearing.project, now=later)


def package() -> CasePackage:
    db.session.rollback()
    return db.session.scalars(sa.select(CasePackage)).one()


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


# -- what lies in it --------------------------------------------------------------------------------------------------


@pytest.fixture
def received(endpoint, paper, later) -> bytes:
    """The package as the case system took it."""
    jobs.run_all(None, later)
    ((body,),) = endpoint.taken.values()
    return body


def test_every_checksum_is_that_of_its_file_and_every_file_has_one(received, tmp_path) -> None:
    """SK-42, RE-26."""
    opened(received).extractall(tmp_path)
    sums = dict(line.split("  ")[::-1] for line in (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines())
    assert {*sums, "SHA256SUMS"} == set(opened(received).namelist())
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=False)
    assert checked.returncode == 0


def test_the_list_of_contents_is_the_same_in_json_and_xml_and_true(received, paper) -> None:
    archive = opened(received)
    told = json.loads(archive.read("indhold.json"))
    xml = ElementTree.fromstring(archive.read("indhold.xml"))
    plain = {True: "true", False: "false", None: ""}
    for element, of in ((xml, told), *zip(xml.find("documents") or (), told["documents"], strict=True)):
        named = {child.tag: child.text or "" for child in element if child.tag != "documents"}
        same = {name: plain.get(value, str(value)) if isinstance(value, bool | None) else str(value)
                for name, value in of.items() if name != "documents"}  # fmt: skip
        assert named == same
    for one in told["documents"]:
        content = archive.read(one["file"])
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (told["project"], told["version"]) == (paper.project.slug, 1)


def test_each_contribution_is_a_tagged_pdf_with_its_own_facts(received) -> None:
    """All but the one that was withdrawn; the hidden one goes to the case, as to the council (T14)."""
    archive = opened(received)
    told = json.loads(archive.read("indhold.json"))
    letters = [one for one in told["documents"] if one["kind"] == "contribution"]
    assert [one["number"] for one in letters] == list(range(1, 17))
    for one in letters:
        with pikepdf.open(io.BytesIO(archive.read(one["file"]))) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert str(pdf.docinfo["/Title"]).startswith(("Høringssvar nr.", "Spørgsmål nr."))
    (hidden,) = [one for one in letters if one["number"] == 13]

    assert HIDDEN_WORDS in " ".join(pdf_text(archive.read(hidden["file"])).split())
    assert hidden["confidential"] is True


def test_what_was_said_at_a_meeting_is_an_annex_of_its_own(received) -> None:
    """RP-06: it is no contribution, and everybody can read it."""
    archive = opened(received)
    (minutes,) = [one for one in json.loads(archive.read("indhold.json"))["documents"] if one["kind"] == "minutes"]
    assert (minutes["file"], minutes["title"]) == ("referat/01.pdf", "Borgermøde på skolen")
    assert (minutes["number"], minutes["confidential"]) == (None, False)
    assert "Vi lovede at tælle biler igen." in " ".join(pdf_text(archive.read(minutes["file"])).split())


def test_the_page_names_every_field_and_every_file(received) -> None:
    text = (ROOT / "docs" / "case-system.md").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^\| `([\w.-]+)` \|", text)
    told = json.loads(opened(received).read("indhold.json"))
    assert set(told) | set(told["documents"][0]) | {"indhold.json", "SHA256SUMS", "hvidbog-sag.pdf"} <= set(named)
    assert {one["file"] for one in told["documents"]} >= {
        "hvidbog-sag.pdf",
        "hvidbog-offentlig.pdf",
        "svar/00001.pdf",
        "referat/01.pdf",
    }


# -- the way there ----------------------------------------------------------------------------------------------------


def test_a_published_version_goes_by_itself_and_says_who_we_are(endpoint, received, paper) -> None:
    (head,) = endpoint.asked
    assert head["Authorization"] == "Bearer et-kendt-ord"
    assert head["X-Content-SHA256"] == hashlib.sha256(received).hexdigest() == package().sha256
    assert f'filename="{name_of(paper)}"' in head["Content-Disposition"]
    assert (package().sent_at is not None, package().receipt, package().failure) == (True, "D2026-4711", "")


def test_the_log_tells_that_it_was_owed_and_what_was_taken(received) -> None:
    entries = db.session.scalars(
        sa.select(LogEntry).where(LogEntry.act == Act.SEND_PACKAGE).order_by(LogEntry.id)
    ).all()
    assert [entry.facts.get("taken", False) for entry in entries] == [False, True]
    assert entries[1].facts["sha256"] == hashlib.sha256(received).hexdigest()


@pytest.mark.parametrize("failing", [[429, 500], [0, 0, 503]])
def test_what_fails_is_tried_again_and_taken_once(endpoint, paper, later, failing) -> None:
    """R4: where the answer was lost, the same bytes come again under the same key."""
    endpoint.answers = [*failing]
    at = later
    for _try in range(len(failing)):
        jobs.run_all(None, at)
        assert (package().sent_at, package().failed_at) == (None, None)
        assert package().failure
        at += timedelta(hours=2)
    jobs.run_all(None, at)
    jobs.run_all(None, at + timedelta(days=4))
    ((key, bodies),) = endpoint.taken.items()
    assert len(endpoint.asked) == len(failing) + 1
    assert {head["Idempotency-Key"] for head in endpoint.asked} == {key}
    assert len(set(bodies)) == 1
    assert (package().sent_at, package().failure, package().status) == (at, "", None)


def test_taken_before_is_taken(endpoint, paper, later) -> None:
    endpoint.answers = [409]
    jobs.run_all(None, later)
    assert package().sent_at == later


@pytest.mark.parametrize("status", [307, 403])
def test_a_no_is_shown_at_once_and_can_be_repeated(endpoint, paper, planner, later, status) -> None:
    """S7: a redirect is a no, too."""
    endpoint.answers = [status]
    jobs.run_all(None, later)
    assert (package().failed_at is not None, package().status) == (True, status)
    again = later + timedelta(hours=1)
    with settling():
        send_package(planner, queries.version(paper.project_id, 1), now=again)
    jobs.run_all(None, again)
    assert (package().sent_at, package().failed_at) == (again, None)
    assert len(endpoint.asked) == 2


def test_what_was_taken_is_never_sent_again(endpoint, received, paper, planner, later) -> None:
    with settling():
        send_package(planner, queries.version(paper.project_id, 1), now=later)
    jobs.run_all(None, later + timedelta(days=1))
    assert len(endpoint.asked) == 1


def test_nobody_there_for_three_days_is_given_up_and_shown(app, paper, planner, later) -> None:
    app.config["CASE_SYSTEM"] = "http://127.0.0.1:9/"
    with settling():
        send_package(planner, paper, now=later)
    at = later
    while package().failed_at is None and at < later + timedelta(days=5):
        jobs.run_all(None, at)
        at += timedelta(hours=12)
    assert package().failed_at is not None
    assert package().failure == "Sagssystemet svarer ikke."


def test_a_folder_gets_the_package_whole_and_under_its_name(app, paper, planner, later, tmp_path) -> None:
    folder = tmp_path / "til sagen"
    app.config["CASE_SYSTEM"] = f"folder:{folder}"
    with settling():
        send_package(planner, paper, now=later)
    jobs.run_all(None, later)
    assert package().failure == "Mappen til sagssystemet kan ikke bruges."
    folder.mkdir()
    jobs.run_all(None, later + timedelta(hours=1))
    (file,) = folder.iterdir()
    assert file.name == "medspil-ny-skolevej-ved-engparken-1.zip"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == package().sha256


def test_a_version_that_was_taken_back_is_not_sent(endpoint, paper, planner, later) -> None:
    with settling():
        withdraw_paper(planner, paper, "Der stod et navn.", now=later)
    jobs.run_all(None, later)
    assert endpoint.asked == []
    assert package().failed_at is not None
    with pytest.raises(Wrong):
        send_package(planner, paper, now=later)


# -- who, and the page ------------------------------------------------------------------------------------------------


def test_without_a_case_system_nothing_is_owed_and_the_page_says_nothing(paper, planner) -> None:
    assert db.session.scalar(sa.select(sa.func.count(CasePackage.id))) == 0
    with pytest.raises(Wrong, match="sagssystem"):
        send_package(planner, paper, now=paper.frozen_at)


def test_others_than_the_case_s_officers_may_not(endpoint, paper, clerk, councillor, later) -> None:
    for nobody in (clerk, councillor):
        with pytest.raises(NotAllowed):
            send_package(nobody, paper, now=later)


@pytest.mark.parametrize(
    ("where", "good"),
    [("", True), ("folder:/srv/esdh", True), ("https://esdh.example/in", True), ("http://127.0.0.1:9/", True),
     ("http://esdh.example/in", False), ("folder:", False), ("ftp://esdh.example/", False), ("https://", False)],
)  # fmt: skip
def test_the_setting_is_a_folder_or_a_safe_address(where: str, good: bool, tmp_path: Path) -> None:
    """T18."""
    given = {"MEDSPIL_CASE_SYSTEM": where, "MEDSPIL_INSTANCE": str(tmp_path)}
    if good:
        assert config.read(given)["CASE_SYSTEM"] == where
        return
    with pytest.raises(config.BadSetting, match="MEDSPIL_CASE_SYSTEM"):
        config.read(given)


def test_the_planner_sees_what_failed_and_presses_once(endpoint, paper, client, planner_person, later) -> None:
    endpoint.answers = [401]
    jobs.run_all(None, later)
    with time_machine.travel(later + timedelta(hours=1), tick=True):
        sign_in(client, planner_person)
        page = client.get(DESK).text
        assert "Sagssystemet sagde nej til pakken. (401)" in page
        assert "Send igen til sagssystemet" in page
        assert client.post(f"{DESK}/1/sagssystem").status_code == 303
        assert "på vej til sagssystemet" in client.get(DESK).text
        jobs.run_all(None, later + timedelta(hours=2))
        assert "D2026-4711" in client.get(DESK).text
        assert "Send igen" not in client.get(DESK).text


def test_a_councillor_cannot_press(endpoint, paper, client, councillor_person, later) -> None:
    with time_machine.travel(later + timedelta(hours=1), tick=True):
        sign_in(client, councillor_person)
        assert client.post(f"{DESK}/1/sagssystem").status_code == 403
