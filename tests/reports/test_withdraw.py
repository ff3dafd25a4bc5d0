"""Something private is found in a published paper: the public files go, the hashes and the case rendition stay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from participation.foundation import files, jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import LogEntry
from participation.reports import queries
from participation.reports.publish import publish_paper
from participation.reports.withdraw import withdraw_paper
from participation.rules.acts import Act
from participation.rules.kinds import Rendition
from participation.rules.policy import NotAllowed
from tests.contributed import receive
from tests.reports.cases import answer, publish, read


@pytest.fixture
def paper(planner, hearing, without_approval, later):
    """A published version with one letter."""
    written = receive(hearing, "Ring til min mor på plejehjemmet.")
    publish(*written)
    answer(planner, *written)
    read(*written)
    with settling():
        return publish_paper(planner, hearing.project, now=later)


def test_the_public_files_are_gone_and_their_hashes_stay(planner, hearing, paper, later) -> None:
    """T16: the next version says so."""
    public = [one.sha256 for one in paper.documents if one.rendition is Rendition.PUBLIC]
    with settling():
        withdraw_paper(planner, paper, "Der stod et navn, som ikke må vises.", now=later)
    jobs.run_all(None, later)
    found = queries.version(hearing.project_id, 1)
    with pytest.raises(NotFound):
        queries.document(found, Rendition.PUBLIC, "pdf")
    shared = {one.sha256 for one in found.documents if one.rendition is Rendition.CASE}
    assert len(set(public) - shared) == len(public) == 8
    for sha256 in set(public) - shared:
        with pytest.raises(FileNotFoundError):
            files.open_(sha256)
    assert {one.sha256 for one in found.documents if one.rendition is Rendition.PUBLIC} == set(public)
    assert queries.read_whole(found, Rendition.CASE).entries[0].words == "Ring til min mor på plejehjemmet."
    with settling():
        second = publish_paper(planner, hearing.project, now=later + timedelta(days=1))
    assert ["withdrawn_version", []] in second.since
    assert queries.latest(hearing.project_id).version == 2


def test_it_is_logged(planner, paper, later) -> None:
    with settling():
        withdraw_paper(planner, paper, "Der stod et navn.", now=later)
    (entry,) = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == Act.WITHDRAW_REPORT))
    assert entry.facts == {"version": 1}


def test_it_needs_a_reason_and_happens_once(planner, paper, later) -> None:
    with pytest.raises(Wrong), settling():
        withdraw_paper(planner, paper, " ", now=later)
    with settling():
        withdraw_paper(planner, paper, "Der stod et navn.", now=later)
    with pytest.raises(Wrong), settling():
        withdraw_paper(planner, paper, "Igen.", now=later)


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor"])
def test_others_may_not_take_it_back(request, paper, later, who) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), settling():
        withdraw_paper(actor, paper, "Væk.", now=later)
