"""Delivering a letter: tried for 72 hours, then a failure that can be seen; never twice where the server confirmed.

Before a letter is handed over, that is written down. So a killed worker or a lost answer leads to one repeat at most,
with the same Message-ID.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from participation.foundation import jobs, log, observe
from participation.foundation.db import begin_write, db, settling
from participation.foundation.letters import composing, post
from participation.foundation.letters.owing import TRIED_FOR
from participation.foundation.model import Job, Letter
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import WORKER, Actor

#: How often a letter is handed over without an answer before we stop: once, and one repeat.
HANDED_OVER_AT_MOST = 2
#: How soon a letter looks again whether the one before it to the same reader has gone.
TURN = timedelta(seconds=60)

NOT_WRITTEN = mark("Brevet kunne ikke skrives.")
NOT_TAKEN = mark("Mailserveren har ikke taget imod brevet endnu.")
NO_SUCH_ADDRESS = mark("Mailserveren siger, at adressen ikke findes.")
NO_ANSWER = mark("Vi har sendt brevet, men mailserveren svarede ikke.")

_logger = observe.logger(__name__)


def _give_up(arguments: jobs.Arguments, why: str, now: datetime) -> None:
    letter = db.session.get(Letter, arguments["letter"])
    if letter is not None and letter.sent_at is None:
        letter.failed_at, letter.failure = now, letter.failure or NOT_WRITTEN


@jobs.job("letter", dead=_give_up)
def deliver(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Write a letter the first time, then hand it to the post, or leave it for the printer."""
    letter = db.session.get(Letter, arguments["letter"])
    if letter is None or letter.sent_at is not None or letter.failed_at is not None:
        return
    if letter.composed_at is None:
        _compose(letter, now)
    if letter.channel == "email":
        if _follows_another(letter):
            raise jobs.Later(TURN)
        _hand_over(letter, now)


def _compose(letter: Letter, now: datetime) -> None:
    try:
        written = _written(letter, now)
    except Exception:
        _note(letter, failure=NOT_WRITTEN)
        raise
    with settling():
        begin_write()
        for name, value in written.items():
            setattr(letter, name, value)


def _written(letter: Letter, now: datetime) -> dict[str, Any]:
    """What a letter holds once it is written: its words as we keep them, and the digest of the words as they go."""
    composed = composing.compose(letter.kind, letter.facts, letter.language)
    snapshot = composing.snapshot(letter, composed, now)
    full = composing.fill(composed, letter.facts, letter.language)
    whole = full.words
    if letter.channel == "email":
        whole = composing.message(full, snapshot, letter.recipient or "", letter.language).decode()
    return {
        "subject": composed.subject,
        "words": composed.words,
        "snapshot": snapshot,
        "composed_at": now,
        "failure": None,
        "digest": log.digest(letter.salt, whole),
    }


def _follows_another(letter: Letter) -> bool:
    """Whether an earlier letter to the same reader is still on its way: their order is kept (R4)."""
    earlier = sa.select(Letter.id).where(
        *(Letter.recipient == letter.recipient, Letter.id < letter.id, Letter.channel == "email"),
        *(Letter.sent_at.is_(None), Letter.failed_at.is_(None)),
        sa.or_(Letter.composed_at.is_not(None), Letter.failure.is_(None)),  # one that cannot be written stops nobody
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _hand_over(letter: Letter, now: datetime) -> None:
    message, recipient = composing.exact_copy(letter), composing.postal(letter.recipient or "")
    if not current_app.config["SMTP_HOST"]:
        post.put_in_outbox(message, f"{letter.id:06d}-{letter.kind}.eml")
        _sent(letter, now)
        return
    before = letter.unconfirmed
    if before >= HANDED_OVER_AT_MOST:
        raise jobs.GiveUp("handed over twice without an answer")
    _note(letter, unconfirmed=before + 1, failure=NO_ANSWER)  # what is true if we die in the next line
    try:
        post.send(message, (letter.snapshot or {})["from"][1], recipient)
    except post.NotTaken as fault:
        _note(letter, unconfirmed=before, failure=NOT_TAKEN)
        raise jobs.TryAgain(str(fault)) from fault
    except post.NoSuchAddress as fault:
        _note(letter, unconfirmed=before, failure=NO_SUCH_ADDRESS)
        raise jobs.GiveUp(str(fault)) from fault
    except post.Unanswered as fault:
        raise jobs.TryAgain(str(fault)) from fault
    _sent(letter, now)


def _note(letter: Letter, **facts: object) -> None:
    """Write something down about a letter at once, so that no lock is held while the post is waited for."""
    with settling():
        begin_write()
        for name, value in facts.items():
            setattr(letter, name, value)
    db.session.refresh(letter)
    db.session.commit()


def _sent(letter: Letter, now: datetime) -> None:
    """Kept at once, and not with the job: what the server confirmed must not be undone by anything."""
    with settling():
        begin_write()
        _confirm(WORKER, letter, now)


def _confirm(actor: Actor, letter: Letter, at: datetime, **more: object) -> None:
    letter.sent_at, letter.failure, letter.failed_at = at, None, None
    facts = {"kind": letter.kind, "channel": letter.channel, **more}
    log.record(Act.SEND_LETTER, actor, letter, at=at, project_id=letter.project_id, digest=letter.digest, **facts)


def mark_printed(actor: Actor, letter: Letter, *, at: datetime) -> None:
    """A letter on paper was printed and put in the post. In the caller's transaction, after its own ``require``.

    Raises:
        ValueError: it is not a letter on paper, or it has not been written yet.
    """
    if letter.channel != "print" or letter.composed_at is None:
        raise ValueError("this letter is not waiting for the printer")
    if letter.sent_at is None:
        _confirm(actor, letter, at)


def file_away(*, at: datetime) -> int:
    """Write every letter that is owed and count it as gone, without handing it to anybody; the log says so.

    For the practice municipality, where nobody lives who could read it. In the caller's transaction.

    Returns:
        How many there were.
    """
    owed = db.session.scalars(
        sa.select(Letter).where(Letter.sent_at.is_(None), Letter.failed_at.is_(None)).order_by(Letter.id)
    ).all()
    for letter in owed:
        for name, value in _written(letter, at).items():
            setattr(letter, name, value)
        _confirm(WORKER, letter, at, handed_over=False)
    done = (
        sa.update(Job).where(Job.name == "letter", Job.state == "waiting").values(state="done", done_at=at, progress=1)
    )
    db.session.execute(done)
    return len(owed)


def send_again(letter: Letter, *, at: datetime) -> None:
    """Try a letter again that failed, once somebody has seen to the cause. In the caller's transaction."""
    if letter.failed_at is None:
        return
    letter.failed_at, letter.failure, letter.unconfirmed = None, None, 0
    jobs.owe("letter", {"letter": letter.id}, at=at, give_up_after=TRIED_FOR)
