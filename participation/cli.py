"""The command ``medspil``: start, look after and feed an installation. An error is one line and a non-zero exit."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from participation import __doc__ as what_it_is
from participation.app import create_app
from participation.config import BadSetting
from participation.foundation import clock, log, schema, sheets
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.files import MOST_BYTES
from participation.foundation.forms import Wrong
from participation.people import passwords
from participation.people.model import Membership, Person
from participation.rules.kinds import Role
from participation.rules.policy import WORKER, NotAllowed

if TYPE_CHECKING:
    from analysis.table import Answers
    from participation.contributions.model import DroppedFile

#: How far the worker stands back for the pages when both want a processor (nice(2)).
STANDS_BACK = 5


def fail(words: str, code: int = 1) -> NoReturn:
    """End with one clear line."""
    click.echo(f"medspil: {words}", err=True)
    sys.exit(code)


def _app(**overrides: Any) -> SettledFlask:
    try:
        return create_app(overrides)
    except BadSetting as error:
        fail(str(error))


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the app on a database that stands at the newest revision."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        app = _app()
        with app.app_context():
            try:
                if not schema.is_current():
                    fail("the database is not at the newest revision: run 'medspil db upgrade' first")
                return command(*args, **kwargs)
            except Wrong as error:
                fail(error.words)
            except NotAllowed as error:
                fail(error.refusal.words)
            except sa.exc.OperationalError as error:
                fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")

    return run


@click.group(help=what_it_is, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="medspil")
def main() -> None:
    """The commands of an installation."""


@main.group("db")
def database() -> None:
    """The database and its revisions."""


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Make the database, or bring it to the newest revision."""
    with _app().app_context():
        try:
            schema.upgrade(revision)
        except sa.exc.OperationalError as error:
            fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")
    click.echo("The database stands at the newest revision.")


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the database back to an earlier revision."""
    with _app().app_context():
        schema.downgrade(revision)
    click.echo(f"The database stands at revision {revision}.")


@main.group("log")
def log_() -> None:
    """The append-only log and its chain."""


@log_.command("verify")
@click.option("--head", metavar="HASH", help="A head that was printed or published once: shows whether the end is cut.")
@with_app
def verify(head: str | None) -> None:
    """Check the chain: names the first broken entry, and how many wait to be sealed."""
    verdict = log.verify(head)
    if verdict.first_bad is not None:
        fail(f"the log is broken at entry {verdict.first_bad}: {verdict.why}")
    if not verdict.head_known:
        fail(f"the log has lost its end: {verdict.sealed} entries are sealed, and the head you gave is in none of them")
    click.echo(f"The log holds: {verdict.sealed} entries sealed, {verdict.waiting} waiting. Head {verdict.head}.")


@main.command("administrator")
@click.argument("email")
@click.option("--name", default="Administrator", help="The person's name.")
@click.password_option(help="The password; asked for when it is not given.")
@with_app
def administrator(email: str, name: str, password: str) -> None:
    """Make the first administrator of an installation, who then invites the others."""
    if (objection := passwords.objection(password, name, email)) is not None:
        fail(objection)
    with settling():
        person = db.session.scalar(sa.select(Person).where(Person.email == email.casefold()))
        if person is None:
            person = Person(name=name, email=email.casefold(), created_at=clock.now())
            person.memberships = [Membership(role=Role.ADMINISTRATOR)]
            db.session.add(person)
        person.password_hash = passwords.hash_password(password)
    click.echo(f"{email} can sign in as administrator.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "slug", required=True, help="The project's name in its address.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Where the guess is wrong: text=Svar.")
@click.option("--receipts", is_flag=True, help="Send a receipt to everybody with an e-mail.")
@with_app
def import_file(file: Path, slug: str, columns: tuple[str, ...], receipts: bool) -> None:
    """Bring a CSV or XLSX sheet of contributions in, all at once; the same file twice adds nothing."""
    from participation.contributions.desk_queries import rejected_rows
    from participation.contributions.import_ import import_contributions
    from participation.contributions.queries import round_of

    mapping = dict(pair.split("=", 1) for pair in columns if "=" in pair)
    if unknown := sorted(set(mapping) - set(sheets.FIELDS)) or [pair for pair in columns if "=" not in pair]:
        fail(f"--column {unknown[0]}: write FIELD=COLUMN with a field of {', '.join(sheets.FIELDS)}")
    try:
        round_ = round_of(slug)
    except NotFound:
        fail(f"there is no announced project called {slug}")
    with click.progressbar(length=100, label=file.name) as bar:
        came = import_contributions(
            WORKER,
            round_,
            file,
            mapping,
            send_receipts=receipts,
            progress=lambda share, words: bar.update(max(0, int(share * 100) - bar.pos)),
            now=clock.now(),
        )
    click.echo(f"{came.added} brought in, {came.rejected} rejected, {came.known} known from before.")
    for row in rejected_rows(came.batch_id):
        click.echo(f"  row {row.row}: {row.problem}")


@main.command("mail-in")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--project", "slug", help="The project's name in its address; else it stands behind a plus: x+NAME@y.")
def mail_in(folder: Path | None, slug: str | None) -> None:
    """Bring mail in: one from standard input, as a mail server's pipe gives it, or all that wait in a folder.

    Ends with 65 for a mail that cannot be taken in, and with 75 when it should be tried again (sysexits.h), so that a
    mail server sends nothing back to a citizen because of a fault of ours.
    """
    try:
        _bring_mail_in(folder, slug)
    except SystemExit as end:
        sys.exit(os.EX_TEMPFAIL if end.code == 1 else end.code)
    except Exception as fault:  # whatever it is, the mail server keeps the mail
        click.echo(f"medspil: the mail is not taken in, try again: {type(fault).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)


@with_app
def _bring_mail_in(folder: Path | None, slug: str | None) -> None:
    from participation.contributions import mail_in as coming

    if folder is None:
        row = _take_mail(sys.stdin.buffer.read(MOST_BYTES + 1), slug, clock.now())
        if isinstance(row, str):
            fail(row, os.EX_DATAERR)
        click.echo(_became(row))
        return
    mails, left = list(coming.waiting_mails(folder)), []
    with click.progressbar(mails, label=folder.name, file=sys.stderr) as bar:
        for path, laid in bar:
            row = _take_mail(path.read_bytes(), slug, laid)
            if isinstance(row, str):
                left.append(f"{path.name}: {row}")
                continue
            click.echo(f"{path.name}: {_became(row)}")
            coming.put_aside(path)
    for line in left:
        click.echo(f"medspil: {line}", err=True)
    if left:
        sys.exit(os.EX_DATAERR)


def _take_mail(data: bytes, slug: str | None, arrived_at: datetime) -> "DroppedFile | str":
    """One mail; a line that says why where it was not taken in."""
    from participation.contributions.mail_in import mail_in as take

    try:
        return take(data, slug, arrived_at=arrived_at, now=clock.now())
    except Wrong as error:
        return error.words
    except NotAllowed as error:
        return error.refusal.words


def _became(row: "DroppedFile") -> str:
    number = row.contribution.number if row.contribution is not None else None
    if row.known:
        return f"known from before, as number {number}" if number else "known from before"
    return f"number {number}" if number else "kept for a person to look at"


@main.command("analyse")
@click.argument("source", type=click.Path(path_type=Path), metavar="SHEET_OR_FOLDER")
@click.option("--text", "column", metavar="COLUMN", help="The column that holds the words.")
@click.option("--id", "id_column", metavar="COLUMN", help="The column that names the answers; else their row numbers.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Where report.html, .xlsx, .json go.")
@click.option("--json", "values", type=click.Path(path_type=Path), metavar="FILE", help="Write the JSON to this file.")
@click.option("--themes", metavar="N", help="Number of themes; proposed from the texts if not given.")
@click.option(
    "--heads", type=click.Path(path_type=Path), metavar="FILE", help="Wanted themes, one a line, or sections."
)
@click.option("--seed", default="0", metavar="N", show_default=True, help="Seed of the runs that vote on the themes.")
@click.option("--encoding", metavar="NAME", help="Encoding of a CSV, where the guess is wrong.")
def analyse(
    source: Path,
    column: str | None,
    id_column: str | None,
    out: Path | None,
    values: Path | None,
    themes: str | None,
    heads: Path | None,
    seed: str,
    encoding: str | None,
) -> None:
    """Find themes in the answers of a CSV or XLSX sheet, or of a folder of letters. Needs no database and no web."""
    from analysis.analyse import analyse as read_answers
    from analysis.analyse import check
    from analysis.link import read_heads
    from analysis.report import write_json, write_report
    from analysis.table import Unfit, read_table

    if out is None and values is None:
        fail("say where the report goes, by --out FOLDER or --json FILE")
    try:
        wanted = None if themes is None else _whole("--themes", themes, 1)
        start = _whole("--seed", seed, 0)
        answers = _letters(source) if source.is_dir() else read_table(source, column, id_column, encoding=encoding)
        check(answers.texts, wanted)
        named = "" if heads is None else _written(heads)
        with click.progressbar(length=1000, label=source.name, file=sys.stderr) as bar:
            found = read_answers(
                answers.ids,
                answers.texts,
                themes=wanted,
                heads=read_heads(named),
                seed=start,
                progress=lambda share, _what: bar.update(max(0, int(share * 1000) - bar.pos)),
            )
        if out is not None:
            write_report(found, out, f"Hvad svarene handler om: {source.stem}")
        if values is not None:
            write_json(found, values)
    except Unfit as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out or values}: {(error.strerror or 'cannot be written').lower()}")
    unplaced = sum(theme is None for theme in found.inputs.values())
    click.echo(
        f"{len(found.inputs)} answers, {len(found.points)} points, {len(found.themes)} themes, "
        f"{unplaced} answers without a theme, {len(found.duplicates)} groups of equal answers."
    )


def _written(heads: Path) -> str:
    """The words of the file of wanted themes: plain text, Markdown, or a document that the house reads."""
    try:
        text = heads.read_text("utf-8-sig")
    except UnicodeDecodeError:
        from participation.foundation.documents import Unreadable, parse

        try:
            text = parse(heads.name, heads.read_bytes()).words
        except Unreadable:
            fail(f"{heads}: not a text in UTF-8, and no document that can be read")
    if not any(letter.isalpha() for letter in text):
        fail(f"{heads}: there is no name of a theme in it")
    return text


def _whole(option: str, written: str, least: int) -> int:
    if not written.strip().isdecimal() or int(written) < least or len(written) > 9:
        fail(f"{option} {written}: give a whole number from {least} up")
    return int(written)


def _letters(folder: Path) -> "Answers":
    """The letters of a folder, each read as far as it can be; one that cannot is told of and left out."""
    from analysis.table import Answers, Unfit
    from participation.foundation.documents import Unreadable, parse

    ids: list[str] = []
    texts: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        try:
            letter = parse(path.name, path.read_bytes())
        except Unreadable as error:
            click.echo(f"medspil: {name} is left out: {error.words}", err=True)
            continue
        ids.append(name)
        texts.append(letter.words if letter.quoted_from is None else letter.words[: letter.quoted_from])
    if not ids:
        raise Unfit(f"{folder} holds no letter that can be read")
    return Answers(tuple(ids), tuple(texts))


@main.command("worker")
def worker() -> None:
    """Deliver letters, seal the log and do the long work, until stopped."""
    from participation.foundation import jobs

    os.nice(STANDS_BACK)
    app, stop = _app(), threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    jobs.work(app, stop=stop)


@main.command("scan")
@with_app
def scan() -> None:
    """Let the virus scanner look at the files from outside that nobody has looked at."""
    from participation.foundation import scanner
    from participation.foundation.db import db, settling

    if not scanner.is_on():
        fail("there is no scanner: name one by MEDSPIL_SCANNER")
    waiting, harmful = scanner.waiting(), 0
    db.session.rollback()
    try:
        with click.progressbar(waiting, label="files") as bar:
            for one in bar:
                with settling():
                    harmful += bool(scanner.scan_files([one], now=clock.now()))
    except scanner.NoAnswer as no:
        fail(f"{no}; what was looked at is written down, run it again for the rest")
    click.echo(f"{len(waiting)} looked at, {harmful} harmful.")


@main.command("check")
@with_app
def check() -> None:
    """Whether all is well: the clock, the pulse of pages and worker, and breakdowns that wait for somebody."""
    from participation.foundation import pulse
    from participation.projects.outage import waiting

    wrong = [
        f"{alarm.at:%Y-%m-%d %H:%M:%S} UTC: the clock was {alarm.seconds:+.1f} s wrong ({alarm.against})"
        for alarm in pulse.alarms()
    ]
    offset = pulse.database_offset()
    if offset is not None and abs(offset) > pulse.DRIFT:
        wrong.append(f"the clock is {offset:+.1f} s from the database server's")
    for name, at in pulse.beats():
        quiet = clock.now() - at
        click.echo(f"{name}: alive {quiet.total_seconds():.0f} s ago")
        if quiet > pulse.AWAY:
            wrong.append(f"{name} has been quiet since {at:%Y-%m-%d %H:%M:%S} UTC")
    if many := waiting():
        wrong.append(f"{many} in the register of breakdowns wait for somebody (/arbejde/projekter/nedbrud)")
    if wrong:
        fail("; ".join(wrong))
    click.echo("The clock and the pulse are as they should be.")


@main.command("serve")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--workers", default=2, show_default=True, help="Processes; as many as there are cores.")
@click.option("--threads", default=8, show_default=True, help="Threads in each.")
def serve(bind: str, workers: int, threads: int) -> None:
    """Serve the pages with gunicorn, behind a proxy that speaks https."""
    os.execv(sys.executable, _gunicorn(bind, workers, threads))  # noqa: S606


def _gunicorn(bind: str, workers: int, threads: int) -> list[str]:
    """The line that is used everywhere. The app is loaded once: a worker that died is replaced in milliseconds."""
    return [
        *(sys.executable, "-m", "gunicorn", "-w", str(workers), "--threads", str(threads)),
        *(
            "-b",
            bind,
            "-c",
            "python:participation.foundation.serving",
            "--preload",
            "--no-control-socket",
            "--log-level",
            "warning",
            "participation.app:create_warm_app()",
        ),
    ]


@main.command("practice")
@with_app
def practice() -> None:
    """Fill an empty installation with the practice municipality, dated from today."""
    from participation.practice import load

    with click.progressbar(length=100, label="Engelund Kommune") as bar:
        load.load(now=clock.now(), progress=lambda share: bar.update(max(0, int(share * 100) - bar.pos)))


@main.command("demo")
@click.option("--port", default=8000, show_default=True, help="Port on this machine.")
def demo(port: int) -> None:
    """Start the practice municipality on this machine: database, pages and worker. Ctrl-C stops all of it."""
    from participation.practice import load

    os.environ["MEDSPIL_DEMO"] = "1"
    os.environ.setdefault("MEDSPIL_BASE_URL", f"http://127.0.0.1:{port}")
    app = _app()
    with app.app_context():
        schema.upgrade()
        if not load.is_loaded():
            try:
                with click.progressbar(length=100, label="Filling the practice municipality") as bar:
                    load.load(now=clock.now(), progress=lambda share: bar.update(max(0, int(share * 100) - bar.pos)))
            except load.NotEmpty as error:
                fail(str(error))
        sign_ins = load.sign_ins()
        db.session.remove()
        db.engine.dispose()
    children = [
        subprocess.Popen(_gunicorn(f"127.0.0.1:{port}", 2, 8)),
        subprocess.Popen([sys.executable, "-m", "participation.cli", "worker"]),
    ]
    click.echo(f"\nMedspil runs at http://127.0.0.1:{port}\n")
    for role, email, password in sign_ins:
        click.echo(f"  {role:<24} {email:<40} {password}")
    click.echo(f"\nLetters are written to {Path(app.config['OUTBOX'])}. Ctrl-C stops.\n")
    _wait(children)


def _wait(children: list[subprocess.Popen[bytes]]) -> None:
    """Wait until one child ends or somebody stops us, then stop them all."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    while not stop.wait(0.3):
        if any(child.poll() is not None for child in children):
            break
    ended_by_itself = not stop.is_set()
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
    if ended_by_itself:
        fail("a part of it stopped; the port may be taken (try --port 8001)")


if __name__ == "__main__":
    main()
