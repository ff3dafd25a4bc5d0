"""A sender asks to have their name and address erased, and gets an answer (GDPR art. 17; art. 12(3): within a month).

What they wrote belongs to the case and stays (art. 17(3)(b) and (d); arkivloven). With the name goes the salt of the
log's digests, so that nothing in the log proves any more who wrote it.
"""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from participation.contributions.model import Contact, Contribution
from participation.contributions.tell import tell_sender
from participation.foundation import jobs, letters, log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: Letters are tried for 72 hours; then nobody needs the address any more.
_LETTERS_GONE = timedelta(days=4)
_JOB = "contributions:forget_reader"


def ask_erasure(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Ask to have one's name and address erased; asking twice is asking once.

    Raises:
        NotAllowed: the actor does not hold the contribution's code.
        Wrong: they are erased already, or it was answered.
    """
    permission.require(actor, Act.ASK_ERASURE, contribution, now)
    contact = contribution.contact
    if contact is None or contact.erasure_refused_at is not None:
        raise Wrong(mark("Vi har svaret på det. Svaret står på din side."))
    if contact.erasure_asked_at is not None:
        return

    contact.erasure_asked_at = now
    db.session.flush()

    log.record(
        Act.ASK_ERASURE,
        actor,
        contribution,
        at=now,
        project_id=contribution.project_id,
        number=contribution.number,
    )
    project = contribution.project
    if to := project.department.email or project.contact_email:
        letters.owe(
            "erasure_asked",
            contribution,
            to=to,
            at=now,
            dedupe=f"erasure_asked:{contribution.id}",
            project_id=project.id,
            contribution=contribution.id,
            answer_by=answer_by(now),
            page=f"/arbejde/projekter/{project.slug}/indbakke/{contribution.number}",
        )


def answer_by(asked_at: datetime) -> date:
    """The last day on which the answer is in time: a month after it was asked (GDPR art. 12(3)), counted as 30 days."""
    return dates.local_day(asked_at) + timedelta(days=30)


def erase_sender(actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Erase who sent it: name, address, e-mail, phone and all who take part. The words stay, and so does the code.

    Raises:
        NotAllowed: the actor may not erase.
        Wrong: nobody has asked, or it is answered.
    """
    permission.require(actor, Act.ERASE_PERSON, contribution, now)
    contact = _asked(contribution)

    tell_sender("erased", contribution, at=now, dedupe=f"erased:{contribution.id}")
    contribution.show_name, contribution.contact = False, None
    db.session.delete(contact)
    db.session.flush()
    jobs.owe(_JOB, {"contribution": contribution.id}, at=now, run_at=now + _LETTERS_GONE)

    log.record(
        Act.ERASE_PERSON, actor, contribution, at=now, project_id=contribution.project_id, number=contribution.number
    )


def refuse_erasure(actor: Actor, contribution: Contribution, reason: str, *, now: datetime) -> None:
    """Say why the name and the address stay, which law asks for it, and where one can complain.

    Raises:
        NotAllowed: the actor may not erase.
        Wrong: nobody has asked, it is answered, or there is no reason.
    """
    permission.require(actor, Act.ERASE_PERSON, contribution, now)
    contact = _asked(contribution)
    if not reason.strip():
        raise Wrong(mark("Skriv til afsenderen, hvorfor I skal gemme det."))

    contact.erasure_refused_at, contact.erasure_answer = now, reason.strip()
    db.session.flush()

    log.record(
        Act.ERASE_PERSON,
        actor,
        contribution,
        at=now,
        project_id=contribution.project_id,
        number=contribution.number,
        refused=True,
    )
    tell_sender("erasure_refused", contribution, at=now, dedupe=f"erasure_refused:{contribution.id}")


@jobs.job(_JOB)
def forget_reader(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Take the address out of the letters that were sent about it."""
    db.session.execute(
        sa.update(Letter)
        .where(Letter.subject_key == f"contribution:{arguments['contribution']}")
        .where(Letter.kind.not_in(("erasure_asked", "appealed", "disputed")))  # those went to the department
        .values(recipient=None, salt="")
    )


def _asked(contribution: Contribution) -> Contact:
    contact = contribution.contact
    if contact is None or contact.erasure_asked_at is None or contact.erasure_refused_at is not None:
        raise Wrong(mark("Her er der ikke noget at svare på."))
    return contact
