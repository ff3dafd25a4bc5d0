"""What comes from outside is looked at by a real clamd before anybody opens it; no sending waits for it (T6)."""

import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from participation import cli
from participation.config import BadSetting, read
from participation.contributions.model import Attachment, Text
from participation.contributions.show_file import show_file
from participation.foundation import files, jobs, scanner
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Job, Letter, Scan
from participation.people.model import Person
from participation.projects.attach import Piece, attach_material
from participation.rules.kinds import PublicationRule, TextSource
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in

pytestmark = pytest.mark.database
#: What our own signature knows; the words mean nothing to anybody else.
HARMFUL = b"Medspils egen proeve paa noget skadeligt"
FOUND = "Medspil.Proeve.UNOFFICIAL"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """The address of a clamd of our own with one signature of our own."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    if not os.path.exists(program):
        pytest.skip("there is no clamd here: script/checkers installs it")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "own.ndb").write_text(f"Medspil.Proeve:0:*:{HARMFUL.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {folder}/clamd.ctl\nTCPSocket {port}\n"
        "TCPAddr 127.0.0.1\nStreamMaxLength 25M\n"
    )
    with (folder / "clamd.log").open("wb") as log:
        process = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    until = time.monotonic() + 60
    while not (folder / "clamd.ctl").exists():
        assert process.poll() is None, (folder / "clamd.log").read_text()
        assert time.monotonic() < until, (folder / "clamd.log").read_text()
        time.sleep(0.05)
    yield folder / "clamd.ctl", port
    process.send_signal(signal.SIGTERM)
    process.wait(20)


@pytest.fixture(params=["unix", "tcp"])
def guarded(request, app, clamd, monkeypatch):
    """The app with the scanner beside it, asked either way."""
    path, port = clamd
    where = f"unix:{path}" if request.param == "unix" else f"tcp://127.0.0.1:{port}"
    monkeypatch.setitem(app.config, "SCANNER", where)


def file(words: bytes, name: str):
    return files.store(words, name)


def with_files(round_, *stored):
    one = submitted(round_, "Se filerne.", email="fie@example.dk", files=stored)
    return one, list(db.session.scalars(sa.select(Attachment).order_by(Attachment.id)))


def letters(kind: str) -> list[Letter]:
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)))


def words_read() -> list[str]:
    return list(db.session.scalars(sa.select(Text.words).where(Text.source == TextSource.FILE).order_by(Text.id)))


def test_a_harmful_file_is_never_handed_out_and_the_other_is(client, guarded, hearing, planner):
    fine, bad = file(b"Et rigtigt brev.", "brev.txt"), file(b"Hej. " + HARMFUL, "andet.txt")
    one, rows = with_files(hearing, fine, bad)
    jobs.run_all(None, NOW)
    sign_in(client, db.session.get_one(Person, planner.person_id))
    assert client.get(f"/arbejde/filer/{rows[0].file_id}").data == b"Et rigtigt brev."
    kept_back = client.get(f"/arbejde/filer/{rows[1].file_id}")
    assert kept_back.status_code == 410
    assert FOUND in kept_back.get_data(as_text=True)
    assert HARMFUL not in kept_back.data
    page = client.get(f"/arbejde/projekter/{one.project.slug}/indbakke/{one.number}").get_data(as_text=True)
    assert FOUND in page
    assert f"/arbejde/filer/{rows[0].file_id}" in page
    assert f"/arbejde/filer/{rows[1].file_id}" not in page


def test_its_words_are_not_read_and_its_sender_is_told_once(guarded, hearing):
    one, _rows = with_files(hearing, file(b"Et rigtigt brev.", "brev.txt"), file(b"Hej. " + HARMFUL, "andet.txt"))
    jobs.run_all(None, NOW)
    with settling():
        jobs.owe("contributions:read_files", {"contribution": one.id}, at=NOW)
    jobs.run_all(None, NOW)
    assert words_read() == ["Et rigtigt brev."]
    (told,) = letters("file_not_opened")
    assert "Virusscanneren fandt noget skadeligt" in (told.words or "")
    assert "Dine ord er gemt" in (told.words or "")


def test_the_case_keeps_the_very_bytes(guarded, hearing):
    bad = file(HARMFUL, "andet.txt")
    with_files(hearing, bad)
    jobs.run_all(None, NOW)
    with files.open_(bad.sha256) as kept:
        assert kept.read() == HARMFUL


def test_until_it_was_looked_at_a_file_waits(client, guarded, hearing, planner):
    one, rows = with_files(hearing, file(b"Et brev.", "brev.txt"))
    assert one.number == 1
    sign_in(client, db.session.get_one(Person, planner.person_id))
    before = client.get(f"/arbejde/filer/{rows[0].file_id}")
    assert before.status_code == 410
    assert "set efter for virus" in before.get_data(as_text=True)
    jobs.run_all(None, NOW)
    assert client.get(f"/arbejde/filer/{rows[0].file_id}").status_code == 200


def test_a_sending_is_received_while_the_scanner_is_down_and_its_file_is_read_afterwards(
    app, clamd, hearing, monkeypatch, clock_stands_still
):
    monkeypatch.setitem(app.config, "SCANNER", "unix:/nowhere/clamd.ctl")
    one, _rows = with_files(hearing, file(b"Et brev.", "brev.txt"))
    jobs.run_all(None, NOW)
    assert (one.number, words_read()) == (1, [])
    (owed,) = db.session.scalars(sa.select(Job).where(Job.name == "contributions:read_files"))
    assert owed.done_at is None
    monkeypatch.setitem(app.config, "SCANNER", f"unix:{clamd[0]}")
    later = owed.run_at
    clock_stands_still.move_to(later)
    jobs.run_all(None, later)
    assert words_read() == ["Et brev."]


def test_no_copy_of_it_is_shown(guarded, roads, planner):
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    one, (row,) = with_files(round_, file(b"%PDF-1.4\n%" + HARMFUL + b"\nstartxref\n0\n%%EOF\n", "kort.pdf"))
    jobs.run_all(None, NOW)
    with pytest.raises(Wrong, match=FOUND), settling():
        show_file(planner, one, row, now=NOW)


def test_what_staff_laid_out_is_taken_away_when_something_is_found(client, guarded, hearing, planner):
    with settling():
        stored = file(HARMFUL, "plan.txt")
        material = attach_material(planner, hearing.project, Piece("Plan", stored=stored), now=NOW)
    door = f"/projekter/{hearing.project.slug}/materiale/{material.id}"
    assert client.get(door).data == HARMFUL
    jobs.run_all(None, NOW)
    assert client.get(door).status_code == 410


def test_the_same_content_is_looked_at_once(guarded, hearing):
    stored = file(b"Det samme brev.", "brev.txt")
    for _ in range(2):
        with_files(hearing, stored)
    jobs.run_all(None, NOW)
    assert [(row.sha256, row.threat) for row in db.session.scalars(sa.select(Scan))] == [(stored.sha256, "")]


def test_files_from_before_are_looked_at_by_a_command(app, clamd, hearing, monkeypatch):
    with_files(hearing, file(b"Et brev.", "brev.txt"), file(HARMFUL, "andet.txt"))
    jobs.run_all(None, NOW)
    monkeypatch.setattr(cli, "_app", lambda **overrides: app)
    without = CliRunner().invoke(cli.main, ["scan"])
    assert (without.exit_code, len(without.output.splitlines())) == (1, 1)
    monkeypatch.setitem(app.config, "SCANNER", f"unix:{clamd[0]}")
    done = CliRunner().invoke(cli.main, ["scan"])
    assert done.exit_code == 0, done.output
    assert "2 looked at, 1 harmful." in done.output
    assert "0 looked at, 0 harmful." in CliRunner().invoke(cli.main, ["scan"]).output


def test_a_scanner_that_cannot_look_is_no_clean_file(app, clamd, monkeypatch):
    monkeypatch.setitem(app.config, "SCANNER", f"unix:{clamd[0]}")
    monkeypatch.setattr(scanner, "_CHUNK", 1 << 25)
    huge = files.put(b"x" * 20_000_000, "stor.txt", "text/plain")
    assert scanner.ask(huge.sha256) == ""
    stopped = socket.socket(socket.AF_INET)
    stopped.bind(("127.0.0.1", 0))  # bound, and nobody listens
    monkeypatch.setitem(app.config, "SCANNER", f"tcp://127.0.0.1:{stopped.getsockname()[1]}")
    with pytest.raises(scanner.NoAnswer):
        scanner.ask(huge.sha256)
    stopped.close()


@pytest.mark.parametrize("setting", ["127.0.0.1:3310", "tcp://127.0.0.1", "tcp://127.0.0.1:x", "unix:", "http://a:1/"])
def test_a_bad_address_is_one_clear_error(setting, tmp_path):
    with pytest.raises(BadSetting, match="MEDSPIL_SCANNER must be tcp://host:port or unix:/path"):
        read({"MEDSPIL_SCANNER": setting, "MEDSPIL_INSTANCE": str(tmp_path)})
