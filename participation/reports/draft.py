"""A planner adds to the compiled facts: the form, the overall recommendation, and the assessment of § 27(2)."""

from dataclasses import dataclass
from datetime import datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Project
from participation.reports.model import PaperDraft
from participation.rules.acts import Act
from participation.rules.kinds import PaperForm
from participation.rules.plain import mark
from participation.rules.policy import Actor


class Overwrites(Wrong):
    """A colleague has kept another version in the meantime; nothing was overwritten."""

    def __init__(self, theirs: PaperDraft):
        super().__init__(mark("En kollega har rettet hvidbogen imens. Intet er overskrevet. Se begge udgaver."))
        self.theirs = theirs


@dataclass(frozen=True)
class Added:
    """What a planner wrote.

    Attributes:
        materially_changed: whether the changes concern others so that they must be heard (planloven § 27(2)).
        version: the version the planner saw; 0 when there was none.
    """

    form: PaperForm
    overall: str = ""
    materially_changed: bool | None = None
    materially_changed_reason: str = ""
    short_codes: bool = False
    version: int = 0


def draft_paper(actor: Actor, project: Project, added: Added, *, now: datetime) -> PaperDraft:
    """Keep what a planner adds to the white paper.

    Raises:
        NotAllowed: the actor may not report in this case, or the deadline has not passed.
        Overwrites: a colleague kept another version since the planner read it.
        Wrong: a yes or no under § 27(2) without its reason.
    """
    permission.require(actor, Act.COMPILE_REPORT, project, now)
    draft = db.session.get(PaperDraft, project.id)
    if draft is not None and _same(draft, added):
        return draft
    if (draft.version if draft is not None else 0) != added.version:
        raise Overwrites(draft) if draft is not None else Wrong(mark("Siden var for gammel. Hent den igen."))
    if added.materially_changed is not None and not added.materially_changed_reason.strip():
        raise Wrong(mark("Skriv, hvorfor ændringerne skal eller ikke skal i ny høring."))

    if draft is None:
        draft = PaperDraft(project_id=project.id, version=0)
        db.session.add(draft)
    draft.form, draft.overall, draft.short_codes = added.form, added.overall.strip(), added.short_codes
    draft.materially_changed = added.materially_changed
    draft.materially_changed_reason = added.materially_changed_reason.strip()
    draft.version += 1
    draft.written_by_id, draft.written_at = actor.person_id, now
    db.session.flush()

    log.record(
        Act.COMPILE_REPORT, actor, project, at=now, project_id=project.id, form=added.form, version=draft.version
    )
    return draft


def _same(draft: PaperDraft, added: Added) -> bool:
    return (
        draft.form,
        draft.overall,
        draft.materially_changed,
        draft.materially_changed_reason,
        draft.short_codes,
    ) == (
        added.form,
        added.overall.strip(),
        added.materially_changed,
        added.materially_changed_reason.strip(),
        added.short_codes,
    )
