"""An administrator has seen that the clock was wrong."""

from datetime import datetime

from participation.foundation import log, permission, pulse
from participation.foundation.db import db
from participation.rules.acts import Act
from participation.rules.policy import Actor


def settle_alarms(actor: Actor, *, now: datetime) -> None:
    """Mark the alarms of the clock as seen; they stay where they are kept.

    Raises:
        NotAllowed: the actor is no administrator.
    """
    permission.require(actor, Act.SETTLE_ALARM, None, now)
    seen = pulse.alarms()
    for alarm in seen:
        alarm.seen_at = now
    db.session.flush()
    log.record(Act.SETTLE_ALARM, actor, "clock_alarm:-", at=now, alarms=[alarm.id for alarm in seen])
