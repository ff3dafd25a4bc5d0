"""The gate before a white paper: what is still missing, in words, naming the contributions (RE-29)."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from participation.answers.gates import Missing, gates
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.reports import queries
from participation.reports.kept import digest
from participation.reports.model import Approval
from participation.reports.paper import Paper, Section
from participation.rules import dates
from participation.rules.kinds import ApprovalRule
from participation.rules.plain import mark


class NotReady(Wrong):
    """The paper cannot be published yet; the words name what is missing."""

    def __init__(self, missing: Sequence[Missing]):
        super().__init__(" ".join(one.said for one in missing))
        self.missing = tuple(missing)


def missing(project: Project, now: datetime) -> list[Missing]:
    """What keeps the note back before anybody approves it, the advice after the rest."""
    return sorted(gates(project, dates.local_day(now)), key=lambda one: not one.blocks)


def approval_for(project: Project, paper: Paper) -> Approval | None:
    """The yes that holds for this note.

    Raises:
        NotReady: the department wants one, and there is none to exactly these words.
    """
    if not needs_approval(project, paper):
        return None
    if (found := queries.approved_as(project.id, digest(paper))) is None:
        words = mark("Hvidbogen er ikke godkendt, som den står nu. Bed om godkendelse.")
        raise NotReady([Missing("approval", words, "rapport", "RE-42")])
    return found


def needs_approval(project: Project, paper: Paper) -> bool:
    """Whether the leader approves the whole note; where nobody wrote there is nothing to approve."""
    return note_wanted(project) and not _nothing_weighed(paper)


def note_wanted(project: Project) -> bool:
    """Whether the department's setting asks for the leader's yes to the whole note."""
    return project.department.approval is ApprovalRule.NOTE


def _nothing_weighed(paper: Paper) -> bool:
    return all(section in (Section.WITHDRAWN, Section.AFTERWARDS) for section, _numbers in paper.sections)


def approval_state(project: Project, paper: Paper | None, approvals: Sequence[Approval]) -> str:
    """``approved``, ``waiting``, ``sent_back``, ``void`` or ``none``, for what the note says now.

    Args:
        paper: the note as it stands; without it the log tells whether anything was done since.
        approvals: every time it was asked for, the latest first.
    """
    last = approvals[0] if approvals else None
    if last is None:
        return "none"
    if last.answered_at is None:
        return "waiting"
    if not last.approved:
        return "sent_back"
    if paper is not None:
        return "approved" if queries.approved_as(project.id, digest(paper)) is not None else "void"
    return "void" if queries.touched_since(project.id, last.answered_at) else "approved"


def advice(paper: Paper) -> list[str]:
    """What should be thought of before publishing, and stands in nobody's way."""
    found = []
    if paper.assessment is not None and paper.assessment.changed is None and paper.changes:
        found.append(_("Skriv, om ændringerne skal i ny høring (planloven § 27, stk. 2)."))
    if not paper.overall and not paper.nobody_wrote:
        found.append(_("Skriv en samlet indstilling, så byrådet kan se, hvad I beder dem om."))
    return found
