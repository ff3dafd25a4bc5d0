"""A white paper goes to the municipality's case system (ESDH): owed with the act, tried until taken, sent once."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from participation.foundation import case_system, jobs, log, permission
from participation.foundation.case_system import NotTaken, Package, Refused
from participation.foundation.db import begin_write, db, settling
from participation.foundation.forms import Wrong
from participation.reports.model import CasePackage, WhitePaper
from participation.reports.pack import key_of, name_of, pack_paper
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import WORKER, Actor

#: So long a case system that does not answer is tried.
TRIED_FOR = timedelta(hours=72)
_PIECE = 1 << 20


def send_package(actor: Actor, paper: WhitePaper, *, now: datetime) -> CasePackage:
    """Owe the case system a version, or try again what failed; what is under way or was taken is left alone.

    Raises:
        NotAllowed: the actor may not work on this case.
        Wrong: no case system is set up, or the version was taken back.
    """
    permission.require(actor, Act.SEND_PACKAGE, paper, now)
    if case_system.adapter() is None:
        raise Wrong(mark("Der er ikke sat et sagssystem op. Spørg din administrator."))
    if paper.withdrawn_at is not None:
        raise Wrong(mark("Den udgave er taget tilbage, så den bliver ikke sendt."))
    return owe_package(actor, paper, now=now)


def owe_package(actor: Actor, paper: WhitePaper, *, now: datetime) -> CasePackage:
    """Owe the package in the transaction of the act that owes it; the caller has asked the policy."""
    package = db.session.scalar(sa.select(CasePackage).where(CasePackage.paper_id == paper.id))
    if package is not None and package.failed_at is None:
        return package
    if package is None:
        package = CasePackage(paper_id=paper.id, owed_at=now)
        db.session.add(package)
    package.failed_at, package.failure, package.status = None, "", None
    db.session.flush()

    log.record(Act.SEND_PACKAGE, actor, paper, at=now, project_id=paper.project_id, version=paper.version)
    jobs.owe("reports:send", {"package": package.id}, at=now, give_up_after=TRIED_FOR)
    return package


def packages_of(papers: Sequence[WhitePaper]) -> Mapping[int, CasePackage]:
    """What was owed to the case system, by version."""
    keys = [one.id for one in papers]
    found = db.session.scalars(sa.select(CasePackage).where(CasePackage.paper_id.in_(keys))) if keys else ()
    return {one.paper.version: one for one in found}


def _given_up(arguments: jobs.Arguments, why: str, now: datetime) -> None:
    package = db.session.get_one(CasePackage, arguments["package"])
    package.failed_at = now
    package.failure = package.failure or mark("Pakken kunne ikke laves.")


@jobs.job("reports:send", heavy=True, dead=_given_up)
def hand_over(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Pack and hand over; a second run after a killed worker sends the same bytes with the same key."""
    owed = db.session.get_one(CasePackage, arguments["package"])
    way, paper = case_system.adapter(), owed.paper
    if owed.sent_at is not None:
        return
    if way is None or paper.withdrawn_at is not None:
        words = mark("Udgaven er taget tilbage, eller der er ikke længere et sagssystem.")
        _note(owed, failure=words)
        raise jobs.GiveUp(words)
    with tempfile.TemporaryDirectory(prefix="package-") as folder:
        path = Path(folder) / name_of(paper)
        with path.open("w+b") as file:
            pack_paper(paper, file, lambda share: report(share * 0.9, mark("Vi pakker sagen.")))
            sha256 = _hash(path)
        try:
            receipt = way.deliver(Package(path, path.name, key_of(paper), sha256))
        except Refused as no:
            _note(owed, failure=no.words, status=no.status)
            raise jobs.GiveUp(str(no)) from no
        except NotTaken as fault:
            _note(owed, failure=fault.words, status=fault.status)
            raise jobs.TryAgain(str(fault)) from fault
    with settling():
        begin_write()
        for name, value in {
            "sent_at": now,
            "receipt": receipt,
            "sha256": sha256,
            "failure": "",
            "status": None,
        }.items():
            setattr(owed, name, value)
        log.record(
            Act.SEND_PACKAGE, WORKER, paper, at=now, project_id=paper.project_id, version=paper.version, taken=True,
            sha256=sha256,
        )  # fmt: skip


def _note(package: CasePackage, **facts: Any) -> None:
    """Write down at once what a planner should see, whatever becomes of the job."""
    with settling():
        begin_write()
        for name, value in facts.items():
            setattr(package, name, value)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        seen = hashlib.sha256()
        while piece := file.read(_PIECE):
            seen.update(piece)
    return seen.hexdigest()
