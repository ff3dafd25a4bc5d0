"""What stands in the form of a new project before the planner writes: from its case type or from an earlier matter."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from participation.foundation import clock
from participation.people.model import Department
from participation.projects.case_types import PREFILLS
from participation.projects.model import Project
from participation.rules import dates, legal
from participation.rules.kinds import Audience, CaseType, Frame, RoundKind
from participation.rules.levels import Level
from participation.rules.words import danish
from participation.statutes import queries as statutes


def from_case_type(case_type: CaseType, level: Level, department: Department, body: str, today: date) -> dict[str, Any]:
    """The form's fields for a case type at the level that was chosen.

    Args:
        body: the deciding body, as it stands in a sentence ("byrådet").
    """
    given = PREFILLS[case_type]
    told = level is Level.ORIENTATION
    basis = statutes.bases(today)["orientation" if told else given.legal_basis]
    days = max(given.days, basis.minimum_days, basis.advised_days)
    decider = department.name if given.steps[-1][0].value == "delegated" else body
    return {
        "level_reason": _(given.level_reason) if level is given.level else "",
        "wide_interest": given.wide_interest and not told,
        "legal_basis": basis.key,
        "legal_text": basis.legal_text,
        "audience": (Audience.EVERYONE if told else given.audience).value,
        "open": "\n".join(_(line) for line in given.open),
        "fixed": [
            {
                "words": _(line.words),
                "constraint": line.constraint.value,
                "source": _(line.source) if line.source else "",
            }
            for line in given.fixed
        ],
        "decided_by": decider,
        "parties": "\n".join(f"{_(name)}; ; {_(danish(capacity))}" for name, capacity in given.parties),
        "steps": [
            {"kind": kind.value, "body": _(name) if name else decider[:1].upper() + decider[1:], "planned_on": None}
            for kind, name in given.steps
        ],
        **contact_of(department),
        **days_from(today, days, given.report_days, given.decision_days, basis, told),
    }


def from_project(old: Project, level: Level, department: Department, body: str, today: date) -> dict[str, Any]:
    """The form's fields for a matter like an earlier one: its frame, law, parties and length, with new dates."""
    filled = from_case_type(old.case_type, level, department, body, today)
    round_ = old.rounds[0] if old.rounds else None
    filled |= {
        "title": old.title,
        "level_reason": old.level_reason if level is old.level else filled["level_reason"],
        "wide_interest": old.wide_interest and level is not Level.ORIENTATION,
        "summary": old.summary,
        "meaning": next((line.words for line in old.meanings if not line.audience), ""),
        "open": "\n".join(line.words for line in old.frame if line.kind is Frame.OPEN),
        "fixed": [
            {
                "words": line.words,
                "constraint": line.constraint.value if line.constraint else "",
                "source": line.source,
            }
            for line in old.frame
            if line.kind is Frame.FIXED
        ],
        "decided_by": old.decided_by,
        "parties": "\n".join("; ".join((party.name, party.email, _(danish(party.capacity)))) for party in old.parties),
        "steps": [{"kind": step.kind.value, "body": step.body, "planned_on": None} for step in old.steps],
        "contact_name": old.contact_name,
        "contact_phone": old.contact_phone,
        "contact_email": old.contact_email,
        "contact_hours": old.contact_hours,
    }
    if round_ is not None and level is round_.level:
        filled |= {
            "legal_basis": round_.legal_basis,
            "legal_text": round_.legal_text,
            "audience": round_.audience.value,
        }
        if round_.opens_at and round_.closes_at:
            basis = statutes.bases(today)[round_.legal_basis]
            length = (dates.last_day(round_.closes_at) - dates.local_day(round_.opens_at)).days
            filled |= days_from(today, max(length, basis.minimum_days), 20, 70, basis, level is Level.ORIENTATION)
    return filled


def contact_of(department: Department) -> dict[str, str]:
    """The department's own contact."""
    return {
        "contact_name": department.contact_name,
        "contact_phone": department.phone,
        "contact_email": department.email,
        "contact_hours": department.hours,
    }


def days_from(
    today: date, days: int, report_days: int, decision_days: int, basis: legal.LegalBasis, told: bool
) -> dict[str, date | None]:
    """Dates that keep the law and fall on working days, counted from today."""
    last = dates.suggested_last_day(today, days, clock.closed)
    if told:
        return {"last_day": last, "report_on": None, "decision_on": None}
    report = dates.add_working_days(last, report_days, clock.closed)
    earliest = max(last + timedelta(days=decision_days), legal.earliest_decision(basis, last, 1), report)
    return {
        "last_day": last,
        "report_on": report,
        "decision_on": dates.next_working_day(earliest, clock.closed),
    }


def round_kind(case_type: CaseType, level: Level) -> RoundKind:
    """What the first round of a case type is for, at a level."""
    return RoundKind.INFORMATION if level is Level.ORIENTATION else PREFILLS[case_type].round_kind
