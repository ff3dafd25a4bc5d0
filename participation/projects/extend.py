"""A deadline is extended: later and never earlier, in public, with a reason, and the same for everybody."""

from datetime import date, datetime

from participation.foundation import log, permission
from participation.foundation.db import db
from participation.foundation.forms import Wrong
from participation.projects.model import Notice, Round
from participation.projects.tell import tell_all
from participation.rules import dates
from participation.rules.acts import Act
from participation.rules.kinds import NoticeKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class NotLater(Wrong):
    """A deadline can only be moved to a later day that has not passed."""

    def __init__(self) -> None:
        super().__init__(
            mark("En frist kan kun forlænges. Vælg en dag, der ligger senere end den gamle frist og i dag.")
        )


def extend_round(
    actor: Actor,
    round_: Round,
    last_day: date,
    reason: str,
    *,
    report_on: date | None = None,
    decision_on: date | None = None,
    now: datetime,
) -> None:
    """Give more time, to everybody and in public (RP-28, planloven § 24(7)).

    Words that came after the old deadline and before the new one become in time. Everybody who wrote and can be
    reached, and everybody who follows, is told.

    Args:
        last_day: the new last day, a Danish calendar day.
        report_on, decision_on: the new expected days, where the old ones no longer hold.

    Raises:
        NotAllowed: not the actor's, or the round is reported or over.
        NotLater: the day is not later than the old one, or has passed.
    """
    permission.require(actor, Act.EXTEND_ROUND, round_, now)
    old = dates.last_day(round_.closes_at) if round_.closes_at else None
    if old is None or last_day <= old or last_day < dates.local_day(now):
        raise NotLater

    project = round_.project
    round_.closes_at = dates.local_day_end(last_day)
    round_.report_on = report_on or round_.report_on
    round_.decision_on = decision_on or round_.decision_on
    db.session.add(
        Notice(
            project_id=project.id,
            kind=NoticeKind.EXTENDED,
            at=now,
            words=reason,
            was=dates.in_danish(old),
            became=dates.in_danish(last_day),
        )
    )
    db.session.flush()

    log.record(Act.EXTEND_ROUND, actor, round_, at=now, project_id=project.id, was=old, became=last_day)
    tell_all(project, "extended", now=now)
