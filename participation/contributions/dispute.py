"""Whose e-mail it is: the owner confirms it, or says "Det har jeg ikke sendt"; a planner may know the sender (T3).

None of it moves the time of arrival, and all of it stays in the case.
"""

from datetime import datetime

from participation.contributions.model import Contribution
from participation.foundation import letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

_NO_ADDRESS = mark("Der er ingen e-mail at bekræfte.")


def confirm_email(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """The owner of the address says that it is theirs; also when they said the opposite before.

    Raises:
        NotAllowed: the actor has not followed the link in the receipt.
        Wrong: there is no address.
    """
    permission.require(actor, Act.CONFIRM_EMAIL, contribution, now)
    contact = contribution.contact
    if contact is None or not contact.email:
        raise Wrong(_NO_ADDRESS)
    if contact.email_confirmed_at is not None and contribution.disputed_at is None:
        return

    contact.email_confirmed_at = contact.email_confirmed_at or now
    contribution.disputed_at = None
    db.session.flush()

    log.record(Act.CONFIRM_EMAIL, actor, contribution, at=now, number=contribution.number)


def dispute_contribution(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """The owner of the address has not sent it: kept for the case, its name not shown, no more letters to the address.

    Raises:
        NotAllowed: the actor has not followed the link in the receipt.
        Wrong: there is no address.
    """
    permission.require(actor, Act.DISPUTE_CONTRIBUTION, contribution, now)
    contact = contribution.contact
    if contact is None or not contact.email:
        raise Wrong(_NO_ADDRESS)
    if contribution.disputed_at is not None:
        return

    contribution.disputed_at, contact.email_confirmed_at = now, None
    db.session.flush()

    log.record(Act.DISPUTE_CONTRIBUTION, actor, contribution, at=now, number=contribution.number)
    project = contribution.project
    if to := project.department.email or project.contact_email:
        letters.owe(
            "disputed",
            contribution,
            to=to,
            at=now,
            dedupe=f"disputed:{contribution.id}:{now.isoformat()}",
            project_id=project.id,
            contribution=contribution.id,
            page=f"/arbejde/projekter/{project.slug}/indbakke/{contribution.number}",
        )


def verify_sender(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """A named person of the municipality has spoken with the sender and knows who it is.

    Raises:
        NotAllowed: the actor may not work in this case.
        Wrong: nothing is known of the sender, or it is disputed.
    """
    permission.require(actor, Act.VERIFY_SENDER, contribution, now)
    contact = contribution.contact
    if contact is None or contribution.disputed_at is not None:
        raise Wrong(mark("Ejeren af e-mailen siger, at det er sendt af en anden."))
    if contact.verified_at is not None:
        return

    contact.verified_at, contact.verified_by_id = now, actor.person_id
    db.session.flush()

    log.record(Act.VERIFY_SENDER, actor, contribution, at=now, number=contribution.number)
