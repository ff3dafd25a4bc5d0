"""A decision is announced; from that day the time to complain runs (planloven § 60, RP-27)."""

from datetime import date, datetime

from participation.decisions.tell import tell_of_decision
from participation.foundation import clock, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Step
from participation.rules import dates, legal
from participation.rules.acts import Act
from participation.rules.kinds import FINAL
from participation.rules.plain import mark
from participation.rules.policy import Actor
from participation.statutes import queries as statutes


class NothingToAnnounce(Wrong):
    """Only a final decision is announced."""

    def __init__(self) -> None:
        super().__init__(mark("Der er ingen endelig beslutning at offentliggøre endnu."))


class NotAnnouncedYet(Wrong):
    """The day is a fact: not before the decision, and not in the future."""

    def __init__(self) -> None:
        super().__init__(
            mark("Skriv den dag, beslutningen blev offentliggjort. Den kan ikke ligge før mødet eller efter i dag.")
        )


def announce_decision(actor: Actor, step: Step, announced_on: date, complaint: str, *, now: datetime) -> None:
    """Write down when a decision was announced, and how it can be complained of.

    The parties of the case are owed the decision and the guidance, and so are contributors who had their feedback
    before (planloven § 31).

    Args:
        complaint: key of the rule table's choices, "kan-ikke-paaklages" among them.

    Raises:
        NotAllowed: the actor may not announce in this case.
        NothingToAnnounce, NotAnnouncedYet: see there.
        KeyError: there is no such choice of guidance.
    """
    permission.require(actor, Act.ANNOUNCE_DECISION, step, now)
    if step.result not in FINAL or step.met_on is None:
        raise NothingToAnnounce
    if not step.met_on <= announced_on <= dates.local_day(now):
        raise NotAnnouncedYet
    chosen = statutes.complaints(announced_on)[complaint]
    step.announced_on, step.complaint = announced_on, chosen.key
    step.complaint_until = chosen.last_day(announced_on, clock.holiday)
    step.complaint_rule = legal.facts_of(chosen)
    db.session.flush()

    log.record(
        Act.ANNOUNCE_DECISION,
        actor,
        step,
        at=now,
        project_id=step.project_id,
        announced_on=announced_on,
        complaint=chosen.key,
        complaint_until=step.complaint_until,
    )
    tell_of_decision(step, now=now)
