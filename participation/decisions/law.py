"""What the law says to a decision of this project: asked of the rule table, with the facts that it needs.

What is planned is blocked; what has happened is recorded, warned about and gets a correction entry in public.
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from participation.answers.model import Change
from participation.contributions.model import Contribution
from participation.decisions.model import Veto
from participation.foundation import clock
from participation.foundation.db import db
from participation.projects.model import Project
from participation.reports.model import PaperDraft
from participation.rules import dates
from participation.rules.kinds import Kind, Stance
from participation.rules.legal import Adoption, Finding, LegalBasis, adoption_findings, earliest_decision
from participation.rules.phases import Arrival
from participation.rules.plain import mark
from participation.statutes import queries as statutes

#: What is told in public when a decision was made against the law, by the finding's key.
_IN_PUBLIC = {
    "too-early": mark(
        "Der blev truffet en beslutning den %(decided)s. Efter loven kunne det tidligst ske %(earliest)s. "
        "Vi har skrevet det ned og spørger en jurist."
    ),
    "veto": mark(
        "Der blev truffet en beslutning den %(decided)s, selv om en myndighed havde nedlagt veto. "
        "Vi har skrevet det ned og spørger en jurist."
    ),
    "too-late-in-the-year": mark(
        "Der blev truffet en beslutning den %(decided)s. Efter loven skulle det være sket før %(before)s. "
        "Vi har skrevet det ned og spørger en jurist."
    ),
}


def basis_of(project: Project) -> LegalBasis | None:
    """The legal basis of the round that the project stands in, as it was when the round was announced."""
    return statutes.rule_of(project.round) if project.round is not None else None


def timely_objections(project: Project) -> int:
    """How many objected in time. Anonymous and withdrawn ones count; who wrote in favour does not (planloven § 27)."""
    if project.round is None:
        return 0
    return (
        db.session.scalar(
            sa.select(sa.func.count(Contribution.id)).where(
                Contribution.round_id == project.round.id,
                Contribution.arrival == Arrival.IN_TIME,
                Contribution.kind.in_((Kind.RESPONSE, Kind.PROPOSAL)),
                Contribution.stance != Stance.FOR,
            )
        )
        or 0
    )


def open_vetoes(project: Project) -> list[Veto]:
    """Vetoes that are not lifted (planloven § 28)."""
    return list(
        db.session.scalars(
            sa.select(Veto).where(Veto.project_id == project.id, Veto.lifted_at.is_(None)).order_by(Veto.id)
        )
    )


def earliest(project: Project) -> date | None:
    """The first lawful day of the final decision; nothing where the round has no deadline or no waiting time."""
    basis, round_ = basis_of(project), project.round
    if basis is None or round_ is None or round_.closes_at is None:
        return None
    return earliest_decision(basis, dates.last_day(round_.closes_at), timely_objections(project))


def findings(project: Project, decides_on: date, *, recorded: bool = False) -> tuple[Finding, ...]:
    """What the law says to a final decision on this day, what blocks first."""
    basis, round_ = basis_of(project), project.round
    if basis is None or round_ is None or round_.closes_at is None:
        return ()
    is_plan = basis.key.startswith("planloven-24")
    return adoption_findings(
        Adoption(
            basis=basis.key,
            last_day=dates.last_day(round_.closes_at),
            decides_on=decides_on,
            timely_objections=timely_objections(project),
            published_on=dates.local_day(round_.announced_at) if round_.announced_at is not None else None,
            open_vetoes=len(open_vetoes(project)) if is_plan else 0,
            changed=is_plan and _is_changed(project),
            change_considered=_considered(project) if is_plan else "",
            recorded=recorded,
        ),
        {basis.key: basis},
    )


def say(finding: Finding) -> str:
    """The finding in the reader's language."""
    return _(finding.template, **{name: _shown(value) for name, value in finding.values.items()})


def in_public(finding: Finding, decided: date) -> str:
    """The correction entry for a decision against the law, in Danish; empty where none is owed."""
    words = _IN_PUBLIC.get(finding.key, "")
    days = {name: dates.in_danish(value) for name, value in finding.values.items() if isinstance(value, date)}
    return words % {"decided": dates.in_danish(decided), **days} if words else ""


def _shown(value: Any) -> Any:
    return clock.day(value) if isinstance(value, date) else value


def _is_changed(project: Project) -> bool:
    found = sa.exists().where(Change.project_id == project.id, Change.retired_at.is_(None))
    return bool(db.session.scalar(sa.select(found)))


def _considered(project: Project) -> str:
    draft = db.session.get(PaperDraft, project.id)
    return draft.materially_changed_reason if draft is not None else ""
