"""Something private is found in a published white paper: its public files are taken back, their hashes stay."""

from datetime import datetime

import sqlalchemy as sa

from participation.foundation import files, jobs, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import File
from participation.reports.model import WhitePaper
from participation.rules.acts import Act
from participation.rules.kinds import Rendition
from participation.rules.plain import mark
from participation.rules.policy import Actor


def withdraw_paper(actor: Actor, paper: WhitePaper, reason: str, *, now: datetime) -> None:
    """Take the public rendition of a version back; the case rendition stays, and the next version says so (T16).

    Raises:
        NotAllowed: the actor may not work on this case.
        Wrong: it was taken back before, or there is no reason.
    """
    permission.require(actor, Act.WITHDRAW_REPORT, paper, now)
    if paper.withdrawn_at is not None:
        raise Wrong(mark("Den udgave er allerede taget tilbage."))
    if not reason.strip():
        raise Wrong(mark("Skriv, hvorfor hvidbogen tages tilbage. Det kan alle læse."))

    paper.withdrawn_at, paper.withdrawn_reason = now, reason.strip()
    gone = [one for one in paper.documents if one.rendition is Rendition.PUBLIC and one.file is not None]
    for document in gone:
        row, document.file = document.file, None
        db.session.flush()
        db.session.delete(row)
    db.session.flush()

    log.record(Act.WITHDRAW_REPORT, actor, paper, at=now, project_id=paper.project_id, version=paper.version)
    jobs.owe("reports:forget", {"files": [one.sha256 for one in gone]}, at=now)


@jobs.job("reports:forget")
def forget_files(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Take withdrawn files out of the store, once the act is committed and where nothing else has the same content."""
    wanted = set(arguments["files"])
    used = set(db.session.scalars(sa.select(File.sha256).where(File.sha256.in_(wanted))))
    for sha256 in sorted(wanted - used):
        files.drop(sha256)
