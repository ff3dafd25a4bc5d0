"""Letters to the sender of a contribution: by e-mail, or on paper where post was asked for; else they use the code."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload

from participation.contributions.copy_letters import owe_copies
from participation.contributions.model import Contact, Contribution, Promise
from participation.contributions.story import what_happens
from participation.foundation import clock, codes, letters
from participation.foundation.db import db
from participation.foundation.letters import Secret
from participation.rules.kinds import Kind
from participation.rules.plain import LANGUAGES
from participation.rules.words import danish


def tell_sender(
    kind: str, contribution: Contribution, *, at: datetime, dedupe: str | None = None, **facts: Any
) -> bool:
    """Owe the sender a letter, if there is a way to reach them, and copies to those who take part with them.

    Args:
        kind: the template; it may print all that `about` gives.

    Returns:
        Whether a letter is owed; False where the sender can only look with the code.
    """
    contact = contribution.contact
    if contribution.disputed_at is not None:
        return False  # whoever owns the address has not written it
    owe_copies(kind, contribution, facts, at=at, dedupe=dedupe)
    if contact is None or not (contact.email or (contact.wants_post and contact.address)):
        return False
    letter = letters.owe(
        kind,
        contribution,
        to=contact.email or _on_paper(contact),
        channel="email" if contact.email else "print",
        language=contribution.language if contribution.language in LANGUAGES else "da",
        at=at,
        dedupe=dedupe,
        project_id=contribution.project_id,
        contribution=contribution.id,
        **facts,
    )
    return letter is not None


def tell_senders(kind: str, steps: Mapping[int, int], *, at: datetime, project_id: int) -> int:
    """Owe many senders the letter about a step on the ladder, in so many statements however many they are.

    Args:
        steps: by contribution the step that the letter is about.

    Returns:
        How many can be reached.
    """
    reached = db.session.execute(
        sa.select(Contribution.id, Contribution.language, Contact)
        .join(Contact, Contact.contribution_id == Contribution.id)
        .where(
            Contribution.id.in_(steps),
            Contribution.disputed_at.is_(None),
            sa.or_(Contact.email != "", sa.and_(Contact.wants_post, Contact.address != "")),
        )
        .options(lazyload(Contact.contribution))
    ).all()
    many = [
        letters.Owed(
            f"contribution:{key}",
            to=contact.email or _on_paper(contact),
            channel="email" if contact.email else "print",
            language=language if language in LANGUAGES else "da",
            dedupe=f"{kind}:{key}:step{steps[key]}",
            facts={"contribution": key, "step": steps[key]},
        )
        for key, language, contact in reached
    ]
    return letters.owe_many(kind, many, at=at, project_id=project_id)


@letters.provider("contribution")
def about(contribution_id: int) -> dict[str, Any]:
    """What a letter about a contribution may say; its code and its link are in no copy that we keep."""
    contribution = db.session.get_one(Contribution, contribution_id)
    project = contribution.project
    promises = db.session.scalars(
        sa.select(Promise).where(Promise.contribution_id == contribution_id).order_by(Promise.id)
    )
    version, thing = contribution.code_version, _(danish(contribution.kind))
    return {
        "title": project.title,
        "thing": thing,
        "yours": _("din kommentar") if contribution.kind is Kind.COMMENT else _("dit %(thing)s", thing=thing),
        "number": contribution.number,
        "kind_of": contribution.kind.value,
        "received_at": clock.arrived(contribution.received_at),
        "arrival": _(danish(contribution.arrival)),
        "late": contribution.arrival.value != "in_time",
        "steps": what_happens(promises),
        "link": Secret(
            url_for("contributions.follow_link", token=codes.link_token(contribution_id, version), _external=True)
        ),
        "by_email": bool(contribution.contact and contribution.contact.email),
        "email_link": Secret(
            url_for("contributions.sender.vouch", token=codes.link_token(contribution_id, version), _external=True)
        ),
        "code": Secret(codes.show_code(codes.tracking_code(contribution_id, version))),
        "contact_name": project.contact_name,
        "department": project.department.name,
        "contact_phone": project.contact_phone,
        "contact_hours": project.contact_hours,
        "hidden_reason": _(danish(contribution.hidden_reason)) if contribution.hidden_reason is not None else "",
        "hidden_words": contribution.hidden_words,
        "erasure_answer": contribution.contact.erasure_answer if contribution.contact else "",
        "has_it_now": _has_it_now(contribution),
    }


def _has_it_now(contribution: Contribution) -> dict[str, str]:
    """Who has taken over a contribution that was sent on: the department's contact, and the case."""
    department, to = contribution.forwarded_department, contribution.forwarded_project
    if department is None:
        return {}
    return {
        "department": department.name,
        "name": department.contact_name,
        "phone": department.phone,
        "email": department.email,
        "hours": department.hours,
        "project": to.title if to is not None else "",
    }


def _on_paper(contact: Contact) -> str:
    return "\n".join(line for line in (contact.name, contact.address) if line)
